"""The units of features, by the names of the public tables."""

UNITS = {"spectral_centroid": "Hz", "spectral_bandwidth": "Hz", "rolloff": "Hz"}


def feature_unit(name: str) -> str:
    """Return the unit of a feature, empty where it has none or is not ours to know."""
    if name == "tempo":
        return "beats per minute"
    base, _, statistic = name.rpartition("_")
    unit = UNITS.get(base, "")
    return f"{unit}²" if unit and statistic == "var" else unit

"""Features in words: what a column's name stands for, for who has never seen one.

Conventions
-----------
A name means the same in every set, so words go by names: ``<what>_<statistic>``, ``tag_<tag>``, or a name of its own. A
name that is of no set of ours has no meaning that could be told; its words are the name without underscores.
"""

import re
from typing import NamedTuple

TAG = "tag_"
STATISTICS = {"mean": "mean", "var": "variance", "std": "deviation", "min": "minimum", "max": "maximum"}
OVER_FRAMES = {
    "mean": "mean over the frames of the window",
    "var": "variance over the frames of the window",
    "std": "standard deviation over the frames of the window",
    "min": "smallest value of any frame of the window",
    "max": "largest value of any frame of the window",
}


class Known(NamedTuple):
    """A descriptor: its name in words, what a listener would call it, and what it measures."""

    words: str
    group: str
    meaning: str


DESCRIPTORS = {
    "chroma_stft": Known(
        "pitch-class strength", "which notes sound", "How strongly the twelve notes sound, on average over all notes"
    ),
    "rms": Known("loudness (RMS)", "loudness", "Root mean square of the samples: how loud it is"),
    "spectral_centroid": Known(
        "brightness (spectral centroid)", "brightness", "The mean frequency, weighed by strength"
    ),
    "spectral_bandwidth": Known(
        "width of the spectrum", "width of the spectrum", "How far frequencies spread around their mean"
    ),
    "rolloff": Known("where the treble ends (roll-off)", "treble", "The frequency below which 85 % of the energy lies"),
    "zero_crossing_rate": Known(
        "noisiness (zero crossings)", "noisiness", "How often the wave crosses zero: often in noise and hi-hats"
    ),
    "harmony": Known("harmonic part", "sustained tones", "Samples of what sustains, percussion taken out"),
    "perceptr": Known("percussive part", "drums and attacks", "Samples of drums, sustained tones taken out"),
    "tonnetz": Known("tonal centre (tonnetz)", "harmony", "Where the harmony lies in the space of fifths and thirds"),
    "mfcc": Known("timbre (MFCC)", "timbre", "Shape of the spectrum as the ear hears it; 1 is the level, 2 its slope"),
    "mel": Known("mel band", "spectrum", "Strength in one of 128 bands that are as wide as the ear's, low to high"),
    "chroma": Known("strength of note", "which notes sound", "How strongly one of the twelve notes sounds, from C on"),
    "harmonic_rms": Known("loudness of sustained tones", "sustained tones", "Root mean square, percussion taken out"),
    "percussive_rms": Known(
        "loudness of drums and attacks", "drums and attacks", "Root mean square, sustained tones taken out"
    ),
    "musicnn": Known(
        "inner value of the network",
        "what the network hears",
        "What a network computes that learned tags of other music"
    ),
    "tempo": Known("tempo, beats a minute", "tempo", "Estimated tempo; it may be half or double of what one taps"),
    "estimated_tempo_bpm": Known("estimated tempo", "tempo", "It may be half or double of what one taps"),
    "estimated_key": Known("estimated key", "key", "The tonic, 0 to 11; C is 0"),
    "estimated_mode": Known("estimated mode", "key", "1 major, 0 minor"),
    "estimated_key_confidence": Known("confidence of the key", "key", "How far the best key lies above the second"),
    "estimated_loudness_lufs": Known("estimated loudness", "loudness", "Level as broadcasters measure it"),
    "estimated_danceability": Known("estimated danceability", "rhythm", "How little the level wanders beyond the beat"),
    "estimated_energy": Known("estimated energy", "loudness", "A blend of loudness, brightness, onsets and bandwidth"),
    "estimated_valence": Known("estimated happiness", "mood", "A rule: major, fast and bright count as happy"),
    "estimated_acousticness": Known("estimated acousticness", "timbre", "A rule: dark and tonal count as acoustic"),
    "estimated_instrumentalness": Known("estimated absence of voice", "voice", "A rule about valleys of the spectrum"),
}  # fmt: skip


COMPARATIVES = {
    "rms_mean": ("louder", "quieter"),
    "rms_var": ("less even in loudness", "more even in loudness"),
    "spectral_centroid_mean": ("brighter", "darker"),
    "spectral_centroid_var": ("less even in brightness", "more even in brightness"),
    "spectral_bandwidth_mean": ("wider in its spectrum", "narrower in its spectrum"),
    "rolloff_mean": ("with more treble", "with less treble"),
    "zero_crossing_rate_mean": ("noisier", "smoother"),
    "chroma_stft_mean": ("with more notes at once", "with fewer notes at once"),
    "harmony_var": ("stronger in sustained tones", "weaker in sustained tones"),
    "perceptr_var": ("stronger in drums and attacks", "weaker in drums and attacks"),
    "tempo": ("faster", "slower"),
    "loudness": ("louder", "quieter"),
    "energy": ("more energetic", "less energetic"),
    "danceability": ("more danceable", "less danceable"),
    "acousticness": ("more acoustic", "less acoustic"),
    "instrumentalness": ("more instrumental", "less instrumental"),
    "speechiness": ("with more speech", "with less speech"),
    "liveness": ("more often live", "less often live"),
    "valence": ("happier", "sadder"),
    "duration_ms": ("longer", "shorter"),
    "popularity": ("more popular", "less popular"),
    "track_popularity": ("more popular", "less popular"),
}
"""What a listener says of music that has more of a feature, and of music that has less; also of usual names in tables.
"""

ALIKE = {
    "rms_mean": ("as loud", "as quiet"),
    "rms_var": ("as uneven in loudness", "as even in loudness"),
    "spectral_centroid_mean": ("as bright", "as dark"),
    "spectral_centroid_var": ("as uneven in brightness", "as even in brightness"),
    "spectral_bandwidth_mean": ("as wide in its spectrum", "as narrow in its spectrum"),
    "rolloff_mean": ("as much treble", "as little treble"),
    "zero_crossing_rate_mean": ("as noisy", "as smooth"),
    "chroma_stft_mean": ("as many notes at once", "as few notes at once"),
    "harmony_var": ("as strong in sustained tones", "as weak in sustained tones"),
    "perceptr_var": ("as strong in drums and attacks", "as weak in drums and attacks"),
    "tempo": ("as fast", "as slow"),
    "loudness": ("as loud", "as quiet"),
    "energy": ("as energetic", "as calm"),
    "danceability": ("as danceable", "as little danceable"),
    "acousticness": ("as acoustic", "as little acoustic"),
    "instrumentalness": ("as instrumental", "as little instrumental"),
    "speechiness": ("as much speech", "as little speech"),
    "liveness": ("as live", "as little live"),
    "valence": ("as happy", "as sad"),
    "duration_ms": ("as long", "as short"),
    "popularity": ("as popular", "as little known"),
    "track_popularity": ("as popular", "as little known"),
}
"""What a listener says of two pieces that both have much of a feature, and of two that both have little.
"""


def equal_feature(feature: str, more: bool) -> str:
    """Return what a listener says of music that is alike in a feature: both have much of it (`more`), or little.

    >>> equal_feature("acousticness", True), equal_feature("mfcc3_mean", True)
    ('as acoustic', 'alike in timbre')
    """
    if tag := name_tag(feature):
        return f"as {'much' if more else 'little'} \N{LEFT DOUBLE QUOTATION MARK}{tag}\N{RIGHT DOUBLE QUOTATION MARK}"
    plain = feature.removeprefix("estimated_").removesuffix("_bpm").removesuffix("_lufs")
    if plain in ALIKE:
        return ALIKE[plain][0 if more else 1]
    return f"alike in {name_group(feature) if _parts(feature)[0] in DESCRIPTORS else name_feature(feature)}"


def share_feature(feature: str, more: bool) -> str:
    """Return what a listener says of music that also has much of a feature (`more`), or little, though not as much.

    >>> share_feature("tempo", False), share_feature("mfcc3_mean", True)
    ('slow too', '')
    """
    words = equal_feature(feature, more)
    if more and name_tag(feature):
        return f"{words.removeprefix('as much ')} too"
    return f"{words.removeprefix('as ')} too" if words.startswith("as ") else ""


def same_feature(feature: str) -> str:
    """Return what a listener says of music that has the same of what knows no more or less: ``same key``."""
    plain = feature.removeprefix("estimated_")
    return f"same {plain}" if plain in ("key", "mode") else ""


def compare_feature(feature: str, more: bool) -> str:
    """Return what a listener says of music that has more of a feature, or less: ``louder``; empty where nobody would.

    Timbre and single notes have no such words. A tag has: more, or less, like it.
    """
    if tag := name_tag(feature):
        return f"{'more' if more else 'less'} like \N{LEFT DOUBLE QUOTATION MARK}{tag}\N{RIGHT DOUBLE QUOTATION MARK}"
    higher, lower = COMPARATIVES.get(feature.removeprefix("estimated_").removesuffix("_bpm"), ("", ""))
    return higher if more else lower


def name_tag(feature: str) -> str:
    """Return a tag as listeners write it: ``female vocalists``; empty where a feature is none."""
    return feature.removeprefix(TAG).replace("_", " ") if feature.startswith(TAG) else ""


def name_group(feature: str) -> str:
    """Return what a feature is about in a listener's words, the same for all features of a group: ``timbre``."""
    if name_tag(feature):
        return f"\N{LEFT DOUBLE QUOTATION MARK}{name_tag(feature)}\N{RIGHT DOUBLE QUOTATION MARK}"
    base, _, _ = _parts(feature)
    return DESCRIPTORS[base].group if base in DESCRIPTORS else re.sub(r"_?\d+$", "", base).replace("_", " ")


def name_feature(feature: str) -> str:
    """Return words for a feature's name, e.g. ``brightness (spectral centroid), mean``."""
    if name_tag(feature):
        return f"how much the tag {name_group(feature)} applies"
    covariance = re.fullmatch(r"mfcc(\d+)_mfcc(\d+)_cov", feature)
    if covariance:
        return f"timbre (MFCC {covariance[1]} with MFCC {covariance[2]}), covariance"
    base, number, statistic = _parts(feature)
    words = DESCRIPTORS[base].words if base in DESCRIPTORS else base.replace("_", " ")
    if number:
        words = f"{words[:-1]} {number})" if words.endswith(")") else f"{words} {number}"
    return f"{words}, {STATISTICS[statistic]}" if statistic else words


def explain_feature(feature: str) -> str:
    """Return what a feature measures, in a sentence; empty where its name is none of ours."""
    if name_tag(feature):
        return "How much listeners would give it this tag, 0 to 1, by a network that learned from other music."
    if feature.endswith("_cov"):
        return "How two coefficients of the timbre move together, over the frames of the window."
    base, _, statistic = _parts(feature)
    if base not in DESCRIPTORS:
        return ""
    meaning = DESCRIPTORS[base].meaning
    return f"{meaning}: {OVER_FRAMES[statistic]}." if statistic else f"{meaning}."


def _parts(feature: str) -> tuple[str, str, str]:
    """Split a name into its descriptor, the number of one of several, and a statistic; the latter two may be empty."""
    base, _, statistic = feature.rpartition("_")
    if statistic not in STATISTICS or not base:
        base, statistic = feature, ""
    if base in DESCRIPTORS:
        return base, "", statistic
    numbered = re.fullmatch(r"(.*?)_?(\d+)", base)
    if numbered and numbered[1] in DESCRIPTORS:
        return numbered[1], numbered[2], statistic
    return base, "", statistic

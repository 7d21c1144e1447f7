"""What to extract, as the command line and the notebooks say it: texts to window lengths and feature sets."""

from pipeline.audio import SHORTEST_S
from pipeline.clip import CLIP_S
from pipeline.errors import InputError
from pipeline.features import FEATURE_SETS, get_feature_set


def parse_windows(windows: str) -> list[float]:
    """Return window lengths in seconds, longest first, of a text like ``30,3``.

    Raises
    ------
    InputError
        where a part is not a number from half a second up to the clip's 30 s
    """
    try:
        lengths = sorted({float(part) for part in windows.split(",") if part.strip()}, reverse=True)
    except ValueError:
        lengths = []
    if not lengths or not all(SHORTEST_S <= length <= CLIP_S for length in lengths):
        raise InputError(f"--windows {windows!r}: give lengths from {SHORTEST_S:g} to {CLIP_S:g} seconds, like 30,3")
    return lengths


def parse_features(features: str) -> list[str]:
    """Return names of feature sets, in the order given and each once, of a text like ``spectral-v1,mfcc-frames-v1``.

    A combination of sets is one name, like ``spectral-v1+musicnn-msd-v1``.

    Raises
    ------
    InputError
        where a name is unknown, naming those there are, none is given, sets can't be combined, or what one needs is not
        installed
    """
    names = list(dict.fromkeys(part.strip() for part in features.split(",") if part.strip()))
    if not names:
        raise InputError(f"--features {features!r}: give a feature set; there are: {', '.join(FEATURE_SETS)}")
    try:
        sets = [get_feature_set(name) for name in names]
    except InputError as error:
        raise InputError(f"--features {features!r}: {error}") from None
    for chosen in sets:
        if missing := chosen.say_missing():
            raise InputError(f"--features {features!r}: {chosen.name} needs {missing}; or leave it out")
    return [chosen.name for chosen in sets]

"""Are features those of a network that learned from other music?"""

from collections.abc import Iterable, Iterator

from pymongo.database import Database

from pipeline.catalogue import extracted_windows
from pipeline.features import find_feature_set, trained_on
from pipeline.features.set_words import name_set
from pipeline.quality.check import Check
from pipeline.set_names import parts_of
from pipeline.store import feature_names


def check_learned(database: Database, dataset: str) -> Iterator[Check]:
    """Warn of feature sets whose values come of a network that may have heard these tracks, or their artists."""
    heard = {}
    for feature_set, windows_s in extracted_windows(database, dataset).items():
        music = trained_on(feature_names(database, dataset, feature_set, windows_s[0]))
        if music:
            heard[feature_set] = music
    if heard:
        music = " and ".join(dict.fromkeys(heard.values()))
        yield Check(
            "learned_from_other_music",
            "warning",
            len(heard),
            f"{_listed(heard)} come of a network that learned from other music, {music}, which may include "
            "yours: scores on them may be too high for music that it has never heard",
        )


def _listed(feature_sets: Iterable[str]) -> str:
    """Name what is learned of these sets: of a combination the parts that are."""
    parts = dict.fromkeys(part for each in feature_sets for part in parts_of(each) if _may_be_learned(part))
    names = [name_set(part) for part in parts]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _may_be_learned(part: str) -> bool:
    known = find_feature_set(part)
    return known is None or bool(known.trained_on)

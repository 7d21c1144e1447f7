"""The models: a name for each unfitted estimator, and where fitted ones are kept."""

from pipeline.models.chance import Chance, load_chance, pack_chance
from pipeline.models.persistence import (
    FittedModel,
    UnusableModelError,
    load_champion,
    load_extra,
    load_other_models,
    pack_extra,
    pack_models,
)
from pipeline.models.registry import ZooEntry
from pipeline.models.unlike import Unlike, load_unlike, pack_unlike
from pipeline.models.zoo import USUAL_MODELS, ZOO, baselines, build, display_name, find_entry, parse_models

__all__ = [
    "USUAL_MODELS",
    "ZOO",
    "Chance",
    "FittedModel",
    "Unlike",
    "UnusableModelError",
    "ZooEntry",
    "baselines",
    "build",
    "display_name",
    "find_entry",
    "load_champion",
    "load_chance",
    "load_extra",
    "load_other_models",
    "load_unlike",
    "pack_chance",
    "pack_extra",
    "pack_models",
    "pack_unlike",
    "parse_models",
]

"""The models: a name for each unfitted estimator, and where fitted ones are kept."""

from pipeline.models.persistence import FittedModel, load_champion, load_other_models, save_champion
from pipeline.models.zoo import ZOO, build, parse_models

__all__ = ["ZOO", "FittedModel", "build", "load_champion", "load_other_models", "parse_models", "save_champion"]

"""Where music is from, answered with a place on the globe.

Conventions
-----------
An *error* is the great-circle distance [km] from the answer to where the track is from.

What a model believes of a track is a weight for each track that it has learned from: the music is as likely from there.
A belief is told as a place by one of two rules, ``mean_of`` and ``median_of`` in `pipeline.globe.sphere`.
"""

from pipeline.places.evaluate import evaluate_places
from pipeline.places.folds import POLICY_NAMES
from pipeline.places.located import Located, load_located
from pipeline.places.models import BASELINES, MODEL_NAMES, MODELS
from pipeline.places.say import ANNOUNCED, say_places
from pipeline.places.score import MEASURES

__all__ = [
    "ANNOUNCED",
    "BASELINES",
    "MEASURES",
    "MODELS",
    "MODEL_NAMES",
    "POLICY_NAMES",
    "Located",
    "evaluate_places",
    "load_located",
    "say_places",
]

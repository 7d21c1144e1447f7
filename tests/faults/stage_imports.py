"""What stages import while they run, imported once, before any child starts: no test imports this itself."""

import altair  # noqa: F401
import librosa
import pantab  # noqa: F401
import seaborn  # noqa: F401
import sklearn.ensemble  # noqa: F401

from pipeline.models import persistence
from pipeline.stages import STAGES

librosa.to_mono  # noqa: B018 - loads what it stands for
persistence._skops()
for each in STAGES:
    each.function  # noqa: B018 - imports it

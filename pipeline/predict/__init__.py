"""Music without labels: files or rows of a table in, each with the answer of a run's champion out.

Conventions
-----------
- A file is decoded, cut and measured by the extraction's own hands (`pipeline.extract.fan_out.hand_out`); what comes of
  it is kept in ``labels`` instead of ``segments``, and vouches for itself: a file that has not changed, asked of the
  same champion, is not heard again.
- One answer, whoever asks: the page's `Judge` asks the same `Classifier`.
"""

from pipeline.predict.champion import ChampionKey, champion_of, is_measurable, key_of, load_classifier, newest_champion
from pipeline.predict.classifier import Classifier, Label
from pipeline.predict.errors import NoModelError
from pipeline.predict.folder import label_folder
from pipeline.predict.labels import read_new_music
from pipeline.predict.played import PlayedFiles, play_labelled
from pipeline.predict.table import label_table
from pipeline.predict.tags import tag_folder

__all__ = [
    "ChampionKey",
    "Classifier",
    "Label",
    "NoModelError",
    "PlayedFiles",
    "champion_of",
    "is_measurable",
    "key_of",
    "label_folder",
    "label_table",
    "load_classifier",
    "newest_champion",
    "play_labelled",
    "read_new_music",
    "tag_folder",
]

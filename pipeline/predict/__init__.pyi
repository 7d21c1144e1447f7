from .champion import ChampionKey, champion_of, is_measurable, key_of, load_classifier, newest_champion
from .classifier import Classifier, Label
from .errors import NoModelError
from .folder import label_folder
from .labels import read_new_music
from .played import PlayedFiles, play_labelled
from .table import label_table
from .tags import tag_folder

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

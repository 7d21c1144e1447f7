"""A champion as one file: out of this machine's database, into another's."""

from pipeline.exchange.champion_file import BrokenFileError, ChampionFile, read_champion_file, write_champion_file
from pipeline.exchange.incoming import Imported, import_champion
from pipeline.exchange.outgoing import export_champion

__all__ = [
    "BrokenFileError",
    "ChampionFile",
    "Imported",
    "export_champion",
    "import_champion",
    "read_champion_file",
    "write_champion_file",
]

"""Which tracks a dataset has: a source's listing brought into MongoDB, and what is known of it afterwards."""

from pipeline.catalogue.enough import FEWEST_TRACKS, too_few
from pipeline.catalogue.known import (
    OF_AUDIO,
    OF_TABLE,
    drawn_share,
    excerpts_of,
    extracted_windows,
    find_dataset,
    is_synthetic,
    say_drawn,
)
from pipeline.catalogue.report import CatalogueReport
from pipeline.catalogue.source import catalogue

__all__ = [
    "FEWEST_TRACKS",
    "OF_AUDIO",
    "OF_TABLE",
    "CatalogueReport",
    "catalogue",
    "drawn_share",
    "excerpts_of",
    "extracted_windows",
    "find_dataset",
    "is_synthetic",
    "say_drawn",
    "too_few",
]

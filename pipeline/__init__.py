"""genrelab: music-genre analytics from audio to MongoDB to honest comparisons to Tableau."""

from pipeline.iri_syntax import postpone as _postpone_iri_syntax

__version__ = "0.2.0"

_postpone_iri_syntax()

"""genrelab: music-genre analytics from audio to MongoDB to honest comparisons to Tableau."""

__version__ = "0.1.0"

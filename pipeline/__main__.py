"""``python -m pipeline`` is the command ``genrelab``."""

from pipeline.cli import main

main()

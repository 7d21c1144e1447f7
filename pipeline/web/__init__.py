"""The web page: names the genre of one song, and shows its work. Holds no logic of its own but that of HTTP."""

from pipeline.web.app import create_app

__all__ = ["create_app"]

"""Damaged audio against the decoder, thousands of files a run: ``python -m tests.fuzz --seconds 600``."""

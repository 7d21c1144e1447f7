"""The scripts that draw the page's charts."""

import os
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import vl_convert

from pipeline.errors import StoreError
from pipeline.settings import get_settings
from pipeline.store.own_folder import make_own


@lru_cache(maxsize=1)
def library() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script, as vl-convert carries them.

    Putting them together takes vl-convert two seconds, and gives the same for one version of it. So the script is kept
    in ``GENRELAB_HOME``; where that can't be written to, it is made again each time.
    """
    path = get_settings().home / "scripts" / f"vega-{version('vl-convert-python')}.js"
    try:
        make_own(path.parent, private=True)
        if not path.exists():
            _write_whole(path, _bundle())
        return path.read_text(encoding="utf-8")
    except (StoreError, OSError):  # as another user's folder, a read-only one, a full disk: nothing that a page needs
        return _bundle()


def _bundle() -> str:
    return vl_convert.javascript_bundle().replace("</script", "<\\/script")  # type: ignore[call-arg] # may be left out


def _write_whole(path: Path, text: str) -> None:
    part = path.with_suffix(f".{os.getpid()}")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)

"""Whose a database is and how it stands: nothing is written to one that holds another application's collections.

A collection is ours by the title of its validator, which versions of this program gave it ever since there was one; a
database is by the document of its layout, which came later. Looking changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pymongo.database import Database

from pipeline.errors import StoreError
from pipeline.store.layout import CURRENT, LAYOUT, META, OLDEST, read_layout

EARLIER_TITLES = {"leases": ("a run at work on a dataset",)}
"""What validators were titled in earlier layouts; whoever changes a title puts the one of before here."""

MARK = {"_id": LAYOUT, "version": {"$type": ["int", "long"]}, "written_at": {"$type": "date"}}
MOST_NAMED = 3
PREPARE = "`genrelab db prepare`"


@dataclass(frozen=True)
class Standing:
    """How a database of ours, or an empty one, stands.

    Attributes
    ----------
    options : mapping
        options of each collection that exists, by its name
    layout : int or None
        None for a database that none of our versions wrote to yet
    missing : tuple of str
        collections of the current layout that do not exist
    server_version : str
        of MongoDB, where it was asked for
    """

    options: Mapping[str, Mapping[str, Any]]
    layout: int | None
    missing: tuple[str, ...]
    server_version: str = ""

    @property
    def is_old(self) -> bool:
        """Whether the layout is of an earlier version."""
        return self.layout is not None and self.layout < CURRENT

    def __str__(self) -> str:
        if self.layout is None:
            return "the database is empty: the first `genrelab run` fills it"
        if self.is_old:
            return f"the database has layout {self.layout} of {CURRENT}: {PREPARE}, or a run, brings it up to date"
        if self.missing:
            return f"the database lacks {', '.join(self.missing)}: {PREPARE}, or a run, makes them"
        return f"the database has layout {self.layout}"


def look_at(database: Database, known: Mapping[str, Mapping[str, Any]]) -> Standing:
    """Look at a database.

    Parameters
    ----------
    database : Database
    known : mapping
        the declarations of `pipeline.store.schema.load_schema`

    Raises
    ------
    StoreError
        where the database is not ours, or a newer version of this program wrote it
    """
    found = {info["name"]: info for info in database.list_collections() if not info["name"].startswith("system.")}
    options = {name: info.get("options", {}) for name, info in found.items()}
    layout = _layout_of(database, found[META]) if META in found else None
    ours = {name for name in found.keys() & known.keys() if _is_ours(name, found[name], known[name])}
    others = found.keys() - ours if not ours and layout is None else found.keys() & known.keys() - ours
    if layout is not None:  # a mark of its own: a collection of which only the validator was lost is ours still
        others = {name for name in others if not _fits(database, found[name], known[name])}
    if others:
        raise StoreError(_refusal(sorted(others)))
    if layout is None and ours - {META}:
        layout = OLDEST
    return Standing(options, layout, tuple(sorted(known.keys() - found.keys())))


def require_current(standing: Standing) -> None:
    """Make sure that a database can be read as it is.

    Raises
    ------
    StoreError
        where it has an older layout
    """
    if standing.is_old:
        raise StoreError(f"{standing}; nothing was changed")


def _layout_of(database: Database, meta: Mapping[str, Any]) -> int | None:
    """Return what our mark says; None where there is a collection of that name, but no mark of ours in it."""
    if meta.get("type", "collection") != "collection" or database[META].find_one(MARK, {"_id": True}) is None:
        return None
    return read_layout(database)


def _is_ours(name: str, info: Mapping[str, Any], declared: Mapping[str, Any]) -> bool:
    titles = (_title(declared), *EARLIER_TITLES.get(name, ()))
    return info.get("type", "collection") == "collection" and _title(info.get("options", {})) in titles


def _title(options: Mapping[str, Any]) -> str | None:
    schema = options.get("validator", {}).get("$jsonSchema", {})
    return schema.get("title") if isinstance(schema, Mapping) else None


def _fits(database: Database, info: Mapping[str, Any], declared: Mapping[str, Any]) -> bool:
    """Tell whether a collection has no rules of its own, and no document that would break ours."""
    if info.get("type", "collection") != "collection" or info.get("options"):
        return False
    return database[info["name"]].find_one({"$nor": [declared["validator"]]}, {"_id": True}) is None


def _refusal(names: list[str]) -> str:
    named = ", ".join(repr(name) for name in names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")
    return (
        f"the database holds collections that are not genrelab's ({named}); nothing was changed: name a database of "
        "its own in the path of MONGODB_URI, like mongodb://HOST/genrelab"
    )

"""Playlists: the page, the interface for programs, and the file for players."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from pymongo.database import Database
from werkzeug.wrappers import Response as AnyResponse

from pipeline.catalogue import find_dataset
from pipeline.errors import InputError
from pipeline.listen.desk import Desk
from pipeline.listen.errors import SongError
from pipeline.listen.library import has_sound
from pipeline.playlist import ORDERS, Playlist, Space, Wish, load_space, make_playlist
from pipeline.playlist.make import LONGEST
from pipeline.playlist.seeds import is_playlist_file, rows_of_file
from pipeline.playlist.song import measured, point_of
from pipeline.report.playlists import m3u_text
from pipeline.web.charts import palette
from pipeline.web.errors import RefusedError, refusal_of
from pipeline.web.uploads import FIELD, LARGEST_UPLOAD, read_upload

blueprint = Blueprint("playlists", __name__)

MOST_SEEDS, LONGEST_SEED = 50, 300
"""Tracks that one request may name, and the characters of a name."""

KINDS: Mapping[str, type] = {field.name: field.type for field in fields(Wish)}  # type: ignore[misc]
SHOWN = ("position", "track_id", "artist", "title", "genre", "distance", "reason")


class Spaces:
    """The space of the dataset, loaded once, and anew when its tracks are others."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: tuple[Any, ...] | None = None
        self._space: Space | None = None

    def space(self, database: Database, dataset: str) -> Space:
        """Return it.

        Raises
        ------
        InputError
            where there is no such dataset, or nothing in it to compare
        """
        known = find_dataset(database, dataset)
        n_ready = database["tracks"].count_documents({"dataset": dataset, "status": "ready"})
        key = (known.get("revision"), known.get("catalogued_at"), tuple(known.get("feature_sets") or ()), n_ready)
        with self._lock:
            if key != self._key or self._space is None:
                self._space, self._key = load_space(database, dataset), key
            return self._space


@blueprint.get("/playlist")
def page() -> str | tuple[str, int]:
    """Ask for a playlist, or show the one that is asked for; what can't be made is told above the form."""
    space = _space()
    asked = {name: values for name, values in request.args.lists() if any(map(str.strip, values))}
    wish = Wish()
    if not asked:
        return _show(space, wish)
    try:
        wish = _wish_of_form(asked)
        return _show(space, wish, made=make_playlist(space, wish), link=True)
    except (RefusedError, InputError) as error:
        refusal = _refusal(error)
        return _show(space, wish, refusal=refusal), refusal.status


@blueprint.post("/playlist")
def of_song() -> str | tuple[str, int] | AnyResponse:
    """Make a playlist from the song or playlist file that a form brings; without one, send to the wish's address."""
    space, wish = _space(), Wish()
    if not any(file.filename for file in request.files.values()):
        asked = {name: values for name, values in request.form.lists() if any(values)}
        return redirect(_address("playlists.page", asked), 303)
    try:
        wish = _wish_in_form()
        name, content = read_upload(request)
        return _show(space, wish, made=_from_file(space, wish, name, content), song=name)
    except (RefusedError, SongError, InputError) as error:
        refusal = _refusal(error)
        return _show(space, wish, refusal=refusal), refusal.status


@blueprint.get("/playlist.m3u8")
def file() -> Response:
    """Return the playlist of the same query as a file: paths below the dataset's folder, to be put there."""
    made = _made(lambda: make_playlist(_space(), _wish_of_form(dict(request.args.lists()))))
    if not _has_sound():
        raise RefusedError(404, "http_404", "These tracks came in a table and are no files.")
    text = m3u_text(made.tracks, Path())
    headers = {"Content-Disposition": "attachment; filename=playlist.m3u8"}
    return Response(text, mimetype="audio/x-mpegurl", headers=headers)


@blueprint.post("/api/playlist")
def interface() -> dict[str, Any]:
    """Answer with a playlist: a JSON object says what is wanted, or a form does, with a song or a playlist file."""
    space = _space()
    if request.mimetype == "application/json":
        wish = _wish_of_json(_json())
        made = _made(lambda: make_playlist(space, wish))
    else:
        name, content = read_upload(request)
        wish = _wish_in_form()
        made = _made(lambda: _from_file(space, wish, name, content))
    return {
        "dataset": space.dataset,
        "feature_set": space.feature_set,
        "sentences": made.sentences,
        "tracks": [dict(zip(SHOWN, row, strict=True)) for row in made.tracks[list(SHOWN)].itertuples(index=False)],
    }


def _from_file(space: Space, wish: Wish, name: str, content: bytes) -> Playlist:
    if is_playlist_file(name):
        rows, note = rows_of_file(space, content.decode("utf-8", errors="replace"), name)
        return make_playlist(space, wish, rows, notes=[note])
    wanted = measured(space)
    return make_playlist(space, wish, songs=[point_of(space, _desk().hear(content, wanted).vectors)])


def _made(make) -> Playlist:
    try:
        return make()
    except InputError as error:
        raise _refusal(error) from error


def _refusal(error: Exception) -> RefusedError:
    """Return what is told of a wish that can't be granted: the sentence of the command line."""
    if isinstance(error, RefusedError | SongError):
        return refusal_of(error)
    text = str(error)
    return RefusedError(422, "no_playlist", f"{text[:1].upper()}{text[1:]}.")


def _wish_in_form() -> Wish:
    """Return the wish that the request's form tells beside its file; fields left empty are as by default."""
    asked = {name: values for name, values in request.form.lists() if any(values)}
    if not asked.keys() <= KINDS.keys():
        raise _bad(f"some of these beside the file: {', '.join(KINDS)}")
    return _wish_of_form(asked)


def _wish_of_form(asked: Mapping[str, Sequence[str]]) -> Wish:
    """Return the wish of a form's fields; ``like`` and ``unlike`` have a line a track.

    Raises
    ------
    RefusedError
        400 where a number is none, or too much is asked for
    """
    given: dict[str, Any] = {}
    for name, values in asked.items():
        if name in ("like", "unlike"):
            given[name] = [line.strip() for value in values for line in value.splitlines() if line.strip()]
        elif name in KINDS:
            given[name] = _number(name, values[-1]) if KINDS[name] in (int, float) else values[-1]
    if "pure" in given:
        given["pure"] = True
    return _checked(given)


def _json() -> Any:
    try:
        return request.get_json(force=True)
    except RecursionError:
        raise _bad("an object, and nothing deep within it") from None


def _wish_of_json(content: Any) -> Wish:
    if not isinstance(content, dict) or not content.keys() <= KINDS.keys():
        raise _bad(f"an object with some of: {', '.join(KINDS)}")
    return _checked({name: _as_kind(name, value) for name, value in content.items()})


def _as_kind(name: str, value: Any) -> Any:
    """Return a value of JSON as the type that is declared; 5.0 is a whole number there."""
    kind = KINDS[name]
    if name in ("like", "unlike"):
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return value
        raise _bad(f"{name} as a list of texts")
    if kind is int and isinstance(value, float) and value.is_integer():
        return int(value)
    taken = (int, float) if kind is float else kind
    if isinstance(value, taken) and isinstance(value, bool) == (kind is bool):
        return value
    raise _bad(f"{name} as {_WORDS[kind]}")


_WORDS: Mapping[type, str] = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}


def _checked(given: Mapping[str, Any]) -> Wish:
    named = [*given.get("like", ()), *given.get("unlike", ())]
    if len(named) > MOST_SEEDS or any(len(name) > LONGEST_SEED for name in named):
        raise _bad(f"{MOST_SEEDS} tracks at most, each in {LONGEST_SEED} characters")
    lists = {name: tuple(given[name]) for name in ("like", "unlike") if name in given}
    return replace(Wish(), **{**given, **lists})


def _number(name: str, text: str) -> int | float:
    try:
        return KINDS[name](text)
    except ValueError:
        raise _bad(f"{name} as {_WORDS[KINDS[name]]}") from None


def _bad(wanted: str) -> RefusedError:
    return RefusedError(400, "bad_wish", f"Ask for {wanted}.")


def _show(
    space: Space,
    wish: Wish,
    *,
    made: Playlist | None = None,
    refusal: RefusedError | None = None,
    song: str = "",
    link: bool = False,
) -> str:
    genres = sorted(set(space.tracks["genre"]))
    return render_template(
        "playlist.html",
        wish=wish,
        made=made,
        rows=made.tracks.to_dict("records") if made else [],
        song=song,
        link=_address("playlists.file", dict(request.args.lists())) if link and _has_sound() else "",
        refusal=refusal,
        genres=genres,
        colours=palette(genres),
        orders=ORDERS,
        longest=LONGEST,
        n_tracks=len(space),
        example=next(filter(None, space.tracks["title"]), space.tracks["track_id"].iloc[0]),
        has_sound=_has_sound(),
        field=FIELD,
        largest_mb=LARGEST_UPLOAD // 2**20,
    )


def _address(endpoint: str, asked: Mapping[str, Sequence[str]]) -> str:
    return f"{url_for(endpoint)}?{urlencode(asked, doseq=True)}"


def _space() -> Space:
    return current_app.extensions["spaces"].space(_desk().database, _desk().dataset)


def _has_sound() -> bool:
    return has_sound(_desk().database, _desk().dataset)


def _desk() -> Desk:
    return current_app.extensions["desk"]

"""What goes wrong, as a page for people and as problem details (RFC 9457) for programs."""

import json
from http import HTTPStatus

from flask import Flask, Response, render_template, request
from pymongo.errors import OperationFailure, PyMongoError
from werkzeug.exceptions import HTTPException

from pipeline.errors import GenrelabError, InputError, StoreError
from pipeline.listen.errors import DECODER_REASONS, OWN_REASONS, BusyError, SongError
from pipeline.models import UnusableModelError
from pipeline.predict import NoModelError
from pipeline.reasons import REASONS

TOO_MUCH = frozenset({"too_long"})
"""Codes of songs that are too much, rather than wrong."""

SENTENCES = {
    400: "The request could not be understood.",
    404: "There is no such page.",
    405: "This address does not take that kind of request.",
    413: "The request is larger than what is taken here.",
    500: "Something went wrong on our side; the server's log tells what. It goes on working.",
}
PROBLEMS = (
    (400, "no_file", "no file in the field song"),
    (400, "several_files", "more than one file"),
    (400, "bad_file_name", "the file's name is a path, or has control characters in it"),
    (400, "bad_excerpts", "the field excerpts is there twice, or is none of middle, spread and all"),
    (400, "bad_number", "a number of the query is none, or out of range"),
    (400, "bad_wish", "what a playlist is to be is not said as described"),
    (400, "http_400", "the request could not be understood"),
    (403, "other_site", "a page of another site sent it, through a visitor's browser"),
    (404, "http_404", "no such address"),
    (405, "http_405", "the address does not take that method"),
    (408, "slow_client", "the request took too long to arrive"),
    (413, "too_large", "the upload has too many bytes"),
    (413, "http_413", "the form has too many parts"),
    (415, "not_a_form", "the song was not sent as a form with files"),
    (421, "other_host", "the page was asked by a name that is not its own"),
    *((413 if code in TOO_MUCH else 422, code, meaning) for code, meaning in OWN_REASONS.items()),
    *((422, code, REASONS[code].meaning.replace("`", "")) for code in DECODER_REASONS),
    (422, "no_playlist", "no such playlist can be made; the detail says why"),
    (503, "crowded", "too many connections are open, or too many songs under way"),
    (503, "busy", "all workers were busy for half a minute"),
    (503, "no_model", "no run has crowned a champion that can hear songs"),
    (
        503,
        "unusable_model",
        "the model's file is missing, damaged or of another version; the detail says how to mend it",
    ),
    (503, "no_database", "MongoDB does not answer, or refuses"),
    (500, "http_500", "our fault"),
)
"""Status, code and meaning of every problem, as the page about the interface lists them."""

FOR_STRANGERS = frozenset({"other_host", "other_site"})
"""Codes of refusals that come without a page, which would tell of the dataset."""

LOGGED = frozenset({"unusable_model"})
"""Codes of refusals whose cause the server's log tells."""

FORBIDDEN = (13, 18)
"""MongoDB's codes for what a user may not do, and for who is not let in."""

PROBLEM_JSON = "application/problem+json"


class RefusedError(GenrelabError):
    """A request that is not answered.

    Parameters
    ----------
    status : int
        of HTTP
    code : str
        names the kind of problem, and its place on the page about the interface
    detail : str
        one sentence for a person
    retry_after_s : int, optional
    """

    def __init__(self, status: int, code: str, detail: str, *, retry_after_s: int | None = None):
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.retry_after_s = retry_after_s

    @property
    def title(self) -> str:
        """The usual words for the status."""
        return HTTPStatus(self.status).phrase

    def problem(self, instance: str) -> str:
        """Return the problem details as JSON."""
        return json.dumps(
            {
                "type": f"/api#{self.code}",
                "title": self.title,
                "status": self.status,
                "detail": self.detail,
                "instance": instance,
            }
        )


def refusal_of(error: Exception) -> RefusedError:
    """Return what is told of an error; of one that nobody expected, nothing but that it happened."""
    match error:
        case RefusedError():
            return error
        case SongError():
            return RefusedError(413 if error.code in TOO_MUCH else 422, error.code, error.detail)
        case BusyError():
            return RefusedError(503, "busy", str(error), retry_after_s=30)
        case NoModelError():
            return RefusedError(503, "no_model", str(error), retry_after_s=60)
        case UnusableModelError():
            return RefusedError(503, "unusable_model", _sentence(error), retry_after_s=60)
        case OperationFailure(code=int(code)) if code in FORBIDDEN:
            detail = "The database refuses to be read. The user in MONGODB_URI needs the role read on it."
            return RefusedError(503, "no_database", detail, retry_after_s=60)
        case PyMongoError() | StoreError():
            detail = (
                "The database does not answer. The page works again as soon as it does; `genrelab db start` starts it."
            )
            return RefusedError(503, "no_database", detail, retry_after_s=5)
        case InputError():  # what the model was made from is gone
            return RefusedError(503, "no_model", _sentence(error), retry_after_s=60)
        case HTTPException(code=int(status)) if status >= 400:
            return RefusedError(status, f"http_{status}", SENTENCES.get(status, error.description or error.name))
        case _:
            return RefusedError(500, "http_500", SENTENCES[500])


def _sentence(error: GenrelabError) -> str:
    text = str(error)
    return text[:1].upper() + text[1:]


def install(app: Flask) -> None:
    """Let the application answer errors this way."""

    @app.errorhandler(Exception)
    def answer(error: Exception) -> Response:
        refusal = refusal_of(error)
        if refusal.status == 500 or refusal.code in LOGGED:
            app.logger.error("%s %s failed", request.method, request.path, exc_info=error)
        if request.path.startswith("/api/"):
            response = Response(refusal.problem(request.path), refusal.status, mimetype=PROBLEM_JSON)
        elif refusal.code in FOR_STRANGERS:
            response = Response(f"{refusal.detail}\n", refusal.status, mimetype="text/plain")
        else:
            response = Response(render_template("problem.html", refusal=refusal), refusal.status)
        if refusal.retry_after_s is not None:
            response.headers["Retry-After"] = str(refusal.retry_after_s)
        if isinstance(error, HTTPException) and "Allow" in (allowed := dict(error.get_headers())):
            response.headers["Allow"] = allowed["Allow"]
        return response

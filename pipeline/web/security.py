"""Who may ask, and what every answer tells the browser to refuse.

Nothing that is asked changes anything, and there is no log-in and no cookie that another site could ride on. What is
left is that a stranger's page sends songs through a visitor's browser, or reads answers under a name of its own: both
are refused.
"""

from collections.abc import Set

from flask import Flask, Request, Response, request

from pipeline.web.errors import RefusedError
from pipeline.web.hosts import read_host

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; media-src 'self' data: blob:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers call the origin of our own form null
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def install(app: Flask, hosts: Set[str]) -> None:
    """Check every request, and add the headers to every answer; only files of the package may be kept by a cache."""

    @app.before_request
    def check() -> None:
        check_host(request, hosts)
        check_origin(request)

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.update(HEADERS)
        if request.endpoint not in ("static", "pages.picture"):
            response.headers["Cache-Control"] = "no-store"
        return response


def check_host(request: Request, hosts: Set[str]) -> None:
    """Refuse what is asked by another name than one of `hosts`.

    Raises
    ------
    RefusedError
        421
    """
    given = request.environ.get("HTTP_HOST", "")
    name = read_host(given)
    if name not in hosts:
        mend = f" If it is, start it with --allow-host {name}." if name else ""
        raise RefusedError(421, "other_host", f"This page is not known as {given[:200]!r}.{mend}")


def check_origin(request: Request) -> None:
    """Refuse what a page of another origin sends: as browsers tell, else as ``Origin`` and ``Host`` do.

    The rule is that of Go's ``http.CrossOriginProtection``: programs send neither header, and may ask.

    Raises
    ------
    RefusedError
        403
    """
    if request.method in READING:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    own = (
        site in ("same-origin", "none")
        if site
        else origin is None or _authority(origin) == request.environ["HTTP_HOST"].lower()
    )
    if not own:
        raise RefusedError(
            403, "other_site", "A page of another site sent this. Open this page itself, and send it there."
        )


def _authority(origin: str) -> str:
    return origin.partition("://")[2].lower()

"""The page as a person meets it: ``genrelab serve`` in a process of its own, asked over HTTP."""

import io
import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import numpy as np
import psutil
import pytest
import soundfile

from pipeline.settings import PROJECT_DIR
from tests.browser import CHROMIUM, chromium, new_page
from tests.examples import is_everyday
from tests.patience import HANG_S, left_behind, lives, until

SCREENSHOTS = PROJECT_DIR / "tests" / "web" / "screenshots"
RATE_HZ = 22_050


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> dict:
        return json.loads(self.body)


def as_form(content: bytes, name: str = "song.wav", fields=("song",), **texts: str) -> tuple[bytes, str]:
    """Return `content` as a form, once a field, with fields of text beside it; and the form's type."""
    boundary = uuid4().hex
    body = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n".encode()
        + content
        + b"\r\n"
        for field in fields
    )
    body += b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{text}\r\n'.encode()
        for field, text in texts.items()
    )
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


@dataclass
class Site:
    """A running server."""

    address: str
    process: psutil.Process
    log: Path

    def get(self, path: str, **headers: str) -> Reply:
        return self._ask(urllib.request.Request(self.address + path, headers=headers))

    def post(self, path: str, body: bytes, **headers: str) -> Reply:
        return self._ask(urllib.request.Request(self.address + path, body, headers))

    def send(
        self, content: bytes, name: str = "song.wav", path: str = "/api/predict", fields=("song",), headers=None
    ) -> Reply:
        """Upload `content` under `name`, once a field."""
        body, kind = as_form(content, name, fields)
        return self.post(path, body, **{"Content-Type": kind}, **(headers or {}))

    def _ask(self, request: urllib.request.Request) -> Reply:
        try:
            answer = urllib.request.urlopen(request, timeout=HANG_S)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            return Reply(answer.status, dict(answer.headers), answer.read())


def start(environment: dict[str, str], log: Path, *arguments: str) -> Site:
    """Start ``genrelab serve`` on a free port, and wait until it says where it listens."""
    with open(log, "w") as output:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "pipeline", "serve", "--port", "0", *arguments],
            env=environment, cwd=PROJECT_DIR, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:  # the address is said, then the model
        until(lambda: log.read_text().count("\n") >= 2, alive=lives(process), told=log.read_text)
    except AssertionError:
        process.kill()
        raise
    return Site(log.read_text().splitlines()[0].rstrip("/"), process, log)


def stop(site: Site) -> int:
    """End a server as Ctrl-C does, make sure that its workers end with it, and return its exit status."""
    if site.process.poll() is not None:
        return site.process.wait(HANG_S)
    workers = [child for child in psutil.Process(site.process.pid).children() if child.name() != "mongod"]
    site.process.send_signal(signal.SIGINT)
    status = site.process.wait(HANG_S)
    assert left_behind(workers) == []
    return status


@pytest.fixture(scope="session")
def site(songs, tmp_path_factory) -> Site:
    environment = songs.environment | {"GENRELAB_JOBS": "2"}
    started = start(environment, tmp_path_factory.mktemp("site") / "log", "--dataset", songs.dataset)
    yield started
    stop(started)
    assert "Traceback" not in started.log.read_text()


@pytest.fixture(scope="session")
def music(songs) -> bytes:
    """A song that the champion learned from."""
    return songs.path(holdout=False).read_bytes()


def encoded(samples: np.ndarray, kind: str = "WAV", rate_hz: int = RATE_HZ) -> bytes:
    """Return samples as a file."""
    file = io.BytesIO()
    soundfile.write(file, samples, rate_hz, format=kind)
    return file.getvalue()


def keep(page, name: str) -> None:
    """Keep a picture of a page, to be looked at, but where the campaigns are left out: nobody looks then."""
    if not is_everyday():
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on PATH to open the page in")
    SCREENSHOTS.mkdir(exist_ok=True)
    with chromium() as started:
        yield started


@pytest.fixture
def expect():
    """Return Playwright's way to expect what a page will show once it has loaded."""
    from playwright.sync_api import expect

    expect.set_options(timeout=HANG_S * 1000)
    return expect


@pytest.fixture
def open_page(browser):
    """Return a function that opens a page of its own."""
    pages = []

    def open_one(**options):
        pages.append(new_page(browser, **options))
        return pages[-1]

    yield open_one
    for page in pages:
        page.context.close()

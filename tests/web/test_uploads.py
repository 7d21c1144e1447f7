"""What should not be uploaded, one by one: a clear refusal each, and a server that goes on."""

import io
import os
import socket

import numpy as np
import psutil
import pytest
import soundfile

from pipeline.web.uploads import LARGEST_UPLOAD
from tests.decoders.test_open_stream import LENGTHS, LONG_S, without_length
from tests.patience import HANG_S

from .conftest import RATE_HZ, as_form, encoded

NOISE = 0.1 * np.random.default_rng(0).standard_normal(8 * RATE_HZ)


def long_flac(hours: float) -> bytes:
    """Return a file of many hours in few bytes."""
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", 8000, 1, format="FLAC") as sound:
        for _ in range(round(60 * hours)):
            sound.write(np.zeros(60 * 8000))
    return file.getvalue()


BAD = {
    "a text file": (lambda: b"dear diary, " * 1000, 422, "undecodable", "Not audio"),
    "an MP3 cut in half": (lambda: encoded(NOISE, "MP3")[:30_000], 422, "cut_off", "ends after"),
    "an MP3 of 100 bytes": (lambda: encoded(NOISE, "MP3")[:100], 422, None, ""),
    "silence": (lambda: encoded(np.zeros(31 * RATE_HZ)), 422, "silent", "-80 dB"),
    "0 bytes": (lambda: b"", 422, "empty", "0 bytes"),
    "four hours": (lambda: long_flac(4), 413, "too_long", "240 minutes"),
    "ten channels": (lambda: encoded(np.repeat(NOISE[:, None], 10, axis=1)), 422, "too_many_channels", "10 channels"),
    "a second": (lambda: encoded(NOISE[:RATE_HZ]), 422, "too_short", "1.0 s of audio"),
    "not a number": (lambda: encoded_floats(np.full(31 * RATE_HZ, np.nan)), 422, "not_finite", "NaN"),
    "more bytes than are taken": (lambda: bytes(LARGEST_UPLOAD + 1), 413, "too_large", "40 MB"),
}


def encoded_floats(samples: np.ndarray) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, RATE_HZ, format="WAV", subtype="FLOAT")
    return file.getvalue()


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_a_sentence_by_interface_and_page(site, name):
    make, status, code, words = BAD[name]
    content = make()
    reply = site.send(content)
    assert (reply.status, reply.headers["Content-Type"]) == (status, "application/problem+json")
    assert code is None or reply.json["type"] == f"/api#{code}"
    assert words in reply.json["detail"]
    page = site.send(content, path="/")
    assert page.status == status
    assert 'role="alert"' in page.text
    assert site.get("/").status == 200


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a\tb.wav", "x" * 300])
def test_a_name_that_is_a_path_or_unprintable_is_refused(site, music, name):
    reply = site.send(music, name)
    assert reply.status == 400
    assert reply.json["type"] == "/api#bad_file_name"


@pytest.mark.parametrize("name", ["Señor's “Best” ♫ песня.mp3", "<script>alert(1)</script>.wav", "{{7*7}}%s%n.flac"])
def test_any_other_name_is_only_shown_whether_the_song_is_good_or_bad(site, music, name):
    if "/" in name:  # browsers send no path; such a name is refused
        assert site.send(music, name, path="/").status == 400
        return
    page = site.send(music, name, path="/")
    assert page.status == 200
    assert "<script>alert" not in page.text
    assert site.send(b"no song", name).status == 422


def test_markup_in_a_name_is_escaped(site, music):
    page = site.send(music, "<img src=x onerror=alert(1)>.wav", path="/")
    assert page.status == 200
    assert "<img src=x" not in page.text
    assert "&lt;img src=x" in page.text


def test_content_counts_and_not_the_name(site, songs, music):
    assert site.send(music, "picture.jpg").json["genre"] == site.send(music, "song.flac").json["genre"]


@pytest.mark.parametrize("name", ["FLAC of unknown length", "AAC in MP4", "Vorbis in a chain", "MP3 of no header"])
def test_a_song_of_any_format_and_header_is_answered_for_with_its_real_length(site, name):
    reply = site.send(LENGTHS[name](), "named.wav")
    assert reply.status == 200, reply.text
    assert reply.json["audio"]["duration_s"] == pytest.approx(LONG_S, abs=0.1)


def test_a_long_song_that_does_not_say_so_is_too_long_all_the_same(site):
    file = io.BytesIO()
    soundfile.write(file, np.resize(NOISE, 200 * 60 * 2000), 2000, format="FLAC", subtype="PCM_S8")
    reply = site.send(without_length(file.getvalue()))
    assert (reply.status, reply.json["type"]) == (413, "/api#too_long")
    assert "lasts 200 minutes" in reply.json["detail"]


def test_what_is_heard_of_a_long_song_is_what_the_form_says(site):
    song = encoded(np.resize(NOISE, 100 * RATE_HZ), "FLAC")

    def send(*excerpts, content=song, path="/api/predict"):
        body, kind = as_form(content)
        mark = kind.partition("boundary=")[2].encode()
        told = (b'--%b\r\nContent-Disposition: form-data; name="excerpts"\r\n\r\n%b\r\n' % (mark, each.encode())
                for each in excerpts)  # fmt: skip
        return site.post(path, b"".join(told) + body, **{"Content-Type": kind})

    starts_s = {"middle": [0], "spread": [5 / 3, 35, 205 / 3], "all": [0, 30, 60, 90]}
    for given, starts in [((), starts_s["spread"]), *(((name,), starts) for name, starts in starts_s.items())]:
        audio = send(*given).json["audio"]
        assert [each["start_s"] for each in audio["excerpts"]] == pytest.approx(starts, abs=1e-3)
        assert audio["heard_s"] == {1: 30, 3: 90, 4: 100}[len(starts)]
        assert audio["duration_s"] == 100
    assert "heard: 3 stretches" in send(path="/").text
    for wrong in (("half",), ("",), ("all", "all")):
        refused = send(*wrong)
        assert (refused.status, refused.json["type"]) == (400, "/api#bad_excerpts")
    long = send("all", content=long_flac(0.5))
    assert (long.status, long.json["type"]) == (413, "/api#too_long")
    assert "15 are the most. Upload one song. Or let only a part of it be heard." in long.json["detail"]


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [((), 400, "no_file"), (("sond",), 400, "no_file"), (("song", "song"), 400, "several_files"),
     (("song", "other"), 400, "several_files")],
)  # fmt: skip
def test_there_must_be_one_file_in_the_right_field(site, music, fields, status, code):
    reply = site.send(music, fields=fields)
    assert (reply.status, reply.json["type"]) == (status, f"/api#{code}")


def test_no_file_chosen_is_told_on_the_page(site):
    page = site.send(b"", name="", path="/")
    assert page.status == 400
    assert "Choose a song" in page.text


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "audio/wav", ""])
def test_another_content_type_is_refused(site, music, kind):
    reply = site.post("/api/predict", music, **{"Content-Type": kind})
    assert (reply.status, reply.json["type"]) == (415, "/api#not_a_form")


def test_a_form_without_a_boundary_is_refused(site, music):
    assert site.post("/api/predict", music, **{"Content-Type": "multipart/form-data"}).status == 400


def test_a_body_far_too_large_is_refused_before_it_is_read(site):
    host, port = site.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=HANG_S) as connection:
        connection.sendall(
            f"POST /api/predict HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: multipart/form-data; boundary=x\r\n"
            "Content-Length: 9000000000\r\n\r\n".encode()
        )
        answer = connection.makefile("rb").read().decode()
    assert answer.startswith("HTTP/1.1 413 ")
    assert "application/problem+json" in answer
    assert "larger than 40 MB" in answer


def test_nothing_uploaded_stays_on_the_disk(site, songs, music):
    process = psutil.Process(site.process.pid)
    name = "remember-me-not.wav"
    assert site.send(music, name).status == 200
    open_files = [file.path for each in [process, *process.children()] for file in each.open_files()]
    assert not [path for path in open_files if "(deleted)" not in path and path.startswith(("/tmp/tmp", "/memfd"))]
    # Not by glob: other tests' folders go away while it looks.
    assert not [folder for top in ("/tmp", songs.home) for folder, _, files in os.walk(top) if name in files]


def test_a_worker_that_is_killed_is_replaced(site, music):
    process = psutil.Process(site.process.pid)
    before = {child.pid for child in process.children()}
    for child in process.children():
        child.kill()
    replies = [site.send(music).status for _ in range(3)]
    assert replies[-1] == 200
    assert before.isdisjoint(child.pid for child in process.children())

"""By which names the page may be asked, and from which pages a song may be sent."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.web.hosts import LOOPBACK_NAMES, names_of, read_host
from tests.browser import chromium, needs_browser, new_page
from tests.patience import HANG_S

from .conftest import start, stop

OWN_NAME = read_host(socket.gethostname())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("localhost", "localhost"), ("LocalHost.:8000", "localhost"), ("[::1]:8000", "::1"), ("[0:0::1]", "::1"),
        ("[::ffff:127.0.0.1]:80", "127.0.0.1"), ("müsik.example", "xn--msik-0ra.example"), ("my_host:1", "my_host"),
        ("", ""), ("::1", ""), ("[localhost]", ""), ("localhost, evil.example", ""), ("a@localhost", ""), ("a b", ""),
        ("localhost:", ""), ("localhost:8000:1", ""), ("localhost/x", ""), ("a..b", ""), ("*", ""), ("[::1", ""),
    ],
)  # fmt: skip
def test_a_host_is_read_without_port_brackets_and_spelling(text, name):
    assert read_host(text) == name


@given(st.text())
def test_whatever_stands_there_is_read_or_is_no_name(text):
    name = read_host(text)
    assert name == "" or name.isascii()
    assert read_host(f"[{name}]" if ":" in name else name) == name


@pytest.mark.parametrize(
    ("host", "address", "names", "others"),
    [
        ("127.0.0.1", "127.0.0.1", LOOPBACK_NAMES, {OWN_NAME, "0.0.0.0"}),
        ("127.0.0.2", "127.0.0.2", LOOPBACK_NAMES | {"127.0.0.2"}, {OWN_NAME}),
        ("::1", "::1", LOOPBACK_NAMES, {OWN_NAME}),
        ("0.0.0.0", "0.0.0.0", LOOPBACK_NAMES | {OWN_NAME, "0.0.0.0"}, {"192.0.2.77"}),
        ("::", "::", LOOPBACK_NAMES | {OWN_NAME, "::"}, {"192.0.2.77"}),
        ("studio", "192.0.2.77", {"studio", "192.0.2.77", OWN_NAME}, LOOPBACK_NAMES),
        ("fe80::1%eth0", "fe80::1%eth0", {"fe80::1", OWN_NAME}, LOOPBACK_NAMES),
    ],
)
def test_a_server_s_names_are_those_of_what_it_listens_on(host, address, names, others):
    found = names_of(host, address)
    assert names <= found
    assert not others & found
    assert "" not in found


def test_names_that_a_person_vouches_for_come_in_any_spelling():
    assert {"music.example", "::2", "192.0.2.1"} <= names_of("::1", "::1", ["Music.Example:80", "::2", "192.0.2.1"])


@pytest.mark.parametrize("text", ["http://music.example", "*", "*.example", "", "a b"])
def test_a_name_that_is_none_is_one_line_with_the_mend(text):
    with pytest.raises(InputError, match=r"^--allow-host '.*' is no name of a host: give it alone, as in"):
        names_of("::1", "::1", [text])


@pytest.fixture(scope="module", params=["0.0.0.0", pytest.param("::1", marks=pytest.mark.faults)])
def server(request, songs, tmp_path_factory):
    host = request.param
    if ":" in host:
        try:
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        except OSError:
            pytest.skip("this machine has no IPv6")
    environment = songs.environment | {"GENRELAB_ALLOWED_HOSTS": "music.example, web"}
    options = ("--dataset", songs.dataset, "--host", host, "--allow-host", "also.example")
    started = start(environment, tmp_path_factory.mktemp("host") / "log", *options)
    yield started
    assert stop(started) == 0


def test_on_any_address_another_name_is_refused_in_one_sentence_and_told_the_mend(server, music):
    for host in ("evil.example", "evil.example:8000", "127.0.0.1.evil.example", "203.0.113.9:8000", "[2001:db8::9]"):
        page = server.get("/", Host=host)
        assert (page.status, page.headers["Content-Type"]) == (421, "text/plain; charset=utf-8")
        assert page.text.startswith(f"This page is not known as {host!r}. If it is, start it with --allow-host ")
        assert "songs" not in page.text
    problem = server.get("/api/holdout", Host="evil.example")
    assert (problem.status, problem.json["type"]) == (421, "/api#other_host")
    for path in ("/nowhere", "/static/style.css", "/api/openapi.json"):
        assert server.get(path, Host="evil.example").status == 421


def test_on_any_address_the_page_s_own_names_are_answered(server):
    for host in ("localhost:1", "127.0.0.1", "[::1]:8000", "music.example", "web:80", "ALSO.example."):
        assert server.get("/", Host=host).status == 200, host
    assert server.get("/").status == 200  # by the address that it announced


@pytest.mark.parametrize("head", ["GET / HTTP/1.0\r\n", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost:\r\n",
                                  "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n"])  # fmt: skip
def test_no_name_or_two_are_another_name(site, head):
    host, port = site.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=HANG_S) as connection:
        connection.sendall(f"{head}Connection: close\r\n\r\n".encode())
        assert connection.makefile("rb").readline().split()[1] == b"421"


@pytest.mark.parametrize("path", ["/", "/api/predict"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "{own}"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "{own}"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
    ],
)
def test_a_song_that_another_site_s_page_sends_is_refused(site, music, path, headers, status):
    reply = site.send(music, path=path, headers={name: text.format(own=site.address) for name, text in headers.items()})
    assert reply.status == status
    if status == 403:
        assert "A page of another site sent this." in reply.text


@needs_browser
def test_a_browser_sends_a_song_from_the_page_and_not_from_another_site_s(server, music):
    """Browsers tell a loopback address whether it is the same site that sends; a name, only the origin."""
    port = server.address.rpartition(":")[2]
    resolved = f"--host-resolver-rules=MAP music.example {'[::1]' if '[' in server.address else '127.0.0.1'}"
    with chromium(resolved) as browser:
        for address in (f"http://music.example:{port}/", server.address.replace("0.0.0.0", "127.0.0.1") + "/"):
            assert_takes_a_song_from_its_own_page_alone(address, music, new_page(browser))


def assert_takes_a_song_from_its_own_page_alone(address, music, page):
    song = {"name": "a.flac", "mimeType": "audio/flac", "buffer": music}
    form = f"<form method=post enctype=multipart/form-data action='{address}'><input type=file name=song><button>"
    page.goto(address)
    page.get_by_label("Choose a song").set_input_files(song)
    page.get_by_role("button", name="Name its genre").click()
    page.locator(".verdict").wait_for()
    page.route("http://evil.example/", lambda route: route.fulfill(body=form, content_type="text/html"))
    page.goto("http://evil.example/")
    page.locator("input").set_input_files(song)
    with page.expect_response(address) as answered:
        page.locator("button").click()
    assert answered.value.status == 403

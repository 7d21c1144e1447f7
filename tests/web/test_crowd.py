"""Clients that hold things up: the others are answered while they are still there, and what they hold is bounded."""

import os
import socket
import stat
import threading
import time
from contextlib import ExitStack, suppress
from unittest.mock import Mock

import psutil
import pytest
from waitress.channel import HTTPChannel

from pipeline.web import channel, crowd
from pipeline.web.channel import PATIENCE_S, SLOWEST_BYTES_PER_S, client_of
from pipeline.web.crowd import MOST_A_CLIENT, MOST_BYTES, Server
from pipeline.web.uploads import LARGEST_UPLOAD
from tests.patience import HANG_S, until

MB = 2**20
ANSWER = b"answer " * 10
LARGE_ANSWER = bytes(15 * MB)
"""More than the kernel takes in for a client that reads nothing."""


def head(size: int | None = None, path: str = "/", *more: str) -> bytes:
    """Return the header of a request, with a body where it has a size."""
    first = f"GET {path}" if size is None else f"POST {path}"
    length = [] if size is None else [f"Content-Length: {size}"]
    return "\r\n".join([f"{first} HTTP/1.1", "Host: localhost", *length, *more, "", ""]).encode()


def is_open(connection: socket.socket) -> bool:
    """Whether the other side has neither said anything nor gone."""
    connection.setblocking(False)
    try:
        connection.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    except OSError:
        pass
    finally:
        connection.settimeout(HANG_S)
    return False


def rest_of(connection: socket.socket) -> bytes:
    """Return all that comes until the connection ends."""
    parts = []
    with suppress(ConnectionError):
        while part := connection.recv(MB):
            parts.append(part)
    return b"".join(parts)


class Ends:
    """Connects to a server, from any address of the loopback."""

    def __init__(self, address: tuple[str, int], server: Server | None = None):
        self.address = address
        self.server = server
        self.open = ExitStack()

    @property
    def channels(self) -> list[channel.Channel]:
        """The server's ends of the connections, where it is in this process."""
        return list(self.server.active_channels.values())

    def connect(self, start: bytes = b"", source: str = "127.0.0.1") -> socket.socket:
        connection = socket.create_connection(self.address, timeout=HANG_S, source_address=(source, 0))
        self.open.enter_context(connection)
        with suppress(ConnectionError):  # it may have had to make room already
            connection.sendall(start)
        return connection

    def ask(self, request: bytes = head(None, "/", "Connection: close"), source: str = "127.0.0.1") -> bytes:
        """Return the answer, whole, to a request of its own."""
        return rest_of(self.connect(request, source))


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(channel, "now", clock)
    return clock


@pytest.fixture
def here(monkeypatch):
    """A server in this process, whose application reads what it gets and answers much or little."""

    def application(environment, start_response):
        environment["wsgi.input"].read()
        answer = LARGE_ANSWER if environment["PATH_INFO"] == "/large" else ANSWER
        start_response("200 OK", [("Content-Length", str(len(answer)))])
        return [answer]

    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Server(application, listening, threads=2, recv_bytes=64 * 1024)
        ends = Ends(listening.getsockname(), server)
        thread = threading.Thread(target=server.run)
        thread.start()
        with ends.open:
            yield ends
        server.tidy = Mock(side_effect=KeyboardInterrupt)
        server.pull_trigger()
        thread.join(HANG_S)
        for each in ends.channels:
            each.handle_close()
        server.close()


def pass_by(ends: Ends) -> None:
    """Let the server go about its round: twice, as the first answer may have been under way."""
    for _ in range(2):
        assert ends.ask(source="127.0.0.9").endswith(ANSWER)


SLOW = {
    "nothing": b"",
    "half a header": b"GET / HTTP/1.1\r\nHost: local",
    "no body": head(1000),
    "half a body": head(1000) + b"x" * 500,
    "a chunk": head(None, "/", "Transfer-Encoding: chunked").replace(b"GET", b"POST") + b"5\r\nab",
}


@pytest.mark.parametrize("kind", SLOW)
def test_who_takes_longer_than_the_patience_is_told_so_and_let_go(here, clock, kind):
    slow = here.connect(SLOW[kind])
    pass_by(here)
    clock.now += PATIENCE_S - 1
    pass_by(here)
    assert is_open(slow)
    clock.now += 2
    told = rest_of(slow)
    if SLOW[kind]:
        assert told.startswith(b"HTTP/1.1 408 ")
        assert b"application/problem+json" in told
        assert b"The request took too long to arrive" in told
    else:
        assert told == b""


def test_dripping_does_not_lengthen_the_patience_and_sending_does(here, clock):
    dripping, sending = here.connect(b"GET / HTTP/1.1\r\n"), here.connect(head(100 * SLOWEST_BYTES_PER_S))
    for _ in range(25):
        with suppress(ConnectionError):
            dripping.sendall(b"a: b\r\n")
        sending.sendall(bytes(4 * SLOWEST_BYTES_PER_S))
        pass_by(here)
        clock.now += 2
    assert rest_of(dripping).startswith(b"HTTP/1.1 408 ")
    assert sending.recv(MB).startswith(b"HTTP/1.1 200 ")


def test_who_does_not_fetch_its_answer_is_let_go(here, clock):
    lazy = here.connect(head(None, "/large"))
    until(lambda: any(each.total_outbufs_len and each.waits for each in here.channels))
    clock.now += PATIENCE_S + len(LARGE_ANSWER) / SLOWEST_BYTES_PER_S + 1
    pass_by(here)
    assert len(rest_of(lazy)) < len(LARGE_ANSWER)


def test_an_idle_connection_is_asked_again_within_the_patience(here, clock):
    kept = here.connect()
    for _ in range(5):
        kept.sendall(head())
        answer = b""
        while not answer.endswith(ANSWER):
            answer += kept.recv(MB)
        clock.now += PATIENCE_S - 1
        pass_by(here)
    clock.now += 2
    assert rest_of(kept) == b""


def test_a_client_with_too_many_connections_loses_the_silent_ones_and_nobody_else_any(here, clock):
    other = here.connect(b"GET / HT", source="127.0.0.2")
    mine = []
    for _ in range(MOST_A_CLIENT + 10):
        mine.append(here.connect(b"GET / HT"))
        clock.now += 0.01
        pass_by(here)
    assert [is_open(each) for each in mine] == [False] * 10 + [True] * MOST_A_CLIENT
    assert rest_of(mine[0]).startswith(b"HTTP/1.1 503 ")
    other.sendall(b"TP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert rest_of(other).endswith(ANSWER)


def test_where_all_have_too_many_the_client_with_most_makes_room(here, clock):
    here.server.most_connections = 20
    few = [here.connect(source="127.0.0.3") for _ in range(4)]
    pass_by(here)
    clock.now += 1
    many = [here.connect() for _ in range(40)]
    pass_by(here)
    assert all(map(is_open, few))
    assert sum(map(is_open, many)) == 20 - 4 - 1  # one more was asking


def test_a_connection_that_is_owed_an_answer_makes_no_room(here, clock, monkeypatch):
    monkeypatch.setattr(crowd, "MOST_A_CLIENT", 2)
    wait = threading.Event()
    patient = here.server.application
    here.server.application = lambda *request: (wait.wait(HANG_S), patient(*request))[1]
    owed = here.connect(head(None, "/", "Connection: close"))
    until(lambda: any(each.requests for each in here.channels))
    clock.now += 10 * PATIENCE_S
    silent = [here.connect() for _ in range(5)]
    assert rest_of(silent[0]) == b""
    assert is_open(owed)
    wait.set()
    assert rest_of(owed).endswith(ANSWER)


def test_of_requests_sent_ahead_two_are_answered_and_the_connection_ends(here, monkeypatch):
    """However slow the thread that takes them in."""
    taken = HTTPChannel.received
    monkeypatch.setattr(HTTPChannel, "received", lambda *given: (taken(*given), time.sleep(0.2))[0])
    assert rest_of(here.connect(head() * 300)).count(ANSWER) == 2


def test_of_a_body_that_is_too_large_nothing_is_held_and_its_length_is_known(here):
    sender = here.connect(head(LARGEST_UPLOAD + 10 * MB) + bytes(LARGEST_UPLOAD))
    until(lambda: sum(each.n_held for each in here.channels) == LARGEST_UPLOAD)
    sender.sendall(bytes(5 * MB))
    until(lambda: sum(each.n_held for each in here.channels) == 0)
    sender.sendall(bytes(5 * MB))
    said = sender.recv(MB)
    while ANSWER not in said:  # its header may come by itself
        said += (part := sender.recv(MB))
        assert part, said


@pytest.mark.parametrize("end", [b"0\r\n" + b"a: b\r\n" * 20_000, b"1" * 20_000, b"5;" + b"x" * 20_000])
def test_chunks_with_endless_lines_are_refused(here, end):
    sender = here.connect(head(None, "/", "Transfer-Encoding: chunked").replace(b"GET", b"POST") + end)
    assert rest_of(sender).startswith(b"HTTP/1.1 400 ")


def test_chunks_are_a_body_like_any_other(here):
    start = head(None, "/", "Transfer-Encoding: chunked", "Connection: close").replace(b"GET", b"POST")
    assert here.ask(start + b"5\r\nabcde\r\n3\r\nfgh\r\n0\r\n\r\n").endswith(ANSWER)


def test_urgent_bytes_end_the_connection(here):
    sender = here.connect()
    sender.send(b"!", socket.MSG_OOB)
    assert rest_of(sender) == b""
    pass_by(here)


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1", "2001:db8::/64"), ("fe80::1%eth0", "fe80::/64"),
    ],
)  # fmt: skip
def test_a_client_is_an_address_or_a_household_s_network(address, client):
    assert client_of(address) == client


# The page itself


@pytest.fixture
def ends(site):
    host, port = site.address.removeprefix("http://").split(":")
    ends = Ends((host, int(port)))
    with ends.open:
        yield ends


@pytest.mark.parametrize("kind", SLOW)
def test_150_slow_connections_of_one_client_keep_nobody_out(site, music, ends, kind):
    slow = [ends.connect(SLOW[kind].replace(b" / ", b" /api/predict ")) for _ in range(150)]
    assert site.get("/").status == 200
    assert site.send(music).status == 200
    assert ends.ask(source="127.0.0.2").startswith(b"HTTP/1.1 200 ")
    assert sum(map(is_open, slow)) >= MOST_A_CLIENT - 10


def test_unfinished_uploads_hold_a_bounded_amount_and_keep_nobody_out(site, music, ends):
    process = psutil.Process(site.process.pid)
    memory, size = process.memory_info().rss, 36 * MB
    for _ in range(12):
        ends.connect(head(size + 1, "/api/predict", "Content-Type: multipart/form-data; boundary=x") + bytes(size))
    assert site.get("/").status == 200
    assert site.send(music).status == 200
    assert size < held_on_disk(process.pid) <= MOST_BYTES + MB
    assert process.memory_info().rss - memory < 100 * MB
    ends.open.close()
    until(lambda: held_on_disk(process.pid) < MB)


def held_on_disk(process_id: int) -> int:
    """Return the bytes of the files that a process has open."""
    total = 0
    for name in os.listdir(f"/proc/{process_id}/fd"):
        with suppress(FileNotFoundError):
            found = os.stat(f"/proc/{process_id}/fd/{name}")
            total += found.st_size if stat.S_ISREG(found.st_mode) else 0
    return total

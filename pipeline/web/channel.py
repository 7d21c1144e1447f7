"""One connection: how long its client has taken, what is held for it, and how it ends."""

import threading
import time
from contextlib import suppress
from ipaddress import IPv6Network, ip_address

from waitress.buffers import OverflowableBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import ErrorTask
from waitress.utilities import BadRequest

from pipeline.web.errors import PROBLEM_JSON, RefusedError
from pipeline.web.security import HEADERS
from pipeline.web.uploads import LARGEST_UPLOAD, too_large

PATIENCE_S = 20.0
"""So long may a client take for its turn: to send a request, to fetch the answer, to ask again."""

SLOWEST_BYTES_PER_S = 64 * 1024
"""For each second's worth of bytes that moved, the turn lasts a second longer: the largest upload, eleven minutes."""

MOST_AHEAD = 2
"""Requests that a client may send before it has the answer to the first. No browser does."""

LONGEST_CHUNK_LINE = 8 * 1024
"""Bytes of what is neither header nor body: size lines and trailers of a body in chunks."""

now = time.monotonic


class Body(OverflowableBuffer):
    """A request's body, on disk where it is large; where it is too large for an answer, only its length is kept."""

    def __init__(self, overflow: int):
        super().__init__(overflow)
        self.n_received = 0

    def __len__(self) -> int:
        return self.n_received

    @property
    def n_held(self) -> int:
        """Bytes that are kept."""
        return self.n_received if self.n_received <= LARGEST_UPLOAD else 0

    def append(self, s: bytes) -> None:
        """Take in more."""
        self.n_received += len(s)
        if self.n_held:
            super().append(s)
        else:
            self.close()
            self.buf, self.strbuf = None, b""


class Parser(HTTPRequestParser):
    """Takes in a request, and no more of it than `Body` keeps."""

    def parse_header(self, header_plus: bytes) -> None:
        """Read the header, and prepare for the body."""
        super().parse_header(header_plus)
        if self.body_rcv is not None:
            self.body_rcv.buf = Body(self.adj.inbuf_overflow)

    def received(self, data: bytes) -> int:
        """Take in more of the request, and return how many bytes were part of it."""
        n_taken = super().received(data)
        if self.chunked and len(self.body_rcv.control_line) + len(self.body_rcv.trailer) > LONGEST_CHUNK_LINE:
            self.error = BadRequest("a chunk's line or the trailer is too long")
            self.completed = True
        return n_taken

    @property
    def n_held(self) -> int:
        """Bytes of the body that are kept."""
        return self.body_rcv.buf.n_held if self.body_rcv is not None else 0


class RefusalTask(ErrorTask):
    """What waitress refuses by itself, told as the application tells it."""

    def execute(self) -> None:
        """Write the refusal."""
        status = self.request.error.code
        refusal = (
            too_large()
            if status == 413
            else RefusedError(status, f"http_{status}", "The request could not be understood.")
        )
        body = refusal.problem("/").encode()
        self.status = f"{status} {refusal.title}"
        self.response_headers = [*HEADERS.items(), ("Content-Type", PROBLEM_JSON), ("Connection", "close")]
        self.content_length = len(body)
        self.set_close_on_finish()
        self.write(body)


class Channel(HTTPChannel):
    """A connection that knows whose turn it is.

    Attributes
    ----------
    client : str
        who is at the other end: an address, of IPv6 the network that one household has
    turn_began_s, moved_s : float
        by the monotonic clock: when the present turn began, and when the last byte came or went
    n_moved : int
        bytes that came and went in this turn
    """

    error_task_class = RefusalTask
    parser_class = Parser

    def __init__(self, server, sock, addr, adj, map=None):
        self.client = client_of(addr[0])
        self._begin_turn()
        super().__init__(server, sock, addr, adj, map=map)
        self.requests_lock = threading.RLock()  # waitress has a plain one, and takes it again inside `received`

    @property
    def waits(self) -> bool:
        """Whether it waits for its client, which has sent no whole request that is not answered yet."""
        return not self.requests

    @property
    def overdue(self) -> bool:
        """Whether its client has taken too long."""
        return self.waits and now() > self.turn_began_s + PATIENCE_S + self.n_moved / SLOWEST_BYTES_PER_S

    @property
    def n_held(self) -> int:
        """Bytes that are held for its client: bodies, and answers that it has not fetched."""
        requests = [*self.requests, *([self.request] if self.request is not None else [])]
        return self.total_outbufs_len + sum(request.n_held for request in requests)

    def recv(self, buffer_size: int) -> bytes:
        """Read what has come."""
        data = super().recv(buffer_size)
        if self.request is None and self.waits:
            self._begin_turn()
        self._count(len(data))
        return data

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Write as much as the client takes now."""
        n_sent = super().send(data, do_close)
        self._count(n_sent)
        return n_sent

    def write_soon(self, data: bytes) -> int:
        """Write something of an answer, which it is then the client's turn to fetch."""
        self._begin_turn()
        return super().write_soon(data)

    def received(self, data: bytes) -> bool:
        """Take in what has come; of requests that were sent ahead the first ones, after which the connection ends."""
        with self.requests_lock:  # from when they are taken in, or those that are too many would be answered meanwhile
            taken = super().received(data)
            for request in self.requests[MOST_AHEAD:]:
                request.close()
            if len(self.requests) > MOST_AHEAD:
                del self.requests[MOST_AHEAD:]
                self.requests[-1].headers["CONNECTION"] = "close"
        return taken

    def end(self, refusal: RefusedError) -> None:
        """Close the connection, where a request has begun to come with a sentence."""
        if self.request is not None and not self.total_outbufs_len:
            with suppress(OSError):
                self.socket.send(_told(refusal))
        self.handle_close()

    def handle_close(self) -> None:
        """Close the connection, and forget what has come."""
        super().handle_close()
        if self.request is not None:
            self.request.close()

    def handle_expt(self) -> None:
        """Close a connection that sends urgent data, which HTTP knows nothing of."""
        self.handle_close()

    def _begin_turn(self) -> None:
        self.turn_began_s = self.moved_s = now()
        self.n_moved = 0

    def _count(self, n_bytes: int) -> None:
        if n_bytes:
            self.n_moved += n_bytes
            self.moved_s = now()


def client_of(address: str) -> str:
    """Return what stands for a client: an IPv4 address, or the 64 bits of an IPv6 address that name its network."""
    read = ip_address(address.partition("%")[0])
    read = getattr(read, "ipv4_mapped", None) or read
    return str(IPv6Network((read, 64), strict=False)) if read.version == 6 else str(read)


def _told(refusal: RefusedError) -> bytes:
    body = refusal.problem("/").encode()
    headers = HEADERS | {"Content-Type": PROBLEM_JSON, "Content-Length": str(len(body)), "Connection": "close"}
    head = [f"HTTP/1.1 {refusal.status} {refusal.title}", *(f"{name}: {text}" for name, text in headers.items())]
    return "\r\n".join([*head, "", ""]).encode() + body

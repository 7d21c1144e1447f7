"""The server: waitress around the application, and its workers, until it is told to end."""

import logging
import os
import signal
import socket
from collections.abc import Callable, Iterable

from pymongo.database import Database

from pipeline.errors import GenrelabError, InputError
from pipeline.listen.desk import Desk
from pipeline.listen.pool import WorkerPool
from pipeline.models import display_name
from pipeline.web.app import create_app
from pipeline.web.crowd import Server
from pipeline.web.hosts import names_of
from pipeline.web.uploads import LARGEST_UPLOAD

N_THREADS = 8
MOST_WORKERS = 2
RECEIVED_AT_ONCE = 64 * 1024
LARGEST_HEADER = 32 * 1024
LARGEST_BODY = 5 * LARGEST_UPLOAD
"""A body up to this size is taken in, though not kept, so that its sender hears what is wrong with it: a browser that
is interrupted shows nothing but that it was. A larger one is refused as soon as its size is known."""


def serve(
    database: Database,
    dataset: str,
    *,
    host: str,
    port: int,
    allowed_hosts: Iterable[str],
    jobs: int,
    announce: Callable[[str], None],
) -> None:
    """Serve until SIGINT or SIGTERM, under the names of what is listened on and under `allowed_hosts`.

    Raises
    ------
    InputError
        where the port can't be had, or a name is none
    """
    with _listen(host, port) as listening:
        address, port = listening.getsockname()[:2]
        hosts = names_of(host, address, allowed_hosts)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        os.environ.setdefault("MPLBACKEND", "agg")
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that songs wait their turn is no news
        pool = WorkerPool(max(1, min(jobs, MOST_WORKERS)))
        try:
            desk = Desk(database, dataset, pool)
            server = Server(
                create_app(desk, hosts=hosts),
                listening,
                threads=N_THREADS,
                recv_bytes=RECEIVED_AT_ONCE,
                max_request_header_size=LARGEST_HEADER,
                max_request_body_size=LARGEST_BODY,
                ident=None,
                clear_untrusted_proxy_headers=True,
            )
            announce(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
            try:
                judge = desk.judge()
                announce(f"model: {display_name(judge.champion.name)} of run {judge.run.run_id}")
            except GenrelabError as error:  # a page that says so is better than none
                announce(str(error))
            server.run()  # returns on Ctrl-C
            server.close()
        except KeyboardInterrupt:
            pass
        finally:
            pool.close()


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise InputError(f"--host {host!r} is no address of this machine: {error.strerror or error}") from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except (OSError, OverflowError) as error:
        listening.close()
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"can't listen on {host}, --port {port}: {reason}; choose another --port") from error
    return listening

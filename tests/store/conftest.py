"""Databases of their own on the server of the test session."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from pipeline.store.schema import apply_schema
from tests.store.guarded import database_of, guarded_server, uri_of
from tests.store.older import load


@pytest.fixture
def empty(database):
    """Return a database without collections, which ends with the test."""
    name = f"test_{uuid4().hex[:8]}"
    yield database.client[name]
    database.client.drop_database(name)


@pytest.fixture(scope="module")
def store(database):
    """Return a database with the schema in place, which ends with the module."""
    name = f"test_{uuid4().hex[:8]}"
    apply_schema(database.client[name])
    yield database.client[name]
    database.client.drop_database(name)


@pytest.fixture(scope="session")
def guarded():
    """Return the host part of the URI of a real mongod that asks for passwords."""
    with guarded_server() as server:
        yield server.host


@dataclass(frozen=True)
class Resumed:
    """What a command did that went on with an older version's run, on a server that asks for passwords."""

    host: str
    exports: Path
    runs: Path
    done: subprocess.CompletedProcess


@pytest.fixture(scope="session")
def resumed(genrelab, tmp_path_factory):
    """Return what ``genrelab run --from export`` made of the older database."""
    folder = tmp_path_factory.mktemp("resumed")
    with guarded_server() as server:
        with database_of("admin", server.host) as database:
            load(database)
        uri = uri_of("admin", server.host)
        done = genrelab("run", "--from", "export", "--exports", folder / "exports",
                        MONGODB_URI=uri, GENRELAB_RUNS=folder / "runs")  # fmt: skip
        yield Resumed(server.host, folder / "exports", folder / "runs", done)

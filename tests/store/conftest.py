"""Databases of their own on the server of the test session."""

from uuid import uuid4

import pytest

from pipeline.store.schema import apply_schema


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

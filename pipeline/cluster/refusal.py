"""What a worker says where the database keeps it from its work."""

import platform
from collections.abc import Iterator
from contextlib import contextmanager

from pymongo.errors import ConnectionFailure, PyMongoError

from pipeline.errors import InputError, StoreError, UnreachableError, WorkerError
from pipeline.store.connection import Address, words_of


@contextmanager
def in_words_of_a_worker(address: Address) -> Iterator[None]:
    """Turn errors of the store and of the driver into one line that names this machine and nothing of the URI.

    Raises
    ------
    UnreachableError
        where MongoDB can't be reached from here, or no longer
    WorkerError
        where it refuses
    """
    try:
        yield
    except StoreError as error:
        kind = UnreachableError if isinstance(error, UnreachableError) else WorkerError
        raise kind(f"a worker on {platform.node()} can't work: {error}") from None
    except PyMongoError as error:
        kind = UnreachableError if isinstance(error, ConnectionFailure) else WorkerError
        words = words_of(error, address)
        raise kind(f"as seen from {platform.node()}: {words}; start it, and run the same command again") from None


def reads_others(dataset: str, feature_set: str, window_s: float) -> InputError:
    """Return the error of a worker that does not read the rows that the asking machine has."""
    return InputError(
        f"a worker on {platform.node()} reads other {window_s:g}-second rows of {feature_set!r} than this machine did: "
        f"dataset {dataset!r} has changed meanwhile; run the same command again"
    )

import pytest
from threadpoolctl import threadpool_limits


@pytest.fixture(autouse=True)
def one_thread():
    """Fit on one thread, as the protocol does: many small fits lose more to waiting than threads give them."""
    with threadpool_limits(1):
        yield

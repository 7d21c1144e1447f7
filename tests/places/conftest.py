"""Small forests of places, for tests that compare what is told with itself or with a wide bound."""

import pytest

from pipeline.places import models


@pytest.fixture
def small_forests(monkeypatch):
    monkeypatch.setattr(models, "N_TREES", 30)

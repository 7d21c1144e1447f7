"""No two uses share a random stream, and none is drawn from but by its name."""

import ast
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.random_streams import STREAMS, seed_of, stream
from pipeline.settings import PROJECT_DIR

PACKAGE = PROJECT_DIR / "pipeline"
OWN = {
    "random_streams.py": "the one place",
    "sources/demo/dsp.py": "the demo corpus, whose audio stays as it is",
    "sources/demo/song.py": "the same",
    "reproduce/spotify_models.py": "the seed of published code",
    "reproduce/spotify_why.py": "guessers, one for each of so many seeds",
    "reproduce/fifteenth.py": "its callers give the seed of published code",
    "reproduce/samme_r.py": "an estimator, whose seed is its caller's",
    "models/better_half.py": "the same",
    "models/boosted_stumps.py": "the same",
    "models/recurrent.py": "hands its seed on to what names the streams",
}

uses = st.tuples(st.sampled_from(sorted(STREAMS)), st.lists(st.integers(0, 3), max_size=3))


@given(uses, uses)
def test_two_uses_draw_different_numbers_unless_they_are_one(one, other):
    first, second = (stream(name, *numbers).integers(0, 2**63, 4).tolist() for name, numbers in (one, other))
    assert (first == second) == (one == other)
    assert (seed_of(one[0], *one[1]) == seed_of(other[0], *other[1])) == (one == other)


def test_a_seed_followed_by_zero_is_another_seed_which_it_is_not_to_numpy():
    assert np.random.default_rng(5).random() == np.random.default_rng([5, 0]).random()
    assert stream("split", 5).random() != stream("split", 5, 0).random()


def test_streams_are_the_same_on_any_machine():
    assert seed_of("split", 0, 0) == 4220993060
    assert (
        stream("split", 0, 0).integers(0, 1000, 3).tolist()
        == stream("split", np.int64(0), 0).integers(0, 1000, 3).tolist()
    )


def test_a_use_without_a_name_is_refused():
    with pytest.raises(ValueError, match="no random stream 'dice': add it to STREAMS"):
        stream("dice", 0)


def calls():
    """Yield the calls of the package's modules, with the path of each below the package."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield path.relative_to(PACKAGE).as_posix(), node


def test_every_name_is_used_in_exactly_one_place():
    used = Counter(call.args[0].value for _, call in calls() if getattr(call.func, "id", "") in ("stream", "seed_of"))
    assert used == dict.fromkeys(STREAMS, 1)


def test_nothing_draws_but_from_a_named_stream():
    unnamed = set()
    for path, call in calls():
        called = ast.unparse(call.func)
        seeds = [word.value for word in call.keywords if word.arg == "random_state"]
        if "default_rng" in called or "RandomState" in called or called.startswith("random."):
            unnamed.add(path)
        unnamed |= {path for seed in seeds if not ast.unparse(seed).startswith("seed_of(")}
    assert unnamed == set(OWN)

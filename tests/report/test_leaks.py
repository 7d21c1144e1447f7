"""Each of the eight kinds of leakage planted in a small table: a check names it, or the sheet says it can't be seen.

Kinds and numbers are Kapoor and Narayanan's (2023).
"""

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import InputError
from pipeline.report.sheet import RunFacts, read_facts, sheet
from pipeline.stages.catalogue import CatalogueOptions, catalogue
from pipeline.stages.compare import CompareOptions, compare
from pipeline.stages.extract import ExtractOptions, extract
from pipeline.store.runs import start_run

GENRES = ("blues", "jazz", "rock")
N_TRACKS = 60


def clean(seed: int = 0) -> pd.DataFrame:
    """Return a table of tracks by artists of two tracks each, whose genre shows a little in each of six features."""
    rng = np.random.default_rng(seed)
    genre = np.arange(N_TRACKS) % 3
    values = 10 + 3 * (rng.normal(size=(N_TRACKS, 6)) + 0.8 * genre[:, None])
    table = pd.DataFrame(values, columns=[f"x{i}" for i in range(6)])
    table.insert(0, "filename", [f"t{i:02d}.wav" for i in range(N_TRACKS)])
    artist = [f"artist {i // 6 * 3 + i % 3}" for i in range(N_TRACKS)]
    return table.assign(label=[GENRES[g] for g in genre], artist=artist)


@pytest.fixture
def facts_of(database, tmp_path):
    """Return a function that compares a model on a table and returns what the run knows."""

    def run_on(table: pd.DataFrame, *, split: str = "", holdout: float = 0.1, seed: int = 0) -> RunFacts:
        for name in ("datasets", "tracks", "segments", "rejects", "runs", "drawn"):
            database[name].delete_many({"dataset": "leaky"})
        path = tmp_path / "leaky.csv"
        table.to_csv(path, index=False)
        run = start_run(database, "leaky", {})
        catalogue(run, CatalogueOptions(table=str(path), metadata=str(path), split=split))
        extract(run, ExtractOptions(holdout=holdout, jobs=1))
        compare(run, CompareOptions(models="logistic_regression", split=split, repeats=1, seed=seed, jobs=1))
        return read_facts(run)

    return run_on


def seen(facts: RunFacts) -> dict[str, str]:
    """Return what the sheet says of each kind."""
    return {kind["number"]: kind["seen"] for kind in sheet(facts, {})["leakage"]["kinds"]}


def said(facts: RunFacts, number: str) -> str:
    return " ".join(next(kind["says"] for kind in sheet(facts, {})["leakage"]["kinds"] if kind["number"] == number))


def test_in_a_clean_table_there_is_no_sign_of_any(facts_of):
    found = seen(facts_of(clean()))
    assert list(found) == ["L1.1", "L1.2", "L1.3", "L1.4", "L2", "L3.1", "L3.2", "L3.3"]
    assert {number for number, word in found.items() if word == "not visible"} == {"L1.3", "L3.1"}
    assert "warning" not in found.values()


def test_no_test_set_is_refused_or_told(facts_of):
    with pytest.raises(InputError, match="0 for test"):
        facts_of(clean().assign(split="train"), split="predefined")
    facts = facts_of(clean(), holdout=0)
    assert seen(facts)["L1.1"] == "warning"
    assert "No track is held out" in said(facts, "L1.1")


@pytest.mark.parametrize("how", ["standardised", "from 0 to 1"])
def test_scaling_over_all_rows_is_named(facts_of, how):
    table = clean()
    x = table.filter(like="x")
    scaled = (x - x.mean()) / x.std() if how == "standardised" else (x - x.min()) / (x.max() - x.min())
    facts = facts_of(table.assign(**scaled))
    assert seen(facts)["L1.2"] == "warning"
    assert "6 of 6 features have mean 0 and deviation 1, or go from 0 to 1" in said(facts, "L1.2")


def test_features_chosen_on_all_rows_can_not_be_seen_and_the_sheet_says_so(facts_of):
    table, rng = clean(), np.random.default_rng(5)
    noise = pd.DataFrame(rng.normal(5, 2, size=(N_TRACKS, 2000)), columns=[f"n{i}" for i in range(2000)])
    spread = noise.groupby(table["label"]).mean().std().sort_values(ascending=False)
    chosen = noise[spread.index[:15]]
    facts = facts_of(pd.concat([table.drop(columns=table.filter(like="x").columns), chosen], axis=1), split="track")
    accuracy = facts.scores.query("subset == 'test' and level == 'track' and metric == 'accuracy'")
    assert accuracy["value"].max() > 0.6, "noise reads far better than a guess: the leak is there"
    found = seen(facts)
    assert found["L1.3"] == "not visible"
    assert "Can't be seen from the data" in said(facts, "L1.3")


@pytest.mark.parametrize("how", ["the same row", "the same title"])
def test_the_same_music_on_both_sides_is_named(facts_of, how):
    table = clean().assign(title=[f"song {i}" for i in range(N_TRACKS)])
    again = table.iloc[[3, 9]].assign(filename=["again.wav", "and again.wav"])
    if how == "the same title":
        again = again.assign(title=["Song 3", "SONG 9 (remastered)"], x0=1.5, x1=[2.5, 3.5])
    facts = facts_of(pd.concat([table, again], ignore_index=True))
    assert seen(facts)["L1.4"] == "warning"
    assert "t03 = again" in said(facts, "L1.4") or "again = t03" in said(facts, "L1.4")


def test_a_feature_that_is_a_code_of_the_label_is_named(facts_of):
    rng = np.random.default_rng(2)
    table = clean()
    code = 7.0 * table["label"].map(GENRES.index) + rng.normal(size=N_TRACKS)
    facts = facts_of(table.assign(chart_number=code))
    assert seen(facts)["L2"] == "warning"
    assert "as a code of the label would: chart_number; " in said(facts, "L2")


def test_a_feature_that_names_the_artist_is_named(facts_of):
    table = clean()
    fans = pd.Series(np.random.default_rng(3).permutation(200)[: table["artist"].nunique()], table["artist"].unique())
    facts = facts_of(table.assign(followers=table["artist"].map(fans).astype(float)))
    assert seen(facts)["L2"] == "warning"
    assert "followers" in said(facts, "L2")


def test_learning_from_the_future_can_not_be_seen_and_the_sheet_says_so(facts_of):
    """The test side is of 1960, what is learned from of 2020."""
    old = np.arange(N_TRACKS) < 18
    side, when = np.where(old, "test", "train"), np.where(old, "1960-01-01", "2020-01-01")
    facts = facts_of(clean().assign(split=side, recorded=when), split="predefined", holdout=0)
    assert seen(facts)["L3.1"] == "not visible"
    assert "tracks carry no dates here" in said(facts, "L3.1")


@pytest.mark.parametrize(
    ("split", "phrase"), [("track", "with tracks kept whole"), ("predefined", "the predefined split")]
)
def test_artists_on_both_sides_are_named_wherever_a_leak_is_told_and_among_the_warnings(facts_of, split, phrase):
    table = clean().assign(split=np.where(np.arange(N_TRACKS) < 42, "train", "test"))
    artist = [f"artist {i % 3} {i // 3 % 7}" for i in range(N_TRACKS)]
    facts = facts_of(table.assign(artist=artist), split=split, holdout=0)
    assert seen(facts)["L3.2"] == "warning"
    assert "are by one who is learned from as well, " in said(facts, "L3.2")
    warning = next(words for words in facts.found.warnings if "learned from as well" in words)
    assert phrase in warning
    assert warning.endswith("a part of the score may be recognising artists (--split artist does without).")


def test_a_test_side_of_other_genres_than_what_is_learned_from_is_named(facts_of):
    table = clean()
    jazz = (table["label"] == "jazz") & (np.arange(N_TRACKS) >= 12)
    facts = facts_of(table.assign(split=np.where(jazz, "test", "train")).assign(
        split=lambda t: np.where(t.index == 0, "test", t["split"])), split="predefined", holdout=0)  # fmt: skip
    assert seen(facts)["L3.3"] == "warning"
    assert "rock 50.0% against 0.0%" in said(facts, "L3.3") or "jazz" in said(facts, "L3.3")


def test_a_genre_by_one_artist_is_named(facts_of):
    table = clean()
    facts = facts_of(table.assign(artist=table["artist"].where(table["label"] != "rock", "Only One")), split="track")
    assert seen(facts)["L3.3"] == "warning"
    assert "Only One" in said(facts, "L3.3")

"""The horse test as stage 06 does it: the champion's own answers where nothing is changed, and a reason where it is not
done."""

import pandas as pd
import pytest

from pipeline import robustness
from pipeline.errors import InputError
from pipeline.evaluation import headline
from pipeline.evaluation.samples import load_samples
from pipeline.models import load_champion, load_chance
from pipeline.report.card import model_card
from pipeline.robustness import CHANGES
from pipeline.stages import harmless
from pipeline.stages.harmless import check_horse, play_differently
from pipeline.tables import ANY, AS_IT_IS


@pytest.fixture(scope="module")
def scene(songs):
    champion = load_champion(songs.run)
    return songs.run, champion, load_samples(songs.database, songs.dataset), load_chance(songs.run, champion)


def played(scene, asked="on"):
    return play_differently(*scene, asked, seed=0, jobs=1)


@pytest.fixture(scope="module")
def few(scene):
    """Return what became of it with two of the changes, to spare the others' time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(robustness, "CHANGES", CHANGES[:1] + CHANGES[-1:])
        original = robustness.play_all
        patch.setattr(robustness, "play_all", lambda *given: original(*given, robustness.CHANGES))
        return played(scene)


def test_without_a_change_the_answers_are_those_of_the_holdout(scene, few):
    run, champion = scene[:2]
    of_champion = {"model": champion.name, "feature_set": champion.feature_set, "window_s": champion.window_s}
    expected = run.predictions(level="track", **of_champion).set_index("track_id")["predicted"].sort_index()
    found = few.answers.set_index("track_id")[AS_IT_IS].sort_index()
    pd.testing.assert_series_equal(found, expected, check_names=False, check_dtype=False)
    accuracy = run.scores(subset="holdout", level="track", metric="accuracy", **of_champion)["value"].iloc[0]
    assert few.rows.set_index("change").loc[AS_IT_IS, "accuracy"] == pytest.approx(accuracy)


def test_the_run_has_a_row_a_change_and_says_what_it_comes_to(scene, few):
    run, _, samples = scene[:3]
    rows = run.table("harmless_changes").set_index("change")
    assert rows.index.tolist() == [AS_IT_IS, *(change.name for change in CHANGES), ANY]
    assert rows["n"].eq(len(few.answers)).all()
    same = ["accuracy", "ci_low", "drop", "flip_rate"]
    again = few.rows.set_index("change").loc[["quieter", "telephone"], same]
    pd.testing.assert_frame_equal(rows.loc[again.index, same], again, check_dtype=False)
    said = headline(run)
    assert said.harmless in said.sentences
    assert said.harmless in model_card(run).replace("\\", "")
    assert said.figures[-1][0].startswith("Played differently, at worst: ")
    assert any(f"{len(few.answers)} tracks, each analysed 3 times." in words for words in few.remarks)
    assert set(run.table("harmless_change_genres")["genre"]) == set(few.answers["actual"]) <= set(samples[0].genres)


@pytest.mark.parametrize(
    ("known", "asked", "why"),
    [
        ({}, "off", "--horse off"),
        ({"source": "table"}, "on", "is a table of features, and only audio can be played differently"),
        ({"excerpts": "spread"}, "on", "with --excerpts spread, and only the middle can be played differently"),
        ({"location": "/no/such/folder"}, "auto", "the audio folder '/no/such/folder' is not there on this machine"),
        ({"location": "here"}, "on", "the audio of the held-out tracks is gone, or is not what it was"),
    ],
)
def test_where_there_is_no_such_test_a_sentence_says_why(scene, tmp_path, monkeypatch, known, asked, why):
    known = known | ({"location": str(tmp_path)} if known.get("location") == "here" else {})
    find_dataset = harmless.find_dataset
    monkeypatch.setattr(harmless, "find_dataset", lambda *given: find_dataset(*given) | known)
    found = played(scene, asked)
    assert found.rows.empty
    assert found.by_genre.empty
    (said,) = found.remarks
    assert said.startswith("Harmless changes were not tried: ")
    assert why in said


def test_of_many_held_out_tracks_nothing_is_played_unless_it_is_asked_for(scene, monkeypatch):
    monkeypatch.setattr(harmless, "MOST_TRACKS", 2)
    (said,) = played(scene, "auto").remarks
    assert "tracks are held out, which would take long; --horse on tries them" in said


def test_a_file_that_holds_other_audio_than_before_is_left_out_and_counted(scene, songs, tmp_path, monkeypatch):
    held = [track["path"] for track in songs.database["tracks"].find({"dataset": songs.dataset, "holdout": True})]
    for path in held:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).symlink_to(songs.folder / path)
    (tmp_path / held[0]).unlink()
    (tmp_path / held[1]).unlink()
    (tmp_path / held[1]).symlink_to(songs.folder / held[2])
    find_dataset = harmless.find_dataset
    monkeypatch.setattr(harmless, "find_dataset", lambda *given: find_dataset(*given) | {"location": str(tmp_path)})
    original = robustness.play_all
    monkeypatch.setattr(robustness, "CHANGES", CHANGES[:1])
    monkeypatch.setattr(robustness, "play_all", lambda *given: original(*given, CHANGES[:1]))
    found = played(scene)
    assert len(found.answers) == len(held) - 2
    assert f"The files of 2 of {len(held)} held-out tracks are gone, or not what they were" in " ".join(found.remarks)


def test_another_word_is_refused():
    with pytest.raises(InputError, match="--horse 'maybe' must be auto, on or off"):
        check_horse("maybe")

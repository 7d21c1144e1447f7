"""Files without labels, played differently: the same answers as nobody changed, kept, told, and refused for a table."""

import pandas as pd
import pytest
import soundfile

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.errors import InputError
from pipeline.predict import label_folder, play_labelled, played
from pipeline.predict.played import PlayedFiles
from pipeline.report.csv_export import read_csv
from pipeline.report.figures import draw_played
from pipeline.robustness import CHANGES
from pipeline.sources.demo import render_track
from pipeline.stages.predict import PredictOptions, predict
from pipeline.tables import ANY, AS_IT_IS, PREDICTIONS


@pytest.fixture
def two_changes(monkeypatch):
    """Play with two of the changes, to spare the others' time."""
    few, original = CHANGES[:1] + CHANGES[-1:], played.play_all
    monkeypatch.setattr(played, "CHANGES", few)
    monkeypatch.setattr(played, "play_all", lambda *given: original(*given, few))
    return few


def test_a_told_number_of_files_is_played_once_and_the_rows_say_which_withstood(
    key, unlabelled, tmp_path, two_changes, monkeypatch, capsys
):
    out = tmp_path / "out.csv"
    options = PredictOptions(source=str(unlabelled.folder), out=str(out), horse=True, horse_files=3, jobs=1)
    done = predict(key, options)
    assert (
        f"3 files of {len(unlabelled.tracks)} labelled files: playing each with 2 harmless changes"
        in capsys.readouterr().out
    )
    answers = done.played.answers
    labels = done.labels.set_index("path")
    assert list(answers.columns) == [AS_IT_IS, "quieter", "telephone"]
    assert answers[AS_IT_IS].tolist() == labels.loc[answers.index, "genre"].tolist()
    stands = answers.eq(answers[AS_IT_IS], axis=0).all(axis=1)
    assert labels.loc[answers.index, "withstood"].tolist() == stands.tolist()
    assert labels["withstood"].notna().sum() == 3
    written = read_csv(PREDICTIONS, out).set_index("path")["withstood"]
    assert written.dropna().sort_index().tolist() == stands.sort_index().tolist()
    (said,) = [words for words in done.sentences if words.startswith("Played differently")]
    assert f"{stands.mean():.0%} of 3 files, drawn from {len(unlabelled.tracks)}, keep their genre" in said
    monkeypatch.setattr(played, "_play", None)  # nothing is played twice
    again = predict(key, options)
    pd.testing.assert_frame_equal(again.played.answers, answers)
    pd.testing.assert_frame_equal(again.labels, done.labels)


def test_rates_count_other_answers_and_missing_ones_in_all_and_by_genre(two_changes):
    answers = pd.DataFrame(
        {AS_IT_IS: ["a", "a", "b", "b"], "quieter": ["a", "a", "b", "a"], "telephone": ["b", None, "b", "b"]},
        index=list("wxyz"),
    )
    told = PlayedFiles(answers, 4, {})
    assert told.rates.set_index("change")["flip_rate"].to_dict() == {"quieter": 0.25, "telephone": 0.5, ANY: 0.75}
    by_genre = told.by_genre
    assert by_genre["a telephone's band"].to_dict() == {"a": 1.0, "b": 0.0}
    assert by_genre["files"].to_dict() == {"a": 2, "b": 2}
    assert "25% of 4 files keep their genre" in told.sentences[0]
    draw_played(told.rates, by_genre)


def test_a_file_too_short_for_the_champion_is_left_out_with_its_reason(key, tmp_path, two_changes):
    (tmp_path / "music").mkdir()
    soundfile.write(tmp_path / "music" / "short.wav", render_track("jazz", 1, duration_s=12.0), SAMPLE_RATE_HZ)
    labels, _ = label_folder(key, tmp_path / "music")
    assert labels["genre"].notna().all()
    told = play_labelled(key, tmp_path / "music", labels)
    if key.run.champion["window_s"] == 30:
        assert told.answers.empty
        assert told.why_not == {"short.wav": "too_short"}
        assert "Not played differently: 1 too_short" in told.sentences[0]


def test_only_files_are_played(key, tmp_path):
    (tmp_path / "table.csv").write_text("a\n1\n")
    with pytest.raises(InputError, match=r"--horse is for a folder of audio, and .* is a table"):
        predict(key, PredictOptions(source=str(tmp_path / "table.csv"), horse=True))
    with pytest.raises(InputError, match="--horse-files must be 1 or more, not 0"):
        predict(key, PredictOptions(source=str(tmp_path), horse=True, horse_files=0))

"""The whole way on real tables and real music, against figures that were measured outside this project."""

import csv

import librosa
import numpy as np
import pandas as pd
import pytest
import scipy.signal
from joblib import Parallel, delayed

from benchmarks.equality import compare, judge
from pipeline.audio import cut, decode
from pipeline.catalogue import catalogue
from pipeline.evaluation import Candidate, Samples, evaluate, load_samples, summarise
from pipeline.evaluation.samples import describe_split
from pipeline.extract import settle
from pipeline.features import get_feature_set
from pipeline.features.musicnn.patches import resample
from pipeline.features.musicnn.weights import load_network
from pipeline.features.signal import Signal
from pipeline.settings import get_settings

pytestmark = pytest.mark.realdata


def accuracy(scores, **wanted):
    chosen = scores[scores["metric"] == "accuracy"]
    for name, value in wanted.items():
        chosen = chosen[chosen[name] == value]
    (value,) = chosen["value"]
    return value


def learn(database, dataset, models, policies, **source):
    report = catalogue(database, dataset, settings=get_settings(), **source)
    settled = settle(database, dataset, holdout=0.1, seed=0)
    samples = [window.learning() for window in load_samples(database, dataset)]
    candidates = [Candidate(model, window, policy) for window in samples for model in models for policy in policies]
    return report, settled, evaluate(candidates, repeats=5, seed=0, jobs=2)


def test_the_gtzan_table_has_1000_tracks_14_duplicates_and_a_forest_near_70_percent(database, real_data):
    tables = real_data / "tables"
    source = {"table": str(tables / "features_30_sec.csv"), "metadata": str(tables / "gtzan_metadata.csv")}
    report, settled, evaluation = learn(database, "real-gtzan", ["random_forest"], ["track"], **source)
    assert (report.n_tracks, report.n_rejects) == (1000, 0)
    assert settled.n_duplicates == 14
    assert settled.n_holdout == pytest.approx(100, abs=5)
    assert "81 of 1000 tracks have no known artist" in str(settled)
    assert not any("drawn by track" in note for note in settled.notes)
    held, learned = (set(database["tracks"].distinct("artist", {"dataset": "real-gtzan", "holdout": held})) - {None}
                     for held in (True, False))  # fmt: skip
    assert len(held) > 20
    assert not held & learned
    conflict = database["tracks"].find_one({"dataset": "real-gtzan", "track_id": "rock.00016"})
    assert conflict["duplicate_of"] == "metal.00058"
    assert conflict["predefined_split"]
    forest = accuracy(evaluation.scores, subset="test", level="track")
    assert forest == pytest.approx(0.70, abs=0.03)


@pytest.mark.faults
def test_the_fault_filtered_split_of_gtzan_gives_the_scores_measured_elsewhere(database, real_data):
    tables, dataset = real_data / "tables", "real-gtzan-filtered"
    metadata = str(tables / "gtzan_metadata.csv")
    catalogue(database, dataset, table=str(tables / "features_30_sec.csv"), metadata=metadata, settings=get_settings())
    settle(database, dataset, holdout=0, seed=0)
    samples = load_samples(database, dataset)
    assert describe_split(samples, "predefined") == [
        "Predefined split: 640 tracks to learn from (443 train, 197 valid), 290 to test on; 70 have another value or "
        "none, and are neither learned from nor scored."
    ]
    candidates = [Candidate(model, samples[0], policy) for model in ("logistic_regression", "random_forest")
                  for policy in ("predefined", "artist", "random")]  # fmt: skip
    scores = evaluate(candidates, repeats=5, seed=0, jobs=2).scores

    def told(model, policy):
        return accuracy(scores, model=model, split_policy=policy, subset="test", level="track")

    assert told("logistic_regression", "predefined") == pytest.approx(0.534, abs=0.005)
    assert told("random_forest", "predefined") == pytest.approx(0.51, abs=0.03)
    for model in ("logistic_regression", "random_forest"):
        assert told(model, "artist") == pytest.approx(told(model, "predefined"), abs=0.06)
        assert told(model, "random") > told(model, "predefined") + 0.1


@pytest.mark.faults
def test_six_second_segments_score_near_88_shuffled_and_near_71_with_clips_kept_whole(database, real_data):
    table = str(real_data / "tables" / "six_second_segments.csv")
    report, _, evaluation = learn(database, "real-six", ["knn_3"], ["random", "track"], table=table)
    assert report.n_tracks == 1391
    assert database["segments"].count_documents({"dataset": "real-six", "window_s": 6.0}) == 6987
    shuffled = accuracy(evaluation.scores, subset="test", level="segment", split_policy="random")
    honest = accuracy(evaluation.scores, subset="test", level="segment", split_policy="track")
    assert shuffled == pytest.approx(0.88, abs=0.02)
    assert honest == pytest.approx(0.71, abs=0.04)
    gap = summarise(evaluation.scores).query("level == 'segment'")["leak_gap_6s"]
    assert gap.tolist() == pytest.approx([shuffled - honest] * 2)


def test_fourteen_spotify_genres_give_fourteen_classes_not_fifteen(database, real_data):
    table = str(real_data / "tables" / "spotify_14_genres.csv")
    report, _, evaluation = learn(database, "real-spotify", ["logistic_regression", "knn_3"], ["track"], table=table)
    assert report.n_tracks == 1186
    for _, confusion in evaluation.confusion.groupby(["model", "level"]):
        assert confusion["actual"].nunique() == confusion["predicted"].nunique() == 14
    assert accuracy(evaluation.scores, model="logistic_regression", subset="test", level="track") == pytest.approx(
        0.55, abs=0.04
    )
    assert accuracy(evaluation.scores, model="knn_3", subset="test", level="track") == pytest.approx(0.30, abs=0.04)


def analyse(path):
    samples = decode(path).y
    return (
        path.name,
        len(samples),
        [len(window.y) for window in cut(samples, 3.0)],
        get_feature_set("spectral-v1").compute(Signal(samples)),
    )


@pytest.mark.faults
def test_features_of_100_real_clips_are_those_of_the_public_table(real_data):
    columns = get_feature_set("spectral-v1").columns
    with open(real_data / "tables" / "features_30_sec.csv", newline="") as handle:
        public = {row["filename"]: row for row in csv.DictReader(handle)}
    spread = pd.DataFrame(public.values())[list(columns)].astype(float).std(ddof=0).to_numpy()
    clips = sorted((real_data / "gtzan-mini" / "genres").glob("*/*.wav"))
    outcomes = Parallel(n_jobs=2)(delayed(analyse)(path) for path in clips)
    assert len(outcomes) == 100
    assert sum(len(windows) for _, _, windows, _ in outcomes) == 997
    assert {length for _, _, windows, _ in outcomes for length in windows} == {66_150}
    differences = []
    for name, length, _, values in outcomes:
        assert length == int(public[name]["length"])
        differences.append(np.abs(values - [float(public[name][column]) for column in columns]) / spread)
    worst = dict(zip(columns, np.max(differences, axis=0), strict=True))
    tempo = np.array(differences)[:, columns.index("tempo")]
    assert (tempo < 1e-6).sum() >= 97
    assert max(value for name, value in worst.items() if name != "tempo" and "chroma" not in name) < 0.05
    assert max(value for name, value in worst.items() if "chroma" in name) < 0.1


def tags_of(path):
    """Return the activations of patches a second apart, as musicnn cuts a whole clip."""
    samples = decode(path).y
    padded = np.pad(resample(samples), 256)
    frames = np.lib.stride_tricks.sliding_window_view(padded, 512)[::256]
    power = np.abs(np.fft.rfft(frames * scipy.signal.get_window("hann", 512), axis=1)) ** 2
    mel = np.log10(1 + 10_000 * power @ librosa.filters.mel(sr=16_000, n_fft=512, n_mels=96).T).astype(np.float32)
    patches = np.stack([mel[start : start + 187] for start in range(0, len(mel) - 186, 61)][:28])
    return load_network().run(["tags"], {"patches": patches})[0], get_feature_set("musicnn-msd-v1").compute(
        Signal(samples)
    )


@pytest.mark.parametrize("n", [1, pytest.param(44, marks=pytest.mark.faults)])
def test_tags_are_those_that_the_networks_author_published(real_data, n):
    published = np.load(real_data / "tables" / "musicnn_taggrams_mini.npz")
    for clip, theirs in list(zip(published["clip"], published["taggram"], strict=True))[:: 44 // n]:
        ours, product = tags_of(real_data / "gtzan-mini" / "genres" / clip.split(".")[0] / f"{clip}.wav")
        means = ours.mean(axis=0), theirs.mean(axis=0)
        assert np.corrcoef(*means)[0, 1] > 0.999
        assert np.abs(means[0] - means[1]).mean() < 0.006
        assert np.abs(product - means[1]).mean() < 0.006  # ten windows side by side, not 28 that overlap


def frames_of(path):
    return [get_feature_set("mfcc-frames-v1").compute(Signal(window.y)) for window in cut(decode(path).y, 3)]


@pytest.mark.faults
def test_an_lstm_tells_four_genres_apart_on_tracks_that_it_did_not_learn_from(real_data):
    genres = ("classical", "country", "hiphop", "metal")
    clips = [clip for genre in genres for clip in sorted((real_data / "gtzan-mini" / "genres" / genre).glob("*.wav"))]
    found = Parallel(n_jobs=2)(delayed(frames_of)(clip) for clip in clips)
    track = np.repeat(np.arange(40), [len(frames) for frames in found])
    alone = dict.fromkeys(("track", "group", "artist"), track)
    rows = pd.DataFrame({"track_id": track.astype(str), "start_s": 0.0, "holdout": False, "predefined": "", **alone})
    columns = get_feature_set("mfcc-frames-v1").columns
    X = np.concatenate(found).astype(np.float16)
    samples = Samples("mfcc-frames-v1", 3.0, columns, genres, X, track // 10, rows)
    scores = evaluate([Candidate("lstm", samples, "track")], repeats=2, seed=0, jobs=2).scores
    assert accuracy(scores, subset="test", level="segment") > 0.8


@pytest.mark.parametrize(("n_whole", "n_cut"), [(1, 0), pytest.param(10, 3, marks=pytest.mark.faults)])
def test_every_feature_of_a_clip_a_genre_is_librosas(real_data, n_whole, n_cut):
    clips = sorted((real_data / "gtzan-mini" / "genres").glob("*/*.wav"))[::10]  # `make bench` compares all
    assert len(clips) == 10
    found = [compare(clips[:n_whole], windows_s=(30.0,))]
    found += [compare(clips[::4][:n_cut], windows_s=(3.0,))] if n_cut else []
    judged = judge(pd.concat(found, ignore_index=True))
    assert judged.groupby(["clip", "window_s", "start_s"]).ngroups == n_whole + 10 * n_cut
    assert len(judged) == 57 * (n_whole + 10 * n_cut)
    assert judged[~judged["equal"]].empty

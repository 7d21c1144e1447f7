import numpy as np
import pandas as pd
import pytest

from pipeline.evaluation import calibration, compare, evaluate, model_sentences, set_sentence, window_sentences
from pipeline.evaluation.candidates import Candidate
from pipeline.models import display_name
from tests.evaluation.test_compare import answers


@pytest.fixture(scope="module")
def comparisons():
    """A forest that is much better than a coin by both windows, neighbours nearly as good, and a 3-second gain."""
    rng = np.random.default_rng(0)
    ease = rng.random(300)
    shares = {
        ("forest", 30.0): 0.7,
        ("knn_3", 30.0): 0.68,
        ("coin", 30.0): 0.3,
        ("forest", 3.0): 0.9,
        ("knn_3", 3.0): 0.7,
    }
    return compare({(model, "f", w, "track"): answers(ease < share) for (model, w), share in shares.items()})


def test_beats_is_said_where_the_test_says_so_and_nowhere_else(comparisons):
    sentences = model_sentences(comparisons, "f", "track")
    assert sentences[0].startswith("30-second rows: forest (")
    models = comparisons[comparisons["comparison"] == "models"]
    said = sum(sentence.count("%)") - 1 for sentence in sentences)
    assert said == len(models), "every pair once"
    backed_rows = models[models["better"].notna() & (models["window_a_s"] == 30)]
    backed = {frozenset((row.model_a, row.model_b)) for row in backed_rows.itertuples()}
    names = {display_name(code): code for code in ("forest", "knn_3", "coin")}
    for sentence in (s for s in sentences if s.startswith("30-")):
        model = names[sentence.split(": ")[1].split(" (")[0]]
        beaten = sentence.split(" beats ")[1].split(";")[0] if " beats " in sentence else ""
        for name, other in names.items():
            if f"{name} (" in beaten:
                assert frozenset((model, other)) in backed
            elif f"{name} (" in sentence and other != model:
                assert frozenset((model, other)) not in backed


def test_windows_are_compared_in_words_with_points_and_interval(comparisons):
    forest, neighbours = window_sentences(comparisons, "f", "track")
    assert forest.startswith("forest: 3-second rows with a vote (")
    assert ") beat 30-second rows (" in forest
    assert "adjusted p below 0.001, 300 tracks" in forest
    gain = float(forest.split("(by ")[1].split(" points")[0])
    low, high = map(float, forest.split("interval ")[1].split(";")[0].split(" to "))
    assert 0 < low <= gain <= high
    assert "beat" not in neighbours or comparisons.query("comparison == 'windows'")["better"].notna().all()


def test_without_a_second_window_the_sentence_says_so(comparisons):
    only = comparisons[comparisons["comparison"] == "models"]
    assert window_sentences(only, "f", "track") == [
        "No model was tested on the same tracks by two windows with tracks kept whole."
    ]


def test_a_model_that_is_always_sure_is_called_uncalibrated(samples):
    candidates = [Candidate(model, samples.learning(), "track") for model in ("knn_1", "dummy_most_frequent")]
    scores = evaluate(candidates, repeats=3, seed=0, jobs=1).scores
    told = calibration(scores, "test-v1", "track").set_index("model")
    sure = told.loc["knn_1"]
    assert sure["probabilities"] == "uncalibrated"
    assert sure["ci_low"] < sure["expected_calibration_error"] < sure["ci_high"]
    assert told["accuracy"].between(0, 1).all()


def test_which_feature_set_wins_is_said_as_far_as_a_test_backs_it():
    ease = np.random.default_rng(1).random(300)
    shares = {"hand": 0.5, "learned": 0.8, "hand+learned": 0.81}
    tested = {("forest", name, 30.0, "artist"): answers(ease < share) for name, share in shares.items()}
    comparisons = compare(tested)
    best = pd.Series({"model": "forest", "feature_set": "hand+learned", "window_s": 30.0})
    said = set_sentence(comparisons, "artist", best)
    assert said.startswith("Feature sets, by forest on 30-second rows: hand with learned beats hand (")
    assert "no test tells it apart from learned (" in said
    of_worst = set_sentence(comparisons, "artist", best.replace("hand+learned", "hand"))
    assert of_worst == "", "what it loses to is the sentence of the other"
    assert set_sentence(comparisons, "track", best) == ""

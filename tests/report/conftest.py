"""A small set of exports with what real ones have: odd names, empty cells, a reject, a wrong prediction."""

from collections.abc import Mapping
from itertools import permutations, product

import pandas as pd
import pytest

from pipeline.report.csv_export import conform
from pipeline.report.exports import write_exports
from pipeline.tables import BY_NAME, TABLES
from tests.declared import filled

GENRES = ("1990", "jazz", 'r"n, b <b>')
RUN = "run-20260102T030405-abcd"


NO_ROW = pd.DataFrame(index=[])
"""Of a table that no test looks into."""


def make_frames(run_id: str = RUN, *, genres=GENRES, n_tracks: int = 6, dataset: str = "d") -> dict[str, pd.DataFrame]:
    """Return all tables of one run, as `assemble_exports` does; what is not named here is filled with anything."""
    tracks = pd.DataFrame(
        {"track_id": [f"{i:05d}" for i in range(n_tracks)], "genre": [genres[i % len(genres)] for i in range(n_tracks)]}
    )
    evaluated = pd.DataFrame(
        [
            {"model": model, "feature_set": "f-v1", "window_s": window_s, "split_policy": policy, "subset": subset,
             "level": level}
            for model, window_s, policy, subset, level in product(
                ("knn_3", "random_forest"), (30.0, 3.0), ("random", "track"), ("train", "test", "holdout"),
                ("segment", "track"),
            )
        ]
    )  # fmt: skip
    tested = evaluated[evaluated["subset"] != "train"]
    value = evaluated.index.to_numpy() / len(evaluated)
    tables = {
        "runs": pd.DataFrame(
            {"run_date": [pd.Timestamp("2026-01-02")], "started_at": pd.Timestamp("2026-01-02T03:04:05"),
             "windows": "30 s, 3 s", "split_policy": "track", "holdout_share": 0.1, "seed": 0, "number": 1,
             "champion_model": "random_forest", "champion_feature_set": "f-v1", "champion_window_s": 3.0,
             "champion_split_policy": "track", "test_accuracy": 0.7, "test_ci_low": 0.5, "test_ci_high": None,
             "holdout_accuracy": 0.5, "holdout_ci_low": None, "holdout_ci_high": 1.0, "n_tracks": 4, "warnings": None}
        ),
        "overview": pd.DataFrame(
            {"run_date": "2026-11-21", "champion": "Random forest", "window_s": 3.0,
             "feature_set": "f-v1", "split_policy": "track", "accuracy": 0.6, "ci_low": 0.4, "ci_high": None,
             "holdout_accuracy": 0.5, "other_recall": 0.3, "worst_change_accuracy": 0.25, "leak_gap": 0.2,
             "n_tracks": 4, "n_genres": len(genres),
             "warnings": "=1+1"}, index=[0]
        ),
        "findings": pd.DataFrame(
            {"place": [1, 2, 3, 4], "about": ["Champion", "Holdout", "Played differently", "Beware"],
             "says": ["Champion: Random forest.", "On the holdout it gets 50% right.", "25% at worst.", "=1+1"]}
        ),
        "bars_30s_vs_3s": pd.DataFrame(
            [{"model": model, "window_s": w, "subset": subset, "accuracy": 0.5,
              "ci_low": 0.25, "ci_high": None, "n": 4, "is_baseline": False, "guess": 0.3}
             for model, w, subset in product(("knn_3", "random_forest"), (30.0, 3.0), ("train", "test"))]
        ),
        "tracks": tracks.assign(
            style=None, artist=None, title=[None, "=1+1", "“Ω”", "1999", "a\nb", "N/A"][:n_tracks], duration_s=30.5,
            sample_rate_hz=22050, channels=1, holdout=tracks.index < 2, predefined_split=None, duplicate_of=None,
            same_recording_as=None, same_recording_by=None,
        ),
        "rejects": pd.DataFrame({"path": ["a.wav"], "reason": "empty", "detail": "no samples"}),
        "features": tracks.assign(
            feature_set="f-v1", window_s=3.0, start_s=0.0, length=66_150, tempo=1e-9,
            rolloff_mean=[-1.5e300, *[0.1] * (n_tracks - 1)],
        ),
        "feature_glossary": pd.DataFrame(
            {"feature_set": "f-v1", "feature": ["tempo", "rolloff_mean"], "unit": ["beats per minute", None],
             "meaning": None}
        ),
        "feature_profile": pd.DataFrame(
            [{"genre": genre, "window_s": w, "feature": feature, "mean": 1.0, "sd": None, "p05": 0.1, "p25": 0.5,
              "p50": 0.9, "p75": 1.2, "p95": 2.5, "n": 4}
             for genre, w, feature in product(genres, (30.0, 3.0), ("tempo", "rolloff_mean"))]
        ),
        "genre_profile": pd.DataFrame(
            [{"genre": genre, "feature_set": "f-v1", "feature": feature, "cliffs_delta": -0.5, "ci_low": None,
              "ci_high": 0.1, "q_value": 0.04, "rank": rank, "n": 4, "n_groups": 3}
             for genre, (rank, feature) in product(genres, enumerate(("tempo", "rolloff_mean"), start=1))]
        ),
        "genre_overlap": pd.DataFrame(
            [{"genre": a, "other_genre": b, "feature_set": "f-v1", "overlap": 0.25, "among_most_distinct": True,
              "n": 4, "n_other": 4} for a, b in permutations(genres, 2)]
        ),
        "scores": evaluated.assign(metric="accuracy", value=value, ci_low=value * 0.9, ci_high=value, n=4, repeats=5,
                                   is_champion=False, is_baseline=False, guess=0.3),
        "summary_30s_vs_3s": pd.DataFrame(
            [{"model": model, "split_policy": policy, "level": "segment", "feature_set": "f-v1", "train_30s": 1.0,
              "test_30s": 0.5, "train_3s": 1.0, "test_3s": 0.6, "holdout_30s": None, "holdout_3s": 0.5,
              "leak_gap_30s": 0.0, "leak_gap_3s": 0.2, "is_baseline": False}
             for model, policy in product(("knn_3", "random_forest"), ("random", "track"))]
        ),
        "model_comparisons": pd.DataFrame(
            [{"comparison": "models", "split_policy": policy, "model_a": "knn_3", "feature_set_a": "f-v1",
              "window_a_s": w, "model_b": "random_forest", "feature_set_b": "f-v1", "window_b_s": w, "n": 4,
              "accuracy_a": 0.5, "accuracy_b": 0.75, "difference": -0.25, "ci_low": -0.5, "ci_high": 0.1,
              "p_value": 0.02, "p_adjusted": p_adjusted, "better": "b" if p_adjusted < 0.05 else None}
             for policy, w, p_adjusted in (("random", 30.0, 0.04), ("track", 30.0, 0.06), ("track", 3.0, 1.0))]
        ),
        "calibration": pd.DataFrame(
            {"method": ["none", "temperature"], "log_loss": [1.5, 1.2], "expected_calibration_error": [0.2, 0.03],
             "ci_low": [0.1, None], "ci_high": [0.3, None], "accuracy": 0.5, "n": 60, "chosen": [False, True]}
        ),
        "reliability": pd.DataFrame(
            {"of": ["vote", "chance"], "bin_low": 0.5, "bin_high": 0.6, "confidence": 0.55, "accuracy": [0.3, 0.5],
             "ci_low": [0.2, None], "ci_high": [0.4, None], "n": 60}
        ),
        "genre_promises": pd.DataFrame({"genre": genres, "n_groups": 20, "promised": True, "least_chance": 0.2}),
        "unlike": pd.DataFrame(
            {"kind": ["known", "left_out"], "genre": [None, genres[0]], "noticed": [0.05, 0.1], "n": [60, 20]}
        ),
        "class_report": tested.merge(pd.DataFrame({"genre": genres}), how="cross").assign(
            precision=0.5, recall=0.25, f1=1 / 3, support=4
        ),
        "confusion": tested.merge(pd.DataFrame({"actual": genres}), how="cross")
        .merge(pd.DataFrame({"predicted": genres}), how="cross")
        .assign(n=1, share_of_actual=1 / 3),
        "k_search": pd.DataFrame(
            {"k": [1, 3], "window_s": 3.0, "split_policy": "track", "train_accuracy": 1.0, "test_accuracy": [0.4, 0.5],
             "chosen": [False, True]}
        ),
        "feature_importance": pd.DataFrame(
            {"model": "random_forest", "window_s": 3.0, "feature": ["tempo", "rolloff_mean"], "method": "permutation",
             "importance": [0.2, -0.01], "sd": 0.01, "rank": [1, 2]}
        ),
        "genre_pairs": pd.DataFrame(
            [{"model": "knn_3", "window_s": w, "pair": f"{genres[0]}/{genres[1]}",
              "genre_a": genres[0], "genre_b": genres[1], "subset": subset, "accuracy": 0.7,
              "ci_low": 0.5, "ci_high": None, "n": 4} for w, subset in product((30.0, 3.0), ("train", "test"))]
        ),
        "learning_curve": pd.DataFrame(
            {"model": "random_forest", "feature_set": "f-v1", "window_s": 3.0, "split_policy": "track",
             "share": [0.5, 1.0], "n_tracks": [2, 4], "n_groups": [2, 4], "train_accuracy": 1.0,
             "accuracy": [0.4, 0.5], "ci_low": [None, 0.2], "ci_high": None, "n": 4, "repeats": 3}
        ),
        "mistakes_by_group": pd.DataFrame(
            {"by": ["artist", "duration"], "group_name": ["=cmd", "29 to 33 s"], "genres": [genres[0], None],
             "accuracy": [0.0, 0.5], "ci_low": None, "ci_high": [None, 0.9], "taken_for": [genres[1], None], "n": 2,
             "answers": 3}
        ),
        "subgroups": pd.DataFrame(
            {"by": "country", "subgroup": ["Mali", "=cmd"], "accuracy": [0.4, 0.6], "ci_low": [0.3, None],
             "ci_high": [0.5, None], "accuracy_rest": [0.6, 0.4], "difference": [-0.2, 0.2],
             "difference_low": [-0.3, None], "difference_high": [-0.1, None], "accuracy_same_genres": [0.5, None],
             "beyond_genres": [-0.1, None], "beyond_genres_low": [-0.2, None], "beyond_genres_high": [0.0, None],
             "q_value": [0.01, None], "is_worse": [True, False], "n": 4, "n_groups": 3}
        ),
        "subgroup_transfers": pd.DataFrame(
            [{"by": "country", "trained_subgroup": one, "tested_subgroup": other, "recall": 0.25,
              "ci_low": None, "ci_high": 0.5, "own_recall": 0.75, "own_ci_low": 0.5, "own_ci_high": None,
              "n_genres": 2, "n_learned": 40, "n": 20}
             for one, other in (("Mali", "=cmd"), ("=cmd", "Mali"), ("all others", "Mali"))]
        ),
        "subgroup_gaps": pd.DataFrame(
            {"by": ["country"], "best": "=cmd", "worst": "Mali", "accuracy_best": 0.6, "accuracy_worst": 0.4,
             "gap": 0.2, "ci_low": None, "ci_high": 0.3, "gap_by_chance": 0.1, "p_adjusted": 0.01, "n_subgroups": 2,
             "n": 8}
        ),
        "styles": pd.DataFrame(
            {"genre": genres[0], "style": ["=cmd", "1999"], "exact": [0.4, 0.6], "ci_low": [0.3, None],
             "ci_high": [0.5, None], "genre_right": 0.7, "style_named": 0.8, "exact_flat": 0.5,
             "least_share": [0.2, None], "n": 20, "n_groups": 18}
        ),
        "style_answers": pd.DataFrame(
            {"genre": genres[0], "style": ["=cmd", "1999"], "answered_genre": genres[1],
             "answered_style": ["(genre only)", "=cmd"], "n": 4, "share_of_style": 0.2}
        ),
        "style_scores": pd.DataFrame(
            {"way": ["back_off", "styles"], "measure": "hierarchical_f1", "value": 0.5, "ci_low": [0.4, None],
             "ci_high": [0.6, None], "gain": [None, -0.02], "gain_low": [None, -0.03], "gain_high": [None, 0.01],
             "p_adjusted": [None, 0.04], "n": 40, "n_groups": 36}
        ),
        "worst_mistakes": pd.DataFrame(
            {"track_id": ["00000"], "artist": ["=1+1"], "title": None, "actual": genres[0], "predicted": genres[1],
             "confidence": 0.9, "probability_of_actual": 0.05, "wrong": 2, "answers": 3, "rank": 1}
        ),
        "holdout_predictions": pd.DataFrame(
            [{"model": model, "feature_set": "f-v1", "window_s": w, "level": level, "track_id": f"{i:05d}",
              "start_s": None if level == "track" else 0.0, "actual": genres[i], "predicted": genres[1],
              "correct": i == 1, "p_a": 0.5, "p_b": 0.5}
             for model, w, level, i in product(("knn_3", "random_forest"), (30.0, 3.0), ("segment", "track"), (0, 1))]
        ),
        "harmless_changes": pd.DataFrame(
            [{"change": change, "change_name": f"=with {change}", "unheard": False, "is_worst": change == "telephone",
              "accuracy": value, "ci_low": None, "ci_high": 0.9, "drop": 0.75 - value, "drop_ci_low": None,
              "drop_ci_high": 0.5, "flip_rate": 0.25, "flip_ci_low": 0.1, "flip_ci_high": None, "n": 4}
             for change, value in (("none", 0.75), ("quieter", 0.7), ("telephone", 0.25), ("any", 0.2))]
        ),
        "harmless_change_genres": pd.DataFrame(
            [{"change": change, "change_name": f"=with {change}", "unheard": False, "genre": genre, "recall": 0.5,
              "ci_low": None, "ci_high": 0.9, "drop": 0.25, "drop_ci_low": -0.1, "drop_ci_high": 0.5, "n": 4,
              "n_right": 3, "n_lost": 1, "p_adjusted": 0.3, "hurt_more": False, "given_away": False}
             for change, genre in product(("quieter", "telephone"), genres)]
        ),
        "transfers": pd.DataFrame(
            [{"tested_on": other, "model": model, "feature_set": "f-v1", "window_s": w, "is_champion": w == 3.0,
              "is_baseline": False, "n_genres": 2, "own_recall": 0.7, "own_ci_low": 0.6, "own_ci_high": 0.8,
              "recall": 0.3, "ci_low": 0.2, "ci_high": 0.5, "gap": 0.4, "gap_ci_low": 0.2, "gap_ci_high": 0.6,
              "n_own": 4, "n": 6, "n_copies": 0, "n_of_artists": 1, "n_left_out": 2, "common_columns": None,
              "false_alarms": 0.05, "unlike": 0.3, "none_unlike": None}
             for other, model, w in product(("=other", "third"), ("random_forest",), (30.0, 3.0))]
        ),
        "transfer_genres": pd.DataFrame(
            [{"tested_on": other, "genre": genre, "own_recall": 0.7, "own_ci_low": 0.5, "own_ci_high": 0.8,
              "recall": 0.3, "ci_low": 0.2, "ci_high": 0.4, "gap": 0.4, "gap_ci_low": 0.2, "gap_ci_high": 0.6,
              "n_own": 0, "n": 3} for other, genre in product(("=other", "third"), genres)]
        ),
        "transfer_answers": pd.DataFrame(
            [{"tested_on": other, "actual": f"their {genre}", "mapped_to": None, "predicted": genres[0], "n": 3,
              "share_of_actual": 1.0} for other, genre in product(("=other", "third"), genres)]
        ),
        "new_music": pd.DataFrame(
            [{"source": "/=music", "path": f"=some/{i:02d} <b>.mp3", "artist": "@who" if i else None, "title": None,
              "genre": genres[i % 2], "rank": i // 2 + 1, "sureness": ("90 to 100 %", "0 to 30 %")[i % 2],
              "probability": (0.95, 0.2)[i % 2], "probability_is": "chance", "genre_set": None,
              "second_genre": genres[1 - i % 2], "second_probability": 0.05, "unlike": i == 3, "known": False,
              "withstood": None, "tags": None} for i in range(6)]
        ),
        "playlists": pd.DataFrame(
            [{"playlist": name, "position": i + 1, "track_id": f"{i:05d}", "artist": "@who" if i else None,
              "title": "=t", "genre": genres[i % 2], "distance": 0.5 + i, "reason": "=as slow"}
             for name in ("=evening", "other") for i in range(3)]
        ),
        "places": pd.DataFrame(
            [{"track_id": f"{i:05d}", "model": "mixture", "feature_set": "f-v1", "window_s": 30.0,
              "split_policy": policy, "country": ("Mali", None)[i], "latitude": 12.65, "longitude": -8.0,
              "predicted_latitude": -1.26, "predicted_longitude": 36.8, "error_km": 5170.0}
             for i, policy in product(range(2), ("track", "country"))]
        ),
        "place_scores": pd.DataFrame(
            [{"model": model, "feature_set": "f-v1", "window_s": 30.0, "split_policy": "track", "measure": measure,
              "value": value, "ci_low": value if model == "mixture" else None, "ci_high": value, "n": 2}
             for model, (measure, value) in product(("median_place", "mixture"), (("mean_error_km", 3000.0),
                                                                                ("within_500_km", 0.25)))]
        ),
        "data_quality": pd.DataFrame(
            {"check": ["rejects"], "status": "warning", "n": 1, "detail": "</script><b>empty</b> 1"}
        ),
    }  # fmt: skip
    return {
        table.name: filled(table, tables.get(table.name, NO_ROW)).assign(run_id=run_id, dataset=dataset)
        for table in TABLES
    }


def conformed(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables as their CSVs hold them."""
    return {name: conform(BY_NAME[name], frame) for name, frame in frames.items()}


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """Return a folder with a set of exports that tests only read."""
    folder = tmp_path_factory.mktemp("a folder, 'quoted' & odd")
    return write_exports(make_frames(), folder, RUN)

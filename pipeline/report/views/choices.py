"""What a reader can choose, and what is chosen at first: the newest run, its champion, the honest split."""

from collections.abc import Callable, Mapping

import pandas as pd

from pipeline.evaluation import name_subgrouping
from pipeline.features.set_words import name_set
from pipeline.places import POLICY_NAMES
from pipeline.report.views.description import Choice
from pipeline.report.words import name_policy
from pipeline.splits import POLICIES, USUAL, holdout_policy


def _name_policy(policy: str) -> str:
    return f"{name_policy(policy)} ({policy})" if policy in POLICIES else policy


_WORDS: Mapping[str, Callable[[str], str]] = {
    "policy": _name_policy,
    "place_policy": POLICY_NAMES.__getitem__,
    "by": name_subgrouping,
    "feature_set": name_set,
}
"""How to say the values of a choice that are codes, by its name."""


def find_choices(frames: Mapping[str, pd.DataFrame]) -> dict[str, Choice]:
    """Return the choices by name; one whose column has no value yet is left out.

    Parameters
    ----------
    frames : mapping
        conformed tables by name
    """
    known = frames["runs"].sort_values("number", ascending=False)
    runs = known["run_id"].tolist()
    newest, scores = known.iloc[0], frames["scores"]
    importances = frames["feature_importance"]
    telling = most_needed(importances[importances["run_id"] == runs[0]], newest["champion_model"])
    windows = pd.concat([frames[name]["window_s"] for name in ("scores", "feature_profile")])
    policies = scores.loc[
        scores["split_policy"].isin(POLICIES), "split_policy"
    ]  # other datasets have a page of their own
    place_policies = frames["places"]["split_policy"]
    wanted = {
        "run": ("Run", "run_id", runs, None),
        "policy": ("Split policy", "split_policy", policies, _honest(newest["split_policy"])),
        "level": ("Level", "level", scores["level"], "track"),
        "subset": ("Rows", "subset", frames["confusion"]["subset"], "test"),
        "feature_set": ("Feature set", "feature_set", scores["feature_set"], newest["champion_feature_set"]),
        "window": ("Window", "window_s", windows, newest["champion_window_s"]),
        "model": ("Model", "model_name", frames["confusion"]["model_name"], newest["champion_name"]),
        "method": ("Importance by", "method", importances["method"], "permutation"),
        "feature": (
            "Feature", "feature_name", frames["feature_profile"]["feature_name"],
            None if telling is None else telling["feature_name"],
        ),
        "genre": ("Genre", "genre", frames["genre_profile"]["genre"], None),
        "tested_on": ("Other dataset", "tested_on", frames["transfers"]["tested_on"], None),
        "by": ("Subgroups by", "by", frames["subgroups"]["by"], None),
        "place_policy": ("Split of places", "split_policy", place_policies, _honest_of_places(place_policies)),
        "origin": ("Music from", "country", frames["places"]["country"], None),
        "playlist": ("Playlist", "playlist", frames["playlists"]["playlist"], None),
        "found": ("Genre found", "genre", frames["new_music"]["genre"], None),
        "pair_model": (
            "Model of the pairs", "model_name", frames["genre_pairs"]["model_name"],
            _best_of_pairs(frames["genre_pairs"], newest),
        ),
    }  # fmt: skip
    return {
        name: choice
        for name, (label, column, values, default) in wanted.items()
        if (choice := _choice(name, label, column, values, default)) is not None
    }


def most_needed(importances: pd.DataFrame, champion: str | None) -> pd.Series | None:
    """Return the row of the feature that a run's champion needs most, else the model that was ranked; None of none."""
    first = importances[(importances["rank"] == 1) & (importances["method"] == "permutation")]
    own = first[first["model"] == champion] if isinstance(champion, str) else first
    ranked = (first if own.empty else own).sort_values("window_s")
    return ranked.iloc[-1] if len(ranked) else None


def _best_of_pairs(pairs: pd.DataFrame, newest: pd.Series) -> str | None:
    """Return the champion where pairs were told apart by it, else the model that did it best."""
    tested = pairs[(pairs["subset"] == "test") & (pairs["run_id"] == newest["run_id"])]
    if tested.empty or (tested["model_name"] == newest["champion_name"]).any():
        return newest["champion_name"]
    return str(tested.groupby("model_name")["accuracy"].mean().idxmax())


def _choice(name: str, label: str, column: str, values, default) -> Choice | None:
    found = list(values) if name == "run" else sorted(pd.Series(values).dropna().unique())
    if not found:
        return None
    if column == "window_s":
        found = [float(value) for value in sorted(found, reverse=True)]
    words = {value: say(value) for value in found} if (say := _WORDS.get(name)) else {}
    chosen = default if pd.notna(default) and default in found else found[0]
    return Choice(name, label, column, tuple(found), chosen, words)


def _honest_of_places(policies: pd.Series) -> str | None:
    """Return the policy that keeps most whole while every country is learned from."""
    return next((policy for policy in ("artist", "track") if policy in set(policies)), None)


def _honest(asked: str | None) -> str:
    """Return the policy that a run's results are read under; the usual one where a run asked for none."""
    return holdout_policy(asked) if isinstance(asked, str) else USUAL

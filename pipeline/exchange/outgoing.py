"""A run's champion out of the database, as a file."""

from datetime import UTC, datetime
from typing import Any

import bson

from pipeline import __version__
from pipeline.catalogue import is_synthetic
from pipeline.exchange.champion_file import ChampionFile
from pipeline.exchange.probe import measure
from pipeline.features import find_feature_set
from pipeline.features.means import base_set
from pipeline.listen.judge import load_judge
from pipeline.listen.reference import NEAR, pack_reference
from pipeline.models import load_champion
from pipeline.predict import ChampionKey, is_measurable, load_classifier
from pipeline.predict.learned import pack_learned
from pipeline.report.card import CARD, model_card
from pipeline.store import ModelFile, Run

OF_A_RUN = ("run_id", "started_at", "finished_at", "versions", "git_commit", "parameters", "split_policy",
            "main_feature_set", "highest", "champion")  # fmt: skip
"""Fields of ``runs`` that go along."""

OF_THIS_MACHINE = ("audio", "table", "metadata", "exports", "answers", "scheduler")
"""Of a run's parameters, those that say where things are here: they stay."""

ROWS = ("scores", "results")
"""Collections of which all rows go along; of ``predictions``, the champion's answers to held-out tracks."""


def export_champion(key: ChampionKey) -> ChampionFile:
    """Return all that another machine needs to answer as this one does, on command line and page.

    The champion and the models beside it, its chances and sets, its measure of what is unlike, the tracks that it
    learned from as points to compare a song with (their names, artists and titles, and no sound), the run's scores and
    result tables, and the model card.

    Raises
    ------
    NoModelError
        where the extra that the champion needs is not installed
    UnusableModelError
        where a stored model can't be used
    """
    run = key.run
    champion = load_champion(run)
    beside: list[ModelFile] = []
    if is_measured := is_measurable(champion):
        judge = load_judge(key)
        own = (base_set(champion.feature_set), float(champion.window_s))
        beside = [pack_reference(champion, judge.reference, own)]
        if judge.near is not judge.reference:
            beside += [pack_reference(champion, judge.near, judge.near_by, NEAR)]
    else:  # rows of a table: no song is compared with them
        load_classifier(key, of_table=True)
    beside.append(pack_learned(run, champion))
    own_roles = {"$nin": [*(each.fields["role"] for each in beside)]}
    models = [*run.models(role=own_roles), *beside]
    facts = run.facts
    card = model_card(run)
    sent = {name: facts[name] for name in OF_A_RUN if name in facts}
    given = facts.get("parameters", {})
    sent["parameters"] = {name: value for name, value in given.items() if name not in OF_THIS_MACHINE}
    sent["champion"] = {**facts["champion"], "card": card}
    sent["stages"] = {
        name: entry for name, entry in facts["stages"].items() if "generation" in entry and not entry.get("outdated")
    }
    members = {
        CARD: card.encode(),
        "run.bson": bson.encode(sent),
        "models.bson": _bson([dict(model.fields) for model in models]),
        **{f"models/{place}.skops": model.content for place, model in enumerate(models)},
        **{f"{name}.bson": _bson(_rows(run, name)) for name in ROWS},
        "predictions.bson": _bson(
            _rows(
                run,
                "predictions",
                level="track",
                model=champion.name,
                feature_set=champion.feature_set,
                window_s=champion.window_s,
            )
        ),
    }
    sets = {base_set(model.fields["feature_set"]) for model in models if "role" not in model.fields}
    known = [found for name in sorted(sets) if (found := find_feature_set(name))] if is_measured else []
    about = {
        "genrelab": __version__,
        "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "dataset": run.dataset,
        "run_id": run.run_id,
        "model": champion.name,
        "feature_set": champion.feature_set,
        "window_s": champion.window_s,
        "features": list(champion.features),
        "genres": list(champion.genres),
        "measured": is_measured,
        "synthetic": is_synthetic(run.database, run.dataset),
        "versions": facts.get("versions", {}),
        "probe": {
            each.name: {"columns": list(each.columns), "values": measure(each)} for each in known if each.is_here
        },
    }
    return ChampionFile(about, members)


def _rows(run: Run, collection: str, **query: Any) -> list[dict[str, Any]]:
    find = run.database[collection].find
    return run.steady(lambda current: list(find({**query, "generation": {"$in": current}}, {"_id": False})))


def _bson(documents: list[dict[str, Any]]) -> bytes:
    return b"".join(bson.encode({k: v for k, v in each.items() if k not in ("_id", "file_id")}) for each in documents)

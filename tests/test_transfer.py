"""``genrelab transfer`` from end to end: tables of like columns, as models that learned from one meet the other."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import numpy as np
import pandas as pd
import papermill
import pytest

from pipeline.errors import GenrelabError, InputError
from pipeline.evaluation import contenders, headline
from pipeline.evaluation.across import REST, say_across
from pipeline.evaluation.protocol import evaluate, fit
from pipeline.evaluation.samples import load_all
from pipeline.evaluation.shared_music import find_shared
from pipeline.models import load_champion
from pipeline.predict import champion_of
from pipeline.report import assemble_exports
from pipeline.report.card import model_card, plain
from pipeline.report.sheet import read_facts
from pipeline.report.sheet.models_and_claims import limits, validity
from pipeline.stages import transfer_pair
from pipeline.stages.catalogue import CatalogueOptions, catalogue
from pipeline.stages.compare import CompareOptions, compare
from pipeline.stages.declared import TRANSFER
from pipeline.stages.extract import ExtractOptions, extract
from pipeline.stages.optimise import OptimiseOptions, optimise
from pipeline.stages.recording import record
from pipeline.stages.transfer import TransferOptions, transfer
from pipeline.store import Run, StageRows
from pipeline.store.runs import finish_run, start_run
from tests.finished import few_refits

GENRES = ("folk", "hip-hop", "rock")
COLUMNS = [f"{name}_{kind}" for name in "uvwxyz" for kind in ("mean", "var")]


def write_music(folder: Path, name: str, seed: int, **columns: str) -> Path:
    """Write a table of 24 tracks a genre, two by each artist, and who plays them and where; columns may move."""
    random, n = np.random.default_rng(seed), 24
    centres = 1.2 * np.random.default_rng(0).normal(size=(len(GENRES), len(COLUMNS)))
    rows = pd.DataFrame(random.normal(np.repeat(centres, n, axis=0), 1.0).round(6), columns=COLUMNS)
    rows.insert(0, "filename", [f"{name}-{genre}.{i:05d}.wav" for genre in GENRES for i in range(n)])
    rows["label"] = np.repeat(GENRES, n)
    rows = rows.rename(columns=columns)
    rows.to_csv(folder / f"{name}.csv", index=False)
    who = [f"{name} {genre} {i // 2}" for genre in GENRES for i in range(n)]
    country = [("Mali", "Peru")[i // 2 % 2] for _ in GENRES for i in range(n)]
    told = pd.DataFrame({"filename": rows["filename"], "artist": who, "country": country})
    told.to_csv(folder / f"{name}-who.csv", index=False)
    return folder / f"{name}.csv"


def bring_in(database, table: Path, dataset: str) -> Run:
    run = start_run(database, dataset, {})
    catalogue(run, CatalogueOptions(table=str(table), metadata=str(table.with_name(f"{table.stem}-who.csv"))))
    extract(run, ExtractOptions(holdout=0.1, jobs=1))
    return run


@pytest.fixture(scope="module")
def scene(database, tmp_path_factory) -> Iterator[SimpleNamespace]:
    """A finished run of one table, and beside it: one drawn alike, with copies, artists and genres of all kinds; one
    whose columns mean something else; one that lacks a column."""
    folder, mark = tmp_path_factory.mktemp("music"), uuid4().hex[:6]
    names = {name: f"{name}-{mark}" for name in ("home", "alike", "moved", "fewer")}
    run = bring_in(database, write_music(folder, "home", seed=1), names["home"])
    with few_refits():
        compare(run, CompareOptions(models="logistic_regression,knn_3,dummy_most_frequent", repeats=2, jobs=2))
        optimise(run, OptimiseOptions(k_max=3, repeats=1, jobs=2))
    finish_run(run)
    home = pd.read_csv(folder / "home.csv")
    alike = pd.read_csv(write_music(folder, "alike", seed=2))
    alike["label"] = alike["label"].map({"folk": "Folk", "hip-hop": "hiphop", "rock": "rock"})
    alike.loc[0:2, COLUMNS] = home.loc[0:2, COLUMNS].to_numpy()
    polka = alike.iloc[:6].assign(filename=[f"polka.{i:05d}.wav" for i in range(6)], label="polka")
    polka[COLUMNS] = np.random.default_rng(3).normal(30, 1, size=(6, len(COLUMNS)))
    pd.concat([alike, polka]).to_csv(folder / "alike.csv", index=False)
    who = pd.read_csv(folder / "alike-who.csv")
    learned = database["tracks"].find_one({"dataset": names["home"], "holdout": False, "genre": "rock"})["artist"]
    who.loc[who["filename"].isin(["alike-rock.00000.wav", "alike-rock.00001.wav"]), "artist"] = learned.upper()
    who.to_csv(folder / "alike-who.csv", index=False)
    bring_in(database, folder / "alike.csv", names["alike"])
    swapped = dict(zip(COLUMNS, COLUMNS[6:] + COLUMNS[:6], strict=True))
    bring_in(database, write_music(folder, "moved", seed=4, **swapped), names["moved"])
    bring_in(database, write_music(folder, "fewer", seed=5, u_mean="other_mean"), names["fewer"])
    yield SimpleNamespace(run=run, folder=folder, learned=learned, **names)
    for name in ("runs", "datasets"):
        database[name].delete_many({"dataset": {"$in": list(names.values())}})


def put(scene, database, to: str, **options):
    return transfer(database, scene.home, "", TransferOptions(to=to, jobs=2, **options))


def test_what_is_alike_is_no_worse_and_what_the_model_learned_from_is_not_tested(scene, database):
    found = put(scene, database, scene.alike)
    champion = found.rows.iloc[0]
    assert champion["is_champion"]
    assert champion["model"] == load_champion(scene.run).name
    assert champion["gap_ci_low"] <= 0 <= champion["gap_ci_high"]
    told = " ".join(found.remarks)
    assert "Mapped: Folk is folk, hiphop is hip-hop." in told
    assert "Left out: 6 tracks of genres that the champion does not know (polka)." in told
    learned = set(scene.run.database["tracks"].distinct("artist", {"dataset": scene.home, "holdout": False}))
    copied = {f"home folk {i // 2}" for i in range(3)} & learned
    assert (champion["n_copies"] > 0) == bool(copied)
    assert champion["n_of_artists"] == 2
    assert f"2 tracks not tested: by artists that it learned from ({scene.learned.upper()})." in told
    assert champion["n"] == 72 - champion["n_copies"] - 2
    assert set(found.answers["actual"]) == {"Folk", "hiphop", "rock", "polka"}
    assert found.answers.groupby("actual")["share_of_actual"].sum().to_numpy() == pytest.approx(1)


def test_copies_and_artists_are_looked_up_of_every_feature_set_and_window_that_is_tested(scene, database, monkeypatch):
    looked_up = []

    def find(database, pairs, *names):
        kept = list(pairs)
        looked_up.extend((ours.feature_set, ours.window_s) for ours, _ in kept)
        return find_shared(database, kept, *names)

    monkeypatch.setattr(transfer_pair, "find_shared", find)
    rows = put(scene, database, scene.alike).rows
    assert set(looked_up) == set(zip(rows["feature_set"], rows["window_s"], strict=True))
    assert len(looked_up) == len(set(looked_up)) > 1


def test_what_only_another_window_has_is_found_too(scene, database):
    ours, theirs = load_all(database, scene.home)[0].learning(), load_all(database, scene.alike)[0]
    whole = find_shared(database, [(ours, theirs)], scene.home, scene.alike)
    assert whole.copies
    away = theirs.rows["track_id"].isin(whole.copies | whole.of_artists).to_numpy()
    kept = ours.rows["artist"].isin(ours.rows["artist"].unique()[1::2]).to_numpy()
    first = ours.where(kept), theirs.where(~away)
    assert not find_shared(database, [first], scene.home, scene.alike).copies
    assert find_shared(database, [first, (ours, theirs)], scene.home, scene.alike) == whole


def test_a_planted_shift_is_told_and_stands_beside_what_another_dataset_got(scene, database):
    put(scene, database, scene.alike)
    before = scene.run.scores().to_json()
    found = put(scene, database, scene.moved)
    assert found.rows.iloc[0]["gap_ci_low"] > 0
    assert "points less (95 % interval " in found.sentences[0]
    put(scene, database, scene.moved)  # again: in the place of the one before
    rows = scene.run.table("transfers")
    assert rows.groupby("tested_on")["model"].nunique().to_dict() == {scene.alike: 3, scene.moved: 3}
    assert not rows.duplicated(["tested_on", "model", "feature_set", "window_s"]).any()
    assert scene.run.scores().to_json() == before
    said = headline(scene.run)
    assert [about for about, _ in said.findings].count("Other music") == 2
    assert said.elsewhere[0] == found.sentences[0]


def test_the_exports_say_what_was_learned_from_and_tested_on(scene, database):
    put(scene, database, scene.moved)
    frames = assemble_exports(scene.run)
    scores = frames["scores"]
    away = scores[scores["split_policy"] == "transfer"]
    assert set(away["trained_on"]) == {scene.home}
    assert scene.moved in set(away["tested_on"])
    assert {"accuracy", "transfer_gap"} <= set(away["metric"])
    champion = load_champion(scene.run)
    assert set(away.loc[away["is_champion"], "model"]) == {champion.name}
    rest = scores.drop(away.index)
    assert (rest["trained_on"] == scene.home).all()
    assert (rest["tested_on"] == scene.home).all()
    assert "transfer" not in set(frames["summary_30s_vs_3s"]["split_policy"])
    assert len(frames["transfers"])
    assert scene.moved in frames["runs"]["headline"].iloc[0]


def test_the_card_and_the_sheet_say_that_nothing_else_was_tested_only_where_that_is_so(scene, database):
    put(scene, database, scene.moved)
    facts = read_facts(scene.run)
    told, limits_told = " ".join(validity(facts).says), " ".join(limits(facts).says)
    for sentence in headline(scene.run).elsewhere:
        assert sentence in told
        assert plain(sentence) in model_card(scene.run).partition("## Limits and warnings")[2]
    for text in (told, limits_told, model_card(scene.run)):
        assert "not tested on another" not in text
        assert "No other collection" not in text
        assert "regions" not in text
    alone = replace(facts, found=replace(facts.found, elsewhere=()))
    assert "No other collection was tested here" in " ".join(validity(alone).says)
    assert "times and regions than those of the dataset: not tested." in " ".join(limits(alone).says)


def test_a_new_champion_outdates_what_the_one_before_got(scene, database):
    put(scene, database, scene.moved)
    rows, facts = StageRows(), {"champion": scene.run.champion}
    fork = start_run(database, scene.home, {})
    try:
        kept = {name: scene.run.facts[name] for name in ("stages", "champion", "split_policy", "main_feature_set")}
        database["runs"].update_one({"run_id": fork.run_id}, {"$set": kept})
        assert len(fork.table("transfers"))
        record(fork, "optimise", rows, facts)
        assert len(fork.table("transfers")) == 0
        assert fork.scores_elsewhere().empty
        assert headline(fork).elsewhere == ()
    finally:
        database["runs"].delete_one({"run_id": fork.run_id})
    assert len(scene.run.table("transfers"))


def test_tracks_of_other_genres_are_noticed_as_unlike_where_that_is_asked(scene, database):
    found = put(scene, database, scene.alike, unmapped="none", models="champion")
    assert len(found.rows) == 1
    assert found.rows.iloc[0]["none_unlike"] == 1.0
    assert "Of 6 tracks of none of its genres (polka) 100% are noticed as unlike" in " ".join(found.remarks)


def test_models_are_trained_anew_on_the_columns_in_common_where_that_is_asked(scene, database):
    with pytest.raises(
        InputError, match=rf"'{scene.fewer}' lacks 1 of the 12 columns that the model takes: u_mean; --common"
    ):
        put(scene, database, scene.fewer, models="champion")
    found = put(scene, database, scene.fewer, models="champion", common=True, repeats=2)
    assert "trained anew on the 11 columns that both have" in found.sentences[0]
    assert found.rows.iloc[0]["gap_ci_low"] <= 0 <= found.rows.iloc[0]["gap_ci_high"]


@pytest.mark.parametrize("common", [False, True])
def test_models_are_made_at_home_and_away_with_the_same_search(scene, database, monkeypatch, common):
    efforts = {"home": [], "away": []}

    def made_at_home(candidates, **how):
        efforts["home"] += [each.search for each in candidates]
        return evaluate(candidates, **how)

    def made_for_away(*given, search, **how):
        assert not how.get("parameters")
        efforts["away"].append(search)
        return fit(*given, search="none", **how)

    monkeypatch.setattr(contenders, "evaluate", made_at_home)
    monkeypatch.setattr(contenders, "fit", made_for_away)
    of_run = {"run_id": scene.run.run_id}
    database["runs"].update_one(of_run, {"$set": {"parameters.search": "quick"}})
    try:
        put(scene, database, scene.fewer if common else scene.alike, common=common, repeats=1)
    finally:
        database["runs"].update_one(of_run, {"$unset": {"parameters.search": ""}})
    assert set(efforts["away"]) == {"quick"}
    assert set(efforts["home"]) == ({"quick"} if common else set())  # else 04 and 05 have kept what was answered


def test_a_champion_that_can_not_be_read_is_told_beside_the_others(scene, database, monkeypatch):
    def crowned(database):
        return [(scene.moved, ""), (scene.home, ""), (scene.fewer, "")]

    def load(run):
        if run.dataset == scene.fewer:
            raise GenrelabError("its file is damaged")
        return load_champion(run)

    def find(database, dataset, run_id):
        if dataset == scene.fewer:
            return SimpleNamespace(run=Run(database, dataset, scene.run.run_id))
        return champion_of(database, dataset, run_id)

    monkeypatch.setattr("pipeline.stages.transfer._crowned", crowned)
    monkeypatch.setattr("pipeline.stages.transfer.load_champion", load)
    monkeypatch.setattr("pipeline.stages.transfer.champion_of", find)
    found = transfer(database, "", "", TransferOptions(to=scene.alike, pairs=True, models="champion", jobs=2))
    assert found.rows["trained_on"].tolist() == [scene.home]
    assert len(found.failed) == 2
    assert found.failed[0].startswith(f"{scene.moved!r}: dataset {scene.moved!r} has no champion yet")
    assert found.failed[1] == f"{scene.fewer!r}: its file is damaged"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"to": "nothing"}, "there is no dataset 'nothing'"),
        ({"to": "home"}, "learned from itself"),
        ({"to": "alike", "unmapped": "x"}, "--unmapped 'x' must be leave or none"),
        ({"to": "alike", "models": "best"}, "--models 'best' must be all or champion"),
        ({"to": "alike", "pairs": True}, "--all is about every champion, and 'home-.*' names one"),
        ({"genre_map": "map.csv"}, "--map says which genre .*: name both, by --from and --to"),
        ({"to": "alike", "genre_map": "absent.csv"}, "--map 'absent.csv'"),
    ],
)
def test_what_can_not_be_is_told_in_a_line(scene, database, options, message):
    asked = options | {"to": getattr(scene, options.get("to", ""), options.get("to", ""))}
    with pytest.raises(InputError, match=message):
        transfer(database, scene.home, "", TransferOptions(**asked))


def test_a_dataset_without_a_champion_is_told(scene, database):
    with pytest.raises(InputError, match=f"dataset '{scene.moved}' has no champion yet"):
        transfer(database, scene.moved, "", TransferOptions(to=scene.home))


def test_the_notebook_and_the_command_tell_the_same(scene, database, main, tmp_path):
    told = {"dataset": scene.home, "to": scene.moved, "models": "champion", "run_id": scene.run.run_id}
    out = tmp_path / "10.ipynb"
    nb = papermill.execute_notebook(TRANSFER.path, out, told, cwd=TRANSFER.path.parent, progress_bar=False)
    sentence = put(scene, database, scene.moved, models="champion").sentences[0]
    texts = [o.get("data", {}).get("text/plain", "") for cell in nb.cells for o in cell.get("outputs", [])]
    assert f"- {sentence}" in texts
    assert sum("image/png" in o.get("data", {}) for cell in nb.cells for o in cell.get("outputs", [])) == 4
    said = main("transfer", "--to", scene.moved, "--models", "champion", "--run", scene.run.run_id)
    assert sentence in said.out.splitlines(), said.err
    assert f"genrelab run --dataset {scene.home} --from export" in said.out


def test_the_command_says_what_was_not_tested_at_home_and_refuses_what_it_would_ignore(
    scene, database, main, monkeypatch
):
    done = put(scene, database, scene.moved, models="champion")
    pairs = pd.concat([done.rows, done.rows.assign(own_recall=np.nan, recall=0.25)], ignore_index=True)
    monkeypatch.setattr("pipeline.stages.transfer.transfer", lambda *_: replace(done, rows=pairs))
    lines = main("transfer").out.splitlines()
    first = lines.index("Mean recall of the genres in common there (at home):")
    assert lines[first + 2] == f"  {scene.home} to {scene.moved}: 25% (not tested)"
    monkeypatch.undo()
    for named in (("--from", scene.home), ("--run", scene.run.run_id)):
        refused = main("transfer", "--all", *named)
        assert refused.status == 2
        assert f"--all is about every champion, and '{named[1]}' names one" in refused.err


def test_models_of_one_country_are_put_to_the_other_and_the_exports_have_what_they_get(scene, database, main):
    said = main("transfer", "--from", scene.home, "--by", "country", "--jobs", "2")
    assert said.status == 0, said.err
    rows = scene.run.table("subgroup_transfers")
    pairs = set(zip(rows["trained_subgroup"], rows["tested_subgroup"], strict=True))
    assert pairs == {("Mali", "Peru"), ("Peru", "Mali"), (REST, "Mali"), (REST, "Peru")}
    assert rows["ci_low"].min() > 1 / len(GENRES), "both countries were drawn alike"
    assert set(say_across(rows)) <= set(said.out.splitlines())
    assert "Mean recall by country; a row is what was learned from, a column what was tested on:" in said.out
    exported = assemble_exports(scene.run)["subgroup_transfers"]
    assert len(exported) == len(rows)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("--by", "mood"), "--by 'mood': no such column; there are: country, region"),
        (("--by", "region"), "by region, no two parts of 20 tracks each have two genres in common in dataset"),
        (("--by", "country", "--common"), "--by is about the parts of one dataset"),
    ],
)
def test_parts_that_there_are_not_are_told_in_a_line(scene, main, asked, message):
    refused = main("transfer", "--from", scene.home, *asked)
    assert refused.status == 2
    assert message in refused.err
    assert "Traceback" not in refused.err

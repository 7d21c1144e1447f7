"""The reporting sheet and the model card: filled from the run, honest about what it can't know, harmless to open."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from pipeline.errors import InputError
from pipeline.evaluation import OWN_SPLITS, headline
from pipeline.models import ZOO
from pipeline.report.card import model_card, plain
from pipeline.report.sheet import read_facts, read_told, sheet, write_sheet
from pipeline.report.sheet.reforms import ITEMS, MODULES
from pipeline.report.sheet.write import ANSWERS
from tests.browser import chromium, needs_browser, new_page

HOSTILE = "<script>alert('x')</script>\u202e{{7*7}}"


@pytest.fixture(scope="module")
def facts(songs):
    return read_facts(songs.run)


@pytest.fixture
def content(facts):
    return sheet(facts, {})


def items_of(content):
    return {item["number"]: item for item in content["items"]}


def test_it_has_the_32_items_of_the_checklist_in_its_8_modules(content):
    numbers = [item["number"] for item in content["items"]]
    by_module = {"1": "abc", "2": "abcde", "3": "abcdefg", "4": "abc", "5": "abcdef", "6": "abc", "7": "abc", "8": "ab"}
    assert numbers == [f"{module}{letter}" for module, letters in by_module.items() for letter in letters]
    assert len(numbers) == 32
    assert set(MODULES) == set(by_module)
    assert list(ANSWERS) == [item.number for item in ITEMS]


def test_at_least_26_are_filled_by_the_run_and_the_rest_are_asked_for_by_name(content):
    assert content["n"]["filled"] + content["n"]["partly"] >= 26
    assert sum(content["n"].values()) == 32
    asked = [item for item in content["items"] if item["status"] == "asked"]
    assert {item["number"] for item in asked} == {"1b", "1c", "3b", "3c", "3g"}
    for item in content["items"]:
        assert bool(item["please"]) == (item["status"] != "filled"), item["number"]


def test_every_answer_says_where_it_comes_from(content):
    assert [item["number"] for item in content["items"] if item["answer"] and not item["source"]] == []


def test_what_it_says_is_what_the_run_says(content, facts, songs):
    items = items_of(content)
    champion = songs.run.champion
    assert content["headline"] == headline(songs.run).sentences
    assert headline(songs.run).champion in items["5d"]["answer"]
    assert (
        f"{len(facts.tracks)} tracks, {int(facts.tracks['holdout'].sum())} of them held out" in items["3e"]["answer"][0]
    )
    assert any(f"{champion['test_accuracy']:.3f}" in row[1] for row in items["7a"]["table"]["rows"])
    assert [row[0] for row in items["3e"]["table"]["rows"]] == facts.genres
    assert facts.digest in items["2a"]["answer"][1]


def test_the_same_data_have_the_same_digest_and_others_another(facts):
    shuffled = replace(facts, tracks=facts.tracks.sample(frac=1, random_state=0))
    assert shuffled.digest == facts.digest
    other = facts.tracks.assign(genre=facts.tracks["genre"].iloc[::-1].to_numpy())
    assert replace(facts, tracks=other).digest != facts.digest


def test_before_a_champion_or_a_comparison_it_says_what_to_run(facts):
    nobody = replace(facts, run=facts.run | {"champion": None}, champion_fields={})
    items = items_of(sheet(nobody, {}))
    assert "run 05_optimise" in items["5d"]["please"]
    nothing = replace(
        nobody, run=nobody.run | {"split_policy": None}, found=None, scores=facts.scores.head(0),
        comparisons=pd.DataFrame(), curve=pd.DataFrame(), mistakes=pd.DataFrame(),
    )  # fmt: skip
    content = sheet(nothing, {})
    assert "run 04_compare" in items_of(content)["5c"]["please"]
    assert sum(content["n"].values()) == 32


def test_without_artists_durations_parameters_or_a_holdout_all_items_are_there(facts):
    poor = facts.tracks.assign(artist=None, title=None, duration_s=float("nan"), holdout=False, artist_key=None)
    run = facts.run | {"parameters": {}, "git_commit": None, "versions": {}, "stages": {}}
    content = sheet(replace(facts, tracks=poor, run=run), {})
    items = items_of(content)
    assert "No artist is known." in items["3e"]["answer"]
    assert "installed without a repository" in items["2b"]["answer"][0]
    assert items["2b"]["status"] == "partly"


def test_where_no_track_is_held_out_nothing_is_said_of_a_holdout(facts):
    for held in (True, False):
        items = items_of(sheet(replace(facts, tracks=facts.tracks.assign(holdout=held)), {}))
        for number in ("3a", "5d", "6a"):
            assert any("holdout" in words for words in items[number]["answer"][:4]) == held, number


def test_of_genres_of_one_size_none_is_the_commonest(facts):
    genres = facts.tracks["genre"]
    same = facts.tracks.groupby(genres).head(genres.value_counts().min())
    shares = items_of(sheet(replace(facts, tracks=same), {}))["3d"]["answer"][0]
    assert f"Each has {1 / genres.nunique():.1%} of the tracks." in shares
    assert "commonest" not in shares
    more = pd.concat([same, same.head(1)], ignore_index=True)
    shares = items_of(sheet(replace(facts, tracks=more), {}))["3d"]["answer"][0]
    assert f"The commonest, {same['genre'].iloc[0]}, has " in shares


@pytest.mark.parametrize("given", [{"table": "/of/me/songs.csv", "metadata": "/of/me/who.csv", "sublabel": "kind"}, {}])
def test_the_command_names_what_was_remembered_and_of_a_table_asks_nothing_of_audio(facts, given):
    run = facts.run | {"parameters": {"windows": "30,3", "holdout": 0.1, **given}}
    remembered = {"location": "/of/me/songs.csv", "metadata": "/of/me/who.csv", "sublabel": "kind"}
    table = replace(facts, known=facts.known | {"source": "table", "holdout_drawn": 0.25, **remembered}, run=run)
    [command, *_] = items_of(sheet(table, {}))["2e"]["answer"]
    told = {"--table songs.csv", "--metadata who.csv", "--sublabel kind", "--holdout 0.25"}
    assert {f"--{option}" for option in command.strip().split(" --")[2:]} == told


def test_the_command_of_the_demo_corpus_names_no_source(facts):
    demo = replace(facts, known=facts.known | {"synthetic": True}, run=facts.run | {"parameters": {"seed": 7}})
    [command, *_] = items_of(sheet(demo, {}))["2e"]["answer"]
    assert "--seed 7" in command
    assert "--audio" not in command
    assert "--metadata" not in command


def test_114_genres_make_tables_that_can_be_read(facts):
    many = facts.tracks.iloc[[0] * 114].assign(genre=[f"genre {i:03d}" for i in range(114)])
    items = items_of(sheet(replace(facts, tracks=many), {}))
    assert (len(items["3e"]["table"]["rows"]), items["3e"]["table"]["n_more"]) == (30, 84)
    assert "and 102 more" in items["8b"]["answer"][0]


def test_answers_of_a_person_fill_the_items_that_ask(facts, tmp_path):
    path = tmp_path / "answers.toml"
    path.write_text('1b = "because <b>"\n2a = "doi:10.0/1"\n', encoding="utf-8")
    items = items_of(sheet(facts, read_told(path)))
    assert (items["1b"]["status"], items["1b"]["answer"], items["1b"]["please"]) == ("filled", ["because <b>"], "")
    assert items["2a"]["told_by_a_person"]


@pytest.mark.parametrize(
    ("text", "words"),
    [('9z = "x"', "there is no item '9z'"), ("1b = 3", "the answer to 1b is no text"), ('1b = " "', "is no text"),
     ("1b: x", "can't be read"), ("\xff", "can't be read")],
)  # fmt: skip
def test_answers_that_can_not_be_read_are_refused_in_one_line(tmp_path, text, words):
    path = tmp_path / "answers.toml"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(InputError, match=words):
        read_told(path)


def test_every_model_of_the_zoo_says_what_fitting_minimises():
    untold = {name for name, entry in ZOO.items() if entry.minimises == "nothing"}
    assert untold == {"dummy_most_frequent", "dummy_stratified", "knn_kl"}


@needs_browser
def test_the_page_reads_on_a_phone_and_foreign_names_are_text(facts, tmp_path):
    tracks = facts.tracks.assign(genre=facts.tracks["genre"].replace(facts.genres[0], HOSTILE))
    hostile = replace(facts, dataset=HOSTILE, tracks=tracks, known=facts.known | {"location": f"/home/me/{HOSTILE}"})
    write_sheet(hostile, tmp_path, {"1b": HOSTILE})
    assert json.loads((tmp_path / "reporting_sheet.json").read_text(encoding="utf-8"))["dataset"] == HOSTILE
    wanted = []
    with chromium() as browser:
        page = new_page(browser, viewport={"width": 360, "height": 700})
        page.on("request", lambda request: wanted.append(request.url))
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        page.goto((tmp_path / "reporting_sheet.html").as_uri())
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.locator("script, link, img, iframe").count() == 0
        assert page.locator("article.item").count() == 32 + 8
        assert "<script>alert('x')</script>\\u202e{{7*7}}" in page.locator("body").inner_text()
        assert "/home/me" not in page.content()
    assert len(wanted) == 1


def test_the_card_tells_training_genres_scores_limits_and_is_kept_with_the_champion(songs):
    card = model_card(songs.run)
    assert songs.run.champion["card"] == card
    for title in (
        "Model",
        "Intended use",
        "Trained on",
        "Genres that it knows",
        "How good it is",
        "Limits and warnings",
    ):
        assert f"\n## {title}\n" in card
    for genre in songs.database["tracks"].distinct("genre", {"dataset": songs.dataset}):
        assert f"| {genre} |" in card
    for sentence in headline(songs.run).claims:
        assert plain(sentence) in card
    assert f"{songs.run.champion['test_accuracy']:.3f}" in card


@pytest.mark.parametrize(
    "name", [HOSTILE, "a | b", "# no heading", "[x](javascript:1)", "![](http://192.0.2.1)", "`x`\n\n- y"]
)
def test_names_are_no_markdown(name):
    shown = plain(name)
    assert "\n" not in shown
    assert "<" not in shown
    for mark in "[|`#":
        assert mark not in shown.replace("\\" + mark, "")


def test_a_run_without_a_champion_has_no_card(songs):
    assert model_card(replace(songs.run, run_id="run-none")) == ""


def test_the_card_has_the_figure_to_expect_where_the_run_has_one(songs):
    corrected = {"corrected_accuracy": 0.123, "corrected_ci_low": None, "corrected_ci_high": None}

    class Corrected(type(songs.run)):
        @property
        def champion(self):
            return super().champion | corrected

    card = model_card(Corrected(songs.database, songs.dataset, songs.run_id))
    assert "| accuracy to expect, less what being the highest adds | test | 0.123 | too few to say |  |" in card


def test_the_verdict_on_styles_is_part_of_what_speaks_for_the_result(facts):
    styled = replace(facts, found=replace(facts.found, styles="To name a style is better than flat."))
    assert "To name a style is better than flat." in items_of(sheet(styled, {}))["8a"]["answer"]


def test_sheet_and_card_say_that_the_learning_curve_has_splits_of_its_own(facts, songs):
    assert len(facts.curve), "the songs have a curve"
    assert OWN_SPLITS in items_of(sheet(facts, {}))["8a"]["answer"]
    card = model_card(songs.run)
    assert f"\n- {OWN_SPLITS}\n" in card

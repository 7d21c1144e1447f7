"""The pages in a real browser: with JavaScript and without, light and dark, wide and narrow, seen and read aloud."""

import base64
import html
import re

import pytest

from pipeline.evaluation import headline
from pipeline.listen.wording import percent
from pipeline.tables import STYLE_SCORES, STYLES, SUBGROUP_GAPS, SUBGROUPS
from tests.browser import new_page
from tests.declared import row_of
from tests.patience import until

from .conftest import keep

PAGES = {"song": "/", "unseen": "/unseen?seed=1", "all": "/unseen/all", "results": "/results", "about": "/about",
         "api": "/api", "missing": "/nowhere"}  # fmt: skip
LOOKS = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 375, "height": 740}, "color_scheme": "light", "has_touch": True},
}
EVERY_LOOK = [pytest.param("light", marks=pytest.mark.faults), "dark", "phone"]  # which has light colours too
NO_SCRIPT = {"java_script_enabled": False}


def upload(page, site, song, name: str = "My song.flac") -> None:
    page.goto(f"{site.address}/")
    page.get_by_label("Choose a song").set_input_files({"name": name, "mimeType": "audio/flac", "buffer": song})
    page.get_by_role("button", name="Name its genre").click()
    page.locator(".verdict").wait_for()
    page.wait_for_load_state()  # with its style


def assert_fits(page) -> None:
    page.wait_for_load_state()  # words may be there before their style
    widths = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert widths[0] <= widths[1], "the page is wider than the screen"


def grave_barriers(page) -> list[str]:
    """Let axe look, and return what it calls serious or critical."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{each['id']}: {each['help']} {[node['target'] for node in each['nodes'][:3]]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


def test_axe_would_find_a_picture_without_words_and_faint_letters(open_page):
    page = open_page()
    page.set_content(
        '<html lang="en"><title>t</title><main><h1>h</h1><img src="data:,"><p style="color: #ddd">faint</p>'
    )
    assert [barrier.split(":")[0] for barrier in grave_barriers(page)] == ["color-contrast", "image-alt"]


@pytest.mark.parametrize("look", EVERY_LOOK)
def test_every_page_fits_asks_nobody_else_and_satisfies_axe(site, open_page, look):
    # axe is a script that the pages' policy would refuse; all else is tested with the policy in force.
    page = open_page(**LOOKS[look], bypass_csp=True)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for name, path in PAGES.items():
        page.goto(site.address + path)
        assert page.locator("h1").count() == 1
        assert_fits(page)
        assert grave_barriers(page) == []
        widths = page.locator("img").evaluate_all(
            """async images => {
                for (const image of images) image.loading = "eager";
                await Promise.all(images.map(image => image.decode()));
                return images.map(image => image.naturalWidth);
            }"""
        )
        assert all(width > 300 for width in widths)
        keep(page, f"{name}-{look}")
    assert [url for url in asked if not url.startswith((site.address, "data:"))] == []


@pytest.mark.parametrize("look", EVERY_LOOK)
def test_the_answer_fits_and_satisfies_axe(site, music, open_page, look):
    page = open_page(**LOOKS[look], bypass_csp=True)
    upload(page, site, music)
    assert_fits(page)
    page.locator("summary").click()
    assert grave_barriers(page) == []
    keep(page, f"answer-{look}")


@pytest.fixture(scope="module")
def answered(site, music, browser):
    """A page with the answer to a song, and what it has complained of; each test looks at another part of it."""
    return answer_of(new_page(browser, accept_downloads=True), site, music)


def answer_of(page, site, music):
    errors = []
    page.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    upload(page, site, music)
    return page, errors


def test_a_song_gets_its_genre_and_all_that_speaks_for_it(site, songs, music, answered):
    assert_all_is_told(site, music, *answered)


def test_so_it_does_without_a_script(site, songs, music, open_page):
    assert_all_is_told(site, music, *answer_of(open_page(**NO_SCRIPT), site, music))


def assert_all_is_told(site, music, page, errors):
    told = site.send(music).json
    assert told["sentence"] in page.locator(".verdict").inner_text()
    genres = [f"{vote['genre']} {percent(vote['probability'])}" for vote in told["genres"]]
    rows = page.locator("section:has(#votes-h) tbody tr")
    assert [
        " ".join(row.split("\t")).strip() for row in (re.sub(r"\s*\t\s*", "\t", t) for t in rows.all_inner_texts())
    ] == genres
    assert page.get_by_role("img", name=re.compile("^Waveform, coloured")).is_visible()
    assert page.get_by_role("img", name=re.compile("^Votes of the segments")).is_visible()
    assert page.get_by_role("img", name=re.compile("^Mel spectrogram")).is_visible()
    assert page.locator(".wave path").count() >= 10
    near = page.locator("section:has(#near) tbody tr")
    assert near.count() == 5
    assert told["neighbours"][0]["title"] in near.first.inner_text()
    assert told["neighbours"][0]["artist"] in near.first.inner_text()
    why = page.locator("section:has(#why) tbody tr")
    assert [row.split("\n")[0].split("\t")[0] for row in why.all_inner_texts()] == [
        each["about"] for each in told["why"]["evidence"]
    ]
    words = page.locator("section:has(#tags) tbody tr th")
    assert words.all_inner_texts() == [each["tag"] for each in told["tags"]]
    assert page.get_by_role("heading", name=f"What is unusual for {told['genre']}").is_visible()
    assert page.get_by_text("The model has heard this very recording").is_visible()
    assert page.locator("audio.player").get_attribute("src").startswith("data:audio/wav;base64,")
    assert errors == []


def test_the_answer_plays_and_the_line_on_the_waveform_follows(answered):
    page, _ = answered
    until(lambda: page.evaluate("document.getElementById('player').readyState >= 2"))
    assert page.evaluate("document.getElementById('player').duration") == pytest.approx(30, abs=0.5)
    page.locator(".wave").click(position={"x": 500, "y": 40})
    until(lambda: page.evaluate("document.getElementById('player').currentTime > 5"))
    until(lambda: page.evaluate("document.querySelector('#playhead.on') !== null"))


def test_the_answer_is_saved_as_one_file_that_needs_no_server(answered, open_page, tmp_path):
    page, _ = answered
    with page.expect_download() as started:
        page.get_by_role("button", name="Save this page").click()
    started.value.save_as(tmp_path / "answer.html")
    asked = []
    saved = open_page(java_script_enabled=False)
    saved.on("request", lambda request: asked.append(request.url))
    saved.goto((tmp_path / "answer.html").as_uri())
    assert saved.locator("h1.verdict").inner_text() == page.locator("h1.verdict").inner_text()
    assert saved.locator("h1").evaluate("each => getComputedStyle(each).fontWeight") == page.locator("h1").evaluate(
        "each => getComputedStyle(each).fontWeight"
    )
    assert saved.locator("audio[src^='data:']").count() == 1
    assert saved.locator("form, script, a[href]").count() == 0
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def test_a_track_near_by_is_played(answered):
    page, _ = answered
    player = page.locator("section[aria-labelledby=near] audio").first
    player.evaluate("audio => audio.play()")
    until(lambda: player.evaluate("audio => audio.duration > 5 && audio.currentTime > 0"))


def test_a_dropped_file_is_taken_played_and_sent(site, music, open_page):
    page = open_page()
    page.goto(f"{site.address}/")
    assert page.get_by_text("Or drop it here.").is_visible()
    page.evaluate(
        """content => {
            const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], "dropped.flac", {type: "audio/flac"}));
            for (const name of ["dragenter", "dragover", "drop"])
                document.getElementById("drop").dispatchEvent(
                    new DragEvent(name, {dataTransfer: transfer, bubbles: true, cancelable: true}));
        }""",
        base64.b64encode(music).decode(),
    )
    assert "MB, ready to send." in page.locator("#chosen").inner_text()
    preview = page.get_by_label("The song you chose")
    assert preview.get_attribute("src").startswith("blob:")
    until(lambda: page.evaluate("document.getElementById('preview').readyState >= 1"))
    page.get_by_role("button", name="Name its genre").click()
    assert "dropped.flac" in page.locator(".file").inner_text()


def test_the_drag_target_is_not_promised_where_there_is_no_script(site, open_page):
    page = open_page(**NO_SCRIPT)
    page.goto(f"{site.address}/")
    assert not page.get_by_text("Or drop it here.").is_visible()


def test_what_is_too_large_is_told_before_it_is_sent(site, open_page, tmp_path):
    page = open_page()
    page.goto(f"{site.address}/")
    large = tmp_path / "large.wav"
    with open(large, "wb") as file:
        file.truncate(60 * 2**20)
    page.get_by_label("Choose a song").set_input_files(large)
    assert "large.wav has 60 MB, more than 40 MB" in page.locator("#chosen").inner_text()
    assert page.get_by_label("Choose a song").input_value() == ""


def test_what_is_no_song_is_told_above_the_form(site, open_page):
    page = open_page(**LOOKS["light"])
    page.goto(f"{site.address}/")
    note = {"name": "'note' & “more”.mp3", "mimeType": "audio/mpeg", "buffer": b"dear diary, " * 50}
    page.get_by_label("Choose a song").set_input_files(note)
    page.get_by_role("button", name="Name its genre").click()
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert "Not audio that can be decoded" in alert.inner_text()
    assert "Convert the song" in alert.inner_text()
    assert page.get_by_label("Choose a song").is_visible()
    keep(page, "refused-light")


def test_noise_is_unlike_the_training_music_and_the_page_says_so(site, open_page):
    import numpy as np

    from .conftest import RATE_HZ, encoded

    page = open_page(**LOOKS["light"])
    noise = np.random.default_rng(0).uniform(-1, 1, 30 * RATE_HZ)
    upload(page, site, encoded(noise), "noise.wav")
    assert page.get_by_role("heading", name="This is unlike the training music").is_visible()
    keep(page, "novel-light")


@pytest.mark.parametrize("script", [{}, NO_SCRIPT], ids=["script", "no-script"])
def test_five_unseen_records_and_five_others(site, open_page, expect, script):
    page = open_page(**script)
    page.goto(f"{site.address}/unseen?seed=1")
    rows = page.locator("section:has(#five) tbody tr")
    told = site.get("/api/holdout?n=5&seed=1").json
    assert rows.count() == 5
    for row, record in zip(rows.all_inner_texts(), told["records"], strict=True):
        assert all(word in row for word in (record["title"], record["actual"], record["predicted"]))
        assert ("right" if record["correct"] else "wrong") in row
    accuracy = told["accuracy"]
    card = page.locator(".card").inner_text()
    assert percent(accuracy["value"]) in card
    assert f"{percent(accuracy['ci_low'])} to {percent(accuracy['ci_high'])}" in card
    assert page.locator("section:has(#report) tbody tr").count() >= 2
    page.get_by_role("link", name="Show five others").click()
    expect(page).not_to_have_url(f"{site.address}/unseen?seed=1")
    expect(rows).to_have_count(5)


@pytest.mark.parametrize("script", [{}, NO_SCRIPT], ids=["script", "no-script"])
def test_all_unseen_records_the_wrong_ones_first_and_filtered(site, open_page, expect, script):
    page = open_page(**script)
    page.goto(f"{site.address}/unseen")
    page.get_by_role("link", name=re.compile("^All 6 of them")).click()
    expect(page.locator("td.mark")).to_have_count(6)
    marks = page.locator("td.mark").all_inner_texts()
    assert marks == sorted(marks, key=lambda mark: "right" in mark)
    first = page.locator("tbody tr").first.locator("td").first.inner_text().split(" by ")[0]
    page.get_by_label("Title, artist or file").fill(first.upper())
    page.get_by_role("button", name="Filter").click()
    expect(page).not_to_have_url(re.compile("/all$"))
    expect(page.locator("tbody tr").first).to_contain_text(first)
    page.goto(f"{site.address}/unseen/all?answer=right&actual=blues&predicted=rock")
    assert page.get_by_text("No track is like that.").is_visible()


def test_results_explain_the_leak_gap_and_show_tables_and_pictures(site, songs, open_page):
    page = open_page(**NO_SCRIPT)
    page.goto(f"{site.address}/results")
    explained = page.locator("section:has(#leak) > p").inner_text()
    assert explained.count(".") == 3
    said = headline(songs.run)
    assert page.locator("section:has(#leak) li").all_inner_texts() == list(said.leaks)
    lead = page.locator("p.lead").inner_text()
    assert said.champion in lead
    assert said.holdout in lead
    assert page.locator("table").count() >= 5
    pictures = page.locator("img")
    assert pictures.count() == 4
    assert all(len(picture.get_attribute("alt")) > 40 for picture in pictures.all())


@pytest.mark.parametrize("path", ["/", "/results", "/about", "/unseen", "/unseen/all"])
def test_the_gravest_warnings_stand_on_every_page(site, songs, path):
    warning = "a score on this data says nothing about <blues>"
    of_run, own = {"run_id": songs.run_id}, songs.run.champion["warnings"]
    songs.database["runs"].update_one(of_run, {"$set": {"champion.warnings": [warning]}})
    try:
        shown = html.unescape(site.get(path).text)
    finally:
        songs.database["runs"].update_one(of_run, {"$set": {"champion.warnings": own}})
    assert f"<strong>Beware:</strong> {warning}.</p>" in shown
    assert warning not in site.get(path).text


def test_about_tells_model_data_date_versions_and_limits(site, songs, open_page):
    page = open_page()
    page.goto(f"{site.address}/about")
    text = page.locator("main").inner_text()
    for word in (
        songs.run_id,
        songs.dataset,
        "scikit-learn",
        "librosa",
        "no chances of being right",
        "held out",
        "UTC",
    ):
        assert word in text


def about_and_card(site, songs, rows):
    """Return both pages as they are where stage 06 had these rows, too."""
    generation = songs.run.facts["stages"]["holdout"]["generation"]
    mine = {"run_id": songs.run_id, "dataset": songs.dataset, "stage": "holdout", "generation": generation}
    added = songs.database["results"].insert_many([mine | row for row in rows]).inserted_ids
    try:
        return html.unescape(site.get("/about").text), site.get("/about/card").text
    finally:
        songs.database["results"].delete_many({"_id": {"$in": added}})


def test_about_and_the_card_tell_on_which_music_the_model_is_worse(site, songs):
    assert 'id="subgroups"' not in site.get("/about").text, "the songs tell no country"
    named = {"by": "country", "accuracy": 0.4, "ci_low": 0.3, "ci_high": 0.5, "n": 96, "difference": -0.15}
    beyond = {"beyond_genres": None, "beyond_genres_low": None, "beyond_genres_high": None}
    whole = named | beyond | {"difference_low": -0.26, "difference_high": -0.04}
    rows = [
        {"table": "subgroups", **row_of(SUBGROUPS, **whole, subgroup="<Mali>", is_worse=True)},
        {"table": "subgroups", **row_of(SUBGROUPS, **whole | {"ci_low": None}, subgroup="Peru", is_worse=False)},
        {"table": "subgroup_gaps", **row_of(SUBGROUP_GAPS, by="country", best="Peru", worst="<Mali>", ci_low=None)},
    ]
    shown, card = about_and_card(site, songs, rows)
    assert "<strong>Beware:</strong> Tracks from <Mali>: 40% right (95 % interval 30% to 50%) of 96 tracks, " in shown
    assert "15 points less than the rest (4 to 26); whether for its genres' sake nobody can tell" in shown
    assert "down to 50% (<Mali>) right: a gap of 50 points (too few tracks or artists for an interval)" in shown
    assert f"<td>{percent(0.3)} to {percent(0.5)}</td><td>yes</td>" in shown
    assert "<td>too few to say</td><td>not told</td>" in shown
    assert "| country | Peru | 96 | 0.400 | too few to say | 0.500 |" in card
    assert "- **Beware:** Tracks from &lt;Mali&gt;: 40% right" in card


def test_about_and_the_card_tell_how_well_styles_are_named(site, songs):
    assert 'id="styles"' not in site.get("/about").text, "the songs have no styles"
    found = {"genre_right": 0.8, "style_named": 0.4}
    whole = {"way": "back_off", "ci_low": None, "gain": None}
    rows = [
        {"table": "styles", **row_of(STYLES, genre="pop", style="<dance>", n=96, **found)},
        *({"table": "style_scores", **row_of(STYLE_SCORES, **whole, measure=name, value=value, n=96)}
          for name, value in (found | {"hierarchical_f1": 0.5}).items()),
        {"table": "style_scores", **row_of(STYLE_SCORES, way="styles", measure="hierarchical_f1", gain=-0.1,
                                           gain_low=-0.2, gain_high=-0.05, p_adjusted=0.01)},
    ]  # fmt: skip
    shown, card = about_and_card(site, songs, rows)
    assert "Out of fold the genre of 80% (too few tracks or artists for an interval) of 96 tracks" in shown
    assert " is not better than flat, but worse than styles named by one model" in shown
    assert '<th scope="row"><dance></th>' in shown
    assert " is not better than flat, but worse than styles named by one model" in card


def test_about_leads_to_the_model_card_which_is_plain_text(site, songs):
    assert 'href="/about/card"' in site.get("/about").text
    card = site.get("/about/card")
    assert card.status == 200
    assert card.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert card.text == songs.run.champion["card"]


def test_the_keyboard_reaches_everything_and_shows_where_it_is(site, open_page):
    page = open_page(**LOOKS["light"])
    page.goto(f"{site.address}/")
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("[document.activeElement.id || document.activeElement.textContent.trim(), "
                                     "getComputedStyle(document.activeElement).outlineStyle]"))  # fmt: skip
    names = [name for name, _ in reached]
    assert names[0] == "To the content"
    pages = {"Your song", "Unseen records", "Playlist", "Results", "About", "API"}
    assert {*pages, "song", "excerpts", "ask"} <= set(names)
    assert all(outline != "none" for _, outline in reached)


def test_the_policy_refuses_a_script_that_was_smuggled_in(site, open_page):
    page = open_page()
    page.goto(f"{site.address}/")
    page.evaluate("""() => { const script = document.createElement("script"); script.textContent = "window.bad = 1";
                     document.body.append(script); }""")
    assert page.evaluate("window.bad === undefined")

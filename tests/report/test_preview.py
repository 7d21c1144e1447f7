"""The preview, in a real browser: it shows the eight views, asks nothing of the network, and obeys its choices."""

import pytest

from pipeline.report.csv_export import read_csv
from pipeline.report.preview import write_preview
from pipeline.report.views import Mark, describe
from pipeline.tables import BY_NAME
from tests.browser import chromium, needs_browser, new_page
from tests.report.conftest import conformed, make_frames

pytestmark = needs_browser

DRAWN = "[...document.querySelectorAll('.sheet')].every(figure => figure.dataset.drawn)"
ACCURACY = "Accuracy in training, on test and on holdout"
CONFUSION = "What is taken for what"
PREDICTIONS = "Every held-out track, wrong ones first"


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def opened(browser):
    """Return a function that opens the preview of a folder: the page, what it told the console, what it asked for."""
    pages = []

    def open_page(folder, width=1280, **options):
        page = new_page(browser, viewport={"width": width, "height": 900}, **options)
        pages.append(page)
        told, asked = [], []
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto((folder / "dashboard.html").as_uri())
        page.wait_for_function(DRAWN)
        return page, told, asked

    yield open_page
    for page in pages:
        page.context.close()


@pytest.fixture(scope="module")
def looked_at(opened, written):
    return opened(written.folder)


@pytest.fixture(scope="module")
def shown(looked_at):
    """A page for tests that only look."""
    page, told, _ = looked_at
    yield page
    assert told == []


@pytest.fixture(scope="module")
def dark_phone(opened, written):
    """A page on a narrow screen of a reader who wants it dark."""
    page, told, _ = opened(written.folder, width=390, color_scheme="dark")
    yield page
    assert told == []


@pytest.fixture(scope="module")
def page(opened, written):
    """A page for tests that choose or change something, each something else."""
    page, told, _ = opened(written.folder)
    yield page
    assert told == []


@pytest.fixture(scope="module")
def story():
    return describe(conformed(make_frames()))


def preview(frames, folder):
    """Write the preview of a run, and nothing else of its exports."""
    tables = conformed(frames)
    write_preview(describe(tables), tables, folder)


def figure(page, title):
    return page.locator(f'.sheet[data-sheet="{title}"]')


def choose(page, view: int, name: str, label: str):
    """Choose a value in one of the views, and wait until all sheets that follow are drawn anew."""
    page.evaluate("document.querySelectorAll('.sheet').forEach(figure => figure.dataset.rows = 'waiting')")
    page.locator(f'#view-{view} select[data-choice="{name}"]').select_option(label=label)
    page.wait_for_function(
        "name => [...document.querySelectorAll(`.view:has(select[data-choice=${name}]) .sheet`)]"
        ".some(figure => figure.dataset.rows !== 'waiting')",
        arg=name,
    )


def test_it_is_one_file_that_asks_nothing_of_the_network_and_tells_the_console_nothing(looked_at, written):
    _, told, asked = looked_at
    assert told == []
    assert [url for url in asked if not url.startswith("data:")] == [(written.folder / "dashboard.html").as_uri()]
    text = (written.folder / "dashboard.html").read_text(encoding="utf-8")
    assert str(written.folder.parent) not in text


def test_the_views_are_there_with_a_title_and_a_sentence(shown, story):
    views = shown.locator(".view")
    assert views.count() == len(story.dashboards) >= 8
    for place, dashboard in enumerate(story.dashboards):
        view = views.nth(place)
        view.scroll_into_view_if_needed()
        assert view.is_visible()
        assert view.locator("h2").inner_text() == story.title(dashboard)
        assert view.locator(".reading").inner_text() == f"{dashboard.question} {dashboard.reading}"
    assert shown.locator("nav a").all_inner_texts() == [dashboard.name for dashboard in story.dashboards]


def test_every_sheet_draws_the_rows_of_its_csv_that_the_choices_keep(shown, story, written):
    for sheet in story.sheets():
        rows = read_csv(BY_NAME[sheet.table], written.folder / BY_NAME[sheet.table].file_name)
        for column, values in (sheet.where or {}).items():
            rows = rows[rows[column].astype(str).isin(values)]
        for name in sheet.choices:
            rows = rows[rows[story.choices[name].column] == story.choices[name].default]
        assert len(rows) > 0, sheet.title
        drawing = figure(shown, sheet.title)
        assert drawing.get_attribute("data-rows") == str(len(rows)), sheet.title
        if sheet.mark is Mark.CARDS:
            assert drawing.locator("dd").count() == len(sheet.rows)
        elif sheet.mark is Mark.LIST:
            assert drawing.locator("tbody tr").count() == len(rows)
        else:
            drawn = {Mark.BAR: "mark-rect", Mark.HEAT: "mark-rect", Mark.DOT: "mark-symbol", Mark.MAP: "mark-symbol"}[
                sheet.mark
            ]
            box = drawing.locator(f"svg .{drawn} path").first.bounding_box()
            assert min(box["width"], box["height"]) > 1, sheet.title


def test_a_bar_has_the_colour_of_its_genre_in_every_view(shown, story):
    for title in ("Tracks of each genre", "Precision, recall and F1 of each genre"):
        bars = figure(shown, title).locator("svg .mark-rect path")
        colours = bars.evaluate_all("all => all.map(one => one.getAttribute('fill'))")
        assert set(colours) == set(story.colours["genre"].values())


def test_a_choice_is_the_same_in_every_view_and_changes_what_follows_it_alone(page):
    dots = figure(page, ACCURACY).locator("svg .mark-symbol path[aria-label]")
    headings = page.locator(".view h2")

    def labels():
        return sorted(dots.evaluate_all("all => all.map(one => one.getAttribute('aria-label'))"))

    honest = labels()
    assert headings.nth(2).inner_text().startswith("With tracks kept whole, at best so many whole test tracks")
    choose(page, 3, "policy", "rows shuffled (random)")
    chosen = page.locator('#view-4 select[data-choice="policy"]')
    assert chosen.evaluate("one => one.selectedOptions[0].text") == "rows shuffled (random)"
    assert figure(page, "Tracks of each genre").get_attribute("data-rows") == "waiting"
    page.wait_for_function(
        "([title, before]) => [...document.querySelectorAll(`[data-sheet='${title}'] .mark-symbol path[aria-label]`)]"
        ".map(one => one.getAttribute('aria-label')).sort().join() !== before.join()",
        arg=[ACCURACY, honest],
    )
    assert len(labels()) == len(honest) > 0
    assert headings.nth(2).inner_text().startswith("With rows shuffled, at best so many whole test tracks")
    choose(page, 3, "level", "segment")
    assert headings.nth(2).inner_text().startswith("With rows shuffled, at best so many single test rows")
    choose(page, 4, "model", "3 nearest neighbours")
    assert "3 nearest neighbours" in headings.nth(3).inner_text()
    assert headings.nth(7).inner_text().startswith("3 nearest neighbours names")


def test_wrong_predictions_come_first(shown):
    marks = figure(shown, PREDICTIONS).locator(".mark").all_inner_texts()
    assert marks == ["wrong", "right"]


def test_what_stands_in_the_data_is_text_and_no_tag(shown):
    assert "</script><b>empty</b> 1" in figure(shown, "Checks of the data").inner_text()
    assert shown.locator("main b").count() == 0
    labels = figure(shown, "Tracks of each genre").locator("svg text").all_text_contents()
    assert 'r"n, b <b>' in labels


def test_a_phone_scrolls_down_and_never_sideways(dark_phone):
    assert dark_phone.evaluate("document.documentElement.scrollWidth") == 390
    for drawing in dark_phone.locator(".drawing:visible").all():
        wide, room = drawing.evaluate("one => [one.scrollWidth, one.clientWidth]")
        assert wide <= room


def test_the_charts_follow_the_width_of_the_window(page):
    def widths():
        return page.locator(".drawing svg").evaluate_all("all => all.map(one => one.getBoundingClientRect().width)")

    wide = widths()
    page.set_viewport_size({"width": 700, "height": 900})
    page.wait_for_function("Math.max(...[...document.querySelectorAll('.drawing svg')].map(s => s.clientWidth)) < 680")
    assert all(narrow < 680 for narrow in widths())
    assert max(wide) > 1000


@pytest.mark.parametrize(("n_genres", "named"), [(30, True), (60, False)])
def test_many_genres_are_an_overview_with_the_worst_confusions_and_no_view_is_taller_than_a_page(
    opened, tmp_path, n_genres, named
):
    genres = tuple(f"genre of music {i:02d}" for i in range(n_genres))
    frames = make_frames(genres=genres)
    swapped = (
        frames["confusion"]["actual"].map(genres.index) // 2 == frames["confusion"]["predicted"].map(genres.index) // 2
    )
    frames["confusion"] = frames["confusion"][swapped].assign(share_of_actual=0.5)
    preview(frames, tmp_path)
    page, told, _ = opened(tmp_path)
    matrix = figure(page, CONFUSION)
    assert (genres[7] in matrix.locator("svg text").all_text_contents()) == named
    listed = matrix.locator(".worst tbody tr").all_inner_texts()
    assert len(listed) == 25
    assert listed[0].split("\t") == [genres[0], genres[1], "50.0%"]
    assert max(view.bounding_box()["height"] for view in page.locator(".view").all()) <= 1500
    bars = figure(page, "Precision, recall and F1 of each genre")
    assert set(genres) <= set(bars.locator("svg text").all_text_contents())
    assert told == []


def test_what_the_run_found_stands_above_each_view_and_only_what_can_be_chosen_is_offered(shown, story):
    headings = shown.locator(".view h2").all_inner_texts()
    assert headings[0] == "Random forest names 60% of test tracks rightly, of 3 genres"
    assert headings[7] == "Random forest names 1 of 2 held-out tracks rightly"
    assert headings[-4] == "75% are named rightly as they are, 25% at worst ('=with telephone)"
    assert headings[-5] == (
        "Random forest names 30% of tracks rightly on dataset-=other, 70% on its own dataset, each genre in common "
        "counting alike"
    )
    assert shown.locator('select[data-choice="run"]').count() == 0
    counts = shown.locator("select").evaluate_all("all => all.map(one => one.options.length)")
    assert min(counts) > 1


def test_of_a_matrix_too_narrow_for_figures_the_worst_are_listed_and_where_nothing_is_left_that_is_said(
    opened, tmp_path
):
    genres = tuple(f"genre {i}" for i in range(10))
    frames = make_frames(genres=genres)
    frames["confusion"] = frames["confusion"].query("model != 'knn_3' or window_s == 30")
    preview(frames, tmp_path)
    page, told, _ = opened(tmp_path, width=400)
    matrix = figure(page, CONFUSION)
    assert matrix.locator(".worst tbody tr").count() > 0
    wide, room = matrix.locator(".drawing").evaluate("one => [one.scrollWidth, one.clientWidth]")
    assert wide <= room
    labels = matrix.locator("svg text").all_text_contents()
    assert set(genres) <= set(labels)
    assert not any(label.endswith("%") for label in labels)
    choose(page, 4, "model", "3 nearest neighbours")
    nothing = matrix.locator(".nothing")
    assert nothing.is_visible()
    assert "another model, window or feature set has one" in nothing.inner_text()
    assert told == []


def test_the_page_is_dark_where_the_reader_wants_it_so(dark_phone):
    words = dark_phone.locator(".sheet svg text").first.evaluate("one => getComputedStyle(one).fill")
    paper = dark_phone.locator(".view").first.evaluate("one => getComputedStyle(one).backgroundColor")
    light, dark = (sum(int(part) for part in colour[4:-1].split(",")) for colour in (words, paper))
    assert light > 3 * 190
    assert dark < 3 * 64

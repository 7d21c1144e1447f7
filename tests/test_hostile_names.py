"""Music of artists, genres, folders and files whose names attack: nobody is hurt who opens what a run leaves."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import soundfile

from pipeline.clip import SAMPLE_RATE_HZ
from pipeline.printable import printable
from pipeline.runner.copies import write_copy
from pipeline.settings import PROJECT_DIR
from pipeline.sources.demo import render_track
from pipeline.stages import STAGES
from tests.browser import chromium, needs_browser, new_page
from tests.patience import HANG_S
from tests.test_jupyterlab import TOKEN, lab  # noqa: F401 - a fixture

DATASET = "hostile"
GENRES = ("<img src=x onerror=alert('genre')>", "$x^2$ <svg onload=alert(2)> \x1b[31m")
FILES = ("\x1b[31mred\x1b[2J", "\u202egpj.evil", "<script>alert('file')<script>", "$y^2$", "{{7*7}} `code` **b**")
ARTISTS = ("</td></table><script>alert('artist')</script>", "<img src='http://192.0.2.1/a.png'>", "\x1b[5mBlink")
TITLES = ("![](http://192.0.2.1/t.png) [link](javascript:alert('title'))", "<svg onload=alert('t')>", "\\(z^2\\) $$z$$")
TRACKS = 8
OBEYED = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\x1b(?!\\[A)")
"""What no name may print; tqdm alone moves its bars by carriage returns and by ``ESC [ A``."""


@dataclass
class Watched:
    """A page, and what it did: what it wanted of which addresses, what it was kept from, which dialogs it opened."""

    page: object
    wanted: list[str] = field(default_factory=list)
    kept_from: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def elsewhere(self, *here: str) -> list[str]:
        return [url for url in self.wanted if not url.startswith((*here, "data:", "blob:"))]


@pytest.fixture(scope="module")
def open_page():
    """Return a function that opens a watched page in Chromium."""

    def watched() -> Watched:

        def failed(request) -> None:
            if request.failure == "csp":
                opened.kept_from.append(request.url)

        opened = Watched(new_page(browser, viewport={"width": 1400, "height": 1000}))
        opened.page.on("request", lambda request: opened.wanted.append(request.url))
        opened.page.on("requestfailed", failed)

        def dismiss(dialog) -> None:
            opened.dialogs.append(dialog.message)
            dialog.dismiss()

        opened.page.on("dialog", dismiss)
        return opened

    with chromium() as browser:
        yield watched


def write_hostile_music(root: Path) -> Path:
    """Write two genres of short tracks, and a file that is no music; return a table of artists and titles beside."""
    rows = []
    for g, genre in enumerate(GENRES):
        (root / genre).mkdir(parents=True)
        for i in range(TRACKS):
            path = root / genre / f"{FILES[i % len(FILES)]} {g}{i}.wav"
            samples = render_track(("rock", "classical")[g], i, duration_s=3.2)
            soundfile.write(path, samples, SAMPLE_RATE_HZ)
            rows.append((path.name, ARTISTS[i % len(ARTISTS)], TITLES[i // len(ARTISTS)]))
        (root / genre / f"{FILES[0]} <img src=x onerror=alert('reject')>.wav").write_text("no music")
    table = root.parent / "metadata.csv"
    pd.DataFrame(rows, columns=["filename", "artist", "title"]).to_csv(table, index=False)
    return table


@dataclass(frozen=True)
class Run:
    printed: str
    notebooks: Path
    exports: Path


@pytest.fixture(scope="module")
def run(database, tmp_path_factory) -> Run:
    """Run all stages on hostile music, as a person would."""
    folder = tmp_path_factory.mktemp("hostile")
    music = folder / "genres"
    metadata = write_hostile_music(music)
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "run", "--audio", music, "--metadata", metadata, "--dataset", DATASET,
         "--windows", "3", "--features", "spectral-v1", "--holdout", "0.2", "--models", "knn_3",
         "--exports", folder / "exports",
         "-p", "repeats=1", "-p", "k_max=3"],
        cwd=PROJECT_DIR, capture_output=True, text=True, timeout=HANG_S,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    run_id = done.stdout.split("done: ")[1].split()[0]
    return Run(done.stdout + done.stderr, Path(os.environ["GENRELAB_RUNS"]) / run_id, folder / "exports")


@pytest.mark.faults
def test_the_names_are_known_as_they_are(run, database):
    assert set(database["tracks"].distinct("genre", {"dataset": DATASET})) == set(GENRES)
    assert set(database["tracks"].distinct("artist", {"dataset": DATASET})) - {None} == set(ARTISTS)
    assert database["rejects"].count_documents({"dataset": DATASET}) == len(GENRES)
    paths = database["tracks"].distinct("path", {"dataset": DATASET})
    assert any("\x1b[31m" in path for path in paths)
    assert any("\u202e" in path for path in paths)


@pytest.mark.faults
def test_the_terminal_gets_names_written_out(run):
    assert OBEYED.findall(run.printed) == []
    assert "\\x1b[" in run.printed, "no name with an escape was printed at all"


@pytest.mark.faults
@needs_browser
@pytest.mark.parametrize("stage", [stage.notebook for stage in STAGES])
def test_an_html_copy_opens_no_dialog_asks_nobody_and_has_no_script(run, open_page, stage):
    path = run.notebooks / f"{stage}.html"
    watched = open_page()
    watched.page.goto(path.as_uri())
    watched.page.wait_for_load_state("networkidle")
    assert watched.dialogs == []
    assert watched.elsewhere(path.as_uri()) == []
    assert no_markup_of_names(watched.page.locator("body")) == []
    assert watched.page.locator("script, link, iframe").count() == 0
    assert watched.page.locator(".jp-OutputArea-output").count() > 0


@pytest.mark.faults
@needs_browser
def test_the_copies_show_the_names_as_text(run, open_page):
    watched = open_page()
    shown = ""
    for notebook in ("01_catalogue", "02_extract"):
        watched.page.goto((run.notebooks / f"{notebook}.html").as_uri())
        shown += watched.page.locator("body").inner_text()
    assert GENRES[0] in shown
    assert ARTISTS[0] in shown
    assert "onerror=alert('reject')" in shown
    assert "\\x1b[31mred" in shown


@pytest.mark.faults
@needs_browser
def test_the_reporting_sheet_opens_no_dialog_and_asks_nobody(run, open_page):
    path = run.notebooks / "reporting_sheet.html"
    watched = open_page()
    watched.page.goto(path.as_uri())
    watched.page.wait_for_load_state("networkidle")
    assert watched.dialogs == []
    assert watched.elsewhere(path.as_uri()) == []
    assert no_markup_of_names(watched.page.locator("body")) == []
    shown = watched.page.locator("body").inner_text()
    assert GENRES[0] in shown
    assert printable(GENRES[1]) in shown
    card = (run.notebooks / "model_card.md").read_text(encoding="utf-8")
    assert "<img" not in card
    assert "\x1b" not in card


@pytest.mark.faults
@needs_browser
def test_the_dashboard_opens_no_dialog_and_asks_nobody(run, open_page):
    path = run.exports / "dashboard.html"
    watched = open_page()
    watched.page.goto(path.as_uri())
    watched.page.wait_for_load_state("networkidle")
    assert watched.dialogs == []
    assert watched.elsewhere(path.as_uri()) == []


@pytest.mark.faults
@needs_browser
@pytest.mark.parametrize(
    ("notebook", "last_words"),
    [
        ("01_catalogue", "Next: 02_extract."),
        ("04_compare", "Next: 05_optimise."),
    ],
)
def test_in_jupyterlab_names_run_nothing_ask_nobody_and_are_no_formula(run, lab, open_page, notebook, last_words):  # noqa: F811
    address, folder, _ = lab
    give(folder / f"{notebook}.ipynb", dataset=DATASET, models="knn_3", repeats=1)
    watched = open_page()
    page = watched.page
    page.goto(f"{address}/lab/tree/{notebook}.ipynb?token={TOKEN}")
    panel = page.locator(".jp-NotebookPanel:visible")
    panel.locator(".jp-Cell").first.wait_for()
    page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for()  # the kernel is there: Run would ask for it
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    error = panel.locator('.jp-OutputArea-output[data-mime-type*="error"]')
    panel.locator(".jp-OutputArea-output", has_text=last_words).or_(error).first.wait_for()
    assert error.all_inner_texts() == []
    shown = panel.locator(".jp-OutputArea").all()
    for area in shown:  # what is out of sight is rendered once it is scrolled to
        area.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert watched.dialogs == []
    assert watched.elsewhere(address) == []
    outputs = panel.locator(".jp-OutputArea")
    assert [found for area in outputs.all() for found in no_markup_of_names(area)] == []
    assert outputs.locator("mjx-container").count() == 0
    assert printable(GENRES[1]) in "\n".join(outputs.all_inner_texts())


@needs_browser
def test_a_copy_runs_nothing_and_asks_nobody_even_where_a_notebook_holds_script(open_page, tmp_path):
    cell = nbformat.v4.new_code_cell("1")
    html = "<p>here</p><script>alert(1)</script><img src=x onerror=alert(2)><img src='http://192.0.2.1/a.png'>"
    script = "alert(3)"
    cell.outputs = [
        nbformat.v4.new_output("display_data", data={"text/html": html}),
        nbformat.v4.new_output("display_data", data={"application/javascript": script, "text/plain": "script"}),
    ]
    markdown = nbformat.v4.new_markdown_cell("$x^2$ <script>alert(4)</script>\n```mermaid\ngraph LR; a-->b\n```\n")
    path = tmp_path / "held.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[markdown, cell]), path)
    write_copy(path)
    watched = open_page()
    watched.page.goto(path.with_suffix(".html").as_uri())
    watched.page.wait_for_load_state("networkidle")
    assert watched.page.get_by_text("here").is_visible()
    assert watched.dialogs == []
    assert set(watched.elsewhere(path.with_suffix(".html").as_uri())) == set(watched.kept_from)


def no_markup_of_names(element) -> list[str]:
    """Return the elements below that only a name could have made."""
    return element.evaluate(
        "body => [...body.querySelectorAll('script, svg[onload], [onerror], [onload], img:not([src^=\"data:\"])')]"
        ".map(found => found.outerHTML)"
    )


def give(notebook: Path, **parameters) -> None:
    """Set parameters of a notebook, those that it has, in the cell that declares them."""
    content = nbformat.read(notebook, as_version=4)
    (cell,) = (cell for cell in content.cells if "parameters" in cell.metadata.get("tags", []))
    for name, value in parameters.items():
        cell.source = re.sub(rf"^({name}: \w+ = ).*$", lambda found: found[1] + repr(value), cell.source, flags=re.M)  # noqa: B023
    nbformat.write(content, notebook)

"""``index.html`` of a run's folder: what the run found, and the way through its notebooks."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
from jinja2 import Environment
from nbformat.reader import NotJSONError

from pipeline.evaluation import headline
from pipeline.runner.copies import POLICY
from pipeline.stages.declared import STAGES
from pipeline.store import Run

FILE_NAME = "index.html"
BESIDE = {
    "reporting_sheet.html": ("Reporting sheet", "What a paper about these results would have to say, item by item."),
    "model_card.md": ("Model card", "What the champion is for, and what it is not."),
}

_PAGE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{ policy }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{ dataset }}: {{ run_id }}</title>
<style>
html { background: Canvas; color: CanvasText; }
a { color: LinkText; }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.3; margin-bottom: 0; }
h2 { font-size: 1.15rem; margin-top: 2rem; }
li { margin: .6rem 0; }
.quiet { opacity: .75; margin-top: 0; overflow-wrap: anywhere; }
.beware { border-left: 4px solid #d55e00; padding-left: .8rem; }
</style>
</head>
<body>
<main>
<h1>{{ dataset }}</h1>
<p class="quiet">{{ run_id }}</p>
<h2>What the run found</h2>
{% for sentence in claims %}
<p>{{ sentence }}</p>
{% else %}
<p>Nothing yet: no models were compared, or what was compared is outdated.</p>
{% endfor %}
{% for warning in warnings %}
<p class="beware"><strong>Beware:</strong> {{ warning }}</p>
{% endfor %}
<h2>How it came about</h2>
<ol>
{% for page in notebooks %}
<li><a href="{{ page.file }}">{{ page.title }}</a><br>{{ page.says }}</li>
{% endfor %}
</ol>
{% if others %}
<h2>To hand on</h2>
<ul>
{% for page in others %}
<li><a href="{{ page.file }}">{{ page.title }}</a><br>{{ page.says }}</li>
{% endfor %}
</ul>
{% endif %}
</main>
</body>
</html>
""")


class _Listed(NamedTuple):
    file: str
    title: str
    says: str


def write_index(run: Run, folder: Path) -> None:
    """Write ``index.html`` for the notebooks that lie in `folder` by now."""
    found = headline(run)
    page = _PAGE.render(
        policy=POLICY,
        dataset=run.dataset,
        run_id=run.run_id,
        claims=found.claims if found else [],
        warnings=found.warnings if found else [],
        notebooks=list(_notebooks(folder)),
        others=[_Listed(name, *words) for name, words in BESIDE.items() if (folder / name).exists()],
    )
    (folder / FILE_NAME).write_text(page, encoding="utf-8")


def _notebooks(folder: Path) -> Iterator[_Listed]:
    """Iterate over the stages' copies, in order; title and sentence are those that the notebook opens with."""
    for stage in STAGES:
        copy = folder / f"{stage.notebook}.html"
        if not copy.exists():
            continue
        try:
            opening = nbformat.read(copy.with_suffix(".ipynb"), as_version=4).cells[0].source
        except (OSError, NotJSONError):
            opening = f"# {stage.notebook}"
        title, _, prose = opening.partition("\n")
        yield _Listed(copy.name, title.lstrip("# "), _first_sentence(prose))


def _first_sentence(prose: str) -> str:
    plain = " ".join(re.sub(r"[*_`]", "", prose).split())
    return re.split(r"(?<=[.?!])\s", plain, maxsplit=1)[0]

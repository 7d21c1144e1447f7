"""HTML copies of executed notebooks: pages that run no script and ask nobody for anything."""

from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from nbformat.reader import NotJSONError
from traitlets.config import Config

SHOWN = ("text/html", "image/png", "text/plain")
"""What notebooks show, best first; anything else would be script, or in need of it."""

POLICY = (
    "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
"""What a browser grants the page: its own styles, pictures and sound. A name that ever passed for markup would run
nothing."""

_TEMPLATE = f"""\
{{%- extends "lab/index.html.j2" -%}}
{{%- block html_head_js -%}}<meta http-equiv="Content-Security-Policy" content="{POLICY}">{{%- endblock -%}}
{{%- block html_head_js_mathjax -%}}{{%- endblock -%}}
{{%- block html_head_js_mermaidjs -%}}{{%- endblock -%}}
{{%- block jupyter_widgets -%}}{{%- endblock -%}}
{{%- block data_png scoped -%}}
<div class="jp-RenderedImage jp-OutputArea-output {{{{ extra_class }}}}">
<img src="data:image/png;base64,{{{{ output.data['image/png'] | escape_html }}}}"
alt="{{{{ (cell | get_metadata('alt')) or '' | escape_html }}}}">
</div>
{{%- endblock -%}}
"""
"""JupyterLab's page without the programs that nbconvert has browsers fetch: require.js, MathJax, Mermaid, widgets.

A picture is told in words to who can't see it: by ``alt`` in the metadata of its cell.
"""


def write_copy(notebook: Path) -> None:
    """Write the HTML copy of a notebook beside it, unless the notebook was cut off, as on a full disk."""
    try:
        content = nbformat.read(notebook, as_version=4)
    except NotJSONError:
        return
    exporter = HTMLExporter(
        config=Config({"NbConvertBase": {"display_data_priority": list(SHOWN)}}),
        raw_template=_TEMPLATE,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    # Progress bars overwrite their line; without this, each state would be a line of its own.
    exporter.register_preprocessor("nbconvert.preprocessors.CoalesceStreamsPreprocessor", enabled=True)
    html, _ = exporter.from_notebook_node(content, {"metadata": {"name": notebook.stem}})
    notebook.with_suffix(".html").write_text(html, encoding="utf-8")

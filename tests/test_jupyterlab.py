"""JupyterLab itself, in a real browser: a notebook opened, run from the menu, and looked at."""

import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from contextlib import suppress

import nbformat
import psutil
import pytest

from pipeline.settings import NOTEBOOKS_DIR, PROJECT_DIR
from tests.browser import chromium, needs_browser, new_page
from tests.patience import HANG_S, left_behind, lives, until

TOKEN = "token-of-the-test"
NOTEBOOK = "01_catalogue.ipynb"

pytestmark = needs_browser


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


@pytest.fixture
def lab(database, tmp_path):
    """Start ``genrelab lab`` on a copy of the notebooks; return its address, the copy, and the process."""
    folder = tmp_path / "notebooks"
    shutil.copytree(NOTEBOOKS_DIR, folder, ignore=lambda _, names: {n for n in names if not n.endswith(".ipynb")})
    private = {
        name: str(tmp_path / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR",
                     "JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR")
    }  # fmt: skip
    port = free_port()
    with open(tmp_path / "lab.log", "w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "pipeline", "lab", "--folder", folder, "--port", str(port), "--no-browser"],
            env=os.environ | private | {"JUPYTER_TOKEN": TOKEN},
            cwd=PROJECT_DIR,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        until(lambda: answers(address), alive=lives(process), told=(tmp_path / "lab.log").read_text)
        yield address, folder, psutil.Process(process.pid)
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(HANG_S)


def answers(address: str) -> bool:
    with suppress(OSError):
        urllib.request.urlopen(f"{address}/api?token={TOKEN}", timeout=HANG_S).close()
        return True
    return False


def test_a_notebook_runs_from_the_menu_and_shows_its_picture(lab, tmp_path):
    address, folder, server = lab
    with chromium() as browser:
        page = new_page(browser, viewport={"width": 1400, "height": 1000})
        requests = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(f"{address}/lab?token={TOKEN}")
        page.locator(".jp-DirListing-item", has_text=NOTEBOOK).dblclick()
        notebook = page.locator(".jp-NotebookPanel:visible")
        notebook.locator(".jp-Cell").first.wait_for()
        page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for()  # the kernel is there: Run would ask for it
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        error = notebook.locator('.jp-OutputArea-output[data-mime-type*="error"]')
        last_output = notebook.locator(".jp-OutputArea-output", has_text="Next: 02_extract.")
        last_output.or_(error).first.wait_for()
        assert error.all_inner_texts() == []
        picture = notebook.locator(".jp-OutputArea-output img").first
        picture.scroll_into_view_if_needed()
        picture.wait_for()
        page.screenshot(path=tmp_path / "jupyterlab.png")

        assert picture.evaluate("image => image.complete && image.naturalWidth > 300")
        assert page.locator(".Toastify__toast:visible, .jp-Dialog:visible").count() == 0, "something pops up"
        elsewhere = [url for url in requests if not url.startswith((address, "data:", "blob:"))]
        assert elsewhere == [], "the page asks other hosts"

        page.keyboard.press("Control+s")
        page.wait_for_function("!document.querySelector('#jp-main-dock-panel .lm-TabBar-tab.jp-mod-dirty')")

    cells = [cell for cell in nbformat.read(folder / NOTEBOOK, as_version=4).cells if cell.cell_type == "code"]
    outputs = [output for cell in cells for output in cell.outputs]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert not any(output.output_type == "error" for output in outputs)
    assert not any(output.get("name") == "stderr" for output in outputs), "a warning in the notebook"

    kernels = server.children(recursive=True)
    assert kernels
    server.terminate()
    assert left_behind([server, *kernels]) == []

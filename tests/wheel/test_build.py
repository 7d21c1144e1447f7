"""What a wheel holds: all that the program reads, wherever it was built from, and nothing else."""

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

from pipeline import __version__
from pipeline.settings import NOTEBOOKS_DIR, PROJECT_DIR, SCHEMA_DIR

from .conftest import build

STAGES = sorted(NOTEBOOKS_DIR.glob("[0-9][0-9]_*.ipynb"))
METADATA = re.compile(r"genrelab-[^/]+\.dist-info/")


def names_in(wheel: Path) -> set[str]:
    return {name for name in zipfile.ZipFile(wheel).namelist() if not METADATA.match(name)}


def in_the_wheel(path: Path) -> str:
    """Return where a file of the checkout lies in the wheel."""
    name = path.relative_to(PROJECT_DIR).as_posix()
    return name if name.startswith("pipeline/") else f"pipeline/{name}"


def test_the_wheel_holds_the_package_the_notebooks_and_the_schemas(wheel):
    package = [
        path for path in (PROJECT_DIR / "pipeline").rglob("*") if path.is_file() and "__pycache__" not in path.parts
    ]
    assert names_in(wheel) == {in_the_wheel(path) for path in [*package, *STAGES, *SCHEMA_DIR.glob("*.json")]}


def test_each_file_of_the_wheel_is_that_of_the_checkout(wheel):
    with zipfile.ZipFile(wheel) as packed:
        for path in [
            *NOTEBOOKS_DIR.glob("[0-9]*.ipynb"),
            *SCHEMA_DIR.glob("*.json"),
            *PROJECT_DIR.glob("pipeline/**/*.py"),
        ]:
            assert packed.read(in_the_wheel(path)) == path.read_bytes()


def test_a_wheel_built_from_the_source_archive_holds_the_same(wheel, tmp_path):
    archive = build("sdist", PROJECT_DIR, tmp_path / "sdist")
    subprocess.run(["tar", "-xzf", archive, "-C", tmp_path], check=True)
    project = tmp_path / archive.name.removesuffix(".tar.gz")
    assert names_in(build("wheel", project, tmp_path / "wheel")) == names_in(wheel)


def test_a_readers_own_notebooks_and_files_are_not_in_it(wheel, tmp_path):
    project = tmp_path / "copy"
    shutil.copytree(PROJECT_DIR, project, ignore=lambda _, names: {".venv", ".git", ".genrelab", "runs"} & set(names))
    for name in ("notebooks/mine.ipynb", "notebooks/.ipynb_checkpoints/01_catalogue-checkpoint.ipynb", ".env"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text("mine")
    assert names_in(build("wheel", project, tmp_path / "wheel")) == names_in(wheel)


def test_an_editable_installation_holds_nothing_so_that_all_is_read_from_the_checkout(tmp_path):
    code = f"from hatchling.build import build_editable; print(build_editable({str(tmp_path)!r}))"
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT_DIR, check=True)
    (built,) = tmp_path.glob("*.whl")
    (name,) = names_in(built)
    assert zipfile.ZipFile(built).read(name).decode() == str(PROJECT_DIR)


def test_the_version_is_said_alike_everywhere(wheel):
    declared = tomllib.loads((PROJECT_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert declared == __version__
    assert wheel.name == f"genrelab-{__version__}-py3-none-any.whl"

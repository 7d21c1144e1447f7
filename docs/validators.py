"""The validators of ``mongo/schema/*.json``: of collections that keep rows of tables, what the tables declare.

What such a collection has beside is written there by hand: its title, its indexes, and the fields that ``own`` names.
"""

import json
from pathlib import Path
from typing import Any

from pipeline.tables import (
    BOOLEAN,
    DATE,
    DATETIME,
    INTEGER,
    NUMBER,
    OF_THE_RUN,
    STRING,
    Column,
    Table,
    stored_in,
)

BSON_TYPES = {
    STRING: ["string"], NUMBER: ["double"], INTEGER: ["int", "long"], BOOLEAN: ["bool"], DATE: ["date"],
    DATETIME: ["date"],
}  # fmt: skip


def validators(folder: Path) -> dict[Path, str]:
    """Return the files of `folder` that follow from a declaration, each with what it should hold."""
    return {
        path: json.dumps(_follow(json.loads(path.read_text(encoding="utf-8")), tables), indent=2) + "\n"
        for path in sorted(folder.glob("*.json"))
        if (tables := stored_in(path.stem))
    }


def _follow(schema: dict[str, Any], tables: list[Table]) -> dict[str, Any]:
    """Return what a collection declares, with the fields of its table; of several tables, with their names."""
    rules = schema["validator"]["$jsonSchema"]
    own = {name: rules["properties"][name] for name in schema["own"]}
    columns = [column for column in tables[0].stored if len(tables) == 1 or column.name in OF_THE_RUN]
    if "table" in own:
        own["table"] |= {"enum": [table.name for table in tables]}
    required = [column.name for column in columns if column.required]
    followed = {
        "required": required + [name for name in own if name in rules["required"]],
        "properties": {"_id": rules["properties"]["_id"], **{column.name: _rule(column) for column in columns}, **own},
    }
    packed = {table.name: list(table.packed) for table in tables if table.packed}
    return schema | ({"packed": packed} if packed else {}) | {"validator": {"$jsonSchema": rules | followed}}


def _rule(column: Column) -> dict[str, Any]:
    """Return the rule for the field that keeps a column."""
    if column.values:
        rule: dict[str, Any] = {"enum": [*column.values, *([] if column.required else [None])]}
    else:
        types = BSON_TYPES[column.kind] + ([] if column.required else ["null"])
        rule = {"bsonType": types if len(types) > 1 else types[0]}
        if column.kind == STRING and column.required:
            rule["minLength"] = 1  # an empty cell of an export is none
    if column.minimum is not None:
        rule["minimum"] = column.minimum
    return rule | {"description": column.meaning}

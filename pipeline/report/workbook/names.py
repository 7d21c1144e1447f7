"""How Tableau names things: data sources, columns, and a column as a shelf uses it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from lxml.builder import E
from lxml.etree import _Element

from pipeline.report.views import Field
from pipeline.tables import BOOLEAN, BY_NAME, DATE, DATETIME, INTEGER, NUMBER, STRING

PARAMETERS = "Parameters"
DATATYPES = {
    STRING: "string", NUMBER: "real", INTEGER: "integer", BOOLEAN: "boolean", DATE: "date", DATETIME: "datetime",
}  # fmt: skip
FORMATS = {"percent": "p0.0%", "count": "n#,##0", "number": "n#,##0.0###"}
DERIVATIONS = {"": ("None", "none"), "mean": ("Avg", "avg"), "count": ("Count", "cnt")}
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ROLES = {
    "latitude": "[Geographical].[Latitude]", "longitude": "[Geographical].[Longitude]",
    "country": "[Country].[ISO3166_2]",
}  # fmt: skip
"""What Tableau calls a column that a map can use; that of countries takes their names too."""

DISCRETE_NUMBERS = ("window_s", "k", "rank", "seed")


@dataclass(frozen=True)
class Instance:
    """A column with a derivation: what stands on a shelf, ``[avg:value:qk]``.

    Attributes
    ----------
    column : str
        bare name
    """

    column: str
    derivation: str
    key: str
    type: str

    @property
    def name(self) -> str:
        """The name in its data source, in brackets."""
        return f"[{self.key}:{self.column}:{self.type[0]}k]"

    def of(self, table: str) -> str:
        """Return the name with its data source."""
        return f"[{source_name(table)}].{self.name}"

    def element(self) -> _Element:
        """Return the declaration."""
        return E(
            "column-instance", column=f"[{self.column}]", derivation=self.derivation, name=self.name, pivot="key",
            type=self.type,
        )  # fmt: skip


def source_name(table: str) -> str:
    """Return the name of a table's data source."""
    return f"federated.{table}"


def instance(table: str, field: Field) -> Instance:
    """Return the instance that a field of a sheet on `table` stands for."""
    derivation, key = DERIVATIONS[field.aggregate]
    if field.aggregate:
        return Instance(field.column, derivation, key, "quantitative")
    kind = BY_NAME[table].column(field.column).kind
    return Instance(field.column, derivation, key, "ordinal" if kind in (NUMBER, INTEGER) else "nominal")


def column_element(table: str, name: str, forms: Mapping[str, str]) -> _Element:
    """Return the declaration of a column of a CSV: the same in its data source and in every sheet that uses it.

    Parameters
    ----------
    forms : mapping
        of the columns that have one, how their numbers are written: a key of ``FORMATS``
    """
    declared = BY_NAME[table].column(name)
    kind = declared.kind
    number = kind in (NUMBER, INTEGER)
    discrete = not number or name in DISCRETE_NUMBERS
    attributes = {
        "caption": name.replace("_", " "),
        "datatype": DATATYPES[kind],
        "name": f"[{name}]",
        "role": "dimension" if discrete else "measure",
        "type": "quantitative" if not discrete else "ordinal" if number else "nominal",
    }
    if number and name in forms:
        attributes["default-format"] = FORMATS[forms[name]]
    if declared.geographic:
        attributes["semantic-role"] = ROLES[declared.geographic]
        if number:
            attributes["aggregation"] = "Avg"
    said = zip(("true", "false"), declared.truth, strict=True) if kind == BOOLEAN else ()
    aliases = [E("alias", key=value, value=words) for value, words in said]
    return E("column", attributes, *([E("aliases", *aliases)] if aliases else []))


def literal(value: str | float) -> str:
    """Return a value as formulas and members spell it."""
    if isinstance(value, float | int):
        return repr(float(value))
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{writable(escaped)}"'


def writable(text: str) -> str:
    """Return `text` with the characters that XML has no way to write replaced, as a reader of bytes would."""
    return NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def identifier(*parts: str) -> _Element:
    """Return the id of a sheet, dashboard or window: the same for the same name, in every export."""
    return E("simple-id", uuid=f"{{{str(uuid5(NAMESPACE_URL, '/'.join(('genrelab', *parts)))).upper()}}}")

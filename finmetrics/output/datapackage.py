"""Tables in files -> the Frictionless ``datapackage.json`` that lies beside them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finmetrics.output.columns import COLUMNS, Column, Headers, select
from finmetrics.output.replacing import replacing

NAME = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"

_TYPES = {"string": "string", "float64": "number", "int64": "integer", "bool": "boolean", "date": "date"}
_FORMATS = {
    ".csv": ("csv", "text/csv"),
    ".parquet": ("parquet", "application/vnd.apache.parquet"),
    ".jsonl": ("jsonl", "application/jsonl"),
    ".xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@dataclass(frozen=True, slots=True)
class Resource:
    """One table: ``path`` is the name of its file beside the package."""

    path: str
    description: str
    columns: Sequence[Column] = COLUMNS
    key: tuple[str, ...] = ()
    headers: Headers = "en"


def descriptor(name: str, resources: Iterable[Resource], **more: Any) -> dict[str, Any]:
    """The package's descriptor; ``more`` are properties of the package itself."""
    return {"$schema": PROFILE, "name": name, **more, "resources": [_resource(one) for one in resources]}


def write(folder: Path, name: str, resources: Iterable[Resource], **more: Any) -> Path:
    """Writes the package's descriptor into the folder of its tables; raises ``OSError`` where it cannot."""
    target = folder / NAME
    text = json.dumps(descriptor(name, resources, **more), ensure_ascii=False, indent=2)
    with replacing(target) as path:
        path.write_text(text + "\n", encoding="utf-8")
    return target


def beside(target: Path, columns: Iterable[str] | None, headers: Headers) -> Path:
    """Writes the package of one table of figures beside it; ``columns`` and ``headers`` are those of the table."""
    resource = Resource(target.name, "Figures stated in Chinese bank articles.", select(columns), headers=headers)
    return write(target.parent, target.stem.lower(), [resource])


def _resource(one: Resource) -> dict[str, Any]:
    format_, mediatype = _FORMATS[Path(one.path).suffix.lower()]
    fields = [_field(column, one.headers) for column in one.columns]
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if one.key:
        schema["primaryKey"] = list(one.key)
    return {
        "name": Path(one.path).stem.lower(),
        "path": one.path,
        "description": one.description,
        "format": format_,
        "mediatype": mediatype,
        "encoding": "utf-8",
        "schema": schema,
    }


def _field(column: Column, headers: Headers) -> dict[str, str]:
    name, title = (column.zh, column.name) if headers == "zh" else (column.name, column.zh)
    return {"name": name, "type": _TYPES[column.kind], "title": title, "description": column.description}

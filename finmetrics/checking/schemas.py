"""JSON Schemas of rule files, for editors: what an entry may hold, completed and explained while it is typed."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from finmetrics.home import rules_home
from finmetrics.output.replacing import replacing
from finmetrics.rules import KINDS, SINGLE, load

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
# An editor reads 020, 2.0 and true as numbers and truths; in rules every scalar is text.
_TEXT = ["string", "number", "boolean"]
_KEY = re.compile(r" {2}([a-z_]+) +(\S.*)")


def write_schemas(folder: str | os.PathLike[str]) -> list[Path]:
    """Writes ``KIND.schema.json`` for every kind of rule file into a folder, made where it is not there.

    Returns the files. Raises ``OSError`` where they cannot be written.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for kind in KINDS:
        path = target / f"{kind}.schema.json"
        with replacing(path) as whole:
            whole.write_text(json.dumps(schema_of(kind), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        written.append(path)
    return written


def schema_of(kind: str) -> dict[str, Any]:
    """The JSON Schema of the files of a kind, ours and overlays: what one of our ids already states may be left out.

    It knows the keys, their types and values; what entries mean to each other only ``check`` knows.
    """
    entry = KINDS[kind].model_json_schema()
    said = _meanings(kind)
    properties = {key: _property(value, said.get(key, "")) for key, value in entry["properties"].items()}
    ours = {"title": f"rules/{kind}", "description": entry["description"]}
    if kind in SINGLE:
        return {"$schema": _DIALECT, **ours, **_object(properties, entry["required"])}
    ids = sorted({one.id for one in getattr(load(), kind)})
    properties["id"] = {"anyOf": [{"enum": ids}, properties["id"]], "description": said.get("id", "")}
    new = {"if": {"properties": {"id": {"enum": ids}}}, "else": {"required": entry["required"]}}
    items = {**_object(properties, ["id"]), **(new if ids else {"required": entry["required"]})}
    return {"$schema": _DIALECT, **ours, "type": "array", "minItems": 1, "items": items}


def grammar(kind: str) -> str:
    """The comment that opens the files of a kind of rules: what they are, and what each key of an entry means."""
    folder = rules_home() / kind
    files = sorted(folder.glob("*.yaml")) if folder.is_dir() else [folder.with_suffix(".yaml")]
    for file in files:
        lines = []
        for line in file.read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                break
            lines.append(line.removeprefix("#").removeprefix(" "))
        title, found, rest = "\n".join(lines).partition("Grammar")
        if found and "see" not in rest.splitlines()[0]:
            return f"{'' if folder.is_dir() else title}{found}{rest}"
    raise ValueError(f"rules/{kind}: no file opens with its grammar")


def _meanings(kind: str) -> dict[str, str]:
    """What the grammar of a kind says of each key."""
    found: dict[str, str] = {}
    key = ""
    for line in grammar(kind).splitlines():
        start = _KEY.fullmatch(line)
        if start is not None:
            key, found[start[1]] = start[1], start[2]
        elif key and line.startswith("   "):
            found[key] += f"\n{line.strip()}"
        else:
            key = ""
    return found


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _property(value: dict[str, Any], description: str) -> dict[str, Any]:
    """A property as pydantic has it, without its made-up title, and texts as an editor may take them."""
    plain = {key: part for key, part in value.items() if key != "title"}
    if plain.get("type") == "string" and "enum" not in plain:
        plain["type"] = _TEXT
    if "items" in plain:
        plain["items"] = _property(plain["items"], "")
    return {**plain, "description": description} if description else plain

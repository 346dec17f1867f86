"""rules/ -> validated entries: the only reader of YAML rules, and of a user's overlay over ours."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from finmetrics import schema
from finmetrics.home import rules_home

_KINDS: dict[str, type[Any]] = {
    "banks": schema.Bank,
    "metrics": schema.Metric,
    "units": schema.Unit,
    "qualifiers": schema.Qualifier,
    "changes": schema.Change,
    "periods": schema.PeriodWord,
    "products": schema.Product,
    "words": schema.Role,
    "exclusions": schema.Exclusion,
    "traditional": schema.Traditional,
}
# Kinds in which one id may have several entries; elsewhere a second entry of an id is an error.
_REPEATABLE = {"metrics", "words"}
_LARGEST = 4 * 1024 * 1024  # bytes of one rules file


class RulesError(ValueError):
    """Rules that cannot be used; each line of the message names a file and a line."""


@dataclass(frozen=True, slots=True)
class Raw:
    """An entry as written: its keys, and where it stands."""

    kind: str
    keys: dict[str, Any]
    place: str


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML that refuses duplicate keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[object] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"duplicate key {key.value!r}", key.start_mark)
            seen.add(key.value)
        result: dict[Any, Any] = super().construct_mapping(node, deep)
        return result


def load(overlay: str | os.PathLike[str] | None = None) -> schema.Rules:
    """Our rules, with a folder of the user's laid over them.

    An overlay has the same layout. An entry with a new id is added; one with an id of ours adds its phrases to
    ours and replaces the single values it states; ``off: true`` switches an id off, ``without`` some of its phrases.
    Raises :class:`RulesError` naming file and line of every fault.
    """
    ours = _ours()
    if overlay is None:
        return ours[1]
    folder = Path(overlay)
    if not folder.is_dir():
        raise RulesError(f"{folder}: no such folder of rules")
    theirs = list(_read(folder))
    return _validated(_merged(ours[0], theirs))


@cache
def _ours() -> tuple[list[Raw], schema.Rules]:
    raw = list(_read(rules_home()))
    return raw, _validated(raw)


def _read(folder: Path) -> Iterator[Raw]:
    faults: list[str] = []
    paths = sorted(path for pattern in ("*.yaml", "*.yml", "*/*.yaml", "*/*.yml") for path in folder.glob(pattern))
    if not paths:
        raise RulesError(f"{folder}: holds no rules (*.yaml)")
    entries: list[Raw] = []
    for path in paths:
        inside = path.relative_to(folder)
        kind = inside.parts[0] if len(inside.parts) > 1 else inside.stem
        if kind not in _KINDS:
            faults.append(f"{path}: rules are named {', '.join(_KINDS)}; {kind!r} is none of them")
            continue
        try:
            entries += _entries(path, kind)
        except RulesError as error:
            faults.append(str(error))
    if faults:
        raise RulesError("\n".join(faults))
    yield from entries


def _entries(path: Path, kind: str) -> list[Raw]:
    try:
        if path.stat().st_size > _LARGEST:
            raise RulesError(f"{path}: larger than {_LARGEST // 1024**2} MB")
        text = path.read_text(encoding="utf-8")
        _refuse_aliases(text, path)
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            if node is None:
                return []
            value = loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        raise RulesError(f"{path}{line}: {error.problem or error.context or 'not valid YAML'}") from None
    except (yaml.YAMLError, UnicodeDecodeError, OSError, RecursionError) as error:
        raise RulesError(f"{path}: {str(error).splitlines()[0] if str(error) else 'cannot be read'}") from None
    if kind == "traditional" and isinstance(value, dict):
        return [Raw(kind, value, f"{path}:1")]
    if not isinstance(value, list):
        raise RulesError(f"{path}:1: must be a list of entries, each with an id")
    found: list[Raw] = []
    for item, child in zip(value, node.value, strict=True):
        place = f"{path}:{child.start_mark.line + 1}"
        if not isinstance(item, dict) or not isinstance(item.get("id"), str):
            raise RulesError(f"{place}: must be an entry with an id")
        found.append(Raw(kind, item, place))
    return found


def _refuse_aliases(text: str, path: Path) -> None:
    """Anchors and aliases let a small file stand for a huge one; rules have no use for them."""
    if "&" not in text:
        return
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise RulesError(f"{path}:{event.start_mark.line + 1}: anchors and aliases are not allowed in rules")


def _merged(ours: list[Raw], theirs: list[Raw]) -> list[Raw]:
    merged = list(ours)
    for new in theirs:
        same = [i for i, raw in enumerate(merged) if raw.kind == new.kind and raw.keys.get("id") == new.keys.get("id")]
        if not same:
            merged.append(new)
        elif new.keys.get("off"):
            merged = [raw for i, raw in enumerate(merged) if i not in same]
        elif "without" in new.keys:
            for i in same:
                merged[i] = _without(merged[i], set(map(str, new.keys["without"])))
        elif new.kind in _REPEATABLE:
            base = {k: v for k, v in merged[same[0]].keys.items() if not isinstance(v, list) or k == "units"}
            merged.append(Raw(new.kind, base | new.keys, new.place))
        else:
            merged[same[0]] = Raw(new.kind, _extended(merged[same[0]].keys, new.keys), new.place)
    return merged


def _without(raw: Raw, phrases: set[str]) -> Raw:
    lists = {"terms", "words", "aliases", "short", "left", "right", "inside", "before", "after"}
    keys = {k: [x for x in v if str(x) not in phrases] if k in lists else v for k, v in raw.keys.items()}
    return Raw(raw.kind, keys, raw.place)


def _extended(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    joined = dict(ours)
    for key, value in theirs.items():
        both_lists = isinstance(value, list) and isinstance(ours.get(key), list)
        joined[key] = [*ours[key], *value] if both_lists else value
    return joined


def _validated(entries: list[Raw]) -> schema.Rules:
    faults: list[str] = []
    kept: dict[str, list[Any]] = {kind: [] for kind in _KINDS}
    seen: dict[tuple[str, str], str] = {}
    for raw in entries:
        if raw.keys.get("off"):
            continue
        try:
            entry = _KINDS[raw.kind].model_validate(raw.keys)
        except ValidationError as error:
            for fault in error.errors(include_url=False):
                where = ".".join(map(str, fault["loc"]))
                faults.append(f"{raw.place}: {raw.keys.get('id', raw.kind)}: {where}: {fault['msg']}")
            continue
        key = (raw.kind, raw.keys.get("id", ""))
        if key in seen and raw.kind not in _REPEATABLE | {"units", "changes"}:
            faults.append(f"{raw.place}: id {key[1]!r} is already used at {seen[key]}")
            continue
        seen[key] = raw.place
        kept[raw.kind].append(entry)
    if faults:
        raise RulesError("\n".join(faults))
    return schema.Rules(**kept)

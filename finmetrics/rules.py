"""rules/ -> validated entries, with a user's folder laid over ours."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from finmetrics import rulefile, schema
from finmetrics.clean import Cleaner
from finmetrics.home import rule_files, rules_home
from finmetrics.rulefile import Raw, RulesError
from finmetrics.schema import Place

__all__ = ["RulesError", "load"]

KINDS: dict[str, type[Any]] = {
    "banks": schema.Bank,
    "metrics": schema.Metric,
    "units": schema.Unit,
    "qualifiers": schema.Qualifier,
    "changes": schema.Change,
    "periods": schema.PeriodWord,
    "products": schema.Product,
    "words": schema.Role,
    "exclusions": schema.Exclusion,
    "reports": schema.Report,
    "places": schema.Province,
    "weights": schema.Weights,
    "traditional": schema.Traditional,
}
# Kinds in which one id may have several entries, and the value that tells them apart.
_REPEATABLE = {"metrics": "definition", "words": "value", "units": "factor"}
# Kinds whose files are one map, without ids; a further map adds to those before.
SINGLE = {"traditional"}
# What texts are searched for. Texts are cleaned first (finmetrics/clean.py), so these are too: 將來銀行 is found.
_MATCHED = ("full", "aliases", "short", "not", "terms", "words", "left", "right", "inside", "before", "after")


def load(overlay: str | os.PathLike[str] | None = None) -> schema.Rules:
    """Our rules, with a folder of the user's laid over them.

    An overlay has the same layout. An entry with a new id is added. One with an id of ours adds its phrases to ours
    and replaces the single values it states; where an id has several entries (metrics, words, units) it extends the
    one of the same ``definition``, ``value`` or ``factor``, or is one more. ``off: true`` switches an id off,
    ``without: [...]`` takes phrases of it away. Raises :class:`RulesError` naming file and line of every fault.
    """
    if overlay is None:
        return _ours()[1]
    folder = Path(overlay)
    if not folder.is_dir():
        raise RulesError(f"{folder}: no such folder of rules")
    faults: list[str] = []
    return _validated(_merged(_ours()[0], _read(folder), faults), faults)


@cache
def _ours() -> tuple[list[Raw], schema.Rules]:
    faults: list[str] = []
    raw = _merged([], _read(rules_home()), faults)
    return raw, _validated(raw, faults)


def _read(folder: Path) -> list[Raw]:
    paths = rule_files(folder)
    if not paths:
        raise RulesError(f"{folder}: holds no rules (*.yaml)")
    faults: list[str] = []
    entries: list[Raw] = []
    for path in paths:
        inside = path.relative_to(folder)
        kind = inside.parts[0] if len(inside.parts) > 1 else inside.stem
        if kind not in KINDS:
            faults.append(f"{path}: rules are named {', '.join(KINDS)}; {kind!r} is none of them")
            continue
        try:
            entries += rulefile.entries(path, kind, single=kind in SINGLE)
        except RulesError as error:
            faults.append(str(error))
    faults += _used_twice(entries)
    if faults:
        raise RulesError("\n".join(faults))
    return entries


def _used_twice(entries: list[Raw]) -> list[str]:
    seen: dict[tuple[str, ...], Place] = {}
    faults: list[str] = []
    for raw in entries:
        if raw.kind in _REPEATABLE or raw.kind in SINGLE:
            continue
        first = seen.setdefault((raw.kind, _id(raw)), raw.place)
        if first is not raw.place:
            faults.append(f"{raw.place}: {_id(raw)}: this id is already used at {first}")
    return faults


def _id(raw: Raw) -> str:
    return str(raw.keys.get("id", raw.kind))


def _merged(ours: list[Raw], theirs: list[Raw], faults: list[str]) -> list[Raw]:
    """``theirs`` laid over ``ours``; what ``theirs`` asks for that cannot be done is added to ``faults``."""
    merged: list[Raw | None] = list(ours)
    at: dict[tuple[str, str], list[int]] = {}
    for i, raw in enumerate(ours):
        if raw.kind not in SINGLE:
            at.setdefault((raw.kind, _id(raw)), []).append(i)
    for new in theirs:
        same = at.get((new.kind, _id(new)), [])
        off, without = new.keys.get("off", "false"), new.keys.get("without")
        if off not in ("true", "false"):
            faults.append(f"{new.where(('off',))}: {_id(new)}: off: must be true or false")
        elif not same and (off == "true" or without is not None):
            key = "off" if off == "true" else "without"
            faults.append(f"{new.where((key,))}: {_id(new)}: {key}: there is no such entry to change")
        elif off == "true":
            for i in same:
                merged[i] = None
        elif not same:
            merged.append(new)
        else:
            if without is not None:
                faults += _taken_away(merged, same, new)
            faults += _laid_over(merged, same, new)
    return [raw for raw in merged if raw is not None]


def _taken_away(merged: list[Raw | None], same: list[int], new: Raw) -> list[str]:
    """Takes the phrases of ``without`` out of every list of the entries; the faults are those not found."""
    wanted = new.keys["without"]
    if not isinstance(wanted, list):
        return [f"{new.where(('without',))}: {_id(new)}: without: must be a list of phrases"]
    found: set[str] = set()
    for i in same:
        raw = merged[i]
        if raw is None:
            continue
        keys, places = dict(raw.keys), dict(raw.places)
        for key, value in raw.keys.items():
            if isinstance(value, list) and key != "examples":
                kept = [k for k, item in enumerate(value) if item not in wanted]
                found.update(set(value) & set(wanted))
                keys[key] = [value[k] for k in kept]
                places[key] = [raw.places[key][0], *(raw.places[key][k + 1] for k in kept)]
        merged[i] = replace(raw, keys=keys, places=places)
    return [
        f"{new.where(('without', k))}: {_id(new)}: without: no phrase {phrase!r} there to take away"
        for k, phrase in enumerate(wanted)
        if phrase not in found
    ]


def _laid_over(merged: list[Raw | None], same: list[int], new: Raw) -> list[str]:
    """Extends the entry of ours that ``new`` is about, or adds one more of its id; the faults are those in the way."""
    stated = {key for key in new.keys if key not in ("id", "off", "without")}
    known = [(i, raw) for i in same if (raw := merged[i]) is not None]
    if not stated:
        return []
    if not known:
        merged.append(new)
        return []
    tells = _REPEATABLE.get(new.kind, "")
    if not tells:
        meant = known
    else:
        meant = [(i, raw) for i, raw in known if raw.keys.get(tells, "") == new.keys.get(tells, "")]
        if "name" in stated:  # of the id, not of one of its entries
            for i, raw in known:
                merged[i] = _extended(raw, new, {"name"})
    if meant:
        i = meant[0][0]
        merged[i] = _extended(merged[i] or new, new, stated)
    elif tells in stated:
        first = known[0][1]
        taken = [key for key, value in first.keys.items() if key == "units" or not isinstance(value, list)]
        keys, places = {key: first.keys[key] for key in taken}, {key: first.places[key] for key in taken}
        merged.append(Raw(new.kind, new.place, keys | new.keys, places | new.places))
    else:
        values = ", ".join(str(raw.keys.get(tells, "")) for _, raw in known)
        return [f"{new.place}: {_id(new)}: say which entry is meant by its {tells}: {values}"]
    return []


def _extended(ours: Raw, new: Raw, stated: set[str]) -> Raw:
    keys, places = dict(ours.keys), dict(ours.places)
    for key in stated:
        value = new.keys[key]
        if isinstance(value, list) and isinstance(keys.get(key), list):
            added = [k for k, item in enumerate(value) if item not in keys[key]]
            keys[key] = [*keys[key], *(value[k] for k in added)]
            places[key] = [*places[key], *(new.places[key][k + 1] for k in added)]
        else:
            keys[key], places[key] = value, new.places[key]
    return replace(ours, keys=keys, places=places)


def _validated(entries: list[Raw], faults: list[str]) -> schema.Rules:
    kept: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    for raw in entries:
        if raw.kind in SINGLE:
            _keep(raw, raw.keys, kept, faults)
    clean = Cleaner(kept["traditional"])
    for raw in entries:
        if raw.kind not in SINGLE:
            _keep(raw, _cleaned(raw, clean), kept, faults)
    if faults:
        raise RulesError("\n".join(faults))
    return schema.Rules(**kept)


def _cleaned(raw: Raw, clean: Cleaner) -> dict[str, Any]:
    keys = dict(raw.keys)
    for key in (*_MATCHED, "name") if raw.kind == "banks" else _MATCHED:
        value = keys.get(key)
        if isinstance(value, str):
            keys[key] = clean(value)
        elif isinstance(value, list):
            keys[key] = list(map(clean, value))
    return keys


def _keep(raw: Raw, keys: dict[str, Any], kept: dict[str, list[Any]], faults: list[str]) -> None:
    try:
        entry = KINDS[raw.kind].model_validate(keys)
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            named = "".join(f"{part}." for part in fault["loc"]).removesuffix(".")
            message = fault["msg"].removeprefix("Value error, ")
            faults.append(": ".join(filter(None, (str(raw.where(fault["loc"])), _id(raw), named, message))))
        return
    entry._places = raw.places
    kept[raw.kind].append(entry)

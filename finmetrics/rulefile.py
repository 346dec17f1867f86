"""One YAML file of rules -> its entries as written, each value with the line it stands on.

The file is read as a stream of events, never as YAML objects: a phrase is always text (``no``, ``2.0``, ``020`` too),
and a hostile file can neither nest, nor repeat itself by aliases, nor name a Python type.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from finmetrics.schema import Place

_LARGEST = 4 * 1024 * 1024  # bytes of one rules file
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class RulesError(ValueError):
    """Rules that cannot be used; each line of the message names a file and a line."""


@dataclass(frozen=True, slots=True)
class Raw:
    """An entry as written: its keys and values, and where it stands.

    A value is a text, a list of texts or a map of texts. ``places`` holds, for every key, the place of its value and
    then those of the value's items.
    """

    kind: str
    place: Place
    keys: dict[str, Any] = field(default_factory=dict)
    places: dict[str, list[Place]] = field(default_factory=dict)

    def where(self, loc: tuple[object, ...]) -> Place:
        """The place of a value, named as pydantic does: ``("terms", 3)``."""
        places = self.places.get(str(loc[0])) if loc else None
        if not places:
            return self.place
        item = loc[1] if len(loc) > 1 else None
        return places[item + 1] if isinstance(item, int) and item + 1 < len(places) else places[0]


def entries(path: Path, kind: str, *, single: bool = False) -> list[Raw]:
    """The entries of a file, in order: a list of maps, each with an ``id``; with ``single`` one map without an id.

    Raises :class:`RulesError` naming file and line where it holds anything else.
    """
    text = _text(path)
    try:
        return _File(path, kind, yaml.parse(text, Loader=_Loader)).read(single=single)
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1
        raise RulesError(f"{path}:{line}: {error.reason} (U+{error.character:04X})") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = f":{mark.line + 1}" if mark else ""
        raise RulesError(f"{path}{at}: {error.problem or error.context or 'not valid YAML'}") from None


def _text(path: Path) -> str:
    if not path.is_file():
        raise RulesError(f"{path}: not a file")
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise RulesError(f"{path}: {error.strerror or 'cannot be read'}") from None
    if len(data) > _LARGEST:
        raise RulesError(f"{path}: larger than {_LARGEST // 1024**2} MB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise RulesError(f"{path}:{line}: not UTF-8") from None


class _File:
    """Reads one file's events, from left to right."""

    def __init__(self, path: Path, kind: str, events: Iterator[Any]) -> None:
        self._path = path
        self._kind = kind
        self._events = events

    def read(self, *, single: bool) -> list[Raw]:
        """All entries of the file."""
        found: list[Raw] = []
        wanted = yaml.MappingStartEvent if single else yaml.SequenceStartEvent
        shape = "a map" if single else "a list of entries, each with an id"
        for event in self._events:
            if isinstance(event, yaml.StreamStartEvent | yaml.StreamEndEvent | yaml.DocumentEndEvent):
                continue
            if isinstance(event, yaml.DocumentStartEvent):
                if found:
                    raise self._fault(event, "only one YAML document is read")
                continue
            if not isinstance(event, wanted):
                raise self._fault(event, f"must be {shape}")
            self._refuse_frills(event)
            found += [self._entry(event)] if single else self._list()
        if not found:
            raise RulesError(f"{self._path}:1: holds no rules")
        return found

    def _list(self) -> Iterator[Raw]:
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            if not isinstance(event, yaml.MappingStartEvent):
                raise self._fault(event, "must be an entry with an id")
            self._refuse_frills(event)
            raw = self._entry(event)
            name = raw.keys.get("id")
            if not isinstance(name, str) or not name.strip() or not name.isprintable():
                raise self._fault(event, "must be an entry with an id")
            yield raw

    def _entry(self, start: Any) -> Raw:
        raw = Raw(self._kind, self._place(start))
        for key, event in self._pairs():
            raw.keys[key], raw.places[key] = self._value(event)
        return raw

    def _pairs(self) -> Iterator[tuple[str, Any]]:
        """The keys of a map, each with the event its value opens with."""
        seen: set[str] = set()
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                return
            key = self._scalar(event, "a key must be a word")
            if not key.isprintable():
                raise self._fault(event, "a key must be a word")
            if key in seen:
                raise self._fault(event, f"duplicate key {key!r}")
            seen.add(key)
            yield key, next(self._events)

    def _value(self, event: Any) -> tuple[Any, list[Place]]:
        places = [self._place(event)]
        if isinstance(event, yaml.SequenceStartEvent):
            self._refuse_frills(event)
            items: list[str] = []
            for item in self._events:
                if isinstance(item, yaml.SequenceEndEvent):
                    break
                places.append(self._place(item))
                items.append(self._scalar(item, "an item of a list must be text"))
            return items, places
        if isinstance(event, yaml.MappingStartEvent):
            self._refuse_frills(event)
            named: dict[str, str] = {}
            for key, item in self._pairs():
                places.append(self._place(item))
                named[key] = self._scalar(item, f"{key!r} must be text or a number")
            return named, places
        return self._scalar(event, "must be text, a list of texts or a map of texts"), places

    def _scalar(self, event: Any, otherwise: str) -> str:
        self._refuse_frills(event)
        if not isinstance(event, yaml.ScalarEvent):
            raise self._fault(event, otherwise)
        return str(event.value)

    def _refuse_frills(self, event: Any) -> None:
        """Anchors and aliases let a small file stand for a huge one, tags name types; rules have no use for them."""
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self._fault(event, "anchors and aliases are not allowed in rules")
        if getattr(event, "tag", None):
            raise self._fault(event, f"the tag {event.tag} is not allowed in rules")

    def _place(self, event: Any) -> Place:
        return Place(self._path, event.start_mark.line + 1)

    def _fault(self, event: Any, problem: str) -> RulesError:
        return RulesError(f"{self._place(event)}: {problem}")

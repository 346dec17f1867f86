"""Which rules and engine figures come from, and which phrases tell two versions of the rules apart."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from finmetrics.engine import engine
from finmetrics.phrases import LISTS
from finmetrics.schema import Entry, Rules

# Keys that no figure depends on.
_SAID_ONLY = {"examples"}
# Kinds that any figure may depend on, whatever its words.
_EVERYWHERE = ("weights", "traditional")
# What stands between the words of a phrase in any kind of rules: A…B, A|B, #, ~A.
_GRAMMAR = re.compile("[…|#~]")


@dataclass(frozen=True, slots=True)
class Version:
    """One version of rules and engine: ``rules`` names both, ``entries`` is all of the rules as compressed JSON."""

    rules: str
    engine: str
    entries: bytes


def version_of(rules: Rules) -> Version:
    """The version that these rules and the engine at hand make."""
    entries = rules.model_dump_json(by_alias=True, exclude_defaults=True).encode()
    key = engine().encode() + b"\0" + entries
    return Version(hashlib.blake2b(key, digest_size=8).hexdigest(), engine(), zlib.compress(entries))


def rules_of(version: Version) -> Rules:
    """The rules of a version."""
    return Rules.model_validate_json(zlib.decompress(version.entries))


def changed_phrases(old: Version, new: Version) -> frozenset[str] | None:
    """The phrases of which a text must hold one for its figures to differ between the versions.

    ``None`` where any text may differ: another engine, other weights or characters, a changed pattern.
    """
    if old.engine != new.engine:
        return None
    before, after = rules_of(old), rules_of(new)
    if any(getattr(before, kind) != getattr(after, kind) for kind in _EVERYWHERE):
        return None
    phrases: set[str] = set()
    for kind in LISTS:
        ours, theirs = _told_apart(getattr(before, kind)), _told_apart(getattr(after, kind))
        for key in ours.keys() | theirs.keys():
            if ours.get(key) == theirs.get(key):
                continue
            found = _differing(kind, ours.get(key), theirs.get(key))
            if found is None:
                return None
            phrases |= found
    return frozenset(phrases)


def _told_apart(entries: list[Entry]) -> dict[tuple[str, int], Entry]:
    """The entries by id, those of one id numbered in their order, without what decides no figure."""
    found: dict[tuple[str, int], Entry] = {}
    for entry in entries:
        number = sum(1 for id_, _ in found if id_ == entry.id) if (entry.id, 0) in found else 0
        found[entry.id, number] = entry.model_copy(update={"examples": []})
    return found


def _differing(kind: str, old: Entry | None, new: Entry | None) -> set[str] | None:
    """Where only lists of phrases differ, the phrases in one of them alone; else every phrase of both entries."""
    if old is not None and new is not None:
        differing = {key for key in type(new).model_fields if getattr(old, key) != getattr(new, key)}
        if differing <= {key for key in LISTS[kind] if isinstance(getattr(new, key), list)}:
            either = (set(getattr(old, key)) ^ set(getattr(new, key)) for key in differing)
            return {part for phrases in either for phrase in phrases for part in _parts(phrase)}
    if any(getattr(entry, "pattern", "") for entry in (old, new)):
        return None
    return {part for entry in (old, new) if entry is not None for part in _of_entry(kind, entry)}


def _of_entry(kind: str, entry: Entry) -> Iterator[str]:
    for key in type(entry).model_fields:
        if key in ("id", "off", *_SAID_ONLY):
            continue
        value = getattr(entry, key)
        if isinstance(value, list):
            for phrase in value:
                yield from _parts(phrase)
        elif key in LISTS[kind] and value:
            yield from _parts(value)


def _parts(phrase: str) -> Iterator[str]:
    """The strings of which one must stand in a text where the phrase is to say anything; of App both spellings."""
    for piece in _GRAMMAR.split(phrase):
        if piece:
            yield from {piece, *(piece.replace("App", other) for other in ("APP", "app"))}

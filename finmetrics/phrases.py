"""Every phrase of the rules, with the entry and the list it stands in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from finmetrics.schema import Entry, Rules

# The lists of each kind that hold phrases, in the order of the schema.
LISTS = {
    "banks": ("name", "full", "aliases", "short", "letter"),
    "metrics": ("terms",),
    "units": ("words",),
    "qualifiers": ("left", "right", "inside"),
    "changes": ("words", "right"),
    "periods": ("words",),
    "products": ("words",),
    "words": ("words",),
    "exclusions": ("before", "after"),
    "reports": ("words", "also"),
}


class Phrase(NamedTuple):
    """A phrase as its entry writes it; ``item`` is its place in the list ``key``."""

    kind: str
    entry: Entry
    key: str
    item: int | None
    text: str

    @property
    def where(self) -> str:
        """``file:line`` of the phrase."""
        return self.entry.where(self.key, self.item)

    @property
    def heads(self) -> list[str]:
        """The strings of which one must stand in a text: the last part of a metric's term, else the phrase."""
        return self.text.rstrip("…").rpartition("…")[2].split("|") if self.kind in ("metrics", "units") else [self.text]


def of_entry(kind: str, entry: Entry) -> Iterator[Phrase]:
    """The phrases of one entry."""
    for key in LISTS.get(kind, ()):
        value = getattr(entry, key)
        if isinstance(value, list):
            yield from (Phrase(kind, entry, key, i, text) for i, text in enumerate(value))
        elif value:
            yield Phrase(kind, entry, key, None, value)


def phrases(rules: Rules) -> Iterator[Phrase]:
    """All phrases, kind by kind in the order of the files."""
    for kind in LISTS:
        for entry in getattr(rules, kind):
            yield from of_entry(kind, entry)

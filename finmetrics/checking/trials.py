"""Every example of the rules, tried: what it asks for, and what comes out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from finmetrics.checking.examples import WITH_EXAMPLES, Faulty, examples, outcome
from finmetrics.extractor import Extractor
from finmetrics.ruleindex import shown_place


@dataclass(frozen=True, slots=True)
class Trial:
    """An example (or, under ``not``, a counter-example), tried.

    ``where`` is ``file:line``, ``id`` its entry's; ``example`` is as written. ``problem`` is empty where it holds.
    """

    where: str
    id: str
    key: str
    example: str
    expected: str
    got: str
    problem: str

    @property
    def passed(self) -> bool:
        """Whether the example holds."""
        return not self.problem

    def __str__(self) -> str:
        head = f"{shown_place(self.where)}: {self.id}: {self.key}: {self.example}"
        if self.passed:
            return f"ok   {head}\n       got {self.got}"
        if not self.expected:
            return f"FAIL {head}\n       {self.problem}"
        return f"FAIL {head}\n       expected {self.expected}\n       got {self.got or '-'}"


def tried(extractor: Extractor) -> Iterator[Trial]:
    """Every example of every entry, in the order of the files."""
    for example in examples(extractor.lexicon.rules):
        if isinstance(example, Faulty):
            yield Trial(example.place, example.id, example.key, example.written, "", "", example.problem)
        else:
            where = example.entry.where(example.key, example.item)
            yield Trial(where, example.entry.id, example.key, example.written, *outcome(example, extractor))


def try_examples(rules: str | os.PathLike[str] | None = None, ids: Iterable[str] = ()) -> list[Trial]:
    """The examples that the folder ``rules`` holds (without one: ours), each with what it asks for and what it gives.

    With ``ids`` the examples of these entries instead, whichever file they stand in. Raises
    :class:`finmetrics.RulesError` for bad rules and ``ValueError`` for an id that no entry with examples has.
    """
    extractor = Extractor(rules)
    wanted = list(ids)
    known = {entry.id for kind in WITH_EXAMPLES for entry in getattr(extractor.lexicon.rules, kind)}
    for one in wanted:
        if one not in known:
            raise ValueError(f"no entry has the id {one!r}")
    # All are tried: an overlay is small, and ours take a second.
    return [one for one in tried(extractor) if (one.id in wanted if wanted else _written_in(one.where, rules))]


def _written_in(where: str, folder: str | os.PathLike[str] | None) -> bool:
    return folder is None or Path(where.rpartition(":")[0]).is_relative_to(folder)

"""The rules workbench: whether rules are sound, what they say and match, what they lack, and what nothing needs."""

from __future__ import annotations

import os

from finmetrics.checking.claims import broken_references, conflicts
from finmetrics.checking.examples import WITH_EXAMPLES
from finmetrics.checking.gaps import gaps
from finmetrics.checking.schemas import write_schemas
from finmetrics.checking.show import show
from finmetrics.checking.trials import Trial, tried, try_examples
from finmetrics.checking.unused import unused
from finmetrics.extractor import Extractor

__all__ = ["Trial", "check", "gaps", "show", "try_examples", "unused", "write_schemas"]


def check(rules: str | os.PathLike[str] | None = None) -> list[str]:
    """A line ``file:line: id: what is wrong`` for each problem of our rules, with the folder ``rules`` laid over them.

    Every example must hold: the texts of ``examples`` give what the entry says, those of ``not`` do not.
    Raises :class:`finmetrics.RulesError` where the rules cannot even be read.
    """
    extractor = Extractor(rules)
    found = extractor.lexicon.rules
    problems = [*conflicts(found), *broken_references(found)]
    for kind in WITH_EXAMPLES:
        problems += [
            f"{entry.where()}: {entry.id}: has no example" for entry in getattr(found, kind) if not entry.examples
        ]
    problems += [
        f"{one.where}: {one.id}: {one.key}: {one.example!r}: {one.problem}"
        for one in tried(extractor)
        if not one.passed
    ]
    return problems

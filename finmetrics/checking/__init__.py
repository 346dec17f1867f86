"""Are rules sound? Claims, references, and every example; and which rules nothing needs."""

from __future__ import annotations

import os

from finmetrics.checking.claims import broken_references, conflicts
from finmetrics.checking.examples import WITH_EXAMPLES, Faulty, examples, outcome
from finmetrics.checking.unused import unused
from finmetrics.extractor import Extractor

__all__ = ["check", "unused"]


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
    for example in examples(found):
        problem = example.problem if isinstance(example, Faulty) else outcome(example, extractor)
        if problem:
            problems.append(f"{example.where}: {problem}")
    return problems

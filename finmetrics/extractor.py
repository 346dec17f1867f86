"""A document in, its figures and its ledger out: the whole way through."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from finmetrics.bind import Binder
from finmetrics.bind.model import Trace
from finmetrics.lexicon import Lexicon, compiled
from finmetrics.model import Dismissed, Document, Extraction, Figure
from finmetrics.naming.names import settle
from finmetrics.places import place_of
from finmetrics.spot import spot
from finmetrics.unwrap import Running, unwrap

if TYPE_CHECKING:
    from finmetrics.schema import Rules

# What the ledger must account for: every run of Arabic digits.
_DIGITS = re.compile(r"\d\d*(?:[.,]\d+)*")


class Extractor:
    """Compiled rules, ready to read documents; our own, with a user's folder of rules laid over them, or those given.

    Raises :class:`finmetrics.rules.RulesError` where the rules are faulty.
    """

    def __init__(self, rules: str | os.PathLike[str] | Rules | None = None) -> None:
        self.lexicon = compiled(rules) if rules is None or isinstance(rules, str | os.PathLike) else Lexicon(rules)
        self.binder = Binder(self.lexicon)

    def run(self, document: Document, trace: Trace | None = None) -> Extraction:
        """Every numeral of the document's text, as a figure or with the reason why it is none.

        ``trace`` is told of every decision between candidates.
        """
        running = unwrap(self.lexicon.clean(document.text))
        text = running.text
        tokens, dismissed = spot(text, self.lexicon)
        about = settle(text, tokens, self.lexicon, document.title)
        figures, unresolved = self.binder.bind(document, running, tokens, about, trace)
        rest = _ledger(text, figures, [*dismissed, *unresolved])
        if text != document.text:
            rest = [_as_written(document.text, running, one) for one in rest]
            for figure in figures:
                figure.start, figure.end = running.span(figure.start, figure.end)
                figure.quote = document.text[figure.start : figure.end]
        if document.places is not None:
            for figure in figures:
                figure.page, figure.box = place_of(document.places, figure.start, figure.end)
        return Extraction(document, figures, rest)


def _as_written(text: str, running: Running, one: Dismissed) -> Dismissed:
    start, end = running.span(one.start, one.end)
    return Dismissed(text[start:end], start, end, one.reason)


def _ledger(text: str, figures: list[Figure], dismissed: list[Dismissed]) -> list[Dismissed]:
    """Adds, as unresolved, every run of digits that neither a figure nor a reason covers."""
    covered = sorted([(f.start, f.end) for f in figures] + [(d.start, d.end) for d in dismissed])
    at = 0
    missing: list[Dismissed] = []
    for match in _DIGITS.finditer(text):
        start, end = match.span()
        while at < len(covered) and covered[at][1] <= start:
            at += 1
        if at == len(covered) or covered[at][0] >= end:
            missing.append(Dismissed(text[start:end], start, end, "unresolved"))
    return sorted([*dismissed, *missing], key=lambda one: one.start)

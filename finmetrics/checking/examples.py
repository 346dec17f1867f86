"""A rule's examples: what they say must come out, and what does."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from finmetrics.extractor import Extractor
from finmetrics.model import Document, Extraction, Figure
from finmetrics.naming.names import settle
from finmetrics.schema import Bank, Entry, Exclusion, Metric, Rules
from finmetrics.spot import spot

# The date on which examples are read.
PUBLISHED = dt.date(2024, 3, 28)
# Kinds whose entries carry examples.
WITH_EXAMPLES = ("banks", "metrics", "units", "qualifiers", "changes", "periods", "products", "words", "exclusions")
_BRACKETS = re.compile(r"\[([^\[\]]+)\]")
_FORM = "must be: text [figure] text => slot=value, slot=value"


@dataclass(frozen=True, slots=True)
class Example:
    """A text with what must come out of it; ``start`` and ``end`` are the bracketed figure's offsets in ``text``."""

    kind: str
    entry: Entry
    key: str
    item: int
    written: str
    text: str
    start: int = 0
    end: int = 0
    expected: tuple[tuple[str, str], ...] = ()

    @property
    def document(self) -> Document:
        """The text as a document."""
        return Document(self.text, published=PUBLISHED)


@dataclass(frozen=True, slots=True)
class Faulty:
    """An example that does not follow the grammar; ``place`` is its ``file:line``."""

    place: str
    id: str
    key: str
    written: str
    problem: str


def examples(rules: Rules) -> Iterator[Example | Faulty]:
    """Every example and counter-example (``not``) of every entry, in the order of the files."""
    for kind in WITH_EXAMPLES:
        for entry in getattr(rules, kind):
            yield from of_entry(kind, entry)


def of_entry(kind: str, entry: Entry) -> Iterator[Example | Faulty]:
    """The examples and counter-examples of one entry."""
    for item, written in enumerate(entry.examples):
        yield _parsed(kind, entry, "examples", item, written)
    if isinstance(entry, Bank | Metric | Exclusion):
        for item, written in enumerate(entry.not_):
            yield _parsed(kind, entry, "not", item, written)


def _parsed(kind: str, entry: Entry, key: str, item: int, written: str) -> Example | Faulty:
    def faulty(problem: str) -> Faulty:
        return Faulty(entry.where(key, item), entry.id, key, written, problem)

    if kind == "banks":
        return Example(kind, entry, key, item, written, written)
    text, arrow, slots = written.partition(" => ")
    found = _BRACKETS.findall(text)
    if len(found) != 1:
        return faulty("must hold one [figure] in brackets")
    stated = isinstance(entry, Metric | Exclusion)
    if stated == bool(arrow):
        return faulty("must not state slots" if stated else _FORM)
    expected: list[tuple[str, str]] = []
    for pair in slots.split(",") if slots else ():
        slot, equals, value = pair.strip().partition("=")
        if not equals or slot not in Figure.__dataclass_fields__:
            return faulty(f"{pair.strip()!r} is no slot=value of a figure")
        expected.append((slot, value))
    start = text.index(f"[{found[0]}]")
    plain = text.replace(f"[{found[0]}]", found[0], 1)
    return Example(kind, entry, key, item, written, plain, start, start + len(found[0]), tuple(expected))


class Outcome(NamedTuple):
    """What an example asks for, what came out, and what is wrong with that: empty where the example holds."""

    expected: str
    got: str
    problem: str


def outcome(example: Example, extractor: Extractor) -> Outcome:
    """What an example gives."""
    entry, wanted = example.entry, example.key == "examples"
    if isinstance(entry, Bank):
        return _of_bank(example, entry, extractor, wanted=wanted)
    extraction = extractor.run(example.document)
    figure = _figure(example, extraction)
    if isinstance(entry, Exclusion):
        return _of_exclusion(example, extraction, figure, wanted=wanted)
    if isinstance(entry, Metric):
        return _of_metric(example, entry, extraction, figure, wanted=wanted)
    expected = ", ".join(f"{slot}={value}" for slot, value in example.expected)
    if figure is None:
        return Outcome(expected, _got(example, extraction), _no_such_figure(example, extraction))
    values = [(slot, getattr(figure, slot), value) for slot, value in example.expected]
    wrong = [f"{slot}={shown(value)}, not {meant}" for slot, value, meant in values if not _same(value, meant)]
    got = ", ".join(f"{slot}={shown(value)}" for slot, value, _ in values)
    return Outcome(expected, got, f"gives {'; '.join(wrong)}" if wrong else "")


def _of_metric(
    example: Example, entry: Metric, extraction: Extraction, figure: Figure | None, *, wanted: bool
) -> Outcome:
    meant = f"{entry.id} {entry.definition}".strip()
    expected = meant if wanted else f"not {entry.id}"
    if figure is None:
        problem = _no_such_figure(example, extraction) if wanted else ""
        return Outcome(expected, _got(example, extraction), problem)
    got = f"{figure.metric} {figure.definition}".strip()
    if wanted:
        return Outcome(expected, got, "" if got == meant else f"gives {got}, not {meant}")
    return Outcome(expected, got, f"gives {figure.metric} all the same" if figure.metric == entry.id else "")


def _of_bank(example: Example, bank: Bank, extractor: Extractor, *, wanted: bool) -> Outcome:
    """An example must name the bank. A counter-example must not, even where its article is the bank's own."""
    found = named(example.text, extractor, after="" if wanted else bank.name)
    got = ", ".join(sorted(found)) or "no institution"
    if wanted:
        return Outcome(bank.id, got, "" if bank.id in found else "does not name it")
    return Outcome(f"not {bank.id}", got, "" if bank.id not in found else "names it all the same")


def named(text: str, extractor: Extractor, *, after: str = "") -> set[str]:
    """The ids of the institutions that a text names; with ``after``, in an article that has named this one before."""
    lexicon = extractor.lexicon
    opening = f"{after}发布年报。" if after else ""
    whole = lexicon.clean(opening + text)
    tokens, _ = spot(whole, lexicon)
    settle(whole, tokens, lexicon, "")
    found: set[str] = set()
    for token in tokens:
        if token.start < len(opening):
            continue
        if token.bank is not None:
            found.add(token.bank.id)
        elif token.word.product is not None and token.word.product.bank:
            found.add(token.word.product.bank)  # 工行手机银行: the brand names the bank
    return found


def _of_exclusion(example: Example, extraction: Extraction, figure: Figure | None, *, wanted: bool) -> Outcome:
    reasons = {d.reason for d in extraction.dismissed if d.start < example.end and d.end > example.start}
    if figure is not None:
        problem = f"gives the figure {figure.quote!r}" if wanted else ""
        return Outcome(f"no figure: {example.entry.id}" if wanted else "a figure", f"figure {figure.quote!r}", problem)
    got = f"no figure: {', '.join(sorted(reasons)) or 'no numeral'}"
    if not wanted:
        return Outcome("a figure", got, f"gives no figure: {_got(example, extraction)}")
    holds = example.entry.id in reasons
    problem = "" if holds else f"dismisses it as {', '.join(sorted(reasons)) or 'nothing'}"
    return Outcome(f"no figure: {example.entry.id}", got, problem)


def _no_such_figure(example: Example, extraction: Extraction) -> str:
    return f"gives no such figure: {_got(example, extraction)}"


def _figure(example: Example, extraction: Extraction) -> Figure | None:
    """The figure that stands where the brackets are; of an exclusion's, any that reaches into them."""
    for figure in extraction.figures:
        if isinstance(example.entry, Exclusion):
            if figure.start < example.end and figure.end > example.start:
                return figure
        elif (figure.start, figure.end) == (example.start, example.end):
            return figure
    return None


def _got(example: Example, extraction: Extraction) -> str:
    figures = ", ".join(f"figure {f.quote!r}" for f in extraction.figures)
    rest = ", ".join(f"{d.quote!r} {d.reason}" for d in extraction.dismissed)
    return "; ".join(part for part in (figures, rest) if part) or "no numeral was found"


def _same(value: object, written: str) -> bool:
    if isinstance(value, Decimal):
        try:
            return value == Decimal(written)
        except InvalidOperation:
            return False
    return shown(value) == written


def shown(value: object) -> str:
    """A slot's value as examples write it."""
    return "" if value is None else str(value)

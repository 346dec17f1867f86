"""A document's sentences -> its figures."""

from __future__ import annotations

import datetime as dt
import re

from finmetrics.basis import basis_of
from finmetrics.bind.cells import TableBinder
from finmetrics.bind.model import Trace
from finmetrics.bind.sentence import Deciders, SentenceBinder
from finmetrics.discourse import Context, sentences
from finmetrics.grid import Table, tables
from finmetrics.lexicon import Lexicon
from finmetrics.model import Dismissed, Document, Figure
from finmetrics.naming.names import About
from finmetrics.periods import Period
from finmetrics.spot import Token
from finmetrics.unwrap import Running

_REPORT = re.compile(
    r"(?P<year>20\d\d)\s?年?(?:(?P<half>半年度?报|上半年|中期|中报|半年度)|(?P<third>第?三季度?报?|前三季度)|(?P<first>第?一季度?报?)|(?:年度|年报|全年|年年))"
)
# 截至2025年6月30日止六个月, as reports of Hong Kong have it
_HALF_TO = re.compile(
    r"(?:(?P<year>20\d\d)年|今年)\s?6\s?月(?:底|末|30\s?日)止(?:的?(?:半年|六个月|6个月|上半年|中期|六個月|6個月))"
)
_YEARS = re.compile(r"20\d\d(?=年)")
_YEAR = re.compile(r"(?P<year>20\d\d)年(?![第1-9\d])")


class Binder:
    """Binds document after document with the same rules."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._deciders = Deciders(lexicon)
        self._lexicon = lexicon

    def bind(
        self, document: Document, running: Running, tokens: list[Token], about: About, trace: Trace | None = None
    ) -> tuple[list[Figure], list[Dismissed]]:
        """The figures of a cleaned text, in order, and the numerals that stayed unresolved."""
        text = running.text
        context = Context(
            document.published, about.bank, about.branch, about.group, report_period(document),
            bank=about.bank or about.group, branch=about.branch, title_product=about.product,
            title_weight=about.product_weight, branches_stay=about.of_branches,
            basis=basis_of(text, tokens, self._lexicon),
        )  # fmt: skip
        if about.branch:
            context.branches[about.branch[-2:]] = about.branch
        context.document_report = context.report
        context.title_period = context.period = titled_period(document)
        figures: list[Figure] = []
        dismissed: list[Dismissed] = []
        grids = tables(text)
        inside: list[list[Token]] = [[] for _ in grids]
        prose = _outside(tokens, grids, inside) if grids else tokens
        waiting = list(zip(grids, inside, strict=True))
        for sentence in sentences(text, prose):
            while waiting and waiting[0][0].start < sentence.start:
                figures += self._table(text, document, context, *waiting.pop(0), trace)
            if sentence.heading:
                context.open_section(sentence, named_period(text[sentence.start : sentence.end]))
                continue
            if sentence.opens_paragraph and text[sentence.start : sentence.end].strip():  # no blank line
                context.open_paragraph()
                context.paragraph = sentence.start
            if not sentence.tokens:
                continue
            binder = SentenceBinder(text, document.doc_id, self._deciders, context, sentence, trace)
            bound = binder.run()
            if bound:
                low, high = running.span(sentence.start, max(sentence.end, sentence.start + 1))
                written = document.text[low:high].strip()
                for one in bound:
                    one.figure.sentence = written
                    figures.append(one.figure)
            dismissed += binder.dismissed
        for table, cells in waiting:
            figures += self._table(text, document, context, table, cells, trace)
        return figures, dismissed

    def _table(
        self, text: str, document: Document, context: Context, table: Table, cells: list[Token], trace: Trace | None
    ) -> list[Figure]:
        confidences = self._deciders.confidence
        return TableBinder(text, document.doc_id, self._lexicon, context, table, cells, confidences, trace).run()


def _outside(tokens: list[Token], grids: list[Table], inside: list[list[Token]]) -> list[Token]:
    """The tokens of running text; those of a table (and of the caption line above it) go to ``inside``."""
    running: list[Token] = []
    at = 0
    for token in tokens:
        while at < len(grids) and grids[at].end <= token.start:
            at += 1
        if at < len(grids) and grids[at].caption.start <= token.start:
            inside[at].append(token)
            if token.start >= grids[at].start:
                continue
        running.append(token)
    return running


_RESULTS = 4  # the month until which results of the year before come out


def titled_period(document: Document) -> Period | None:
    """The year or half-year that the title names (股份行的2021年科技账): what holds where the text names none."""
    named = named_period(document.title)
    if named is not None:
        return named
    published = document.published
    if published is None or published.month > _RESULTS or "全年" not in document.title:
        return None
    year = published.year - 1  # 恒生全年多赚近3%, said in February
    return Period(0, 0, "dated", dt.date(year, 1, 1), dt.date(year, 12, 31), year=True, annual=True)


def named_period(heading: str) -> Period | None:
    """The one year, or the part of it, that a title or a heading names: 【2025年中报】."""
    if len(set(_YEARS.findall(heading))) > 1:
        return None
    match = _REPORT.search(heading)
    if match is not None:
        return _reported(match)
    match = _YEAR.search(heading)
    if match is None:
        return None
    year = int(match.group("year"))
    return Period(0, 0, "dated", dt.date(year, 1, 1), dt.date(year, 12, 31), year=True, annual=True)


def report_period(document: Document) -> Period | None:
    """The period that the document itself reports on, from its title, its opening, or its date."""
    for stretch in (document.title, document.text[:400]):
        match = _REPORT.search(stretch)
        if match is None:
            continue
        return _reported(match)
    published = document.published
    half = _HALF_TO.search(document.text[:400])
    if half is not None and (half.group("year") or published is not None):
        year = int(half.group("year")) if half.group("year") else published.year if published is not None else 0
        return Period(0, 0, "dated", dt.date(year, 1, 1), dt.date(year, 6, 30), year=True)
    if published is None:
        return None
    if published.month in (7, 8, 9):
        return Period(0, 0, "dated", dt.date(published.year, 1, 1), dt.date(published.year, 6, 30))
    if published.month in (10, 11):
        return Period(0, 0, "dated", dt.date(published.year, 1, 1), dt.date(published.year, 9, 30))
    if published.month <= 6:
        return Period(0, 0, "dated", dt.date(published.year - 1, 1, 1), dt.date(published.year - 1, 12, 31))
    return None


def _reported(match: re.Match[str]) -> Period:
    year = int(match.group("year"))
    month, day = 12, 31
    if match.group("half"):
        month, day = 6, 30
    elif match.group("third"):
        month, day = 9, 30
    elif match.group("first"):
        month, day = 3, 31
    return Period(0, 0, "dated", dt.date(year, 1, 1), dt.date(year, month, day), year=True)

"""A document's sentences -> its figures."""

from __future__ import annotations

import datetime as dt
import re

from finmetrics.bind.metric import Chooser
from finmetrics.bind.sentence import SentenceBinder
from finmetrics.discourse import Context, sentences
from finmetrics.lexicon import Lexicon
from finmetrics.model import Dismissed, Document, Figure
from finmetrics.periods import Period
from finmetrics.schema import Bank
from finmetrics.spot import Token

_REPORT = re.compile(
    r"(?P<year>20\d\d)\s?年?(?:(?P<half>半年度?报|上半年|中期|中报|半年度)|(?P<third>第?三季度?报?|前三季度)|(?P<first>第?一季度?报?)|(?:年度|年报|全年|年年))"
)


def bind(
    document: Document, text: str, tokens: list[Token], lexicon: Lexicon, main: Bank | None
) -> tuple[list[Figure], list[Dismissed]]:
    """The figures of a cleaned text, in order, and the numerals that stayed unresolved."""
    context = Context(document.published, main, report_period(document), bank=main)
    chooser = Chooser(lexicon)
    figures: list[Figure] = []
    dismissed: list[Dismissed] = []
    for sentence in sentences(text, tokens):
        if sentence.heading:
            context.open_section(sentence)
            continue
        if sentence.opens_paragraph:
            context.open_paragraph()
        if not sentence.tokens:
            continue
        binder = SentenceBinder(text, document.doc_id, lexicon, chooser, context, sentence)
        figures += [bound.figure for bound in binder.run()]
        dismissed += binder.dismissed
    return figures, dismissed


def report_period(document: Document) -> Period | None:
    """The period that the document itself reports on, from its title, its opening, or its date."""
    for stretch in (document.title, document.text[:400]):
        match = _REPORT.search(stretch)
        if match is None:
            continue
        year = int(match.group("year"))
        if match.group("half"):
            last = dt.date(year, 6, 30)
        elif match.group("third"):
            last = dt.date(year, 9, 30)
        elif match.group("first"):
            last = dt.date(year, 3, 31)
        else:
            last = dt.date(year, 12, 31)
        return Period(0, 0, "dated", dt.date(year, 1, 1), last, year=True)
    published = document.published
    if published is None:
        return None
    if published.month in (7, 8, 9):
        return Period(0, 0, "dated", dt.date(published.year, 1, 1), dt.date(published.year, 6, 30))
    if published.month in (10, 11):
        return Period(0, 0, "dated", dt.date(published.year, 1, 1), dt.date(published.year, 9, 30))
    if published.month <= 6:
        return Period(0, 0, "dated", dt.date(published.year - 1, 1, 1), dt.date(published.year - 1, 12, 31))
    return None

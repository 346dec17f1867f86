"""Which period a document or a section of it reports on, where the text names none."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from finmetrics.model import Document
from finmetrics.periods import Period

_REPORT = re.compile(
    r"(?P<year>20\d\d)\s?年?(?:(?P<half>半年度?报|上半年|中期|中报|半年度)|(?P<third>第?三季度?报?|前三季度)|(?P<first>第?一季度?报?)|(?:年度|年报|全年|年年))"
)
# 截至2025年6月30日止六个月, as reports of Hong Kong have it
_HALF_TO = re.compile(
    r"(?:(?P<year>20\d\d)年|今年)\s?6\s?月(?:底|末|30\s?日)止(?:的?(?:半年|六个月|6个月|上半年|中期|六個月|6個月))"
)
# the same without a year, which the date tells: results of a half-year come out until winter
_PART = re.compile(
    r"(?P<half>上半年|半年报|半年度|中报|中期业绩|半年)|(?P<other>季报|三季|一季|前三季|年报|年度报告|全年|前\d个?月)"
)
_YEARS = re.compile(r"20\d\d(?=年)")
_YEAR = re.compile(r"(?P<year>20\d\d)年(?![第1-9\d])")
_OPENING = 400  # characters of a text that may say what it reports on
_RESULTS = 4  # the month until which results of the year before come out


def titled_period(document: Document) -> Period | None:
    """The year or half-year that the title names (股份行的2021年科技账): what holds where the text names none."""
    named = named_period(document.title)
    if named is not None:
        return named
    published = document.published
    if published is None or published.month > _RESULTS or "全年" not in document.title:
        return None
    return _annual(published.year - 1)  # 恒生全年多赚近3%, said in February


def named_period(heading: str) -> Period | None:
    """The one year, or the part of it, that a title or a heading names: 【2025年中报】."""
    if len(set(_YEARS.findall(heading))) > 1:
        return None
    match = _REPORT.search(heading)
    if match is not None:
        return _reported(match)
    match = _YEAR.search(heading)
    return _annual(int(match.group("year"))) if match is not None else None


def report_period(document: Document) -> Period | None:
    """The period that the document itself reports on, from its title, its opening, or its date."""
    opening, published = document.text[:_OPENING], document.published
    match = _REPORT.search(document.title) or _REPORT.search(opening)
    if match is not None:
        return _reported(match)
    half = _HALF_TO.search(opening)
    year = half.group("year") or (published.year if published is not None else 0) if half is not None else 0
    if year:
        return _up_to(int(year), 6, 30)
    if published is None:
        return None
    part = _PART.search(document.title) or _PART.search(opening)
    if part is not None and part.group("half") and published.month >= 7:
        return _untold(published.year, 6, 30)
    return _last_closed(published)


def _last_closed(published: dt.date) -> Period | None:
    """What results that come out on this day are of; nothing of it is said, so that it has no year of its own."""
    if published.month <= 6:
        return _untold(published.year - 1, 12, 31)
    if published.month <= 9:
        return _untold(published.year, 6, 30)
    if published.month <= 11:
        return _untold(published.year, 9, 30)
    return None


def _reported(match: re.Match[str]) -> Period:
    year = int(match.group("year"))
    if match.group("half"):
        return _up_to(year, 6, 30)
    if match.group("third"):
        return _up_to(year, 9, 30)
    if match.group("first"):
        return _up_to(year, 3, 31)
    return _up_to(year, 12, 31)


def _up_to(year: int, month: int, day: int) -> Period:
    """A stated year as far as this day."""
    return Period(0, 0, "dated", dt.date(year, 1, 1), dt.date(year, month, day), year=True)


def _untold(year: int, month: int, day: int) -> Period:
    """As far as this day of a year that nothing states."""
    return replace(_up_to(year, month, day), year=False)


def _annual(year: int) -> Period:
    """A stated year as a whole."""
    return replace(_up_to(year, 12, 31), annual=True)

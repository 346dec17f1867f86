"""The day a document was published, from whatever states it."""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate

_DAY = r"((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*日?"
_ANYWHERE = re.compile(r"(?<!\d)" + _DAY)
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:\d{6})?")
# Seconds or milliseconds since 1970, of the years from 2001 on, as feeds state a moment: the day it was in China.
_SECONDS = re.compile(r"([1-4]\d{9})(?:\d{3})?")
_CHINA = dt.timezone(dt.timedelta(hours=8))
# 本报北京2020年8月28日电: a dateline opens a paragraph of any length.
_DATELINE = re.compile(r".{0,30}?(?<!\d)" + _DAY + r"\s*(?:电|讯|消息)")
# A line of its own: 2020-08-28 14:47:16 和讯; 来源:证券时报 2020年8月28日; 张三 2020/08/28 09:30
_LABELLED = re.compile(r"(?:.{0,30}(?:来源|时间|发布|日期|作者|记者|编辑).{0,20}?)?(?<!\d)" + _DAY)
_TIMED = re.compile(r".{0,30}?(?<!\d)" + _DAY + r"\s+\d{1,2}:\d\d")
_STAMP_CHARACTERS = 60
_TOP_LINES = 12
_TOP_CHARACTERS = 4_000


def day_of(value: object) -> dt.date | None:
    """The day that a metadata value states (a date, a datetime, or text in a common format), as written there.

    ``None`` where it states none; a time zone is not converted.
    """
    if isinstance(value, dt.datetime):
        return value.date() if value == value else None  # pandas' NaT is a datetime unlike itself
    if isinstance(value, dt.date):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and (stamp := _SECONDS.fullmatch(value.strip())):
        return dt.datetime.fromtimestamp(int(stamp[1]), _CHINA).date()
    if not isinstance(value, str):
        return None
    text = value.strip()[:100]
    match = _ANYWHERE.search(text) or _COMPACT.fullmatch(text)
    if match is not None:
        return _day(match)
    parsed = parsedate(text)
    return _valid(*parsed[:3]) if parsed else None


def day_in(text: str) -> dt.date | None:
    """The day that the top of an article states: a short line with a full date, or a dateline (…日电)."""
    for line in text[:_TOP_CHARACTERS].splitlines()[:_TOP_LINES]:
        line = line.strip()
        if len(line) <= _STAMP_CHARACTERS and not line.endswith("。"):
            match = _LABELLED.match(line) or _TIMED.match(line) or _DATELINE.match(line)
        else:
            match = _DATELINE.match(line)
        if match is not None and (day := _day(match)) is not None:
            return day
    return None


def made_for(made: dt.date | None, text: str) -> dt.date | None:
    """The day a file was made, where its text may be of that day: it speaks of that year, or of the one before.

    A file that was printed or converted anew years later has no date of its own.
    """
    if made is None:
        return None
    opening = text[:_TOP_CHARACTERS]
    return made if any(str(year) in opening for year in (made.year, made.year - 1)) else None


def _day(match: re.Match[str]) -> dt.date | None:
    return _valid(int(match[1]), int(match[2]), int(match[3]))


def _valid(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None

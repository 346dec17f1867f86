"""Expressions of time -> Period, against the date of publication and the year under discussion."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finmetrics.firsts import first_characters
from finmetrics.numbers.alternation import alternation

if TYPE_CHECKING:
    from finmetrics.schema import PeriodWord

_CN = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "十": 10}
_N = r"(?:十[一二]?|[一二两三四五六七八九]|\d{1,2})"
_DATED = r"""
  (?P<iso>(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:[0-2]?\d|3[01])(?!\d)日?)
| (?P<years>(?:19|20)\d\d)\ ?年?(?:末|底)?\ ?(?:-|–|—|~|～|至|到)
  \ ?(?P<years2>(?:19|20)\d\d)\ ?(?:财政年度|财?年(?:末|底)?)
| (?P<year>(?:19|20)\d\d)
  \ ?(?:财年|财政年度|(?=年中[，,。；;、约的较为达末报下上回])|年度?
    |(?=[HQ][1-4]|[AE](?![A-Za-z])|半年度?报|中报|[一三]季报))
| [“"]?十(?P<plan>[二三四五])五[”"]?(?:规划)?(?:时期|期)?(?=末)
| (?P<short>(?<![\d.])[12]\d)
  (?:年度?(?=末|底|上半|下半|前?[一二三四]季|前三|\d+月|全年|[，、])|(?=[HQ][1-4]|[AE](?![A-Za-z])))
"""
_PART = rf"""
  (?P<half>上半年|下半年|[12]H(?=\d\d)|H[12])(?P<half_end>度?末|底)?
| (?P<upto>前{_N}个?季度?|Q1(?:-|–|~|至|到)Q?[234])末?
| (?P<ago>{_N}年前)
| (?P<later>{_N}年后)
| (?P<quarter>第?[一二三四1-4](?:季度|季(?!节)|(?<!^.)(?<!\n.)(?=(?:、[一二三四]){{1,3}}季度))|Q[1-4]|[1-4]Q)
  (?P<quarter_end>末|底)?
| (?P<months>前{_N}个?月|1\ ?月?(?:-|–|—|~|～|至|到){_N}\ ?月(?:份)?)(?P<months_end>末|底)?
| (?P<month>{_N})\ ?月(?:份)?\ ?
  (?:(?P<day>{_N}|[12]\d|3[01]|[二三]十[一二三四五六七八九]?)\ ?日|(?P<month_end>末|底)|(?P<tenday>[上中下]旬)|初)?
| (?P<today>今（\d{{1,2}}）日|今\(\d{{1,2}}\)日)
| (?P<mid>年中期?|中期(?!票据|借贷))(?P<mid_end>末)?
| (?P<point>年?(?:末|底)|期末)
| (?P<start>年?初)
| (?P<full>全年|年内)
"""
# What an expression that begins with digits goes on with: most numbers are none, and every digit is a place to begin.
_DIGITS = r"(?:19|20)\d\d|\d{1,2}[\ 年月季HQAE、–—~～至到-]"
_YEAR_WORDS = {"year-1": -1, "prev": -1, "year": 0, "year+1": 1, "next": 1, "back": -2}


def _begins(pattern: str) -> str:
    """A look at whether one of the characters stands here that ``pattern`` can begin with."""
    firsts = first_characters(pattern, re.VERBOSE)
    return f"(?=[{''.join(map(re.escape, sorted(firsts)))}])" if firsts else ""


@dataclass(slots=True, eq=False)
class Period:
    """A stretch of time (``start`` to ``end``) or a moment (``start`` is ``None``); days, both inclusive.

    ``kind``: ``dated``, ``report``, ``same`` (a year before the one under discussion), ``same_now``, ``now``.
    ``year`` tells whether the text itself fixed the year. ``base`` marks what a change is measured against.
    """

    left: int
    right: int
    kind: str
    start: dt.date | None = None
    end: dt.date | None = None
    year: bool = False
    base: str = ""
    years: int = 0
    annual: bool = False
    day: bool = False
    word: str = ""
    guessed: bool = False  # 年末 and 全年 of a text that has named no year

    def known(self) -> bool:
        """Whether it names a date."""
        return self.end is not None


class Calendar:
    """Finds expressions of time and resolves them in reading order."""

    def __init__(self, words: list[PeriodWord]) -> None:
        self._words = {word: entry.id for entry in words for word in entry.words}
        # One class of first characters before each part: a text is tried only where an expression can begin.
        dated, part, word = _begins(_DATED), _begins(_PART), alternation(dict.fromkeys(self._words, ()))
        first = "".join(sorted({one[0] for one in self._words}))
        self._pattern = re.compile(
            rf"(?=[“\"上下前第一二两三四五六七八九十Q年中期H末底{first}]|{_DIGITS})"
            rf"(?P<when>{dated}(?:{_DATED})|(?P<word>{word}))?"
            rf"(?:\ ?{part}(?P<part>{_PART})|(?(when)|(?!)))",
            re.VERBOSE,
        )

    def find(self, text: str) -> list[re.Match[str]]:
        """Every expression of time in the cleaned text."""
        return [m for m in self._pattern.finditer(text) if not self._no_time(text, m)]

    def _no_time(self, text: str, m: re.Match[str]) -> bool:
        start, end = m.span()
        before, after = text[max(0, start - 1) : start], text[end : end + 1]
        if before == "半" and m.group() == "年度":
            return True  # 2025年半年度报告
        if m.group("when") is not None:
            return bool(m.group("year")) and after == "版"
        if m.group("point") or m.group("start"):
            return m.group().startswith(("末", "底", "初"))
        if m.group("quarter") and (before.isdigit() or after in ("下", "过") and m.group("quarter").endswith("季")):
            return True  # 一季下来: three months of any year
        if m.group("month"):
            return before in ("个", "近", "每", ".", "-") or before.isdigit() or after in ("均", "度") \
                or after == "活" and not m.group("month").isdigit() \
                or not m.group("day") and not m.group("month_end") and after in ("龄", "薪", "供")  # fmt: skip
        if m.group("mid"):
            return m.group("mid").startswith("中期") and after in ("报", "业", "股", "息", "分")
        return False

    def resolve(self, m: re.Match[str], published: dt.date | None, anchor: int | None) -> Period:
        """The period a match means; ``anchor`` is the year under discussion, where the text has one."""
        period = Period(m.start(), m.end(), "dated")
        group = m.group
        this = published.year if published else None
        period.word = self._words.get(group("word") or "", "") or (
            "start" if group("start") and not group("when") else ""
        )
        if group("iso"):
            parts = [int(x) for x in re.findall(r"\d+", group("iso"))]
            period.end = _day(*parts)
            period.year = True
            if not group("part"):
                return period
        year: int | None = None
        word = self._words.get(group("word") or "")
        if group("years"):
            first, last = int(group("years")), int(group("years2"))
            period.start, period.end = dt.date(first, 1, 1), dt.date(last, 12, 31)
            period.year, period.years = True, last - first + 1
            if re.search("[末底]$", m.group()):
                period.start = None
            return period
        if group("year"):
            year = int(group("year"))
        elif group("plan"):
            year = 2005 + 5 * _CN[group("plan")]  # “十三五” ends with 2020
        elif group("short"):
            year = 2000 + int(group("short"))
        elif word in _YEAR_WORDS:
            base = anchor if word in ("next", "prev") and anchor else this
            year = base + _YEAR_WORDS[word] if base else None
            if year is None:
                return period
        elif word == "since_start" and anchor is not None and anchor != this:
            period.kind = "same_now"
            return period
        elif word == "since_start":
            if published:
                period.start, period.end = dt.date(published.year, 1, 1), published
            period.year = True
            return period
        elif word in ("report", "report_end", "same", "same_now", "now"):
            period.kind = word
            if word == "same" and group("part") is None:
                return period
            if word != "same" or group("part") is None:
                return period
        period.year = year is not None
        part = m.group("part") or ""
        if word == "within" and anchor is None:
            year = this
        if word in ("all", "within", "end", "start"):
            part = {"end": "年末", "start": "年初"}.get(word, "全年")
        if year is None and not part:
            return period
        if not part:
            assert year is not None
            period.start, period.end, period.annual = dt.date(year, 1, 1), dt.date(year, 12, 31), True
            return period
        self._part(m, part, year, anchor, published, period)
        return period

    def _part(
        self,
        m: re.Match[str],
        part: str,
        year: int | None,
        anchor: int | None,
        published: dt.date | None,
        period: Period,
    ) -> None:
        group = m.group
        point = bool(re.search("[末底]$", part))
        first = 1
        last: int
        if half := group("half"):
            lower = "下" in half or "2" in half
            first, last = (7, 12) if lower else (1, 6)
        elif group("quarter"):
            number = _number(re.sub("[第季度QH]", "", group("quarter")))
            if not 1 <= number <= 4:
                return
            first, last = number * 3 - 2, number * 3
        elif group("upto"):
            last = _number(re.sub("[前个季度]|Q1.Q?", "", group("upto"))) * 3
        elif group("months"):
            last = _number(re.findall(_N, group("months"))[-1])
        elif group("month"):
            first = last = _number(group("month"))
        elif group("ago"):
            period.kind, period.years = "ago", _number(group("ago")[:-2])
            return
        elif group("later"):
            period.kind, period.years = "ago", -_number(group("later")[:-2])
            return
        elif group("today"):
            period.end = published
            return
        elif group("mid"):
            last, point = 6, True
        elif "初" in part:
            opened = year or anchor or (published.year if published else 0)
            if opened:
                # Its books are those of the day before; what a text measures at 2024年初 is of its first days.
                period.end = dt.date(opened, 1, 1) if m.group("year") else dt.date(opened - 1, 12, 31)
            return
        else:
            last = 12
        if not 1 <= last <= 12:
            return
        whole = "年" in part and last == 12
        begun = last if first == 1 and anchor is None else first  # 前三季度: its last month must have begun
        chosen = year or self._year_for(begun, anchor, published, whole=whole)
        if chosen is None:
            return
        period.guessed = whole and year is None and anchor is None
        day = group("day")
        if day:
            period.end, period.day = _day(chosen, last, _number(day)), True
            return
        period.end = dt.date(chosen, last, calendar.monthrange(chosen, last)[1])
        if tenday := group("tenday"):
            period.end = dt.date(chosen, last, {"上旬": 10, "中旬": 20}.get(tenday, period.end.day))
        if not point:
            period.start = dt.date(chosen, first, 1)
            period.annual = first == 1 and last == 12

    @staticmethod
    def _year_for(first: int, anchor: int | None, published: dt.date | None, *, whole: bool) -> int | None:
        """The year of 6月末, 三季度, 年末 standing alone: the one under discussion, else the latest that had begun."""
        if anchor is not None:
            ahead = published is not None and anchor == published.year and dt.date(anchor, first, 1) > published
            return anchor - 1 if ahead and not whole else anchor
        if published is None:
            return None
        if whole:  # 全年, 年末: reports of spring speak of the year before
            return published.year if published.month >= 7 else published.year - 1
        opening = dt.date(published.year, first, 1)
        return published.year if opening <= published else published.year - 1


def shifted(day: dt.date, years: int) -> dt.date:
    """The same day some years on; 29 February becomes 28."""
    year = day.year + years
    return dt.date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    if len(text) == 1:
        return _CN.get(text, 0)
    tens, _, ones = text.partition("十")
    return (_CN.get(tens, 1) if tens else 1) * 10 + (_CN.get(ones, 0) if ones else 0)


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None

"""Which period a figure is of, and what a change is measured against."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from finmetrics.discourse import Context
from finmetrics.entries import Metric
from finmetrics.lexicon import CLOSING, OPENING, Lexicon
from finmetrics.model import Figure
from finmetrics.periods import Period, shifted
from finmetrics.spot import Token

_BASE = re.compile(
    r"(?:较|比起|比|与|同|较之|相较于?|相比|对比|较于|是|为|超过|约为|达到|达|高于|低于|好于|优于|快于|慢于|强于|差于"
    r"|逊于|当于)$"
)
# 是去年同期增量的1.4倍, 约为2022年年中（1.2万多项）的1.4倍
_TIMES_OF = re.compile(r"[一-龥]{0,5}(?:[（(][^（()）]{1,20}[)）])?的[约近逾超]?[\d.一二两三四五六七八九十]+[多余]?倍")
_SINCE = re.compile(r"(?:年)?(?:以来|以后|之后|至今|起至今|(?:年?报|半年报|季报)?起)")
_FROM = re.compile(r"(?:由|从)$")
_AFTER_BASE = re.compile(r"(?:[（(][^（()）]{1,20}[)）])?(?:相比|相较|比|(?:大体|基本|大致)?(?:持平|相当|一致|接近))")
_OPENS = re.compile(r"(?<![自来缘])[由从](?:原来的?|此前的?|之前的?|最初的?|原先的?|过去的?)?\s?$")
_WAS = re.compile(r"[时则]?(?:还|尚|才|仅|只|不过|[为是](?!的))")
_THAT_WAS = re.compile(r"，?这[一个](?:比例|比重|数字|数据|指标|占比|数)(?:还|尚|才|仅|只|不过|不足|不到|[为是])")
_AIMS = re.compile(r"之?前|[将要拟可]|计划|目标|做到|预计|有望|[^，。；]{0,12}(?:不低于|力争|争取|确保|将)")
_HALF = 6  # the month in which a half-year's report ends
_ENDING = 31  # days before its end in which a year is spoken of as done
_YEAR_BEFORE = re.compile(r"((?:19|20)\d\d)年$")


def role_of(text: str, token: Token, lexicon: Lexicon) -> str:
    """How an expression of time is used."""
    if lexicon.began.match(text, token.end):
        return "origin"  # 2012年推出的品牌
    before = text[max(0, token.start - 3) : token.start].rstrip()
    if before.endswith("放到") and text.startswith(("比", "相比", "来比"), token.end):
        return "base"
    if text.startswith(("算起", "起算", "起计"), token.end):
        return "origin"
    if _SINCE.match(text, token.end) and not text[token.start : token.end].startswith(("今年", "本年", "年初", "去年")):
        return "origin"
    if text.startswith("时", token.end):
        return "same"  # 2020年时这一比例仅为31%: of that one figure
    found = _BASE.search(before)
    if before.endswith(("自", "追溯至", "追溯到", "创立于", "成立于", "始于", "始建于", "起步于", "诞生于", "生于")):
        return "origin" if not re.match("[以至]?[来今]?[至到]", text[token.end : token.end + 2]) else "from"
    if found:
        word = found.group()
        if word in ("与", "同"):
            return "base" if _AFTER_BASE.match(text, token.end) else "governs"
        if word in ("是", "为", "超过", "约为", "达到", "达", "当于"):
            times = text.startswith("的", token.end) or _TIMES_OF.match(text, token.end)
            return "base" if times else "governs"
        return "base"
    if _FROM.search(before):
        return "from" if not text[token.end : token.end + 2].startswith(("以来", "起", "开始")) else "governs"
    return "governs"


def resolve(token: Token, lexicon: Lexicon, context: Context, governing: Period | None) -> Period:
    """The period of a token; 去年同期 and 报告期 lean on what governs and on the document's own report."""
    assert token.time is not None
    anchor = context.anchor
    if context.anchor_aged and _latest(token.time, context):
        anchor = None  # 去年办理业务63万笔。截至5月末: the latest May
    period = lexicon.calendar.resolve(token.time, context.published, anchor)
    before = period.word == "prev" and not as_of(token.time.string, token)
    if anchor is None and (before or period.word in ("all", "within") and _running(period, context)):
        last = governing if governing is not None else context.last_period
        if last is not None and last.end is not None:
            period = lexicon.calendar.resolve(token.time, context.published, last.end.year)
    if context.anchor_aged and (token.time.group("quarter") or token.time.group("month")):
        _as_named(period, context)
    if _reported(period, token, context):
        assert context.report is not None
        if period.start is not None:
            period.start = context.report.start
        period.end = context.report.end
    if period.kind == "report" or period.kind == "report_end":
        report = context.report
        if report is not None:
            period.start = report.start if period.kind == "report" else None
            period.end, period.kind = report.end, "dated"
            if not period.start and anchor is not None and period.end is not None and anchor != period.end.year:
                period.end = dt.date(anchor, 12, 31)  # the 期末 of the year that is spoken of
    elif period.kind == "ago":
        now = governing.end if governing is not None and governing.end is not None else context.published
        if now is not None:
            period.end = shifted(now, -period.years)
            period.start = (
                shifted(governing.start, -period.years) if governing is not None and governing.start else None
            )
            period.kind = "dated" if governing is not None else "ago"
    elif period.kind == "same" and governing is not None and governing.end is not None:
        period.start = shifted(governing.start, -1) if governing.start else None
        period.end = shifted(governing.end, -1)
    elif period.kind == "same_now" and governing is not None:
        period.start, period.end = governing.start, governing.end
        year = _YEAR_BEFORE.search(token.time.string, max(0, token.start - 5), token.start)
        if year is not None and period.end is not None:  # 2023年同期
            back = int(year.group(1)) - period.end.year
            period.start = shifted(period.start, back) if period.start else None
            period.end = shifted(period.end, back)
    return period


def _as_named(period: Period, context: Context) -> None:
    """Makes a month or quarter without a year that of this year which the text has named: 今年3月末…，一季度."""
    now = context.published
    if period.year or period.end is None or now is None or period.end in context.named:
        return
    years = now.year - period.end.year
    if years > 0 and shifted(period.end, years) in context.named:
        period.start = shifted(period.start, years) if period.start is not None else None
        period.end = shifted(period.end, years)


def _latest(time: re.Match[str], context: Context) -> bool:
    """Whether a month or 上半年 is the latest one, and not of the year that a sentence before spoke of."""
    if time.group("half") and time.group("when") is None:
        report = context.report
        return report is not None and report.end is not None and report.end.month == _HALF
    return context.anchor_relative and time.group("month") is not None


def ends_with_year(token: Token) -> bool:
    """Whether an expression of time is a year in digits, which a 同期 after it modifies."""
    return token.time is not None and token.time.group("year") is not None and token.time.group().endswith("年")


def _running(period: Period, context: Context) -> bool:
    """Whether 全年 would be the year that still runs where the text last spoke of an earlier one."""
    last, now = context.last_period, context.published
    return (
        now is not None
        and period.end is not None
        and period.end > now
        and last is not None
        and last.end is not None
        and last.end.year < now.year
    )


def _reported(period: Period, token: Token, context: Context) -> bool:
    """Whether 上半年 or 6月末 without a year are those that the document itself reports on."""
    report = context.report
    if report is None or not report.year or report.end is None or period.year or period.end is None or period.word:
        return False
    start = period.start or report.start
    same = (period.end.month, period.end.day) == (report.end.month, report.end.day)
    return same and start is not None and report.start is not None and start.month == report.start.month


def against(base: Period | None, governing: Period | None) -> str:
    """The comparison that a named base makes: 较2022年 said of 2023 is yoy."""
    if base is None:
        return ""
    if base.kind == "ago":
        return "yoy" if base.years == 1 else "since"
    if base.kind == "same" or base.word in ("year-1", "prev") and base.annual:
        return "yoy"
    if (
        base.word == "start"
        or base.word in ("year-1", "prev")
        and base.start is None
        and (base.end is None or base.end.month == 12)
    ):
        return "ytd"
    if base.end is None:
        return ""
    if governing is None or governing.end is None:
        return "since"
    now, then = governing.end, base.end
    if (then.month, then.day) == (12, 31) and then.year == now.year - 1:
        if base.start is None:
            return "ytd"
        part = base.start.month > 1 and (governing.start is None or governing.start.month != base.start.month)
        return "since" if part else "yoy"  # 相比去年下半年, said of this year's first
    if then.month == 1 and then.day == 1 and then.year == now.year:
        return "ytd"
    if then.year == now.year - 1 and then.month == now.month and abs(then.day - now.day) <= 3:
        return "yoy"
    months = (now.year - then.year) * 12 + now.month - then.month
    if months == 3 and now.month % 3 == 0:
        return "qoq"
    if months == 1:
        return "mom"
    return "since"


def so_far(period: Period | None, status: str, published: dt.date | None, report: Period | None) -> Period | None:
    """今年 up to the day of publication or of the report, 年末 the last one: what is done cannot be of days to come."""
    if period is None or published is None or status != "actual" or period.end is None or period.end <= published:
        return period
    if period.guessed and (period.end - published).days > _ENDING:
        start = shifted(period.start, -1) if period.start is not None else None
        return replace(period, start=start, end=shifted(period.end, -1))
    if period.word not in ("year", "within") or period.start is None or published < period.start:
        return period
    reported = report.end if report is not None and report.year else None
    told = period.word == "within" and reported is not None and period.start < reported < published
    return replace(period, end=reported if told else published)  # 三季报: 年内获客241.59万户


def stamp(figure: Figure, metric: Metric | None, period: Period | None) -> None:
    """Writes a period on a figure: a stock at its end, a flow over its length, a change over the time that is named."""
    if period is None or period.end is None:
        return
    kind = metric.period if metric is not None else "either"
    if kind == "instant" and figure.measure == "change" and period.start is not None and figure.comparison != "ytd":
        kind = "duration"
    if kind == "instant" or kind == "either" and period.start is None:
        figure.period_kind, figure.period_end = "instant", period.end
        return
    figure.period_kind, figure.period_end = "duration", period.end
    figure.period_start = period.start or dt.date(period.end.year, 1, 1)


def following_years(stretch: str, size: int, year: int) -> list[Period]:
    """The years of 此后四年, where the list has as many figures."""
    match = re.search(r"(?:此后|之后|随后|其后)([一二三四五六七八九]|\d)年", stretch)
    if match is None or not year:
        return []
    count = int(match.group(1)) if match.group(1).isdigit() else "零一二三四五六七八九".index(match.group(1))
    if count != size:
        return []
    return [
        Period(0, 0, "dated", dt.date(y, 1, 1), dt.date(y, 12, 31), year=True) for y in range(year + 1, year + size + 1)
    ]


def quarter_end(period: Period) -> bool:
    """Whether a day is one that accounts are drawn up for."""
    end = period.end
    return end is not None and end.month % 3 == 0 and end.day >= 30


def as_of(text: str, token: Token) -> bool:
    """Whether 截至, 到 or the like makes a day the date of the figures."""
    return (
        text[max(0, token.start - 3) : token.start]
        .rstrip()
        .endswith(("截至", "截止", "截止到", "截至到", "到", "至", "自"))
    )


def in_aside(tokens: list[Token], at: int) -> Token | None:
    """The expression of time that stands alone in the parentheses right after a figure: 资产38.6亿元（2018年末）."""
    quantity, after = tokens[at].quantity, tokens[at + 1 : at + 4]
    if quantity is None or len(after) < 3 or after[1].time is None or after[0].start != quantity.right:
        return None
    opened, closed = after[0].word.mark, after[2].word.mark
    alone = after[0].end == after[1].start and after[1].end == after[2].start
    return after[1] if opened and closed and opened in OPENING and closed in CLOSING and alone else None


def aims(text: str, token: Token) -> bool:
    """Whether 年末 is one to come: 到年底, 年底前, 年底做到."""
    before = text[max(0, token.start - 3) : token.start]
    reached = before.endswith(("到", "至")) and not before.endswith(("截至", "截止到", "截至到"))
    return reached or _AIMS.match(text, token.end) is not None


def to_come(period: Period, published: dt.date | None) -> None:
    """Makes a guessed 年末 or 全年 the one of the year that runs when the text is published."""
    period.guessed = False
    if published is not None and period.end is not None and period.end < published:
        period.start = shifted(period.start, 1) if period.start is not None else None
        period.end = shifted(period.end, 1)


def sets_off(text: str, token: Token) -> bool:
    """Whether an expression of time only gives what was before: 占比71%，2021年末还只有34%."""
    if text.endswith(("而", "而在"), 0, token.start) or _THAT_WAS.match(text, token.end):
        return True
    return text[token.start - 1 : token.start] in ("，", "；") and _WAS.match(text, token.end) is not None


def opens_movement(text: str, left: int) -> bool:
    """Whether 由 or 从 right before a figure makes it where a movement began."""
    before = text[max(0, left - 6) : left]
    return ("由" in before or "从" in before) and _OPENS.search(before) is not None


def years_of(period: Period) -> list[Period]:
    """Each year of 2019年至2023年."""
    assert period.end is not None
    last = period.end.year
    return [
        Period(period.left, period.right, "dated", dt.date(y, 1, 1), dt.date(y, 12, 31), year=True, annual=True)
        for y in range(last - period.years + 1, last + 1)
    ]

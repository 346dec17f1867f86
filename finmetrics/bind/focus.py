"""Who, when and what product is spoken of at one place of a sentence, as its words pass by."""

from __future__ import annotations

import datetime as dt

from finmetrics.bind import lists, subject, time
from finmetrics.bind.model import Moment, Subject
from finmetrics.discourse import Context, Sentence
from finmetrics.lexicon import BREAKS, CLOSING, JOINS, OPENING, PARTS, Lexicon
from finmetrics.periods import Period
from finmetrics.spot import Token

_LISTED = ("、", "，", "；", "。", "\n", "和", "（")
_QUOTES = ("“", '"', "「", "『", "《")
_OF_NAME = 4  # characters at least between a time and its 的: 2024年的工商银行， is the bank in that year
_LEAD = 4  # characters before a period that opens its paragraph
_NO_PRONOUN_AFTER = ("是", "为", "比", "较", "与", "和", "对", "由", "被", "向", "给")


class Focus:
    """Starts from what the discourse hands to the sentence; :meth:`note` takes every token that is no figure.

    ``subject`` is who speaks, ``period`` what governs, ``settled`` what did before a target's period to come,
    ``local`` a period of the next figure only, ``base`` what a change is measured against, ``product`` the product
    under discussion.
    """

    def __init__(self, text: str, lexicon: Lexicon, context: Context, sentence: Sentence) -> None:
        self._text = text
        self._lexicon = lexicon
        self._context = context
        self._tokens = sentence.tokens
        context.anchor_aged = context.anchor is not None
        self._start = sentence.start
        self.subject = Subject(context.bank, context.branch)
        self.period = self.settled = context.period
        self.product = context.product
        self.product_meant = self._told = False
        self.local: Moment | None = None
        self.base: Period | None = None
        self._resumed: tuple[Period | None, ...] = ()  # what governs again after one that only sets it off
        self._outside: tuple[Subject, Token | None] | None = None
        self._dated = self._dates()  # outside the parentheses that are open
        self._stated = False  # a figure, in them
        self._told_of = False  # a figure of the sentence, by what governs
        self.one = context.one

    @property
    def lasting(self) -> Period | None:
        """The period that governs the next sentence."""
        return self._resumed[0] if self._resumed else self.period

    @property
    def last_period(self) -> Period | None:
        """The period that the text last spoke of."""
        return self._context.last_period

    def note(self, i: int, token: Token) -> None:
        """Takes the ``i``-th token of the sentence."""
        text, lexicon = self._text, self._lexicon
        if token.time is not None:
            if not self._of_name(i):
                self._note_time(token, self._tokens[i - 1] if i else None)
            return
        if token.word.mark:
            self._note_aside(token.word.mark)
            if token.word.mark in PARTS and self._resumed:
                self.period, self._resumed = self._resumed[0], ()
        if token.bank is not None:
            if token.bank.speaker:
                self._told = subject.opens(text, token.start)
                speaks = not text.startswith(lexicon.norms, token.end)
                if speaks and self._context.main is None and subject.opens(text, token.start):
                    self.subject = Subject(None)
            elif subject.is_subject(text, self._tokens, i) and not subject.ranked(text, token, lexicon):
                self._note_bank(i, token)
        if self._told and "market" in token.word.roles:
            self.subject = Subject(None)  # 人民银行的数据显示，全市贷款余额186亿元
        if "rest" in token.word.roles and subject.opens_in_place(text, lexicon, self._phrase_start(i)):
            self.subject = Subject(None, "", token)  # 余下各家都在1%以下: none of those that are named
        if token.word.roles:
            self._note_pronoun(i, token)
        if token.product:
            self._note_product(token)

    def _phrase_start(self, i: int) -> int:
        """Where the ``i``-th token begins, or the expression of time right before it: 2024年|其他银行."""
        token, before = self._tokens[i], self._tokens[i - 1] if i else None
        dated = before is not None and before.time is not None and before.end == token.start
        return before.start if before is not None and dated else token.start

    def _note_aside(self, mark: str) -> None:
        """What is named in parentheses speaks only there; so does a period that a figure in them has."""
        if mark in OPENING:
            self._outside = self.subject, self.product
            self._dated, self._stated = self._dates(), False
        elif mark in CLOSING and self._outside is not None:
            (self.subject, self.product), self._outside = self._outside, None
            if self._stated:
                context = self._context
                self.period, self.settled, self._resumed, context.last_period, context.anchor = self._dated

    def _dates(self) -> tuple[Period | None, Period | None, tuple[Period | None, ...], Period | None, int | None]:
        return self.period, self.settled, self._resumed, self._context.last_period, self._context.anchor

    def figure_read(self, period: Period | None) -> None:
        """Forgets what held for the one figure just bound, whose period was ``period``."""
        self._stated = True
        self._told_of = self._told_of or period is not None and period is self.period
        local = self.local
        if local is None or local.role != "base" or period is not local.period:
            self.base = None
        self.local = None

    # institutions and products ---------------------------------------------------------------------------------

    def _note_bank(self, i: int, token: Token) -> None:
        bank = token.bank
        if bank is not None and bank.type != "group":
            self.one = bank, token.branch
        elif self._text.endswith(self._lexicon.unnamed, 0, token.start):
            self.one = None
        if bank is not self.subject.bank and self.product is not None:
            product = self.product.word.product
            if product is None or not product.generic:
                self.product = None
        first = self.subject.token
        if first is not None and first.bank is not None and bank is not first.bank and self._coordinated(first, i):
            return  # one figure of several banks is the first one's
        branch = token.branch
        if branch:
            self._context.branches[branch[-2:]] = branch
        if not branch and bank is self.subject.bank and first is None:
            branch = "" if token.word.text.endswith("银行") or token.word.short else self.subject.branch
        self.subject = Subject(bank, branch, token)

    def _coordinated(self, first: Token, i: int) -> bool:
        """Whether the ``i``-th token goes on a list of institutions that ``first`` began, without a figure between."""
        j = i - 1
        while j >= 0 and self._tokens[j] is not first:
            if self._tokens[j].quantity is not None:
                return False
            j -= 1
        token = self._tokens[i]
        return any(
            first in run and token in run
            for run in lists.runs(self._text, self._tokens[j : i + 1], lambda t: t.bank is not None)
        )

    def _note_pronoun(self, i: int, token: Token) -> None:
        roles = token.word.roles
        if "product_self" in roles:
            self.product_meant = True
        if self._text[token.start - 1 : token.start] in _NO_PRONOUN_AFTER:
            return
        if self._text.startswith(self._lexicon.holds, token.end):
            return  # 小米消费金融：本行持股30%: of the one that is held
        kind = token.word.text[-2:]
        if token.branch:
            self._context.branches[kind] = token.branch
            self.subject = Subject(self.subject.bank, token.branch, token)
        elif kind in self._context.branches and (
            roles.get("self") == "that" or subject.opens(self._text, token.start, 2)
        ):
            self.subject = Subject(self.subject.bank, self._context.branches[kind], token)
        elif "whole" in roles:
            if self.subject.branch and subject.opens(self._text, token.start, 1):
                self.subject = Subject(self.subject.bank, "", token)
        elif "former" in roles or "latter" in roles:
            pair = self._pair(i)
            products = [
                run for run in lists.runs(self._text, self._tokens[:i], lambda t: bool(t.product)) if len(run) > 1
            ]
            if products:
                self.product = products[-1][0 if "former" in roles else -1]
            elif len(pair) > 1:
                one = pair[0] if "former" in roles else pair[-1]
                self.subject = Subject(one.bank, one.branch, token)
        elif roles.get("self") == "own":
            main = self._context.main
            if main is not None and self.subject.bank is not main:
                self.subject = Subject(main, "", token)
        elif roles.get("self") == "that":
            if self.subject.bank is None:
                self.subject = Subject(self._context.past_bank, "", token)  # of the paragraph before
            elif self.subject.bank.type == "group" and self.one is not None:
                self.subject = Subject(*self.one, token)  # “大行看不上，”该行副行长说
            else:
                self.subject = Subject(self.subject.bank, self.subject.branch, token)

    def _pair(self, i: int) -> list[Token]:
        """What 前者 and 后者 point to: the last list of institutions, or the last two named."""
        before = [t for t in self._tokens[:i] if t.bank is not None and not t.bank.speaker]
        runs = [run for run in lists.runs(self._text, before, lambda t: True) if len(run) > 1]
        if runs:
            return runs[-1]
        seen: dict[str, Token] = {}
        for token in before:
            if token.bank is not None and token.bank.type != "group":
                seen.setdefault(token.bank.id, token)
        if len(seen) == 1:
            return []  # 浦发银行交易额8.9万亿元、1.4亿笔，前者增长: of its figures
        return list(seen.values())[-2:] or self._context.pair

    def _note_product(self, token: Token) -> None:
        self.product = token
        brand = token.word.product.bank if token.word.product else ""
        if brand and token.bank is None:
            bank = self._lexicon.banks.get(brand)
            before = self._text[token.start - 1 : token.start]
            quoted = before in _QUOTES or before not in _LISTED  # most names are the subject's own
            free = self.subject.bank is None or self.subject.bank.type == "group"
            if bank is not None and self.subject.bank is not bank and (free or not quoted):
                self.subject = Subject(bank, "", token)

    # time ------------------------------------------------------------------------------------------------------

    def _note_time(self, token: Token, before: Token | None) -> None:
        if self._text[token.start - 1 : token.start] == "各":
            return  # 2022年至2024年各年末
        here = self.period is not None and self.period.left >= self._start
        if token.time is not None and token.time.group("later") and not here:
            return  # 一年后 of what?
        split = before is not None and before.end == token.start and time.ends_with_year(before)  # 2023年|同期
        role = time.role_of(self._text, before if before is not None and split else token, self._lexicon)
        ahead = before is not None and "status" in before.word.roles  # 展望全年
        if role == "governs" and self.local is not None and self.local.role == "base" \
                and self._text[self.local.token.end : token.start] in JOINS:  # fmt: skip
            return  # 比一季度和2024年分别低
        lasts = here and self.period is not None and self.period.start is not None
        if lasts and token.time is not None and token.time.group() == "期内":
            return  # 今年第一季统计，期内交易额: of what was named
        period = time.resolve(token, self._lexicon, self._context, self.period or self._context.last_period)
        open_year = period.guessed or period.word == "within" or period.word == "all" and self._context.anchor_relative
        if open_year and (ahead or time.aims(self._text, token)):
            time.to_come(period, self._context.published)
        whole = period.word in ("all", "within") and not ahead
        if (whole or period.word == "year" and period.annual) and self._to_date(period):
            assert self.period is not None
            period.end = self.period.end
        if role == "base":
            self.base = period
            self.local = Moment(period, token, role)
        elif role == "origin":
            if period.word == "year" and period.end is not None:
                self._context.anchor = period.end.year  # 今年1月设立的公司……8月
        elif role in ("from", "same") and period.known():
            self.local = Moment(period, token, role)
        elif period.word == "since_start" and self._same_year(period):
            return  # 今年以来 runs to the date already named
        elif (
            period.kind == "same"
            or not time.as_of(self._text, token)
            and (period.word == "prev" or period.word == "year-1" and here and self._earlier(period))
        ):
            self.local = Moment(period, token, "same")
        elif (
            period.known()
            and (self.period is None or self._earlier(period))
            and (time.sets_off(self._text, token) or self._set_beside(token, period, here))
        ):
            self._resumed = self._resumed or (self.period,)
            self.period, self.local = period, None
        elif period.kind == "now" and self._text.startswith("的", token.end):
            self.local = Moment(period, token, "from")  # 由目前的180家增加到220家
        elif period.kind == "now":
            self.period = self.settled = None
            self.local = None
        elif period.known():
            self._govern(token, period)

    def _set_beside(self, token: Token, period: Period, here: bool) -> bool:
        """Whether a year stands beside what governs, named ``here`` or had by a figure: …；2023年，该行为3.91%."""
        governs = here or self._told_of and self.period is not None
        ago = token.time is not None and token.time.group("ago") is not None  # 放在三年前，…
        return governs and (ago or period.year and self._text[token.start - 1] in "，；")

    def _earlier(self, period: Period) -> bool:
        """Whether a period only sets off the one that governs: 今年前8个月130家，去年全年98家."""
        now = self.period
        return now is not None and now.end is not None and period.end is not None and period.end < now.end

    def _same_year(self, period: Period) -> bool:
        now = self.period
        if now is None or now.end is None or period.end is None:
            return False
        return now.end.year == period.end.year

    def _of_name(self, i: int) -> bool:
        """Whether an expression of time only says more of an institution: 去年6月完成重组的汇立银行，上半年…."""
        for token in self._tokens[i + 1 :]:
            if token.quantity is not None or token.word.mark and token.word.mark in BREAKS:
                return False
            if token.bank is not None:
                named = self._text.startswith(("，", ","), token.end)
                return named and self._text[token.start - 1] == "的" and token.start - self._tokens[i].end > _OF_NAME
        return False

    def _govern(self, token: Token, period: Period) -> None:
        year = period.end.year if period.end is not None else None
        if self._text.startswith(self._lexicon.reports, token.end):
            self._context.anchor = year
            if (
                self.period is None and year is not None
            ):  # 据2020年年报: what it says is of that year, where nothing else is said
                half = self._text[token.end : token.end + 2] in ("半年", "中报", "中期")
                last = dt.date(year, 6, 30) if half else dt.date(year, 12, 31)
                self.period = Period(token.start, token.end, "dated", dt.date(year, 1, 1), last, year=True)
            return
        if period.day and not time.quarter_end(period) and not time.as_of(self._text, token) and not self._past(period):
            return  # the day of the news, not of the figures
        self.period = self._context.last_period = period
        if period.year and period.end is not None:
            self._context.named.add(period.end)
        self._resumed = ()
        if not self._to_come(period):
            self.settled = period
        if token.start - self._context.paragraph <= _LEAD:
            self._context.lead = period
        self.local = None
        if year is not None and (period.year or period.word in ("report", "report_end")):
            self._context.anchor = year
            self._context.anchor_relative, self._context.anchor_aged = period.word == "year-1", False

    def _to_come(self, period: Period) -> bool:
        """Whether a period ends after the day of publication, as those of targets do."""
        published = self._context.published
        now = period.word == "year"
        return published is not None and period.end is not None and period.end > published and not now

    def _past(self, period: Period) -> bool:
        """Whether a day lies too far back to be the day of the news."""
        published = self._context.published
        return period.year and published is not None and period.end is not None and (published - period.end).days > 150

    def _to_date(self, period: Period) -> bool:
        """截至10月末，当年投放: the flow of the year runs to the date just named."""
        now = self.period
        return (
            now is not None and now.start is None and now.end is not None and period.end is not None
            and now.end.year == period.end.year and now.left >= self._start
        )  # fmt: skip

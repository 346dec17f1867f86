"""One sentence -> its figures, from left to right."""

from __future__ import annotations

from dataclasses import dataclass, replace

from finmetrics.bind import lists, subject, time
from finmetrics.bind.measure import Measure, measure_of, signed
from finmetrics.bind.metric import Choice, Chooser
from finmetrics.bind.segment import Segment, segment_of
from finmetrics.discourse import Context, Sentence
from finmetrics.lexicon import BREAKS, Lexicon
from finmetrics.model import Dismissed, Figure
from finmetrics.periods import Period
from finmetrics.quantify import Quantity
from finmetrics.schema import Bank, Metric
from finmetrics.spot import Token


# How many figures back a metric may be carried from.
_REMEMBERED = 8
_RATIOS_OF = ("share", "tech_investment_ratio", "tech_staff_ratio", "market_share")


@dataclass(slots=True)
class Bound:
    """A figure with the decisions that later figures lean on."""

    figure: Figure
    measure: Measure
    metric: Metric | None
    period: Period | None
    token: Token
    bank: Bank | None
    group: int
    choice: Choice | None = None

    def choice_text(self) -> str:
        """The wording its metric was found by."""
        return self.choice.text if self.choice is not None else ""


@dataclass(slots=True)
class Subject:
    """Who is spoken of at one place of the sentence."""

    bank: Bank | None
    branch: str = ""
    token: Token | None = None


class SentenceBinder:
    """Walks one sentence; made anew for each."""

    def __init__(self, text: str, doc_id: str, lexicon: Lexicon, chooser: Chooser, context: Context, sentence: Sentence):
        self.text = text
        self.doc_id = doc_id
        self.lexicon = lexicon
        self.chooser = chooser
        self.context = context
        self.sentence = sentence
        self.tokens = sentence.tokens
        self.bound: list[Bound] = []
        self.dismissed: list[Dismissed] = []
        self.subject = Subject(context.bank, context.branch)
        self.period = context.period
        self.local: time.Moment | None = None
        self.base: Period | None = None
        self.product = context.product
        self.quoted = text[sentence.start : sentence.end].strip()

    def run(self) -> list[Bound]:
        """Binds every quantity of the sentence and hands the discourse on to the context."""
        text, tokens = self.text, self.tokens
        groups = {first: last for first, last in lists.groups(text, tokens)}
        since = 0
        i = 0
        while i < len(tokens):
            token = tokens[i]
            if token.quantity is None:
                self._note(i, token)
                i += 1
                continue
            last = groups.get(i, i)
            self._bind_group(since, i, last)
            local = self.local
            kept = local is not None and local.role == "base" and self.bound and self.bound[-1].period is local.period
            if not kept:
                self.base = None
            self.local = None
            since = i = last + 1
        self._hand_on()
        return self.bound

    # what precedes a figure ------------------------------------------------------------------------------------

    def _note(self, i: int, token: Token) -> None:
        if token.time is not None:
            self._note_time(token)
            return
        if token.bank is not None and token.bank.speaker and self.context.main is None and subject.opens(self.text, token.start):
            self.subject = Subject(None)
        elif token.bank is not None:
            if subject.is_subject(self.text, self.tokens, i) and not subject.ranked(self.text, token):
                self._note_bank(i, token)
        roles = token.word.roles
        if roles:
            self._note_pronoun(token, roles)
        if token.product:
            self.product = token
            brand = token.word.product.bank if token.word.product else ""
            if brand and token.bank is None:
                bank = self.lexicon.banks.get(brand)
                if bank is not None and (self.subject.bank is not bank):
                    self.subject = Subject(bank, "", token)

    def _note_bank(self, i: int, token: Token) -> None:
        bank = token.bank
        if bank is not self.subject.bank and self.product is not None:
            product = self.product.word.product
            if product is None or not product.generic:
                self.product = None
        start = self.subject.token
        listed = (
            start is not None and start.bank is not None and bank is not start.bank
            and not any(t.quantity is not None and start.end <= t.start < token.start for t in self.tokens)
            and self._coordinated(start, token)
        )  # fmt: skip
        if listed:
            return  # one figure of several banks is the first one's
        branch = token.branch
        if not branch and bank is self.subject.bank and start is None:
            branch = "" if token.word.text.endswith("银行") or token.word.short else self.subject.branch
        self.subject = Subject(bank, branch, token)

    def _coordinated(self, first: Token, other: Token) -> bool:
        found = lists.runs(self.text, self.tokens, lambda t: t.bank is not None)
        return any(first in run and other in run and run.index(first) < run.index(other) for run in found)

    def _note_pronoun(self, token: Token, roles: dict[str, str]) -> None:
        text = token.word.text
        pair = self.context.pair
        if self.text[token.start - 1 : token.start] in ("是", "为", "比", "较", "与", "和", "对"):
            return
        if "former" in roles and pair:
            self.subject = Subject(pair[0].bank, pair[0].branch, pair[0])
        elif "latter" in roles and len(pair) > 1:
            self.subject = Subject(pair[-1].bank, pair[-1].branch, pair[-1])
        elif "self" in roles and text in ("本行", "本集团", "我行", "本公司") and self.context.main is not None:
            if self.subject.bank is not self.context.main:
                self.subject = Subject(self.context.main, "", token)

    def _note_time(self, token: Token) -> None:
        role = time.role_of(self.text, token)
        period = time.resolve(token, self.lexicon, self.context, self.period)
        if period.word == "all" and self._to_date(period):
            assert self.period is not None
            period.end = self.period.end
        if role == "base":
            self.base = period
            self.local = time.Moment(period, token, role)
        elif role == "origin":
            return
        elif role == "from" and period.known():
            self.local = time.Moment(period, token, role)
        elif period.kind == "same":
            self.local = time.Moment(period, token, "same")
        elif period.kind == "now":
            self.period = None
            self.local = None
        elif period.known():
            follows_report = self.text[token.end : token.end + 3].startswith(("年报", "半年报", "中报", "季报", "年度报告", "财报", "业绩"))
            if follows_report:
                self.context.anchor = period.end.year if period.end else None
                return
            if period.day and not time.quarter_end(period) and not time.as_of(self.text, token) and not self._past(period):
                return  # the day of the news, not of the figures
            self.period = period
            self.local = None
            if period.year and period.end is not None:
                self.context.anchor = period.end.year

    def _past(self, period: Period) -> bool:
        """Whether a day lies too far back to be the day of the news."""
        published = self.context.published
        return period.year and published is not None and period.end is not None and (published - period.end).days > 150

    def _to_date(self, period: Period) -> bool:
        """截至10月末，当年投放: the flow of the year runs to the date just named."""
        now = self.period
        return (
            now is not None and now.start is None and now.end is not None and period.end is not None
            and now.end.year == period.end.year
        )  # fmt: skip

    # one figure, or one list of figures ------------------------------------------------------------------------

    def _bind_group(self, since: int, first: int, last: int) -> None:
        tokens = self.tokens
        members = [t for t in tokens[first : last + 1] if t.quantity is not None]
        quantities = [t.quantity for t in members if t.quantity is not None]
        before = tokens[since:first]
        after: list[Token] = []
        for token in tokens[last + 1 :]:
            if token.quantity is not None:
                break
            after.append(token)
        start = self._clause_start(since, first)
        segment = segment_of(self.text, self.lexicon, before, after, quantities[0], quantities[-1], start)
        segment.base = self.base
        if self.base is not None and not segment.comparison:
            segment.comparison = time.against(self.base, self._governing())
        segment.span = self._span(first)
        # A subject's own name settles what stands before it in the clause.
        segment.named = max([segment.clause, *(t.end for t in before if t.bank is not None and t.start >= segment.clause)])
        tail = quantities[-1]
        if len(quantities) > 1:
            self.lexicon.quantifier.rescaled(quantities[:-1], tail.scale, tail.unit)
        number = len(self.bound)
        spread = self._spread(before, len(members), segment) if len(members) > 1 else {}
        for k, token in enumerate(members):
            self._bind_one(token, segment, {slot: items[k] for slot, items in spread.items()}, number, k, len(members))

    def _clause_start(self, since: int, first: int) -> int:
        if not since:
            return self.sentence.start
        last = self.tokens[since - 1]
        return last.quantity.right if last.quantity is not None else last.end

    def _span(self, first: int) -> int:
        """Where the clause of a figure begins, whatever figures stand in it."""
        for token in reversed(self.tokens[:first]):
            if token.word.mark and token.word.mark in BREAKS:
                return token.end
        return self.sentence.start

    def _spread(self, before: list[Token], size: int, segment: Segment) -> dict[str, list[object]]:
        """What differs from figure to figure in a list of ``size``."""
        spread: dict[str, list[object]] = {}
        text = self.text
        banks = lists.of_size(lists.runs(text, before, lambda t: t.bank is not None and not t.bank.speaker), size)
        if banks:
            spread["bank"] = [Subject(t.bank, t.branch, t) for t in banks]
        metrics = lists.of_size(lists.runs(text, before, lambda t: bool(t.word.metrics) and t.bank is None), size)
        if metrics and not banks:
            spread["metric"] = list(metrics)
        times = [t for t in before if t.time is not None]
        if times:
            run = lists.of_size(lists.runs(text, times, lambda t: True), size)
            if run:
                spread["period"] = [time.resolve(t, self.lexicon, self.context, None) for t in run]
            elif following := time.following_years(text[before[0].start : before[-1].end + 8], size, self._last_year()):
                spread["period"] = list(following)
            elif self.period is not None and self.period.years == size:
                spread["period"] = list(time.years_of(self.period))
        products = lists.of_size(lists.runs(text, before, lambda t: bool(t.product)), size)
        if products and not banks and not metrics:
            spread["product"] = list(products)
        if not spread and any("both" in t.word.roles for t in before) and len(self.context.pair) == size:
            spread["bank"] = [Subject(t.bank, t.branch, t) for t in self.context.pair]
        if not spread:
            self._spread_back(size, segment, spread)
        elif "bank" not in spread and "metric" in spread:
            pass
        return spread

    def _last_year(self) -> int:
        """The year of the last figure of the sentence, or 0."""
        for bound in reversed(self.bound):
            if bound.figure.period_end is not None:
                return bound.figure.period_end.year
        return 0

    def _spread_back(self, size: int, segment: Segment, spread: dict[str, list[object]]) -> None:
        """A list without a list before it repeats the order of the figures before: values, then their growth."""
        previous = self.bound
        if not previous:
            return
        last = [b for b in previous if b.group == previous[-1].group]
        if segment.items:
            distinct = {b.figure.metric: b for b in previous}
            last = list(distinct.values())[-size:]
        if len(last) != size:
            last = [b for b in previous if b.measure.measure == "level"][-size:]
            if len(last) != size:
                last = previous[-size:]
        if len(last) != size:
            return
        if len({id(b.bank) for b in last}) > 1 and not segment.items:
            spread["bank"] = [Subject(b.bank, b.figure.branch, b.token) for b in last]
        if not segment.metrics:
            spread["figure"] = list(last)
        if len({b.figure.period_end for b in last}) > 1:
            spread["period"] = [b.period for b in last]

    def _bind_one(
        self, token: Token, segment: Segment, own: dict[str, object], number: int, k: int, size: int
    ) -> None:
        quantity = token.quantity
        assert quantity is not None
        before = self.bound[-1] if self.bound else None
        if k:
            measure = replace(self.bound[-1].measure) if self._same_kind(quantity, number) else measure_of(
                quantity, segment, before.measure if before else None
            )  # fmt: skip
            if segment.change is None and segment.right_change is None:
                measure = replace(self.bound[number].measure)
        else:
            measure = measure_of(quantity, segment, before.measure if before else None)
        if k and number < len(self.bound):
            own.setdefault("first", self.bound[number])
        choice = self._choice(quantity, segment, measure, own)
        if quantity.unit is None and quantity.scale == 1 and not self._plain_number(quantity, choice, k):
            self.dismissed.append(Dismissed(self.text[quantity.start : quantity.end], quantity.start, quantity.end, "unresolved"))
            return
        metric = choice.metric
        figure = Figure(
            self.doc_id,
            self.text[quantity.start : quantity.end],
            quantity.start,
            quantity.end,
            signed(quantity, measure),
            quantity.value_max,
            qualifier=quantity.qualifier,
            measure=measure.measure,
            comparison=measure.comparison if measure.measure != "level" else "",
            per=segment.per,
            cumulative=segment.cumulative,
            status=segment.status,
            segment=segment.segment,
        )
        self._write_metric(figure, quantity, metric, choice, measure)
        who = own.get("bank")
        self._write_bank(figure, who if isinstance(who, Subject) else self.subject)
        self._write_product(figure, metric, own.get("product"), choice)
        period = self._period(quantity, own, measure)
        time.stamp(figure, metric, period)
        bank = who.bank if isinstance(who, Subject) else self.subject.bank
        self.bound.append(Bound(figure, measure, metric, period, token, bank, number, choice))
        figure.rule = f"metric:{choice.reason}; measure:{measure.reason or 'plain'}; bank:{'list' if who else 'subject'}"
        figure.sentence = self.quoted

    def _same_kind(self, quantity: Quantity, number: int) -> bool:
        first = self.bound[number].token.quantity if number < len(self.bound) else None
        return first is not None and first.unit is quantity.unit

    def _choice(self, quantity: Quantity, segment: Segment, measure: Measure, own: dict[str, object]) -> Choice:
        listed = own.get("metric")
        if isinstance(listed, Token):
            wording = self.chooser.candidates(self.text, listed, quantity, segment, measure)
            if wording is None and len(segment.metrics) > 0:
                shared = segment.metrics[0][1]  # 存款、贷款余额: the head may fit where the item does not
                wording = self.chooser.candidates(self.text, shared, quantity, segment, measure)
            if wording is not None:
                return Choice(wording.metric, listed.word.text, "list", listed)
            return Choice(None, reason="list item fits no metric")
        back = own.get("figure")
        if isinstance(back, Bound):
            return Choice(back.metric, back.figure.metric_text, "list before", None)
        first = own.get("first")
        if isinstance(first, Bound) and first.choice is not None and quantity.unit is first.token.quantity.unit:  # type: ignore[union-attr]
            return first.choice
        return self.chooser.choose(self.text, quantity, segment, measure, self._carrier(measure, quantity))

    def _carrier(self, measure: Measure, quantity: Quantity) -> Bound | None:
        """The figure whose metric goes on: of points the last ratio, of a growth the last that is no ratio.

        A level goes on with the last figure of the same unit; over a sentence's end only with a metric.
        """
        unit = quantity.unit
        points = unit is not None and unit.kind == "pp"
        earlier = [bound for bound in self.context.recent if bound.metric is not None]
        for bound in (*reversed(self.bound), *reversed(earlier)):
            metric = bound.metric
            if metric is None and not bound.choice_text():
                return None if bound in self.bound else bound
            if points:
                if metric is not None and "%" in metric.units or bound.measure.measure == "growth":
                    return bound
            elif measure.measure == "growth":
                if metric is None or metric.id not in _RATIOS_OF:
                    return bound
            elif unit is None:
                if bound.token.quantity is not None and bound.token.quantity.unit is None:
                    return bound
            elif bound.figure.unit == unit.id or bound.figure.unit_kind == unit.kind == "currency":
                return bound
        for bound in (*reversed(self.bound), *reversed(earlier)):
            if bound.metric is not None and (unit is not None or bound.figure.unit_kind == "count" and not bound.figure.per):
                return bound
        return None

    def _plain_number(self, quantity: Quantity, choice: Choice, k: int) -> bool:
        """Whether a number without unit and scale is a figure: only right after its metric."""
        if choice.metric is None or choice.token is None or quantity.chinese:
            return False
        stretch = self.text[choice.token.end : quantity.left]
        return len(stretch) <= 4 and not any(c in stretch for c in BREAKS + "、（(") and quantity.bare >= 10

    # slots -----------------------------------------------------------------------------------------------------

    def _write_metric(self, figure: Figure, quantity: Quantity, metric: Metric | None, choice: Choice, measure: Measure) -> None:
        unit = quantity.unit
        if metric is not None:
            figure.metric, figure.metric_name = metric.id, metric.name
            figure.metric_text, figure.definition = choice.text, metric.definition
            if metric.sign < 0 and measure.measure == "level":
                figure.value = -abs(figure.value)
            if unit is None:
                unit = self.lexicon.quantifier.by_id.get(metric.units[0])
        if unit is not None:
            figure.unit, figure.unit_kind = unit.id, unit.kind

    def _write_bank(self, figure: Figure, who: Subject) -> None:
        if who.bank is not None:
            figure.bank, figure.bank_id, figure.bank_type = who.bank.name, who.bank.id, who.bank.type
            figure.branch = who.branch

    def _write_product(self, figure: Figure, metric: Metric | None, own: object, choice: Choice) -> None:
        token = own if isinstance(own, Token) else choice.token if choice.token is not None and choice.token.product else self.product
        if token is None or metric is not None and not metric.product:
            return
        figure.product = token.product
        product = token.word.product
        if product is not None:
            figure.channel = product.channel
            figure.segment = figure.segment or product.segment

    def _governing(self) -> Period | None:
        return self.period

    def _period(self, quantity: Quantity, own: dict[str, object], measure: Measure) -> Period | None:
        listed = own.get("period")
        if isinstance(listed, Period):
            return listed
        local = self.local
        if local is not None and measure.measure == "level":
            between = self.text[local.token.end : quantity.left]
            if local.role in ("from", "same") or local.role == "base" and len(between) <= 2:
                return local.period
        if measure.measure == "level" and time.opens_movement(self.text, quantity.left):
            years = self.period.years if self.period is not None else 0
            return time.years_of(self.period)[0] if self.period is not None and years > 1 else None
        if self.period is not None and self.period.years > 1 and measure.reason == "level":
            return time.years_of(self.period)[-1]
        return self.period

    # what the next sentence inherits ---------------------------------------------------------------------------

    def _hand_on(self) -> None:
        context = self.context
        context.bank, context.branch = self.subject.bank, self.subject.branch
        context.period, context.product = self.period, self.product
        if self.bound:
            context.recent = [*context.recent, *self.bound][-_REMEMBERED:]
        pairs = lists.runs(self.text, self.tokens, lambda t: t.bank is not None and not t.bank.speaker and t.bank.type != "group")
        pair = next((run for run in reversed(pairs) if len(run) > 1), None)
        if pair:
            context.pair = pair
        end = self.text[self.sentence.start : self.sentence.end].rstrip()
        context.led_in = end.endswith(("：", ":"))

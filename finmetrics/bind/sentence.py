"""One sentence -> its figures, from left to right."""

from __future__ import annotations

from dataclasses import replace

from finmetrics.bind import lists, time
from finmetrics.bind.bank import BankChooser
from finmetrics.bind.comparison import ComparisonChooser
from finmetrics.bind.confidence import Confidences, in_prose
from finmetrics.bind.focus import Focus
from finmetrics.bind.governing import governed
from finmetrics.bind.handover import TOPICS, hand_on
from finmetrics.bind.landmarks import Landmarks
from finmetrics.bind.measure import measure_of, signed
from finmetrics.bind.metric import Chooser, kind_of
from finmetrics.bind.model import Background, Bound, Candidate, Measure, Moment, Segment, Site, Subject, Trace
from finmetrics.bind.period import PeriodChooser
from finmetrics.bind.product import ProductChooser
from finmetrics.bind.spread import Own, spread
from finmetrics.discourse import Context, Sentence
from finmetrics.entries import Change, Metric
from finmetrics.lexicon import BREAKS, Lexicon
from finmetrics.model import Dismissed, Figure
from finmetrics.numbers.quantify import Quantity
from finmetrics.periods import Period
from finmetrics.spot import Token


class Deciders:
    """What chooses between candidates, a slot each; made once for a set of rules."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.metric = Chooser(lexicon)
        self.bank = BankChooser(lexicon)
        self.product = ProductChooser(lexicon)
        self.comparison = ComparisonChooser(lexicon)
        self.period = PeriodChooser(lexicon)
        self.confidence = Confidences(lexicon)


class SentenceBinder:
    """Walks one sentence; made anew for each."""

    def __init__(
        self,
        text: str,
        doc_id: str,
        deciders: Deciders,
        context: Context,
        sentence: Sentence,
        trace: Trace | None = None,
    ) -> None:
        self.text = text
        self.doc_id = doc_id
        self.deciders = deciders
        self.lexicon = lexicon = deciders.lexicon
        self.chooser = deciders.metric
        self.banks = deciders.bank
        self.products = deciders.product
        self.comparisons = deciders.comparison
        self.periods = deciders.period
        self.context = context
        self.sentence = sentence
        self.tokens = sentence.tokens
        self.trace = trace
        self.landmarks = Landmarks(sentence.tokens if sentence.states else [])
        self.focus = Focus(text, lexicon, context, sentence)
        self.bound: list[Bound] = []
        self.dismissed: list[Dismissed] = []
        self.topics: list[tuple[str, Token]] = []

    def run(self) -> list[Bound]:
        """Binds every quantity of the sentence and hands the discourse on to the context."""
        tokens = self.tokens
        groups = dict(lists.groups(self.text, tokens)) if self.sentence.states else {}
        since = i = 0
        while i < len(tokens):
            token = tokens[i]
            if token.quantity is None:
                if not (token.word.passing and token.time is None and token.bank is None and not token.product):
                    self.focus.note(i, token)  # most tokens change nothing, and a call costs more than the look
                i += 1
                continue
            last = groups.get(i, i)
            self._bind_group(since, i, last)
            self.focus.figure_read(self.bound[-1].period if self.bound else None)
            since = i = last + 1
        hand_on(self.text, self.sentence, self.bound, self.focus, self.context)
        return self.bound

    # one figure, or one list of figures ------------------------------------------------------------------------

    def _bind_group(self, since: int, first: int, last: int) -> None:
        tokens = self.tokens
        members = [i for i in range(first, last + 1) if tokens[i].quantity is not None] if last > first else [first]
        quantities = [quantity for i in members if (quantity := tokens[i].quantity) is not None]
        before = tokens[since:first]
        after: list[Token] = []
        aside = lists.last_aside(self.text, tokens, last)
        for i in range(aside + 1, len(tokens)):
            if tokens[i].quantity is not None:
                break
            after.append(tokens[i])
        segment = governed(
            self.text,
            self.lexicon,
            self.sentence,
            self.focus,
            self.bound,
            since,
            first,
            quantities,
            after,
            self.landmarks,
        )
        if aside > last:
            segment.right_from = tokens[aside].end
        tail = quantities[-1]
        if len(quantities) > 1:
            self.lexicon.quantifier.rescaled(quantities[:-1], tail.scale, tail.unit)
            for quantity in quantities[:-1]:  # 0.17个和0.07个百分点
                if (
                    tail.unit is not None
                    and tail.unit.kind == "pp"
                    and quantity.unit is not None
                    and quantity.unit.id == "个"
                ):
                    quantity.unit = tail.unit
        number = len(self.bound)
        owns = [Own()]
        if len(quantities) > 1:
            owns = spread(
                self.text, self.lexicon, self.context, self.focus, tokens[:first], before, quantities, segment,
                self.bound,
            )  # fmt: skip
        who: Candidate | None = None
        for k, (i, own) in enumerate(zip(members, owns, strict=True)):
            if own.bank is None and who is None:
                who = self._who(first, quantities[0], segment, number)
            self._bind_one(i, segment, own, number, k, who)
        if segment.metrics:
            self.topics = [*[("here", token) for _, token in segment.metrics], *self.topics][:TOPICS]

    def _bind_one(self, at: int, segment: Segment, own: Own, number: int, k: int, who: Candidate | None) -> None:
        token = self.tokens[at]
        quantity = token.quantity
        assert quantity is not None
        measure = self._measure(at, quantity, segment, number, k)
        if k and number < len(self.bound):
            own.first = self.bound[number]
        if k and segment.each and quantity.qualifier == "exact" and own.first is not None:
            quantity.qualifier = own.first.figure.qualifier  # 分别突破4000万户、1.3亿户
        choice = self._choice(quantity, segment, measure, own)
        metric: Metric | None = choice.value
        if metric is not None and metric.better == "down" and _for_the_better(measure, segment):
            measure.sign = -1
        if quantity.unit is None and quantity.scale == 1 and not self._plain_number(quantity, choice):
            self.dismissed.append(
                Dismissed(self.text[quantity.start : quantity.end], quantity.start, quantity.end, "unresolved")
            )
            return
        figure = Figure(
            self.doc_id,
            self.text[quantity.start : quantity.end],
            quantity.start,
            quantity.end,
            *signed(quantity, measure),
            qualifier=quantity.qualifier,
            measure=measure.measure,
            per=segment.per,
            cumulative=segment.cumulative,
            status=segment.status,
            segment=segment.segment,
        )
        self._write_metric(figure, quantity, metric, choice, measure)
        subject: Subject = own.bank or (who.value if who is not None else self.focus.subject)
        self._write_bank(figure, subject)
        if measure.open and own.first is None:
            measure.comparison = self.context.basis.of(self.text, quantity.left) or self.comparisons.choose(
                quantity, measure, segment, metric, subject.bank, self.bound, self.trace
            )
        figure.comparison = measure.comparison if measure.measure != "level" else ""
        about = None if own.product is not None else self._product(segment, choice, at, subject)
        product: Token | None = own.product if about is None else about.value
        self._write_product(figure, product)
        stated, period_reason = self._period(at, quantity, own, measure, segment)
        kind = kind_of(quantity, measure)
        when = self.periods.choose(
            quantity, kind, measure, segment, metric, stated, period_reason, self.context, self.bound, self.trace
        )
        period: Period | None = time.so_far(when.value, segment.status, self.context.published, self.context.report)
        time.stamp(figure, metric, period)
        bank_reason = "list" if own.bank is not None or who is None else who.reasons[0]
        how = measure.reason or "plain"
        figure.rule = f"metric:{choice.reasons[0]}; measure:{how}; bank:{bank_reason}; period:{period_reason}"
        others = (None if own.bank is not None else who, about, when)
        reasons = in_prose(figure, quantity, measure, choice, others, period_reason, self.bound)
        figure.confidence = self.deciders.confidence.of(reasons, self.context.main is None, quantity.start, self.trace)
        against = own.bank is None and who is not None and "named.de_figure" in who.reasons
        local = period_reason.startswith("local")
        self.bound.append(
            Bound(figure, measure, metric, period, token, subject.bank, number, choice, product, local, against)
        )

    def _who(self, first: int, quantity: Quantity, segment: Segment, number: int) -> Candidate:
        ratio = False
        if quantity.unit is not None and quantity.unit.kind == "multiple":
            before = self.bound[-1].measure if self.bound else None
            ratio = measure_of(quantity, segment, before, plus=self._plus(quantity)).measure == "level"
        return self.banks.choose(
            self.text,
            self.tokens,
            first,
            quantity,
            segment,
            ratio,
            self.focus,
            self.context,
            self.sentence,
            self.bound,
            self.landmarks,
            self.trace,
        )

    def _measure(self, at: int, quantity: Quantity, segment: Segment, number: int, k: int) -> Measure:
        before = self.bound[-1].measure if self.bound else None
        verb = self._verb(at) if k else None
        if verb is not None:  # 分别下降7.10%和增长9.38%
            segment = replace(segment, change=verb, right_change=None, level=False)
        elif k and number < len(self.bound):
            first = self.bound[number].token.quantity
            if segment.change is None and segment.right_change is None:
                return replace(self.bound[number].measure)
            if first is not None and first.unit is quantity.unit:
                return replace(self.bound[-1].measure)
        measure = measure_of(quantity, segment, before, plus=self._plus(quantity))
        if not k and not measure.reason and self._parallels(quantity, segment):
            return replace(self.bound[-1].measure)
        return measure

    def _parallels(self, quantity: Quantity, segment: Segment) -> bool:
        """Whether a bare figure of another institution goes on changes: 工银理财少了1800亿元，农银理财约2200亿元."""
        if not self.bound or segment.named == segment.clause or segment.metrics or segment.right_metrics:
            return False
        last = self.bound[-1]
        mates = [b for b in self.bound if b.bank is last.bank]
        return (
            quantity.unit is not None
            and quantity.unit.id == last.figure.unit
            and quantity.unit.kind in ("currency", "count")
            and last.bank is not None
            and all(b.measure.measure == "change" and b.measure.reason != "new" for b in mates)
        )

    def _verb(self, at: int) -> Change | None:
        """The verb that a later member of a list has of its own."""
        for i in range(at - 1, -1, -1):
            token = self.tokens[i]
            if token.quantity is not None:
                return None
            if token.word.change is not None:
                return token.word.change
        return None

    def _plus(self, quantity: Quantity) -> bool:
        start = quantity.start
        return "+" in (self.text[start - 1 : start + 1] if start else self.text[:1])

    def _choice(self, quantity: Quantity, segment: Segment, measure: Measure, own: Own) -> Candidate:
        if own.metric is not None:
            wording = self.chooser.wording(self.text, own.metric, quantity, segment, measure)
            if wording is None and segment.metrics:
                shared = segment.metrics[0][1]  # 存款、贷款余额: the head may fit where the item does not
                wording = self.chooser.wording(self.text, shared, quantity, segment, measure)
            if wording is not None:
                return Candidate(wording.metric.id, wording.metric, own.metric.word.text, ["list"], own.metric)
            if own.instead is not None:
                return replace(own.instead.choice, reasons=["list before"], token=None)
            return Candidate("", None, "", ["list item fits no metric"])
        if own.like is not None:
            return replace(own.like.choice, reasons=["list before"], token=None)
        first = own.first
        if first is not None and first.token.quantity is not None and quantity.unit is first.token.quantity.unit:
            return first.choice
        if segment.ordinal and (pointed := self._pointed(segment)) is not None:
            return replace(pointed.choice, reasons=[segment.ordinal], token=None)
        context = self.context
        background = Background(
            self.bound, context.recent, context.far, [*self.topics, *context.topics], self.tokens, self.landmarks
        )  # fmt: skip
        return self.chooser.choose(Site(self.text, quantity, segment, measure, background), self.trace)

    def _pointed(self, segment: Segment) -> Bound | None:
        """What 前者 and 后者 point to where they are two metrics of one institution."""
        levels = [bound for bound in self.bound if bound.measure.measure == "level"][-2:]
        if segment.metrics or len(levels) < 2 or levels[0].bank is not levels[1].bank:
            return None
        if levels[0].figure.metric == levels[1].figure.metric:
            return None
        return levels[0 if segment.ordinal == "former" else 1]

    def _plain_number(self, quantity: Quantity, choice: Candidate) -> bool:
        """Whether a number without unit and scale is a figure: only right after its metric."""
        if choice.value is None or choice.token is None or quantity.chinese:
            return False
        stretch = self.text[choice.token.end : quantity.left]
        return len(stretch) <= 4 and not any(c in stretch for c in BREAKS + "、（(") and quantity.bare >= 10

    # slots -----------------------------------------------------------------------------------------------------

    def _write_metric(
        self, figure: Figure, quantity: Quantity, metric: Metric | None, choice: Candidate, measure: Measure
    ) -> None:
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

    @staticmethod
    def _write_bank(figure: Figure, who: Subject) -> None:
        if who.bank is not None:
            figure.bank, figure.bank_id, figure.bank_type = who.bank.name, who.bank.id, who.bank.type
            figure.branch = who.branch

    def _product(self, segment: Segment, choice: Candidate, at: int, who: Subject) -> Candidate:
        return self.products.choose(
            self.tokens, at, segment, choice, self.bound, self.focus, self.context, who.bank, self.landmarks, self.trace
        )

    @staticmethod
    def _write_product(figure: Figure, token: Token | None) -> None:
        if token is None:
            return
        figure.product = token.product
        product = token.word.product
        if product is not None:
            figure.channel = product.channel
            figure.segment = figure.segment or product.segment

    def _of(self, base: Moment, quantity: Quantity, measure: Measure) -> bool:
        """Whether a base of comparison is the figure's own time: 较2022年的3%, 好于一季度的9.8%; not 是上年的1.2倍."""
        between = self.text[base.token.end : quantity.left]
        times = quantity.unit is not None and quantity.unit.kind == "multiple"
        return len(between) <= 2 and (measure.measure == "level" or between == "的" and not times)

    def _period(
        self, at: int, quantity: Quantity, own: Own, measure: Measure, segment: Segment
    ) -> tuple[Period | None, str]:
        """The figure's period and the reason's name."""
        if own.period is None and (aside := time.in_aside(self.tokens, at)) is not None:
            own.period = time.resolve(aside, self.lexicon, self.context, self.focus.period)
        if own.period is not None:
            return own.period, "list"
        local = self.focus.local
        aimed = (
            segment.parted and segment.status == "actual" and self.bound and self.bound[-1].figure.status != "actual"
        )
        governing = self.focus.settled if aimed else self.focus.period  # 年内力争突破32万户；签约占比71%
        if local is not None and (
            local.role in ("from", "same") or local.role == "base" and self._of(local, quantity, measure)
        ):
            return local.period, f"local.{local.role}"
        if governing is None:
            return None, "none"
        if measure.measure == "level" and time.opens_movement(self.text, quantity.left):
            return (time.years_of(governing)[0], "movement.first") if governing.years > 1 else (None, "movement.first")
        if governing.years > 1 and measure.reason == "level":
            return time.years_of(governing)[-1], "movement.last"
        if governing.right == 0:
            return governing, "title"
        return governing, "sentence" if governing.left >= self.sentence.start else "carried"


def _for_the_better(measure: Measure, segment: Segment) -> bool:
    """Whether a change is told by how good it is, not by its direction: 不良率改善2个基点."""
    change = segment.change
    return change is not None and change.good and measure.reason == change.id

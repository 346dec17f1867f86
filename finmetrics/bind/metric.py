"""Which metric a figure is of: the candidates around it, each with the names of its reasons."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from finmetrics.bind.carrying import carried_onward, carried_past
from finmetrics.bind.choice import Sums, decide, graded, named, paired
from finmetrics.bind.fitting import FAR, Fitting, worded
from finmetrics.bind.model import Background, Candidate, Measure, Segment, Site, Trace
from finmetrics.bind.share import shares
from finmetrics.entries import Metric, Wording
from finmetrics.lexicon import Lexicon
from finmetrics.numbers.quantify import Quantity
from finmetrics.spot import Token

_HAN = re.compile(r"[一-龥A-Za-z]")
# A noun may stand this far right of the figure that counts it (200多家互联网龙头企业).
_RIGHT_REACH = 16
# 近200家企业成了它的合作方: what they became is what is counted.
_BECOMES = re.compile("成为|成了")
# 比老系统: what it is compared with
_THAN = re.compile("(?<![占同环对相类])[比较](?!重|例|率|如|值|上|去|年|期)[^，。；、]{0,2}$")
_KINDS_OF_UNIT = {
    "percent": "percent", "pp": "points", "currency": "money", "duration": "time",
    "multiple": "multiple",
}  # fmt: skip
KINDS = ("percent", "points", "money", "time", "multiple", "growth", "bare", "count")
OTHER = "other"
_AMOUNTS = ("数", "额", "量", "率")
# 月活破百万的有9家, 超过10万户的银行已有7家: how many they are, whatever they have
_THOSE_THAT = re.compile("的(?:银行|机构)?[已也共还仅只]?有$")
_LEFT_CLAUSE, _LEFT_RANK = graded("left.clause", 2), graded("left.rank", 2)
_LEFT_STRANGE, _CARRY_STRANGE, _OTHER_STRANGE = (
    graded(f"{opening}.strange", 3) for opening in ("left", "carry", "other")
)
_CARRY = {where: graded(f"carry.{where}", 2) for where in ("here", "before", "far")}
_CARRY_TO = paired("carry.", "_")
_TOPIC_SET, _UNIT, _CUE = named("topic.set."), named("unit."), named("cue.")
_RIGHT_GAP, _RIGHT_RANK, _CUE_GAP = graded("right.gap", 3), graded("right.rank", 1), graded("cue.gap", 2)
_TOPIC = {
    where: [(f"topic.{where}", f"topic.{where}.rank{n}") for n in (0, 1)]
    for where in ("here", "before", "unused", "led", "past", "heading")
}
# 拨备覆盖率上，…: a metric set as what the sentence goes on about
_SET = re.compile(r"(?:水平|指标|总量|规模)?(?:上|方面|来看|看|这一栏|这一项|一项|一栏|中|里)?[，：:]|[】」]")


def kind_of(quantity: Quantity, measure: Measure) -> str:
    """The kind of figure, by which the weights differ."""
    if measure.measure == "growth":
        return "growth"
    if quantity.unit is None:
        return "bare"
    return _KINDS_OF_UNIT.get(quantity.unit.kind, "count")


class Chooser:
    """Chooses a metric for one figure at a time."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._by_id: dict[str, Metric] = {}
        for metric in lexicon.entries.metrics:
            self._by_id.setdefault(metric.id, metric)
        self._fitting = Fitting(lexicon.entries.metrics)
        self._sums = {kind: Sums(lexicon.weights("metric", kind)) for kind in KINDS}

    def choose(self, site: Site, trace: Trace | None) -> Candidate:
        """The metric of a figure that stands alone; its ``value`` is ``None`` where no known metric is likely."""
        text, quantity, segment, measure, background = site
        found: list[Candidate] = []
        fitting = self._fitting.of(quantity, measure.measure)
        if (
            quantity.unit is not None
            and quantity.unit.institutions
            and _THOSE_THAT.search(text, max(0, quantity.start - 5), quantity.start)
        ):
            return Candidate("", None, "", ["other"])
        self._left(site, fitting, found)
        self._right(site, fitting, found)
        if segment.right_from and (said := [one for one in found if one.reasons[0] == "right"]):
            return said[0]  # 兴业银行（1304.08亿元）、中信银行（1257.98亿元）营收: said of every one
        if quantity.unit is not None and quantity.unit.kind in ("percent", "pp"):
            found += shares(site, self._by_id, self._lexicon)
        topics = self._topics(site)
        self._carried(site, fitting, found, topics)
        found += [topic for topic, _ in topics]
        self._cued(site, fitting, found)
        default = self._lexicon.metric_by_unit.get(quantity.unit.id) if quantity.unit is not None else None
        if default is not None and measure.measure != "growth":
            found.append(Candidate(default.id, default, "", ["unit", _UNIT(default.id)]))
        unknown = self.strangers(text, background, segment.clause, quantity.left)
        nothing = ["other", _OTHER_STRANGE[_bucket(unknown)]]
        if not found:
            nothing.append("other.alone")
        if not segment.metrics:
            nothing.append("other.no_left")
        found.append(Candidate("", None, "", nothing))
        kind = kind_of(quantity, measure)
        chosen = decide(found, self._sums[kind])
        if trace is not None:
            trace.decided("metric", kind, quantity.start, found, chosen)
        return chosen

    def wording(
        self, text: str, token: Token, quantity: Quantity, segment: Segment, measure: Measure
    ) -> Wording | None:
        """The wording of a token left of the figure that fits it, if any; one whose cue stands by goes first."""
        return worded(text, token, segment, self._fitting_left(text, quantity, segment, measure))

    def _fitting_left(self, text: str, quantity: Quantity, segment: Segment, measure: Measure) -> Container[int]:
        """The metrics that a figure can be of which stands right of their name."""
        return self._fitting.of(quantity, measure.measure, of_rate=self._of_rate(text, quantity, segment))

    @staticmethod
    def _of_rate(text: str, quantity: Quantity, segment: Segment) -> bool:
        """Whether points are said of a rate of growth, or a multiple of another's figure."""
        kind = quantity.unit.kind if quantity.unit is not None else ""
        return (
            kind == "pp" and segment.rate_word or kind == "multiple" and text[quantity.left - 1 : quantity.left] == "的"
        )

    # candidates ------------------------------------------------------------------------------------------------

    def _left(self, site: Site, fitting: Container[int], found: list[Candidate]) -> None:
        text, quantity, segment, measure, background = site
        if not segment.metrics:
            return
        fitting_left = self._fitting_left(text, quantity, segment, measure)
        rank = 0
        nearer: Token | None = None
        # 月活是邮储银行的4.7倍: what is before that bank is of both
        multiple = quantity.unit is not None and quantity.unit.kind == "multiple"
        of_another = multiple and text[quantity.left - 1 : quantity.left] == "的"
        last = background.sentence[-1].token.quantity if background.sentence else None
        counted = last.right + 1 if last is not None and text.startswith("的", last.right) else -1
        for distance, token in segment.metrics:
            behind, nearer = nearer, token
            wording = worded(text, token, segment, fitting_left)
            if wording is None:
                continue
            gap = self.strangers(text, background, token.end, quantity.left)
            reasons = [
                "left",
                _LEFT_CLAUSE[distance if distance < 2 else 2],
                _LEFT_RANK[rank if rank < 2 else 2],
                _LEFT_STRANGE[_bucket(gap)],
            ]
            if wording.cues:
                reasons.append("left.cued")
            if _THAN.search(text, max(segment.span, token.start - 3), token.start) and distance == 0:
                reasons.append("left.than")  # 运行效率比老系统提高
            if token.start == counted:
                reasons.append("left.of_figure_before")  # 0.76%的不良率和561%
            if len(token.word.text) > 3:
                reasons.append("left.long")
            if distance and segment.metrics[0][0] == 0:
                reasons.append("left.passed_metric")
            elif not distance and segment.clause == segment.span:
                reasons.append("left.own_clause")  # 拨备覆盖率则上升96个百分点: the first figure of its clause
            if token.end <= segment.named and not of_another:
                reasons.append("left.before_bank")
            if wording.metric.id == OTHER:
                reasons.append("left.other")
            if wording.metric.id in ("share", "market_share"):
                reasons.append("left.share")
            if id(wording.metric) not in fitting and not of_another:
                reasons.append("left.of_rate")
            unit = quantity.unit
            if unit is not None and measure.measure != "growth" and unit.id == wording.metric.units[0]:
                reasons.append("left.first_unit")
            if behind is not None and behind.start == token.end:
                reasons.append("left.modifies")
                if any(after.metric.id == "share" for after in behind.word.metrics):
                    reasons.append("left.part_of_share")  # 非息收入占比
            after = text[token.end : token.end + 1]
            if after == "的":
                reasons.append("left.de")
            elif token.end == quantity.left:
                reasons.append("left.touches")
            found.append(Candidate(wording.metric.id, wording.metric, token.word.text, reasons, token))
            rank += 1
            if rank == 4:
                break

    def _right(self, site: Site, fitting: Container[int], found: list[Candidate]) -> None:
        text, quantity, segment, measure, _ = site
        if not segment.right_metrics:
            return
        unit = quantity.unit
        relative = unit is not None and unit.kind == "pp" or measure.measure == "growth"
        if relative and not text.startswith("的", quantity.right):
            return
        rank = 0
        for token in segment.right_metrics:
            gap = token.start - max(quantity.right, segment.right_from)
            becomes = gap <= FAR and _BECOMES.search(text, quantity.right, token.start) is not None
            if gap > _RIGHT_REACH and not becomes:
                break
            if unit is not None and unit.institutions and text.startswith(_AMOUNTS, token.end):
                continue  # 16家私行客户数达164.9万户: an amount is not what there are 16 of
            seen: set[str] = set()
            for wording in token.word.metrics:
                metric = wording.metric
                if not wording.right or metric.id in seen or id(metric) not in fitting:
                    continue
                reasons = [
                    "right",
                    _RIGHT_GAP[0 if gap <= 0 else 1 if gap <= 3 else 2 if gap <= 8 else 3],
                    _RIGHT_RANK[rank if rank < 1 else 1],
                ]
                if measure.reason == "right_change" and gap == 1:  # 10.10%的营收增长 is as close as 营收增长10.10%
                    reasons = ["left", _LEFT_CLAUSE[0], _LEFT_RANK[0], _LEFT_STRANGE[0], "left.touches"]
                elif wording.cues:
                    stretch = text[max(segment.span, quantity.left - FAR) : quantity.start]
                    if not any(cue in stretch for cue in wording.cues):
                        continue
                    reasons.append("right.cued")
                elif not wording.left:
                    reasons.append("right.only")
                if becomes:
                    reasons.append("right.becomes")
                if text.startswith("的", quantity.right):
                    reasons.append("right.de_touches" if gap == 1 else "right.de")
                if "%" in metric.units and unit is not None and unit.kind == "percent":
                    reasons.append("right.ratio")
                if unit is not None and unit.id == metric.units[0]:
                    reasons.append("right.first_unit")
                seen.add(metric.id)
                found.append(Candidate(metric.id, metric, token.word.text, reasons, token))
            rank += bool(seen)
            if rank == 2:
                break

    def _carried(
        self,
        site: Site,
        fitting: Container[int],
        found: list[Candidate],
        topics: Sequence[tuple[Candidate, Token]],
    ) -> None:
        """The metrics of figures before, which may go on."""
        newest, since = "", -1
        for topic, token in topics:
            if topic.key != OTHER and token.start > since:
                newest, since = topic.key, token.start
        text, quantity, segment, measure, background = site
        seen: set[str] = set()
        unit = quantity.unit
        strange = -1
        past: list[str] = []
        onward: list[str] = []
        rank = 0
        points = unit is not None and unit.kind == "pp"
        counted = unit is not None and unit.institutions
        institutions = counted and any(
            token.start <= quantity.right < token.end and (token.bank is not None or "market" in token.word.roles)
            for token in background.tokens
        )
        for where, known_ones in (
            ("here", background.sentence),
            ("before", background.paragraph),
            ("far", background.far),
        ):
            for known in reversed(known_ones):
                metric = known.metric
                if metric is None:
                    if known.figure.unit_kind == (unit.kind if unit is not None else "") and rank == 0:
                        rank = 1
                    continue
                id_ = known.figure.metric
                if id_ in seen:
                    continue
                of_growth = points and known.measure.measure == "growth"
                if id(metric) not in fitting and not of_growth:
                    continue
                seen.add(id_)
                if strange < 0:
                    strange = self.strangers(text, background, segment.named, quantity.left)
                    past, onward = carried_past(segment), carried_onward(segment, measure)
                reasons = ["carry", _CARRY[where][rank], _CARRY_STRANGE[_bucket(strange)]]
                same = (
                    known.figure.unit == (unit.id if unit is not None else "")
                    and known.measure.measure == measure.measure
                )
                reasons.append("carry.alike" if same else _CARRY_TO(known.measure.measure, measure.measure))
                if unit is not None and unit.kind == "count" and known.figure.unit != unit.id:
                    reasons.append("carry.other_unit")
                if institutions:
                    reasons.append("carry.of_institutions")
                if of_growth:
                    reasons.append(
                        "carry.of_growth"
                        if segment.rate_word or segment.surpass is not None
                        else "carry.maybe_of_growth"
                    )
                if segment.kind:
                    alike = segment.kind in (known.figure.unit, known.figure.unit_kind)
                    reasons.append("carry.kind" if alike else "carry.other_kind")
                reasons += past
                if known.token.quantity is not None and known.token.quantity.unit is None:
                    reasons.append("carry.was_bare")
                if newest != id_ and known.token.end < since:
                    reasons.append("carry.topic_since")
                reasons += onward
                if id_ in ("share", "tech_investment_ratio", "tech_staff_ratio"):
                    reasons.append("carry.share")
                found.append(Candidate(id_, metric, known.figure.metric_text, reasons))
                rank += 1
                if rank == 3:
                    return

    def _cued(self, site: Site, fitting: Container[int], found: list[Candidate]) -> None:
        """Verbs that say what is counted where no noun does: 走访3,400余家, 放款2亿元."""
        text, quantity, segment, measure, _ = site
        if quantity.unit is None or measure.measure == "growth" or quantity.unit.kind in ("percent", "pp", "multiple"):
            return
        stretch = text[max(segment.clause, quantity.left - FAR) : quantity.start]
        known = {candidate.key for candidate in found}
        for match in self._lexicon.cue_pattern.finditer(stretch):
            for metric in self._lexicon.cued_metrics[match.group()]:
                if id(metric) not in fitting:
                    continue
                gap = len(stretch) - match.end()
                reasons = ["cue", _CUE_GAP[0 if gap == 0 else 1 if gap <= 4 else 2], _CUE(metric.id)]
                if metric.id in known:
                    reasons.append("cue.known")
                if segment.metrics and segment.metrics[0][0] == 0:
                    reasons.append("cue.metric_left")
                if segment.right_metrics:
                    reasons.append("cue.metric_right")
                found.append(Candidate(metric.id, metric, match.group(), reasons))

    def _topics(self, site: Site) -> list[tuple[Candidate, Token]]:
        """Metrics named before the figures before, or in the heading: 拨备覆盖率上，7家收缩，招行405.93%."""
        text, quantity, segment, measure, background = site
        found: list[tuple[Candidate, Token]] = []
        seen: set[str] = set()
        rank: dict[str, int] = {}
        if not background.topics:
            return found
        fitting = self._fitting_left(text, quantity, segment, measure)
        used = {bound.metric.id for bound in background.sentence if bound.metric is not None}
        for where, token in background.topics:
            wording = worded(text, token, segment, fitting)
            if wording is None or wording.cues or wording.metric.id in seen:
                continue
            n = rank.get(where, 0)
            if n == 2:
                continue
            rank[where] = n + 1
            seen.add(wording.metric.id)
            reasons = ["topic", *_TOPIC[where][n]]
            if _SET.match(text, token.end):
                reasons += ["topic.set", _TOPIC_SET(where)]
            if where == "here" and wording.metric.id not in used:
                reasons.append("topic.unused")
            if segment.metrics:
                reasons.append("topic.passed_metric")
            if segment.right_metrics:
                reasons.append("topic.metric_right")
            if len(token.word.text) > 3:
                reasons.append("topic.long")
            found.append((Candidate(wording.metric.id, wording.metric, token.word.text, reasons), token))
        return found

    # what stands between ---------------------------------------------------------------------------------------

    def strangers(self, text: str, background: Background, start: int, end: int) -> int:
        """How many characters of a stretch neither the rules nor the small words of the language know."""
        if end - start < 2:
            return 0
        if end - start > FAR:
            return FAR
        rest: list[str] = []
        at = start
        tokens = background.tokens
        for i in range(background.landmarks.ending_after(start), len(tokens)):
            token = tokens[i]
            if token.end <= at:
                continue
            if token.start >= end:
                break
            if token.start > at:
                rest.append(text[at : token.start])
            at = token.end
        if at < end:
            rest.append(text[at:end])
        if not rest:
            return 0
        return len(_HAN.findall(self._lexicon.function_words.sub("", "|".join(rest))))


def _bucket(count: int) -> int:
    return 0 if count == 0 else 1 if count <= 2 else 2 if count <= 5 else 3

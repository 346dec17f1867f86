"""Which metric a figure is of: the candidates around it, each with the names of its reasons."""

from __future__ import annotations

import re
from collections.abc import Sequence

from finmetrics.bind.choice import decide, graded
from finmetrics.bind.model import Candidate, Measure, Segment, Site, Trace
from finmetrics.bind.share import shares
from finmetrics.lexicon import Lexicon, Wording
from finmetrics.numbers.quantify import Quantity
from finmetrics.schema import Metric
from finmetrics.spot import Token

_HAN = re.compile(r"[一-龥A-Za-z]")
# A noun may stand this far right of the figure that counts it (200多家互联网龙头企业).
_RIGHT_REACH = 16
# 近200家企业成了它的合作方: what they became is what is counted.
_BECOMES = re.compile("成为|成了")
# 比老系统: what it is compared with
_THAN = re.compile("(?<![占同环对相类])[比较](?!重|例|率|如|值|上|去|年|期)[^，。；、]{0,2}$")
# How far before its clause a wording's cue may stand.
_CUE_REACH = 20
# Characters of a clause beyond which nothing is looked at, so that a text without marks costs no more than another.
_FAR = 150
_KINDS_OF_UNIT = {
    "percent": "percent", "pp": "points", "currency": "money", "duration": "time",
    "multiple": "multiple",
}  # fmt: skip
KINDS = ("percent", "points", "money", "time", "multiple", "growth", "bare", "count")
OTHER = "other"
_LEFT_CLAUSE, _LEFT_RANK = graded("left.clause", 2), graded("left.rank", 2)
_LEFT_STRANGE, _CARRY_STRANGE, _OTHER_STRANGE = (
    graded(f"{opening}.strange", 3) for opening in ("left", "carry", "other")
)
_CARRY = {where: graded(f"carry.{where}", 2) for where in ("here", "before", "far")}
_TOPIC = {
    where: [(f"topic.{where}", f"topic.{where}.rank{n}") for n in (0, 1)]
    for where in ("here", "before", "unused", "led", "past", "heading")
}
# Units that a text does not leave out.
_NOT_BARE = ("%", "元", "秒", "人月", "PFlops")
# 净利润迈过百亿关口: from here on a bare number may be a sum of money.
_MONEY_FROM = 10**8
# 拨备覆盖率上，…: a metric set as what the sentence goes on about
_SET = re.compile(r"(?:水平|指标|总量|规模)?(?:上|方面|来看|看|这一栏|这一项|一项|一栏|中|里)?[，：:]|[】」]")


def fits(metric: Metric, quantity: Quantity, measure: str, *, of_rate: bool = False) -> bool:
    """Whether a figure can be a level (change, growth) of the metric, by its unit.

    ``of_rate`` is true where points are of the metric's growth (增速较上季末上升1.37个百分点), or a multiple compares
    two of it (是邮储银行的4.7倍).
    """
    unit = quantity.unit
    if unit is None:
        first = metric.units[0]
        return first not in _NOT_BARE or first == "元" and quantity.value >= _MONEY_FROM
    if measure == "growth" or of_rate:
        return True
    if unit.kind == "pp":
        return "%" in metric.units or unit.id in metric.units
    if unit.kind == "currency":
        return unit.id in metric.units or "元" in metric.units
    return unit.id in metric.units or (unit.id == "人" and "名" in metric.units)


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
        for metric in lexicon.rules.metrics:
            self._by_id.setdefault(metric.id, metric)
        self._weights = {kind: lexicon.weights("metric", kind) for kind in KINDS}

    def choose(self, site: Site, trace: Trace | None) -> Candidate:
        """The metric of a figure that stands alone; its ``value`` is ``None`` where no known metric is likely."""
        text, quantity, segment, measure, background = site
        found: list[Candidate] = []
        self._left(site, found)
        self._right(site, found)
        if segment.right_from and (said := [one for one in found if one.reasons[0] == "right"]):
            return said[0]  # 兴业银行（1304.08亿元）、中信银行（1257.98亿元）营收: said of every one
        if quantity.unit is not None and quantity.unit.kind in ("percent", "pp"):
            found += shares(site, self._by_id, self._lexicon)
        topics = self._topics(site)
        self._carried(site, found, topics)
        found += [topic for topic, _ in topics]
        self._cued(site, found)
        default = self._lexicon.metric_by_unit.get(quantity.unit.id) if quantity.unit is not None else None
        if default is not None and measure.measure != "growth":
            found.append(Candidate(default.id, default, "", ["unit", f"unit.{default.id}"]))
        unknown = self.strangers(text, background.tokens, segment.clause, quantity.left)
        nothing = ["other", _OTHER_STRANGE[_bucket(unknown)]]
        if not found:
            nothing.append("other.alone")
        if not segment.metrics:
            nothing.append("other.no_left")
        found.append(Candidate("", None, "", nothing))
        kind = kind_of(quantity, measure)
        chosen = decide(found, self._weights[kind])
        if trace is not None:
            trace.decided("metric", kind, quantity.start, found, chosen)
        return chosen

    def wording(
        self, text: str, token: Token, quantity: Quantity, segment: Segment, measure: Measure
    ) -> Wording | None:
        """The wording of a token left of the figure that fits it, if any; one whose cue stands by goes first."""
        best: Wording | None = None
        far: Wording | None = None
        of_rate = self._of_rate(text, quantity, segment)
        for wording in token.word.metrics:
            if not wording.left or not fits(wording.metric, quantity, measure.measure, of_rate=of_rate):
                continue
            if wording.cues:
                stretch = text[max(segment.span, token.start - _FAR) : token.start]
                if any(cue in stretch for cue in wording.cues):
                    return wording
                low = max(0, segment.span - _CUE_REACH)
                stretch = text[max(low, text.rfind("。", low, segment.span) + 1) : segment.span]
                if far is None and any(cue in stretch for cue in wording.cues):
                    far = wording  # 微信、美团先后接入，大型机构累计660余家
                continue
            if best is None:
                best = wording
        return best or far

    @staticmethod
    def _of_rate(text: str, quantity: Quantity, segment: Segment) -> bool:
        """Whether points are said of a rate of growth, or a multiple of another's figure."""
        kind = quantity.unit.kind if quantity.unit is not None else ""
        return (
            kind == "pp" and segment.rate_word or kind == "multiple" and text[quantity.left - 1 : quantity.left] == "的"
        )

    # candidates ------------------------------------------------------------------------------------------------

    def _left(self, site: Site, found: list[Candidate]) -> None:
        text, quantity, segment, measure, background = site
        rank = 0
        nearer: Token | None = None
        # 月活是邮储银行的4.7倍: what is before that bank is of both
        multiple = quantity.unit is not None and quantity.unit.kind == "multiple"
        of_another = multiple and text[quantity.left - 1 : quantity.left] == "的"
        last = background.sentence[-1].token.quantity if background.sentence else None
        counted = last.right + 1 if last is not None and text.startswith("的", last.right) else -1
        for distance, token in segment.metrics:
            behind, nearer = nearer, token
            wording = self.wording(text, token, quantity, segment, measure)
            if wording is None:
                continue
            gap = self.strangers(text, background.tokens, token.end, quantity.left)
            reasons = [
                "left",
                _LEFT_CLAUSE[min(distance, 2)],
                _LEFT_RANK[min(rank, 2)],
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
            if not fits(wording.metric, quantity, measure.measure) and not of_another:
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

    def _right(self, site: Site, found: list[Candidate]) -> None:
        text, quantity, segment, measure, _ = site
        unit = quantity.unit
        relative = unit is not None and unit.kind == "pp" or measure.measure == "growth"
        if relative and not text.startswith("的", quantity.right):
            return
        rank = 0
        for token in segment.right_metrics:
            gap = token.start - max(quantity.right, segment.right_from)
            becomes = gap <= _FAR and _BECOMES.search(text, quantity.right, token.start) is not None
            if gap > _RIGHT_REACH and not becomes:
                break
            seen: set[str] = set()
            for wording in token.word.metrics:
                metric = wording.metric
                if not wording.right or metric.id in seen or not fits(metric, quantity, measure.measure):
                    continue
                reasons = [
                    "right",
                    f"right.gap{0 if gap <= 0 else 1 if gap <= 3 else 2 if gap <= 8 else 3}",
                    f"right.rank{min(rank, 1)}",
                ]
                if measure.reason == "right_change" and gap == 1:  # 10.10%的营收增长 is as close as 营收增长10.10%
                    reasons = ["left", _LEFT_CLAUSE[0], _LEFT_RANK[0], _LEFT_STRANGE[0], "left.touches"]
                elif wording.cues:
                    stretch = text[max(segment.span, quantity.left - _FAR) : quantity.start]
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

    def _carried(self, site: Site, found: list[Candidate], topics: Sequence[tuple[Candidate, Token]]) -> None:
        """The metrics of figures before, which may go on."""
        newest, since = max(
            ((topic.key, token.start) for topic, token in topics if topic.key != OTHER),
            key=lambda one: one[1], default=("", -1),
        )  # fmt: skip
        text, quantity, segment, measure, background = site
        seen: set[str] = set()
        unit = quantity.unit
        strange = -1
        rank = 0
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
                if metric.id in seen:
                    continue
                fitting = fits(metric, quantity, measure.measure)
                of_growth = unit is not None and unit.kind == "pp" and known.measure.measure == "growth"
                if not fitting and not of_growth:
                    continue
                seen.add(metric.id)
                if strange < 0:
                    strange = self.strangers(text, background.tokens, segment.named, quantity.left)
                reasons = ["carry", _CARRY[where][min(rank, 2)], _CARRY_STRANGE[_bucket(strange)]]
                same = (
                    known.figure.unit == (unit.id if unit is not None else "")
                    and known.measure.measure == measure.measure
                )
                reasons.append("carry.alike" if same else f"carry.{known.measure.measure}_{measure.measure}")
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
                if segment.metrics:
                    passed = "metric" if segment.metrics[0][0] == 0 else "far_metric"
                    reasons.append(f"carry.passed_{passed}")
                    if passed == "metric" and segment.clause == segment.span:
                        reasons.append("carry.passed_own_clause")
                if segment.right_metrics:
                    reasons.append("carry.metric_right")
                if known.token.quantity is not None and known.token.quantity.unit is None:
                    reasons.append("carry.was_bare")
                if newest != metric.id and known.token.end < since:
                    reasons.append("carry.topic_since")
                if segment.per:
                    reasons.append("carry.per")
                if measure.measure == "change":
                    reasons.append("carry.change")
                if segment.clause == segment.span and segment.named == segment.clause:
                    reasons.append("carry.own_clause")
                if segment.named > segment.clause:
                    reasons.append("carry.new_bank")
                if segment.parted:
                    reasons.append("carry.parted")
                if metric.id in ("share", "tech_investment_ratio", "tech_staff_ratio"):
                    reasons.append("carry.share")
                found.append(Candidate(metric.id, metric, known.figure.metric_text, reasons))
                rank += 1
                if rank == 3:
                    return

    def _cued(self, site: Site, found: list[Candidate]) -> None:
        """Verbs that say what is counted where no noun does: 走访3,400余家, 放款2亿元."""
        text, quantity, segment, measure, _ = site
        if quantity.unit is None or measure.measure == "growth" or quantity.unit.kind in ("percent", "pp", "multiple"):
            return
        stretch = text[max(segment.clause, quantity.left - _FAR) : quantity.start]
        known = {candidate.key for candidate in found}
        for match in self._lexicon.cue_pattern.finditer(stretch):
            for metric in self._lexicon.cued_metrics[match.group()]:
                if not fits(metric, quantity, measure.measure):
                    continue
                gap = len(stretch) - match.end()
                reasons = ["cue", f"cue.gap{0 if gap == 0 else 1 if gap <= 4 else 2}", f"cue.{metric.id}"]
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
        for where, token in background.topics:
            wording = self.wording(text, token, quantity, segment, measure)
            if wording is None or wording.cues or wording.metric.id in seen:
                continue
            n = rank.get(where, 0)
            if n == 2:
                continue
            rank[where] = n + 1
            seen.add(wording.metric.id)
            reasons = ["topic", *_TOPIC[where][n]]
            if _SET.match(text, token.end):
                reasons += ["topic.set", f"topic.set.{where}"]
            if where == "here" and all(
                b.metric is None or b.metric.id != wording.metric.id for b in background.sentence
            ):
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

    def strangers(self, text: str, tokens: Sequence[Token], start: int, end: int) -> int:
        """How many characters of a stretch neither the rules nor the small words of the language know."""
        if end - start < 2:
            return 0
        if end - start > _FAR:
            return _FAR
        rest: list[str] = []
        at = start
        for token in tokens:
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

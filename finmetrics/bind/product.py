"""Which product, platform or channel a figure is of: those around it, each with the names of its reasons."""

from __future__ import annotations

from finmetrics.bind.choice import Sums, decide, graded, named, paired
from finmetrics.bind.focus import Focus
from finmetrics.bind.landmarks import Landmarks
from finmetrics.bind.model import Bound, Candidate, Segment, Trace
from finmetrics.discourse import Context
from finmetrics.entries import Bank, Metric, Product
from finmetrics.lexicon import BREAKS, CLOSING, OPENING, Lexicon
from finmetrics.spot import Token

KINDS = ("product", "institution")
_NEAREST = 3
_REMEMBERED = 4096
_NONE, _OF, _USE, _WEIGHTY = named("none."), named("of."), paired("use.", "."), named("titled.")
_CLAUSE, _FIGURES, _RANK = (graded(opening, 2) for opening in ("named.clause", "named.figures", "named.rank"))


class ProductChooser:
    """Chooses the product of one figure at a time; the candidate's ``value`` is its token, or ``None``."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._kinds: dict[tuple[str, str], str] = {}
        self._sums = {kind: Sums(lexicon.weights("product", kind)) for kind in KINDS}

    def choose(
        self,
        tokens: list[Token],
        at: int,
        segment: Segment,
        choice: Candidate,
        bound: list[Bound],
        focus: Focus,
        context: Context,
        bank: Bank | None,
        landmarks: Landmarks,
        trace: Trace | None,
    ) -> Candidate:
        """The product of the figure at ``tokens[at]`` whose metric is ``choice`` and whose institution is ``bank``."""
        metric: Metric | None = choice.value
        about = metric.id if metric is not None else "other"
        found: dict[str, Candidate] = {}
        if bound and _goes_on(choice, bound[-1], bank, focus):
            # 农业银行个人掌银注册客户5.61亿户，较上年末增加4922万户
            if bound[-1].product is not None:
                _add(found, bound[-1].product, ["goes_on"])
            else:
                _none(found, ["goes_on"])
            return self._decided(tokens[at], metric, list(found.values()), trace)
        own = choice.token
        if own is not None and own.product:
            _add(found, own, ["in_metric"])
        _mentions(tokens, at, segment, landmarks, found)
        if bound:
            last = bound[-1]
            same = last.metric is not None and metric is not None and last.metric.id == metric.id
            reasons = ["last.same_metric" if same else "last.other_metric"]
            if choice.reasons[0] in ("carry", "list", "list before"):
                reasons.append("last.carried")
            if last.bank is not bank:
                reasons.append("last.other_bank")
            if last.product is not None:
                _add(found, last.product, reasons)
            else:
                _none(found, reasons)
        if focus.product is not None:
            _add(found, focus.product, ["walked", *_walked(tokens, focus, context)])
        if context.last_product is not None and not bound:
            _add(
                found,
                context.last_product,
                ["inherited", "inherited.section" if context.section_start else "inherited.sentence"],
            )
        if context.title_product is not None:
            _add(found, context.title_product, _titled(context.title_product, tokens, focus, context))
            _none(found, ["none.titled"])
        if context.section_product is not None:
            _add(found, context.section_product, ["section"])
            _none(found, ["none.section"])
        if context.past_product is not None:
            _add(
                found,
                context.past_product,
                ["past", "past.first" if not bound and not context.recent else "past.later"],
            )
        _none(found, ["none", _NONE(about)])
        if len(found) > 1:
            _none(found, ["none.others"])
        for candidate in found.values():
            if candidate.value is not None:
                self._describe(candidate, about, bank)
        candidates = [one for one in found.values() if "brand_of_another" not in one.reasons or not _left(one, focus)]
        return self._decided(tokens[at], metric, candidates, trace)

    def _decided(
        self, token: Token, metric: Metric | None, candidates: list[Candidate], trace: Trace | None
    ) -> Candidate:
        kind = "product" if metric is None or metric.product else "institution"
        chosen = decide(candidates, self._sums[kind])
        if trace is not None and token.quantity is not None:
            trace.decided("product", kind, token.start, candidates, chosen)
        return chosen

    def _describe(self, candidate: Candidate, about: str, bank: Bank | None) -> None:
        """Adds what speaks for and against a product whatever its place: whose it is, and what it has figures of."""
        product = candidate.value.word.product
        if product is not None and product.bank and bank is not None and product.bank != bank.id:
            candidate.reasons.append("brand_of_another")
        how = "generic" if product is not None and product.generic else "brand" if product is not None else "quoted"
        candidate.reasons += [
            _OF(about),
            _USE(self._kind(candidate.key, product), about),
            "loose" if candidate.value.loose else how,
        ]

    def _kind(self, name: str, product: Product | None) -> str:
        """The kind of product; a text has few names, and asks for every figure of each."""
        key = name, product.channel if product is not None else ""
        kind = self._kinds.get(key)
        if kind is None:
            if len(self._kinds) >= _REMEMBERED:
                self._kinds.clear()
            kind = self._kinds[key] = self._lexicon.product_kind(name, product)
        return kind


def _goes_on(choice: Candidate, last: Bound, bank: Bank | None, focus: Focus) -> bool:
    """Whether a figure without a metric of its own says more of the one right before it."""
    if choice.reasons[0] != "carry" or "carry.here0" not in choice.reasons or last.bank is not bank:
        return False
    return last.metric is choice.value and (focus.product is None or focus.product.start < last.token.start)


def _left(candidate: Candidate, focus: Focus) -> bool:
    """Whether another institution was named since a product was: 平安口袋银行（2940.2万）、中信银行（2489.5万）."""
    subject = focus.subject.token
    return subject is not None and candidate.token is not None and candidate.token.start < subject.start


def _titled(titled: Token, tokens: list[Token], focus: Focus, context: Context) -> list[str]:
    """What speaks for and against the product that the document is about."""
    reasons = ["titled", "titled.many" if context.main is None else "titled.one", _WEIGHTY(context.title_weight)]
    another = focus.product
    if another is not None and another.start >= tokens[0].start and another.product != titled.product:
        reasons.append("titled.another_named")  # 农业银行个人掌银…，较上年末增加
    return reasons


def _walked(tokens: list[Token], focus: Focus, context: Context) -> list[str]:
    """How the product under discussion came to be it."""
    product = focus.product
    assert product is not None
    if product.start >= tokens[0].start:
        return ["walked.here"]
    reasons = ["walked.before", "walked.paragraph" if product.start >= context.paragraph else "walked.far"]
    if product is context.presented:
        reasons.append("walked.presented")  # 用的是“工银e信”。平台上线企业7000家
    if focus.product_meant:
        reasons.append("walked.meant")  # 这款产品
    return reasons


def _mentions(
    tokens: list[Token], at: int, segment: Segment, landmarks: Landmarks, found: dict[str, Candidate]
) -> None:
    """The products named before the figure in its sentence, nearest first."""
    clause = figures = rank = depth = 0
    for i in landmarks.back_to_products(at):
        token = tokens[i]
        mark = token.word.mark
        if mark and mark in BREAKS:
            clause += 1
        elif mark and mark in CLOSING:
            depth += 1
        elif mark and mark in OPENING:
            depth -= 1
        elif token.quantity is not None:
            figures += 1
        if not token.product:
            continue
        reasons = [
            _CLAUSE[min(clause, 2)],
            _FIGURES[min(figures, 2)],
            _RANK[min(rank, 2)],
        ]
        if depth > 0:
            reasons.append("named.in_closed_aside")
        if segment.named and token.end <= segment.named and segment.named > segment.clause:
            reasons.append("named.before_bank")
        if i == 0 or tokens[i - 1].word.mark or tokens[i - 1].time is not None or tokens[i - 1].bank is not None:
            reasons.append("named.opens")
        _add(found, token, reasons)
        rank += 1
        if rank == _NEAREST:
            return


def _add(found: dict[str, Candidate], token: Token, reasons: list[str]) -> None:
    candidate = found.get(token.product)
    if candidate is None:
        found[token.product] = Candidate(token.product, token, token.product, ["named", *reasons], token)
    else:
        candidate.reasons += reasons


def _none(found: dict[str, Candidate], reasons: list[str]) -> None:
    candidate = found.get("")
    if candidate is None:
        found[""] = Candidate("", None, "", reasons)
    else:
        candidate.reasons += reasons

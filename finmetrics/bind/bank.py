"""Whose figure it is: the institutions around it, each with the names of its reasons."""

from __future__ import annotations

from finmetrics.bind import lists, subject
from finmetrics.bind.choice import Sums, decide, graded
from finmetrics.bind.focus import Focus
from finmetrics.bind.landmarks import Landmarks
from finmetrics.bind.model import Bound, Candidate, Segment, Subject, Trace
from finmetrics.discourse import Context, Sentence
from finmetrics.entries import Bank
from finmetrics.lexicon import BREAKS, CLOSING, JOINS, OPENING, Lexicon
from finmetrics.numbers.quantify import Quantity
from finmetrics.spot import Token

_CLAUSE, _FIGURES, _RANK = graded("named.clause", 3), graded("named.figures", 2), graded("named.rank", 2)
_NAMES = 100  # tokens before a count that may be the names it counts
KINDS = ("institutions", "others", "main", "many")
# The nearest name, right before the parentheses that the figure opens.
_OF_ASIDE = {"named.of_aside", "named.rank0", "named.figures0", "named.clause0"}


class BankChooser:
    """Chooses the institution of one figure at a time."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._sums = {kind: Sums(lexicon.weights("bank", kind)) for kind in KINDS}

    def choose(
        self,
        text: str,
        tokens: list[Token],
        at: int,
        quantity: Quantity,
        segment: Segment,
        ratio: bool,
        focus: Focus,
        context: Context,
        sentence: Sentence,
        bound: list[Bound],
        landmarks: Landmarks,
        trace: Trace | None,
    ) -> Candidate:
        """The institution of the figure at ``tokens[at]``; the candidate's ``value`` is a :class:`Subject`.

        ``ratio`` tells of a multiple that is no growth: 是邮储银行的4.7倍.
        """
        if _counts_names(text, tokens, at, quantity):
            return Candidate("", Subject(None), "", ["counts_names"])
        found: dict[str, Candidate] = {}
        self._after(tokens, at, found)
        if not _counts_group(tokens, at, quantity):
            self._mentions(text, tokens, at, landmarks, found)
        for one in found.values():
            if "named.of_aside" in one.reasons and _OF_ASIDE.issubset(one.reasons):
                return one  # 高于长沙银行（1.15万亿元）: whatever else is spoken of
            if "named.de_figure" in one.reasons and "named.rank0" in one.reasons and not ratio:
                return one  # 超越交通银行的1333.68亿元
        named = bool(found)
        now = focus.subject
        _add(found, now, ["subject"])
        found[now.bank.name if now.bank is not None else ""].value = now  # it knows the branch
        if now.token is None or now.token.start < sentence.start:
            _add(
                found,
                now,
                ["subject.inherited", "subject.inherited_past_names" if named else "subject.inherited_alone"],
            )
            if sentence.opens_paragraph:
                _add(found, now, ["subject.new_section" if context.section_start else "subject.new_paragraph"])
        else:
            _add(found, now, ["subject.here"])
        if segment.pronoun:
            _add(found, now, ["subject.pronoun"])
        own = next((one for one in reversed(bound or context.recent) if not one.against), None)
        if bound and own is not None:
            _add_subject(
                found,
                own.bank,
                own.figure.branch,
                own.token,
                ["last_figure", "last_figure.unnamed"] if segment.named == segment.clause else ["last_figure"],
            )
        elif own is not None and not sentence.opens_paragraph:
            _add_subject(found, own.bank, own.figure.branch, own.token, ["before"])
        if context.main is not None:
            _add_subject(found, context.main, context.main_branch, None, ["main"])
        if context.section is not None:
            _add_subject(found, context.section, context.section_branch, None, ["section"])
        if context.title_group is not None:
            _add_subject(found, context.title_group, "", None, ["group.title"])
        if context.group is not None:
            fresh = ["group.paragraph"] if context.group_fresh else []
            _add_subject(found, context.group, "", None, ["group.before", *fresh])
        # 易观数据显示，招商银行App月活7000万户: who speaks is named, and so is whose figure it is.
        speaker = segment.speaker and (now.token is None or now.token.start < sentence.start)
        reasons = ["none"]
        if context.main is None:
            reasons.append("none.no_main")
        if not named:
            reasons.append("none.no_name")
        if segment.market:
            reasons += ["none.market", *(["none.counted"] if segment.counted else [])]
        if speaker:
            reasons.append("none.speaker")
        if segment.sum:
            reasons.append("none.sum")
        if segment.pronoun:
            reasons.append("none.pronoun")
        if context.title_group is not None:
            reasons.append("none.titled_group")
        _add_subject(found, None, "", None, reasons)
        for candidate in found.values():
            bank: Bank | None = candidate.value.bank
            if bank is not None and bank.type in ("group", "payment", "insurer", "other"):
                candidate.reasons.append(bank.type if bank.type == "group" else "not_bank")
                if bank.type == "other" and now.bank is bank:
                    candidate.reasons.append("not_bank.subject")
                if bank.type == "group":
                    _of_group(candidate, bank, now, segment)
            else:
                if segment.market:
                    candidate.reasons.append("market")
                if segment.sum and bank is not None:
                    candidate.reasons.append("single.sum")
            if bank is not None and speaker:
                candidate.reasons.append("speaker")
        candidates = list(found.values())
        if segment.counted:  # 四家银行: no single one's
            candidates = [one for one in candidates if one.value.bank is None or one.value.bank.type == "group"]
        kind = _kind(quantity, segment, ratio, context)
        chosen = decide(candidates, self._sums[kind])
        if trace is not None:
            trace.decided("bank", kind, quantity.start, candidates, chosen)
        return chosen

    def _mentions(
        self, text: str, tokens: list[Token], at: int, landmarks: Landmarks, found: dict[str, Candidate]
    ) -> None:
        """Every institution named before the figure in its sentence."""
        clause = figures = rank = depth = 0
        seen: set[str] = set()
        for i in landmarks.back_to_banks(at):
            token = tokens[i]
            mark = token.word.mark
            if mark and mark in BREAKS:
                clause += depth <= 0
            elif mark and mark in OPENING:
                depth -= 1
            elif mark and mark in CLOSING:
                depth += 1
            elif token.quantity is not None:
                figures += 1
            bank = token.bank
            if bank is None or bank.speaker or bank.name in seen or subject.excepted(text, token):
                continue
            seen.add(bank.name)
            reasons = [
                "named",
                _CLAUSE[min(clause, 3)],
                _FIGURES[min(figures, 2)],
                _RANK[min(rank, 2)],
            ]
            before = tokens[i - 1] if i else None
            if subject.predicate(tokens, i):
                reasons.append("named.predicate")
            elif before is not None and before.end == token.start and "object" in before.word.roles:
                # 三湘银行（-10.46%）与振兴银行: joined to the one before
                reasons.append("named.listed" if text.startswith(("）", ")"), before.start - 1) else "named.object")
            elif subject.opens(text, token.start):
                reasons.append("named.opens")
            if before is not None and before.word.mark and before.word.mark in OPENING:
                reasons.append("named.aside")
            if depth < 0:
                reasons.append("named.outside")
            elif depth > 0:
                reasons.append("named.in_closed_aside")
            if (
                i + 1 < at
                and tokens[i + 1].start == token.end
                and tokens[i + 1].word.mark
                and tokens[i + 1].word.mark in OPENING
                and depth < 0
            ):
                reasons.append("named.of_aside")
            if text[token.start - 1 : token.start] in JOINS:
                reasons.append("named.listed")
            if text.startswith("的", token.end):
                reasons.append("named.de")
                if tokens[at].start == token.end + 1 and bank.type != "group":
                    reasons.append("named.de_figure")
            if subject.ranked(text, token, self._lexicon):
                reasons.append("named.ranked")
            if before is not None and before.end == token.start and before.quantity is not None:
                reasons.append("named.counted")
            following = tokens[i + 1]
            if following.start == token.end and following is tokens[at]:
                reasons.append("named.touches")
            following_too = found.pop(bank.name, None)
            if following_too is not None:
                reasons += following_too.reasons
            found[bank.name] = Candidate(bank.name, Subject(bank, token.branch, token), token.word.text, reasons, token)
            rank += 1
            if rank == 4:
                break

    @staticmethod
    def _after(tokens: list[Token], at: int, found: dict[str, Candidate]) -> None:
        """The institution right after the figure."""
        for token in tokens[at + 1 : at + 5]:
            if token.word.mark or token.quantity is not None:
                break
            if token.bank is not None and not token.bank.speaker:
                _add(
                    found,
                    Subject(token.bank, token.branch, token),
                    ["after", "after.touches" if token is tokens[at + 1] else "after.far"],
                )
                break


def _counts_group(tokens: list[Token], at: int, quantity: Quantity) -> bool:
    """Whether the figure counts the group right after it (1家民营银行、2家国有银行), and is of no name before it."""
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    return (
        after is not None
        and after.start == quantity.right
        and after.bank is not None
        and after.bank.type == "group"
        and quantity.unit is not None
        and quantity.unit.institutions
    )


def _counts_names(text: str, tokens: list[Token], at: int, quantity: Quantity) -> bool:
    """Whether the figure counts the names right before it: 浦发银行、民生银行、渤海银行3家."""
    before = tokens[at - 1] if at else None
    if before is None or before.bank is None or quantity.unit is None or not quantity.unit.institutions:
        return False
    if text[before.end : quantity.left].strip():
        return False
    run = lists.runs(text, tokens[max(0, at - _NAMES) : at], lambda token: token.bank is not None)[-1]
    return len(run) == quantity.value > 1


def _of_group(candidate: Candidate, bank: Bank, now: Subject, segment: Segment) -> None:
    if segment.market:
        candidate.reasons.append("group.market")
    if segment.sum:
        candidate.reasons.append("group.sum")
        if candidate.reasons[0] == "named":
            candidate.reasons.append("group.sum_named")  # 合计三家纯网银累积亏损
    if now.bank is bank:
        candidate.reasons.append("group.subject" if now.token is not None else "group.default")


def _add(found: dict[str, Candidate], who: Subject, reasons: list[str]) -> None:
    """Adds reasons to the candidate of an institution, made where it is new."""
    key = who.bank.name if who.bank is not None else ""
    candidate = found.get(key)
    if candidate is None:
        found[key] = Candidate(key, who, "", reasons, who.token)
        return
    candidate.reasons += reasons


def _add_subject(
    found: dict[str, Candidate], bank: Bank | None, branch: str, token: Token | None, reasons: list[str]
) -> None:
    """The same for one that is no subject yet: most are known by another reason already."""
    candidate = found.get(bank.name if bank is not None else "")
    if candidate is None:
        _add(found, Subject(bank, branch, token), reasons)
    else:
        candidate.reasons += reasons


def _kind(quantity: Quantity, segment: Segment, ratio: bool, context: Context) -> str:
    """The kind of figure, by which the weights differ; a document about one institution is unlike one about many."""
    unit = quantity.unit
    if unit is not None and unit.institutions and not segment.metrics:
        return "institutions"
    if segment.others or ratio:
        return "others"
    return "main" if context.main is not None else "many"

"""How a figure came to be: its words and the rules they fired, and for each slot what was taken, what lost, and why."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from finmetrics.bind.model import Candidate
from finmetrics.extractor import Extractor
from finmetrics.lexicon import STOPS
from finmetrics.model import Dismissed, Document, Figure
from finmetrics.naming.names import settle
from finmetrics.numbers.quantify import Quantity
from finmetrics.output.show import amount, period, printable
from finmetrics.ruleindex import GRAMMAR, NUMBERED, RuleIndex, place
from finmetrics.schema import Rules
from finmetrics.spot import Token, spot
from finmetrics.trace import Decision, Recorder
from finmetrics.unwrap import unwrap

_AROUND = 24  # characters of text on each side of a figure
_LOSERS = 5  # candidates shown of those that lost
# Slots whose reason the figure itself records, in the order shown, after those that were decided between candidates.
_PLAIN = ("product", "channel", "segment", "per", "status", "cumulative")


def explain(document: Document, extractor: Extractor, *, at: int | None = None, figure: str | None = None) -> str:
    """The derivation, as plain text, of the figure at an offset, of those written as ``figure``, or of all.

    A numeral that is no figure is explained by its reason. Raises ``ValueError`` where nothing of the kind is there.
    """
    reading = _Reading(document, extractor)
    blocks = [
        "\n".join(map(printable, reading.lines(one)))
        for one in reading.numerals()
        if (at is None or one.start <= at < one.end) and (figure is None or reading.written(one, figure))
    ]
    if not blocks:
        raise ValueError(_nothing(document, reading.numerals(), at, figure))
    return "\n\n".join(blocks)


def reasons(document: Document, extractor: Extractor) -> list[str]:
    """Why each figure came out as it did, in the order of the figures: a line per slot, in short.

    A line names the reasons of what was taken, their sum, and what came second. :func:`explain` tells all.
    """
    trace = Recorder()
    figures = extractor.run(document, trace).figures
    running = unwrap(extractor.lexicon.clean(document.text))
    starts = {running.origin(decision.start): decision.start for decision in trace.all()}
    return ["\n".join(_short(figure, trace.of(starts.get(figure.start, -1)))) for figure in figures]


def _short(figure: Figure, decisions: dict[str, Decision]) -> Iterator[str]:
    recorded = dict(part.strip().partition(":")[::2] for part in figure.rule.split(";"))
    for slot in dict.fromkeys([*recorded, *decisions]):
        decision = decisions.get(slot)
        if decision is None:
            yield f"{slot}: {recorded[slot]}"
        elif slot != "confidence":
            contested = len(decision.candidates) > 1
            total = f" = {decision.chosen.score:.2f}" if contested else ""
            second = f"; lost: {_name(decision.lost[0])} {decision.lost[0].score:.2f}" if contested else ""
            yield f"{slot}: {', '.join(decision.chosen.reasons)}{total}{second}"


def dismissals(rules: Rules) -> dict[str, str]:
    """What every reason of the ledger says of a numeral that is no figure."""
    index = RuleIndex(rules)
    return {reason: index.exclusion(reason) for reason in (*GRAMMAR, *(one.id for one in rules.exclusions))}


def _nothing(document: Document, numerals: list[Figure | Dismissed], at: int | None, figure: str | None) -> str:
    if at is not None and not 0 <= at < len(document.text):
        return f"offset {at} is outside of the text, which has {len(document.text)} characters"
    if not numerals:
        return "the text holds no numeral"
    wanted = [f"at offset {at}"] if at is not None else []
    wanted += [f"written {figure!r}"] if figure is not None else []
    near = min(numerals, key=lambda one: abs(one.start - at)) if at is not None else None
    hint = f"; the nearest is {near.quote!r} at {near.start}" if near is not None else ""
    return f"no figure or numeral {' and '.join(wanted)}{hint}"


class _Reading:
    """One document, read with a trace."""

    def __init__(self, document: Document, extractor: Extractor) -> None:
        self._document = document
        self._lexicon = extractor.lexicon
        self._trace = Recorder()
        self._extraction = extractor.run(document, self._trace)
        self._running = unwrap(self._lexicon.clean(document.text))
        text = self._running.text
        self._tokens, _ = spot(text, self._lexicon)
        settle(text, self._tokens, self._lexicon, document.title)
        self._rules = RuleIndex(self._lexicon.rules)
        self._at = {self._running.origin(t.start): i for i, t in enumerate(self._tokens) if t.quantity is not None}

    def numerals(self) -> list[Figure | Dismissed]:
        """Every numeral of the text, in order."""
        found: list[Figure | Dismissed] = [*self._extraction.figures, *self._extraction.dismissed]
        return sorted(found, key=lambda one: one.start)

    def written(self, one: Figure | Dismissed, wanted: str) -> bool:
        """Whether a numeral is, or shares characters with, ``wanted`` where that stands in the text."""
        if one.quote == wanted:
            return True
        near = self._document.text.find(wanted, max(0, one.start - len(wanted) + 1))
        return bool(wanted) and 0 <= near < one.end

    def lines(self, one: Figure | Dismissed) -> Iterator[str]:
        """The derivation of one numeral."""
        text = self._document.text
        before, after = text[max(0, one.start - _AROUND) : one.start], text[one.end : one.end + _AROUND]
        yield f"…{before.splitlines()[-1] if before else ''}[{one.quote}]{after.splitlines()[0] if after else ''}…"
        yield f"  {'offsets':10} {one.start} to {one.end}"
        if isinstance(one, Dismissed):
            yield f"  {'no figure':10} {one.reason}: {self._rules.exclusion(one.reason)}"
            return
        yield f"  {'row':10} {' · '.join(filter(None, (one.bank, one.metric_name, amount(one), period(one))))}"
        at = self._at.get(one.start)
        token = self._tokens[at] if at is not None else None
        yield from self._value(one, token.quantity if token is not None else None)
        decided = self._trace.of(token.start) if token is not None else {}
        recorded = dict(part.strip().partition(":")[::2] for part in one.rule.split(";"))
        for slot, value in (
            ("measure", one.measure),
            ("comparison", one.comparison),
            ("metric", f"{one.metric} {one.metric_name}"),
            ("bank", " ".join(filter(None, (one.bank, one.branch)))),
            ("period", f"{one.period_kind} {period(one)}".strip()),
        ):
            yield from self._slot(slot, value, decided.get(slot), recorded.get(slot, ""))
        for slot in _PLAIN:
            value = getattr(one, slot)
            if value and value != "actual":
                yield from self._slot(slot, str(value), decided.get(slot), "")
        yield from self._slot("confidence", f"{one.confidence:.2f}", decided.get("confidence"), "")
        if at is None:
            yield f"  {'rule':10} {one.rule}"
        else:
            yield from self._words(at)

    def _value(self, one: Figure, quantity: Quantity | None) -> Iterator[str]:
        high = f" to {_plain(one.value_max)}" if one.value_max is not None else ""
        yield f"  {'value':10} {_plain(one.value)}{high} {one.unit}".rstrip()
        if quantity is None:
            return
        text = self._running.text
        if quantity.scale > 1:
            yield f"  {'':10}   scale {quantity.scale}: {self._rules.scale(quantity.scale)}"
        unit = quantity.unit
        if unit is not None:
            yield f"  {'':10}   unit {unit.id}: {self._rules.unit(unit.id)}"
        elif one.unit:
            yield f"  {'':10}   unit {one.unit}: what the metric counts, as none is written"
        for key, stretch in (
            ("left", text[quantity.left : quantity.start]),
            ("inside", text[quantity.start : quantity.end]),
            ("right", text[quantity.end : quantity.right]),
        ):
            for found in self._rules.qualifiers(key, stretch):
                yield f"  {'':10}   {found.entry.id}: {found.text!r} {key}, {place(found)}"

    def _slot(self, slot: str, value: str, decision: Decision | None, recorded: str) -> Iterator[str]:
        if decision is None:
            reason = f"  because {recorded}{self._rules.change(recorded)}" if recorded else ""
            yield f"  {slot:10} {value or '-'}{reason}"
            return
        kind = f" (weights for {decision.kind})" if decision.kind else ""
        yield f"  {slot:10} {value or '-'}  taken: {self._reasons(decision, decision.chosen)}{kind}"
        for loser in decision.lost[:_LOSERS]:
            yield f"  {'':10}   lost: {_name(loser)}: {self._reasons(decision, loser)}"
        if len(decision.lost) > _LOSERS:
            yield f"  {'':10}   and {len(decision.lost) - _LOSERS} more"

    def _reasons(self, decision: Decision, candidate: Candidate) -> str:
        """A candidate's reasons with their weights, and their sum; without, where nothing competed."""
        if len(decision.candidates) == 1:
            return ", ".join(candidate.reasons)
        weights = self._lexicon.weights(decision.slot, decision.kind)
        weighed = ", ".join(f"{reason} {weights.get(reason, 0.0):+.2f}" for reason in candidate.reasons)
        return f"{weighed} = {candidate.score:.2f}"

    def _words(self, at: int) -> Iterator[str]:
        """The words of the figure's sentence, up to the figure after it, with the entries that know them."""
        text, heading = self._running.text, "words"
        for token in self._sentence(at):
            if token.quantity is not None and not token.quantity.worded or token.word.mark:
                continue
            meanings = [
                f"{phrase.kind} {phrase.entry.id}{'' if here else ' (not here)'}, {place(phrase)}"
                for phrase, here in self._rules.claims(token)
            ]
            if token.time is not None:
                word = self._rules.time_word(token)
                said = f"{word.entry.id}, {place(word)}" if word is not None else NUMBERED
                meanings = [f"time: {said}"]
            if meanings:
                yield f"  {heading:10} {text[token.start : token.end]}: {'; '.join(meanings)}"
                heading = ""

    def _sentence(self, at: int) -> list[Token]:
        first, last = at, at + 1
        while first and not _stop(self._tokens[first - 1]):
            first -= 1
        while last < len(self._tokens) and not _stop(self._tokens[last]) and self._tokens[last].quantity is None:
            last += 1
        return self._tokens[first:last]


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _stop(token: Token) -> bool:
    return bool(token.word.mark) and token.word.mark in STOPS


def _name(candidate: Candidate) -> str:
    said = f" {candidate.text!r}" if candidate.text and candidate.text != candidate.key else ""
    return f"{candidate.key or 'none'}{said}"

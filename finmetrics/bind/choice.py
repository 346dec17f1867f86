"""Competing candidates for one slot: each names its reasons, and the weights of rules/weights.yaml decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from math import exp

from finmetrics.bind.model import Candidate

# Sets of reasons whose sum is kept; a text has some thousands.
REMEMBERED = 32_768


def named(opening: str) -> Callable[[str], str]:
    """Reasons that end in what they are of: ``named("of.")("mau")`` is ``of.mau``, made once.

    (What is made anew has to be hashed anew; and a dict with ``__missing__`` takes four times as long to ask.)
    """

    @cache
    def reason(key: str) -> str:
        return opening + key

    return reason


def paired(opening: str, between: str) -> Callable[[str, str], str]:
    """Reasons that end in two: ``paired("carry.", "_")("level", "growth")`` is ``carry.level_growth``, made once."""

    @cache
    def reason(first: str, second: str) -> str:
        return opening + first + between + second

    return reason


def graded(opening: str, most: int) -> tuple[str, ...]:
    """Reasons that end in a number from 0 to ``most``, which stands for more too."""
    return tuple(f"{opening}{number}" for number in range(most + 1))


class Sums:
    """Reasons -> the sum of their weights, in their order; the same reasons come together again and again."""

    __slots__ = ("_weights", "known")

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._weights = weights
        self.known: dict[tuple[str, ...], float] = {}

    def of(self, reasons: tuple[str, ...]) -> float:
        """The sum, added up where it is not :attr:`known`."""
        found = self.known.get(reasons)
        if found is not None:
            return found
        if len(self.known) >= REMEMBERED:
            self.known.clear()
        weight = self._weights.get
        total = 0.0
        for reason in reasons:
            total += weight(reason, 0.0)
        self.known[reasons] = total
        return total


def decide(candidates: list[Candidate], sums: Sums) -> Candidate:
    """The candidate with the highest sum of weights; the first of equals."""
    best = candidates[0]
    if len(candidates) == 1:
        best.score = sums.of(tuple(best.reasons))
        return best
    top = -1e9
    known = sums.known.get
    for candidate in candidates:
        reasons = tuple(candidate.reasons)
        score = known(reasons)
        if score is None:
            score = sums.of(reasons)
        candidate.score = score
        if score > top:
            top, best = score, candidate
    alike = rest = 0.0
    key = best.key
    for candidate in candidates:
        if candidate.key == key:
            alike += exp(candidate.score - top)
        else:
            rest += exp(candidate.score - top)
    best.chance = alike / (alike + rest)
    return best

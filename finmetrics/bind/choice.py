"""Competing candidates for one slot: each names its reasons, and the weights of rules/weights.yaml decide."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp

from finmetrics.bind.model import Candidate


class Named(dict[str, str]):
    """Reasons that end in what they are of: ``Named("of.")["mau"]`` is ``of.mau``, made once."""

    def __init__(self, opening: str) -> None:
        super().__init__()
        self._opening = opening

    def __missing__(self, key: str) -> str:
        made = self[key] = self._opening + key
        return made


def graded(opening: str, most: int) -> tuple[str, ...]:
    """Reasons that end in a number from 0 to ``most``, which stands for more too."""
    return tuple(f"{opening}{number}" for number in range(most + 1))


def decide(candidates: list[Candidate], weights: Mapping[str, float]) -> Candidate:
    """The candidate with the highest sum of weights; the first of equals."""
    best = candidates[0]
    top = -1e9
    weight = weights.get
    for candidate in candidates:
        score = 0.0
        for reason in candidate.reasons:
            score += weight(reason, 0.0)
        candidate.score = score
        if score > top:
            top, best = score, candidate
    if len(candidates) > 1:
        alike = rest = 0.0
        key = best.key
        for candidate in candidates:
            if candidate.key == key:
                alike += exp(candidate.score - top)
            else:
                rest += exp(candidate.score - top)
        best.chance = alike / (alike + rest)
    return best

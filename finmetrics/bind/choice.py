"""Competing candidates for one slot: each names its reasons, and the weights of rules/weights.yaml decide."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp

from finmetrics.bind.model import Candidate


def decide(candidates: list[Candidate], weights: Mapping[str, float]) -> Candidate:
    """The candidate with the highest sum of weights; the first of equals."""
    best = candidates[0]
    top = -1e9
    for candidate in candidates:
        score = 0.0
        for reason in candidate.reasons:
            score += weights.get(reason, 0.0)
        candidate.score = score
        if score > top:
            top, best = score, candidate
    if len(candidates) > 1:
        alike = rest = 0.0
        for candidate in candidates:
            if candidate.key == best.key:
                alike += exp(candidate.score - top)
            else:
                rest += exp(candidate.score - top)
        best.chance = alike / (alike + rest)
    return best

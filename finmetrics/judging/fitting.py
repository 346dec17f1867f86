"""Gold -> the weights of rules/weights.yaml: a conditional logit over the candidates of each decision."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import yaml

from finmetrics.extractor import Extractor
from finmetrics.home import rules_home
from finmetrics.judging.evaluation import read_gold, stated_in
from finmetrics.judging.scoring import verdicts
from finmetrics.model import Figure
from finmetrics.output.replacing import replacing
from finmetrics.rules import load
from finmetrics.schema import Weights
from finmetrics.trace import Decision as Decided
from finmetrics.trace import Recorder

_GENERAL, _BY_KIND = 0.5, 2.0  # strength of the pull towards zero, of a slot's weights and of those by kind of figure
_STEPS, _RATE = 400, 0.1
_ROUNDS = 4
_FOLDS = 5
_FITTED = ("metric", "bank", "product", "comparison", "period", "confidence")
_FIELDS = {"period": "period_end"}  # of gold, where they have another name than the slot
_NOTHING = {"", "other"}  # keys of a candidate that names no known value

_HEAD = """\
# How much each named reason weighs where candidates compete for a slot; fitted on gold by `finmetrics rules fit`.
#
# Grammar. Each entry:
#   id       the slot, or slot.kind for one kind of figure (added to the slot's own)
#   weights  reason: weight; a candidate's score is the sum of its reasons' weights, the highest wins
"""


@dataclass(slots=True)
class Decision:
    """One choice between candidates; ``right`` are the indices of those that gold accepts."""

    document: int
    slot: str
    kind: str
    reasons: list[list[str]]
    right: list[int]
    taken: int


@dataclass(slots=True)
class Fit:
    """How many decisions there were, how many of them had a right candidate, and the shares chosen rightly."""

    decisions: int = 0
    possible: int = 0
    before: float = 0.0
    fitted: float = 0.0
    unseen: float = 0.0
    by_slot: dict[str, float] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


def fit(paths: Iterable[str | os.PathLike[str]], *, write: bool = True, rounds: int = _ROUNDS) -> Fit:
    """Fits the weights on gold files and, with ``write``, writes rules/weights.yaml.

    Decisions lean on those before them, so weights fitted on the decisions of one state change what is to be decided.
    Each round therefore reads gold with the weights of the round before and fits on the decisions of all rounds.
    The reported ``unseen`` share is by cross-validation over documents, in the last round. Raises ``OSError`` for a
    file that cannot be read and ``ValueError`` for one that is no gold.
    """
    documents = list(read_gold(paths))
    rules = load()
    seen: list[Decision] = []
    report = Fit()
    for number in range(rounds):
        now = Fit()
        seen += _decisions(documents, Extractor(rules), now)
        if not seen:
            raise ValueError("no decision in these files has a candidate that their gold accepts")
        last = seen[-now.possible :]
        now.before = report.before if number else _share(last, [d.taken for d in last])
        report = now
        problem = _Problem(seen, rounds=number + 1)
        weights = problem.solve(np.ones(len(seen), dtype=bool))
        rules = rules.model_copy(update={"weights": _entries(problem.names, weights)})
    _report(report, problem, weights, seen)
    if write:
        _write(rules.weights)
    return report


def _report(report: Fit, problem: _Problem, weights: np.ndarray, seen: Sequence[Decision]) -> None:
    """Writes how often the last round's decisions come out right, with all documents and with those not fitted on."""
    first = len(seen) - report.possible
    last = seen[first:]
    report.fitted = _share(last, problem.choose(weights)[first:])
    documents = np.array([d.document for d in seen])
    chosen = np.zeros(len(seen), dtype=int)
    for fold in range(_FOLDS):
        held = documents % _FOLDS == fold
        if held.any() and not held.all():
            chosen[held] = np.array(problem.choose(problem.solve(~held)))[held]
    unseen = [int(choice) for choice in chosen[first:]]
    report.unseen = _share(last, unseen)
    for slot in sorted({d.slot for d in last}):
        pairs = [(d, c) for d, c in zip(last, unseen, strict=True) if d.slot == slot]
        report.by_slot[slot] = _share([d for d, _ in pairs], [c for _, c in pairs])


def _decisions(documents: Sequence[dict[str, Any]], extractor: Extractor, report: Fit) -> list[Decision]:
    """The decisions of gold documents that have a right candidate; ``report`` counts them and those that have none."""
    found: list[Decision] = []
    for number, gold in enumerate(documents):
        trace = Recorder()
        extraction = extractor.run(stated_in(gold), trace)
        facts = [fact for fact in gold["facts"] if not fact.get("optional")]
        whole = _whole(gold["facts"], extraction.figures)
        for one in trace.all():
            if one.slot not in _FITTED:
                continue
            right = _right(one, facts, whole)
            if right is None:
                continue
            report.decisions += 1
            if not right:
                report.missing.append(f"{gold['doc_id']} {one.start} {one.slot}")
                continue
            report.possible += 1
            reasons = [candidate.reasons for candidate in one.candidates]
            found.append(Decision(number, one.slot, one.kind, reasons, right, one.candidates.index(one.chosen)))
    return found


def _whole(facts: list[dict[str, Any]], figures: list[Figure]) -> dict[int, bool]:
    """Whether the tuple of the figure at an offset is right."""
    return {v.figure.start: v.right for v in verdicts(facts, figures) if v.figure is not None}


def _right(one: Decided, facts: list[dict[str, Any]], whole: dict[int, bool]) -> list[int] | None:
    """The indices of the candidates that gold accepts; ``None`` where gold does not tell."""
    if one.slot == "confidence":
        return None if one.start not in whole else [0 if whole[one.start] else 1]
    fact = next((f for f in facts if f["start"] - 1 <= one.start < f["end"]), None)
    if fact is None or one.slot == "metric" and (one.kind == "growth") != (fact["measure"] == "growth"):
        return None
    if one.slot == "comparison":
        if fact["measure"] == "level" or len(one.candidates) < 2:
            return None
        return [i for i, candidate in enumerate(one.candidates) if candidate.key == (fact["comparison"] or "")]
    accepted = {key or "" for key in fact[_FIELDS.get(one.slot, one.slot)]}
    return [i for i, candidate in enumerate(one.candidates) if _accepted(one.slot, candidate.key, accepted)]


def _accepted(slot: str, key: str, accepted: set[str]) -> bool:
    """Whether gold accepts a candidate; of a product's name a part will do."""
    if key in accepted or key in _NOTHING and accepted & _NOTHING:
        return True
    return slot == "product" and bool(key) and any(name and (key in name or name in key) for name in accepted)


def _share(decisions: Sequence[Decision], chosen: Sequence[int]) -> float:
    return sum(choice in d.right for d, choice in zip(decisions, chosen, strict=True)) / max(1, len(decisions))


class _Problem:
    """All decisions as flat arrays: one row a candidate, one entry a (candidate, weight)."""

    def __init__(self, decisions: Sequence[Decision], *, rounds: int) -> None:
        index: dict[tuple[str, str], int] = {}
        rows, columns, owners, right = [], [], [], []
        self._starts = []
        row = 0
        for number, decision in enumerate(decisions):
            self._starts.append(row)
            for i, reasons in enumerate(decision.reasons):
                for reason in reasons:
                    for name in (decision.slot, f"{decision.slot}.{decision.kind}"):
                        rows.append(row)
                        columns.append(index.setdefault((name, reason), len(index)))
                owners.append(number)
                right.append(i in decision.right)
                row += 1
        self.names = list(index)
        self._rows, self._columns = np.array(rows), np.array(columns)
        self._owners, self._right = np.array(owners), np.array(right)
        self._count = len(decisions)
        self._pull = rounds * np.array([_BY_KIND if "." in name else _GENERAL for name, _ in self.names])

    def _scores(self, weights: np.ndarray) -> np.ndarray:
        return np.bincount(self._rows, weights[self._columns], minlength=len(self._owners))

    def solve(self, used: np.ndarray) -> np.ndarray:
        """The weights that make the right candidates of the ``used`` decisions most likely (Adam, whole batch)."""
        weights = np.zeros(len(self.names))
        first, second = np.zeros_like(weights), np.zeros_like(weights)
        mask = used[self._owners]
        for step in range(1, _STEPS + 1):
            gradient = self._gradient(weights, mask) + self._pull * weights
            first = 0.9 * first + 0.1 * gradient
            second = 0.999 * second + 0.001 * gradient**2
            weights = weights - _RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        return weights

    def _gradient(self, weights: np.ndarray, mask: np.ndarray) -> np.ndarray:
        scores = self._scores(weights)
        tops = np.full(self._count, -np.inf)
        np.maximum.at(tops, self._owners, scores)
        mass = np.exp(scores - tops[self._owners])
        total = np.bincount(self._owners, mass, minlength=self._count)
        good = np.bincount(self._owners, mass * self._right, minlength=self._count)
        expected = mass / total[self._owners]
        wanted = np.where(self._right, mass / np.maximum(good, 1e-12)[self._owners], 0.0)
        pull = (expected - wanted) * mask
        return np.bincount(self._columns, pull[self._rows], minlength=len(weights))

    def choose(self, weights: np.ndarray) -> list[int]:
        """The index of the best candidate of each decision."""
        scores = self._scores(weights)
        ends = [*self._starts[1:], len(scores)]
        return [int(np.argmax(scores[start:end])) for start, end in zip(self._starts, ends, strict=True)]


def _entries(names: Sequence[tuple[str, str]], weights: np.ndarray) -> list[Weights]:
    """The weights as entries of rules/weights.yaml; those next to nothing are left out."""
    entries: dict[str, dict[str, float]] = {}
    for (entry, reason), weight in sorted(zip(names, weights, strict=True)):
        if abs(weight) >= 0.005:
            entries.setdefault(entry, {})[reason] = round(float(weight), 2)
    return [Weights(id=entry, weights=reasons) for entry, reasons in entries.items()]


def _write(entries: Sequence[Weights]) -> None:
    with replacing(rules_home() / "weights.yaml") as path:
        body = yaml.safe_dump(
            [{"id": entry.id, "weights": entry.weights} for entry in entries],
            allow_unicode=True,
            sort_keys=False,
            width=120,
        )
        path.write_text(_HEAD + body, encoding="utf-8")

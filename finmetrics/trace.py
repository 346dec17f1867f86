"""What the engine decided while it read a document, kept for whoever asks why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from finmetrics.bind.model import Candidate


@dataclass(frozen=True, slots=True)
class Decision:
    """One slot of the figure at ``start`` (an offset of the running text): the candidates and the one taken.

    ``kind`` is the kind of figure by which the weights differ, empty where they do not.
    """

    slot: str
    kind: str
    start: int
    candidates: list[Candidate]
    chosen: Candidate

    @property
    def lost(self) -> list[Candidate]:
        """The candidates that were not taken, the best first."""
        rest = [one for one in self.candidates if one is not self.chosen]
        return sorted(rest, key=lambda one: -one.score)


class Recorder:
    """A trace (:class:`finmetrics.bind.model.Trace`) that keeps every decision of one document."""

    def __init__(self) -> None:
        self._decisions: dict[int, dict[str, Decision]] = {}

    def decided(self, slot: str, kind: str, start: int, candidates: list[Candidate], chosen: Candidate) -> None:
        """Keeps a decision; of two on one slot of a figure, the later."""
        self._decisions.setdefault(start, {})[slot] = Decision(slot, kind, start, list(candidates), chosen)

    def of(self, start: int) -> dict[str, Decision]:
        """The decisions on the figure at ``start``, by slot."""
        return self._decisions.get(start, {})

    def all(self) -> Iterator[Decision]:
        """Every decision, in the order of the text."""
        for start in sorted(self._decisions):
            yield from self._decisions[start].values()

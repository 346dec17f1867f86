"""The engine against gold: our own documents, and the public ones where they are there.

The floors are what was measured when they were last raised (date in CHANGELOG), rounded down: a change of rules or
weights that loses more than a figure or two fails here. `finmetrics eval` shows which.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from finmetrics.judging.evaluation import evaluate

GOLD = Path(__file__).parent / "gold"

# file: (detected F1, tuple F1)
FLOORS = {
    "a": (0.995, 0.925),
    "b": (0.99, 0.895),
    "comparison": (0.99, 0.885),
    "fresh1": (0.995, 0.94),
    "fresh2": (0.99, 0.925),
    "fresh3": (0.995, 0.96),
    "fresh4": (0.99, 0.89),
    "fresh5": (0.99, 0.94),
    "fresh6": (0.995, 0.895),
    "fresh7": (0.99, 0.86),
    "fresh8": (0.995, 0.935),
    "fresh9": (0.995, 0.92),
    "fresh10": (0.995, 0.915),
    "fresh11": (0.995, 0.9),
    "fresh12": (0.995, 0.91),
    "fresh14": (0.995, 0.935),
    "fresh15": (0.995, 0.9),
    "fresh16": (0.99, 0.89),
    "fresh18": (0.985, 0.83),
    "hard_comparison": (0.985, 0.76),
    "hard_mixed": (0.955, 0.8),
    "hard_news_branch": (0.99, 0.9),
    "mixed": (0.985, 0.86),
    "news_branch": (0.995, 0.885),
    "report_table": (0.99, 0.96),
    "seeds": (0.995, 0.98),
}
PUBLIC_FLOORS = {"seeds": (0.99, 0.97), "dev": (0.99, 0.93)}


def scores(path: Path) -> tuple[float, float]:
    """(detected F1, tuple F1) of a gold file."""
    total = evaluate([path]).scores
    return total.prf(total.found)[2], total.prf(total.whole)[2]


@pytest.mark.parametrize("name", FLOORS)
def test_own_gold(name: str) -> None:
    detected, whole = scores(GOLD / f"{name}.jsonl")
    assert detected >= FLOORS[name][0]
    assert whole >= FLOORS[name][1]


@pytest.mark.parametrize("name", PUBLIC_FLOORS)
def test_public_gold(name: str, shared: Path) -> None:
    detected, whole = scores(shared / "gold" / f"{name}.jsonl")
    assert detected >= PUBLIC_FLOORS[name][0]
    assert whole >= PUBLIC_FLOORS[name][1]


def test_every_gold_file_has_a_floor() -> None:
    assert {path.stem for path in GOLD.glob("*.jsonl")} == set(FLOORS)

"""The weights: where they are kept, what they decide, and that fitting them learns from gold."""

from __future__ import annotations

from pathlib import Path

import pytest

from finmetrics.bind.choice import Sums, decide
from finmetrics.bind.model import Candidate
from finmetrics.extractor import Extractor
from finmetrics.judging.fitting import fit
from finmetrics.model import Document
from finmetrics.trace import Recorder

GOLD = Path(__file__).parent / "gold"


def test_the_highest_sum_of_weights_wins() -> None:
    near = Candidate("mau", None, "月活", ["left", "near"])
    far = Candidate("customers", None, "客户", ["left", "far"])
    chosen = decide([far, near], Sums({"left": 1.0, "near": 0.5, "far": -2.0}))
    assert chosen is near
    assert (near.score, far.score) == (1.5, -1.0)
    assert 0.9 < near.chance < 1


def test_candidates_of_one_key_share_their_chance() -> None:
    chosen = decide([Candidate(key, None, "", ["x"]) for key in ("a", "a", "b")], Sums({}))
    assert chosen.chance == pytest.approx(2 / 3)


def test_every_decision_of_a_text_is_traced_with_its_losers() -> None:
    trace = Recorder()
    text = "华夏银行手机银行月活客户357.32万户，同比增长41.97%。"
    figures = Extractor().run(Document(text), trace).figures
    assert [f.metric for f in figures] == ["mau", "mau"]
    slots = {(one.start, one.slot) for one in trace.all()}
    assert {(figure.start, slot) for figure in figures for slot in ("metric", "bank", "product", "period")} <= slots
    metric = trace.of(figures[0].start)["metric"]
    assert metric.chosen.key == "mau"
    assert metric.lost
    assert all(one.score <= metric.chosen.score for one in metric.lost)


def test_fitting_learns_from_gold_and_leaves_the_rules_alone_when_told() -> None:
    weights = Path(__file__).parents[1] / "rules" / "weights.yaml"
    before = weights.read_bytes()
    report = fit([GOLD / "seeds.jsonl", GOLD / "b.jsonl"], write=False, rounds=2)
    assert report.possible > 500
    assert report.fitted > 0.9
    assert report.unseen > 0.7
    assert weights.read_bytes() == before


def test_gold_without_decisions_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "gold.jsonl"
    empty.write_text("", encoding="utf-8")
    with pytest.raises(ValueError, match="no decision"):
        fit([empty], write=False)

"""`finmetrics eval`: the same meaning as the score that the contract names, errors in context, gains and losses."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from finmetrics.api import extract, extract_to
from finmetrics.cli import app
from finmetrics.judging import evaluation
from finmetrics.judging.evaluation import evaluate, shifts
from finmetrics.judging.scoring import METRICS, SLOTS, verdicts
from finmetrics.model import Figure
from finmetrics.rules import load

SHARED = Path(__file__).parents[2] / "shared"
TEXT = "2021年末，光大银行手机银行注册用户突破5200万户，同比增长12.3%。"


def fact(quote: str, **changes: object) -> dict[str, object]:
    """What a careful reader would say of 5200万户 in TEXT, but for the changes."""
    start = TEXT.index(quote)
    said: dict[str, object] = {
        "quote": quote,
        "start": start,
        "end": start + len(quote),
        "value": 52000000,
        "unit": ["户"],
        "qualifier": "over",
        "measure": "level",
        "comparison": None,
        "bank": ["光大银行"],
        "branch": None,
        "product": ["手机银行"],
        "metric": ["registered_users"],
        "period_kind": ["instant"],
        "period_end": ["2021-12-31"],
    }
    return said | changes


def figure(quote: str, **changes: object) -> Figure:
    """The figure that agrees with :func:`fact`, but for the changes."""
    start = TEXT.index(quote)
    said: dict[str, object] = {
        "value": Decimal(52000000),
        "unit": "户",
        "qualifier": "over",
        "bank": "光大银行",
        "product": "手机银行",
        "metric": "registered_users",
        "period_kind": "instant",
        "period_end": dt.date(2021, 12, 31),
    }
    return Figure("d", quote, start, start + len(quote), **(said | changes))  # type: ignore[arg-type]


def gold_file(folder: Path, *documents: dict[str, object]) -> Path:
    path = folder / "gold.jsonl"
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in documents), encoding="utf-8")
    return path


def document(facts: list[dict[str, object]], doc_id: str = "d", **more: object) -> dict[str, object]:
    return {
        "doc_id": doc_id,
        "kind": "news",
        "title": "",
        "published": "2022-03-29",
        "text": TEXT,
        "facts": facts,
    } | more


def test_the_figure_gold_wants_is_right() -> None:
    [one] = verdicts([fact("5200万户")], [figure("5200万户")])
    assert one.right and one.wrong == ()


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"bank": "农业银行"}, ("bank",)),
        ({"bank": ""}, ("bank",)),
        ({"metric": "mau"}, ("metric",)),
        ({"measure": "change", "comparison": "yoy"}, ("measure", "comparison")),
        ({"period_end": None, "period_kind": ""}, ("period_end", "period_kind")),
        ({"qualifier": "exact"}, ("qualifier",)),
        ({"product": ""}, ("product",)),
        ({"branch": "上海市分行"}, ("branch",)),
        ({"value": Decimal(5200)}, ("value",)),
        ({"unit": "家"}, ("value",)),
        ({"value_max": Decimal(6)}, ("value",)),
    ],
)
def test_each_slot_that_differs_is_named(changes: dict[str, object], wrong: tuple[str, ...]) -> None:
    [one] = verdicts([fact("5200万户")], [figure("5200万户", **changes)])
    assert one.wrong == wrong


@pytest.mark.parametrize(
    ("of_gold", "of_table"),
    [
        ({"bank": ["国有六大行", None]}, {"bank": ""}),
        ({"metric": ["other"]}, {"metric": "an_id_of_my_own"}),
        ({"unit": ["人"]}, {"unit": "名"}),
        ({"unit": [None]}, {"unit": ""}),
        ({"product": ["光大手机银行"]}, {"product": "手机银行"}),
        ({"product": ["招贷App"]}, {"product": "招贷APP"}),
        ({"period_kind": ["instant"], "period_end": ["2021-12-31", None]}, {"period_kind": "", "period_end": None}),
        ({"period_kind": []}, {"period_kind": "duration"}),
    ],
)
def test_what_counts_as_the_same(of_gold: dict[str, object], of_table: dict[str, object]) -> None:
    [one] = verdicts([fact("5200万户", **of_gold)], [figure("5200万户", **of_table)])
    assert one.wrong == ()


def test_missed_spurious_and_optional() -> None:
    found = verdicts([fact("5200万户")], [figure("12.3%")])
    assert [one.wrong for one in found] == [("missed",), ("spurious",)]
    assert verdicts([fact("5200万户", optional=True)], [figure("5200万户", value=Decimal(1))]) == []
    assert verdicts([fact("5200万户", optional=True)], []) == []


def test_a_pair_that_agrees_goes_before_one_that_overlaps_more() -> None:
    long, short = figure("突破5200万户", value=Decimal(1)), figure("200万户")
    found = verdicts([fact("突破5200万户")], [long, short])
    assert [(one.figure, one.wrong) for one in found] == [(short, ()), (long, ("spurious",))]


def test_scores_count_optional_facts_neither_way(tmp_path: Path) -> None:
    figures = extract(TEXT, published="2022-03-29")
    assert len(figures) == 2, "the sentence has a level and a growth"
    growth = fact("12.3%", optional=True)
    result = evaluate(gold_file(tmp_path, document([fact("5200万户"), growth])))
    assert (result.scores.facts, result.scores.figures, result.scores.found) == (1, 1, 1)
    missing = evaluate(gold_file(tmp_path, document([growth, fact("2021年")])))
    assert (missing.scores.facts, missing.scores.figures, missing.scores.found) == (1, 1, 0)
    assert sorted(one.what for one in missing.mistakes) == ["missed", "spurious"]


def test_mistakes_stand_in_context(tmp_path: Path) -> None:
    result = evaluate(
        gold_file(tmp_path, document([fact("5200万户", bank=["农业银行"]), fact("12.3%", optional=True)]))
    )
    [mistake] = result.mistakes
    assert (mistake.doc_id, mistake.what, mistake.got, mistake.wanted) == ("d", "bank", "光大银行", "农业银行")
    assert "注册用户突破[5200万户]，同比" in mistake.context


def test_against_shows_gains_and_losses(tmp_path: Path) -> None:
    first = [fact("5200万户", bank=["农业银行"]), fact("12.3%", optional=True)]
    second = [fact("5200万户", product=["云缴费"]), fact("12.3%", optional=True)]
    before = evaluate(gold_file(tmp_path, document(first), document(second, "e")))
    before.save(tmp_path / "base.json")
    assert shifts(before, tmp_path / "base.json") == []
    now = evaluate(gold_file(tmp_path, document(second), document(first, "e"), document(first, "new")))
    found = shifts(now, tmp_path / "base.json")
    assert [(one.doc_id, one.before, one.now, one.gain) for one in found] == [
        ("d", ("bank",), ("product",), True),
        ("e", ("product",), ("bank",), False),
    ]


def test_the_command(tmp_path: Path) -> None:
    path = gold_file(tmp_path, document([fact("5200万户", bank=["农业银行"]), fact("12.3%", optional=True)]))
    base = tmp_path / "base.json"
    first = CliRunner().invoke(app, ["eval", str(tmp_path), "--save", str(base)])
    assert first.exit_code == 0, first.output
    assert "d\tbank\t5200万户\tgot 光大银行\twant 农业银行" in first.output
    assert "detected     P 1.0000  R 1.0000  F1 1.0000" in first.output
    none = CliRunner().invoke(app, ["eval", str(path), "--errors", "0", "--against", str(base)])
    assert "want 农业银行" not in none.output and "0 gains, 0 losses" in none.output
    machine = CliRunner().invoke(app, ["eval", str(path), "--json", "--against", str(base)])
    read = json.loads(machine.output)
    assert read["tuple"] == [0, 0, 0] and read["errors"][0]["what"] == "bank" and read["shifts"] == []
    assert read["kinds"]["news"]["detected"] == [1, 1, 1]


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"text": "x"}', '{"doc_id": "d", "text": "5万户", "facts": [{"quote": "5万户"}]}']
)
def test_what_is_no_gold_is_bad_use(tmp_path: Path, line: str) -> None:
    path = tmp_path / "not.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["eval", str(path)])
    assert result.exit_code == 2 and f"{path}:1" in result.stderr and "Traceback" not in result.output
    absent = CliRunner().invoke(app, ["eval", str(tmp_path / "absent.jsonl")])
    assert absent.exit_code == 2 and "absent.jsonl" in absent.stderr


def test_a_baseline_that_is_none_is_bad_use(tmp_path: Path) -> None:
    path = gold_file(tmp_path, document([]))
    for text in ("{}", "[]", "no", '{"format": 99, "verdicts": {}}'):
        (tmp_path / "base.json").write_text(text, encoding="utf-8")
        result = CliRunner().invoke(app, ["eval", str(path), "--against", str(tmp_path / "base.json")])
        assert result.exit_code == 2 and "not a saved evaluation" in result.stderr


def test_every_public_metric_id_is_in_the_rules() -> None:
    ours = {entry.id for entry in load().metrics}
    assert METRICS - ours - {"other"} == set()


@pytest.mark.skipif(not (SHARED / "score.py").exists(), reason="needs ../shared")
@pytest.mark.parametrize("name", ["seeds", "dev"])
def test_the_scores_are_those_of_the_contract(tmp_path: Path, name: str) -> None:
    gold = SHARED / "gold" / f"{name}.jsonl"
    table = tmp_path / "table.jsonl"
    extract_to(gold, table)
    command = [sys.executable, str(SHARED / "score.py"), str(gold), str(table), "--json"]
    theirs = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    ours = evaluation.evaluate(gold).as_dict()
    for key in ("documents", "figures", *SLOTS):
        assert ours[key] == pytest.approx(theirs[key]), key
    for key in ("detected", "tuple"):
        assert ours[key] == pytest.approx(theirs[key]), key

"""What a panel holds: one value a cell, why that one, what is kept apart, and what is disclosed."""

from __future__ import annotations

import csv
import io
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import finmetrics as fm
from finmetrics.analysis.panel import PANEL_COLUMNS
from finmetrics.analysis.reports import is_report
from finmetrics.rules import load as load_rules

SEEDS = Path(__file__).parents[1] / "seeds"
REPORT, ARTICLE = "样例银行2023年年度报告", "样例银行数字化转型观察"

Program = Callable[..., "subprocess.CompletedProcess[bytes]"]


def table(*rows: dict[str, Any]) -> pd.DataFrame:
    """Rows of one bank, metric and day; each states what is its own."""
    same = {
        "bank": "样例银行", "metric": "mau", "metric_name": "月活", "metric_text": "月活用户", "measure": "level",
        "unit": "户", "unit_kind": "count", "period_end": pd.Timestamp("2023-12-31"), "confidence": 0.9,
        "value": 18_230_000.0, "quote": "1823万户",
    }  # fmt: skip
    return pd.DataFrame([{"fact_id": f"f{i}", "doc_id": f"d{i}"} | same | row for i, row in enumerate(rows)])


def one(*rows: dict[str, Any]) -> dict[str, Any]:
    """The one row of the panel of these."""
    (row,) = fm.panel(table(*rows)).to_dict("records")
    return row


OVER = {"value": 18_000_000.0, "quote": "1800万户", "qualifier": "over"}
OTHER = {"value": 17_550_000.0, "quote": "1755万户"}


@pytest.mark.parametrize(
    ("rows", "fact_id", "reason"),
    [
        ([{}], "f0", "the only figure"),
        ([OVER, {}], "f1", "exact before a bound"),
        ([OVER | {"title": REPORT, "confidence": 0.99}, {}], "f1", "exact before a bound"),
        ([OTHER | {"title": ARTICLE}, {"title": REPORT}], "f1", "own report before press"),
        ([OTHER | {"title": ARTICLE, "published": "2024-06-01"}, {"title": REPORT}], "f1", "own report before press"),
        (
            [{"title": REPORT, "published": "2024-03-28"}, OTHER | {"title": REPORT, "published": "2025-03-27"}],
            "f1",
            "later restatement (2025-03-27)",
        ),
        (
            [{"value": 18_000_000.0, "quote": "0.18亿户"}, {"value": 18_030_000.0, "quote": "1803万户"}],
            "f1",
            "more digits",
        ),
        ([{"confidence": 0.5}, OTHER | {"confidence": 0.7}], "f1", "higher confidence"),
        ([{}, {}], "f0", "all state the same value"),
    ],
)
def test_the_choice_and_its_reason(rows: list[dict[str, Any]], fact_id: str, reason: str) -> None:
    dated = [row | {"published": pd.Timestamp(row["published"])} if "published" in row else row for row in rows]
    row = one(*dated)
    assert (row["fact_id"], row["reason"], row["figures"]) == (fact_id, reason, len(rows))


def test_what_differs_is_named() -> None:
    row = one({"confidence": 0.95}, OTHER, OVER)
    assert row["rivals"] == "1755万户 (f1)"  # the bound agrees
    assert pd.isna(one({}, OVER)["rivals"])


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("definition", "平均"), ("unit", "人"), ("product", "手机银行"), ("segment", "corporate"),
        ("branch", "上海分行"), ("per", "day"), ("status", "target"), ("cumulative", True), ("measure", "growth"),
        ("period_start", pd.Timestamp("2023-01-01")), ("period_end", pd.Timestamp("2023-06-30")),
    ],
)  # fmt: skip
def test_what_is_never_merged(column: str, cell: object) -> None:
    for other in ({}, OTHER):
        rows = fm.panel(table({}, other | {column: cell}))
        assert list(rows["figures"]) == [1, 1]
        assert set(rows["fact_id"]) == {"f0", "f1"}


def test_wordings_that_differ_in_value_are_kept_apart() -> None:
    private = {"metric_text": "私行客户", "value": 92_100.0, "quote": "9.21万户"}
    rows = fm.panel(table({}, private))
    assert dict(zip(rows["wording"], rows["value"], strict=True)) == {"月活用户": 18_230_000, "私行客户": 92_100}
    assert pd.isna(one({}, {"metric_text": "月活客户"})["wording"])


def test_the_order_of_rows_does_not_matter() -> None:
    figures = fm.read(SEEDS)
    shuffled = figures.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(fm.panel(shuffled), fm.panel(figures))


def test_cells_are_unique_and_every_figure_is_accounted_for() -> None:
    figures = fm.read(SEEDS)
    panel = fm.panel(figures)
    assert list(panel.columns) == [column.name for column in PANEL_COLUMNS]
    key = ["bank", "branch", "product", "channel", "segment", "metric", "definition", "per", "status", "cumulative"]
    key += ["measure", "comparison", "wording", "unit", "period_start", "period_end"]
    assert not panel.duplicated(key).any()
    left_out = panel.attrs["left_out"]
    assert panel["figures"].sum() + sum(left_out.values()) == len(figures)
    chosen = figures.set_index("fact_id").loc[panel["fact_id"]]
    assert list(chosen["quote"]) == list(panel["quote"])


def test_an_empty_table_has_every_column() -> None:
    panel = fm.panel(fm.read(SEEDS).head(0))
    assert panel.empty and list(panel.dtypes) == list(fm.panel(fm.read(SEEDS)).dtypes)
    assert fm.disclosure(fm.read(SEEDS).head(0)).empty


def test_a_table_that_lacks_a_column() -> None:
    with pytest.raises(ValueError, match="no column value, quote"):
        fm.panel(table({}).drop(columns=["value", "quote"]))


def test_disclosure() -> None:
    staff = {"metric": "tech_staff", "unit": "人"}
    figures = table(
        {}, OVER, OVER | staff, staff | {"period_end": pd.Timestamp("2022-12-31"), "status": "target"},
        {"bank": "甲银行", "period_start": pd.Timestamp("2023-01-01")}, {"bank": "甲银行", "measure": "growth"} | staff,
    )  # fmt: skip
    matrix = fm.disclosure(figures)
    assert matrix.index.names == ["bank", "period_end"]
    assert matrix.loc[("样例银行", "2023-12-31")].to_dict() == {"mau": "disclosed", "tech_staff": "bounds"}
    assert matrix.loc[("甲银行", "2023-12-31")].to_dict() == {"mau": "disclosed", "tech_staff": "not disclosed"}
    assert len(matrix) == 2
    whole = fm.disclosure(figures, banks=["甲银行", "乙银行"], metrics=["mau"], periods=["2022-12-31", "2023-12-31"])
    assert list(whole["mau"]) == ["not disclosed", "disclosed", "not disclosed", "not disclosed"]


@pytest.mark.parametrize(
    ("title", "own"),
    [
        ("样例银行2022年度社会责任报告", True),
        ("樣例銀行2023年度報告", True),
        ("样例银行年报解读", False),
        ("样例银行上线新产品", False),
    ],
)
def test_titles_of_reports(title: str, own: bool) -> None:
    assert is_report(title) == own


def test_titles_given_as_examples_are_those_of_reports() -> None:
    examples = [title for entry in load_rules().reports for title in entry.examples]
    assert examples and all(map(is_report, examples))


def test_a_report_is_one_bank_s() -> None:
    """What a report says of another bank, or a report in which no bank prevails, is not its own."""
    own = {"title": REPORT, "doc_id": "r"}
    rows = fm.panel(table(own, own, own | {"bank": "甲银行"}, own | {"metric": "dau"}))
    assert dict(zip(rows["bank"], rows["own_report"], strict=True)) == {"样例银行": True, "甲银行": False}
    assert not fm.panel(table(own, own | {"bank": "甲银行"}))["own_report"].any()


@pytest.mark.parametrize("suffix", ["csv", "parquet", "jsonl"])
@pytest.mark.parametrize("headers", ["en", "zh"])
def test_files_that_the_program_wrote_give_the_same_panel(tmp_path: Path, suffix: str, headers: Any) -> None:
    path = tmp_path / f"figures.{suffix}"
    fm.extract_to(SEEDS, path, headers=headers)
    figures = fm.read(SEEDS)
    pd.testing.assert_frame_equal(fm.panel(path), fm.panel(figures))
    pd.testing.assert_frame_equal(fm.panel([path]), fm.panel(figures))


def test_the_verb(program: Program, tmp_path: Path) -> None:
    fm.extract_to(SEEDS, tmp_path / "figures.csv")
    done = program("panel", "figures.csv", "-o", "panel.csv", "--disclosure", "who.csv")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    text = (tmp_path / "panel.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == [column.name for column in PANEL_COLUMNS]
    assert len(rows) == len(fm.panel(fm.read(SEEDS)))
    matrix = pd.read_csv(tmp_path / "who.csv")
    states = matrix.drop(columns=["bank", "period_end"]).stack().value_counts()
    assert set(states.index) == {"disclosed", "bounds", "not disclosed"}
    piped = program("panel", "-", stdin=(tmp_path / "figures.csv").read_bytes()).stdout.decode()
    assert piped == text
    assert program("panel", "figures.csv", "-o", "panel.doc").returncode == 2
    assert program("panel", "figures.csv", "--min-confidence", "1").stdout.decode().count("\n") == 1


def test_the_python_of_the_page_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    page = (SEEDS.parent / "docs" / "analysis.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    monkeypatch.chdir(SEEDS.parent)
    names: dict[str, Any] = {}
    exec(compile(code, "<python of docs/analysis.md>", "exec"), names)
    assert len(names["panel"]) and len(names["who"]) and names["findings"].empty

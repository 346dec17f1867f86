"""What audit tells: the prepared set with its bars, each check alone, and that nothing is repaired."""

from __future__ import annotations

import csv
import io
import random
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import finmetrics as fm
from finmetrics.analysis.audit import FINDING_COLUMNS
from finmetrics.analysis.rows import load

CASES = Path(__file__).parent / "audit" / "cases.csv"
KINDS = {"growth", "conflict", "impossible", "unit", "definition", "typo"}

Program = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture(scope="module")
def cases() -> pd.DataFrame:
    return load(CASES)


def test_the_prepared_set_is_what_its_maker_makes(tmp_path: Path) -> None:
    maker = tmp_path / "make.py"
    maker.write_bytes(CASES.with_name("make.py").read_bytes())
    subprocess.run([sys.executable, maker], check=True)
    assert (tmp_path / "cases.csv").read_bytes() == CASES.read_bytes()


def test_the_bars_on_the_prepared_set(cases: pd.DataFrame) -> None:
    expected = cases.groupby("bank")["expect"].first().fillna("")
    assert (expected != "").sum() == 60 and (expected == "").sum() == 300
    assert set(expected) == KINDS | {""}
    found = fm.audit(cases)
    right = found[found["kind"] == found["bank"].map(expected)]
    assert right["bank"].nunique() / 60 >= 0.95
    assert len(right) / len(found) >= 0.95


def test_every_finding_names_its_rows(cases: pd.DataFrame) -> None:
    found = fm.audit(cases)
    assert list(found.columns) == [column.name for column in FINDING_COLUMNS]
    quotes = dict(zip(cases["fact_id"], cases["quote"], strict=True))
    for row in found.to_dict("records"):
        for which in ("", "other_", "third_"):
            if pd.notna(row[f"{which}fact_id"]):
                assert row[f"{which}quote"] == quotes[row[f"{which}fact_id"]]
        alone = row["kind"] == "impossible" and pd.isna(row["other_fact_id"])
        assert alone or pd.notna(row["other_quote"]), row
        assert pd.notna(row["third_quote"]) or row["kind"] != "growth"


def test_the_table_is_left_as_it_was(cases: pd.DataFrame) -> None:
    before = cases.copy(deep=True)
    fm.audit(cases)
    pd.testing.assert_frame_equal(cases, before)


def test_the_order_of_rows_does_not_matter(cases: pd.DataFrame) -> None:
    def told(table: pd.DataFrame) -> set[tuple[str, frozenset[str]]]:
        rows = fm.audit(table).to_dict("records")
        return {(row["kind"], frozenset(str(row[f"{w}fact_id"]) for w in ("", "other_", "third_"))) for row in rows}

    assert told(cases.sample(frac=1, random_state=7)) == told(cases)


TEXTS = {
    "right": "2023年，宁波银行净利润255.35亿元，同比增长10.66%；2022年净利润230.75亿元。",
    "wrong": "2023年，宁波银行净利润255.35亿元，同比增长16.66%；2022年净利润230.75亿元。",
}


@pytest.mark.parametrize(("text", "kinds"), [("right", []), ("wrong", ["typo"])])
def test_texts_that_we_read(text: str, kinds: list[str]) -> None:
    table = fm.extract_frame([TEXTS[text]])
    found = fm.audit(table)
    assert list(found["kind"]) == kinds
    if kinds:
        assert (found["quote"][0], found["other_quote"][0], found["third_quote"][0]) == (
            "16.66%",
            "255.35亿元",
            "230.75亿元",
        )
        assert "10.66" in found["finding"][0]


def test_what_has_no_bank_period_or_is_a_target_is_not_looked_at(cases: pd.DataFrame) -> None:
    wrong = cases[cases["expect"].notna()]
    assert len(fm.audit(wrong)) >= 60
    assert fm.audit(wrong.assign(bank=None)).empty
    assert fm.audit(wrong.assign(period_end=pd.NaT)).empty
    assert fm.audit(wrong.assign(status="target")).empty
    assert fm.audit(wrong, min_confidence=0.95).empty


def test_the_seeds_hold_no_inconsistency() -> None:
    assert fm.audit(fm.read(Path(__file__).parents[1] / "seeds")).empty


def test_the_verb(program: Program, tmp_path: Path) -> None:
    done = program("audit", str(CASES))
    assert (done.returncode, done.stderr) == (0, b"")
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert len(rows) == len(fm.audit(CASES)) and {row["kind"] for row in rows} == KINDS
    assert program("audit", str(CASES), "-o", "found.parquet").returncode == 0
    assert len(pd.read_parquet(tmp_path / "found.parquet")) == len(rows)
    assert program("audit", "-", stdin=CASES.read_bytes()).stdout == done.stdout


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("absent.csv", None, "absent.csv: No such file"),
        ("a.csv", b"", "a.csv: empty"),
        ("a.csv", b"text\nx\n", "a.csv is no table of figures: no column fact_id"),
        ("a.xlsx", b"", "a table of figures is a .csv, .parquet or .jsonl file"),
        ("a.parquet", b"PAR1", "a.parquet: not a readable Parquet file"),
        ("a.jsonl", b'{"fact_id": 1}\n{', "a.jsonl:2: not JSON"),
        ("a.jsonl", b"[]\n", "a.jsonl:1: a JSON object is needed"),
        ("a.csv", b"\xff\xfe\xff", "a.csv: not CSV in UTF-8"),
    ],
)
def test_bad_tables_are_one_line(program: Program, tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = program("audit", name)
    assert done.returncode == 2 and done.stdout == b""
    (line,) = done.stderr.decode().splitlines()
    assert said in line


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [("value", "viel", "value: not a float64: 'viel'"), ("period_end", "2023-13-01", "period_end: not a date")],
)
def test_a_bad_cell_is_named_with_its_line(program: Program, tmp_path: Path, column: str, cell: str, said: str) -> None:
    rows = list(csv.DictReader(CASES.open(encoding="utf-8")))[:5]
    rows[3][column] = cell
    with (tmp_path / "a.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, rows[0].keys())
        out.writeheader()
        out.writerows(rows)
    done = program("audit", "a.csv")
    assert done.returncode == 2 and f"a.csv:5: {said}" in done.stderr.decode()


@pytest.mark.parametrize("seed", [1, 2])
def test_other_draws_hold_no_finding_until_a_level_is_altered(seed: int) -> None:
    """What is drawn from true values goes together; the first thirty groups are level, earlier level and growth."""
    maker = runpy.run_path(str(CASES.with_name("make.py")))
    groups = list(maker["drawn"](random.Random(seed)))
    assert fm.audit(drawn_table(groups)).empty
    for rows in groups[:30]:
        rows[0] |= {"value": float(rows[0]["value"]) * 2.3, "quote": "约若干"}
    assert fm.audit(drawn_table(groups))["bank"].nunique() == 30


def drawn_table(groups: list[list[dict[str, object]]]) -> pd.DataFrame:
    """The groups as a table, a bank of its own for each."""
    rows = [
        {"bank": f"样例{n}银行", "fact_id": f"{n}-{i}"} | row | {"value": float(str(row["value"]))}
        for n, group in enumerate(groups)
        for i, row in enumerate(group)
    ]
    return pd.DataFrame(rows).replace({"cumulative": {"true": True, "false": False}})

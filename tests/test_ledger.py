"""The ledger: a row for every numeral of a text, in order, with what became of it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from finmetrics.api import extract, extract_to
from finmetrics.model import Dismissed, Document, Extraction
from finmetrics.output.ledger import COLUMNS, rows, writing
from finmetrics.output.table import fact_id

TEXT = "2022年3月29日，光大银行（601818）手机银行9.0版注册用户5200万户，同比增长12.3%。"


def test_every_numeral_has_a_row(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    extract_to(tmp_path / "a.txt", tmp_path / "out.csv", ledger=tmp_path / "ledger.csv")
    with open(tmp_path / "ledger.csv", encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    assert tuple(found[0]) == COLUMNS
    assert {row["quote"] for row in found if row["outcome"] == "figure"} == {"5200万户", "12.3%"}
    assert {row["quote"]: row["reason"] for row in found}["601818"] == "stock_code"
    spans = [(int(row["start"]), int(row["end"])) for row in found]
    assert spans == sorted(spans) and all(TEXT[s:e] == row["quote"] for (s, e), row in zip(spans, found, strict=True))
    for digits in ("2022", "601818", "9.0", "5200", "12.3"):
        assert any(digits in row["quote"] for row in found), digits


def test_rows_of_figures_lead_to_the_table() -> None:
    figures = extract(TEXT, doc_id="d")
    found = rows(Extraction(figures.document, list(figures), figures.dismissed))
    assert {row[5] for row in found if row[4] == "figure"} == {fact_id("d", f.start, f.end) for f in figures}


def test_what_could_not_be_decided_says_so() -> None:
    found = rows(
        Extraction(Document("a 1 b 2", "d"), [], [Dismissed("2", 6, 7, "unresolved"), Dismissed("1", 2, 3, "date")])
    )
    assert found == [("d", 2, 3, "1", "dismissed", "date"), ("d", 6, 7, "2", "unresolved", "")]


def test_cells_are_safe_and_whole(tmp_path: Path) -> None:
    with writing(tmp_path / "ledger.csv") as add:
        add(Extraction(Document("=1\ud800", "=d"), [], [Dismissed("=1\ud800", 0, 3, "date")]))
    assert (tmp_path / "ledger.csv").read_text(encoding="utf-8-sig").splitlines()[
        1
    ] == "'=d,0,3,'=1\ufffd,dismissed,date"


def test_it_is_whole_or_not_there(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), writing(tmp_path / "ledger.csv"):
        raise RuntimeError
    with pytest.raises(ValueError, match=r"a ledger is a \.csv file"), writing(tmp_path / "ledger.txt"):
        pytest.fail("entered")
    assert list(tmp_path.iterdir()) == []

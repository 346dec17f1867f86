"""The data package beside a table says of each column what the table holds."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest

import finmetrics as fm
from finmetrics.output.columns import COLUMNS, NAMES

TEXT = "截至2021年末，光大银行手机银行注册用户突破5200万户，累计缴费额30亿至40亿元。"
READ: dict[str, Callable[[str], object]] = {
    "string": str,
    "number": float,
    "integer": int,
    "boolean": {"true": True, "false": False}.__getitem__,
    "date": dt.date.fromisoformat,
}


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_a_table_can_be_read_by_its_package(article: Path, tmp_path: Path) -> None:
    fm.extract_to(article, tmp_path / "table.csv", package=True)
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    (resource,) = package["resources"]
    assert (resource["path"], resource["format"], resource["encoding"]) == ("table.csv", "csv", "utf-8")
    fields = resource["schema"]["fields"]
    assert [(f["name"], f["title"], f["description"]) for f in fields] == [
        (column.name, column.zh, column.description) for column in COLUMNS
    ]
    with open(tmp_path / "table.csv", encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert tuple(header) == NAMES and len(rows) == 2
    types = {field["name"]: field["type"] for field in fields}
    read = [{n: READ[types[n]](cell) for n, cell in zip(header, row, strict=True) if cell} for row in rows]
    assert (read[1]["value"], read[1]["value_max"], read[1]["cumulative"]) == (3e9, 4e9, True)
    assert read[0]["period_end"] == dt.date(2021, 12, 31)


def test_chosen_columns_and_chinese_headers(article: Path, tmp_path: Path) -> None:
    fm.extract_to(article, tmp_path / "t.xlsx", columns=["value", "bank"], headers="zh", package=True)
    (resource,) = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    assert [(f["name"], f["title"], f["type"]) for f in resource["schema"]["fields"]] == [
        ("数值", "value", "number"),
        ("机构", "bank", "string"),
    ]
    assert resource["format"] == "xlsx"


def test_no_package_without_a_file(article: Path) -> None:
    with pytest.raises(ValueError, match="a data package lies beside a file"):
        fm.extract_to(article, lambda found: None, package=True)


def test_frictionless_finds_the_table_valid(article: Path, tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    fm.extract_to(article, tmp_path / "table.csv", package=True)
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.to_summary()

"""Tables -> files: what a spreadsheet, pandas and jq make of them, and that they are whole or not there."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import stat
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finmetrics.model import Document, Extraction, Figure
from finmetrics.output import export
from finmetrics.output.columns import COLUMNS, NAMES
from finmetrics.output.export import plain, spreadsheet_safe, write, write_csv
from finmetrics.output.replacing import replacing
from finmetrics.output.table import to_table

SUFFIXES = (".csv", ".parquet", ".jsonl", ".xlsx")


def figure(quote: str, value: str, **changes: Any) -> Figure:
    return Figure("007", quote, 0, len(quote), Decimal(value), period_end=dt.date(2021, 12, 31), **changes)


def tables(*figures: Figure, title: str = "题") -> list[pa.Table]:
    document = Document("", "007", title, dt.date(2022, 3, 29), "a.txt")
    return [to_table([Extraction(document, [one])]) for one in figures]


TWO = tables(
    figure("5500亿元", "550000000000", bank="光大银行", cumulative=True),
    figure("3%-5%", "3", value_max=Decimal("5.5"), sentence='=cmd|"x"\n，次行'),
)


def read(path: Path) -> pd.DataFrame:
    """The file as a user's program reads it, every cell as it is."""
    if path.suffix == ".csv":
        return pd.read_csv(path, dtype=object, keep_default_na=False)
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    if path.suffix == ".jsonl":
        return pd.DataFrame(map(json.loads, path.read_text(encoding="utf-8").splitlines()), dtype=object)
    return pd.read_excel(path, dtype=object, keep_default_na=False)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_has_every_column_and_row(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    assert write(TWO, path) == 2
    frame = read(path)
    assert list(frame.columns) == list(NAMES)
    assert [float(value) for value in frame["value"]] == [550000000000.0, 3.0]
    assert list(frame["quote"]) == ["5500亿元", "3%-5%"] and frame["bank"][0] == "光大银行"
    assert str(frame["published"][0])[:10] == "2022-03-29"
    assert str(frame["cumulative"][0]).lower() == "true" and str(frame["cumulative"][1]).lower() == "false"
    assert frame["sentence"][1].removeprefix("'") == '=cmd|"x"\n，次行'


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_rows_still_have_columns(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    assert write([to_table([])], path) == 0
    assert path.read_text() == "" if suffix == ".jsonl" else list(read(path).columns) == list(NAMES)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_chosen_columns_under_chinese_headers(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix.upper()}"
    write(TWO, path, columns=["value", "机构", "published"], headers="zh")
    frame = read(path.rename(tmp_path / f"out{suffix}"))
    assert list(frame.columns) == ["数值", "机构", "发布日期"]


def test_csv_is_what_excel_opens_right(tmp_path: Path) -> None:
    write(TWO, tmp_path / "out.csv", columns=["doc_id", "value", "value_max", "published", "cumulative", "quote"])
    assert (tmp_path / "out.csv").read_bytes() == (
        b"\xef\xbb\xbfdoc_id,value,value_max,published,cumulative,quote\n"
        + "'007,550000000000,,2022-03-29,true,5500亿元\n'007,3,5.5,2022-03-29,false,3%-5%\n".encode()
    )


RUN = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=\n1", "－4.94%", "＝1"]
ALTERED = ["007", "0042", "1" * 16, "6222020200112345678", "1e5", "12E+3", "1.5e-3", "3-4", "2021/3", "2021-03-29"]
MONTHS = ["dec-01", "Mar 3", "MARCH-12", "sep12"]


@pytest.mark.parametrize("text", [*RUN, *ALTERED, *MONTHS])
def test_what_a_spreadsheet_would_run_or_alter_is_text(text: str) -> None:
    assert spreadsheet_safe(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "=",
        "工商银行",
        "5500亿元",
        "4.94%",
        "0",
        "0.5",
        "601818",
        "3%-5%",
        "a=b",
        "f12345678e1234567",
        "march",
        "decision",
    ],
)
def test_other_text_stays(text: str) -> None:
    assert spreadsheet_safe(text) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_plain_digits_are_the_same_number(value: float) -> None:
    text = plain(value)
    assert float(text) == value and "e" not in text.lower()
    assert not text.endswith(".0")


@pytest.mark.parametrize(("value", "text"), [(3573200.0, "3573200"), (5.5e11, "550000000000"), (1e-7, "0.0000001")])
def test_plain(value: float, text: str) -> None:
    assert plain(value) == text


def test_jsonl_has_whole_numbers_and_nulls(tmp_path: Path) -> None:
    write(TWO, tmp_path / "out.jsonl", columns=["value", "value_max", "branch", "published", "start"])
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()[0] == (
        '{"value": 550000000000, "value_max": null, "branch": null, "published": "2022-03-29", "start": 0}'
    )


def test_parquet_keeps_types_and_descriptions(tmp_path: Path) -> None:
    write(TWO, tmp_path / "out.parquet")
    schema = pq.read_schema(tmp_path / "out.parquet")
    for column in COLUMNS:
        assert schema.field(column.name).metadata[b"description"].decode() == column.description
    assert pa.types.is_date32(schema.field("period_end").type) and pa.types.is_float64(schema.field("value").type)


def test_xlsx_has_types_and_no_formulas(tmp_path: Path) -> None:
    columns = ["doc_id", "value", "published", "cumulative", "sentence"]
    write(TWO, tmp_path / "out.xlsx", columns=columns)
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    rows = list(book.active.iter_rows())
    assert [cell.data_type for cell in rows[2]] == ["s", "n", "d", "b", "s"]
    assert [cell.value for cell in rows[2]] == ["007", 3, dt.datetime(2022, 3, 29), False, '=cmd|"x"\n，次行']
    assert rows[0][0].font.bold and book.active.freeze_panes == "A2"


def test_xlsx_cells_are_cut_to_what_fits(tmp_path: Path) -> None:
    long = ["x" * 40_000, "😀" * 20_000, "字" * 32_767]
    write(tables(*(figure("1", "1", sentence=one) for one in long)), tmp_path / "out.xlsx", columns=["sentence"])
    cells = [row[0].value for row in openpyxl.load_workbook(tmp_path / "out.xlsx").active.iter_rows(min_row=2)]
    assert cells[0] == "x" * 32_766 + "…" and cells[1] == "😀" * 16_383 + "…" and cells[2] == long[2]


def test_xlsx_goes_on_on_another_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "_SHEET_ROWS", 2)
    write(TWO + TWO + TWO[:1], tmp_path / "out.xlsx", columns=["quote"])
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book] == [
        ["quote", "5500亿元", "3%-5%"],
        ["quote", "5500亿元", "3%-5%"],
        ["quote", "5500亿元"],
    ]


def test_write_csv_to_an_open_file() -> None:
    out = io.StringIO()
    assert write_csv([table.to_pydict() for table in TWO], out, columns=["quote", "sentence"]) == 2
    assert list(csv.reader(io.StringIO(out.getvalue())))[2] == ["3%-5%", '\'=cmd|"x"\n，次行']


def broken() -> Iterator[pa.Table]:
    yield TWO[0]
    raise RuntimeError("half way")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_half_a_file_is_never_there(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    with pytest.raises(RuntimeError, match="half way"):
        write(broken(), path)
    assert list(tmp_path.iterdir()) == []
    path.write_text("before")
    with pytest.raises(RuntimeError, match="half way"):
        write(broken(), path)
    assert path.read_text() == "before" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["out.xls", "out", "csv", ".csv", "out.csv.gz"])
def test_an_unknown_suffix(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"must end in \.csv, \.parquet, \.jsonl, \.xlsx"):
        write(TWO, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_replacing(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    with replacing(target) as path:
        path.write_text("new")
        assert not target.exists()
    assert target.read_text() == "new" and list(tmp_path.iterdir()) == [target]
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~umask


def test_replacing_goes_through_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    link.symlink_to(real)
    with replacing(link) as path:
        path.write_text("new")
    assert link.is_symlink() and real.read_text() == "new"


def test_replacing_where_it_cannot(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(FileNotFoundError, match="no such folder"), replacing(tmp_path / "absent" / "out.csv"):
        pytest.fail("entered")
    with pytest.raises(IsADirectoryError), replacing(tmp_path / "folder.csv"):
        pytest.fail("entered")

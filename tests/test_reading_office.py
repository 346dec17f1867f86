"""Word documents, workbooks and CSV tables: what they show is what is read."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from finmetrics.model import Document
from finmetrics.reading import Limits, ReadFailure, Reading, documents
from finmetrics.reading.fields import named
from finmetrics.reading.tables import as_text

SENTENCE = "截至2021年末，光大银行手机银行注册用户突破5200万户。"


def only(path: Path, reading: Reading | None = None) -> Document:
    [found] = documents(path, reading=reading or Reading())
    assert isinstance(found, Document), found
    return found


def reason(path: Path, **limits: int) -> str:
    [found] = documents(path, reading=Reading(limits=Limits(**limits)))
    assert isinstance(found, ReadFailure), found
    return found.reason


def test_tracked_changes_of_a_word_document(tmp_path: Path) -> None:
    """What was inserted is text, what was deleted is not."""
    document = docx.Document()
    paragraph = document.add_paragraph("客户")
    for tag, text in (("del", "<w:delText>4万户</w:delText>"), ("ins", "<w:t>5万户</w:t>")):
        paragraph._p.append(parse_xml(f"<w:{tag} {nsdecls('w')} w:id='1' w:author='a'><w:r>{text}</w:r></w:{tag}>"))
    document.save(str(tmp_path / "a.docx"))
    assert only(tmp_path / "a.docx").text == "客户5万户\n"


def test_a_word_documents_own_title_and_day(tmp_path: Path) -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "内部资料"
    document.add_paragraph(SENTENCE)
    document.core_properties.title = "光大银行手机银行"
    document.core_properties.created = dt.datetime(2022, 3, 29, 8)
    document.save(str(tmp_path / "a.docx"))
    found = only(tmp_path / "a.docx")
    assert (found.text, found.title, found.published) == (SENTENCE + "\n", "光大银行手机银行", dt.date(2022, 3, 29))


def test_a_day_that_the_text_cannot_be_of_is_none(tmp_path: Path) -> None:
    """A file that was converted anew years later."""
    document = docx.Document()
    document.add_paragraph(SENTENCE)
    document.core_properties.created = dt.datetime(2026, 11, 25)
    document.save(str(tmp_path / "a.docx"))
    assert only(tmp_path / "a.docx").published is None


@pytest.mark.parametrize(
    ("value", "shape", "shown"),
    [
        (0.0376, "0.00%", "3.76%"),
        (12345.678, "#,##0.00", "12,345.68"),
        (-12.3, "#,##0.0_);(#,##0.0)", "-12.3"),
        (141.26, '0.00"亿元"', "141.26亿元"),
        (123456789, "#,##0,,", "123"),
        (0.1 + 0.2, "General", "0.3"),
        (5200, "General", "5200"),
        (1e-7, "General", "0.0000001"),
        (dt.datetime(2023, 12, 31), "yyyy-mm-dd", "2023-12-31"),
        (dt.datetime(2023, 12, 31), 'yyyy"年"', "2023年"),
        (dt.datetime(2023, 6, 30), 'yyyy"年"m"月"', "2023年6月"),
    ],
)
def test_numbers_read_as_the_sheet_shows_them(tmp_path: Path, value: Any, shape: str, shown: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["客户", value])
    sheet["B1"].number_format = shape
    book.save(tmp_path / "a.xlsx")
    assert only(tmp_path / "a.xlsx").text == f"客户 | {shown}\n\n"


def test_each_sheet_is_a_document_but_for_hidden_ones(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name, state in (("贷款", "visible"), ("旧表", "hidden"), ("存款", "visible")):
        sheet = book.create_sheet(name)
        sheet.append([f"{name}余额", 5])
        sheet.sheet_state = state
    book.save(tmp_path / "a.xlsx")
    found = [one for one in documents(tmp_path / "a.xlsx") if isinstance(one, Document)]
    path = str(tmp_path / "a.xlsx")
    assert [(one.doc_id, one.title, one.source) for one in found] == [
        (f"{path}#贷款", "贷款", path),
        (f"{path}#存款", "存款", path),
    ]


def test_a_workbook_of_articles_is_a_feed(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["编号", "正文", "发布日期"],
        ["甲", SENTENCE, dt.datetime(2022, 3, 29)],
        [None] * 3,
        ["乙", None, None],
    ):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    found = list(documents(tmp_path / "a.xlsx"))
    assert found[0] == Document(SENTENCE, "甲", published=dt.date(2022, 3, 29), source=str(tmp_path / "a.xlsx"))
    assert found[1] == ReadFailure(f"{tmp_path / 'a.xlsx'}:4", "no 正文") and len(found) == 2


def test_our_own_workbook_in_a_folder_is_passed_over(tmp_path: Path) -> None:
    from finmetrics.api import extract_to

    (tmp_path / "a.txt").write_text(SENTENCE)
    extract_to(tmp_path / "a.txt", tmp_path / "table.xlsx")
    assert [type(one) for one in documents(tmp_path)] == [Document]
    assert reason(tmp_path / "table.xlsx") == "a table of figures, not of texts"


def test_a_csv_table_of_figures(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('项目（亿元）,2023年末,2022年末\n资产总额,"2,671.9",2515.3\n吸收存款,1890.2,\n')
    assert only(tmp_path / "a.csv").text.splitlines()[:3] == [
        "项目（亿元） | 2023年末 | 2022年末",
        "资产总额 | 2,671.9 | 2515.3",
        "| 吸收存款 | 1890.2 |  |",
    ]


def test_a_csv_feed_whose_column_is_named_otherwise_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"key,story,grade\n1,{SENTENCE * 5},5\n", encoding="utf-8")
    assert reason(tmp_path / "a.csv") == "no column named text; there are key, story, grade"
    keys = named({"text": "Story", "doc_id": "key"})
    found = only(tmp_path / "a.csv", Reading(keys=keys))
    assert (found.text, found.doc_id) == (SENTENCE * 5, "1")


def test_office_files_of_other_kinds(tmp_path: Path) -> None:
    for name, member, why in (
        ("a.pptx", "[Content_Types].xml", "an office file of another kind"),
        ("a.epub", "mimetype", "an office file of another kind (application/epub+zip)"),
    ):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr(member, "application/epub+zip")
        assert reason(tmp_path / name).startswith(why)


def test_a_workbook_beyond_the_limits(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["CV200"] = "客户5万户"
    book.save(tmp_path / "a.xlsx")
    assert reason(tmp_path / "a.xlsx", cells=1_000) == "20000 cells; at most 1000 are read"
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<a/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 50_000_000)
    assert reason(tmp_path / "bomb.xlsx").startswith("unpacks to 47 MB, beyond the limits")


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        # a head of two rows, its upper cells over two columns each
        (
            [["项目", "2023年", "2023年", "2022年"], ["项目", "余额", "占比", "余额"], ["存款", "5", "3%", "4"]],
            ["项目 | 2023年 余额 | 2023年 占比 | 2022年 余额", "存款 | 5 | 3% | 4"],
        ),
        # what stands across the table, with a unit: the head again
        (
            [
                ["项目", "2023年", "2022年"],
                ["规模（亿元）"] * 3,
                ["存款", "5", "4"],
                ["比率（%）"] * 3,
                ["不良率", "1", "2"],
            ],
            [
                "规模（亿元）",
                "项目 | 2023年 | 2022年",
                "存款 | 5 | 4",
                "比率（%）",
                "项目 | 2023年 | 2022年",
                "不良率 | 1 | 2",
            ],
        ),
        # a label over several rows
        (
            [["渠道", "指标", "2023年"], ["手机银行", "用户", "5"], ["手机银行", "月活", "4"]],
            ["渠道 指标 | 2023年", "手机银行 用户 | 5", "手机银行 月活 | 4"],
        ),
        # a column of units
        ([["指标", "单位", "2023年"], ["存款", "亿元", "5"]], ["指标 | 2023年", "存款（亿元） | 5"]),
        # a value over two rows is one figure
        ([["项目", "2023年"], ["存款", "5"], ["贷款", "5"]], ["项目 | 2023年", "存款 | 5", "| 贷款 |  |"]),
        # no values at all
        ([["姓名", "职务"], ["甲", "行长"]], ["姓名 | 职务", "甲 | 行长"]),
        ([["单位：亿元", "单位：亿元"], ["存款", "5"]], ["单位：亿元", "存款 | 5"]),
        ([], []),
    ],
)
def test_how_a_table_reads(rows: list[list[str]], lines: list[str]) -> None:
    """Equal texts next to each other, or below, are one cell that spans both."""
    cells: list[str] = []
    grid: list[list[int]] = []
    for y, row in enumerate(rows):
        grid.append([])
        for x, text in enumerate(row):
            if x and row[x - 1] == text:
                grid[y].append(grid[y][x - 1])
            elif y and rows[y - 1][x] == text:
                grid[y].append(grid[y - 1][x])
            else:
                cells.append(text)
                grid[y].append(len(cells) - 1)
    assert as_text(cells, grid) == lines

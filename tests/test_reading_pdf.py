"""PDF: what is left out, what is joined, in which order it is read, and where on its page each figure stands."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from finmetrics.extractor import Extractor
from finmetrics.model import Document
from finmetrics.reading import Limits, ReadFailure, Reading, documents
from finmetrics.reading.pdf.runs import is_figure, states_unit

DOCUMENTS = Path(__file__).parent / "documents"
HEAD = "招商银行股份有限公司 2023年年度报告摘编"


def text_of(path: Path) -> str:
    [found] = documents(path)
    assert isinstance(found, Document), found
    return found.text


def failure_of(path: Path, **limits: int) -> str:
    [found] = documents(path, reading=Reading(limits=Limits(**limits)))
    assert isinstance(found, ReadFailure), found
    assert found.source == str(path)
    return found.reason


def changed(name: str, target: Path, change: Callable[[pdfium.PdfDocument], None]) -> Path:
    """A test document with something done to it by pdfium."""
    document = pdfium.PdfDocument(DOCUMENTS / name)
    change(document)
    document.save(target)
    return target


def test_running_heads_and_page_numbers_are_left_out() -> None:
    text = text_of(DOCUMENTS / "indicators-libreoffice.pdf")
    assert "摘编" not in text  # the head of each page
    assert not any(line.strip() in ("1", "2") for line in text.splitlines())
    printed = text_of(DOCUMENTS / "indicators-chromium.pdf")
    assert "file:" not in printed and "AM" not in printed and "1/2" not in printed


def test_paragraphs_are_one_line_and_headings_their_own() -> None:
    plain = [line for line in (DOCUMENTS / "article.txt").read_text(encoding="utf-8").splitlines() if line]
    for name in ("article-libreoffice.pdf", "article-chromium.pdf"):
        lines = [line for line in text_of(DOCUMENTS / name).splitlines() if line]
        assert lines[-len(plain) :][2:] == plain[2:]


@pytest.mark.parametrize("name", ["article-columns-libreoffice.pdf", "article-columns-chromium.pdf"])
def test_columns_are_read_one_after_the_other(name: str) -> None:
    plain = (DOCUMENTS / "article.txt").read_text(encoding="utf-8")
    paragraphs = [line for line in plain.splitlines() if line.endswith("。")]
    text = text_of(DOCUMENTS / name)
    places = [text.find(paragraph) for paragraph in paragraphs]
    assert -1 not in places and places == sorted(places)


def test_a_table_without_rules_between_its_columns() -> None:
    text = text_of(DOCUMENTS / "indicators-chromium.pdf")
    assert "| 手续费及佣金净收入 | 84,108 | 94,275 | (10.78) |" in text
    head = "| 项目 | 2023年12月31日余额 | 2023年12月31日占比 | 2022年12月31日余额 | 2022年12月31日占比 |"
    assert head in text
    assert "| 信息科技投入（亿元） | 141.26 | 141.68 |" in text


@pytest.mark.parametrize("text", ["12.5%", "(3,400)", "1.2‰", "0.3个百分点", "20项", "3.5万台", "1千万元", "—"])
def test_a_piece_that_is_a_figure_makes_a_row(text: str) -> None:
    assert is_figure(text)


@pytest.mark.parametrize("text", ["2023年", "2023", "3个月", "20项服务", "第3"])
def test_a_piece_that_is_none_makes_no_row(text: str) -> None:
    assert not is_figure(text)


def test_a_label_that_names_a_unit_is_told_from_one_that_names_a_term() -> None:
    assert states_unit("规模指标（亿元）") and states_unit("比率（‰）")
    assert not states_unit("逾期贷款（3个月以内）")


def test_a_section_of_a_table_has_the_head_again() -> None:
    lines = text_of(DOCUMENTS / "indicators-libreoffice.pdf").splitlines()
    at = lines.index("客户规模（万户）")
    assert lines[at + 1 : at + 3] == ["| 主要项目 | 2023年 | 2022年 |", "| 零售客户 | 19,700 | 18,400 |"]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_every_figure_has_its_page_and_the_box_holds_it(tmp_path: Path, turn: int) -> None:
    """The box, cut out of the page by pdfium itself, has the figure's characters in it."""

    def turned(document: pdfium.PdfDocument) -> None:
        for page in document:
            page.set_rotation(turn)

    path = changed("indicators-libreoffice.pdf", tmp_path / "a.pdf", turned)
    [document] = documents(path)
    assert isinstance(document, Document)
    figures = Extractor().run(document).figures
    pages = {figure.page for figure in figures}
    assert len(figures) > 50 and pages == {1, 2}
    shown = pdfium.PdfDocument(path)
    for figure in figures:
        left, top, right, bottom = map(float, figure.box.split(","))
        assert figure.page is not None and left < right and top < bottom
        page = shown[figure.page - 1]
        page.set_rotation(0)
        width, height = page.get_size()
        written = page.get_textpage().get_text_bounded(left - 1, height - bottom - 1, right + 1, height - top + 1)
        assert figure.quote in written and right <= width and bottom <= height


def test_only_documents_with_pages_have_places() -> None:
    [document] = documents(DOCUMENTS / "article.txt")
    assert isinstance(document, Document)
    assert {(figure.page, figure.box) for figure in Extractor().run(document).figures} == {(None, "")}


def test_a_scanned_document_is_named_as_such(tmp_path: Path) -> None:
    source = pdfium.PdfDocument(DOCUMENTS / "article-libreoffice.pdf")
    scan = pdfium.PdfDocument.new()
    for page in source:
        width, height = page.get_size()
        sheet = scan.new_page(width, height)
        picture = pdfium.PdfImage.new(scan)
        picture.set_bitmap(page.render(scale=0.5))
        picture.set_matrix(pdfium.PdfMatrix().scale(width, height))
        sheet.insert_obj(picture)
        sheet.gen_content()
    scan.save(tmp_path / "scan.pdf")
    assert failure_of(tmp_path / "scan.pdf").startswith("scanned: ")


def test_other_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert failure_of(DOCUMENTS / "article-locked.pdf") == "encrypted: it needs a password"
    blank = pdfium.PdfDocument.new()
    blank.new_page(100, 100)
    blank.save(tmp_path / "blank.pdf")
    assert failure_of(tmp_path / "blank.pdf") == "no text in it"
    (tmp_path / "cut.pdf").write_bytes((DOCUMENTS / "article-libreoffice.pdf").read_bytes()[:2_000])
    assert failure_of(tmp_path / "cut.pdf").startswith("not a PDF file")
    assert failure_of(DOCUMENTS / "long-libreoffice.pdf", pages=100).endswith(" pages; at most 100 are read")


def test_text_that_stands_sideways_on_its_page(tmp_path: Path) -> None:
    """A wide table on a page that was not turned for it: its text is read as it runs."""

    def on_its_side(document: pdfium.PdfDocument) -> None:
        for page in document:
            for shape in page.get_objects():
                matrix = shape.get_matrix().rotate(90).translate(0, 596)
                shape.set_matrix(matrix)
            page.set_mediabox(0, 0, 842, 596)
            page.set_cropbox(0, 0, 842, 596)
            page.gen_content()

    path = changed("article-libreoffice.pdf", tmp_path / "side.pdf", on_its_side)
    plain = (DOCUMENTS / "article.txt").read_text(encoding="utf-8").splitlines()
    text = text_of(path)
    assert all(line in text for line in plain if line.endswith("。"))


def test_what_stands_before_the_file_and_its_name_do_not_matter(tmp_path: Path) -> None:
    data = (DOCUMENTS / "article-libreoffice.pdf").read_bytes()
    (tmp_path / "a.txt").write_bytes(b"\n\n" + data)
    assert text_of(tmp_path / "a.txt") == text_of(DOCUMENTS / "article-libreoffice.pdf")


def test_a_pdf_on_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Piped:
        buffer = io.BytesIO((DOCUMENTS / "article-libreoffice.pdf").read_bytes())

    monkeypatch.setattr("sys.stdin", Piped)
    [found] = documents("-")
    assert isinstance(found, Document) and found.places is not None

"""Real documents by real producers: the same article gives the same figures, and tables give what their cells state."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from finmetrics.extractor import Extractor
from finmetrics.model import Document, Figure
from finmetrics.reading import documents

DOCUMENTS = Path(__file__).parent / "documents"
ARTICLES = sorted(path.name for path in DOCUMENTS.glob("article-*") if "locked" not in path.name)
REPORTS = sorted(path.name for path in DOCUMENTS.glob("indicators*") if path.suffix != ".yaml")


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def only(name: str) -> Document:
    """The one document of a test file."""
    [found] = documents(DOCUMENTS / name)
    assert isinstance(found, Document), found
    return found


def tuples(figures: list[Figure]) -> Counter[tuple[Any, ...]]:
    return Counter((f.value, f.unit, f.bank, f.metric, f.measure, f.comparison, f.period_end) for f in figures)


def agreement(one: list[Figure], other: list[Figure]) -> float:
    """F1 of two lists of figures by their tuples, wherever in the text they stand."""
    shared = sum((tuples(one) & tuples(other)).values())
    return 2 * shared / (len(one) + len(other))


def test_there_are_documents_of_every_producer() -> None:
    kinds = {name.rpartition("-")[2] for name in ARTICLES + REPORTS}
    assert {"libreoffice.pdf", "chromium.pdf", "libreoffice.docx", "python.docx", "libreoffice.xlsx"} <= kinds
    assert {"crawled.html", "indicators.xlsx", "indicators.html"} <= kinds


@pytest.mark.parametrize("name", ARTICLES)
def test_an_article_gives_the_figures_of_its_plain_text(name: str, extractor: Extractor) -> None:
    plain, other = only("article.txt"), only(name)
    assert (other.title, other.published) == (plain.title, plain.published)
    figures = extractor.run(plain).figures
    assert len(figures) > 30
    assert agreement(figures, extractor.run(other).figures) >= 0.97


def cells() -> Iterator[list[Any]]:
    """The cells of the report's tables."""
    report = yaml.safe_load((DOCUMENTS / "indicators.yaml").read_text(encoding="utf-8"))
    for table in report["tables"]:
        for row in table["rows"]:
            for cell in row[1:]:
                if isinstance(cell, list):
                    yield cell


def found_in(figures: list[Figure], cell: list[Any]) -> bool:
    """Whether a figure states what a cell does; it is then taken out."""
    _, value, unit, metric, day, measure = cell
    for figure in figures:
        right = abs(float(figure.value) - value) <= 1e-9 * abs(value) and figure.unit == unit
        if right and (figure.metric, figure.period_end, figure.measure) == (metric, day, measure):
            figures.remove(figure)
            return True
    return False


@pytest.mark.parametrize("name", REPORTS)
def test_tables_of_key_figures(name: str, extractor: Extractor) -> None:
    figures = list(extractor.run(only(name)).figures)
    assert len(list(cells())) > 60
    assert [cell for cell in cells() if not found_in(figures, cell)] == []


@pytest.mark.parametrize("name", sorted(path.name for path in DOCUMENTS.glob("halfyear*") if path.suffix != ".csv"))
def test_tables_right_below_each_other(name: str, extractor: Extractor) -> None:
    """Each has its own head, of one row or two; every cell is right, whoever wrote the file."""
    with (DOCUMENTS / "halfyear.csv").open(encoding="utf-8", newline="") as file:
        stated = Counter(tuple(row.values()) for row in csv.DictReader(file))
    figures = extractor.run(only(name)).figures
    found = Counter(
        (f.metric, f"{float(f.value):.10g}", f.unit, f.measure, f.comparison, str(f.period_end)) for f in figures
    )
    assert {figure.bank for figure in figures} == {"宁波银行"}
    assert found == stated


def test_a_report_of_more_than_a_hundred_pages(extractor: Extractor) -> None:
    document = only("long-libreoffice.pdf")
    assert document.places is not None and max(document.places.pages) > 100
    assert document.title == "银行数字化文选"
    text = (DOCUMENTS / "long.txt").read_text(encoding="utf-8")
    plain = replace(document, text=text, places=None)
    one, other = extractor.run(plain).figures, extractor.run(document).figures
    assert len(one) > 4_000
    assert agreement(one, other) >= 0.97

"""Figures for the eye: a few columns, amounts as people write them, periods in short."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from finmetrics.model import Extraction, Figure

if TYPE_CHECKING:
    from rich.table import Table

    from finmetrics.output.columns import Column, Headers

BEFORE = {"over": ">", "under": "<", "about": "~"}
_SCALED_KINDS = frozenset({"count", "currency", ""})
_SCALES = (("万亿", 12), ("亿", 8), ("万", 4))
# What would move the cursor, recolour or clear a terminal.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Readable:
    """A column for the eye: ``name`` and ``zh`` head it, ``cell`` gives a figure's text."""

    name: str
    zh: str
    cell: Callable[[Figure], str]


def amount(figure: Figure) -> str:
    """The value with its unit, in 万 and 亿: ``>5500亿元``, ``+41.97%``, ``30-40%``, ``<200家``."""
    low = _number(figure, figure.value)
    high = "" if figure.value_max is None else "-" + _number(figure, figure.value_max)
    sign = "+" if figure.measure != "level" and figure.value > 0 else ""
    per = f"/{figure.per}" if figure.per else ""
    return f"{BEFORE.get(figure.qualifier, '')}{sign}{low}{high}{figure.unit}{per}"


def period(figure: Figure) -> str:
    """The period in short: ``2021``, ``2021H1``, ``2021Q3``, ``2021-06``, else its days; empty where unknown."""
    end, start = figure.period_end, figure.period_start
    if end is None:
        return "" if start is None else f"{start}..."
    if start is None:
        return end.isoformat()
    whole = start.day == 1 and end.day == calendar.monthrange(end.year, end.month)[1]
    if whole and start.year == end.year:
        match start.month, end.month:
            case 1, 12:
                return f"{end.year}"
            case (1, 6) | (7, 12):
                return f"{end.year}H{end.month // 6}"
            case (1, 3) | (4, 6) | (7, 9) | (10, 12):
                return f"{end.year}Q{end.month // 3}"
            case first, last if first == last:
                return f"{end.year}-{end.month:02}"
    return f"{start}..{end}"


def measure(figure: Figure) -> str:
    """``level``; or ``change`` or ``growth`` with what it compares to."""
    said = (figure.measure, figure.comparison, "" if figure.status == "actual" else figure.status)
    return " ".join(part for part in said if part)


READABLE: tuple[Readable, ...] = (
    Readable("bank", "机构", lambda f: " ".join(filter(None, (f.bank, f.branch)))),
    Readable("metric_name", "指标名称", lambda f: f.metric_name),
    Readable("product", "产品", lambda f: f.product),
    Readable("value", "数值", amount),
    Readable("measure", "度量", measure),
    Readable("period", "期间", period),
    Readable("quote", "原文数字", lambda f: f.quote),
)


def cells(figure: Figure) -> list[str]:
    """A figure's texts under :data:`READABLE`, safe to print."""
    return [printable(column.cell(figure)) for column in READABLE]


def printable(text: str) -> str:
    """The text on one line, without what a terminal would obey."""
    return _CONTROLS.sub(" ", text)


def tables_printed(names: Sequence[str] | None, headers: Headers) -> Callable[[Iterable[Extraction]], None]:
    """A function that prints a table per document to the terminal, of the readable columns or those asked for."""
    from finmetrics.output.columns import select

    columns = None if names is None else select(names)

    def printed(found: Iterable[Extraction]) -> None:
        from rich.console import Console

        console = Console()
        for extraction in found:
            if extraction.figures:
                console.print(rich_table(extraction, columns, headers))
            else:
                console.print(printable(f"{extraction.document.doc_id}: no figures"), markup=False, highlight=False)

    return printed


def rich_table(extraction: Extraction, columns: Sequence[Column] | None, headers: Headers) -> Table:
    """One document's figures as a table for the terminal; the readable columns, or those asked for."""
    from rich.table import Table
    from rich.text import Text

    document = extraction.document
    title = " · ".join(filter(None, (document.title, _day(document.published), document.doc_id)))
    table = Table(title=Text(printable(title)), title_justify="left", pad_edge=False)
    for heading in columns or READABLE:
        right = heading.name in ("value", "value_max", "start", "end", "confidence")
        table.add_column(
            heading.zh if headers == "zh" else heading.name, justify="right" if right else "left", overflow="fold"
        )
    for row in _rows(extraction, columns):
        table.add_row(*(Text(cell) for cell in row))
    return table


def _rows(extraction: Extraction, columns: Sequence[Column] | None) -> list[list[str]]:
    if columns is None:
        return [cells(figure) for figure in extraction.figures]
    from finmetrics.output.export import plain_cells
    from finmetrics.output.table import to_columns

    part = to_columns([extraction])
    return [[printable(cell) for cell in row] for row in zip(*plain_cells(part, columns), strict=True)]


def _day(day: dt.date | None) -> str:
    return "" if day is None else day.isoformat()


def scale_of(unit_kind: str, value: Decimal) -> tuple[str, int]:
    """万, 亿 or 万亿 and its power of ten, which a value is shown in; none where it is small, or a percentage."""
    scales = _SCALES if unit_kind in _SCALED_KINDS else ()
    return next(((name, power) for name, power in scales if abs(value) >= 10**power), ("", 0))


def _number(figure: Figure, value: Decimal) -> str:
    scale, power = scale_of(figure.unit_kind, value)
    text = format(value.scaleb(-power) if power else value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) + scale

"""The figures of one document as a list that shows itself well and turns into a frame."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from finmetrics.model import Dismissed, Document, Extraction, Figure
from finmetrics.output.show import READABLE, cells

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_SHOWN = 200  # rows of the HTML table; a notebook with thousands is no help


class Figures(list[Figure]):
    """The figures of one document in the order of its text; a list in every other way.

    ``document`` is what was read; ``dismissed`` holds every numeral of it that is no figure, with the reason.
    """

    def __init__(self, extraction: Extraction) -> None:
        super().__init__(extraction.figures)
        self.document: Document = extraction.document
        self.dismissed: list[Dismissed] = extraction.dismissed

    def to_frame(self) -> pd.DataFrame:
        """The figures as pandas: every column of the table, with the same dtypes also when there are none."""
        from finmetrics.output.table import to_frame

        return to_frame(self.to_arrow())

    def to_arrow(self) -> pa.Table:
        """The figures as an Arrow table, for polars, DuckDB and all that reads ``__arrow_c_stream__``."""
        from finmetrics.output.table import to_table

        return to_table([Extraction(self.document, list(self), self.dismissed)])

    def _repr_html_(self) -> str:
        if not self:
            return "<p>no figures</p>"
        head = "".join(f"<th style='text-align:left'>{escape(column.name)}</th>" for column in READABLE)
        rows = [
            "<tr>" + "".join(f"<td style='text-align:left'>{escape(cell)}</td>" for cell in cells(figure)) + "</tr>"
            for figure in self[:_SHOWN]
        ]
        more = f"<p>… and {len(self) - _SHOWN} more</p>" if len(self) > _SHOWN else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>{more}"

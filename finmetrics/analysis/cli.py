"""The verbs on tables of figures: each calls one public function and shows what it gives."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from finmetrics.ending import plain_errors
from finmetrics.verbs import ConfidenceOption, OutOption, give

EXIT_CODES = """Exit codes: 0 done, whatever was found; 2 bad use (options, files that are no table of figures, an
output that cannot be written); 141 the reader of a pipe left."""

FiguresArgument = Annotated[
    list[str],
    typer.Argument(metavar="FIGURES...", help="Tables that extract wrote: .csv, .parquet, .jsonl; - for CSV on stdin."),
]


def panel(
    figures: FiguresArgument,
    out: OutOption = None,
    disclosed: Annotated[
        str | None,
        typer.Option(
            "--disclosure", metavar="FILE", help="Also write which bank disclosed what: exactly, bounds, not."
        ),
    ] = None,
    min_confidence: ConfidenceOption = 0.0,
) -> None:
    """Bring figures into a panel: bank, period and metric, one value each, and why that value.

    Without -o a table on the terminal, or CSV into a pipe.
    """
    with plain_errors():
        from finmetrics.analysis.frame import write
        from finmetrics.analysis.panel import PANEL_COLUMNS, disclosure, disclosure_columns
        from finmetrics.analysis.panel import panel as made
        from finmetrics.analysis.rows import load

        table = load(figures)
        frame = made(table, min_confidence=min_confidence)
        if disclosed is not None:
            matrix = disclosure(table, min_confidence=min_confidence)
            write(matrix.reset_index(), disclosure_columns(matrix), disclosed)
        shown = ("bank", "metric_name", "product", "measure", "period", "value", "unit", "qualifier", "quote", "reason")
        give(frame, PANEL_COLUMNS, shown, out)
        if sys.stderr.isatty():
            left_out = ", ".join(f"{count} {why}" for why, count in frame.attrs["left_out"].items() if count)
            typer.echo(f"{len(frame)} cells of {len(table)} figures; left out: {left_out or 'none'}", err=True)


def audit(figures: FiguresArgument, out: OutOption = None, min_confidence: ConfidenceOption = 0.0) -> None:
    """List what does not go together in figures.

    Growth against levels, documents that differ, impossible values, units, definitions, slips of the keyboard.
    Nothing is repaired. Without -o a table on the terminal, or CSV into a pipe.
    """
    with plain_errors():
        from finmetrics.analysis.audit import FINDING_COLUMNS
        from finmetrics.analysis.audit import audit as found

        frame = found(figures, min_confidence=min_confidence)
        shown = ("kind", "bank", "metric_name", "period", "finding", "doc_id", "other_doc_id", "confidence")
        give(frame, FINDING_COLUMNS, shown, out)
        if sys.stderr.isatty():
            typer.echo(f"{len(frame)} findings", err=True)


def plot(
    figures: FiguresArgument,
    metric: Annotated[str, typer.Option(metavar="METRIC", help="The metric: its id or its Chinese name.")],
    out: Annotated[str, typer.Option("-o", "--out", help="A .html (opens offline), .png or .svg file to write.")],
    bank: Annotated[
        list[str] | None, typer.Option("--bank", metavar="BANK", help="Only this bank; may be given again.")
    ] = None,
    period: Annotated[
        str | None, typer.Option(metavar="PERIOD", help="Banks side by side: 2021, 2021H1, 2021Q3 or 2021-12-31.")
    ] = None,
    product: Annotated[str | None, typer.Option(metavar="PRODUCT", help="Only figures of this product.")] = None,
    definition: Annotated[str | None, typer.Option(metavar="TEXT", help="Only figures of this definition.")] = None,
) -> None:
    """Draw a metric: each bank's series with its growth, or with --period the banks side by side.

    Needs the plot extra: pip install 'finmetrics[plot]'.
    """
    with plain_errors():
        from finmetrics.analysis.plot import plot as draw

        draw(figures, metric=metric, bank=bank, period=period, product=product, definition=definition, out=out)

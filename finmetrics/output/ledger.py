"""The ledger: what became of every numeral of a text, as a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from finmetrics.model import Extraction
from finmetrics.output.export import spreadsheet_safe
from finmetrics.output.replacing import replacing
from finmetrics.output.table import fact_id
from finmetrics.reading.fields import whole

COLUMNS = ("doc_id", "start", "end", "quote", "outcome", "reason")

Row = tuple[str, int, int, str, str, str]


def rows(extraction: Extraction) -> list[Row]:
    """A row per numeral in the order of the text.

    ``outcome`` is ``figure`` (``reason`` is its ``fact_id``), ``dismissed`` (``reason`` says what it is instead)
    or ``unresolved``.
    """
    doc_id = extraction.document.doc_id
    entries: list[Row] = [
        (doc_id, f.start, f.end, f.quote, "figure", fact_id(doc_id, f.start, f.end)) for f in extraction.figures
    ]
    for d in extraction.dismissed:
        known = d.reason != "unresolved"
        entries.append(
            (doc_id, d.start, d.end, d.quote, "dismissed" if known else "unresolved", d.reason if known else "")
        )
    return sorted(entries, key=lambda row: row[1:3])


@contextmanager
def writing(target: Path) -> Iterator[Callable[[Extraction], None]]:
    """Gives a function that adds an extraction to the ledger ``target``; whole when the block ends well, else gone.

    Raises ``ValueError`` where the name does not end in ``.csv``, ``OSError`` where it cannot be written.
    """
    if target.suffix.lower() != ".csv":
        raise ValueError(f"cannot write {target.name!r}: a ledger is a .csv file")
    with replacing(target) as path, open(path, "w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(COLUMNS)

        def add(extraction: Extraction) -> None:
            for row in rows(extraction):
                out.writerow([spreadsheet_safe(whole(cell)) if isinstance(cell, str) else cell for cell in row])

        yield add

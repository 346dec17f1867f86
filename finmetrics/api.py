"""The functions a user calls: a text, files or a frame in; figures, a frame or a file out."""

from __future__ import annotations

import datetime as dt
import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO

from finmetrics.extractor import Extractor
from finmetrics.figures import Figures
from finmetrics.model import Document, Extraction
from finmetrics.reading import AS_IT_IS, Paths, Progress, ReadFailure, Reading, Unreadable, documents
from finmetrics.reading.dates import day_of
from finmetrics.reading.failure import one_line

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from finmetrics.output.columns import Headers

Day = dt.date | str | None
Target = str | os.PathLike[str] | TextIO | Callable[[Iterator[Extraction]], None]
Rules = str | os.PathLike[str] | Extractor | None


def extract(text: str, *, published: Day = None, title: str = "", doc_id: str = "", rules: Rules = None) -> Figures:
    """The figures that a text states, in its order.

    ``published`` (a date or an ISO string) is what relative periods (去年末, 一季度) resolve against; ``title`` helps
    to find the bank; ``rules`` is a folder laid over our rules, or an :class:`Extractor` (build one for many texts).
    Raises ``ValueError`` for a bad date and :class:`finmetrics.RulesError` for bad rules.
    """
    document = Document(text=text, doc_id=doc_id, title=title, published=_day(published))
    return Figures(extractor_for(rules).run(document))


def read(
    paths: Paths,
    *,
    published: Day = None,
    rules: Rules = None,
    min_confidence: float = 0.0,
    errors: Literal["warn", "raise"] = "warn",
    reading: Reading = AS_IT_IS,
) -> pd.DataFrame:
    """The figures of files, folders, globs and feeds as one frame: every column, also when there are no rows.

    ``published`` dates the documents that state no date; figures of a confidence below ``min_confidence`` are left
    out; ``reading`` says how feeds name their columns and what a document may cost. What cannot be read is named in a
    warning; with ``errors="raise"`` the first such document raises :class:`finmetrics.Unreadable`.
    """
    from finmetrics.output.table import to_frame

    failures: list[ReadFailure] = []

    def fail(failure: ReadFailure) -> None:
        if errors == "raise":
            raise Unreadable(str(failure))
        failures.append(failure)

    found = extractions(paths, on_failure=fail, published=published, rules=rules, reading=reading)
    frame = to_frame(_gathered(_confident(one, min_confidence) for one in found))
    for failure in failures:
        warnings.warn(f"not read: {failure}", stacklevel=2)
    return frame


def extract_frame(
    texts: pd.DataFrame | pd.Series[str] | Iterable[str],
    *,
    text: str = "text",
    doc_id: str | None = None,
    title: str | None = None,
    published: str | None = None,
    source: str | None = None,
    rules: Rules = None,
) -> pd.DataFrame:
    """The figures of a frame of texts (or of texts alone) as one frame: every column, also when there are no rows.

    ``text``, ``doc_id``, ``title``, ``published`` and ``source`` name columns of ``texts``; those not given are used
    where they are there under these names. Without ``doc_id`` it is the index label, or the position.
    Missing texts have no figures. Raises ``KeyError`` for a column that is not there, ``TypeError`` for a text that
    is no string.
    """
    import pandas as pd

    from finmetrics.output.table import to_frame

    if isinstance(texts, str):
        raise TypeError("one text alone: use extract")
    if not isinstance(texts, pd.DataFrame):
        given = texts if isinstance(texts, pd.Series) else pd.Series(list(texts), dtype=object)
        texts, text = given.to_frame(name="text"), "text"
    extractor = extractor_for(rules)
    rows = _of_rows(texts, {"text": text, "doc_id": doc_id, "title": title, "published": published, "source": source})
    return to_frame(_gathered(map(extractor.run, rows)))


def explain(
    text: str | Document,
    *,
    at: int | None = None,
    figure: str | None = None,
    published: Day = None,
    title: str = "",
    rules: Rules = None,
) -> str:
    """How figures of a text came to be: the one at an offset, those written as ``figure``, or all.

    Raises ``ValueError`` where there is no such figure.
    """
    from finmetrics.explanation import explain as explained

    document = text if isinstance(text, Document) else Document(text=text, title=title, published=_day(published))
    return explained(document, extractor_for(rules), at=at, figure=figure)


@dataclass(slots=True)
class Report:
    """What a run did: how many documents it read, how many figures it gave, and what failed."""

    documents: int = 0
    figures: int = 0
    failures: list[ReadFailure] = field(default_factory=list)


def extract_to(
    paths: Paths,
    target: Target,
    *,
    columns: Iterable[str] | None = None,
    headers: Headers = "en",
    rules: Rules = None,
    published: Day = None,
    min_confidence: float = 0.0,
    ledger: str | os.PathLike[str] | None = None,
    package: bool = False,
    on_failure: Callable[[ReadFailure], None] | None = None,
    progress: Progress | None = None,
    reading: Reading = AS_IT_IS,
) -> Report:
    """Writes the figures of files, folders, globs and feeds to a file (.csv, .parquet, .jsonl, .xlsx), streamed.

    An open text file gets CSV, a function the extractions themselves. ``columns`` selects and orders (ids or Chinese
    headers), ``headers`` is ``en`` or ``zh``; figures of a confidence below ``min_confidence`` are left out.
    ``ledger`` is a CSV file that gets a row for every numeral of the texts; with ``package`` a Frictionless
    ``datapackage.json`` beside the file describes its columns. ``on_failure`` is called with each document that failed,
    ``progress`` with the bytes done and the bytes in all; ``reading`` says how feeds name their columns and what a
    document may cost. Raises ``ValueError`` for an unknown
    suffix, column or bad rules, ``OSError`` where a file cannot be written; then none is left behind.
    """
    from finmetrics.output import datapackage, export
    from finmetrics.output import ledger as ledgers
    from finmetrics.output.columns import select
    from finmetrics.output.table import batches, column_batches

    report = Report()
    chosen = None if columns is None else list(columns)
    select(chosen)
    _refuse_clash([Path(output) for output in (target, ledger) if isinstance(output, str | os.PathLike)], paths)
    if isinstance(target, str | os.PathLike):
        export.writer_for(Path(target))
    elif package:
        raise ValueError("a data package lies beside a file: name one to write")
    extractor, day = extractor_for(rules), _day(published)  # bad ones are refused before anything is written
    fail = noting(report, on_failure)

    with ExitStack() as stack:
        add = stack.enter_context(ledgers.writing(Path(ledger))) if ledger is not None else None

        def entered() -> Iterator[Extraction]:
            found = extractions(
                paths, on_failure=fail, rules=extractor, published=day, progress=progress, reading=reading
            )
            for extraction in found:
                if add is not None:
                    add(extraction)
                yield _confident(extraction, min_confidence)

        counted = counting(report, entered())
        if isinstance(target, str | os.PathLike):
            parts = batches(counted) if export.wants_tables(Path(target)) else column_batches(counted)
            export.write(parts, Path(target), columns=chosen, headers=headers)
            if package:
                datapackage.beside(Path(target), chosen, headers)
        elif callable(target):
            target(counted)
        else:
            export.write_csv(column_batches(counted), target, columns=chosen, headers=headers)
    return report


def counting(report: Report, found: Iterable[Extraction]) -> Iterator[Extraction]:
    """The extractions, each counted in ``report`` as it passes."""
    for one in found:
        report.documents += 1
        report.figures += len(one.figures)
        yield one


def noting(report: Report, on_failure: Callable[[ReadFailure], None] | None) -> Callable[[ReadFailure], None]:
    """What notes a failure in ``report``, and passes it on."""

    def fail(failure: ReadFailure) -> None:
        report.failures.append(failure)
        if on_failure is not None:
            on_failure(failure)

    return fail


def extractions(
    paths: Paths,
    *,
    on_failure: Callable[[ReadFailure], None],
    rules: Rules = None,
    published: Day = None,
    progress: Progress | None = None,
    reading: Reading = AS_IT_IS,
) -> Iterator[Extraction]:
    """The extraction of every document that the paths lead to, streamed; ``on_failure`` gets each that failed."""
    extractor = extractor_for(rules)
    for item in documents(paths, published=_day(published), progress=progress, reading=reading):
        if isinstance(item, ReadFailure):
            on_failure(item)
            continue
        try:
            extraction = extractor.run(item)
        except Exception as error:  # one document must not end a run over a hundred thousand
            on_failure(ReadFailure(item.doc_id, f"extraction failed: {type(error).__name__}: {one_line(error)}"))
            continue
        yield extraction


def _confident(extraction: Extraction, least: float) -> Extraction:
    """The extraction without its figures of a confidence below ``least`` (0 to 1)."""
    if least <= 0:
        return extraction
    return replace(extraction, figures=[figure for figure in extraction.figures if figure.confidence >= least])


def find_document(
    path: str | os.PathLike[str], *, doc_id: str | None = None, published: Day = None, reading: Reading = AS_IT_IS
) -> tuple[Document | None, list[ReadFailure]]:
    """The one document of a file, or the one with this ``doc_id``, and what could not be read on the way.

    Raises ``ValueError`` where several documents are there and none is named, or none has the name.
    """
    found: Document | None = None
    failures: list[ReadFailure] = []
    for item in documents(path, published=_day(published), reading=reading):
        if isinstance(item, ReadFailure):
            failures.append(item)
        elif doc_id is None and found is not None:
            raise ValueError(f"{os.fspath(path)} holds several documents; name one by its doc_id")
        elif doc_id is None or item.doc_id == doc_id:
            found = item
            if doc_id is not None:
                break
    if found is None and not failures:
        raise ValueError(f"no document {doc_id!r} in {os.fspath(path)}")
    return found, failures


def extractor_for(rules: Rules) -> Extractor:
    """The extractor of these rules; our own is built once."""
    if rules is None:
        return _ours()
    return rules if isinstance(rules, Extractor) else Extractor(Path(rules))


@cache
def _ours() -> Extractor:
    return Extractor()


def _gathered(found: Iterable[Extraction]) -> pa.Table:
    import pyarrow as pa

    from finmetrics.output.table import batches

    return pa.concat_tables(list(batches(found)))


def _of_rows(frame: pd.DataFrame, names: dict[str, str | None]) -> Iterator[Document]:
    for wanted in names.values():
        if wanted is not None and wanted not in frame.columns:
            raise KeyError(f"no column {wanted!r}; there are {', '.join(map(str, frame.columns))}")
    columns = {key: name or key for key, name in names.items() if name is not None or key in frame.columns}
    values = {key: frame[name].tolist() for key, name in columns.items()}
    for i, label in enumerate(frame.index):
        row = {key: column[i] for key, column in values.items()}
        text = row["text"]
        if _missing(text):
            continue
        if not isinstance(text, str):
            raise TypeError(f"text of row {label!r} is {type(text).__name__}, not a string")
        yield Document(
            text=text,
            doc_id=_said(row.get("doc_id")) or str(label),
            title=_said(row.get("title")),
            published=day_of(row.get("published")),
            source=_said(row.get("source")),
        )


def _missing(value: Any) -> bool:
    """None, NaN, NaT and NA."""
    import pandas as pd

    return value is None or pd.api.types.is_scalar(value) and bool(pd.isna(value))


def _said(value: object) -> str:
    return "" if _missing(value) else str(value)


def _day(published: Day) -> dt.date | None:
    if not isinstance(published, str):
        return published.date() if isinstance(published, dt.datetime) else published
    day = day_of(published)
    if day is None:
        raise ValueError(f"not a date: {published!r}; write it as 2022-03-29")
    return day


def _refuse_clash(outputs: list[Path], paths: Paths) -> None:
    """An output must be neither an input nor the other output."""
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    taken = {Path(path).resolve() for path in given if os.fspath(path) != "-"}
    for output in outputs:
        if output.resolve() in taken:
            raise ValueError(f"{output} is read from or written to already")
        taken.add(output.resolve())

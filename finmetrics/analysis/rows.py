"""The table as a user has it (a frame, files that the program wrote) -> one frame, and its rows as figures."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finmetrics.analysis.model import Period, Stated
from finmetrics.model import Figure
from finmetrics.output.columns import BY_NAME, COLUMNS, Column
from finmetrics.output.export import spreadsheet_safe
from finmetrics.reading.failure import Unreadable, one_line

if TYPE_CHECKING:
    import pandas as pd

Tables = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]

# Without these a row cannot be placed, or not be found again.
REQUIRED = ("fact_id", "doc_id", "bank", "metric", "measure", "value", "unit", "period_end", "quote")
_NAMES = {column.zh: column.name for column in COLUMNS}
_OF_FIGURE = tuple(name for name in BY_NAME if name in Figure.__dataclass_fields__)
_DEFAULTS = {"qualifier": "exact", "status": "actual", "measure": "level", "metric": "other", "start": 0, "end": 0}


def load(paths: Tables) -> pd.DataFrame:
    """The tables of these files (.csv, .parquet, .jsonl; ``-`` is CSV on standard input) as one frame.

    Headers may be ids or Chinese; columns that are no column of ours stay as they are. Raises
    :class:`finmetrics.Unreadable`, which names file and line, for what is no table of figures, and ``OSError``.
    """
    import pandas as pd

    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    frames = [_loaded(os.fspath(path)) for path in given]
    if not frames:
        raise ValueError("no table given")
    return pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]


def stated(figures: pd.DataFrame | Tables) -> list[Stated]:
    """The rows of a frame (or of tables, see :func:`load`); those without a value are left out.

    They are in the order of documents and texts, so that no result depends on the order of the table. Raises
    ``ValueError`` that names the columns that are needed and not there.
    """
    import pandas as pd

    frame = figures if isinstance(figures, pd.DataFrame) else load(figures)
    _require(frame.columns, "the table")
    columns = {name: _plain(frame[name], BY_NAME[name]) for name in BY_NAME if name in frame.columns}
    rows = []
    for i in range(len(frame)):
        row = {name: values[i] for name, values in columns.items()}
        if row["value"] is None:
            continue
        given = {name: row[name] for name in _OF_FIGURE if name in row}
        given |= {name: value for name, value in _DEFAULTS.items() if not given.get(name)}
        if not given.get("metric_name") and given["metric"] != "other":
            given["metric_name"] = given["metric"]
        figure = Figure(**given)
        rows.append(Stated(row["fact_id"], figure, row.get("title", ""), row.get("source", ""), row.get("published")))
    return sorted(rows, key=lambda row: (row.figure.doc_id, row.figure.start or 0, row.fact_id))


def period_of(figure: Figure) -> Period | None:
    """The period of a figure; ``None`` where it is not known."""
    return None if figure.period_end is None else Period(figure.period_start, figure.period_end)


def _require(names: Iterable[str], where: str) -> None:
    missing = [name for name in REQUIRED if name not in set(names)]
    if missing:
        raise Unreadable(f"{where} is no table of figures: no column {', '.join(missing)}")


def _plain(values: pd.Series[Any], column: Column) -> list[Any]:
    """A column's cells as Python values: texts with "" for none, decimals, dates and numbers with ``None``."""
    import pandas as pd

    missing = values.isna().tolist()
    if column.kind == "date":
        days = pd.to_datetime(values)
        return [None if none else day.date() for day, none in zip(days, missing, strict=True)]
    cells = values.tolist()
    match column.kind:
        case "string":
            return ["" if none else str(cell) for cell, none in zip(cells, missing, strict=True)]
        case "float64" if column.name != "confidence":
            return [None if none else Decimal(repr(float(cell))) for cell, none in zip(cells, missing, strict=True)]
        case "bool":
            return [not none and bool(cell) for cell, none in zip(cells, missing, strict=True)]
        case "int64":
            return [None if none else int(cell) for cell, none in zip(cells, missing, strict=True)]
        case _:
            return [0.0 if none else float(cell) for cell, none in zip(cells, missing, strict=True)]


def _loaded(path: str) -> pd.DataFrame:
    import pandas as pd
    import pyarrow as pa

    suffix = Path(path).suffix.lower()
    if path == "-" or suffix == ".csv":
        frame = _csv(path)
    elif suffix == ".jsonl":
        frame = _jsonl(path)
    elif suffix == ".parquet":
        try:
            frame = pd.read_parquet(path)
        except pa.ArrowException as error:
            raise Unreadable(f"{path}: not a readable Parquet file: {one_line(error)}") from None
        frame = frame.rename(columns=_NAMES)
    else:
        raise Unreadable(f"{path}: a table of figures is a .csv, .parquet or .jsonl file")
    _require(frame.columns, path)
    return frame


def _csv(path: str) -> pd.DataFrame:
    import pandas as pd

    file: Any = sys.stdin.buffer if path == "-" else path
    try:
        frame = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig", encoding_errors="strict")
    except pd.errors.EmptyDataError:
        raise Unreadable(f"{path}: empty") from None
    except (pd.errors.ParserError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path}: not CSV in UTF-8: {one_line(error)}") from None
    return _typed(frame.rename(columns=_NAMES), path, first=2)


def _jsonl(path: str) -> pd.DataFrame:
    import pandas as pd

    rows: list[dict[str, Any]] = []
    with open(path, encoding="utf-8-sig", errors="replace") as file:
        for number, line in enumerate(file, start=1):
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise Unreadable(f"{path}:{number}: not JSON: {one_line(error)}") from None
            if not isinstance(row, dict):
                raise Unreadable(f"{path}:{number}: a JSON object is needed, not {type(row).__name__}")
            rows.append({name: _cell(value) for name, value in row.items()})
    names = list(rows[0]) if rows else list(BY_NAME)
    frame = pd.DataFrame(rows, columns=names, dtype=object).fillna("")
    return _typed(frame.rename(columns=_NAMES), path, first=1)


def _cell(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _typed(frame: pd.DataFrame, path: str, first: int) -> pd.DataFrame:
    """Texts as the columns' types; ``first`` is the line of the first row."""
    import pandas as pd

    for name in frame.columns:
        column = BY_NAME.get(str(name))
        if column is None:
            continue
        cells: pd.Series[Any] = frame[name].astype(str)
        if column.kind == "string":
            frame[name] = [_unprotected(cell) or None for cell in cells]
            continue
        said = cells.where(cells != "", None)
        if column.kind == "bool":
            frame[name] = said.map({"true": True, "false": False, "True": True, "False": False})
            bad = said.notna() & frame[name].isna()
        elif column.kind == "date":
            frame[name] = pd.to_datetime(said, errors="coerce", format="ISO8601")
            bad = said.notna() & frame[name].isna()
        else:
            frame[name] = pd.to_numeric(said, errors="coerce").astype("float64")
            bad = said.notna() & ~frame[name].abs().lt(float("inf"))
        if bad.any():
            at = int(bad.to_numpy().argmax())
            raise Unreadable(f"{path}:{at + first}: {name}: not a {column.kind}: {cells.iloc[at]!r}")
    return frame


def _unprotected(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from running or altering it."""
    rest = cell[1:]
    return rest if cell[:1] == "'" and spreadsheet_safe(rest) != rest else cell

"""Feeds -> Documents: JSON lines, CSV and Parquet with a row per document, streamed; a JSON array is read whole."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any

from finmetrics.model import Document
from finmetrics.output.columns import BY_NAME
from finmetrics.reading.decode import stream_encoding
from finmetrics.reading.failure import ReadFailure, Unreadable, one_line
from finmetrics.reading.fields import Keys, published_by, stated, whole
from finmetrics.reading.kind import delimiter_of, header_of
from finmetrics.reading.limits import MB

if TYPE_CHECKING:
    import pyarrow as pa

Advance = Callable[[int], None]

_LONGEST_LINE = 64 * MB  # one document
_HEAD = MB
_PARQUET_ROWS = 256
# Names by which a table or a ledger of ours is told: folders that hold an earlier run's output are read again.
_OURS = (
    {"fact_id", "quote"},
    {BY_NAME["fact_id"].zh, BY_NAME["quote"].zh},
    {"quote", "outcome", "reason"},
    {"name", "resources"},  # the data package beside a table
)


def read_jsonl(file: IO[bytes], name: str, advance: Advance, keys: Keys) -> Iterator[Document | ReadFailure]:
    """A document per JSON object, an object a line; a bad line is a failure and the rest goes on.

    Raises :class:`OwnTable` where the first object is a row of ours.
    """
    first = True
    for number, line in _lines(file, advance):
        if isinstance(line, Unreadable):
            yield ReadFailure(f"{name}:{number}", str(line))
            continue
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except RecursionError:
            yield ReadFailure(f"{name}:{number}", "JSON nested too deep")
            continue
        except ValueError as error:
            yield ReadFailure(f"{name}:{number}", f"not JSON: {one_line(error)}")
            continue
        if first and isinstance(row, dict):
            refuse_own(row.keys(), keys)
            first = False
        yield _of_object(row, name, number, keys)


def read_json(text: str, name: str, keys: Keys) -> Iterator[Document | ReadFailure]:
    """A document per object of a JSON array, or of one object; raises :class:`Unreadable` where the file is neither."""
    try:
        found = json.loads(text)
    except RecursionError:
        raise Unreadable("JSON nested too deep") from None
    except ValueError as error:
        raise Unreadable(f"not JSON: {one_line(error)}") from None
    rows = found if isinstance(found, list) else [found]
    if rows and isinstance(rows[0], dict):
        refuse_own(rows[0].keys(), keys)
    for number, row in enumerate(rows, start=1):
        yield _of_object(row, name, number, keys)


def _of_object(row: object, name: str, number: int, keys: Keys) -> Document | ReadFailure:
    """The document of a JSON object, whatever the case of its names."""
    if not isinstance(row, dict):
        return ReadFailure(f"{name}:{number}", f"a JSON object is needed, not {type(row).__name__}")
    return document_of({key.lower(): value for key, value in row.items()}, name, number, keys)


def read_csv(file: IO[bytes], name: str, advance: Advance, keys: Keys) -> Iterator[Document | ReadFailure]:
    """A document per row; raises :class:`Unreadable` where no column holds the text."""
    broken: list[int] = []  # lines that do not decode: their rows are failures
    # The limit is the csv module's own and counts for all its readers; the largest of ours is 64 MB.
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_LINE))

    def decoded() -> Iterator[str]:
        for number, line in _lines(file, advance):
            if isinstance(line, Unreadable):
                broken.append(number)
                yield "\n"
            else:
                yield line

    lines = decoded()
    header = next((line for line in lines if line.strip()), "")
    names = header_of(header.rstrip("\r\n"))
    if names is None:
        raise Unreadable("empty" if not header else "a CSV feed begins with a line of column names")
    _require_text(names, keys)
    rows = csv.reader(lines, delimiter=delimiter_of(header), strict=True)
    while True:
        first = rows.line_num + 2  # of this row, the header being line 1
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            yield ReadFailure(f"{name}:{first}", f"not CSV: {one_line(error)}")
            continue
        if broken:
            yield ReadFailure(f"{name}:{broken[0]}", "cannot be decoded")
            broken.clear()
        elif not row:
            continue
        elif len(row) > len(names):
            yield ReadFailure(f"{name}:{first}", f"{len(row)} cells under {len(names)} columns")
        else:
            yield document_of(dict(zip(names, row, strict=False)), name, first, keys)


def read_parquet(
    file: IO[bytes], name: str, advance: Advance, size: int, keys: Keys
) -> Iterator[Document | ReadFailure]:
    """A document per row; raises :class:`Unreadable` where it is no Parquet file or no column holds the text."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        feed = pq.ParquetFile(file)
        names = feed.schema_arrow.names
        _require_text([column.lower() for column in names], keys)
        wanted = {*keys.text, *keys.doc_id, *keys.title, *keys.published, *keys.source}
        columns = [column for column in names if column.lower() in wanted]
        rows = max(1, feed.metadata.num_rows)
        number = 0
        for batch in feed.iter_batches(_PARQUET_ROWS, columns=columns):
            values = {field.lower(): _values(batch.column(field)) for field in columns}
            for row in zip(*values.values(), strict=True):
                number += 1
                if any(isinstance(value, UnicodeDecodeError) for value in row):
                    yield ReadFailure(f"{name}:{number}", "cannot be decoded")
                else:
                    yield document_of(dict(zip(values, row, strict=True)), name, number, keys)
            advance(size * batch.num_rows // rows)
    except (pa.ArrowException, OSError) as error:
        raise Unreadable(f"not a readable Parquet file: {one_line(error)}") from None


def _values(column: pa.Array) -> list[Any]:
    """A column's values; in the place of a string that is no UTF-8 the error."""
    import pyarrow as pa

    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        values: list[Any] = column.to_pylist()
        return values
    raw = column.cast(pa.large_binary()).to_pylist()
    return [None if value is None else _decoded(value) for value in raw]


def _decoded(value: bytes) -> str | UnicodeDecodeError:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        return error


def _require_text(names: Collection[str], keys: Keys) -> None:
    if any(key in names for key in keys.text):
        return
    refuse_own(names, keys)
    raise NoText(f"no column named {keys.text[0]}; there are {one_line(', '.join(names))}")


def refuse_own(names: Collection[str], keys: Keys) -> None:
    """Raises :class:`OwnTable` where these are the columns of a table or a ledger of ours."""
    if not any(key in names for key in keys.text) and any(ours <= set(names) for ours in _OURS):
        raise OwnTable("a table of figures, not of texts")


class NoText(Unreadable):
    """A table without a column of texts."""


class OwnTable(Unreadable):
    """The file is a table that finmetrics wrote."""


def document_of(row: Mapping[str, object], name: str, number: int, keys: Keys) -> Document | ReadFailure:
    """The document that a row of a feed states; a failure where its text is missing or no string."""
    key = next((key for key in keys.text if key in row), keys.text[0])
    text = row.get(key)
    if not isinstance(text, str):
        what = f"no {key}" if text is None else f"{key} is {type(text).__name__}, not a string"
        return ReadFailure(f"{name}:{number}", what)
    return Document(
        text=whole(text),
        doc_id=stated(row, keys.doc_id) or f"{name}#{number}",
        title=stated(row, keys.title),
        published=published_by(row, keys),
        source=stated(row, keys.source) or name,
    )


def _lines(file: IO[bytes], advance: Advance) -> Iterator[tuple[int, str | Unreadable]]:
    """The decoded lines of a file with their numbers from 1, each with its line end."""
    head = file.read(_HEAD)
    file.seek(0)
    encoding = stream_encoding(head)
    if encoding in ("utf-16", "utf-32"):
        yield from _wide_lines(file, encoding, advance)
        return
    number = 0
    while raw := file.readline(_LONGEST_LINE):
        number += 1
        advance(len(raw))
        if len(raw) == _LONGEST_LINE and not raw.endswith(b"\n"):
            while raw and not raw.endswith(b"\n"):
                raw = file.readline(_LONGEST_LINE)
                advance(len(raw))
            yield number, Unreadable(f"line longer than {_LONGEST_LINE} bytes")
            continue
        try:
            yield number, raw.decode("utf-8-sig" if number == 1 and encoding == "utf-8-sig" else _bare(encoding))
        except UnicodeDecodeError as error:
            yield number, Unreadable(f"cannot be decoded as {encoding}: byte {error.start} of the line")


def _bare(encoding: str) -> str:
    return "utf-8" if encoding == "utf-8-sig" else encoding


def _wide_lines(file: IO[bytes], encoding: str, advance: Advance) -> Iterator[tuple[int, str | Unreadable]]:
    """As :func:`_lines`, of UTF-16 or UTF-32, whose line ends are not single bytes."""
    reader = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="\n")
    for number, line in enumerate(reader, start=1):
        advance(len(line) * 2)
        yield number, line
    reader.detach()

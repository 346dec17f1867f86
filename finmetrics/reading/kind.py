"""What kind of input a file is: told by its content first, by its suffix second."""

from __future__ import annotations

import codecs
import csv
import json
import re
import zipfile
from typing import IO, Literal

from finmetrics.reading.decode import encoding_of_mark
from finmetrics.reading.failure import Unreadable, one_line
from finmetrics.reading.fields import OURS
from finmetrics.reading.html import looks_like_html
from finmetrics.reading.markdown import has_front_matter

Kind = Literal[
    "markdown", "html", "text", "json", "jsonl", "csv", "parquet", "pdf", "docx", "workbook", "mhtml", "warc", "zip",
    "gzip", "zstd"
]  # fmt: skip

BY_SUFFIX: dict[str, Kind] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".pdf": "pdf",
    ".docx": "docx",
    ".xlsx": "workbook",
    ".mhtml": "mhtml",
    ".warc": "warc",
    ".zip": "zip",
    ".gz": "gzip",
    ".zst": "zstd",
}
_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF-", "pdf"),
    (b"PAR1", "parquet"),
    (b"WARC/", "warc"),
    (b"PK\x03\x04", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)
_PDF_WITHIN = 1_024  # bytes: a PDF file may begin with something else
# What the other kinds that are no text begin with, so that a name alone makes none of them.
_BINARY = frozenset({"parquet", "pdf", "docx", "workbook", "warc", "zip", "gzip", "zstd"})
HEAD = 65_536  # bytes of a file that are looked at

_ARRAY = re.compile(r"\s*\[\s*(?:\{\s*[\"}]|\])")
_OBJECT = re.compile(r"\s*\{\s*[\"}]")
_HEADER_CHARACTERS = 2_000
_DELIMITERS = ",\t;"
_MHTML = re.compile(r"(?:[A-Za-z-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){2}")


def kind_of(head: bytes, suffix: str) -> Kind:
    """The kind of a file, from its first :data:`HEAD` bytes and the suffix of its name ("" for none).

    Office files are ``zip`` here: only :func:`kind_in_zip` can tell them from other archives.
    """
    by_magic = magic_of(head)
    if by_magic is not None:
        return by_magic
    by_suffix = BY_SUFFIX.get(suffix.lower(), "text")
    if by_suffix in _BINARY:
        by_suffix = "text"
    text = _readable(head)
    if _MHTML.match(text) and "multipart/related" in text[:_HEADER_CHARACTERS].lower():
        return "mhtml"
    if has_front_matter(text):
        return "markdown"
    if _is_json_lines(text, by_suffix):
        return "jsonl"
    if _ARRAY.match(text) or _OBJECT.match(text) and by_suffix == "json":
        return "json"
    if by_suffix == "csv" or by_suffix == "text" and _is_csv(text):
        return "csv"
    if by_suffix in ("text", "html") and looks_like_html(text):
        return "html"
    return by_suffix


def magic_of(head: bytes) -> Kind | None:
    """The kind of a file that is no text, from its first bytes."""
    found = next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)
    if found is None and b"%PDF-" in head[:_PDF_WITHIN] and b" obj" in head:
        return "pdf"
    return found


def kind_in_zip(file: IO[bytes]) -> Kind:
    """Whether a zip archive is a Word document, a workbook or an archive of files.

    Raises :class:`Unreadable` where it is broken, or another kind of office file.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            stated = archive.read("mimetype")[:60].decode("ascii", "replace") if "mimetype" in names else ""
    except Exception as error:  # a broken archive raises what the module that unpacks it raises
        raise Unreadable(f"not a readable zip or office file: {one_line(error)}") from None
    finally:
        file.seek(0)
    if "word/document.xml" in names:
        return "docx"
    if "xl/workbook.xml" in names:
        return "workbook"
    if stated.startswith("application/") or "[Content_Types].xml" in names:
        what = f"an office file of another kind ({stated})" if stated else "an office file of another kind"
        raise Unreadable(f"{what}; save it as .docx, .xlsx or .pdf")
    return "zip"


def header_of(line: str) -> list[str] | None:
    """The column names of a CSV header, lower case; ``None`` where the line is no feed's header."""
    if len(line) > _HEADER_CHARACTERS:
        return None
    for delimiter in _DELIMITERS:
        try:
            names = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            return None
        if len(names) > 1:
            return [name.strip().lower() for name in names]
    name = line.strip().strip('"').lower()
    return [name] if name else None


def delimiter_of(line: str) -> str:
    """The delimiter of a CSV header: comma, tab or semicolon, whichever stands first in that order."""
    return next((d for d in _DELIMITERS if d in line), ",")


def _readable(head: bytes) -> str:
    """The head as text, as far as it goes; a character cut at its end is left out."""
    marked = encoding_of_mark(head)
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            return codecs.getincrementaldecoder(encoding)().decode(head, False)
        except UnicodeDecodeError:
            continue
    return head.decode("utf-8", "replace")


def _is_json_lines(text: str, by_suffix: Kind) -> bool:
    if not _OBJECT.match(text):
        return False
    line, end, _ = text.lstrip().partition("\n")
    if not end and len(text) > 1_000:  # the first line may be longer than the head
        return True
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return by_suffix == "jsonl"


def _is_csv(text: str) -> bool:
    """Two columns or more, one of them the text: prose does not begin like that."""
    names = header_of(text.partition("\n")[0].rstrip("\r"))
    if names is None or len(names) < 2:
        return False
    return any(key in names for key in OURS.text) and any(len(n) < 20 for n in names if n not in OURS.doc_id)

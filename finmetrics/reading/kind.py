"""What kind of input a file is: told by its content first, by its suffix second."""

from __future__ import annotations

import codecs
import csv
import json
import re
from typing import Literal

from finmetrics.reading.decode import encoding_of_mark
from finmetrics.reading.fields import ID_KEYS, TEXT_KEYS
from finmetrics.reading.html import looks_like_html
from finmetrics.reading.markdown import has_front_matter

Kind = Literal["markdown", "html", "text", "jsonl", "csv", "parquet"]

BY_SUFFIX: dict[str, Kind] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".html": "html",
    ".htm": "html",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
}
HEAD = 65_536  # bytes of a file that are looked at

_OBJECT = re.compile(r"\s*\{\s*[\"}]")
_HEADER_CHARACTERS = 2_000


def kind_of(head: bytes, suffix: str) -> Kind:
    """The kind of a file, from its first :data:`HEAD` bytes and the suffix of its name ("" for none)."""
    if head.startswith(b"PAR1"):
        return "parquet"
    by_suffix = BY_SUFFIX.get(suffix.lower(), "text")
    text = _readable(head)
    if has_front_matter(text):
        return "markdown"
    if _is_json_lines(text, by_suffix):
        return "jsonl"
    if by_suffix == "csv" or by_suffix == "text" and _is_csv(text):
        return "csv"
    if by_suffix in ("text", "html") and looks_like_html(text):
        return "html"
    return by_suffix


def header_of(line: str) -> list[str] | None:
    """The column names of a CSV header, lower case; ``None`` where the line is no feed's header."""
    if len(line) > _HEADER_CHARACTERS:
        return None
    for delimiter in ",\t;":
        names = next(csv.reader([line], delimiter=delimiter), [])
        if len(names) > 1:
            return [name.strip().lower() for name in names]
    name = line.strip().strip('"').lower()
    return [name] if name else None


def delimiter_of(line: str) -> str:
    """The delimiter of a CSV header: comma, tab or semicolon, whichever stands first in that order."""
    return next((d for d in ",\t;" if d in line), ",")


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
    return any(key in names for key in TEXT_KEYS) and any(len(n) < 20 for n in names if n not in ID_KEYS)

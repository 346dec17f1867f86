"""One file, whatever its kind -> its documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import IO
from urllib.parse import urlsplit

from finmetrics.characters import HAN
from finmetrics.model import Document
from finmetrics.reading.apart import Found, Reader
from finmetrics.reading.archive import Budget, members, unpacked
from finmetrics.reading.dates import day_of
from finmetrics.reading.decode import decode, refuse_binary
from finmetrics.reading.failure import ReadFailure, Unreadable, one_line
from finmetrics.reading.feed import Advance, NoText, OwnTable, read_csv, read_json, read_jsonl, read_parquet
from finmetrics.reading.html import read_html
from finmetrics.reading.kind import HEAD, Kind, kind_in_zip, kind_of, magic_of
from finmetrics.reading.limits import MB
from finmetrics.reading.markdown import read_markdown
from finmetrics.reading.mojibake import mojibake_in
from finmetrics.reading.options import Reading
from finmetrics.reading.text import read_text

_NAME = 4  # Chinese characters of a file's name that is a title

_OF_TEXT: dict[Kind, Callable[[str, str], Document]] = {
    "markdown": read_markdown,
    "html": read_html,
    "text": read_text,
}


def _unmoved(_: int) -> None:
    """For files within files: what is done of them is no part of what there is to do."""


class FileReader:
    """Reads files with the same keys and limits; :meth:`close` ends the process it may have begun."""

    def __init__(self, reading: Reading) -> None:
        self._keys = reading.keys
        self._limits = reading.limits
        self._apart = Reader()

    def close(self) -> None:
        self._apart.close()

    def read(
        self, file: IO[bytes], name: str, suffix: str, size: int, advance: Advance, *, found: bool = False
    ) -> Iterator[Found]:
        """The documents of a file, a failure in the place of each that cannot be read; nothing is raised.

        Where a folder or an archive led to the file (``found``), a table that finmetrics wrote is passed over.
        """
        for item in self._guarded(file, name, suffix, size, advance, Budget(size, self._limits), 0, found=found):
            if isinstance(item, ReadFailure):
                yield item
            elif why := mojibake_in(item.text):
                yield ReadFailure(item.doc_id, why)
            else:
                yield _completed(item, name)

    def _guarded(
        self,
        file: IO[bytes],
        name: str,
        suffix: str,
        size: int,
        advance: Advance,
        budget: Budget,
        depth: int,
        *,
        found: bool,
    ) -> Iterator[Found]:
        try:
            yield from self._documents(file, name, suffix, size, advance, budget, depth)
        except OwnTable as error:
            if not found:
                yield ReadFailure(name, str(error))
        except Unreadable as error:
            yield ReadFailure(name, str(error))
        except OSError as error:
            yield ReadFailure(name, one_line(error.strerror or error))
        except MemoryError:
            yield ReadFailure(name, "too large for the memory of this machine")

    def _documents(
        self, file: IO[bytes], name: str, suffix: str, size: int, advance: Advance, budget: Budget, depth: int
    ) -> Iterator[Found]:
        head = file.read(HEAD)
        if magic_of(head) is None:
            refuse_binary(head)
        file.seek(0)
        kind = kind_of(head, suffix)
        if kind == "zip":
            kind = kind_in_zip(file)
        match kind:
            case "jsonl":
                yield from read_jsonl(file, name, advance, self._keys)
            case "json":
                yield from read_json(decode(self._whole(file)), name, self._keys)
                advance(size)
            case "csv":
                yield from self._csv(file, name, advance)
            case "parquet":
                yield from read_parquet(file, name, advance, size, self._keys)
            case "pdf" | "docx" | "workbook":
                yield from self._apart.read(kind, self._whole(file), name, self._keys, self._limits)
                advance(size)
            case "zip" | "gzip" | "zstd" | "warc":
                if depth == self._limits.nesting:
                    raise Unreadable(f"an archive inside {depth} others (limit nesting)")
                yield from self._inside(kind, file, name, budget, depth + 1)
                advance(size)
            case _:
                data = self._whole(file)
                yield self._of_text(kind, data, name)
                advance(len(data))

    def _inside(self, kind: Kind, file: IO[bytes], name: str, budget: Budget, depth: int) -> Iterator[Found]:
        if kind == "warc":
            from finmetrics.reading.warc import pages_of_warc

            for page in pages_of_warc(file, name, self._limits):
                if isinstance(page, ReadFailure):
                    yield page
                    continue
                address, crawled, content = page
                suffix = PurePosixPath(urlsplit(address).path).suffix
                for item in self._guarded(content, address, suffix, 0, _unmoved, budget, depth, found=True):
                    yield item if isinstance(item, ReadFailure) else replace(item, published=item.published or crawled)
        elif kind == "zip":
            for member in members(file, name, budget, self._limits):
                if isinstance(member, ReadFailure):
                    yield member
                    continue
                inside, content = member
                suffix = PurePosixPath(inside).suffix
                yield from self._guarded(content, inside, suffix, _size(content), _unmoved, budget, depth, found=True)
        else:
            suffix = PurePosixPath(PurePosixPath(name).stem).suffix
            with unpacked(file, kind, budget) as content:
                yield from self._documents(content, name, suffix, _size(content), _unmoved, budget, depth)

    def _csv(self, file: IO[bytes], name: str, advance: Advance) -> Iterator[Found]:
        """A feed, or where no column holds texts, a table of figures."""
        try:
            yield from read_csv(file, name, advance, self._keys)
        except NoText:
            from finmetrics.reading.sheet import read_csv_table

            file.seek(0)
            table = read_csv_table(decode(self._whole(file)), name, self._limits)
            if table is None:
                raise
            yield table

    def _of_text(self, kind: Kind, data: bytes, name: str) -> Document:
        if kind == "mhtml":
            from finmetrics.reading.warc import page_of_mhtml

            address, markup = page_of_mhtml(data)
            document = read_html(decode(markup), name)
            return replace(document, source=address or document.source)
        return _OF_TEXT[kind](decode(data), name)

    def _whole(self, file: IO[bytes]) -> bytes:
        data = file.read(self._limits.size * MB + 1)
        if len(data) > self._limits.size * MB:
            raise Unreadable(f"larger than {self._limits.size} MB for one document (limit size); pass a feed instead")
        return data


def _completed(document: Document, name: str) -> Document:
    """The document with what only its file's name states: 招商银行2023年报_2024-03-26.pdf."""
    if document.doc_id != name or document.title and document.published:
        return document
    stem = PurePosixPath(name).stem
    title = document.title or (" ".join(stem.replace("_", " ").split()) if len(HAN.findall(stem)) >= _NAME else "")
    return replace(document, title=title, published=document.published or day_of(stem))


def _size(content: IO[bytes]) -> int:
    size = content.seek(0, 2)
    content.seek(0)
    return size

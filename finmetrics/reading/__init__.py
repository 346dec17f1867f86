"""Files, folders, globs and feeds -> Documents, a failure standing in for what cannot be read."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import IO

from finmetrics.model import Document
from finmetrics.reading.decode import decode, refuse_binary
from finmetrics.reading.failure import ReadFailure, Unreadable, one_line
from finmetrics.reading.feed import OwnTable, read_csv, read_jsonl, read_parquet
from finmetrics.reading.fields import whole
from finmetrics.reading.html import read_html
from finmetrics.reading.kind import HEAD, kind_of
from finmetrics.reading.markdown import read_markdown
from finmetrics.reading.sources import Source, expand
from finmetrics.reading.text import read_text

__all__ = ["Paths", "Progress", "ReadFailure", "Unreadable", "documents"]

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
Progress = Callable[[int, int], None]

_LARGEST = 256 * 1024 * 1024  # bytes of a file that is one document
_ONE_DOCUMENT = {"markdown": read_markdown, "html": read_html, "text": read_text}


def documents(
    paths: Paths | list[Source], *, published: dt.date | None = None, progress: Progress | None = None
) -> Iterator[Document | ReadFailure]:
    """The documents of files, folders (walked, sorted), globs, feeds and ``-`` (standard input), streamed.

    Kinds are told by content first: Markdown with front matter, HTML, plain text, and feeds (JSON lines, CSV,
    Parquet) with a ``text`` column; files that :func:`expand` has found may be given too. ``published`` dates the
    documents that state no date themselves. ``progress`` is called with the bytes done and the bytes in all. What
    cannot be read comes as a :class:`ReadFailure` in its place; nothing is raised.
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    sources = list(expand(given))
    total = sum(source.size for source in sources if isinstance(source, Source))
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        if progress is not None:
            progress(done, total)

    for source in sources:
        if isinstance(source, ReadFailure):
            yield source
            continue
        for item in _of_source(source, advance):
            if isinstance(item, Document) and item.published is None and published is not None:
                item = replace(item, published=published)
            yield item


def _of_source(source: Source, advance: Callable[[int], None]) -> Iterator[Document | ReadFailure]:
    name = whole(source.name)
    try:
        with source.open() as file:
            yield from _of_file(file, source, name, advance)
    except OwnTable as error:
        if not source.found:  # in a folder, our own output is passed over
            yield ReadFailure(name, str(error))
    except Unreadable as error:
        yield ReadFailure(name, str(error))
    except OSError as error:
        yield ReadFailure(name, one_line(error.strerror or error))
    except MemoryError:
        yield ReadFailure(name, "too large for the memory of this machine")


def _of_file(
    file: IO[bytes], source: Source, name: str, advance: Callable[[int], None]
) -> Iterator[Document | ReadFailure]:
    head = file.read(HEAD)
    if not head.startswith(b"PAR1"):
        refuse_binary(head)
    file.seek(0)
    kind = kind_of(head, source.suffix)
    if kind == "jsonl":
        yield from read_jsonl(file, name, advance)
    elif kind == "csv":
        yield from read_csv(file, name, advance)
    elif kind == "parquet":
        yield from read_parquet(file, name, advance, source.size)
    else:
        data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise Unreadable(f"larger than {_LARGEST // 1024**2} MB for one document; pass a feed instead")
        yield _ONE_DOCUMENT[kind](decode(data), name)
        advance(len(data))

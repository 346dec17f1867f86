"""Files, folders, globs and feeds -> Documents, a failure standing in for what cannot be read."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace

from finmetrics.model import Document
from finmetrics.reading.failure import ReadFailure, Unreadable, one_line
from finmetrics.reading.fields import whole
from finmetrics.reading.file import FileReader
from finmetrics.reading.limits import Limits
from finmetrics.reading.options import AS_IT_IS, Reading
from finmetrics.reading.sources import Source, expand

__all__ = [
    "AS_IT_IS",
    "Limits",
    "Paths",
    "Progress",
    "ReadFailure",
    "Reading",
    "Unreadable",
    "documents",
    "read_source",
]

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
Progress = Callable[[int, int], None]


def documents(
    paths: Paths,
    *,
    published: dt.date | None = None,
    progress: Progress | None = None,
    reading: Reading = AS_IT_IS,
) -> Iterator[Document | ReadFailure]:
    """The documents of files, folders (walked, sorted), globs, feeds and ``-`` (standard input), streamed.

    Kinds are told by content first: PDF, Word, workbooks, Markdown with front matter, HTML, saved pages, plain text;
    feeds (JSON lines, CSV, Parquet) with a text column; archives of such (zip, gzip, zstd, WARC). ``published`` dates
    the documents that state no date themselves. ``progress`` is called with the bytes done and the bytes in all.
    ``reading`` says how feeds name their columns and what one document may cost. What cannot be read comes as a
    :class:`ReadFailure` in its place; nothing is raised.
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

    with closing(FileReader(reading)) as reader:
        for source in sources:
            if isinstance(source, ReadFailure):
                yield source
                continue
            for item in read_source(source, reader, advance):
                if isinstance(item, Document) and item.published is None and published is not None:
                    item = replace(item, published=published)
                yield item


def read_source(
    source: Source, reader: FileReader, advance: Callable[[int], None] = lambda count: None
) -> Iterator[Document | ReadFailure]:
    """The documents of one file that :func:`finmetrics.reading.sources.expand` found; ``advance`` gets bytes read."""
    name = whole(source.name)
    try:
        with source.open() as file:
            yield from reader.read(file, name, source.suffix, source.size, advance, found=source.found)
    except Unreadable as error:
        yield ReadFailure(name, str(error))
    except OSError as error:
        yield ReadFailure(name, one_line(error.strerror or error))

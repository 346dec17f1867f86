"""Web archives (.warc) and saved pages (.mhtml) -> the pages in them."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterator
from contextlib import redirect_stderr
from email import message_from_bytes, policy
from io import StringIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from finmetrics.reading.dates import day_of
from finmetrics.reading.failure import ReadFailure, Unreadable, one_line
from finmetrics.reading.limits import IN_MEMORY, MB, Limits

_READ = ("text/html", "application/xhtml", "text/plain", "application/pdf", "officedocument")

# address, day of the crawl, the page
Page = tuple[str, dt.date | None, IO[bytes]]


def pages_of_warc(file: IO[bytes], name: str, limits: Limits) -> Iterator[Page | ReadFailure]:
    """The pages and documents of a web archive that were answered with success."""
    from warcio.archiveiterator import ArchiveIterator

    number = pages = 0
    records = ArchiveIterator(file)
    try:
        while True:
            with redirect_stderr(StringIO()) as complaint:
                record = _next(records, number)
            if complaint.getvalue():
                yield ReadFailure(f"{name}#{number}", "broken: the record's length is not what it states")
            if record is None:
                break
            number += 1
            if record.rec_type not in ("response", "resource"):
                continue
            headers = record.http_headers
            if headers is not None and not (headers.get_statuscode() or "").startswith("2"):
                continue
            kind = (headers or record.rec_headers).get_header("Content-Type", "") or ""
            if not any(one in kind.lower() for one in _READ):
                continue
            address = record.rec_headers.get_header("WARC-Target-URI") or f"{name}#{number}"
            with SpooledTemporaryFile(max_size=IN_MEMORY) as page:
                stream = record.content_stream()
                size = 0
                while piece := stream.read(MB):
                    size += len(piece)
                    if size > limits.size * MB:
                        break
                    page.write(piece)
                if size > limits.size * MB:
                    yield ReadFailure(address, f"larger than {limits.size} MB (limit size)")
                    continue
                page.seek(0)
                pages += 1
                yield address, day_of(record.rec_headers.get_header("WARC-Date")), page
    except (ValueError, EOFError, OSError, zlib.error) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(f"broken after record {number}: {one_line(error)}") from None
    if not pages:
        raise Unreadable(f"no page in its {number} records that was answered with success")


def _next(records: Iterator[Any], number: int) -> Any:
    """The next record; ``None`` after the last."""
    try:
        return next(records, None)
    except Exception as error:  # of a broken header the library makes what it can
        raise Unreadable(f"broken after record {number}: {type(error).__name__}: {one_line(error)}") from None


def page_of_mhtml(data: bytes) -> tuple[str, bytes]:
    """The address of a saved page and its markup; :class:`Unreadable` where it holds none."""
    message = message_from_bytes(data, policy=policy.default)
    address = str(message.get("Snapshot-Content-Location") or message.get("Content-Location") or "")
    for part in message.walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                return address, content
    raise Unreadable("a saved page without HTML in it")

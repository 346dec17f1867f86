"""What a worker process does: units in, messages out, until nobody asks any more."""

from __future__ import annotations

import hashlib
import signal
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from time import perf_counter
from typing import Any

from finmetrics.batch.model import Extracted, Failed, File, Finished, Known, Message, Unchanged, Unit
from finmetrics.extractor import Extractor
from finmetrics.model import Document, Extraction
from finmetrics.reading import ReadFailure, Reading, read_source
from finmetrics.reading.failure import one_line
from finmetrics.reading.file import FileReader
from finmetrics.reading.sources import Source
from finmetrics.schema import Rules
from finmetrics.unwrap import unwrap

_BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Orders:
    """What holds for all units: the rules as compressed JSON and their name, and what a rebuild may leave.

    ``changed`` holds, for each earlier version of the rules, the phrases one of which a document must have to be
    extracted anew (``None``: any document); it is empty where the run is no rebuild.
    """

    entries: bytes
    rules: str
    changed: Mapping[str, frozenset[str] | None]


def serve(connection: Connection) -> None:
    """The body of a worker process.

    Its orders in, ``None`` out when it is ready; then tuples of units in, (unit's number, message) out, ``None`` for a
    message after each unit.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it too, and ends its workers
    try:
        worker = Worker(connection.recv())
        connection.send(None)
        while True:
            units: tuple[Unit, ...] = connection.recv()
            for number, unit in enumerate(units):
                for message in worker.work(unit):
                    connection.send((number, message))
                connection.send((number, None))
    except (EOFError, OSError):  # the parent has gone
        pass


class Worker:
    """Compiled rules, ready for units."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._readers: dict[Reading, FileReader] = {}
        self._extractor = Extractor(Rules.model_validate_json(zlib.decompress(orders.entries)))

    def work(self, unit: Unit) -> Iterator[Message]:
        """What becomes of a unit; of a whole file :class:`Finished` comes last."""
        if unit.document is not None:
            yield self._document(unit.document, unit.known)
            return
        try:
            content = hash_of(unit.file)
        except OSError as error:
            yield unreachable(unit.file, error)
            yield Finished(b"", whole=False)
            return
        whole = True
        reading = unit.file.reading
        if reading not in self._readers:
            self._readers[reading] = FileReader(reading)
        for item in read(unit.file, self._readers[reading]):
            if isinstance(item, ReadFailure):
                whole = False
                yield Failed(item.source, "unreadable", item.reason, content=content)
            else:
                yield self._document(item, unit.known)
        yield Finished(content, whole=whole)

    def _document(self, document: Document, known: Mapping[str, Known]) -> Message:
        content = content_of(document)
        before = known.get(document.doc_id)
        if before is not None and before.content == content and self.leaves(document, before):
            return Unchanged(document.doc_id, content, self._orders.rules if self._orders.changed else before.rules)
        began = perf_counter()
        try:
            extraction = self._extractor.run(document)
            rows = rows_of(extraction)
        except Exception as error:  # one document must not end a night
            reason = f"extraction failed: {type(error).__name__}: {one_line(error)}"
            return Failed(document.doc_id, "extraction", reason, document.doc_id, content)
        unresolved = sum(one.reason == "unresolved" for one in extraction.dismissed)
        return Extracted(
            document.doc_id, content, document.title, document.published, document.source, len(document.text),
            unresolved, perf_counter() - began, rows,
        )  # fmt: skip

    def leaves(self, document: Document, known: Known) -> bool:
        """Whether a document whose content is known needs no extraction: nothing of the rules that it holds differs."""
        if known.rules == self._orders.rules or not self._orders.changed:
            return True
        phrases = self._orders.changed.get(known.rules)
        if phrases is None:
            return False
        clean = self._extractor.lexicon.clean
        texts = (unwrap(clean(document.text)).text, clean(document.title))
        return not any(phrase in text for text in texts for phrase in phrases)


def read(file: File, reader: FileReader) -> Iterator[Document | ReadFailure]:
    """The documents of a file, named after its name in the store."""
    for item in read_source(Source(file.path, file.found, file.size), reader):
        if isinstance(item, ReadFailure):
            yield replace(item, source=_named(item.source, file))
        else:
            doc_id, source = _named(item.doc_id, file), _named(item.source, file)
            yield replace(item, doc_id=doc_id, source=source, published=item.published or file.published)


def unreachable(file: File, error: OSError) -> Failed:
    """The failure of a file that cannot be opened or read now."""
    return Failed(file.name, "unreachable", one_line(error.strerror or error))


def _named(text: str, file: File) -> str:
    return file.name + text[len(file.path) :] if text.startswith(file.path) else text


def hash_of(file: File) -> bytes:
    """A hash of a file's bytes and of what is assumed about them; ``OSError`` where they cannot be read."""
    seen = hashlib.blake2b(file.assumed.encode(), digest_size=16)
    with open(file.path, "rb") as opened:
        while block := opened.read(_BLOCK):
            seen.update(block)
    return seen.digest()


def content_of(document: Document) -> bytes:
    """A hash of all that a document's figures come from."""
    said = (document.doc_id, document.title, str(document.published or ""), document.source, document.text)
    seen = hashlib.blake2b("\0".join(said).encode("utf-8", "surrogatepass"), digest_size=16)
    if document.places is not None:
        seen.update(document.places.pages.tobytes() + document.places.boxes.tobytes())
    return seen.digest()


def rows_of(extraction: Extraction) -> list[tuple[Any, ...]]:
    """The figures as the store holds them: the columns that are not the document's, dates as ISO text."""
    from finmetrics.batch.store import FIGURE_COLUMNS
    from finmetrics.output.table import to_table

    if not extraction.figures:
        return []
    table = to_table([extraction])
    columns = []
    for column in FIGURE_COLUMNS:
        values = table.column(column.name).to_pylist()
        if column.kind == "date":
            values = [value and value.isoformat() for value in values]
        elif column.kind == "bool":
            values = [None if value is None else int(value) for value in values]
        columns.append(values)
    return list(zip(*columns, strict=True))

"""The files there are now, against the store -> units of work, and messages on what needs none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from finmetrics.batch.model import Failed, File, Finished, Known, Message, Unchanged, Unit
from finmetrics.batch.store import Store
from finmetrics.batch.work import content_of, hash_of, read, unreachable
from finmetrics.model import Document
from finmetrics.reading import ReadFailure
from finmetrics.reading.file import FileReader
from finmetrics.reading.kind import HEAD, kind_of

_FEEDS = frozenset({"jsonl", "csv", "parquet"})

Planned = Unit | tuple[File, Message]


def planned(file: File, store: Store, *, rebuild: bool) -> Iterator[Planned]:
    """What is to be done about a file: nothing where it is as the store has it, else units and messages.

    A feed is read here, and its documents go to the workers one by one; any other file is a worker's as a whole.
    """
    signature, content, due = store.see(file)
    if not due and signature is not None and signature == file.signature:
        return
    try:
        if content and not due and hash_of(file) == content:
            yield file, Finished(content, whole=False, same=True)
        elif _is_feed(file):
            yield from _of_feed(file, store, rebuild=rebuild)
        else:
            yield Unit(file, known=store.known(file.name))
    except OSError as error:
        yield file, unreachable(file, error)
        yield file, Finished(b"", whole=False)


def _is_feed(file: File) -> bool:
    with open(file.path, "rb") as opened:
        return kind_of(opened.read(HEAD), Path(file.path).suffix) in _FEEDS


def _of_feed(file: File, store: Store, *, rebuild: bool) -> Iterator[Planned]:
    content = hash_of(file)
    whole = True
    with closing(FileReader(file.reading)) as reader:
        for item in read(file, reader):
            if isinstance(item, ReadFailure):
                whole = False
                yield file, Failed(item.source, "unreadable", item.reason, content=content)
            else:
                yield from _of_document(file, item, store, rebuild=rebuild)
    yield file, Finished(content, whole=whole)


def _of_document(file: File, document: Document, store: Store, *, rebuild: bool) -> Iterator[Planned]:
    content = content_of(document)
    met = store.meet(file.name, document.doc_id, content)
    if met is not None:
        if met != content:
            reason = "another document of this feed has the same doc_id; the first was taken"
            yield file, Failed(f"{document.doc_id} (again)", "repeated", reason, content=content)
        return
    known = store.known_document(file.name, document.doc_id)
    if known is not None and known.content == content and not (rebuild and known.rules != store.rules):
        yield file, Unchanged(document.doc_id, content, known.rules)
        return
    failure = store.quarantined(file.name, document.doc_id, content)
    if failure is not None:
        yield file, failure
        return
    had: dict[str, Known] = {} if known is None else {document.doc_id: known}
    yield Unit(file, document, had)

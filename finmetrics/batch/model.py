"""What the steps of a nightly run pass to each other; no logic lives here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from finmetrics.model import Document
from finmetrics.reading import AS_IT_IS, Reading

# ``unreachable`` is tried again every night; the others when the content or the rules have changed.
FailureKind = Literal["unreachable", "unreadable", "repeated", "extraction", "killed", "hung"]


class StoreError(Exception):
    """The store cannot be used; the message is one line that names it."""


class Locked(Exception):
    """Another run holds the store."""


class NoWorkers(Exception):
    """Worker processes die before they are ready: no document is to blame."""


class Interrupted(BaseException):
    """The run was asked to stop (SIGTERM): what is done is kept, and the next run goes on."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a source: ``name`` as the store knows it, ``path`` to open it by.

    ``signature`` stands for its state on disk; it is empty where the file changed so lately that a later change
    might not show in it. ``published`` dates documents that state no date, ``reading`` says how to read it.
    """

    name: str
    path: str
    source: str
    found: bool
    size: int
    signature: str
    published: dt.date | None = None
    reading: Reading = AS_IT_IS

    @property
    def assumed(self) -> str:
        """What decides the documents beside the file's bytes; empty where nothing is said."""
        said = (self.published, None if self.reading == AS_IT_IS else self.reading)
        return ":".join(map(str, filter(None, said)))


@dataclass(frozen=True, slots=True)
class Lost:
    """A source, or a part of one, that cannot be listed now: its documents are left as they are."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Known:
    """A document as the store has it: the hash of its content, and the rules its figures come from."""

    content: bytes
    rules: str


@dataclass(frozen=True, slots=True)
class Unit:
    """What a worker does at one go: a file with all its documents, or one ``document`` of a feed.

    ``known`` are the documents that the store has of it.
    """

    file: File
    document: Document | None = None
    known: Mapping[str, Known] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Extracted:
    """A document and the rows it gave: tuples in the order of the table's columns that are not the document's."""

    doc_id: str
    content: bytes
    title: str
    published: dt.date | None
    source: str
    characters: int
    unresolved: int
    seconds: float
    rows: list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A document whose figures stand as they are; under ``rules``."""

    doc_id: str
    content: bytes
    rules: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A document, or a place in a feed, that gave nothing. ``doc_id`` is empty where it is not known."""

    place: str
    kind: FailureKind
    reason: str
    doc_id: str = ""
    content: bytes = b""
    quarantined: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a file: ``content`` is the hash of its bytes, ``same`` says that nothing was read anew.

    ``whole`` says that every document of the file was met, so that those not met are gone.
    """

    content: bytes
    whole: bool
    same: bool = False


Message = Extracted | Unchanged | Failed | Finished


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a run has to say: ``name`` and ``fields`` for programs, ``text`` for people."""

    name: str
    text: str
    level: Literal["info", "warning", "error"] = "info"
    fields: Mapping[str, Any] = field(default_factory=dict)

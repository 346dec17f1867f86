"""A gold file that a review writes to: a document a line, replaced one at a time, all others kept as they are."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from finmetrics.judging.evaluation import gold_document
from finmetrics.output.replacing import replacing
from finmetrics.review.corrections import Gold


class Conflict(ValueError):
    """Somebody else has changed the document in the file meanwhile."""


class GoldFile:
    """The documents of a file by ``doc_id``; a file that is not there yet has none.

    Raises ``ValueError`` that names file and line where it is no gold, ``OSError`` where it cannot be read.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        if not self.path.resolve().parent.is_dir():
            raise FileNotFoundError(2, "no such folder", str(self.path.parent))
        self._lock = threading.Lock()
        self._known = self._read()

    def get(self, doc_id: str) -> Gold | None:
        """The document as last read or written."""
        line = self._known.get(doc_id)
        return None if line is None else gold_document(line, str(self.path))

    def put(self, gold: Gold) -> None:
        """Writes the document in the place of its line, or after the last; on return it is on the disk.

        Raises :class:`Conflict` where its line is not the one last read or written, ``OSError`` where the file cannot
        be written; then the file is as it was.
        """
        doc_id = gold["doc_id"]
        line = json.dumps(gold, ensure_ascii=False)
        with self._lock, _locked(self.path.resolve().parent):
            now = self._read()
            if now.get(doc_id) != self._known.get(doc_id):
                self._known = now
                raise Conflict(f"{self.path}: document {doc_id!r} was changed by somebody else; it is read anew")
            now[doc_id] = line
            with replacing(self.path) as target:
                target.write_text("".join(f"{one}\n" for one in now.values()), encoding="utf-8", newline="\n")
            self._known = now

    def _read(self) -> dict[str, str]:
        found: dict[str, str] = {}
        if not self.path.exists():
            return found
        with open(self.path, encoding="utf-8-sig", newline="\n") as lines:
            try:
                for number, line in enumerate(lines, start=1):
                    if not line.strip():
                        continue
                    doc_id = gold_document(line, f"{self.path}:{number}")["doc_id"]
                    if doc_id in found:
                        raise ValueError(f"{self.path}:{number}: document {doc_id!r} is in the file twice")
                    found[doc_id] = line.removesuffix("\n")
            except UnicodeDecodeError:
                raise ValueError(f"{self.path}: not UTF-8") from None
        return found


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keeps other reviews from writing into the folder meanwhile, where the system can lock one."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)

"""Paths as a user gives them -> files: folders walked, globs expanded, ``-`` for standard input."""

from __future__ import annotations

import glob
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from finmetrics.reading.decode import refuse_binary
from finmetrics.reading.failure import NoFiles, ReadFailure, one_line
from finmetrics.reading.kind import BY_SUFFIX, HEAD, magic_of
from finmetrics.reading.limits import IN_MEMORY, MB

STDIN = "-"


@dataclass(frozen=True, slots=True)
class Source:
    """One file: ``name`` as given (with ``/``), ``found`` where a folder or glob led to it, ``size`` in bytes."""

    name: str
    found: bool
    size: int

    @property
    def suffix(self) -> str:
        return "" if self.name == STDIN else Path(self.name).suffix

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The file's bytes, seekable; ``OSError`` where it cannot be opened."""
        if self.name == STDIN:
            with _spooled(sys.stdin.buffer) as file:
                yield file
            return
        with open(self.name, "rb") as plain:
            if plain.seekable():
                yield plain
                return
            with _spooled(plain) as file:
                yield file


@contextmanager
def _spooled(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        head = stream.read(HEAD)
        if magic_of(head) is None:
            refuse_binary(head)  # before an endless device is read to its end
        while head:
            file.write(head)
            head = stream.read(MB)
        file.seek(0)
        yield file


def expand(paths: Iterable[str | os.PathLike[str]]) -> Iterator[Source | ReadFailure]:
    """The files that the paths name, in order; those of a folder or a glob sorted. What is not there fails.

    A file that several paths lead to comes once, so that its figures are not counted twice.
    """
    seen: set[str] = set()
    folders: dict[str, str] = {}
    for path in paths:
        for source in _named(os.fspath(path)):
            if isinstance(source, Source):
                place = source.name if source.name == STDIN else place_of(source.name, folders)
                if place in seen:
                    continue
                seen.add(place)
            yield source


def place_of(name: str, folders: dict[str, str]) -> str:
    """Where a file really is; ``folders`` keeps where its folder is, which a hundred thousand others share."""
    if os.path.islink(name):
        return os.path.realpath(name)
    folder, base = os.path.split(name)
    if folder not in folders:
        folders[folder] = os.path.realpath(folder)
    return os.path.join(folders[folder], base)


def _named(name: str) -> Iterator[Source | ReadFailure]:
    if name == STDIN:
        yield Source(STDIN, False, 0)
    elif os.path.isdir(name):
        yield from _walk(name)
    elif os.path.lexists(name):
        yield Source(_posix(name), False, _size(name))
    elif glob.has_magic(name):
        yield from _matches(name)
    else:
        yield ReadFailure(_shown(name), "no such file or folder")


def _matches(pattern: str) -> Iterator[Source | ReadFailure]:
    names = sorted(glob.glob(pattern, recursive=True))
    if not names:
        yield NoFiles(_shown(pattern), "no file matches")
    for name in names:
        if not os.path.isdir(name):
            yield Source(_posix(name), True, _size(name))
        elif "**" not in pattern:  # which matches the folders' files itself
            yield from _walk(name)


def _walk(folder: str) -> Iterator[Source | ReadFailure]:
    empty = True
    closed: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if Path(name).suffix.lower() in BY_SUFFIX and not name.startswith("."):
                empty = False
                path = os.path.join(parent, name)
                yield Source(_posix(path), True, _size(path))
    for error in closed:
        yield ReadFailure(_shown(_posix(str(error.filename))), one_line(error.strerror or error))
    if empty and not closed:
        yield NoFiles(_shown(_posix(folder)), f"no file with a known suffix ({' '.join(BY_SUFFIX)})")


def _posix(name: str) -> str:
    return name.replace(os.sep, "/") if os.sep != "/" else name


def _shown(name: str) -> str:
    """A name that can be printed, whatever bytes it has."""
    return name.encode("utf-8", "replace").decode()


def _size(name: str) -> int:
    try:
        return os.stat(name).st_size
    except OSError:
        return 0

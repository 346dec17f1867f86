"""Archives and compressed files -> the files in them, unpacked one at a time and only as far as the limits allow."""

from __future__ import annotations

import gzip
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO

from finmetrics.reading.failure import ReadFailure, Unreadable, one_line
from finmetrics.reading.fields import whole
from finmetrics.reading.kind import BY_SUFFIX
from finmetrics.reading.limits import IN_MEMORY, MB, UNPACKED_ALWAYS, Limits

_PIECE = MB
_PACKED_PIECE = 4_096  # what a piece of this size unpacks to is bounded, however well it is packed
_UTF8_NAMES = 0x800  # a flag of a member: its name is UTF-8
# What broken archives raise, by all the modules that unpack them.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    gzip.BadGzipFile,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)


class Budget:
    """What one file may still unpack to, with all that is packed inside it."""

    def __init__(self, packed: int, limits: Limits) -> None:
        self._limits = limits
        self._ratio = max(UNPACKED_ALWAYS, limits.ratio * packed)
        self._unpacked = 0

    def spend(self, count: int) -> None:
        """Takes bytes off; raises :class:`Unreadable` where there are none left."""
        self._unpacked += count
        if self._unpacked > self._limits.unpacked * MB:
            raise Unreadable(f"unpacks to more than {self._limits.unpacked} MB (limit unpacked)")
        if self._unpacked > self._ratio:
            raise Unreadable(f"unpacks to more than {self._limits.ratio} times its size (limit ratio)")


def members(
    file: IO[bytes], name: str, budget: Budget, limits: Limits
) -> Iterator[tuple[str, IO[bytes]] | ReadFailure]:
    """The files of a zip archive in its order, each with its name within it; those that cannot be read as failures.

    Folders, hidden files and files of no known suffix are passed over, as in a folder. Raises :class:`Unreadable`
    where the archive is broken, has too many members, or none that can be read.
    """
    try:
        archive = zipfile.ZipFile(file)
    except _BROKEN as error:
        raise Unreadable(f"not a readable zip archive: {one_line(error)}") from None
    with archive:
        entries = [entry for entry in archive.infolist() if _wanted(entry)]
        if len(entries) > limits.members:
            raise Unreadable(f"{len(entries)} files in it; at most {limits.members} are read (limit members)")
        if not entries:
            raise Unreadable("no file of a known suffix in it")
        for entry in entries:
            inside = f"{name}/{whole(_name(entry))}"
            if entry.flag_bits & 1:
                yield ReadFailure(inside, "encrypted: it needs a password")
                continue
            try:
                with archive.open(entry) as packed, _unpacked(_pieces(packed), budget) as member:
                    yield inside, member
            except Unreadable:
                raise
            except _BROKEN as error:
                yield ReadFailure(inside, f"cannot be unpacked: {one_line(error)}")


@contextmanager
def unpacked(file: IO[bytes], kind: str, budget: Budget) -> Iterator[IO[bytes]]:
    """The content of a ``gzip`` or ``zstd`` file; :class:`Unreadable` where it is broken or beyond the limits."""
    pieces = _gunzipped(file) if kind == "gzip" else _unzstd(file)
    with _unpacked(pieces, budget, kind) as content:
        yield content


@contextmanager
def _unpacked(pieces: Iterator[bytes], budget: Budget, kind: str = "") -> Iterator[IO[bytes]]:
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as content:
        try:
            for piece in pieces:
                budget.spend(len(piece))
                content.write(piece)
        except _BROKEN as error:
            if isinstance(error, Unreadable) or not kind:
                raise
            raise Unreadable(f"not a readable {kind} file: {one_line(error)}") from None
        content.seek(0)
        yield content


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece


def _gunzipped(file: IO[bytes]) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=file, mode="rb") as stream:
        yield from _pieces(stream)  # type: ignore[arg-type]


def _unzstd(file: IO[bytes]) -> Iterator[bytes]:
    """The frames of a file; :class:`EOFError` where the last is cut off, as gzip has it."""
    import zstandard

    frames = zstandard.ZstdDecompressor(max_window_size=2**31)
    frame = frames.decompressobj()
    begun = False
    try:
        while packed := file.read(_PACKED_PIECE):
            while packed:
                yield frame.decompress(packed)
                begun, packed = not frame.eof, frame.unused_data if frame.eof else b""
                if frame.eof:
                    frame = frames.decompressobj()
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from None
    if begun:
        raise EOFError("it ends within a frame")


def _wanted(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not entry.is_dir() and not hidden and path.suffix.lower() in BY_SUFFIX


def _name(entry: zipfile.ZipInfo) -> str:
    """A member's name; where it is not said to be UTF-8, Chinese programs write GB18030."""
    if entry.flag_bits & _UTF8_NAMES or entry.filename.isascii():
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return entry.filename

"""What office files (.docx, .xlsx) have in common: a zip archive with properties in it."""

from __future__ import annotations

import datetime as dt
import zipfile
from dataclasses import dataclass
from typing import IO

from finmetrics.reading.dates import day_of
from finmetrics.reading.failure import Unreadable
from finmetrics.reading.limits import MB, UNPACKED_ALWAYS, Limits


@dataclass(frozen=True, slots=True)
class Properties:
    """What an office file says of itself."""

    title: str = ""
    created: dt.date | None = None


def unpacking_within(file: IO[bytes], limits: Limits) -> None:
    """Raises :class:`Unreadable` where the file is no whole archive or would unpack beyond the limits."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile:
        raise Unreadable("broken: not a whole office file") from None
    total = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if total > limits.unpacked * MB or total > max(UNPACKED_ALWAYS, limits.ratio * packed):
        raise Unreadable(
            f"unpacks to {total // MB} MB, beyond the limits (unpacked {limits.unpacked} MB, ratio {limits.ratio})"
        )


def properties_of(file: IO[bytes]) -> Properties:
    """Title and day of creation, as far as the file states them."""
    from xml.etree import ElementTree

    try:
        with zipfile.ZipFile(file) as archive:
            core = ElementTree.fromstring(archive.read("docProps/core.xml"))
    except (KeyError, ElementTree.ParseError):
        return Properties()
    title = core.findtext("{*}title") or ""
    return Properties(" ".join(title.split()), day_of(core.findtext("{*}created") or ""))

"""The sources of a job -> the files there are now, and what cannot be listed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from finmetrics.batch.config import Config, Source
from finmetrics.batch.model import File, Lost
from finmetrics.reading.failure import NoFiles
from finmetrics.reading.fields import whole
from finmetrics.reading.sources import Source as Place
from finmetrics.reading.sources import expand, place_of

# A file system's clock may tick this slowly (FAT); a later change within one tick would not show.
_TICK_NS = 2_000_000_000


def listed(config: Config) -> Iterator[File | Lost]:
    """The files of every source, in the order of the configuration; of a file in two sources only the first.

    A source that fails to list, wholly or in part, comes as :class:`Lost` as well. The store's own files are none.
    """
    home = os.path.join(config.home, "")
    own = os.path.join(os.path.realpath(config.place(config.store)), "")
    folders: dict[str, str] = {}
    seen: set[str] = set()
    for source in config.sources:
        if source.drop:
            continue
        for found in expand([config.place(path) for path in source.paths]):
            if isinstance(found, Place):
                place = place_of(found.name, folders)
                if place not in seen and not place.startswith(own):
                    seen.add(place)
                    yield _file(found, source, home)
            elif not (source.allow_empty and isinstance(found, NoFiles)):
                yield Lost(source.name, str(found))


def _file(found: Place, source: Source, home: str) -> File:
    name = whole(found.name.removeprefix(home))
    signature, size = _signature(found.name, source)
    return File(name, found.name, source.name, found.found, size, signature, source.published)


def _signature(path: str, source: Source) -> tuple[str, int]:
    """The state of a file on disk, and its size; empty where it is not there or only just written.

    The device is left out: its number may change when the machine starts. ``ctime`` shows what a restored ``mtime``
    hides.
    """
    now = time.time_ns()
    try:
        stat = os.stat(path)
    except OSError:
        return "", 0
    if max(stat.st_mtime_ns, stat.st_ctime_ns) >= now - _TICK_NS:
        return "", stat.st_size
    state = (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, source.published or "")
    return ":".join(map(str, state)), stat.st_size

"""The sources of a job -> the files there are now, and what cannot be listed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace

from finmetrics.batch.config import Config, Source, limits_of
from finmetrics.batch.model import File, Lost
from finmetrics.reading import Reading
from finmetrics.reading.failure import NoFiles
from finmetrics.reading.fields import named, whole
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
    readings = {source.name: Reading(named(source.columns), limits_of(config.limits)) for source in config.sources}
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
                    yield _file(found, source, home, readings[source.name])
            elif not (source.allow_empty and isinstance(found, NoFiles)):
                yield Lost(source.name, str(found))


def _file(found: Place, source: Source, home: str, reading: Reading) -> File:
    name = whole(found.name.removeprefix(home))
    file = File(name, found.name, source.name, found.found, 0, "", source.published, reading)
    now = time.time_ns()
    try:
        stat = os.stat(found.name)
    except OSError:
        return file
    return replace(file, size=stat.st_size, signature=_signature(stat, file.assumed, now))


def _signature(stat: os.stat_result, assumed: str, now: int) -> str:
    """The state of a file on disk and what is assumed about it; empty where it was only just written.

    The device is left out: its number may change when the machine starts. ``ctime`` shows what a restored ``mtime``
    hides.
    """
    if max(stat.st_mtime_ns, stat.st_ctime_ns) >= now - _TICK_NS:
        return ""
    state = (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, assumed)
    return ":".join(map(str, state))

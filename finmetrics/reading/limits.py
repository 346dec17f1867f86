"""What a document may cost: the limits that keep one hostile file from taking a run down."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

MB = 1024 * 1024
IN_MEMORY = 16 * MB  # of what is unpacked or cannot be read twice; beyond it goes to a temporary file
UNPACKED_ALWAYS = 10 * MB  # what a file may unpack to, however small it is


def _limit(default: int, meaning: str) -> int:
    """A limit's default, with what it bounds for the documentation."""
    value: int = field(default=default, metadata={"meaning": meaning})
    return value


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits that reports as banks publish them keep by far; whatever goes beyond is a failure that names the limit.

    What each bounds stands with it. Raises ``ValueError`` for what is no whole
    number from 1.
    """

    size: int = _limit(256, "MB of a file that is one document")
    unpacked: int = _limit(4096, "MB that an archive or an office file unpacks to, with all that is packed inside it")
    ratio: int = _limit(250, "times its size that it unpacks to (from 10 MB on)")
    nesting: int = _limit(3, "archives within archives")
    members: int = _limit(100_000, "files of a zip archive")
    pages: int = _limit(5_000, "pages of a PDF file")
    cells: int = _limit(5_000_000, "cells of a workbook or of a CSV table")
    seconds: int = _limit(120, "seconds for reading one PDF or office file")
    memory: int = _limit(3072, "MB of memory for reading it")

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise ValueError(f"limit {one.name}: a whole number from 1 is needed, not {value!r}")


def parsed(stated: list[str]) -> Limits:
    """Limits as a command line states them: ``pages=300``, ``seconds=20``; ``ValueError`` for what is none."""
    names = [one.name for one in fields(Limits)]
    values: dict[str, int] = {}
    for words in stated:
        name, equals, value = words.partition("=")
        if not equals or name not in names or not value.isascii() or not value.isdigit():
            raise ValueError(f"no limit {words!r}; write NAME=NUMBER, where NAME is one of {', '.join(names)}")
        values[name] = int(value)
    return Limits(**values)

"""What a document may cost: the limits that keep one hostile file from taking a run down."""

from __future__ import annotations

from dataclasses import dataclass, fields

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits that reports as banks publish them keep by far; whatever goes beyond is a failure that names the limit.

    ``size``: MB of a file that is one document, and of a feed's line
    ``unpacked``: MB that an archive, or an office file, may unpack to
    ``ratio``: how many times its size it may unpack to (from 10 MB on)
    ``nesting``: archives within archives
    ``members``: files of an archive
    ``pages``: of a PDF file
    ``cells``: of a workbook
    ``seconds``: for reading one PDF or office file
    ``memory``: MB for reading it
    """

    size: int = 256
    unpacked: int = 4096
    ratio: int = 250
    nesting: int = 3
    members: int = 100_000
    pages: int = 5_000
    cells: int = 5_000_000
    seconds: int = 120
    memory: int = 3072

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise ValueError(f"limit {field.name}: a whole number from 1 is needed, not {value!r}")


def parsed(stated: list[str]) -> Limits:
    """Limits as a command line states them: ``pages=300``, ``seconds=20``; ``ValueError`` for what is none."""
    names = [field.name for field in fields(Limits)]
    values: dict[str, int] = {}
    for one in stated:
        name, equals, value = one.partition("=")
        if not equals or name not in names or not value.isascii() or not value.isdigit():
            raise ValueError(f"no limit {one!r}; write NAME=NUMBER, where NAME is one of {', '.join(names)}")
        values[name] = int(value)
    return Limits(**values)

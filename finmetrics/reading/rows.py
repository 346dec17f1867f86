"""A table's row as a line of text, whichever kind of file it comes from."""

from __future__ import annotations

from collections.abc import Sequence


def row_text(cells: Sequence[str]) -> str:
    """The cells joined by `` | ``; bars outside them too where an empty first or last cell would be lost."""
    line = " | ".join(cells)
    return line if cells[0] and cells[-1] else f"| {line} |"

"""What stands in a document's place when it cannot be read."""

from __future__ import annotations

from dataclasses import dataclass


class Unreadable(ValueError):
    """A document that cannot be read; the message is one line and says why."""


@dataclass(frozen=True, slots=True)
class ReadFailure:
    """``source``: which file, or file and line; ``reason``: one line that says why it was not read."""

    source: str
    reason: str

    def __str__(self) -> str:
        return f"{self.source}: {self.reason}"


class NoFiles(ReadFailure):
    """A folder or a glob that is there and leads to no file."""


def one_line(error: BaseException | str) -> str:
    """An error's message as one line of at most 200 characters."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 200 else text[:199] + "…"

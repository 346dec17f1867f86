"""Writing a file so that it is either whole or not there."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Gives a path to write to; it becomes ``target`` when the block ends well, and vanishes when it fails.

    The path lies in a temporary folder beside the target, on the same file system, which a writer may use
    for its own temporary files too. Raises ``OSError`` where the folder cannot be written to.
    """
    target = target.resolve()
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "no such folder", str(target.parent))
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "a folder, not a file", str(target))
    with tempfile.TemporaryDirectory(prefix=f".{target.name[:40]}-", dir=target.parent) as folder:
        written = Path(folder, target.name)
        yield written
        with open(written, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(written, target)

"""Compiled rules kept on disk from one process to the next, so that starting up is cheap.

What is kept is found by the content of the rules, the engine and the Python it was made by: it is never stale. It is
read only where nobody but this user can have written it, and holds only objects of our own. Whatever is wrong with
it, or with the folder, the rules are compiled as if nothing were kept.
"""

from __future__ import annotations

import gc
import hashlib
import importlib
import io
import os
import pickle
import re
import stat
import sys
import tempfile
from array import array
from collections.abc import Callable, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finmetrics.engine import engine
from finmetrics.home import rule_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finmetrics.lexicon import Lexicon

# The environment variable that names another folder, or switches this off.
FOLDER, OFF = "FINMETRICS_CACHE", "off"
_NEWEST = 8  # files that are left when another is written
_DIGEST = 32
# What may be in the file besides classes of finmetrics.
_PLAIN = {
    "builtins": ("frozenset", "set"),
    "decimal": ("Decimal",),
    "pathlib": ("Path", "PosixPath", "WindowsPath"),
}


def lexicon(folders: Iterable[Path], make: Callable[[], Lexicon]) -> Lexicon:
    """What ``make`` compiles from the rules in these folders, from disk where it is kept there."""
    folder = _folder()
    if folder is None:
        return make()
    try:
        path = folder / _name(folders)
    except OSError:
        return make()  # which says what is wrong with the rules
    found = _read(path)
    if found is None:
        found = make()
        with suppress(OSError):
            _write(path, found)
    return found


def _folder() -> Path | None:
    said = os.environ.get(FOLDER, "")
    if said == OFF:
        return None
    if said:
        return Path(said)
    import platformdirs

    folder = platformdirs.user_cache_path("finmetrics", appauthor=False)
    return folder if folder.is_absolute() else None  # of a user without a home


def _name(folders: Iterable[Path]) -> str:
    seen = hashlib.blake2b(f"{engine()}\0{sys.version}\0".encode(), digest_size=16)
    for folder in folders:
        seen.update(os.fsencode(folder) + b"\0")
        for file in rule_files(folder):
            data = file.read_bytes()
            seen.update(os.fsencode(file) + f"\0{len(data)}\0".encode() + data)
    return f"{seen.hexdigest()}.rules"


def _read(path: Path) -> Lexicon | None:
    try:
        with open(path, "rb") as file:
            data = file.read() if _ours_alone(os.fstat(file.fileno())) else b""
        if _seal(path, data[_DIGEST:]) != data[:_DIGEST]:
            return None
        from finmetrics.lexicon import Lexicon

        with _no_collection():
            found = _Unpickler(io.BytesIO(data[_DIGEST:])).load()
        return found if isinstance(found, Lexicon) else None
    except Exception:  # a file of another make: whatever it holds, it is not what was looked for
        return None


def _write(path: Path, lexicon: Lexicon) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    out = io.BytesIO()
    _Pickler(out, pickle.HIGHEST_PROTOCOL).dump(lexicon)
    data = out.getvalue()
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(_seal(path, data) + data)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
    kept = sorted(path.parent.glob("*.rules"), key=lambda other: other.stat().st_mtime, reverse=True)
    for old in kept[_NEWEST:]:
        old.unlink(missing_ok=True)


def _seal(path: Path, data: bytes) -> bytes:
    """What opens a file: it tells damaged data, and data that was kept under another name."""
    return hashlib.blake2b(data, digest_size=_DIGEST, key=path.stem.encode()).digest()


def _ours_alone(file: os.stat_result) -> bool:
    """Whether nobody else can have written a file; where there are no such rights, folders of users are their own."""
    if not hasattr(os, "geteuid"):
        return True
    writable = stat.S_IWGRP | stat.S_IWOTH
    return stat.S_ISREG(file.st_mode) and file.st_uid == os.geteuid() and not file.st_mode & writable


@contextmanager
def _no_collection() -> Iterator[None]:
    """Holds the garbage collector off, which would look through ten thousands of new objects, all of them alive."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _Pickler(pickle.Pickler):
    """Keeps patterns compiled: to compile them again would be half of the time that is saved."""

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, re.Pattern):
            return _pattern, _parts(value)
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    """Makes objects of our own only."""

    def find_class(self, module: str, name: str) -> Any:
        found = getattr(importlib.import_module(module), name) if module.startswith(("finmetrics.", *_PLAIN)) else None
        ours = isinstance(found, type) and found.__module__.startswith("finmetrics.") or found is _pattern
        if not ours and name not in _PLAIN.get(module, ()):
            raise pickle.UnpicklingError(f"{module}.{name} is nothing that rules are made of")
        return found


def _parts(pattern: re.Pattern[str]) -> tuple[Any, ...]:
    """What :mod:`re` makes of a pattern before it becomes an object; its code only where this Python has it so."""
    try:
        from re import _compiler, _parser  # type: ignore[attr-defined]

        parsed = _parser.parse(pattern.pattern, pattern.flags)
        names: dict[str, int] = parsed.state.groupdict
        groups: list[str | None] = [None] * parsed.state.groups
        for name, number in names.items():
            groups[number] = name
        code = array("I", _compiler._code(parsed, pattern.flags)).tobytes()
        return pattern.pattern, pattern.flags, code, parsed.state.groups - 1, names, tuple(groups)
    except (ImportError, AttributeError):
        return pattern.pattern, pattern.flags


def _pattern(
    text: str,
    flags: int,
    code: bytes = b"",
    groups: int = 0,
    names: dict[str, int] | None = None,
    named: tuple[str | None, ...] = (),
) -> re.Pattern[str]:
    if not code:
        return re.compile(text, flags)
    import _sre  # type: ignore[import-not-found]

    made: re.Pattern[str] = _sre.compile(text, flags, array("I", code).tolist(), groups, names, named)
    return made

"""The version of the engine: its number, with a hash of the modules that decide figures."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

# What decides no figure: modules that may change without making figures stale.
_ASIDE = (
    "analysis",
    "batch",
    "checking",
    "judging",
    "review",
    "cli.py",
    "ending.py",
    "explanation.py",
    "ruleindex.py",
    "rules_cli.py",
    "spark.py",
    "verbs.py",
)


@cache
def engine() -> str:
    """The engine's version, with a hash of its modules: a checkout changes without a new number."""
    from finmetrics import __version__

    package = Path(__file__).resolve().parent
    seen = hashlib.blake2b(digest_size=4)
    for file in sorted(package.rglob("*.py")):
        inside = file.relative_to(package)
        if inside.parts[0] not in _ASIDE:
            seen.update(f"{inside.as_posix()}\0".encode() + file.read_bytes() + b"\0")
    return f"{__version__}+{seen.hexdigest()}"

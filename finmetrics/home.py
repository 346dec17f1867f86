"""Where our own rules lie."""

from __future__ import annotations

from pathlib import Path


def rules_home() -> Path:
    """The folder of our rules: inside the package where it was installed from a wheel, else the checkout's."""
    package = Path(__file__).resolve().parent
    packed = package / "_rules"
    return packed if packed.is_dir() else package.parent / "rules"

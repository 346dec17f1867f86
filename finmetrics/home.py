"""Where our own rules lie, and which files of a folder are rules."""

from __future__ import annotations

from pathlib import Path


def rules_home() -> Path:
    """The folder of our rules: inside the package where it was installed from a wheel, else the checkout's."""
    package = Path(__file__).resolve().parent
    packed = package / "_rules"
    return packed if packed.is_dir() else package.parent / "rules"


def rule_files(folder: Path) -> list[Path]:
    """The files of rules in a folder, in the order they are read."""
    return sorted(path for pattern in ("*.yaml", "*.yml", "*/*.yaml", "*/*.yml") for path in folder.glob(pattern))

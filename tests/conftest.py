"""What the tests share: the public seeds where they are there, and the program as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"

# The machine's load is no property of the code.
settings.register_profile("finmetrics", deadline=None, print_blob=True)
settings.load_profile("finmetrics")

Program = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public seeds and gold beside the checkout; skips where there is none."""
    if not (SHARED / "gold" / "seeds.jsonl").exists():
        pytest.skip("needs ../shared")
    return SHARED


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Runs the program in a process of its own, in ``tmp_path``; bytes in and out."""

    def run(*arguments: str, stdin: bytes = b"", timeout: float = 60, **env: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "finmetrics.cli", *arguments],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            timeout=timeout,
            env=os.environ | {"COLUMNS": "100"} | env,
            check=False,
        )

    return run

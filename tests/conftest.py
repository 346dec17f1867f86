"""What the tests share: the public seeds where they are there, and the program as a user runs it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from nightly import Job
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"

# Rules that tests compile are kept here, not in the folder of whoever runs them.
os.environ["FINMETRICS_CACHE"] = str(ROOT / ".pytest_cache" / "finmetrics")

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


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A nightly job in ``tmp_path``."""
    from nightly import Job

    return Job(tmp_path)


# Under which names a Chromium may be installed.
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium as it is installed, or playwright's own; skips where there is neither."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    with playwright.sync_playwright() as driver:
        try:
            started = driver.chromium.launch(executable_path=found)
        except playwright.Error as error:
            pytest.skip(f"needs a Chromium: {str(error).splitlines()[0]}")
        yield started
        started.close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A window in English; fails where the page raised an error, broke its own policy or asked for anything else."""
    window = browser.new_page(viewport={"width": 1500, "height": 900}, locale="en-US")
    faults: list[str] = []
    expected = re.compile("status of 4|ERR_CONNECTION_REFUSED")  # what a server answers is for the test to judge
    window.on("pageerror", lambda error: faults.append(str(error)))
    window.on("dialog", lambda dialog: faults.append(dialog.message))
    window.on(
        "console", lambda said: said.type == "error" and not expected.search(said.text) and faults.append(said.text)
    )
    window.on("request", lambda asked: asked.url.startswith(("file:", "http://127.0.0.1:")) or faults.append(asked.url))
    window.set_default_timeout(15_000)
    yield window
    window.close()
    assert faults == []

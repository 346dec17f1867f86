"""Charts: what they draw, the files they make, and fonts for Chinese."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import finmetrics as fm
from finmetrics.analysis.fonts import undrawable
from finmetrics.analysis.plot import COMPUTED, STATED

Program = Callable[..., "subprocess.CompletedProcess[bytes]"]

ARTICLES = [
    "2021年末，光大银行手机银行月活用户1562.3万户。",
    "2022年末，光大银行手机银行月活用户1703.5万户。",
    "2023年末，光大银行手机银行月活用户1823万户，同比增长7.02%。2023年末，华夏银行手机银行月活用户突破600万户。",
    "2023年末，国有六大行手机银行月活用户合计9亿户。",
]


@pytest.fixture(scope="module")
def figures() -> pd.DataFrame:
    return fm.extract_frame(ARTICLES)


def data(chart: Any) -> list[dict[str, Any]]:
    """The rows that a chart draws."""
    found: list[dict[str, Any]] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            values = node.get("data", {}).get("values", []) if isinstance(node.get("data"), dict) else []
            found.extend(row for row in values if row not in found)
            for inner in node.values():
                walk(inner)
        elif isinstance(node, list):
            for inner in node:
                walk(inner)

    walk(chart.to_dict())
    return found


def test_a_series_with_its_growth(figures: pd.DataFrame) -> None:
    rows = data(fm.plot(figures, metric="mau", bank="光大银行"))
    levels = {row["period"]: (row["level"], row["label"]) for row in rows if "level" in row}
    assert levels == {
        "2021-12-31": (1562.3, "1562.3"),
        "2022-12-31": (1703.5, "1703.5"),
        "2023-12-31": (1823.0, "1823"),
    }
    growth = {row["period"]: (row["growth"], row["source"]) for row in rows if "growth" in row}
    assert growth == {"2022-12-31": (9.04, COMPUTED), "2023-12-31": (7.02, STATED)}


def test_banks_side_by_side_without_groups(figures: pd.DataFrame) -> None:
    rows = data(fm.plot(figures, metric="月活", period="2023-12-31"))
    assert [(row["bank"], row["label"]) for row in rows] == [("光大银行", "1823"), ("华夏银行", ">600")]
    assert rows[0]["colour"] != rows[1]["colour"]  # a bound is pale
    asked = fm.plot(figures, metric="mau", period="2023-12-31", bank=["国有六大行"])
    assert [row["label"] for row in data(asked)] == ["9"]


def test_what_is_not_comparable_is_drawn_apart() -> None:
    texts = ["2023年末，光大银行手机银行注册用户5200万户。", "2023年末，华夏银行信用卡签约用户310万户。"]
    chart = fm.plot(fm.extract_frame(texts), metric="registered_users", period="2023-12-31").to_dict()
    titles = re.findall(r'"title": "([^"]*· 2023-12-31)"', json.dumps(chart, ensure_ascii=False))
    assert len(set(titles)) == 2 and any("签约" in title for title in titles)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"metric": "dau"}, "no metric dau in the table; there are mau"),
        ({"metric": "mau", "bank": "平安银行"}, "no bank 平安银行 in the table; there are 光大银行"),
        ({"metric": "mau", "period": "2019"}, "there are 2021-12-31, 2022-12-31, 2023-12-31"),
        ({"metric": "mau", "out": "a.gif"}, "must end in .html, .png, .svg"),
    ],
)
def test_nothing_to_draw(figures: pd.DataFrame, wanted: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        fm.plot(figures, **wanted)  # type: ignore[arg-type]


def test_html_needs_no_network(figures: pd.DataFrame, tmp_path: Path) -> None:
    fm.plot(figures, metric="mau", bank="光大银行", out=tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert json.dumps("光大银行")[1:-1] in page and "1562.3" in page
    assert not re.search(r"<(?:script|link)[^>]+(?:src|href)=", page)
    assert len(page) > 500_000  # the library is inside


def test_png_has_chinese_or_is_refused(figures: pd.DataFrame, tmp_path: Path) -> None:
    if undrawable("月活光大银行同比"):
        with pytest.raises(ValueError, match="no font of this machine has"):
            fm.plot(figures, metric="mau", bank="光大银行", out=tmp_path / "a.png")
    else:
        fm.plot(figures, metric="mau", bank="光大银行", out=tmp_path / "a.png")
        assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.skipif(sys.platform != "linux", reason="fonts are hidden by a configuration of fontconfig")
def test_a_machine_without_fonts_is_told_so(figures: pd.DataFrame, program: Program, tmp_path: Path) -> None:
    figures.to_parquet(tmp_path / "figures.parquet")
    (tmp_path / "fonts.conf").write_text("<fontconfig><dir>none</dir></fontconfig>")
    bare = {"FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}
    done = program("plot", "figures.parquet", "--metric", "mau", "-o", "a.png", **bare)
    assert done.returncode == 2 and not (tmp_path / "a.png").exists()
    (line,) = done.stderr.decode().splitlines()
    assert "no font of this machine has" in line and "write .html" in line
    done = program("plot", "figures.parquet", "--metric", "mau", "-o", "a.html", **bare)
    assert done.returncode == 0 and (tmp_path / "a.html").exists()


def test_the_verb(figures: pd.DataFrame, program: Program, tmp_path: Path) -> None:
    figures.to_parquet(tmp_path / "figures.parquet")
    done = program(
        "plot", "figures.parquet", "--metric", "mau", "--bank", "光大银行", "--bank", "华夏银行", "-o", "a.svg"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert "光大银行" in (tmp_path / "a.svg").read_text(encoding="utf-8")
    done = program("plot", "figures.parquet", "--metric", "dau", "-o", "b.svg")
    assert done.returncode == 2 and b"no metric dau" in done.stderr and not (tmp_path / "b.svg").exists()


def test_without_the_extra_it_is_said_what_to_install(figures: pd.DataFrame, tmp_path: Path) -> None:
    """A Python in which altair cannot be imported, as where the extra is not installed."""
    figures.to_parquet(tmp_path / "figures.parquet")
    (tmp_path / "altair.py").write_text("raise ImportError('not installed')\n")
    command = [sys.executable, "-m", "finmetrics.cli", "plot", "figures.parquet", "--metric", "mau", "-o", "a.html"]
    env = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "pip install 'finmetrics[plot]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1

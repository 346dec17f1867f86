"""README and docs/ tell the truth: generated parts are fresh, and what is shown is run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import finmetrics as fm
from finmetrics.checking import check

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")
SENTENCE = "2023年，兴业银行碳减排量达86万吨，同比增长12.5%。"


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of a page in a language."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def test_generated_parts_are_fresh() -> None:
    ran = subprocess.run(
        [sys.executable, ROOT / "docs/generate.py", "--check"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


def test_two_commands_do_all_the_set_up() -> None:
    for page in READMES:
        text = (ROOT / page).read_text(encoding="utf-8")
        commands = re.findall(r"^python3 -m venv .*$", text, re.MULTILINE)
        assert [command + "\n" for command in commands] == blocks(page, "sh")[:2], page
        install, checks = commands
        assert install.endswith("pip install -q . && .venv/bin/finmetrics extract seeds")
        assert all(tool in checks for tool in ("'.[test]'", "ruff check .", "mypy", "pytest"))
    assert blocks("README.md", "sh")[:2] == blocks("README.zh-CN.md", "sh")[:2]


@pytest.fixture(scope="module")
def overlay(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """README's own metric, as a user would write it down."""
    (entry,) = blocks("README.md", "yaml")
    folder = tmp_path_factory.mktemp("mine")
    (folder / "metrics").mkdir()
    (folder / "metrics" / "green.yaml").write_text(entry, encoding="utf-8")
    return folder


def rows(rules: Path | None) -> list[tuple[str, str, float, str, str, str]]:
    figures = fm.extract(SENTENCE, rules=rules)
    return [(f.metric, f.metric_name, float(f.value), f.unit, f.measure, f.comparison) for f in figures]


def test_a_metric_is_one_yaml_entry(overlay: Path) -> None:
    assert [metric for metric, *_ in rows(None)] == ["other", "other"]
    assert rows(overlay) == [
        ("carbon_saved", "碳减排量", 860000.0, "吨", "level", ""),
        ("carbon_saved", "碳减排量", 12.5, "%", "growth", "yoy"),
    ]


def test_the_sentence_of_that_metric_is_the_one_shown() -> None:
    for page in READMES:
        assert SENTENCE in (ROOT / page).read_text(encoding="utf-8")


def test_readmes_show_the_same_metric() -> None:
    assert blocks("README.md", "yaml") == blocks("README.zh-CN.md", "yaml")


def test_chinese_page_of_rules_shows_the_same_overlays() -> None:
    assert blocks("docs/rules.zh.md", "yaml")
    assert set(blocks("docs/rules.zh.md", "yaml")) <= set(blocks("docs/rules.md", "yaml"))


def test_overlays_shown_pass_the_check(overlay: Path, tmp_path: Path) -> None:
    ours = set(check())
    assert [problem for problem in check(overlay) if problem not in ours] == []
    for entry in blocks("docs/rules.md", "yaml"):
        name = re.match(r"# mine/(\S+)\n", entry)
        assert name is not None, entry
        (tmp_path / name[1]).parent.mkdir(exist_ok=True)
        (tmp_path / name[1]).write_text(entry, encoding="utf-8")
    assert [problem for problem in check(tmp_path) if problem not in ours] == []
    figure = fm.extract("样例掌上银行6月当月登录客户12万户。", rules=tmp_path)[0]
    assert (figure.bank, figure.product, figure.metric) == ("样例农商银行", "样例掌上银行", "mau")


@pytest.mark.parametrize("page", READMES)
def test_python_shown_runs(page: str, overlay: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (code,) = blocks(page, "python")
    import pandas as pd

    articles = pd.DataFrame({"body": [SENTENCE, None]})
    names: dict[str, object] = {"articles": articles}
    exec(compile(code.replace('"mine"', repr(str(overlay))), f"<python of {page}>", "exec"), names)
    figure = fm.extract("截至2021年末，光大手机银行月活用户超1800万户，同比增长两成。", published="2022-03-29")[0]
    shown = re.search(r"figures\[0\]\.qualifier\s+# (.*)$", code, re.MULTILINE)
    assert shown is not None
    assert shown[1] == f"{figure.value!r}, {figure.unit}, {figure.metric}, {figure.qualifier}"
    frame = names["frame"]
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == [column.name for column in fm.COLUMNS]
    assert len(frame) == 2


@pytest.mark.parametrize("page", [*READMES, "CHANGELOG.md", *(f"docs/{path.name}" for path in ROOT.glob("docs/*.md"))])
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]*)(?:#([\w-]+))?\)", text)
    for target, anchor in links:
        path = (ROOT / page).parent / target if target else ROOT / page
        assert path.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {heading.lower().replace(" ", "-") for heading in headings}

"""The package as a user gets it: the wheel, what it carries, what it exports, and what its import leaves alone."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import finmetrics

ROOT = Path(__file__).parents[1]
TEXT = "截至2021年末，光大手机银行月活用户突破1800万户。"


def run(*command: str | Path, cwd: Path, **env: str) -> str:
    """What a command prints; fails with what it complained of."""
    ran = subprocess.run(
        command, cwd=cwd, env=os.environ | env, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that this checkout builds."""
    out = tmp_path_factory.mktemp("wheel")
    flags = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--wheel-dir")
    run(sys.executable, "-m", "pip", "wheel", *flags, out, ROOT, cwd=out)
    (built,) = out.glob("finmetrics-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """A folder with the wheel installed, apart from this checkout."""
    target = wheel.parent / "installed"
    flags = ("--no-deps", "--no-index", "--quiet", "--target")
    run(sys.executable, "-m", "pip", "install", *flags, target, wheel, cwd=wheel.parent)
    return target


def test_wheel_carries_every_rule(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        carried = {name: archive.read(name) for name in archive.namelist()}
    rules = {
        f"finmetrics/_rules/{path.relative_to(ROOT / 'rules').as_posix()}": path
        for path in ROOT.glob("rules/**/*.yaml")
    }
    assert len(rules) > 10
    assert {name: carried.get(name) for name in rules} == {name: path.read_bytes() for name, path in rules.items()}
    assert "finmetrics/py.typed" in carried
    foreign = [name for name in carried if not name.startswith(("finmetrics/", "finmetrics-"))]
    assert foreign == []


def test_installed_program_runs_from_anywhere(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text(TEXT, encoding="utf-8")
    program = installed / "bin" / "finmetrics"
    columns = "bank,metric,value,unit"
    out = run(program, "extract", "article.txt", "--columns", columns, cwd=tmp_path, PYTHONPATH=str(installed))
    assert out.splitlines() == [columns, "光大银行,mau,18000000,户"]


def test_installed_program_carries_the_page(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text(TEXT, encoding="utf-8")
    program = installed / "bin" / "finmetrics"
    run(program, "report", "article.txt", "-o", "report.html", cwd=tmp_path, PYTHONPATH=str(installed))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "1800万户" in page and page.rstrip().endswith("</html>")


def test_installed_package_reads_the_rules_it_carries(installed: Path, tmp_path: Path) -> None:
    code = "import finmetrics.home; print(finmetrics.home.rules_home())"
    home = Path(run(sys.executable, "-c", code, cwd=tmp_path, PYTHONPATH=str(installed)).strip())
    assert home == installed / "finmetrics" / "_rules"


def test_version_is_the_wheels(wheel: Path, installed: Path, tmp_path: Path) -> None:
    program = installed / "bin" / "finmetrics"
    said = run(program, "--version", cwd=tmp_path, PYTHONPATH=str(installed)).strip()
    assert said == f"finmetrics {finmetrics.__version__}"
    assert wheel.name.startswith(f"finmetrics-{finmetrics.__version__}-")


@pytest.mark.parametrize(
    "heavy", ["pandas", "pyarrow", "jieba", "rjieba", "pydantic", "yaml", "regex", "rich", "typer", "numpy"]
)
def test_import_leaves_heavy_packages_alone(heavy: str) -> None:
    code = f"import sys, finmetrics; print({heavy!r} in sys.modules)"
    assert run(sys.executable, "-c", code, cwd=ROOT).strip() == "False"


def test_an_article_through_the_program_needs_no_pandas_or_arrow(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    command = [sys.executable, "-X", "importtime", "-m", "finmetrics.cli", "extract", "a.txt", "-o", "a.csv"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=True)
    imported = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}
    assert "finmetrics.extractor" in imported
    assert imported.isdisjoint({"pandas", "pyarrow", "numpy", "jieba", "rjieba", "trafilatura"})


def test_exported_names_are_those_declared() -> None:
    assert sorted(finmetrics.__all__) == sorted(dir(finmetrics))
    for name in finmetrics.__all__:
        assert getattr(finmetrics, name) is not None


def test_exported_names_are_never_hidden_by_modules() -> None:
    code = (
        "import importlib, pkgutil, types, finmetrics\n"
        "for module in pkgutil.walk_packages(finmetrics.__path__, 'finmetrics.'):\n"
        "    importlib.import_module(module.name)\n"
        "print([n for n in finmetrics.__all__ if isinstance(getattr(finmetrics, n), types.ModuleType)])"
    )
    assert run(sys.executable, "-c", code, cwd=ROOT).strip() == "[]"


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        finmetrics.nonsense  # noqa: B018


def test_every_exported_name_says_what_it_is() -> None:
    for name in finmetrics.__all__:
        value = getattr(finmetrics, name)
        if callable(value):
            assert value.__doc__, name

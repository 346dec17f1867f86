"""Compiled rules on disk: the same figures, never stale, and harmless whatever lies there."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path

import pytest
from conftest import ROOT

from finmetrics.extractor import Extractor
from finmetrics.lexicon import compiled
from finmetrics.model import Document

SEEDS = sorted((ROOT / "seeds").glob("0*"))
OURS = "- id: carbon_saved\n  name: 碳减排量\n  period: duration\n  units: [吨]\n  terms: [{term}]\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to keep rules in."""
    monkeypatch.setenv("FINMETRICS_CACHE", str(tmp_path / "kept"))
    return tmp_path / "kept"


@pytest.fixture
def overlay(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a folder of rules with one metric, found by one term."""

    def write(term: str) -> Path:
        file = tmp_path / "mine" / "metrics" / "green.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(OURS.format(term=term), encoding="utf-8")
        return tmp_path / "mine"

    return write


def _metric(rules: Path, text: str = "兴业银行减碳量86万吨。") -> str:
    return Extractor(rules).run(Document(text)).figures[0].metric


def test_what_is_read_back_gives_the_same_rows(folder: Path, overlay: Callable[[str], Path]) -> None:
    rules = overlay("减碳量")
    made, read = Extractor(rules), Extractor(rules)
    assert len(list(folder.iterdir())) == 1
    assert read.lexicon.rules == made.lexicon.rules
    entry = read.lexicon.rules.metrics[-1]
    assert entry.where("terms", 0) == made.lexicon.rules.metrics[-1].where("terms", 0) != ""
    for path in SEEDS:
        document = Document(path.read_text(encoding="utf-8"), path.name)
        rows = [[astuple(figure) for figure in one.run(document).figures] for one in (made, read)]
        assert rows[0] == rows[1] != []


def test_changed_rules_are_never_stale(folder: Path, overlay: Callable[[str], Path]) -> None:
    assert _metric(overlay("减碳量")) == "carbon_saved"
    assert _metric(overlay("节碳量")) == "other"
    assert _metric(overlay("减碳量")) == "carbon_saved"
    assert len(list(folder.iterdir())) == 2


def test_an_overlay_without_rules_is_refused_though_ours_are_kept(folder: Path, tmp_path: Path) -> None:
    compiled(ROOT / "rules")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="holds no rules"):
        compiled(tmp_path / "empty")


@pytest.mark.parametrize("damage", ["cut", "garbage", "empty", "other"])
def test_a_damaged_file_is_replaced(folder: Path, overlay: Callable[[str], Path], damage: str) -> None:
    rules = overlay("减碳量")
    assert _metric(rules) == "carbon_saved"
    [file] = folder.iterdir()
    whole = file.read_bytes()
    other = _sealed(file, pickle.dumps({"not": "rules"}))
    bad = {"cut": whole[:-100], "garbage": b"\xff" * 900, "empty": b"", "other": other}[damage]
    file.write_bytes(bad)
    assert _metric(rules) == "carbon_saved"
    assert file.read_bytes() != bad


def _sealed(file: Path, data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=32, key=file.stem.encode()).digest() + data


class _Trap:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, ...]]:
        return os.mkdir, (str(self.mark),)


def test_a_file_that_names_other_code_is_not_run(folder: Path, overlay: Callable[[str], Path], tmp_path: Path) -> None:
    rules = overlay("减碳量")
    _metric(rules)
    [file] = folder.iterdir()
    trap = pickle.dumps(_Trap(tmp_path / "sprung"))
    file.write_bytes(_sealed(file, trap))
    assert _metric(rules) == "carbon_saved"
    assert not (tmp_path / "sprung").exists()
    pickle.loads(trap)  # it would have worked
    assert (tmp_path / "sprung").exists()


def test_rules_kept_under_another_name_are_not_read(folder: Path, overlay: Callable[[str], Path]) -> None:
    rules = overlay("减碳量")
    _metric(rules)
    [file] = folder.iterdir()
    overlay("节碳量")
    assert _metric(rules) == "other"
    [other] = set(folder.iterdir()) - {file}
    other.write_bytes(file.read_bytes())
    assert _metric(rules) == "other"


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs rights of files")
def test_a_file_that_others_can_write_is_replaced(folder: Path, overlay: Callable[[str], Path]) -> None:
    rules = overlay("减碳量")
    _metric(rules)
    [file] = folder.iterdir()
    number = file.stat().st_ino
    _metric(rules)
    assert file.stat().st_ino == number, "a file of our own alone is read, not replaced"
    file.chmod(0o666)
    _metric(rules)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_written_is_no_fault(folder: Path, overlay: Callable[[str], Path]) -> None:
    folder.write_text("a file, no folder")
    assert _metric(overlay("减碳量")) == "carbon_saved"


def test_nothing_is_kept_where_it_is_off(
    folder: Path, overlay: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FINMETRICS_CACHE", "off")
    monkeypatch.chdir(tmp_path)
    assert _metric(overlay("减碳量")) == "carbon_saved"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine"]


def test_old_files_go(folder: Path, overlay: Callable[[str], Path]) -> None:
    folder.mkdir()
    for number in range(10):
        old = folder / f"{number}.rules"
        old.write_bytes(b"")
        os.utime(old, (number, number))
    compiled(overlay("减碳量"))
    assert sorted(path.name for path in folder.iterdir() if len(path.stem) == 1) == [f"{n}.rules" for n in range(3, 10)]
    assert len(list(folder.iterdir())) == 8


def test_the_program_starts_from_what_is_kept(folder: Path, program: Callable[..., object]) -> None:
    program("extract", str(SEEDS[0]), "-o", "first.csv")
    [file] = folder.iterdir()
    before = file.stat().st_mtime_ns
    program("extract", str(SEEDS[0]), "-o", "second.csv")
    assert (file.stat().st_mtime_ns, list(folder.iterdir())) == (before, [file])

"""The characters a pattern can begin with: never too few."""

from __future__ import annotations

import json
import re

import pytest
from conftest import ROOT

from finmetrics.firsts import first_characters
from finmetrics.rules import load


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("第[一二]号", "第"),
        ("[一二]?号", "一二号"),
        ("(?:[a-c]|丁)+戊", "abc丁"),
        ("(?<!不)(?=上)上升", "上"),
        ("(?P<a>月|年)*+日", "月年日"),
        ("(?m)^\\[", "["),
        ("[^一]二", None),
        ("\\w+@", None),
        ("(?i)a", None),
        ("(?i:a)b", None),
        ("一?", None),
        (".一", None),
    ],
)
def test_first_characters(pattern: str, expected: str | None) -> None:
    assert first_characters(pattern) == (None if expected is None else frozenset(expected))


def test_our_exclusions_begin_with_what_is_found() -> None:
    lines = (ROOT / "tests/gold/seeds.jsonl").read_text(encoding="utf-8").splitlines()
    text = "\n".join(json.loads(line)["text"] for line in lines)
    found = 0
    for entry in load().exclusions:
        firsts = first_characters(entry.pattern, re.MULTILINE) if entry.pattern else None
        for match in re.finditer(entry.pattern, text, re.MULTILINE) if firsts is not None else ():
            assert match.group()[0] in (firsts or ())
            found += 1
    assert found > 20

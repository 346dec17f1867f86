"""Our own rules are sound: every example holds, both ways, nothing is claimed twice, and no entry is dead."""

from __future__ import annotations

from pathlib import Path

import pytest

from finmetrics.checking import check, unused
from finmetrics.checking.examples import WITH_EXAMPLES, Example, examples
from finmetrics.home import rules_home
from finmetrics.rules import load

FILES = sorted(str(path.relative_to(rules_home())) for path in rules_home().rglob("*.yaml"))


@pytest.fixture(scope="module")
def problems() -> list[str]:
    """What the check says of our rules; places inside rules/."""
    return [line.removeprefix(f"{rules_home()}/") for line in check()]


@pytest.fixture(scope="module")
def dead() -> list[str]:
    """The entries of our rules that no example needs; places inside rules/."""
    return [line.removeprefix(f"{rules_home()}/") for line in unused().entries]


@pytest.mark.parametrize("file", FILES)
def test_nothing_is_wrong_with(problems: list[str], file: str) -> None:
    assert [line for line in problems if line.startswith(f"{file}:")] == []


@pytest.mark.parametrize("kind", WITH_EXAMPLES)
def test_every_entry_is_needed_by_an_example(dead: list[str], kind: str) -> None:
    assert [line for line in dead if Path(line).parts[0].partition(".yaml:")[0] == kind] == []


def test_every_kind_has_examples_that_are_run() -> None:
    told = [one for one in examples(load()) if isinstance(one, Example)]
    assert {one.kind for one in told if one.key == "examples"} == set(WITH_EXAMPLES)
    assert {one.kind for one in told if one.key == "not"} == {"banks", "metrics", "exclusions"}

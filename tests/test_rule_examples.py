"""Our own rules are sound: every example holds, both ways, nothing is claimed twice, and no entry is dead."""

from __future__ import annotations

from pathlib import Path

import pytest

from finmetrics.checking import check, unused
from finmetrics.checking.examples import WITH_EXAMPLES, Example, examples, outcome
from finmetrics.extractor import Extractor
from finmetrics.home import rules_home
from finmetrics.rules import load

# Examples of what should come out and does not yet, as written, and why.
GAPS = {
    "浦发手机银行客户7000万户": "a short name right before a generic product does not count as the bank by itself",
    "微众、网商两家银行合计服务小微7000万户": "two short names before 两家银行 do not count as a list by themselves",
    "九台农商行手机银行用户达80万户": "the numeral 九台 hides the name that begins with it",
    "九台农商银行普惠小微贷款户数增加2000户": "the numeral 九台 hides the name that begins with it",
    "360数科员工超过500人": "the numeral 360 hides the name that begins with it",
}
# Files that are not clean yet, and kinds with entries that no example needs yet; the tests below say which.
UNCLEAN = {
    "changes.yaml", "exclusions.yaml", "metrics/balance.yaml", "metrics/customers.yaml", "metrics/quality.yaml",
    "metrics/reach.yaml", "metrics/result.yaml", "metrics/technology.yaml", "metrics/use.yaml", "periods.yaml",
    "words.yaml",
}  # fmt: skip
UNNEEDED = {"metrics", "units", "qualifiers", "changes", "periods", "products", "words", "exclusions"}

FILES = sorted(str(path.relative_to(rules_home())) for path in rules_home().rglob("*.yaml"))


def open_work(names: list[str], unfinished: set[str]) -> list[object]:
    """Parameters, those of work under way as strict expected failures."""
    late = pytest.mark.xfail(strict=True, reason="listed above as not finished")
    return [pytest.param(name, marks=late if name in unfinished else ()) for name in names]


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    """Our rules, compiled once."""
    return Extractor()


@pytest.fixture(scope="module")
def problems() -> list[str]:
    """What the check says of our rules, known gaps left out; places inside rules/."""
    lines = [line.removeprefix(f"{rules_home()}/") for line in check()]
    return [line for line in lines if not any(f"{gap!r}: does not name it" in line for gap in GAPS)]


@pytest.fixture(scope="module")
def dead() -> list[str]:
    """The entries of our rules that no example needs; places inside rules/."""
    known = {one.entry.where() for one in examples(load()) if isinstance(one, Example) and one.written in GAPS}
    lines = [line for line in unused().entries if not line.startswith(tuple(f"{where}: " for where in known))]
    return [line.removeprefix(f"{rules_home()}/") for line in lines]


@pytest.mark.parametrize("file", open_work(FILES, UNCLEAN))
def test_nothing_is_wrong_with(problems: list[str], file: str) -> None:
    assert [line for line in problems if line.startswith(f"{file}:")] == []


@pytest.mark.parametrize("kind", open_work(list(WITH_EXAMPLES), UNNEEDED))
def test_every_entry_is_needed_by_an_example(dead: list[str], kind: str) -> None:
    assert [line for line in dead if Path(line).parts[0].partition(".yaml:")[0] == kind] == []


@pytest.mark.parametrize(
    "written", [pytest.param(gap, marks=pytest.mark.xfail(strict=True, reason=why)) for gap, why in GAPS.items()]
)
def test_a_known_gap(extractor: Extractor, written: str) -> None:
    told = [one for one in examples(extractor.lexicon.rules) if isinstance(one, Example) and one.written == written]
    assert [outcome(one, extractor) for one in told] == [""]


def test_every_kind_has_examples_that_are_run() -> None:
    told = [one for one in examples(load()) if isinstance(one, Example)]
    assert {one.kind for one in told if one.key == "examples"} == set(WITH_EXAMPLES)
    assert {one.kind for one in told if one.key == "not"} == {"banks", "metrics", "exclusions"}

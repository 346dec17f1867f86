"""How bank texts state figures, construction by construction: tests/constructions/ through the whole engine.

``python tests/test_constructions.py`` rewrites the table of docs/constructions.md; ``--gaps`` prints what every
example that is marked as a gap gives today.
"""

from __future__ import annotations

import datetime as dt
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pytest
import yaml

import finmetrics as fm
from finmetrics.judging.scoring import METRICS

FOLDER = Path(__file__).with_name("constructions")
PAGE = Path(__file__).parents[1] / "docs" / "constructions.md"
START, END = "<!-- constructions -->\n", "<!-- end -->"

# What a slot is where an example does not say; slots that are not here are compared only where it does.
UNSAID: dict[str, Any] = {
    "value_max": None, "unit": "", "bank": "", "branch": "", "measure": "level", "comparison": "",
    "qualifier": "exact", "status": "actual", "per": "", "cumulative": False, "period": "",
}  # fmt: skip
WHERE_SAID = {"product", "definition", "metric_text", "segment", "channel"}
STATED = {"quote", "value", "metric", *UNSAID, *WHERE_SAID}


@dataclass(frozen=True)
class Example:
    """A text and every figure in it, in order; ``gap`` says why the engine does not read it right yet."""

    text: str
    figures: list[Mapping[str, Any]]
    title: str = ""
    published: str | None = None
    all: Mapping[str, Any] = field(default_factory=dict)
    gap: str = ""

    def expected(self) -> list[dict[str, Any]]:
        """The figures, each with what ``all`` says of every one of them and what is unsaid."""
        return [UNSAID | self.all | figure for figure in self.figures]


@dataclass(frozen=True)
class Construction:
    """A way of stating figures."""

    id: str
    name: str
    examples: list[Example]


def constructions() -> dict[str, list[Construction]]:
    """Every file's constructions, by the file's subject; ``TypeError`` where a key is unknown or missing."""
    found: dict[str, list[Construction]] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        found[content["subject"]] = [
            Construction(one["id"], one["name"], [Example(**example) for example in one["examples"]])
            for one in content["constructions"]
        ]
    return found


def stated(figure: fm.Figure, slot: str) -> object:
    """A slot of a figure in the notation of the examples."""
    match slot:
        case "value" | "value_max":
            value = getattr(figure, slot)
            return None if value is None else float(value)
        case "period":
            ends = [figure.period_start, figure.period_end] if figure.period_kind == "duration" else [figure.period_end]
            return "/".join(str(end) for end in ends if end is not None)
        case "metric":
            return figure.metric if figure.metric in METRICS else "other"
    return getattr(figure, slot)


def same(value: object, right: object) -> bool:
    """Whether a slot holds what an example says; dates are read as dates by YAML."""
    if isinstance(value, float) and isinstance(right, float | int):
        return math.isclose(value, right, rel_tol=1e-9)
    return value == (str(right) if isinstance(right, dt.date) else right)


def differences(example: Example) -> list[str]:
    """What comes out other than the example says."""
    got = list(fm.extract(example.text, title=example.title, published=example.published))
    wanted = example.expected()
    if [figure.quote for figure in got] != [figure["quote"] for figure in wanted]:
        return [f"figures {[figure.quote for figure in got]}, not {[figure['quote'] for figure in wanted]}"]
    found = []
    for figure, facts in zip(got, wanted, strict=True):
        assert example.text[figure.start : figure.end] == figure.quote
        for slot, right in facts.items():
            rights = right if isinstance(right, list) else [right]
            value = stated(figure, slot)
            if not any(same(value, one) for one in rights):
                found.append(f"{figure.quote}: {slot} {value!r}, not {' or '.join(str(one) for one in rights)}")
    return found


def table() -> str:
    """The table of docs/constructions.md: a line a construction, with how many examples hold and why others do not."""
    lines = []
    for subject, ways in constructions().items():
        lines += [f"### {subject}", "", "| construction | read right | not yet |", "| --- | --- | --- |"]
        for way in ways:
            gaps = dict.fromkeys(example.gap for example in way.examples if example.gap)
            right = sum(not example.gap for example in way.examples)
            lines.append(f"| {way.name} | {right} of {len(way.examples)} | {'; '.join(gaps)} |")
        lines.append("")
    ways = [way for group in constructions().values() for way in group]
    whole = [way for way in ways if not any(example.gap for example in way.examples)]
    examples = [example for way in ways for example in way.examples]
    figures = sum(len(example.figures) for example in examples)
    right = sum(not example.gap for example in examples)
    head = (
        f"{len(ways)} constructions, {len(whole)} of them without a known gap; "
        f"{len(examples)} examples with {figures} figures, {right} examples read right."
    )
    return "\n".join([head, "", *lines])


def parameters() -> list[Any]:
    """An example a parameter; gaps as strict expected failures."""
    return [
        pytest.param(
            example,
            id=f"{way.id}-{number}",
            marks=pytest.mark.xfail(strict=True, reason=example.gap) if example.gap else (),
        )
        for ways in constructions().values()
        for way in ways
        for number, example in enumerate(way.examples, 1)
    ]


@pytest.mark.parametrize("example", parameters())
def test_a_construction(example: Example) -> None:
    assert differences(example) == []


def test_the_examples_are_sound() -> None:
    ways = [way for group in constructions().values() for way in group]
    assert len({way.id for way in ways}) == len(ways)
    texts = [example.text for way in ways for example in way.examples]
    assert len(set(texts)) == len(texts)
    slots = {one.name for one in fields(fm.Figure)} | {"period"}
    assert slots >= STATED
    for way in ways:
        assert 2 <= len(way.examples) <= 6, way.id
        for example in way.examples:
            place = 0
            for figure in example.expected():
                assert figure.keys() <= STATED and {"quote", "value", "metric"} <= figure.keys(), figure
                found = example.text.find(figure["quote"], place)
                assert found >= 0, f"{figure['quote']} is not in {example.text}"
                place = found + len(figure["quote"])


def test_the_page_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page.split(START)[1].split(END)[0] == table(), "run python tests/test_constructions.py"


def main() -> None:
    """Rewrites the page, or prints what gaps give."""
    if "--gaps" in sys.argv:
        for ways in constructions().values():
            for way in ways:
                for number, example in enumerate(way.examples, 1):
                    wrong = differences(example)
                    if wrong or example.gap:
                        print(f"{way.id}-{number} {'GAP' if example.gap else 'FAIL'} {example.gap}")
                        print("   ", example.text.replace("\n", "⏎"))
                        print(*(f"        {line}" for line in wrong or ["holds now"]), sep="\n")
        return
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(START)
    PAGE.write_text(before + START + table() + END + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    main()

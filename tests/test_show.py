"""Figures for the eye."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from finmetrics.model import Figure
from finmetrics.output.show import amount, cells, measure, period, printable


def figure(value: str = "1", **changes: object) -> Figure:
    said: dict[str, object] = {"quote": "q", "unit": "户", "unit_kind": "count"} | changes
    high = said.pop("high", None)
    return Figure(
        "d",
        start=0,
        end=1,
        value=Decimal(value),
        value_max=Decimal(str(high)) if high else None,
        **said,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("shown", "value", "changes"),
    [
        ("9999户", "9999", {}),
        ("1万户", "10000", {}),
        ("357.32万户", "3573200", {}),
        (">5500亿元", "550000000000", {"unit": "元", "unit_kind": "currency", "qualifier": "over"}),
        ("46.73万亿元", "46730000000000", {"unit": "元", "unit_kind": "currency"}),
        ("30-40%", "30", {"high": 40, "unit": "%", "unit_kind": "percent"}),
        ("25万-30万户", "250000", {"high": 300000}),
        ("+41.97%", "41.97", {"unit": "%", "unit_kind": "percent", "measure": "growth"}),
        ("-4.94%", "-4.94", {"unit": "%", "unit_kind": "percent", "measure": "growth"}),
        ("-20万户", "-200000", {"measure": "change"}),
        ("<200户", "200", {"qualifier": "under"}),
        ("~100户/day", "100.0", {"qualifier": "about", "per": "day"}),
        ("20000%", "20000", {"unit": "%", "unit_kind": "percent"}),
        ("0户", "0", {}),
    ],
)
def test_amount(shown: str, value: str, changes: dict[str, object]) -> None:
    assert amount(figure(value, **changes)) == shown


@pytest.mark.parametrize(
    ("shown", "start", "end"),
    [
        ("", None, None),
        ("2021-12-31", None, "2021-12-31"),
        ("2021-01-01...", "2021-01-01", None),
        ("2021", "2021-01-01", "2021-12-31"),
        ("2021H1", "2021-01-01", "2021-06-30"),
        ("2021H2", "2021-07-01", "2021-12-31"),
        ("2021Q3", "2021-07-01", "2021-09-30"),
        ("2021-01-01..2021-09-30", "2021-01-01", "2021-09-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-02-01..2023-02-27", "2023-02-01", "2023-02-27"),
        ("2016-01-01..2020-12-31", "2016-01-01", "2020-12-31"),
    ],
)
def test_period(shown: str, start: str | None, end: str | None) -> None:
    first, last = (day and dt.date.fromisoformat(day) for day in (start, end))
    assert period(figure(period_start=first, period_end=last)) == shown


def test_measure() -> None:
    assert measure(figure()) == "level"
    assert measure(figure(measure="growth", comparison="yoy", status="target")) == "growth yoy target"


def test_cells_are_one_safe_line() -> None:
    shown = cells(figure(bank="光大\x1b[31m银行", branch="上海\n分行", quote="5\u202e户\ud800"))
    assert shown[0] == "光大 [31m银行 上海 分行" and shown[-1] == "5 户 "
    assert printable("\x00\x9b\u2066a") == "   a"

"""Figures -> Arrow and pandas: every column, the same types whatever the rows, values as exact as a float can be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finmetrics.model import Document, Extraction, Figure
from finmetrics.output import table
from finmetrics.output.columns import BY_NAME, COLUMNS, NAMES, schema, select
from finmetrics.output.table import batches, fact_id, to_frame, to_table, without_pandas

# The order and the names of the contract: users write queries against them.
PUBLIC = (
    "fact_id doc_id source title published bank bank_id bank_type branch product channel segment metric metric_name "
    "metric_text definition status per measure comparison value value_max unit unit_kind qualifier cumulative "
    "period_kind period_start period_end quote start end page box sentence rule confidence"
).split()
DTYPES = {
    "string": "string",
    "float64": "float64",
    "int64": "Int64",
    "bool": "boolean",
    "date": "datetime64[s]",
}


def figure(value: str = "3573200", **changes: object) -> Figure:
    said: dict[str, object] = {"quote": "357.32万户", "period_end": dt.date(2021, 12, 31), "bank": "光大银行"}
    return Figure("d", start=4, end=11, value=Decimal(value), cumulative=True, **(said | changes))  # type: ignore[arg-type]


def extraction(*figures: Figure, **document: object) -> Extraction:
    return Extraction(Document("月活达到357.32万户", "d", published=dt.date(2022, 3, 29), **document), list(figures))  # type: ignore[arg-type]


def test_the_public_columns() -> None:
    assert list(NAMES) == PUBLIC
    assert len({column.zh for column in COLUMNS}) == len(COLUMNS)
    for field in schema():
        assert field.metadata[b"description"] and field.metadata[b"zh"].decode() == BY_NAME[field.name].zh


def test_a_row() -> None:
    [row] = to_table([extraction(figure(value_max=Decimal("4e6")), title="题")]).to_pylist()
    assert row["fact_id"] == fact_id("d", 4, 11)
    assert (row["value"], row["value_max"], row["cumulative"], row["start"]) == (3573200.0, 4000000.0, True, 4)
    assert (row["title"], row["source"], row["branch"]) == ("题", None, None)
    assert (row["published"], row["period_end"], row["period_start"]) == (
        dt.date(2022, 3, 29),
        dt.date(2021, 12, 31),
        None,
    )


@pytest.mark.parametrize("figures", [[], [figure()], [figure(), figure(value_max=Decimal(1))]])
def test_a_frame_has_the_same_types_whatever_the_rows(figures: list[Figure]) -> None:
    frame = to_frame(to_table([extraction(*figures)]))
    assert list(frame.columns) == PUBLIC and len(frame) == len(figures)
    assert {name: str(frame.dtypes[name]) for name in PUBLIC} == {c.name: DTYPES[c.kind] for c in COLUMNS}


def test_what_is_not_said_is_missing_in_a_frame() -> None:
    frame = to_frame(to_table([extraction(figure(period_end=None, bank=""))]))
    assert frame.loc[0, ["bank", "value_max", "period_end", "branch"]].isna().all()
    assert frame.loc[0, "bank"] is pd.NA


def test_days_beyond_the_range_of_nanoseconds() -> None:
    frame = to_frame(to_table([extraction(figure(period_end=dt.date(9999, 12, 31)))]))
    assert frame.loc[0, "period_end"] == dt.datetime(9999, 12, 31)


@pytest.mark.parametrize(
    ("exact", "value"),
    [
        ("3573200", 3573200.0),
        ("41.97", 41.97),
        ("-4.94", -4.94),
        ("0.1", 0.1),
        ("1e308", 1e308),
        ("1e309", None),
        ("-1e400", None),
        ("1" * 400, None),
    ],
)
def test_values(exact: str, value: float | None) -> None:
    [row] = to_table([extraction(figure(exact, value_max=Decimal(exact)))]).to_pylist()
    assert row["value"] == value and row["value_max"] == value


def test_lone_surrogates_become_the_replacement_character() -> None:
    [row] = to_table([extraction(figure(bank="a\ud800b😀", quote="\udfff"))]).to_pylist()
    assert (row["bank"], row["quote"]) == ("a\ufffdb😀", "\ufffd")


@given(st.text(), st.integers(0, 1 << 40), st.integers(0, 1 << 40))
def test_fact_ids(doc_id: str, start: int, end: int) -> None:
    one = fact_id(doc_id, start, end)
    assert one == fact_id(doc_id, start, end) and one[0] == "f" and len(one) == 17
    assert one != fact_id(doc_id + "x", start, end) and one != fact_id(doc_id, start, end + 1)


def test_fact_ids_never_change() -> None:
    assert fact_id("seeds/01-everbright.md", 4, 11) == "f8ddd7d507af4dafd"


def test_batches_are_bounded_and_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_BATCH_FIGURES", 10)
    taken = 0

    def stream() -> Iterator[Extraction]:
        nonlocal taken
        for i in range(100):
            taken += 1
            yield extraction(*[figure(str(i))] * (i % 4))

    found = batches(stream())
    first = next(found)
    assert first.num_rows <= 13 and taken < 15, "the stream was read further than a batch needs"
    values = pa.concat_tables([first, *found]).column("value").to_pylist()
    assert values == [float(i) for i in range(100) for _ in range(i % 4)]


def test_long_texts_end_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_BATCH_CHARACTERS", 24)
    assert [one.num_rows for one in batches([extraction(figure())] * 4)] == [2, 2]


@pytest.mark.parametrize("found", [[], [extraction()]])
def test_no_figures_are_one_empty_batch(found: list[Extraction]) -> None:
    [one] = batches(found)
    assert one.num_rows == 0 and one.schema.equals(schema())


def test_select() -> None:
    assert [column.name for column in select(["value", " bank ", "指标"])] == ["value", "bank", "metric"]
    assert select(None) == COLUMNS
    for names, message in (
        (["nope"], "no column 'nope'; columns are fact_id"),
        (["bank", "机构"], "twice"),
        ([], "no columns"),
    ):
        with pytest.raises(ValueError, match=message):
            select(names)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (pa.string(), ["手机银行", None, "x" * 200]),
        (pa.int64(), [None, 3, -5, 0, 2**62] * 3),
        (pa.float64(), [None, 41.97, -0.0, 0.0]),
        (pa.bool_(), [True, False, True] * 7),
        (pa.date32(), [dt.date(2021, 12, 31), None, dt.date(1960, 2, 29), dt.date(1970, 1, 1), dt.date.max]),
    ],
    ids=str,
)
def test_arrays_made_without_pandas_are_those_of_arrow(kind: pa.DataType, values: list[object]) -> None:
    for held in (values, values[:1], []):
        made, expected = without_pandas(held, kind), pa.array(held, kind)
        made.validate(full=True)
        assert (made.type, repr(made.to_pylist()), made.null_count) == (
            kind,
            repr(expected.to_pylist()),
            expected.null_count,
        )


def test_every_type_of_column_is_made_without_pandas() -> None:
    one, two = figure("1"), figure("2", period_end=dt.date(2021, 12, 31), page=3)
    for field in schema():
        made = without_pandas([], field.type)
        assert made.type == field.type
    assert to_table([extraction(one, two)]).column("page").to_pylist() == [None, 3]

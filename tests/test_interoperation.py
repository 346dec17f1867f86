"""The table in other tools: what docs/interoperation.md shows runs, and gives what it says."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from conftest import ROOT

import finmetrics as fm
from finmetrics.output.columns import COLUMNS, NAMES

PAGE = (ROOT / "docs" / "interoperation.md").read_text(encoding="utf-8")
TEXT = "截至2021年末，光大手机银行月活用户超1800万户，同比增长两成。"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The names that the page's code leaves behind, run from its first line to its last."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    names: dict[str, Any] = {}
    code = "".join(re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        exec(compile(code, "<python of docs/interoperation.md>", "exec"), names)
        names["top"] = names["top"].fetchall()  # while its file is there
    return names


def test_polars(shown: dict[str, Any]) -> None:
    one, many, figures = shown["one"], shown["many"], shown["figures"]
    assert isinstance(one, pl.DataFrame) and one.columns == many.columns == list(NAMES)
    assert one.schema["value"] == pl.Float64 and one.schema["period_end"] == pl.Date
    assert one.schema["cumulative"] == pl.Boolean and one.schema["start"] == pl.Int64
    assert one["value"].to_list() == [18_000_000.0, 20.0]
    assert one["period_end"].to_list() == [dt.date(2021, 12, 31)] * 2
    assert many.shape == figures.shape and many["fact_id"].to_list() == figures["fact_id"].tolist()
    assert many["branch"].null_count() == figures["branch"].isna().sum() > 0
    expected = figures[(figures["measure"] == "growth") & (figures["comparison"] == "yoy")]
    assert shown["yearly"].rows() == list(expected[["bank", "metric", "value"]].itertuples(index=False, name=None))


def test_duckdb(shown: dict[str, Any]) -> None:
    assert shown["growth"] == [("mau", 20.0)]
    figures = shown["figures"]
    levels = figures[(figures["metric"] == "mau") & (figures["measure"] == "level")].sort_values("value")
    assert [row[1] for row in shown["top"]] == levels["value"].tolist()[::-1]
    assert all(quote in sentence for _, _, quote, sentence in shown["top"])
    counted = dict(shown["banks"].to_pydict().items())
    assert dict(zip(counted["bank"], counted["n"], strict=True)) == {
        (None if pd.isna(bank) else bank): count for bank, count in figures["bank"].value_counts(dropna=False).items()
    }


def test_sql_over_parquet_has_the_types_of_the_columns(tmp_path: Path) -> None:
    fm.extract_to(ROOT / "seeds", tmp_path / "figures.parquet")
    described = duckdb.sql(f"DESCRIBE SELECT * FROM '{tmp_path / 'figures.parquet'}'").fetchall()
    types = {"string": "VARCHAR", "float64": "DOUBLE", "int64": "BIGINT", "bool": "BOOLEAN", "date": "DATE"}
    assert [(name, type_) for name, type_, *_ in described] == [(one.name, types[one.kind]) for one in COLUMNS]
    assert pl.read_parquet(tmp_path / "figures.parquet").shape[1] == len(COLUMNS)


@pytest.mark.parametrize("text", [TEXT, ""])
def test_the_arrow_stream(text: str) -> None:
    table = fm.extract(text).to_arrow()
    read = pa.RecordBatchReader.from_stream(table).read_all()
    assert read.equals(table) and read.schema.names == list(NAMES)
    meaning = {column.name: column.description for column in COLUMNS}
    for field in read.schema:
        assert field.metadata[b"description"].decode() == meaning[field.name]
    pd.testing.assert_frame_equal(
        pl.DataFrame(table).to_pandas()[["quote", "value"]].astype({"quote": "string", "value": "float64"}),
        fm.extract(text).to_frame()[["quote", "value"]],
    )


def test_pandas(shown: dict[str, Any]) -> None:
    best = shown["levels"].groupby("bank")["value"].max()
    assert best["光大银行"] == 18_000_000 and best["华夏银行"] == 3_573_200


def test_the_link_shown_is_the_one_given(shown: dict[str, Any]) -> None:
    link = shown["found"]["link"][1]
    assert f"`{link}`" in PAGE and unquote(link).endswith("#:~:text=合作机构-,3家")

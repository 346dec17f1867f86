"""The same rows from a local Spark as from this process."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

import finmetrics as fm
from finmetrics.judging.evaluation import read_gold, stated_in
from finmetrics.output.table import to_table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

pytest.importorskip("pyspark", reason="needs the extra spark")
if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
    pytest.skip("needs Java", allow_module_level=True)

GOLD = Path(__file__).parent / "gold"
SCHEMA = "doc_id string, title string, published date, body string"


@pytest.fixture
def spark() -> Iterator[SparkSession]:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    from pyspark.sql import SparkSession

    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.session.timeZone": "UTC",
    }
    session = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    yield session
    session.stop()


@pytest.fixture
def documents() -> list[fm.Document]:
    """Some documents of every gold file, short ones."""
    found: list[fm.Document] = []
    for file in sorted(GOLD.glob("*.jsonl")):
        found += sorted(map(stated_in, read_gold(file)), key=lambda document: len(document.text))[:8]
    return found


def frame(spark: SparkSession, rows: list[tuple[object, ...]], parts: int = 3) -> DataFrame:
    return spark.createDataFrame(rows, SCHEMA).repartition(parts)


def in_order(table: pa.Table) -> pa.Table:
    return table.sort_by([("doc_id", "ascending"), ("start", "ascending")]).combine_chunks()


def test_spark(spark: SparkSession, documents: list[fm.Document], tmp_path: Path) -> None:
    """All in one, as a Spark takes longer to start than these take together."""
    rows_equal_the_local_ones(spark, documents)
    one_bad_row_fails_no_stage(spark)
    columns_and_rules_are_checked_on_the_driver(spark, tmp_path)


def rows_equal_the_local_ones(spark: SparkSession, documents: list[fm.Document]) -> None:
    from finmetrics import spark as ours

    rows: list[tuple[object, ...]] = [(d.doc_id, d.title, d.published, d.text) for d in documents]
    found = ours.extract(frame(spark, [*rows, ("nothing", "", None, None)]), text="body").toArrow()
    local = to_table(map(fm.Extractor().run, documents))
    assert local.num_rows > 100
    assert found.column("error").null_count == found.num_rows
    found = found.drop_columns("error")
    assert found.schema.equals(local.schema.remove_metadata())
    assert in_order(found).equals(in_order(local).replace_schema_metadata())


def one_bad_row_fails_no_stage(spark: SparkSession) -> None:
    """Texts that are no UTF-8: one in GB18030 is read, one of neither is an error of its own row."""
    from finmetrics import spark as ours

    text = "兴业银行2021年净利润826.8亿元。"
    rows = [("good", text.encode()), ("chinese", text.encode("gb18030")), ("bad", b"\xff" * 9), ("none", None)]
    texts = spark.createDataFrame(rows, "doc_id string, text binary").repartition(1)
    found = [(row["doc_id"], row["quote"], row["error"]) for row in ours.extract(texts).collect()]
    assert sorted(found, key=str) == [
        ("bad", None, "neither UTF-8 (byte 0) nor GB18030 (byte 0); convert it to UTF-8"),
        ("chinese", "826.8亿元", None),
        ("good", "826.8亿元", None),
    ]


def columns_and_rules_are_checked_on_the_driver(spark: SparkSession, tmp_path: Path) -> None:
    from finmetrics import spark as ours

    texts = frame(spark, [("a", "", None, "兴业银行碳减排量达86万吨。")], parts=1)
    with pytest.raises(KeyError, match="no column 'text'; there are doc_id, title, published, body"):
        ours.extract(texts)
    (tmp_path / "metrics.yaml").write_text("- id: broken\n", encoding="utf-8")
    with pytest.raises(fm.RulesError, match="broken: name"):
        ours.extract(texts, text="body", rules=tmp_path)
    (tmp_path / "metrics.yaml").write_text(
        "- {id: carbon_saved, name: 碳减排量, period: duration, units: [吨], terms: [碳减排量]}\n", encoding="utf-8"
    )
    assert [row["metric"] for row in ours.extract(texts, text="body", rules=tmp_path).collect()] == ["carbon_saved"]

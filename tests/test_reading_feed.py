"""Feeds: a document per row; a bad row is named by its line and the rest goes on."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from finmetrics.model import Document
from finmetrics.reading import ReadFailure, documents, feed
from finmetrics.reading.dates import day_of

TEXT = "客户5万户。"


def read(path: Path, data: bytes | str) -> list[Document | ReadFailure]:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return list(documents(path))


def shown(found: list[Document | ReadFailure]) -> list[str]:
    """A text, or the line and the reason."""
    return [
        one.text if isinstance(one, Document) else f"{one.source.rpartition(':')[2]}: {one.reason}" for one in found
    ]


def test_json_lines_with_bad_ones_between(tmp_path: Path) -> None:
    lines = [
        b'{"text": "a"}',
        b"",
        b"{broken",
        b"[1, 2]",
        b'{"text": 5}',
        b'{"doc_id": "x"}',
        b'{"text": "\xff"}',
        b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"text": ' + b"1" * 10_000 + b"}",
        b'{"text": "z\\ud800"}',
    ]
    found = shown(read(tmp_path / "feed.jsonl", b"\r\n".join(lines)))
    assert found[0] == "a" and found[-1] == "z\ufffd"
    starts = [
        "3: not JSON",
        "4: a JSON object is needed, not list",
        "5: text is int",
        "6: no text",
        "7: cannot be decoded",
    ]
    starts += ["8: JSON nested too deep", "9: not JSON"]
    assert [one[: len(start)] for one, start in zip(found[1:-1], starts, strict=True)] == starts
    assert all(len(one) < 250 and "\n" not in one for one in found)


@pytest.mark.parametrize(
    ("row", "document"),
    [
        ({"text": TEXT}, Document(TEXT, "FILE#1", source="FILE")),
        ({"content": TEXT, "id": 7, "url": "http://a.example"}, Document(TEXT, "7", source="http://a.example")),
        ({"正文": TEXT, "标题": "题", "编号": "甲", "来源": "报"}, Document(TEXT, "甲", "题", source="报")),
        ({"text": TEXT, "published": "bad"}, Document(TEXT, "FILE#1", source="FILE")),
    ],
)
def test_the_names_of_fields(tmp_path: Path, row: dict[str, object], document: Document) -> None:
    path = tmp_path / "f.jsonl"
    [found] = read(path, json.dumps(row, ensure_ascii=False))
    assert isinstance(found, Document)
    there = replace(document, doc_id=document.doc_id.replace("FILE", str(path)))
    assert found == replace(there, source=document.source.replace("FILE", str(path)))


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_csv_with_quotes_breaks_and_delimiters(tmp_path: Path, delimiter: str, encoding: str) -> None:
    texts = ['第一"段"\n第二段,;\t5万户', TEXT, ""]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["ID", "Text", "Title"])
    writer.writerows([[i, text, "题"] for i, text in enumerate(texts)])
    found = read(tmp_path / "feed.csv", out.getvalue().encode(encoding))
    assert [(one.doc_id, one.text, one.title) for one in found if isinstance(one, Document)] == [
        (str(i), text, "题") for i, text in enumerate(texts)
    ]


def test_csv_with_bad_rows_between(tmp_path: Path) -> None:
    rows = [b"doc_id,text", b"1,a", b'2,"x"y', b"3,b,c,d", b"", b"5,\xff\xff", b"6", b"7,z"]
    found = shown(read(tmp_path / "feed.csv", b"\n".join(rows)))
    assert found == [
        "a",
        "3: not CSV: ',' expected after '\"'",
        "4: 4 cells under 2 columns",
        "6: cannot be decoded",
        "7: no text",
        "z",
    ]


def test_a_quote_that_is_never_closed(tmp_path: Path) -> None:
    found = shown(read(tmp_path / "feed.csv", 'doc_id,text\n1,a\n2,"open\n' + "3,b\n" * 1_000))
    assert found == ["a", "3: not CSV: unexpected end of data"]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("feed.csv", "a,b\n1,2\n", "no column named text; there are a, b"),
        ("feed.csv", "", "empty"),
        ("feed.csv", "\n\n", "empty"),
        ("feed.csv", "text," + "x" * 3_000 + "\n", "begins with a line of column names"),
        ("feed.parquet", b"PAR1" + b"x" * 100, "not a readable Parquet file"),
        ("feed.txt", b"PAR1", "not a readable Parquet file"),
        ("feed.jsonl", b"\x00\x01\x02" * 99, "not text"),
    ],
)
def test_what_is_no_feed(tmp_path: Path, name: str, data: bytes | str, reason: str) -> None:
    [failure] = read(tmp_path / name, data)
    assert isinstance(failure, ReadFailure) and reason in failure.reason and failure.source == str(tmp_path / name)


def test_a_parquet_without_a_text_column_and_a_cut_one(tmp_path: Path) -> None:
    path = tmp_path / "feed.parquet"
    pq.write_table(pa.table({"words": ["a"]}), path)
    assert shown(list(documents(path)))[0].endswith("no column named text; there are words")
    pq.write_table(pa.table({"text": [TEXT] * 5_000, "title": [str(i) for i in range(5_000)]}), path)
    data = bytearray(path.read_bytes())
    data[100:400] = b"\xff" * 300
    path.write_bytes(data)
    found = list(documents(path))
    assert isinstance(found[-1], ReadFailure) and "not a readable Parquet file" in found[-1].reason
    assert shown(read(path, bytes(data[:-50])))[-1].count("not a readable Parquet file") == 1


def test_a_line_too_long_fails_and_the_next_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "_LONGEST_LINE", 100)
    long = json.dumps({"text": "x" * 1_000})
    found = shown(read(tmp_path / "feed.jsonl", f'{{"text": "a"}}\n{long}\n{{"text": "b"}}\n'))
    assert found == ["a", "2: line longer than 100 bytes", "b"]


def test_a_line_of_ten_megabytes(tmp_path: Path) -> None:
    text = "客户5万户。" * 600_000
    [found] = read(tmp_path / "feed.jsonl", json.dumps({"text": text}, ensure_ascii=False))
    assert isinstance(found, Document) and found.text == text


def test_a_feed_is_streamed(tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl"
    line = json.dumps({"text": "x" * 1_000}).encode() + b"\n"
    path.write_bytes(line * 3_000)
    reached: list[int] = []
    found = documents(path, progress=lambda done, total: reached.append(done))
    next(found)
    assert reached[-1] < 2 * len(line)


@pytest.mark.parametrize(
    "written",
    [
        '[{"Title": "光大", "content": "月活1800万户", "pub_date": "2024/3/28"}]',
        '[\n  {\n    "headline": "光大",\n    "body": "月活1800万户",\n    "publish_time": 1711584000000\n  }\n]\n',
        '{\n  "title": "光大",\n  "text": "月活1800万户",\n  "published_at": "2024-03-28T09:00:00+08:00"\n}\n',
    ],
)
def test_json_of_one_document_or_of_an_array_of_them(tmp_path: Path, written: str) -> None:
    (tmp_path / "a.json").write_text(written, encoding="utf-8")
    [found] = documents(tmp_path)
    assert isinstance(found, Document)
    assert (found.text, found.title, found.published) == ("月活1800万户", "光大", dt.date(2024, 3, 28))


def test_json_that_holds_no_documents_is_a_failure_and_a_package_of_ours_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"scripts": {}}', encoding="utf-8")
    (tmp_path / "b.json").write_text('[{"text": "月活1800万户"}, {"name": 1}, 3', encoding="utf-8")
    (tmp_path / "datapackage.json").write_text('{"name": "a", "resources": []}', encoding="utf-8")
    found = list(documents(tmp_path))
    assert [str(failure).partition(": ")[2] for failure in found if isinstance(failure, ReadFailure)] == [
        "no text",
        "not JSON: Expecting ',' delimiter: line 1 column 38 (char 37)",
    ]
    assert len(found) == 2


@pytest.mark.parametrize(("stamp", "day"), [(1711584000, 28), (1711584000000, 28), ("1711555199", 27), (20240328, 28)])
def test_a_moment_in_seconds_is_the_day_in_china(stamp: object, day: int) -> None:
    assert day_of(stamp) == dt.date(2024, 3, day)

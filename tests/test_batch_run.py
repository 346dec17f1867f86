"""A nightly run: what is new, changed, gone and unchanged, against sources that come, go and fail."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pandas as pd
import pytest
from nightly import CONFIG, Job

import finmetrics as fm
from finmetrics.batch import api
from finmetrics.output.columns import NAMES

DOCUMENTS = Path(__file__).parent / "documents"
ONE = "截至2021年末，光大银行手机银行注册用户突破5200万户。"
TWO = "2021年，招商银行科技投入132.91亿元，同比增长11.58%。"
THREE = "兴业银行2021年净利润826.8亿元。"


def rewrite(path: Path, text: str) -> None:
    """Changes a file's content, and nothing else that a listing shows but ctime."""
    before = path.stat()
    assert len(text.encode()) == before.st_size
    with open(path, "r+b") as file:
        file.write(text.encode())
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def in_order(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values("fact_id").reset_index(drop=True)


def test_nights(job: Job) -> None:
    one, two = job.write("1.txt", ONE), job.write("2.txt", TWO)
    first = job.run()
    assert (first["run"], first["new"], first["documents"], first["figures"]) == (1, 2, 2, 3)
    assert first["new_banks"] == ["光大银行", "招商银行"]
    assert first["new_metrics"] == ["registered_users", "tech_investment"]
    assert job.quotes() == [("1.txt", "5200万户"), ("2.txt", "132.91亿元"), ("2.txt", "11.58%")]

    # Nothing has changed: no worker starts, and the published files are the same files.
    second = job.run()
    assert (second["new"], second["changed"], second["gone"], second["extracted_figures"]) == (0, 0, 0, 0)
    nights = [job.folder / f"store/published/run-00000{n}/figures.parquet" for n in (1, 2)]
    assert nights[0].stat().st_ino == nights[1].stat().st_ino

    rewrite(one, ONE.replace("5200", "5300"))
    two.unlink()
    job.write("3.txt", THREE)
    third = job.run()
    assert (third["new"], third["changed"], third["gone"]) == (1, 1, 1)
    assert job.quotes() == [("1.txt", "5300万户"), ("3.txt", "826.8亿元")]

    # What was said of past nights still stands.
    config = api.load(job.folder / "job.toml")
    assert list(api.figures(config, run=1)["quote"]) == ["5200万户", "132.91亿元", "11.58%"]
    assert list(api.figures(config, run=2)["quote"]) == ["5200万户", "132.91亿元", "11.58%"]
    changes = {(c.what, (c.after or c.before or {})["quote"]): c.columns for c in api.diff(config)}
    assert changes == {
        ("changed", "5300万户"): ("value", "quote", "sentence"),
        ("gone", "132.91亿元"): (),
        ("gone", "11.58%"): (),
        ("new", "826.8亿元"): (),
    }
    assert [c.what for c in api.diff(config, 0, 1)] == ["new"] * 3
    assert list(api.diff(config, 1, 2)) == []
    with pytest.raises(ValueError, match="no run 9; there are 1 to 3"):
        api.figures(config, run=9)


def test_rows_are_those_of_extract(job: Job) -> None:
    job.write("1.md", f"---\ntitle: 年报\ndate: 2022-03-29\n---\n去年末，{ONE.partition('，')[2]}\n\n{TWO}")
    feed = [{"doc_id": "a", "text": ONE}, {"text": THREE, "published": "2022-01-01"}, {"text": "没有数字"}]
    job.write("2.jsonl", "\n".join(json.dumps(row) for row in feed))
    job.run()
    before = Path.cwd()
    os.chdir(job.folder)
    try:
        expected = fm.read("articles")
    finally:
        os.chdir(before)
    got = api.figures(api.load(job.folder / "job.toml"))
    assert tuple(got.columns) == NAMES and len(got) > 4
    assert in_order(got).equals(in_order(expected))


def test_moved_figures_are_no_changes(job: Job) -> None:
    path = job.write("1.txt", ONE)
    job.run()
    path.write_text(f"这是新加的一段话。\n\n{ONE}", encoding="utf-8")
    assert job.run()["changed"] == 1
    assert list(api.diff(api.load(job.folder / "job.toml"))) == []


def test_lost_sources_keep_their_documents(job: Job, tmp_path: Path) -> None:
    other = '[[sources]]\nname = "other"\npaths = ["other"]\n'
    job.configure(CONFIG + other)
    job.write("1.txt", ONE)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "2.txt").write_text(TWO, encoding="utf-8")
    job.run()

    (tmp_path / "other").rename(tmp_path / "away")
    lost = job.run(code=3)
    assert (lost["lost"], lost["gone"], lost["documents"]) == (["other"], 0, 2)
    assert ("lost", f"source other: {tmp_path}/other: no such file or folder") in lost["said"]
    (tmp_path / "other").mkdir()  # as a disk that is not mounted
    assert job.run(code=3)["documents"] == 2
    job.configure(CONFIG)
    undeclared = job.run()
    assert (undeclared["undeclared"], undeclared["documents"]) == (["other"], 2)

    job.configure(CONFIG + other + "allow_empty = true\n")
    assert (job.run()["gone"], len(job.quotes())) == (1, 1)


def test_unreadable_parts_of_a_source_keep_their_documents(job: Job) -> None:
    if os.getuid() == 0:
        pytest.skip("root reads everything")
    (job.articles / "deep").mkdir()
    job.write("deep/1.txt", ONE)
    job.write("2.txt", TWO)
    job.run()
    (job.articles / "deep").chmod(0)
    try:
        lost = job.run(code=3)
    finally:
        (job.articles / "deep").chmod(0o755)
    assert (lost["lost"], lost["gone"], lost["documents"]) == (["articles"], 0, 2)


def test_dropped_source(job: Job) -> None:
    job.write("1.txt", ONE)
    job.run()
    job.configure(CONFIG + "drop = true\n")
    assert job.run()["gone"] == 1
    assert job.quotes() == []


def test_failures_are_recorded_and_tried_again_when_the_content_changes(job: Job) -> None:
    bad = job.write("1.txt", b"\xff\xff\xff")
    job.write("2.txt", TWO)
    feed = job.write("3.jsonl", f'{{"doc_id": "a", "text": "{ONE}"}}\n{{"doc_id": "b", "text": "{THREE}"}}\n')
    assert job.run(code=1)["failed"] == 1
    assert [(row["place"], row["kind"]) for row in job.published("failures")] == [("articles/1.txt", "unreadable")]
    again = job.run()
    assert (again["failed"], again["open_failures"]) == (0, 1)

    # A line that has broken hides which document it was: none of the feed's documents is ended.
    feed.write_text(f'{{"doc_id": "a", "text": "{ONE}"}}\n{{"doc_id": "b", "te', encoding="utf-8")
    broken = job.run(code=1)
    assert (broken["failed"], broken["kept"], broken["gone"], broken["documents"]) == (1, 1, 0, 3)

    bad.write_text(ONE, encoding="utf-8")
    feed.write_text(f'{{"doc_id": "a", "text": "{ONE}"}}\n', encoding="utf-8")
    mended = job.run()
    assert (mended["new"], mended["gone"], mended["open_failures"]) == (1, 1, 0)
    assert job.sql("SELECT place, from_run, to_run FROM failures ORDER BY id") == [
        ("articles/1.txt", 1, 4),
        ("articles/3.jsonl:2", 3, 4),
    ]


def test_one_doc_id_twice_in_a_feed(job: Job) -> None:
    rows = [{"doc_id": "a", "text": ONE}, {"doc_id": "a", "text": ONE}, {"doc_id": "a", "text": TWO}]
    job.write("1.jsonl", "\n".join(json.dumps(row) for row in rows))
    assert job.run(code=1)["documents"] == 1
    assert [(row["place"], row["kind"]) for row in job.published("failures")] == [("a (again)", "repeated")]
    assert job.quotes() == [("a", "5200万户")]


def test_a_file_just_written_is_looked_into_again(job: Job) -> None:
    path = job.write("1.txt", ONE)
    os.utime(path, (time.time() + 3_600,) * 2)  # so that it is just written however long the run takes to start
    job.run()
    assert job.sql("SELECT signature FROM files") == [(None,)]
    os.utime(path, (time.time() - 3_600,) * 2)
    time.sleep(max(0.0, path.stat().st_ctime + 2.1 - time.time()))
    job.run()
    ((signature,),) = job.sql("SELECT signature FROM files")
    assert signature.split(":")[1] == str(len(ONE.encode()))


def test_reports_and_feeds_with_columns_of_their_own(job: Job) -> None:
    shutil.copy(DOCUMENTS / "article-libreoffice.pdf", job.articles / "1.pdf")
    shutil.copy(DOCUMENTS / "article-python.docx", job.articles / "2.docx")
    job.write("3.csv", f"link,article\nhttps://example.org/3,{ONE}\n")
    job.configure("limits = {seconds = 60}\n" + CONFIG + 'columns = {text = "article", doc_id = "link"}\n')
    assert job.run()["documents"] == 3
    pages = {row["doc_id"]: row["page"] for row in job.published()}
    assert pages == {"articles/1.pdf": 1, "articles/2.docx": None, "https://example.org/3": None}


def test_published_of_a_source(job: Job) -> None:
    job.write("1.txt", ONE.replace("截至2021年末", "去年末"))
    job.run()
    assert job.published()[0]["period_end"] is None
    job.configure(CONFIG + "published = 2022-03-29\n")
    assert job.run()["changed"] == 1
    assert str(job.published()[0]["period_end"]) == "2021-12-31"

"""One hostile file costs itself and no other; text that was decoded wrongly is told; the limits can be set."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pypdfium2 as pdfium
import pytest

from finmetrics.model import Document
from finmetrics.reading import Limits, ReadFailure, Reading, documents
from finmetrics.reading.limits import parsed
from tests.conftest import ROOT, Program

DOCUMENTS = Path(__file__).parent / "documents"
SENTENCE = "截至2021年末，光大银行手机银行注册用户突破5200万户，同比增长两成，月活跃用户超过1800万户。"


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of more than 1,500 pages, which takes longer to read than a second."""
    source = pdfium.PdfDocument(DOCUMENTS / "long-libreoffice.pdf")
    target = pdfium.PdfDocument.new()
    for _ in range(10):
        target.import_pages(source)
    path = tmp_path_factory.mktemp("slow") / "slow.pdf"
    target.save(path)
    return path


@pytest.mark.parametrize("limits", [{"seconds": 1}, {"memory": 100}])
def test_a_file_beyond_time_or_memory_leaves_the_others(slow: Path, limits: dict[str, int]) -> None:
    after = DOCUMENTS / "article-libreoffice.pdf"
    found = list(documents([slow, DOCUMENTS / "article.txt"], reading=Reading(limits=Limits(**limits))))
    assert isinstance(found[0], ReadFailure) and found[0].source == str(slow)
    assert ("seconds" in limits) == (found[0].reason == "took longer than 1 s to read")
    assert [type(one) for one in found[1:]] == [Document]
    if "seconds" in limits:
        broken, sound = documents([slow, after], reading=Reading(limits=Limits(**limits)))
        assert isinstance(broken, ReadFailure) and isinstance(sound, Document)


def test_a_run_that_is_left_early_leaves_no_process() -> None:
    """The process that reads apart ends with the run, whoever stops asking."""
    found = documents(DOCUMENTS / "article-libreoffice.pdf")
    assert isinstance(next(found), Document)
    children = Path("/proc/self/task").glob("*/children")
    before = {child for file in children for child in file.read_text().split()}
    del found
    gc.collect()
    after = {child for file in Path("/proc/self/task").glob("*/children") for child in file.read_text().split()}
    assert len(after) == len(before) - 1


def test_a_parquet_row_that_is_no_utf8_leaves_the_others(tmp_path: Path) -> None:
    raw = pa.array([SENTENCE.encode(), b"5\xff\xfe", None], pa.binary())
    broken = pa.Array.from_buffers(pa.string(), 3, raw.buffers(), raw.null_count)
    pq.write_table(pa.table({"text": broken}), tmp_path / "a.parquet")
    sound, bad, empty = documents(tmp_path / "a.parquet")
    assert isinstance(sound, Document) and sound.text == SENTENCE
    assert bad == ReadFailure(f"{tmp_path / 'a.parquet'}:2", "cannot be decoded")
    assert empty == ReadFailure(f"{tmp_path / 'a.parquet'}:3", "no text")


def test_what_only_the_name_of_a_file_states(tmp_path: Path) -> None:
    names = {"招商银行_2022-03-29.txt": ("招商银行 2022-03-29", "2022-03-29"), "a.txt": ("", "None")}
    for name, (title, day) in names.items():
        (tmp_path / name).write_text(SENTENCE, encoding="utf-8")
        [found] = documents(tmp_path / name)
        assert isinstance(found, Document)
        assert (found.title, str(found.published)) == (title, day)


def test_limits_are_checked() -> None:
    assert parsed(["pages=3", "seconds=20"]) == Limits(pages=3, seconds=20)
    for bad in ("pages", "pages=x", "sheets=3", "pages=-1"):
        with pytest.raises(ValueError, match="no limit"):
            parsed([bad])
    with pytest.raises(ValueError, match="limit pages"):
        Limits(pages=0)


BIG5 = "截至2021年末，國泰世華銀行數位帳戶突破百萬戶，年增兩成，行動銀行用戶逾五百萬戶。\n"


def test_big5(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(BIG5.encode("big5"))
    (tmp_path / "b.csv").write_bytes(f"doc_id,text\n甲,{BIG5}".encode("big5"))
    text, feed = documents(tmp_path)
    assert isinstance(text, Document) and text.text == BIG5
    assert isinstance(feed, Document) and feed.text == BIG5.strip()


def test_a_page_that_declares_a_wrong_charset(tmp_path: Path) -> None:
    page = f"<html><head><meta charset='gb2312'></head><body><p>{SENTENCE}</p></body></html>"
    (tmp_path / "a.html").write_bytes(page.encode())
    [found] = documents(tmp_path / "a.html")
    assert isinstance(found, Document) and found.text.strip() == SENTENCE


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (SENTENCE.encode().decode("latin-1"), "UTF-8 taken for Latin-1"),
        (SENTENCE.encode().decode("cp1252", "replace"), "mojibake"),
        (SENTENCE.encode().decode("gbk", "replace"), "mojibake"),
        ("锟斤拷" * 20, "characters were lost"),
        (SENTENCE.encode("gbk").decode("utf-8", "replace"), "characters were lost"),
    ],
)
def test_mojibake_is_told(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "a.txt").write_text(text * 5, encoding="utf-8")
    [found] = documents(tmp_path / "a.txt")
    assert isinstance(found, ReadFailure) and why in found.reason, found


@pytest.mark.parametrize(
    "text", [SENTENCE, BIG5, "Éva à Paris, naïve café: 5 000 €, 3 % – déjà vu", "户锟户" + SENTENCE]
)
def test_sound_text_is_no_mojibake(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_text(text * 5, encoding="utf-8")
    [found] = documents(tmp_path / "a.txt")
    assert isinstance(found, Document), found


def test_broken_files_of_every_kind() -> None:
    """A short form of the benchmark, which 1,000 files of each kind go through."""
    short = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "mutations.py", "5"], capture_output=True, text=True, check=False
    )
    assert short.returncode == 0, short.stdout
    assert short.stdout.count("5 files: ") == 15 and short.stderr == ""


def test_the_text_of_a_document(program: Program) -> None:
    ran = program("text", str(DOCUMENTS / "article-libreoffice.pdf"))
    [document] = documents(DOCUMENTS / "article-libreoffice.pdf")
    assert isinstance(document, Document)
    assert (ran.returncode, ran.stdout.decode(), ran.stderr) == (0, document.text, b"")


def test_offsets_of_the_table_refer_to_that_text(program: Program, tmp_path: Path) -> None:
    path = str(DOCUMENTS / "indicators-chromium.pdf")
    text = program("text", path).stdout.decode()
    assert program("extract", path, "-o", "table.jsonl").returncode == 0
    rows = [json.loads(line) for line in (tmp_path / "table.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) > 50
    assert all(text[row["start"] : row["end"]] == row["quote"] for row in rows)
    assert {row["page"] for row in rows} == {1, 2}


def test_options_of_reading(program: Program, tmp_path: Path) -> None:
    (tmp_path / "feed.csv").write_text(f"key,article,day\n1,{SENTENCE},2022-03-29\n", encoding="utf-8")
    names = ("--text-column", "article", "--id-column", "key", "--date-column", "day")
    ran = program("extract", "feed.csv", *names, "--columns", "doc_id,published,quote")
    assert ran.stdout.decode().splitlines()[1] == "1,2022-03-29,5200万户"
    limited = program("extract", str(DOCUMENTS / "long-libreoffice.pdf"), "--limit", "pages=3")
    assert limited.returncode == 1
    assert limited.stderr.decode().rstrip().endswith(" pages; at most 3 are read")
    assert program("extract", "feed.csv", "--limit", "sheets=3").returncode == 2

"""Archives, web archives and saved pages: each file in them is read as if it lay in a folder, within the limits."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest
import zstandard
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from finmetrics.model import Document
from finmetrics.reading import Limits, ReadFailure, Reading, documents

DOCUMENTS = Path(__file__).parent / "documents"
SENTENCE = "截至2021年末，光大银行手机银行注册用户突破5200万户。"
FEED = "".join(json.dumps({"doc_id": str(i), "text": SENTENCE}) + "\n" for i in range(3)).encode()
PAGE = f"<!DOCTYPE html><html><head><title>题</title></head><body><p>{SENTENCE}</p></body></html>".encode()


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def read(path: Path, data: bytes, **limits: int) -> list[str]:
    """The documents and failures of a file, by what stands behind its own name."""
    path.write_bytes(data)
    found = documents(path, reading=Reading(limits=Limits(**limits)))
    return [(one.doc_id if isinstance(one, Document) else str(one)).removeprefix(str(path)) for one in found]


def test_a_zip_of_everything(tmp_path: Path) -> None:
    members = {
        "甲/a.txt": SENTENCE.encode("gb18030"),
        "b.html": PAGE,
        "c.pdf": (DOCUMENTS / "article-libreoffice.pdf").read_bytes(),
        "d.docx": (DOCUMENTS / "article-libreoffice.docx").read_bytes(),
        "feed.jsonl": FEED,
        "more.zip": zipped({"e.jsonl.gz": gzip.compress(FEED)}),
        "picture.png": b"\x89PNG",
        "__MACOSX/a.txt": b"no",
        ".hidden.txt": b"no",
    }
    names = ["/甲/a.txt", "/b.html", "/c.pdf", "/d.docx", "0", "1", "2", "0", "1", "2"]
    assert read(tmp_path / "a.zip", zipped(members)) == names


def test_names_that_chinese_windows_writes(tmp_path: Path) -> None:
    data = zipped({"report-name.txt": SENTENCE.encode()})
    name = "季报正文一二".encode("gb18030")[:11] + b".txt"
    name = "年报".encode("gb18030").ljust(11, b"_") + b".txt"
    assert read(tmp_path / "a.zip", data.replace(b"report-name.txt", name)) == ["/年报_______.txt"]


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_compressed_feed(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    suffix = ".gz" if pack is gzip.compress else ".zst"
    assert read(tmp_path / f"feed.jsonl{suffix}", pack(FEED)) == ["0", "1", "2"]
    assert read(tmp_path / "renamed.txt", pack(FEED)) == ["0", "1", "2"]
    csv = f"text,doc_id\n{SENTENCE},a\n".encode()
    assert read(tmp_path / f"feed.csv{suffix}", pack(csv) + pack(f"{SENTENCE},b\n".encode())) == ["a", "b"]
    broken = read(tmp_path / f"cut.jsonl{suffix}", pack(FEED * 1_000)[:-20])
    assert len(broken) == 1 and "not a readable" in broken[0]


def test_what_unpacks_beyond_the_limits(tmp_path: Path) -> None:
    blanks = b" " * 30_000_000
    for name, data in (("a.gz", gzip.compress(blanks)), ("a.zst", zstandard.compress(blanks)), ("a.zip", None)):
        path = tmp_path / name
        packed = zipped({"a.txt": blanks}) if data is None else data
        [failure] = read(path, packed)
        assert failure == ": unpacks to more than 250 times its size (limit ratio)"
        [failure] = read(path, packed, ratio=100_000, unpacked=20)
        assert failure == ": unpacks to more than 20 MB (limit unpacked)"
        assert len(read(path, packed, ratio=100_000)) == 1


def test_the_limits_hold_over_all_of_an_archive(tmp_path: Path) -> None:
    inner = zipped({f"{i}.txt": b" " * 6_000_000 for i in range(4)})
    found = read(tmp_path / "a.zip", zipped({f"{i}.zip": inner for i in range(10)}))
    assert found[-1].endswith("(limit ratio)") and len(found) < 12


def test_archives_within_archives(tmp_path: Path) -> None:
    data = zipped({"a.txt": SENTENCE.encode()})
    for level in range(3):
        data = zipped({f"{level}.zip": data})
    assert read(tmp_path / "a.zip", data) == ["/2.zip/1.zip/0.zip: an archive inside 3 others (limit nesting)"]
    assert read(tmp_path / "a.zip", data, nesting=4) == ["/2.zip/1.zip/0.zip/a.txt"]


def test_members_that_cannot_be_read_leave_the_others(tmp_path: Path) -> None:
    data = zipped({"a.txt": SENTENCE.encode(), "b.txt": SENTENCE.encode(), "c.pdf": b"%PDF-1.7 nothing"}, 0)
    data = data.replace(SENTENCE.encode(), SENTENCE.replace("5", "6").encode(), 1)  # its checksum is no longer right
    found = read(tmp_path / "a.zip", data)
    assert found[0].startswith("/a.txt: cannot be unpacked: Bad CRC-32")
    assert found[1] == "/b.txt" and found[2].startswith("/c.pdf: not a PDF file")
    assert read(tmp_path / "a.zip", zipped({"a.png": b"x"})) == [": no file of a known suffix in it"]
    assert read(tmp_path / "a.zip", zipped({f"{i}.txt": b"x" for i in range(9)}), members=8) == [
        ": 9 files in it; at most 8 are read (limit members)"
    ]


def test_a_web_archive(tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc.gz"
    pdf = (DOCUMENTS / "article-libreoffice.pdf").read_bytes()
    answers = [("1", "200 OK", "text/html", PAGE), ("2", "404 Not Found", "text/html", PAGE)]
    answers += [("3", "200 OK", "application/pdf", pdf), ("4", "200 OK", "image/png", b"\x89PNG")]
    with open(path, "wb") as out:
        writer = WARCWriter(out, gzip=True)
        for name, status, kind, body in answers:
            headers = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
            record = writer.create_warc_record(
                f"http://a.example/{name}",
                "response",
                payload=io.BytesIO(body),
                http_headers=headers,
                warc_headers_dict={"WARC-Date": "2022-03-30T01:02:03Z"},
            )
            writer.write_record(record)
    page, report = documents(path)
    assert page == Document(
        SENTENCE + "\n", "http://a.example/1", "题", dt.date(2022, 3, 30), source="http://a.example/1"
    )
    assert isinstance(report, Document) and report.published == dt.date(2024, 3, 26) and report.places is not None


def test_a_saved_page(tmp_path: Path) -> None:
    head = b"From: <Saved by a browser>\r\nSnapshot-Content-Location: http://a.example/1\r\nMIME-Version: 1.0\r\n"
    head += b'Content-Type: multipart/related; type="text/html"; boundary="x"\r\n\r\n--x\r\n'
    part = b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    (tmp_path / "a.mhtml").write_bytes(head + part + PAGE + b"\r\n--x--\r\n")
    [found] = documents(tmp_path / "a.mhtml")
    assert isinstance(found, Document)
    assert (found.text, found.title, found.source) == (SENTENCE + "\n", "题", "http://a.example/1")
    (tmp_path / "b.mhtml").write_bytes(head + b"Content-Type: image/png\r\n\r\nx\r\n--x--\r\n")
    [failure] = documents(tmp_path / "b.mhtml")
    assert failure == ReadFailure(str(tmp_path / "b.mhtml"), "a saved page without HTML in it")

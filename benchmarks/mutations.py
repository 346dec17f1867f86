"""Broken files: bytes of real documents flipped, cut out, doubled and cut off; none may end, hang or flood a run.

    python benchmarks/mutations.py [COUNT [KIND...]]

COUNT files (1,000 without it) of each kind are read one by one. Every one must give documents or failures of one line
within 20 s; what does not is printed, and the exit code is 1.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from finmetrics.extractor import Extractor
from finmetrics.model import Document
from finmetrics.reading import Limits, Reading, documents

DOCUMENTS = Path(__file__).parents[1] / "tests" / "documents"
SECONDS = 20


def originals() -> dict[str, bytes]:
    """A sound file of every kind, by its suffix."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    import zstandard

    article = (DOCUMENTS / "article.txt").read_text(encoding="utf-8")
    page = (DOCUMENTS / "article-crawled.html").read_bytes()
    feed = "".join(
        json.dumps({"doc_id": str(i), "text": article}, ensure_ascii=False) + "\n" for i in range(3)
    ).encode()
    table = io.BytesIO()
    pq.write_table(pa.table({"text": [article] * 3}), table)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", article)
        archive.writestr("b.html", page)
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page
    crawl = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/1\r\nWARC-Date: 2024-03-27T00:00:00Z\r\n"
        b"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n" % len(answer)
    )
    return {
        ".pdf": (DOCUMENTS / "indicators-libreoffice.pdf").read_bytes(),
        ".docx": (DOCUMENTS / "article-libreoffice.docx").read_bytes(),
        ".xlsx": (DOCUMENTS / "indicators.xlsx").read_bytes(),
        ".html": page,
        ".mhtml": b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"
        b"Content-Type: text/html\r\n\r\n" + page + b"\r\n--x--\r\n",
        ".txt": article.encode("gb18030"),
        ".md": f"---\ntitle: a\ndate: 2024-03-26\n---\n{article}".encode(),
        ".csv": f'doc_id,text\n1,"{article}"\n2,"{article}"\n'.encode(),
        ".jsonl": feed,
        ".json": b"[" + feed.strip().replace(b"\n", b",\n") + b"]",
        ".parquet": table.getvalue(),
        ".zip": packed.getvalue(),
        ".gz": gzip.compress(feed),
        ".zst": zstandard.compress(feed),
        ".warc": crawl + answer + b"\r\n\r\n",
    }


def mutated(suffix: str, data: bytes, chance: random.Random) -> bytes:
    """A file with faults: in its bytes, or in what is packed in it, so that parsers see them and not only checksums."""
    packed = suffix in (".docx", ".xlsx", ".zip", ".gz")
    if not packed or chance.random() < 0.5:
        return faulty(data, chance)
    if suffix == ".gz":
        return gzip.compress(faulty(gzip.decompress(data), chance), 1)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as again:
        entries = archive.infolist()
        broken = chance.choice(entries)
        for entry in entries:
            content = archive.read(entry)
            again.writestr(entry.filename, faulty(content, chance) if entry is broken and content else content)
    return out.getvalue()


def faulty(data: bytes, chance: random.Random) -> bytes:
    """The bytes with one to twenty faults of one kind."""
    broken = bytearray(data)
    match chance.randrange(4):
        case 0:
            for _ in range(chance.randint(1, 20)):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
        case 1:
            del broken[chance.randrange(len(broken)) :]
        case 2:
            start = chance.randrange(len(broken))
            del broken[start : start + chance.randint(1, 2_000)]
        case _:
            start = chance.randrange(len(broken))
            broken[start:start] = broken[start : start + chance.randint(1, 2_000)]
    return bytes(broken)


def outcome(path: Path, extractor: Extractor) -> str:
    """``read``, ``partly``, ``failed``, or what is wrong with how the file was dealt with."""
    began = perf_counter()
    try:
        found = list(documents(path, reading=Reading(limits=Limits(seconds=SECONDS))))
        for item in found:
            if isinstance(item, Document):
                extractor.run(item)
    except Exception as error:
        return f"raised {type(error).__name__}: {error}"
    if perf_counter() - began > SECONDS + 2:
        return f"took {perf_counter() - began:.0f} s"
    failures = [str(item) for item in found if not isinstance(item, Document)]
    if any("\n" in line or len(line) > 400 for line in failures):
        return f"a failure of more than one line: {failures}"
    if len(failures) < len(found):
        return "partly" if failures else "read"
    return "failed" if failures else "nothing"


def run(count: int, kinds: list[str], say: Callable[[str], None]) -> int:
    """How many files were dealt with wrongly."""
    wrong = 0
    extractor = Extractor()
    for suffix, data in originals().items():
        if kinds and suffix not in kinds:
            continue
        chance = random.Random(f"{suffix} of 2024-03-26")
        seen: Counter[str] = Counter()
        slowest = 0.0
        with tempfile.TemporaryDirectory() as folder:
            for number in range(count):
                path = Path(folder) / f"{number}{suffix}"
                path.write_bytes(mutated(suffix, data, chance))
                began = perf_counter()
                came = outcome(path, extractor)
                slowest = max(slowest, perf_counter() - began)
                path.unlink()
                seen[came] += 1
                if came not in ("read", "partly", "failed", "nothing"):
                    wrong += 1
                    say(f"{suffix} {number}: {came}")
        counts = ", ".join(f"{seen[came]} {came}" for came in ("read", "partly", "failed", "nothing") if seen[came])
        say(f"{suffix:8} {count} files: {counts}; slowest {slowest:.2f} s")
    return wrong


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    sys.exit(bool(run(wanted, sys.argv[2:], print)))

"""How large the review page is and how soon it shows: python benchmarks/page.py [documents ...]

The texts are our gold, over and over. Times are Chromium's own, from the start of navigation: the first paint, and
the mark that the page sets once article and table stand. Each is the median of three loads.
"""

from __future__ import annotations

import itertools
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

import finmetrics as fm
from finmetrics.judging.evaluation import read_gold

_GOLD = Path(__file__).parents[1] / "tests" / "gold"
_LOADS = 3
_TIMES = """() => new Promise((told) => new PerformanceObserver((list) => {
    for (const paint of list.getEntriesByName("first-contentful-paint"))
        told([paint.startTime, performance.getEntriesByName("shown")[0].startTime]);
}).observe({ type: "paint", buffered: true }))"""


def made(folder: Path, documents: int) -> tuple[Path, int, float]:
    """A page of so many documents, its figures, and the seconds that it took to make."""
    texts = list(read_gold(_GOLD))
    feed, target = folder / f"{documents}.jsonl", folder / f"{documents}.html"
    with open(feed, "w", encoding="utf-8") as file:
        for number, gold in zip(range(documents), itertools.cycle(texts), strict=False):
            said = {key: gold[key] for key in ("title", "published", "text")}
            file.write(json.dumps(said | {"doc_id": f"{number}-{gold['doc_id']}"}, ensure_ascii=False) + "\n")
    began = time.perf_counter()
    report = fm.report(feed, target)
    return target, report.figures, time.perf_counter() - began


def shown(page: Page, target: Path) -> tuple[float, float]:
    """Milliseconds to the first paint, and to the article with its table."""
    page.goto(target.as_uri())
    paint, mark = page.evaluate(_TIMES)
    return paint, mark


def main() -> None:
    """Measures pages of 5, 100 and 500 documents, or of those asked for."""
    browser_of_the_machine = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_of_the_machine)
        for documents in map(int, sys.argv[1:] or ("5", "100", "500")):
            target, figures, seconds = made(Path(folder), documents)
            times = [shown(browser.new_page(), target) for _ in range(_LOADS)]
            paint, mark = (median(one) for one in zip(*times, strict=True))
            print(
                f"{documents} documents, {figures} figures: {target.stat().st_size / 1e6:.1f} MB in {seconds:.1f} s; "
                f"first paint {paint:.0f} ms, article and table {mark:.0f} ms"
            )
        browser.close()


if __name__ == "__main__":
    main()

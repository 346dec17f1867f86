"""Time against length, for stretches that repeat for ever: python benchmarks/linear.py.

Prints for each stretch the seconds of a text and of one four times as long; linear time gives a factor near 4.
"""

from __future__ import annotations

import time

from finmetrics.extractor import Extractor
from finmetrics.model import Document

STRETCHES = [
    *"1 1, 1. 1- 1、 (1 (1) 1%、 1万户 1年 第1 万 亿 百分之 三分之 至1 、 ， （ ） “ 《 | 。 A 😀".split(),
    *"客户 光大银行 其中， 分别 同比 工行、农行 2021年末， 5万户， 客户5万户、 工行客户5万户， 占比3%，".split(),
    *"由1%升至 分别为1亿元、 贷款余额5亿元，同比增长3%， 截至2021年末，客户5万户； 工行客户5万户。".split(),
    *("甲  1  2\n", "|1|2|\n", "a\tb\t1\n", "一、工行\n", "工行客户5万户\n"),
]
_SMALL = 30_000


def seconds(extractor: Extractor, stretch: str, characters: int) -> float:
    """The time of one text of so many characters."""
    document = Document(stretch * (characters // len(stretch)))
    began = time.perf_counter()
    extractor.run(document)
    return time.perf_counter() - began


def main() -> None:
    """Measures every stretch."""
    extractor = Extractor()
    for stretch in STRETCHES:
        seconds(extractor, stretch, 1_000)
        small = min(seconds(extractor, stretch, _SMALL) for _ in range(2))
        large = min(seconds(extractor, stretch, 4 * _SMALL) for _ in range(2))
        print(f"{stretch!r:24} {small:7.3f} s {large:7.3f} s  x{large / small:.1f}")


if __name__ == "__main__":
    main()

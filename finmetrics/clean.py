"""Text as written -> text as the scanners want it, character for character, so that offsets stay true."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from finmetrics.numbers.numerals import DIGITS

if TYPE_CHECKING:
    from finmetrics.schema import Traditional


# Full-width forms, and the radicals and compatibility ideographs that PDF files put in place of characters.
_FORMS = (range(0xFF01, 0xFF5F), range(0x2F00, 0x2FD6), range(0xF900, 0xFB00))
_SAME = {
    **dict.fromkeys("\u3000\xa0\u2002\u2003\u2009\u202f\u200b\ufeff", " "),
    **dict.fromkeys("－﹣−‐‑", "-"),
    "﹪": "%",
    "﹢": "+",
}
# Halves of a character that no encoding can write; they come from broken JSON escapes.
_SURROGATES = range(0xD800, 0xE000)
# A wide blank inside a line divides cells (建设银行　34,100　1.2); before a unit it is only a blank.
_WIDE = re.compile(r"(?<=[一-龥）)%])\u3000(?=\S)|(?<=\d)\u3000(?=[\d+—-])")
# ASCII marks that divide clauses of Chinese text, as many pages have them; not those within numbers, times and links.
# (Here and below the mark itself comes first and then what stands before it: so re skips to the mark.)
_MARKS = re.compile(
    r",(?:(?<=[一-龥%％）)”\]],)|(?=\s?[一-龥“]))|;(?:(?<=[一-龥%％）)”];)|(?=[一-龥“]))|:(?:(?<=[一-龥%％）)”]:)|(?=[一-龥“]))"
)
_FULL = {",": "，", ";": "；", ":": "："}
# A dash between blanks opens an item of a list that was put on one line; one in a table or before a number does not.
_ITEM = re.compile(r"(?<=[^\s|\d] )-(?= [^\s|\d])")
# A blank that divides clauses of a line without commas, as brokers write: 营收增长7.9% 归母净利润增长8.2%.
_SPACED = re.compile(r" (?<=[一-龥%a-zA-Z）)] )(?=[一-龥“]|\d{1,4}[QH年月])")
_CLAUSE = 5  # characters that a clause has at least
# A circle is one that stands for zero (二○二三), not one that opens an item.
_ZERO = "(?:(?<!○)|(?<=[一二三四五六七八九〇○]○)(?=[一二三四五六七八九〇○年]))"
# 二〇二二年, as covers of reports and papers of Hong Kong have it
_YEAR = re.compile("(?<![一二三四五六七八九〇零十百千万亿])(?:二[〇零]|一九)[一二三四五六七八九〇零]{2}(?=年)")
_ARABIC = str.maketrans({digit: str(value) for digit, value in DIGITS.items()})
# Full-width punctuation that divides sentences keeps its form: the scanners tell it from the decimal point.
_KEPT = "，。；：！？（）、～"

DIVIDER = "\x0b"  # what stands for such a blank: white to every pattern, and seen as no other


class Cleaner:
    """Maps full-width digits and letters, odd spaces and traditional characters to one form each."""

    def __init__(self, maps: list[Traditional]) -> None:
        table: dict[str, str] = {}
        for one in maps:
            table.update(zip(one.traditional.replace(" ", ""), one.simplified.replace(" ", ""), strict=True))
        for form in _FORMS:
            for character in map(chr, form):
                plain = unicodedata.normalize("NFKC", character)
                if len(plain) == 1 and plain != character:
                    table[character] = table.get(plain, plain)
        table |= _SAME
        table |= {chr(code): "\ufffd" for code in _SURROGATES}
        for character in _KEPT:
            table.pop(character, None)
        self._table = table
        # Most text holds few of these: to look for them costs a tenth of str.translate.
        table["○"] = "〇"
        self._any = re.compile(f"[{''.join(map(re.escape, table))}]{_ZERO}")

    def __call__(self, text: str) -> str:
        """The cleaned text, of the same length."""
        table = self._table
        if "\u3000" in text:
            text = _WIDE.sub(DIVIDER, text)
        if " - " in text:
            text = _ITEM.sub("。", text)
        text = _MARKS.sub(lambda match: _FULL[match[0]], text)
        if " " in text:
            text = "\n".join(map(_clauses, text.split("\n")))
        text = self._any.sub(lambda match: table[match[0]], text)
        if "〇" in text or "零" in text:
            text = _YEAR.sub(lambda match: match[0].translate(_ARABIC), text)
        return text


def _clauses(line: str) -> str:
    """The line with commas for blanks, where blanks are all that divides its clauses."""
    if " " not in line or "，" in line or "|" in line or "  " in line or "\t" in line:
        return line
    parts = _SPACED.split(line)
    with_figures = sum(any(c.isdigit() for c in part) for part in parts)
    if with_figures < 2 or min(map(len, parts)) < _CLAUSE:
        return line
    return _SPACED.sub("，", line)

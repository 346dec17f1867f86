"""Text as written -> text as the scanners want it, character for character, so that offsets stay true."""

from __future__ import annotations

from finmetrics.schema import Traditional

# Width, spaces and dashes: Unicode's fullwidth forms U+FF01..FF5E, and the odd spaces found in reports.
_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_SAME = {
    **{code: " " for code in (0x3000, 0xA0, 0x2002, 0x2003, 0x2009, 0x202F, 0x200B, 0xFEFF)},
    **{code: "-" for code in (0xFF0D, 0xFE63, 0x2212, 0x2010, 0x2011)},
    0xFE6A: "%",
}
# Fullwidth punctuation that divides sentences keeps its form: the scanners tell it from the decimal point.
_KEPT = "，。；：！？（）、～"


class Cleaner:
    """Maps fullwidth digits and letters, odd spaces and traditional characters to one form each."""

    def __init__(self, maps: list[Traditional]) -> None:
        table: dict[int, str] = {}
        for one in maps:
            ours, plain = one.traditional.replace(" ", ""), one.simplified.replace(" ", "")
            table.update(zip(map(ord, ours), plain, strict=True))
        table |= _WIDTH | _SAME
        for character in _KEPT:
            table.pop(ord(character), None)
        self._table = table

    def __call__(self, text: str) -> str:
        """The cleaned text, of the same length."""
        return text.translate(self._table)

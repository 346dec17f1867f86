"""Text that was decoded wrongly on its way here: told, so that nothing is extracted from it."""

from __future__ import annotations

import re

from finmetrics.reading.failure import Unreadable

# UTF-8 taken for GBK and lost for good: the marks that this leaves.
_LOST = "锟斤拷"
# UTF-8 Chinese taken for Latin-1 or Windows-1252: a lead byte, then a byte of the rest.
_AS_LATIN = re.compile("[å-éâï][\x80-\xbf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ ]")
_AS_GBK = re.compile("[鈥銆锛鐨勫湪鏄涓浜鍚嶅璁敤鎴峰鏁閾惰鍧]")
_SAMPLE = 20_000  # characters that are looked at
_SHARE = 0.08


def refuse_mojibake(text: str) -> None:
    """Raises :class:`Unreadable` where much of the text is no Chinese but bytes taken for it."""
    sample = text[:_SAMPLE]
    length = len(sample)
    if length < 20 or sample.isascii():
        return
    if sample.count("\ufffd") > _SHARE * length or 3 * sample.count(_LOST) > _SHARE * length:
        raise Unreadable("mojibake: characters were lost when it was converted; get the original")
    if 3 * len(_AS_LATIN.findall(sample)) > 0.5 * length:
        raise Unreadable("mojibake: UTF-8 taken for Latin-1; get the original, or convert it back")
    if _seems_gbk(sample):
        raise Unreadable("mojibake: UTF-8 taken for GBK; get the original, or convert it back")


def _seems_gbk(sample: str) -> bool:
    """Whether the text becomes sound UTF-8 where it is written as GBK: no Chinese does by chance."""
    if len(_AS_GBK.findall(sample)) < 0.05 * len(sample):
        return False
    back = sample.encode("gb18030", "replace").decode("utf-8", "replace")
    return back.count("\ufffd") < 0.1 * len(back) and any("一" <= c <= "龥" for c in back)

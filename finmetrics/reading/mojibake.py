"""Text that was decoded wrongly on its way here: told, so that nothing is extracted from it."""

from __future__ import annotations

import re

from finmetrics.characters import HAN

_LOST = "锟斤拷"  # what is left of characters that GBK was made of for want of better
# UTF-8 Chinese taken for Latin-1 or Windows-1252: a lead byte, then one of those that follow it.
_AS_LATIN = re.compile("[å-éâïäã][\x80-\xbf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ\ufffd]")
_SAMPLE = 4_000  # characters that are looked at
_FEWEST = 10
_SHARE = 0.08


def mojibake_in(text: str) -> str:
    """Why a text is no Chinese but bytes taken for it; empty where it is sound."""
    sample = text[:_SAMPLE]
    if sample.isascii() or len(sample) < _FEWEST:
        return ""
    lost = sample.count("\ufffd") + 3 * sample.count(_LOST)
    if 2 * len(_AS_LATIN.findall(sample)) > max(_FEWEST, len(sample) / 3):
        return "mojibake: UTF-8 taken for Latin-1; get the original, or convert it back"
    if _was_utf8(sample):
        return "mojibake: UTF-8 taken for GBK; get the original, or convert it back"
    if lost > _SHARE * len(sample):
        return "mojibake: characters were lost when it was converted; get the original"
    return ""


def _was_utf8(sample: str) -> bool:
    """Whether the text, written as GBK, is sound UTF-8: no Chinese is so by chance."""
    back = sample.replace("\ufffd", "").encode("gb18030", "ignore").decode("utf-8", "replace")
    sound = len(HAN.findall(back))
    return sound >= _FEWEST and sound > 2 * back.count("\ufffd")

"""Fonts for Chinese: those a reader's browser may have, and whether this machine has any for a picture."""

from __future__ import annotations

FAMILIES = (
    "Noto Sans SC, Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, WenQuanYi Zen Hei, sans-serif"
)
_NO_CHARACTER = "\U0003fffd"
_FIRST = 0x2E80  # of the Chinese characters; what is below, the fonts that vl-convert carries have


def undrawable(text: str) -> str:
    """The Chinese characters of a text that no font of this machine has: they look like one that does not exist."""
    wanted = sorted({c for c in text if ord(c) >= _FIRST and c.isprintable()})
    if not wanted:
        return ""
    nothing = _picture(_NO_CHARACTER)
    return "".join(c for c in wanted if _picture(c) == nothing)


def _picture(character: str) -> bytes:
    import vl_convert

    place = f'y="16" font-size="16" font-family="{FAMILIES}"'
    picture: bytes = vl_convert.svg_to_png(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><text {place}>{character}</text></svg>'
    )
    return picture

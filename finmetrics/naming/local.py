"""Small local banks that no list holds: 神农架农商银行, 当涂村镇银行; named by their place and what they are."""

from __future__ import annotations

from finmetrics.entries import Bank, Word
from finmetrics.lexicon import Lexicon
from finmetrics.spot import Token

# How far before its kind a name may begin: 深圳福田银座村镇银行, 神农架农商行.
_LONG, _SHORT = 9, 5
_PLACE = 7  # characters of a place's name, at most
_BRAND = 4  # characters of the brand of a village bank
_DIVISIONS = ("县", "市", "区", "旗", "州", "省")
_AGAIN = "，。；、：“ \n"  # what stands before a kind that means the bank named before


def name(text: str, tokens: list[Token], lexicon: Lexicon) -> None:
    """Turns the group's word (农商行) into the local bank where its place stands before it, here or earlier."""
    found: dict[str, Bank] = {}
    kinds: dict[str, Bank] = {}
    kinds_here = [i for i, token in enumerate(tokens) if token.word.local_kind]
    for i in kinds_here:
        token = tokens[i]
        shown = token.word.local_kind
        village = shown == "村镇银行"
        start = place_before(text, token.start, lexicon.places)
        if start == token.start and village:
            start = _branded(text, start, lexicon)
        if start == token.start:
            low = max(0, start - (_LONG if village else _SHORT))
            match = next((m for m in lexicon.local_name.finditer(text, low, token.end) if m.end() == token.end), None)
            start = match.start("place") if match is not None else start
        if start < token.start:
            full = text[start : token.start] + shown
            if full not in found:
                found[full] = kinds[shown] = Bank(id=f"local:{full}", name=full, type="village" if village else "rural")
            tokens[i] = Token(start, token.end, Word(text[start : token.end], bank=found[full]))
        elif shown in kinds and (
            text[max(0, token.start - 2) : token.start].endswith(("这家", "该"))
            or len(found) == 1
            and text[token.start - 1 : token.start] in _AGAIN
        ):
            tokens[i] = Token(token.start, token.end, Word(token.word.text, bank=kinds[shown]))


def place_before(text: str, end: int, places: frozenset[str]) -> int:
    """Where the longest place that ends here begins (寿光, 台江县; 安吉县, not 吉县); ``end`` where none does."""
    lows = (end, end - 1) if text[end - 1 : end] in _DIVISIONS else (end,)
    starts = (low - size for low in lows for size in range(2, min(_PLACE, low) + 1) if text[low - size : low] in places)
    return min(starts, default=end)


def _branded(text: str, end: int, lexicon: Lexicon) -> int:
    """Where a place with a brand after it begins (象山国民|村镇银行); ``end`` where none does."""
    for low in range(end - 2, max(0, end - _BRAND) - 1, -1):
        start = place_before(text, low, lexicon.places)
        if start < low and lexicon.in_name.fullmatch(text, low, end):
            return start
    return end

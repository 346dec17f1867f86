"""Small local banks that no list holds: 神农架农商银行, 当涂村镇银行; named by their place and what they are."""

from __future__ import annotations

import re

from finmetrics.lexicon import Word
from finmetrics.schema import Bank
from finmetrics.spot import Token

# The kinds of local bank, each with the form its name is shown in.
_KINDS = {
    "农村商业银行": "农商行", "农商银行": "农商行", "农商行": "农商行", "村镇银行": "村镇银行",
    "农村信用合作联社": "农信社", "农村信用联社": "农信社", "农信联社": "农信社", "农信社": "农信社",
    "农村合作银行": "农合行",
}  # fmt: skip
# How far before its kind a name may begin: 深圳福田银座村镇银行, 神农架农商行.
_LONG, _SHORT = 9, 5
_LONGEST = 7  # characters of a place's name
_DIVISIONS = ("县", "市", "区", "旗", "州", "省")
_NO_PLACE = (
    "当地|本地|地方|各地|外地|两地|全国|全省|上市|多家|中小|部分|各|该|一些|辖内|系统|这|某|十|其|省级|我国|头部|两|三|四|五|六|七|八|九|几"
    "|大型|小型|数家|所在|家|[^，。]?百?余?家|有"
)
_LOCAL = re.compile(
    r"(?:^|(?<=[^一-龥])|(?<=[在由据与和是为对了的向给让])"
    r"|(?<=收购)|(?<=合并)|(?<=控股)|(?<=参股)|(?<=旗下)|(?<=设立)|(?<=发起))"
    rf"(?P<place>(?!{_NO_PLACE})(?:(?![的在所个了是为与和及或由据对各该]|银行|[一二三四五六七八九十两数几多百余]家)[一-龥]){{2,8}})(?P<kind>{'|'.join(_KINDS)})"
)


def name(text: str, tokens: list[Token], places: frozenset[str]) -> None:
    """Turns the group's word (农商行) into the local bank where its place stands before it, here or earlier."""
    found: dict[str, Bank] = {}
    kinds: dict[str, Bank] = {}
    for i, token in enumerate(tokens):
        bank = token.word.bank
        if bank is None or bank.type != "group" or token.word.text not in _KINDS:
            continue
        shown = _KINDS[token.word.text]
        start = _place(text, token.start, places)
        if start == token.start:
            low = max(0, token.start - (_LONG if shown == "村镇银行" else _SHORT))
            match = next((m for m in _LOCAL.finditer(text, low, token.end) if m.end() == token.end), None)
            start = match.start("place") if match is not None else start
        if start < token.start:
            full = text[start : token.start] + shown
            if full not in found:
                found[full] = kinds[shown] = Bank(
                    id=f"local:{full}", name=full, type="village" if shown == "村镇银行" else "rural"
                )
            tokens[i] = Token(start, token.end, Word(text[start : token.end], bank=found[full]))
        elif shown in kinds and (
            text[max(0, token.start - 2) : token.start].endswith(("这家", "该"))
            or len(found) == 1
            and text[token.start - 1 : token.start] in "，。；、：“ \n"
        ):
            tokens[i] = Token(token.start, token.end, Word(token.word.text, bank=kinds[shown]))


def _place(text: str, end: int, places: frozenset[str]) -> int:
    """Where the place that ends here begins (寿光, 台江县); ``end`` where none does."""
    for low in (end, end - 1 if text[end - 1 : end] in _DIVISIONS else end):
        for size in range(_LONGEST, 1, -1):
            if text[max(0, low - size) : low] in places:
                return low - size
    return end

"""Which branch of an institution a text names: 云南省分行, 霍山县支行."""

from __future__ import annotations

import re

from finmetrics.lexicon import Lexicon
from finmetrics.naming.local import place_before
from finmetrics.spot import Token

_OFFICE = "(?:分行|支行|营业部|管理部|分社|信用社)"
_BRANCH = re.compile(
    r"(?:总行)?(?:股份有限公司)?(?P<name>(?:[一-龥]{2,12}?(?:省|自治区|市|地区|县|区|新区|片区|自贸区|州)?)"
    + _OFFICE
    + ")"
    r"(?:(?:下辖|辖内)?(?P<sub>[一-龥]{2,10}?支行))?(?!\d+余?[家个]|[一二三四五六七八九十两数几]+[家个])"
)
_KIND = re.compile(_OFFICE + "$")
_PLACE = re.compile(r"([一-龥]{2,4}(?:县|市|区|州|旗))$")
_BARE_BRANCH = re.compile(r"(?:^|[，。；、：:\n“”（(\s]|的是)([一-龥]{2,6})(?:分行|支行)$")
_CELL = re.compile(r"[一-龥]{2,12}(?:分行|支行|营业部|信用社|分社)")


def add(text: str, token: Token, lexicon: Lexicon) -> None:
    """Names the branch that follows an institution (农业银行云南省分行), or the place before its short form."""
    bank = token.bank
    assert bank is not None
    if bank.type == "group":
        return
    match = _BRANCH.match(text, token.end)
    if match and _names(match.group("name"), lexicon):
        token.branch = match.group("sub") or _tidy(match.group("name"))
        return
    if token.word.text.endswith("行") and token.word.short:
        place = _PLACE.search(text[max(0, token.start - 5) : token.start])
        if place and _names(place.group(1), lexicon):
            token.branch = place.group(1) + "支行"


def _names(name: str, lexicon: Lexicon) -> bool:
    """Whether a branch can have this name: that of a place (达州), or one without words that no name has (达)."""
    if lexicon.no_branch.search(name) is None:
        return True
    place = _KIND.sub("", name)
    return bool(place) and place_before(place, len(place), lexicon.places) == 0


def _tidy(name: str) -> str:
    return name.removeprefix("股份有限公司")


def add_bare(text: str, tokens: list[Token], lexicon: Lexicon) -> None:
    """Names the branch of 泸定支行 where its bank is left out."""
    if "分行" not in text and "支行" not in text:
        return
    for i, token in enumerate(tokens):
        if "self" in token.word.roles and token.word.text.endswith(("分行", "支行")):
            low = max(0, token.start - 9)
            match = _BARE_BRANCH.search(text[low : token.end])
            near = tokens[max(0, i - 4) : i]
            if match and any(t.bank is not None and t.start >= low + match.start() for t in near):
                continue  # the bank's own name
            if match and _names(match.group(1), lexicon):
                token.branch = match.group(1) + token.word.text[-2:]
            elif len(token.word.text) == len("分行"):
                start = place_before(text, token.start, lexicon.places)
                token.branch = text[start : token.end] if start < token.start else ""  # 记者在湘潭分行听到


def of_cell(written: str) -> str:
    """The branch that a table's cell is the name of; empty where it is none."""
    return written if _CELL.fullmatch(written) else ""

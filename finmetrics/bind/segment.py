"""The stretch a figure governs: the tokens between the figure before it and itself, and what follows it."""

from __future__ import annotations

import re

from finmetrics.bind.model import Segment
from finmetrics.bind.subject import opens_in_place
from finmetrics.lexicon import BREAKS, CLOSING, OPENING, Lexicon
from finmetrics.numbers.numerals import PLAIN_DIGITS, SCALES
from finmetrics.numbers.quantify import Quantity
from finmetrics.spot import Token

# 抬升到, 回落至: the figure is where the movement ended.
_ARRIVES = re.compile("到(?!了?年)|至(?![少多])")
_RISES_TO = re.compile("(?:分别|均|各|已|约|也|都|更|依次)*(?:达到?|为)(?:约|近|超)?")
_THAN = ("比", "较")
_OUT_OF = ("从", "由")  # 降幅最大，从2021年末的0.86%降至0.79%: a level
# 新增贷款达: that they are added, not what they come to, is what is said.
_REACHES = ("达", "达到", "为", "共计", "合计")


def segment_of(
    text: str,
    lexicon: Lexicon,
    before: list[Token],
    after: list[Token],
    first: Quantity,
    last: Quantity,
    start: int,
) -> Segment:
    """Reads the tokens ``before`` (since the figure before) and ``after`` (to the next figure or clause)."""
    found = Segment(clause=start)
    distance = depth = 0
    in_clause = True
    named = False  # an institution, after what is looked at
    reached = aside = False  # only by 达 and its like; in parentheses that opened since
    arrives = _ARRIVES.match(text, first.left) is not None  # 上调单户额度至50万元
    previous: Token | None = None
    for token in reversed(before):
        word = token.word
        mark = word.mark
        if mark:
            if mark in CLOSING:
                depth += 1
            elif mark in OPENING:
                if depth:
                    depth -= 1
                else:
                    aside = True
            elif mark in BREAKS and not depth:
                if in_clause:
                    found.clause = token.end
                distance += 1
                in_clause = False
                found.parted = found.parted or mark in "；;"
            continue
        if depth:
            if word.metrics and token.start and text[token.start - 1] in OPENING and text[token.end] in CLOSING:
                found.metrics.append((distance, token))  # 保有的资产（AUM）达2540亿元: another name of the same
            continue
        change = word.change
        if change is not None and change.measure == "rate" and distance <= 1:
            found.rate_word = True
        if change is not None and change.measure == "surpass" and (aside or named and text[first.left - 1] == "的"):
            change = None  # 低于江苏银行（3.95万亿元）, 少于中信银行的109.45亿元: the other's own level
        if change is not None and change.measure == "move" and aside and named and not _is_relative(first):
            change = None  # AUM增长稳健的招行（零售AUM13.32万亿元）
        if "right_first" in word.roles and token.start == start:
            change = None  # 10%的增幅，: of the figure before
        if change is not None and change.measure != "word" and not (change.touching and token.end < first.left):
            if text.startswith(("的", "”的"), token.end) and token.end < first.start - 1:
                pass  # 增长的有8家: who grows is counted
            elif text.startswith("、", token.end) and token.end == first.left - 1 and change.measure == "move":
                pass  # 5家下降、3家上升: said of the figure before
            elif distance == 0:
                if change.measure == "surpass":
                    found.surpass = found.surpass or change
                moves = change.measure in ("move", "new")
                if change.measure == "level" or moves and (arrives or _ARRIVES.match(text, token.end)):
                    if found.change is None:
                        reached = not found.level and word.text in _REACHES
                        found.level = True
                elif change.measure == "new" and found.level and found.change is None and reached:
                    found.change, found.change_token, found.level = change, token, False  # 新增卡量达748万张
                elif (
                    change.measure == "move"
                    and found.change is None
                    and found.level
                    and reached
                    and _rises(text, token, first)
                ):
                    found.change, found.change_token, found.level = change, token, False  # 同比增长分别达到10.2%
                elif (
                    found.change is None
                    and not found.level
                    and not (change.measure == "surpass" and first.left <= token.start)
                ):
                    found.change, found.change_token = change, token
                if change.measure == "rate":
                    found.rate_before = change
            elif change.measure == "move" and distance == 1 and not found.parted:
                found.grows = found.grows or change
            elif (
                change.measure == "rate"
                and distance == 1
                and not found.parted
                and found.change is None
                and (not found.level or reached and first.unit is not None and first.unit.kind == "pp")
                and text[found.clause : found.clause + 1] not in _OUT_OF
            ):
                found.change, found.change_token, found.level = change, token, False  # 降幅最大，达0.16个百分点
        if token.bank is not None:
            found.speaker = found.speaker or token.bank.speaker
            named = True
        if word.comparison and not found.comparison and (distance == 0 or distance == 1 and not found.metrics):
            found.comparison, found.compared_here = word.comparison, distance == 0
        elif word.comparison and distance and not found.compared_before:
            found.compared_before = word.comparison
        if word.metrics and not (previous is not None and previous.word.roles.get("blocks")):
            found.metrics.append((distance, token))
        roles = word.roles
        if roles:
            if "share" in roles and distance == 0 and found.share is None:
                found.share = token
            if distance == 0 and "per" in roles and not found.per:
                found.per = roles["per"]
            if "cumulative" in roles and distance == 0:
                found.cumulative = True
            if "status" in roles and distance <= 1 and found.status == "actual":
                found.status = roles["status"]
            if "segment" in roles and not found.segment and distance == 0:
                found.segment = roles["segment"]
            if word.text in _THAN and distance == 0 and previous is not None and previous.time is None:
                found.versus = True
            if "others" in roles and distance == 0:
                found.others = True
            if "sum" in roles and distance <= 1:
                found.sum = True
            if "self" in roles and distance <= 1:
                found.pronoun = True
            if "kind" in roles and distance == 0 and not found.kind:
                found.kind = roles["kind"]
            if "market" in roles and distance <= 1:
                found.market = True
                if distance == 0 and roles["market"] == "counted" and not named:
                    found.counted = opens_in_place(text, lexicon, _count_start(text, token.start))
            if "each" in roles:
                found.each = True
            if distance == 0 and not found.ordinal and ("former" in roles or "latter" in roles):
                found.ordinal = "former" if "former" in roles else "latter"
            if roles.get("both") == "items":
                found.items = True
        previous = token
    if not named:
        _count_of_banks(text, lexicon, first, start if not distance else 0, found)
    if first.left < first.start:
        _qualifying_change(text, lexicon, first, found)
    _read_right(text, lexicon, after, last, found)
    return found


def _is_relative(figure: Quantity) -> bool:
    return figure.unit is not None and figure.unit.kind in ("percent", "pp", "multiple")


def _rises(text: str, change: Token, figure: Quantity) -> bool:
    """Whether a movement itself is what a percentage comes to: 增长分别达到10.2%, not 增长后的占比达到10.2%."""
    return _is_relative(figure) and _RISES_TO.fullmatch(text, change.end, figure.start) is not None


def _qualifying_change(text: str, lexicon: Lexicon, first: Quantity, found: Segment) -> None:
    """A word such as 高于 right before a figure only bounds it, unless it compares with others."""
    change = found.change
    token = found.change_token
    if change is None or token is None or change.measure != "surpass":
        return
    if token.start >= first.left and not found.others:
        found.change, found.change_token = None, None


def _read_right(text: str, lexicon: Lexicon, after: list[Token], last: Quantity, found: Segment) -> None:
    # 1.74%的同比增长: words of change that the figure modifies
    at = last.right + 1 if text.startswith("的", last.right) else -1
    for token in after:
        word = token.word
        if token.bank is not None and token.bank.type == "group" and token.start == last.right:
            break  # 3家纯网银合计用户数: what is counted is them
        if word.change is not None and word.change.measure == "new" and token.start == last.right:
            found.change = found.change or word.change  # 以600万户新增客户
        if token.start == at and (word.comparison or word.change is not None):
            found.comparison = found.comparison or word.comparison
            if word.change is not None and word.change.measure in ("move", "rate") and not word.change.touching:
                found.right_change = found.right_change or word.change
            at = token.end
        elif token.start == at and word.metrics:
            at = token.end  # 以16.67%的净利润增速居首
        if word.mark in CLOSING and word.mark:
            continue
        if word.mark and (word.mark in BREAKS or word.mark in OPENING or word.mark == "、"):
            break
        if "right_change" in word.roles and text[last.right : token.start] in ("", "的") and found.right_change is None:
            found.right_change = lexicon.changes.get(word.roles["right_change"])
        if word.metrics:
            found.right_metrics.append(token)


def _count_of_banks(text: str, lexicon: Lexicon, first: Quantity, start: int, found: Segment) -> None:
    """12家银行贷款3万亿元: of the banks counted, whether the count is a figure itself or stands right before one."""
    counting = first.unit is not None and first.unit.institutions
    if text.startswith(lexicon.counted, first.right - 1 if counting else max(0, start - 1)):
        found.market = True
        found.counted = opens_in_place(text, lexicon, first.left if counting else _count_start(text, start - 1))


def _count_start(text: str, end: int) -> int:
    """Where the count that ends here begins: 四|家, 12|家."""
    while end and (text[end - 1].isdigit() or text[end - 1] in PLAIN_DIGITS or text[end - 1] in SCALES):
        end -= 1
    return end

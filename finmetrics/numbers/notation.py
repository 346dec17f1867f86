"""The shapes a number is written in, as two patterns built from rules/: one for it, one for what stands before it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from finmetrics.numbers.alternation import alternation
from finmetrics.numbers.numerals import FORMAL_DIGITS, PLAIN_DIGITS, SCALES

# Between the ends of a range.
JOINS = "至到~～—–-"
# Characters between a number and the start of a bound that other words part from it.
APART_REACH = 24
_DIGIT = f"[{PLAIN_DIGITS}{FORMAL_DIGITS}]"
_HAN = PLAIN_DIGITS + FORMAL_DIGITS + SCALES
_COUNT = f"[{PLAIN_DIGITS[2:]}1-9]"
_NO_HALF = "(?!小时|钟头|个|[天日年月径价夜路导])"
# Characters of formal numerals that are more often part of names and verbs: 大陆, 队伍, 参与, 收拾, 放肆.
_SURE = re.sub("[参陆伍肆拾]", "", _HAN)
_FORMAL_ONLY = (
    rf"(?:(?<=[参陆伍肆])(?=[{FORMAL_DIGITS}拾佰仟元圆]|[万亿]{{1,2}}[{FORMAL_DIGITS}零元圆])"
    rf"|(?<=拾)(?<!收拾)(?=[{PLAIN_DIGITS}{FORMAL_DIGITS}佰仟万亿元圆])"
    r"|(?<![参陆伍肆拾]))"
)


# 五分一, 三分二: Cantonese leaves out the 之.
_UNSPOKEN = "(?<=[三四五]分)(?=[一二三](?![之点百千万亿]))"


def numeral_pattern(
    units: Mapping[str, Iterable[str]],
    scales: Mapping[str, Iterable[str]],
    inside: Iterable[str],
    right: Mapping[str, Iterable[str]],
) -> re.Pattern[str]:
    """One pattern for a numeral with its scale, unit and right-hand qualifier.

    Its groups in order: num; half; han (of a Chinese numeral); part, thousands, part_to (of 百分之); parts (2/3);
    of, over (二又三分之一); inside, scale, inside_scaled; more (the lower parts of 3万2千),
    inside_more; mid (个半), unit, tail (halves and tenths of a unit); right.
    ``units``, ``scales`` and ``right`` map each word to what must not follow it. A match begins at the numeral
    itself, with one character class, so that :mod:`re` skips to it. Every repetition is possessive or bounded:
    a text is read in time linear in its length. A Chinese numeral matches only where a unit, the other end of
    a range, or (after 万 and 亿) the end of the phrase follows.
    """
    guarded = {word: list(unless) for word, unless in scales.items() if word in SCALES and unless}
    for word in units:
        if word[0] in SCALES and len(word) > 1:
            guarded.setdefault(word[0], []).append(word[1:])
    # 千 in 千克, 兆 in 兆瓦 are no scale; 两 after the first place only before a scale (三万两千).
    han = "|".join(
        [f"[{''.join(c for c in _HAN if c not in guarded and c != '两')}]", "两(?=[百千万亿])"]
        + [f"{c}(?!{'|'.join(map(re.escape, rest))})" for c, rest in guarded.items()]
    )
    scales = {word: [*unless, *guarded.get(word[-1], ())] for word, unless in scales.items()}
    latin = {word: unless for word, unless in scales.items() if word.isascii()}
    unit = alternation(units, blanks_from=3)
    of_unit = f"(?=[ \\n]?[{''.join(sorted({re.escape(word[0]) for word in (*units, *scales)}))}])"
    around = f"(?:{'|'.join(map(re.escape, sorted(inside, key=len, reverse=True)))})"
    last = "".join(sorted({word[-1] for word in inside}))
    bound = alternation(right)
    written = rf"(?:[ ]?(?:{han})){{0,40}}+(?:[ ]?点(?:[ ]?{_DIGIT}){{1,20}}+)?"
    grouped = "(?:" + "|".join((
        r"[0-9]{0,2}(?:,[ \n]?[0-9]{3})++(?![0-9])",
        rf"(?<![第前0-9.,，$￥¥€£][0-9])[0-9]{{0,2}}(?:，[0-9]{{3}})++(?![0-9])(?=\.[0-9]|{of_unit})",
        rf"[0-9]{{0,2}}(?:[ ][0-9]{{3}}){{1,4}}+(?![0-9])(?=(?:\.[0-9]+)?{of_unit})",
    )) + ")"  # fmt: skip
    # A decimal point may have a break beside it, but not after the number of an item (1. 30个网点).
    point = r"\.[0-9]++"
    broken = rf"(?:{point}|(?:\.[ \n]|[ \n]\.[ ]?)[0-9]++{of_unit})"
    # Text that was set with a space after every character.
    spaced = rf"(?:[ ][0-9](?![0-9])){{1,12}}+(?:[ ]\.(?:[ ][0-9](?![0-9])){{1,4}}+)?{of_unit}"
    plain = rf"(?:(?<=[^\n。；：:;][0-9])[0-9]*+|(?<=[一-龥]\n[0-9])[0-9]++){broken}?|[0-9]*+(?:{point})?"
    arabic = rf"(?:{grouped}{broken}?|{spaced}|{plain})"
    simple = rf"(?:[0-9]{{1,3}}(?:,[0-9]{{3}})++(?![0-9])|[0-9]++)(?:\.[0-9]++)?|(?:{han}){written}|半"
    more = (
        rf"(?:零?(?:[0-9]{{1,3}},[0-9]{{3}}|[0-9]{{1,4}})(?:\.[0-9]+)?(?:[ ]?(?:{han})(?<=[{SCALES}])){{1,3}}+)++"
        r"(?:零?[0-9](?![0-9.,]))?"
        r"|零?(?:[0-9],[0-9]{3}|[0-9]{1,4})(?![0-9.,，%年月日]|-[0-9])"
    )
    joined = rf"(?=[ ]?(?:[（(]含[）)])?[{JOINS}])"
    pattern = rf"""
      (?P<num>[0-9{_HAN}半](?:
          (?<=[0-9]){arabic}
        | (?P<half>(?<=一)半{_NO_HALF}|(?<=半)数|(?<=[过近超逾破]半){_NO_HALF})
        | (?P<han>(?<=半)|(?<![{_SURE}][{_HAN}]){_FORMAL_ONLY}{_no(guarded)}{written})
      ))
      (?:[ ]{{0,2}}分(?:[ ]{{0,2}}之[ ]{{0,2}}|{_UNSPOKEN})
         (?P<part>负?[ ]?(?:{simple}))(?P<thousands>{alternation(latin)})?
         (?:[{JOINS}](?P<part_to>{simple})(?![ ]?[分{_HAN}]|{unit}))?
      | (?<![0-9/.\-][0-9])(?<=[1-9])/(?P<parts>10|[2-9])(?=[^\w/.\-]|\Z|[的以左])
      | (?:[ ]{{0,2}}又[ ]{{0,2}}(?P<of>{simple})[ ]{{0,2}}分[ ]{{0,2}}之[ ]{{0,2}}(?P<over>{simple}))?
        (?:[ ]?(?P<inside>{around}))?
        (?:[ \n]{{0,2}}(?P<scale>{alternation(scales)})(?:[ ]?(?P<inside_scaled>{around}))?
           (?:(?P<more>{more})(?:[ ]?(?P<inside_more>{around}))?)?
        )?
        (?:[ \n]{{0,3}}(?P<mid>个[半多来])?(?P<unit>{unit})
           (?P<tail>半(?=[^\w]|\Z|的|以|左|多|内|即|就)
             |(?<=成)[ ]?(?:半|{_COUNT}(?![{_HAN}0-9]))
             |(?<=[块米]){_COUNT}(?=[^\w]|\Z|钱)
           )?
        )?
      )
      (?(han)(?(part)|(?(over)|(?(unit)|(?:{joined}|(?:(?<=[万亿])|(?<=[万亿][{last}]))(?=的?(?:[^\w]|\Z)|{bound}))))))
      (?:[ ]?(?P<right>{bound})(?![0-9{_HAN}])(?:{bound})?)?
    """
    return re.compile(pattern, re.VERBOSE)


def _no(guarded: Mapping[str, list[str]]) -> str:
    """The first character of a Chinese numeral is no part of a unit: 百 of 百分点."""
    parts = [f"(?<={c})(?:{'|'.join(map(re.escape, rest))})" for c, rest in guarded.items()]
    return f"(?!{'|'.join(parts)})" if parts else ""


def lead_pattern(words: Mapping[str, Iterable[str]]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Patterns for what stands before a number, read backwards: point, sign and up to four of ``words``; one word.

    Each word maps to what must not stand before it.
    """
    backwards = {word[::-1]: [text[::-1] for text in unless] for word, unless in words.items()}
    word = alternation(backwards)
    return re.compile(
        rf"(?P<point>\.(?![0-9A-Za-z.]))?(?P<sign>[-+](?![0-9%）)\-—–~～年月日])|负(?![减抱担肩胜自辜]))?"
        rf"(?P<words>(?:[ ]?{word}){{0,4}})"
    ), re.compile(word)  # fmt: skip


def apart_pattern(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern for each ``word…end`` of which the end closes the text (约为柜面的), within one clause.

    A number right after the word is what it bounds, unless it is a year.
    """
    pairs = [word.split("…") for word in words]
    heads = alternation({head: () for head, _ in pairs})
    ends = "|".join(sorted({re.escape(end) for _, end in pairs}))
    return re.compile(
        rf"(?P<word>{heads})(?![0-9](?![0-9]{{3}}年))[^，。；、：,;\n]{{1,{APART_REACH}}}(?P<end>{ends})$"
    )

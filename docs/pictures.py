"""The pictures of how one sentence is read, drawn as SVG from what the engine does with it.

``docs/generate.py`` writes them. Nothing in them is drawn by hand: words, meanings, choices and weights are those of
one run over :data:`SENTENCE`, so that a picture goes stale, and a test says so, when the engine reads it otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from html import escape
from typing import Literal

from finmetrics.bind.model import Candidate
from finmetrics.extractor import Extractor
from finmetrics.lexicon import Lexicon
from finmetrics.model import Document, Figure
from finmetrics.naming.names import settle
from finmetrics.output.show import amount, period
from finmetrics.spot import Token, spot
from finmetrics.trace import Decision, Recorder

Language = Literal["en", "zh"]

# After a sentence of seeds/04-huaxia.md, with what its paragraph says before it.
SENTENCE = "2021年上半年，华夏银行手机银行累计客户2179.73万户，月活客户平均357.32万户，同比增长41.97%。"

_ZH = {
    "number": "数字", "period": "期间", "bank": "机构", "product": "产品", "metric": "指标", "change": "变动",
    "comparison": "基期", "bound": "限定", "words": "句中认出的词", "binding": "每个数字的归属",
    "choice": "41.97% 是哪个指标的增速", "taken": "取", "lost": "舍", "none": "无（other）",
}  # fmt: skip
_TITLES = {
    "words": "The words that are known",
    "binding": "What each figure is bound to",
    "choice": "Of which metric 41.97% is the growth",
    "none": "none (other)",
}
_COLOURS = {
    "number": "#c2410c", "period": "#0f766e", "bank": "#1d4ed8", "product": "#7c3aed", "metric": "#be185d",
    "change": "#a16207", "comparison": "#a16207", "bound": "#a16207",
}  # fmt: skip
_INK, _PALE, _GRID = "#1f2937", "#6b7280", "#d1d5db"
_FONTS = "'Noto Sans SC','Source Han Sans SC','PingFang SC','Microsoft YaHei','WenQuanYi Zen Hei',sans-serif"
_SIZE, _EDGE = 17, 24
_LINKED = ("period", "bank", "product", "metric")


@dataclass(frozen=True, slots=True)
class Run:
    """What the engine made of :data:`SENTENCE`: its words, its figures, and the decisions on each of them."""

    tokens: list[Token]
    figures: list[Figure]
    decisions: list[dict[str, Decision]]
    lexicon: Lexicon


@cache
def run() -> Run:
    """The one run that all pictures show."""
    extractor, trace = Extractor(), Recorder()
    figures = extractor.run(Document(SENTENCE), trace).figures
    tokens, _ = spot(SENTENCE, extractor.lexicon)
    settle(SENTENCE, tokens, extractor.lexicon, "")
    return Run(tokens, figures, [trace.of(figure.start) for figure in figures], extractor.lexicon)


def words(language: Language) -> str:
    """The sentence with every word that the rules know, and what it means there."""
    left = _places()
    base, ends, marks = 66, [0.0, 0.0], list(_letters(left, 66))
    for token in run().tokens:
        kind, meaning = _meaning(token)
        if not kind:
            continue
        start, end = left[token.start], left[token.end]
        colour, middle = _COLOURS[kind], (start + end) / 2
        label = _said(kind, language)
        half = max(_width(label, 12), _width(meaning, 12)) / 2 + 5
        lane = int(middle - half < ends[0])
        ends[lane] = middle + half
        y = base + 38 + lane * 42
        marks.append(_box(start, base - 17, end - start, 23, colour))
        marks.append(_line(middle, base + 7, middle, y - 12, colour))
        marks.append(_text(middle, y, label, 12, colour, bold=True))
        marks.append(_text(middle, y + 15, meaning, 12, _INK))
    return _svg(language, "words", left[-1] + _EDGE, base + 38 + 42 * 2, marks)


def binding(language: Language) -> str:
    """The sentence once for every figure, with lines to the words that each slot was taken from."""
    left, marks, y = _places(), [], 50
    for figure, decided in zip(run().figures, run().decisions, strict=True):
        to = (left[figure.start] + left[figure.end]) / 2
        links = [(slot, token) for slot in _LINKED if (token := _source(decided.get(slot))) is not None]
        base = y + 80
        at, wide = left[figure.start], left[figure.end] - left[figure.start]
        marks += [*_letters(left, base, _PALE), _box(at, base - 17, wide, 23, _COLOURS["number"])]
        for slot, token in links:
            start, end = left[token.start], left[token.end]
            middle, colour = (start + end) / 2, _COLOURS[slot]
            high = base - 20 - min(70, 18 + abs(to - middle) * 0.11)
            marks.append(
                f'<path d="M{middle:.1f} {base - 19} C{middle:.1f} {high:.1f} {to:.1f} {high:.1f} {to:.1f} {base - 19}"'
                f' fill="none" stroke="{colour}" stroke-width="1.8"/>'
            )
            marks.append(_box(start, base - 17, end - start, 23, colour))
            marks.append(_text(middle, base + 22, _said(slot, language), 12, colour, bold=True))
        row = " · ".join(
            filter(None, (figure.bank, figure.product, figure.metric_name, amount(figure), period(figure)))
        )
        rest = " ".join(filter(None, (figure.measure, figure.comparison)))
        marks.append(_text(_EDGE, base + 46, f"→ {row} · {rest}", 14, _INK, anchor="start", bold=True))
        y = base + 62
    return _svg(language, "binding", left[-1] + _EDGE, y + 4, marks)


def choice(language: Language) -> str:
    """The candidates for the metric of the last figure: the reasons for each, their weights and their sums."""
    decision = run().decisions[-1]["metric"]
    weights = run().lexicon.weights(decision.slot, decision.kind)
    zero, unit, marks, y = 540.0, 48.0, [], 62
    for candidate in (decision.chosen, *decision.lost):
        taken = candidate is decision.chosen
        colour = _COLOURS["metric"] if taken else _PALE
        name = f"{_said('taken' if taken else 'lost', language)}: {_candidate(candidate, language)}"
        marks.append(_text(_EDGE, y + 12, name, 14, colour, anchor="start", bold=taken))
        ends = {1: zero, -1: zero}
        for reason in candidate.reasons:
            weight = weights.get(reason, 0.0)
            side, wide = (1, weight * unit) if weight > 0 else (-1, -weight * unit)
            start = ends[side] if side > 0 else ends[side] - wide
            ends[side] += side * wide
            marks.append(
                f'<rect x="{start:.1f}" y="{y}" width="{wide:.1f}" height="16" fill="{colour}" fill-opacity=".28"'
                f' stroke="{colour}"><title>{escape(reason)} {weight:+.2f}</title></rect>'
            )
        at = zero + candidate.score * unit
        marks.append(_line(at, y - 4, at, y + 20, _INK, 2.5))
        marks.append(_text(826, y + 12, f"{candidate.score:.2f}", 14, colour, anchor="end", bold=taken))
        said = "   ".join(f"{reason} {weights.get(reason, 0.0):+.2f}" for reason in candidate.reasons)
        marks.append(_text(_EDGE, y + 33, said, 11, _PALE, anchor="start"))
        y += 56
    marks.insert(0, _line(zero, 50, zero, y - 16, _GRID))
    return _svg(language, "choice", 850, y, marks)


def _meaning(token: Token) -> tuple[str, str]:
    """What kind of word a token is and what it means; empty for marks and words without a colour here."""
    word = token.word
    if token.quantity is not None:
        figure = next(one for one in run().figures if one.start == token.start)
        return "number", f"{figure.value.normalize():f} {figure.unit}"
    if token.time is not None:
        return "period", period(run().figures[-1])
    if token.bank is not None:
        return "bank", token.bank.name
    if word.product is not None:
        return "product", word.product.id
    if word.metrics:
        return "metric", word.metrics[0].metric.id
    if word.comparison:
        return "comparison", word.comparison
    if word.change is not None:
        return "change", word.change.id
    return "", ""


def _source(decision: Decision | None) -> Token | None:
    """The word that a slot was taken from; of a metric carried over from another figure, that figure's word."""
    if decision is None:
        return None
    if decision.chosen.token is not None:
        return decision.chosen.token
    before = [token for token in reversed(run().tokens) if token.start < decision.start]
    if decision.slot == "period":
        return next((token for token in before if token.time is not None), None)
    key = decision.chosen.key
    return next((token for token in before if any(said.metric.id == key for said in token.word.metrics)), None)


def _candidate(candidate: Candidate, language: Language) -> str:
    if not candidate.key:
        return _said("none", language)
    return f"{candidate.key} {candidate.text} ({candidate.reasons[0].partition('.')[0]})"


def _said(key: str, language: Language) -> str:
    return _ZH[key] if language == "zh" else _TITLES.get(key, key)


def _width(text: str, size: int) -> float:
    return sum(size * (1 if ord(letter) > 0x2E7F else 0.3 if letter == "." else 0.56) for letter in text)


def _places() -> list[float]:
    """Where each letter of the sentence begins, and where the last one ends."""
    found = [float(_EDGE)]
    for letter in SENTENCE:
        found.append(found[-1] + _width(letter, _SIZE))
    return found


def _letters(left: list[float], y: float, colour: str = _INK) -> Iterator[str]:
    places = " ".join(f"{x:.1f}" for x in left[:-1])
    yield f'<text x="{places}" y="{y}" font-size="{_SIZE}" fill="{colour}">{escape(SENTENCE)}</text>'


def _text(x: float, y: float, text: str, size: int, colour: str, *, anchor: str = "middle", bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}"{weight}'
        f' xml:space="preserve">{escape(text)}</text>'
    )


def _box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height}" rx="3" fill="{colour}"'
        f' fill-opacity=".14" stroke="{colour}" stroke-opacity=".6"/>'
    )


def _line(x: float, y: float, to_x: float, to_y: float, colour: str, width: float = 1) -> str:
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="{colour}" stroke-width="{width}"/>'


def _svg(language: Language, key: str, width: float, height: float, marks: list[str]) -> str:
    title = escape(_said(key, language))
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}"'
        f' height="{height:.0f}" role="img"'
        f' font-family="{_FONTS}">',
        f"<title>{title}</title>",
        f'<rect width="{width:.0f}" height="{height:.0f}" rx="8" fill="#ffffff"/>',
        _text(_EDGE, 30, title, 15, _INK, anchor="start", bold=True),
        *marks,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


_LANGUAGES: tuple[Language, ...] = ("en", "zh")
PICTURES: dict[str, Callable[[], str]] = {
    f"docs/images/{name}{'.zh' if language == 'zh' else ''}.svg": partial(draw, language)
    for name, draw in (("words", words), ("binding", binding), ("choice", choice))
    for language in _LANGUAGES
}

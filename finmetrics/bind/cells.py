"""A table's cells -> figures: header, row and caption give metric, unit, period and bank."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from bisect import bisect_left
from dataclasses import dataclass, field
from decimal import Decimal

from finmetrics.bind import time
from finmetrics.bind.confidence import Confidences, in_table
from finmetrics.bind.model import Trace
from finmetrics.bind.share import RATIOS
from finmetrics.characters import HAN
from finmetrics.discourse import Context
from finmetrics.entries import Metric, Unit
from finmetrics.grid import Cell, Table
from finmetrics.lexicon import Lexicon
from finmetrics.model import Figure
from finmetrics.naming import branches
from finmetrics.numbers.quantify import Quantity
from finmetrics.periods import Period
from finmetrics.spot import Token

_ASIDE = re.compile(r"[（(\[]([^）)\]]{1,12})[）)\]]")
_UNIT_LINE = re.compile(r"(?:单位|人民币|币种|币别)[^。\n]{0,40}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NEGATIVE = re.compile(r"[（(]\s?\d[\d,.]*\s?%?[）)]")


@dataclass(slots=True)
class Head:
    """What a header, a row's first cell or a caption says."""

    bank: Token | None = None
    product: Token | None = None
    metric: Token | None = None
    period: Period | None = None
    comparison: str = ""
    change: Token | None = None
    scale: int = 1
    unit: Unit | None = None
    share: bool = False
    new: bool = False
    amount: bool = False  # a change in the unit of the figures: 变动额
    cell: Cell | None = None
    ids: set[str] = field(default_factory=set)  # of every metric that is named


# A change written without a unit is a percentage up to here.
_LARGEST_RATE = 400
# Characters of a line that may be a table's title.
_TITLE = 40
# Columns to either side of a column of changes that are looked at for what it was computed from.
_BESIDE = 6


def _of_pair(value: Decimal | None, others: list[Decimal | None]) -> str:
    """Whether a number is the ``difference`` of two others of its row, or the ``rate`` from one to the other."""
    if value is None:
        return ""
    exponent = value.as_tuple().exponent
    step = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)  # of the last digit: rounding is half of it
    for one, other in itertools.combinations([other for other in others if other], 2):
        if abs(abs(one - other) - value) <= step:
            return "difference"
        if any(abs(abs(one - other) / base * 100 - value) <= step for base in (one, other)):
            return "rate"
    return ""


class TableBinder:
    """Binds one table."""

    def __init__(
        self,
        text: str,
        doc_id: str,
        lexicon: Lexicon,
        context: Context,
        table: Table,
        tokens: list[Token],
        confidences: Confidences,
        trace: Trace | None,
    ) -> None:
        self.text = text
        self.doc_id = doc_id
        self.lexicon = lexicon
        self.context = context
        self.table = table
        self.tokens = tokens
        self.starts = [token.start for token in tokens]
        self.confidences = confidences
        self.trace = trace

    def run(self) -> list[Figure]:
        """The figures of the body, row by row."""
        table = self.table
        caption = self._head(table.caption)
        anchor = self.context.anchor
        if caption.period is not None and caption.period.end is not None:
            self.context.anchor = caption.period.end.year  # 上年净利润 is of the year before the caption's
        heads = [self._head(cell) for cell in table.header]
        for i, head in enumerate(heads):
            if head.metric is None and (head.comparison or head.change or head.new) and i:
                head.metric = heads[i - 1].metric  # 同比增速 is of the column before
                head.product = head.product or heads[i - 1].product
        self._compared(heads)
        self._subtracted(heads)
        units = self._caption_units()
        if heads and heads[0].unit is not None:  # 项目（亿元）
            units.append((heads[0].scale, heads[0].unit))
        figures: list[Figure] = []
        above = Head()
        for row in table.rows:
            if not row:
                continue
            first = self._head(row[0])
            if first.metric is None and (first.comparison or first.change):
                first.metric = above.metric  # a row 较上年末 is of the row above
                first.product = first.product or above.product
            above = first
            for i, cell in enumerate(row[1:], 1):
                column = heads[i] if i < len(heads) else Head()
                figure = self._figure(cell, column, first, caption, units)
                if figure is not None:
                    figure.sentence = self.text[row[0].start : row[-1].end].strip()
                    figures.append(figure)
        self.context.anchor = anchor
        return figures

    @staticmethod
    def _compared(heads: list[Head]) -> None:
        """Columns of changes (较上年末增减, 增幅) are of the latest column, against the one before it in time."""
        periods = [head.period for head in heads if head.period is not None and head.period.end is not None]
        periods.sort(key=lambda period: period.end or dt.date.min)
        for head in heads:
            changes = head.comparison or head.change
            if not changes or head.period is not None or not periods:
                continue
            head.period = periods[-1]
            earlier = [period for period in periods if period.end != head.period.end]
            if not head.comparison and earlier:
                head.comparison = time.against(earlier[-1], head.period)

    def _subtracted(self, heads: list[Head]) -> None:
        """Tells columns of amounts (较上年末增减 without a unit) by their numbers: differences of those beside them."""
        asked = [i for i, head in enumerate(heads) if (head.comparison or head.change) and head.unit is None]
        rows = [[self._number(cell) for cell in row] for row in self.table.rows] if asked else []
        for i in asked:
            head, first, last = heads[i], max(1, i - _BESIDE), i + _BESIDE
            told = [_of_pair(row[i], [*row[first:i], *row[i + 1 : last + 1]]) for row in rows if i < len(row)]
            head.amount = head.amount or "difference" in told and "rate" not in told

    def _number(self, cell: Cell) -> Decimal | None:
        found = self.lexicon.quantifier.scan(self.text[cell.start : cell.end])
        return abs(found[0].value) if len(found) == 1 else None

    def _later(self, one: Period, other: Period) -> bool:
        """Whether of two periods in one line the first is the later; of two lines the last one counts."""
        return (
            "\n" not in self.text[one.right : other.left]
            and one.end is not None
            and other.end is not None
            and one.end >= other.end
        )

    def _captioned(self, caption: Head) -> bool:
        """Whether the product of the lines above stands in a title, not in a paragraph."""
        token, cell = caption.product, caption.cell
        if token is None or cell is None:
            return False
        start = max(cell.start, self.text.rfind("\n", 0, token.start) + 1)
        end = self.text.find("\n", token.end, cell.end)
        return (end if end >= 0 else cell.end) - start <= _TITLE

    def _whole(self, caption: Head) -> bool:
        """Whether a metric of the lines above is a whole word, not the end of another: 财务指标 is none."""
        token = caption.metric
        if token is None or not token.start or not HAN.match(self.text, token.start - 1):
            return token is not None
        return any(other.end == token.start for other in self.tokens[: bisect_left(self.starts, token.start)])

    def _aside(self, cell: Cell, token: Token) -> bool:
        """Whether a token stands in parentheses, where a header has its unit."""
        return self.text.rfind("（", cell.start, token.start) > self.text.rfind("）", cell.start, token.start)

    def _inside(self, cell: Cell) -> list[Token]:
        low, high = bisect_left(self.starts, cell.start), bisect_left(self.starts, cell.end)
        return [token for token in self.tokens[low:high] if token.end <= cell.end]

    def _head(self, cell: Cell) -> Head:
        head = Head(cell=cell)
        written = self.text[cell.start : cell.end].strip()
        if _YEAR.fullmatch(written):
            year = int(written)
            head.period = Period(
                cell.start, cell.end, "dated", dt.date(year, 1, 1), dt.date(year, 12, 31), year=True, annual=True
            )
            return head
        source: Period | None = None
        for token in self._inside(cell):
            word = token.word
            if token.bank is not None and not token.bank.speaker and head.bank is None:
                head.bank = token
            if token.product and head.product is None:
                head.product = token
            if token.time is not None:
                period = time.resolve(token, self.lexicon, self.context, self.context.period)
                if time.role_of(self.text, token, self.lexicon) == "base":
                    head.comparison = head.comparison or time.against(period, head.period or self.context.period)
                elif period.known() and self.text.startswith(self.lexicon.reports, token.end):
                    source = source or period  # 取自2025年半年度报告: where the table is from
                elif head.period is not None and head.period.year and token.start - head.period.right == 1:
                    pass  # 2019年末/年度
                elif period.known() and not (head.period is not None and self._later(head.period, period)):
                    head.period = period
            if any(not wording.cues for wording in word.metrics) and not self._aside(cell, token):
                head.metric = token
            head.ids |= {wording.metric.id for wording in word.metrics}
            if word.comparison:
                head.comparison = word.comparison
            if word.change is not None and word.change.measure in ("rate", "move"):
                head.change = token
            if word.change is not None and word.change.measure == "new":
                head.new = True
            if "share" in word.roles:
                head.share = True
            if "difference" in word.roles and _ASIDE.sub("", written) == word.text:
                head.change = token
                head.amount = word.roles["difference"] == "amount"
        head.period = head.period or source
        for match in _ASIDE.finditer(self.text[cell.start : cell.end]):
            scale, unit = self._unit(match.group(1))
            if unit is not None:
                head.scale, head.unit = scale, unit
        return head

    def _unit(self, words: str) -> tuple[int, Unit | None]:
        """(scale, unit) of 万户, 人民币亿元, %."""
        words = re.sub("[（(][^（）()]*[）)]|单位|人民币|列示|列报|计算|计值|表示|[:：为以计均\\s（）()]", "", words)
        found = self.lexicon.quantifier.scan("1" + words)
        if not found or found[0].unit is None or found[0].end <= len(words):
            return 1, None
        return int(found[0].value / found[0].bare) if found[0].bare else 1, found[0].unit

    def _caption_units(self) -> list[tuple[int, Unit]]:
        found: list[tuple[int, Unit]] = []
        caption = self.text[self.table.caption.start : self.table.caption.end]
        lines = [match.group() for match in _UNIT_LINE.finditer(caption)]
        last = caption.rstrip().rsplit("\n", 1)[-1]
        for line in [*lines, *_ASIDE.findall(last)]:  # 单位：亿元; 表1：存款（亿元，%）
            for part in re.split("[；;，,、]", line):
                scale, unit = self._unit(re.sub(".*单位", "", part))
                if unit is not None:
                    found.append((scale, unit))
        return found

    def _figure(
        self, cell: Cell, column: Head, row: Head, caption: Head, units: list[tuple[int, Unit]]
    ) -> Figure | None:
        written = self.text[cell.start : cell.end]
        found = self.lexicon.quantifier.scan(written)
        if not found or found[0].chinese and found[0].unit is None or len(found) > 2:
            return None
        quantity = found[0]
        part = "share" in column.ids and column.unit is None  # 2023年末占比, beside 2023年末余额
        named = row.metric if row.metric is not None and (column.metric is None or column.period) else column.metric
        named = column.metric if part else named
        named = named or row.metric or (caption.metric if self._whole(caption) else None)
        inside = self._inside(cell)
        if any(token.time is not None for token in inside):
            return None
        moved = next((t for t in inside if t.word.change is not None and t.word.change.measure == "move"), None)
        relative = bool(moved or column.change or row.change or column.comparison or row.comparison)
        metric, unit, scale = self._metric(named, quantity, column, row, units, relative)
        ids = row.ids | column.ids
        if column.share or row.share:  # 占营收比, 占员工总数: the whole tells the part
            ids |= {part for part, whole in RATIOS if whole in ids} | {"share"}
        share = "share" in ids and unit is not None and unit.id == "%"
        if unit is None and named is None:
            return None
        value = quantity.value * scale
        if written.startswith(("-", "（-", "(-")) or _NEGATIVE.fullmatch(written):
            value = -abs(value)
        start = cell.start + quantity.start
        figure = Figure(
            self.doc_id, self.text[start : cell.start + quantity.end], start, cell.start + quantity.end, value
        )
        figure.qualifier = quantity.qualifier
        self._slots(figure, metric, named, unit, ids if share else set())
        change = moved or column.change or row.change
        if relative and unit is not None:
            figure.measure = "growth" if unit.kind in ("percent", "multiple") else "change"
            figure.comparison = column.comparison or row.comparison
            if change is not None and change.word.change is not None and change.word.change.sign < 0:
                figure.value = -abs(value)
        elif (column.new or row.new) and unit is not None and unit.kind not in ("percent", "multiple"):
            figure.measure = "change"  # 新增客户（万户）
        elif metric is not None and metric.sign < 0:
            figure.value = -abs(value)
        product = row.product or column.product or (caption.product if self._captioned(caption) else None)
        if product is not None and (metric is None or metric.product):
            figure.product = product.product
            if product.word.product is not None:
                figure.channel = product.word.product.channel
        bank = row.bank or column.bank or caption.bank
        chosen = bank.bank if bank is not None else self.context.bank
        if chosen is not None:
            figure.bank, figure.bank_id, figure.bank_type = chosen.name, chosen.id, chosen.type
            own = branches.of_cell(self.text[row.cell.start : row.cell.end]) if row.cell is not None else ""
            figure.branch = own or (bank.branch if bank is not None else self.context.branch)
        time.stamp(figure, metric, column.period or row.period or caption.period or self.context.period)
        figure.rule = "table: header, row, caption"
        figure.confidence = self.confidences.of(in_table(figure), self.context.main is None, figure.start, self.trace)
        return figure

    def _metric(
        self,
        named: Token | None,
        quantity: Quantity,
        column: Head,
        row: Head,
        units: list[tuple[int, Unit]],
        relative: bool,
    ) -> tuple[Metric | None, Unit | None, int]:
        """The metric, the unit and the factor of a cell's number."""
        options = [wording.metric for wording in named.word.metrics if not wording.cues] if named else []
        ratio = bool(options) and options[0].units[0] == "%"  # it changes by points, however its column calls that
        if quantity.unit is not None:
            unit, scale = quantity.unit, 1
        elif column.unit is not None or row.unit is not None:
            unit, scale = (column.unit, column.scale) if column.unit is not None else (row.unit, row.scale)  # type: ignore[assignment]
            if relative and ratio and unit.id == "%":
                unit = self.lexicon.quantifier.by_id["个百分点"]
        elif relative and ratio:
            unit, scale = self.lexicon.quantifier.by_id["个百分点"], 1
        elif relative and not column.amount and (abs(quantity.value) < _LARGEST_RATE or not options):
            unit, scale = self.lexicon.quantifier.by_id["%"], 1
        else:
            fitting = [(s, u) for s, u in units if any(u.id in m.units for m in options)]
            if ratio:
                unit, scale = self.lexicon.quantifier.by_id["%"], 1
            elif fitting or units:
                scale, unit = (fitting or units)[0]
            elif options:
                default = self.lexicon.quantifier.by_id.get(options[0].units[0])
                unit, scale = default, 1  # type: ignore[assignment]
            else:
                return None, None, 1
        if quantity.scale > 1:
            scale = 1
        for metric in options:
            if unit.id in metric.units or relative or unit.kind == "currency" and "元" in metric.units:
                return metric, unit, scale
        return (options[0] if options and relative else None), unit, scale

    def _slots(
        self, figure: Figure, metric: Metric | None, named: Token | None, unit: Unit | None, shared: set[str]
    ) -> None:
        """Writes metric and unit; ``shared`` are the metrics that a share is said of."""
        if shared and named is not None:
            wanted = next((ratio for (part, _), ratio in reversed(RATIOS.items()) if part in shared), "share")
            metric = next((m for m in self.lexicon.entries.metrics if m.id == wanted), metric)
        if metric is not None:
            figure.metric, figure.metric_name, figure.definition = metric.id, metric.name, metric.definition
        if named is not None:
            figure.metric_text = named.word.text
        if unit is not None:
            figure.unit, figure.unit_kind = unit.id, unit.kind
        figure.value = Decimal(figure.value)

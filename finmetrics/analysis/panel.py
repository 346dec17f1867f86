"""Rows -> a panel: bank by period by metric, one value each, with the reason why it was preferred to the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from finmetrics.analysis.digits import exact, interval, overlap, step
from finmetrics.analysis.model import Period, Series, Stated
from finmetrics.analysis.reports import own_reports
from finmetrics.analysis.rows import Tables, period_of, stated
from finmetrics.analysis.series import Wordings, series_of
from finmetrics.output import show
from finmetrics.output.columns import BY_NAME, Column

if TYPE_CHECKING:
    import pandas as pd

_OF_FIGURE = (
    "bank", "bank_id", "bank_type", "branch", "product", "channel", "segment", "metric", "metric_name", "definition",
    "per", "status", "cumulative", "measure", "comparison",
)  # fmt: skip
_OF_PERIOD = ("period_kind", "period_start", "period_end")
_OF_VALUE = ("value", "value_max", "unit", "qualifier", "quote", "metric_text")
_OF_ROW = ("fact_id", "doc_id", "published")

PANEL_COLUMNS: tuple[Column, ...] = (
    *(BY_NAME[name] for name in _OF_FIGURE),
    Column("wording", "string", "口径原文", "The wording, where figures of other wordings differ; else empty."),
    Column("period", "string", "期间", "The period in short: 2021, 2021H1, 2021Q3, 2021-06, 2021-12-31."),
    *(BY_NAME[name] for name in (*_OF_PERIOD, *_OF_VALUE, *_OF_ROW)),
    Column("own_report", "bool", "机构自述", "Whether the document is the bank's own report."),
    BY_NAME["confidence"],
    Column("figures", "int64", "候选数", "How many figures of the table state this cell."),
    Column("reason", "string", "取值理由", "Why this figure stands here and not another."),
    Column("rivals", "string", "其他数值", "Figures that differ: quote and fact_id of each."),
)

DISCLOSED, BOUNDS, NOT_DISCLOSED = "disclosed", "bounds", "not disclosed"


class Cell(NamedTuple):
    """What one row of the panel is about."""

    series: Series
    measure: str
    comparison: str
    period: Period


def panel(figures: pd.DataFrame | Tables, *, min_confidence: float = 0.0) -> pd.DataFrame:
    """One value for each bank, period and metric (and product, definition, unit, ...), and why it was chosen.

    ``figures`` is the table as ``read`` gives it, or files that the program wrote (.csv, .parquet, .jsonl). An exact
    figure is preferred to a bound, then the bank's own report to the press, then a later restatement, then more
    digits, then higher confidence. Figures of another product, segment, definition, unit, base of comparison or
    status get rows of their own, and so do figures of another wording where they differ. Figures without
    bank, metric or period, and those of a confidence below ``min_confidence``, are in no row; ``attrs["left_out"]``
    counts them by reason. Columns are :data:`PANEL_COLUMNS`. Raises ``ValueError`` where ``figures`` lacks a column
    that is needed.
    """
    from finmetrics.analysis.frame import to_frame

    made, left_out = cells(stated(figures), min_confidence)
    frame: pd.DataFrame = to_frame(PANEL_COLUMNS, made)
    frame.attrs["left_out"] = left_out
    return frame


def cells(rows: list[Stated], min_confidence: float = 0.0) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """The rows of :func:`panel` under :data:`PANEL_COLUMNS`, in its order, and how many figures are in none."""
    placed, left_out = _placed(rows, min_confidence)
    own = own_reports(rows)
    made = [_row(cell, wording, group, own) for cell, wording, group in _cells(placed)]
    made.sort(key=lambda row: tuple(str(row[name] or "") for name in (*_OF_FIGURE, "wording", "unit", "period_end")))
    return made, left_out


def disclosure(
    figures: pd.DataFrame | Tables,
    *,
    banks: Sequence[str] | None = None,
    metrics: Sequence[str] | None = None,
    periods: Sequence[str] | None = None,
    min_confidence: float = 0.0,
) -> pd.DataFrame:
    """Which bank disclosed which metric for which date: ``disclosed``, ``bounds`` (over, under) or ``not disclosed``.

    A row per bank and ``period_end`` (a year and its last day are one), a column per metric; only levels that are no
    targets count, whatever product or definition. Without ``banks`` and ``periods`` (ISO dates) the rows are those of
    the table; where both are given, every combination. Without ``metrics``, those of the table.
    """
    import pandas as pd

    placed, _ = _placed(stated(figures), min_confidence)
    states: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in placed:
        figure = row.figure
        if figure.measure == "level" and figure.status == "actual":
            of_bank = states[figure.bank, str(figure.period_end)]
            if of_bank.get(figure.metric) != DISCLOSED:
                of_bank[figure.metric] = DISCLOSED if exact(figure) else BOUNDS
    pairs: Iterable[tuple[str, str]] = sorted(states)
    if banks is not None and periods is not None:
        pairs = [(bank, period) for bank in banks for period in periods]
    wanted = [pair for pair in pairs if (banks is None or pair[0] in banks) and (periods is None or pair[1] in periods)]
    named = list(metrics) if metrics is not None else sorted({metric for found in states.values() for metric in found})
    cells = [[states.get(pair, {}).get(metric, NOT_DISCLOSED) for metric in named] for pair in wanted]
    days = pd.to_datetime([period for _, period in wanted]).astype("datetime64[s]")
    index = pd.MultiIndex.from_arrays([[bank for bank, _ in wanted], days], names=["bank", "period_end"])
    return pd.DataFrame(cells, index=index, columns=pd.Index(named, name="metric"), dtype="string")


def disclosure_columns(matrix: pd.DataFrame) -> list[Column]:
    """The columns of a matrix of :func:`disclosure` as a file has them, its index first."""
    return [
        BY_NAME["bank"],
        BY_NAME["period_end"],
        *(Column(str(metric), "string", str(metric), "Whether it was disclosed.") for metric in matrix.columns),
    ]


def _placed(rows: list[Stated], least: float) -> tuple[list[Stated], dict[str, int]]:
    """The rows that have a place in a panel, and how many have none, by reason."""
    tests: dict[str, Callable[[Stated], bool]] = {
        "low confidence": lambda row: row.figure.confidence < least,
        "no bank": lambda row: not row.figure.bank,
        "no metric": lambda row: row.figure.metric == "other",
        "no period": lambda row: row.figure.period_end is None,
    }
    left_out = dict.fromkeys(tests, 0)
    placed = []
    for row in rows:
        reason = next((name for name, test in tests.items() if test(row)), None)
        if reason is None:
            placed.append(row)
        else:
            left_out[reason] += 1
    return placed, left_out


def _cells(rows: list[Stated]) -> Iterator[tuple[Cell, str, list[Stated]]]:
    """The figures of each cell; a cell whose wordings differ in value is split by wording."""
    wordings = Wordings(rows)
    cells: dict[Cell, list[Stated]] = defaultdict(list)
    for row in rows:
        period = period_of(row.figure)
        assert period is not None
        cells[Cell(series_of(row.figure), row.figure.measure, row.figure.comparison, period)].append(row)
    for cell, group in cells.items():
        split: dict[str, list[Stated]] = defaultdict(list)
        for row in group:
            split[wordings.of(row.figure)].append(row)
        if len(split) == 1 or _agree(group):
            yield cell, "", group
        else:
            for some in split.values():
                yield cell, some[0].figure.metric_text, some


def _agree(rows: Sequence[Stated]) -> bool:
    """Whether one value can be what all of these state."""
    intervals = [interval(row.figure) for row in rows]
    return max(one.low for one in intervals) <= min(one.high for one in intervals)


def chosen(rows: Sequence[Stated], own: frozenset[str]) -> tuple[Stated, str]:
    """The one of competing figures that a panel shows, and the reason; ``own`` are ids of banks' own reports' facts."""
    if len(rows) == 1:
        return rows[0], "the only figure"
    left, reasons = list(rows), []

    def narrow(kept: list[Stated], reason: str) -> None:
        nonlocal left
        if kept and len(kept) < len(left):
            left = kept
            reasons.append(reason)

    narrow([row for row in left if exact(row.figure)], "exact before a bound")
    narrow([row for row in left if row.fact_id in own], "own report before press")
    if not _agree(left):
        last = max((row.published for row in left if row.published), default=None)
        narrow([row for row in left if row.published == last], f"later restatement ({last})")
    finest = min(step(row.figure) for row in left)
    if _agree(left):
        narrow([row for row in left if step(row.figure) == finest], "more digits")
    surest = max(row.figure.confidence for row in left)
    same = len({row.figure.value for row in left}) == 1
    narrow([row for row in left if row.figure.confidence == surest], "" if same else "higher confidence")
    last = max((row.published for row in left if row.published), default=None)
    narrow([row for row in left if row.published == last], "" if same else f"later ({last})")
    first = min(left, key=lambda row: (row.figure.doc_id, row.figure.start, row.fact_id))
    said = list(filter(None, reasons))
    if same and len({row.figure.value for row in rows}) == 1:
        said.insert(0, "all state the same value")
    return first, "; ".join(said) or ("the same value" if same else "the first of equal figures")


def _row(cell: Cell, wording: str, group: list[Stated], own: frozenset[str]) -> dict[str, Any]:
    best, reason = chosen(group, own)
    figure = best.figure
    its = interval(figure)
    rivals = [row for row in group if not overlap(interval(row.figure), its)]
    named = dict.fromkeys(f"{row.figure.quote} ({row.fact_id})" for row in rivals)
    names = (*_OF_FIGURE, *_OF_PERIOD, *_OF_VALUE, "doc_id", "confidence")
    return {name: getattr(figure, name) for name in names} | {
        "wording": wording,
        "period": show.period(figure),
        "fact_id": best.fact_id,
        "published": best.published,
        "own_report": best.fact_id in own,
        "figures": len(group),
        "reason": reason,
        "rivals": "; ".join(named),
    }

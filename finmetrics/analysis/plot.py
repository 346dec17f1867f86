"""Rows -> a chart: a bank's series with its growth, or banks side by side for a metric and a period."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finmetrics.analysis.bases import base
from finmetrics.analysis.digits import of_all
from finmetrics.analysis.fonts import FAMILIES, undrawable
from finmetrics.analysis.model import Period
from finmetrics.analysis.panel import cells
from finmetrics.analysis.rows import Tables, stated
from finmetrics.output.columns import BY_NAME
from finmetrics.output.export import plain
from finmetrics.output.replacing import replacing
from finmetrics.output.show import BEFORE, scale_of

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

FORMATS = (".html", ".png", ".svg")
# What a chart calls growth that a text states, and growth that two levels give.
STATED, COMPUTED = "文中所述", "由数值计算"
_APART = ("months", "product", "segment", "channel", "branch", "definition", "wording", "per", "cumulative", "unit")
_MOST_PANELS = 12
_EXACT, _BOUND, _GROWTH = "#1f5a94", "#8db4d8", "#d1662b"
_TOLD = ("bank", "period", "quote", "metric_text", "doc_id", "published", "reason")

Row = dict[str, Any]


def plot(
    figures: pd.DataFrame | Tables,
    *,
    metric: str,
    bank: str | Sequence[str] | None = None,
    period: str | None = None,
    product: str | None = None,
    definition: str | None = None,
    out: str | os.PathLike[str] | None = None,
) -> alt.VConcatChart:
    """A chart of one metric: with ``period``, the banks side by side; without, each bank's series with its growth.

    ``figures`` and which of competing figures counts are as in :func:`panel`.
    ``metric`` is an id or a Chinese name, ``period`` one of :func:`panel` (2021, 2021H1) or a period's last day. What
    differs in product, segment, definition, wording or unit is drawn apart; ``product`` and ``definition`` keep one.
    Bounds are pale. Growth is what the texts state year on year; where they state none, what the levels give, marked
    as such. ``out`` is a .html (with all it needs), .png or .svg file to write. Raises ``ValueError`` where nothing is
    there to draw, for another suffix, for a PNG where no font of the machine has the characters, and where the
    ``plot`` extra is not installed.
    """
    if out is not None:
        _require_format(Path(out))
    chart: alt.VConcatChart = _drawn(_chosen(figures, metric, bank, product, definition), period)
    if out is not None:
        save(chart, out)
    return chart


def save(chart: alt.VConcatChart, out: str | os.PathLike[str]) -> None:
    """Writes a chart: .html with all that it needs, so that it opens without a network; .png or .svg.

    Raises ``ValueError`` for another suffix, and for a PNG where no font of the machine has the characters;
    ``OSError`` where it cannot be written.
    """
    target = Path(out)
    _require_format(target)
    suffix = target.suffix.lower()
    missing = undrawable(str(chart.to_dict())) if suffix == ".png" else ""
    if missing:
        raise ValueError(
            f"cannot write {target.name!r}: no font of this machine has {missing[:8]}; "
            "install one (fonts-noto-cjk), or write .html"
        )
    options: dict[str, Row] = {".html": {"inline": True}, ".png": {"ppi": 144}}
    with replacing(target) as path:
        chart.save(str(path), **options.get(suffix, {}))


def _require_format(target: Path) -> None:
    if target.suffix.lower() not in FORMATS:
        raise ValueError(f"cannot write {target.name!r}: the name must end in {', '.join(FORMATS)}")


def _altair() -> Any:
    try:
        import altair
        import vl_convert  # noqa: F401 - altair writes files with it
    except ImportError:
        raise ValueError("charts need the plot extra: pip install 'finmetrics[plot]'") from None
    return altair


def _chosen(
    figures: pd.DataFrame | Tables,
    metric: str,
    bank: str | Sequence[str] | None,
    product: str | None,
    definition: str | None,
) -> list[Row]:
    """The cells of the panel that are asked for; a filter that leaves nothing is named, with what is there."""
    facts = stated(figures)
    kinds = {fact.fact_id: fact.figure.unit_kind for fact in facts}
    rows = [
        row | {"months": _months(row), "unit_kind": kinds[row["fact_id"]]}
        for row in cells(facts)[0]
        if row["status"] == "actual"
    ]
    if not bank:
        rows = [row for row in rows if row["bank_type"] != "group"] or rows  # six banks' sum would dwarf each of them
    wanted: list[tuple[str, Sequence[str]]] = [
        ("metric", [metric]),
        ("bank", [bank] if isinstance(bank, str) else bank or ()),
        ("product", [] if product is None else [product]),
        ("definition", [] if definition is None else [definition]),
    ]
    for column, names in wanted:
        if not names:
            continue
        kept = [row for row in rows if row[column] in names or column == "metric" and row["metric_name"] in names]
        if not kept:
            there = [value for value, _ in Counter(row[column] for row in rows if row[column]).most_common(20)]
            raise ValueError(f"no {column} {', '.join(names)} in the table; there are {', '.join(there) or 'none'}")
        rows = kept
    return rows


def _drawn(rows: list[Row], period: str | None) -> Any:
    """The chart of cells that are of one metric."""
    alt = _altair()
    name = rows[0]["metric_name"]
    levels = [row for row in rows if row["measure"] == "level"]
    if period is not None:
        levels = [row for row in levels if period in (row["period"], str(row["period_end"]))]
    if not levels:
        there = sorted({row["period"] for row in rows if row["measure"] == "level"})
        raise ValueError(f"no level of {name} to draw for that period; there are {', '.join(there) or 'none'}")
    apart = [key for key in _APART if len({row[key] for row in levels}) > 1]
    keys = apart if period is not None else ["bank", *apart]
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in levels:
        groups[tuple(row[key] for key in keys)].append(row)
    shown = sorted(groups, key=lambda group: -len(groups[group]))[:_MOST_PANELS]
    charts = []
    for group in shown:
        labels = [value for value in group if isinstance(value, str) and value]
        labels += [BY_NAME["cumulative"].zh] if groups[group][0]["cumulative"] and "cumulative" in apart else []
        title = " · ".join([name, *labels, *([] if period is None else [period])])
        charts.append(
            _side_by_side(groups[group], title) if period is not None else _series(groups[group], rows, title)
        )
    chart = alt.vconcat(*charts).configure(font=FAMILIES).configure_view(stroke=None)
    more = len(groups) - len(shown)
    return chart.properties(title=f"{more} more are not drawn") if more else chart


def _months(row: Row) -> int:
    """How long a period is: half a year's flow is drawn apart from a year's. 0 for an instant, or none known."""
    start, end = row["period_start"], row["period_end"]
    return 0 if start is None else (end.year - start.year) * 12 + end.month - start.month + 1


def _side_by_side(levels: list[Row], title: str) -> Any:
    """Bars of the banks, the largest first."""
    alt = _altair()
    best: dict[str, Row] = {}
    for row in levels:  # an instant and a duration may both meet a period; the surer one stands for its bank
        if row["bank"] not in best or row["confidence"] > best[row["bank"]]["confidence"]:
            best[row["bank"]] = row
    data, unit = _scaled(sorted(best.values(), key=lambda row: -row["value"]))
    order = [row["bank"] for row in data]
    places = alt.Chart(alt.Data(values=data), title=title).encode(
        y=alt.Y("bank:N", sort=order, title=None), x=alt.X("level:Q", title=unit), tooltip=[f"{key}:N" for key in _TOLD]
    )
    bars = places.mark_bar().encode(color=alt.Color("colour:N", scale=None))
    return (bars + places.mark_text(align="left", dx=4).encode(text="label:N")).properties(width=520)


def _series(levels: list[Row], rows: list[Row], title: str) -> Any:
    """Bars of the levels in the order of time, and year on year growth as points on a line."""
    alt = _altair()
    ordered = sorted(levels, key=lambda row: (row["period_end"], row["period_start"] or row["period_end"]))
    data, unit = _scaled(ordered)
    order = [row["period"] for row in data]
    periods = alt.X("period:N", sort=order, title=None, axis=alt.Axis(labelAngle=-30))
    places = alt.Chart(alt.Data(values=data), title=title).encode(
        x=periods, y=alt.Y("level:Q", title=unit, axis=alt.Axis(titleAngle=0))
    )
    bars = places.mark_bar(size=28).encode(
        color=alt.Color("colour:N", scale=None), tooltip=[f"{key}:N" for key in _TOLD]
    )
    layers = bars + places.mark_text(dy=-6).encode(text="label:N")
    growth = _growth(ordered, rows)
    if growth:
        axis = alt.Y("growth:Q", title="同比 %", axis=alt.Axis(titleColor=_GROWTH, titleAngle=0, titlePadding=20))
        line = alt.Chart(alt.Data(values=growth)).encode(x=alt.X("period:N", sort=order), y=axis)
        shapes = alt.Scale(domain=[STATED, COMPUTED], range=["circle", "diamond"])
        points = line.mark_point(color=_GROWTH, filled=True, size=70).encode(
            shape=alt.Shape("source:N", title="同比", scale=shapes), tooltip=["period:N", "growth:Q", "source:N"]
        )
        layers = alt.layer(layers, line.mark_line(color=_GROWTH) + points).resolve_scale(y="independent")
    return layers.properties(width=max(280, 72 * len(order)), height=240)


def _growth(levels: list[Row], rows: list[Row]) -> list[Row]:
    """Year on year growth in per cent of each period: as stated, else from the exact level a year earlier."""
    like = [key for key in ("bank", *_APART) if key not in ("unit", "wording", "months")]
    stated_: dict[str, float] = {}
    for row in rows:
        same = all(row[key] == levels[0][key] for key in like)
        all_there_was = of_all(row["unit"])
        if same and row["measure"] == "growth" and row["comparison"] == "yoy" and all_there_was is not None:
            stated_[row["period"]] = float(row["value"] * 100 / all_there_was)
    values = {
        Period(row["period_start"], row["period_end"]): float(row["value"])
        for row in levels
        if row["qualifier"] in ("exact", "about") and row["value_max"] is None
    }
    found = []
    for row in levels:
        period = Period(row["period_start"], row["period_end"])
        earlier = base(period, "yoy")
        before = values.get(earlier, 0.0) if earlier is not None else 0.0
        if row["period"] in stated_:
            found.append({"period": row["period"], "growth": stated_[row["period"]], "source": STATED})
        elif before > 0 and period in values:
            rate = round((values[period] / before - 1) * 100, 2)
            found.append({"period": row["period"], "growth": rate, "source": COMPUTED})
    return found


def _scaled(rows: list[Row]) -> tuple[list[Row], str]:
    """What a chart needs of the cells, with ``level`` in 万 or 亿 as the largest asks for, and the unit then."""
    unit = rows[0]["unit"]
    scale, power = scale_of(rows[0]["unit_kind"], max(abs(row["value"]) for row in rows))
    data = []
    for row in rows:
        level = float(row["value"].scaleb(-power))
        bound = row["qualifier"] in ("over", "under") or row["value_max"] is not None
        told = {key: "" if row[key] is None else str(row[key]) for key in _TOLD}
        label = BEFORE.get(row["qualifier"], "") + plain(round(level, 2))
        data.append(told | {"level": level, "label": label, "colour": _BOUND if bound else _EXACT})
    return data, scale + unit

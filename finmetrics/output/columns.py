"""The columns of the table: their order, types, Chinese headers and meaning. The only place that knows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

Kind = Literal["string", "float64", "int64", "bool", "date"]
Headers = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``name`` (public id), ``kind`` (its type), ``zh`` (Chinese header), ``description``."""

    name: str
    kind: Kind
    zh: str
    description: str


COLUMNS: tuple[Column, ...] = (
    Column("fact_id", "string", "事实编号", "Stable across runs: the same document and span give the same id."),
    Column("doc_id", "string", "文档编号", "Which document."),
    Column("source", "string", "来源", "Where the document came from: a URL or a file."),
    Column("title", "string", "标题", "The document's title."),
    Column("published", "date", "发布日期", "What relative dates of the document resolve against."),
    Column("bank", "string", "机构", "Canonical Chinese short name of the bank, group or other institution."),
    Column("bank_id", "string", "机构编号", "Stable id of the institution."),
    Column("bank_type", "string", "机构类型", "Kind of institution: state, joint_stock, city, rural, group, ..."),
    Column("branch", "string", "分支机构", "The branch, where the figure is the branch's."),
    Column("product", "string", "产品", "Product, platform or channel as named."),
    Column("channel", "string", "渠道", "mobile, web, counter, self_service, open_banking, card, ..."),
    Column("segment", "string", "客群", "personal, corporate, sme, elderly, ..."),
    Column("metric", "string", "指标", "Metric id; other where none is known."),
    Column("metric_name", "string", "指标名称", "The metric's Chinese name."),
    Column("metric_text", "string", "指标原文", "The metric as worded in the text."),
    Column("definition", "string", "口径", "Controlled definition within the metric, where the wording fixes it."),
    Column("status", "string", "状态", "actual, target or forecast."),
    Column("per", "string", "每", "day, month, household, person, ...; empty for a plain total."),
    Column("measure", "string", "度量", "level, change (absolute difference) or growth (relative change)."),
    Column("comparison", "string", "比较基期", "Of a change or growth: yoy, ytd, qoq, mom or since."),
    Column("value", "float64", "数值", "In the base unit, the sign of a change applied; of a range the low end."),
    Column("value_max", "float64", "数值上限", "The high end, only of a range."),
    Column("unit", "string", "单位", "Base unit: 户, 元, %, 个百分点, 倍, ..."),
    Column("unit_kind", "string", "单位类型", "count, currency, percent, pp, multiple, duration, data or rate."),
    Column("qualifier", "string", "限定", "exact, about, over or under."),
    Column("cumulative", "bool", "是否累计", "Whether the text says 累计."),
    Column("period_kind", "string", "期间类型", "instant or duration; empty where no period is known."),
    Column("period_start", "date", "期间起", "First day of a duration."),
    Column("period_end", "date", "期间止", "Last day of a duration, or the day of an instant."),
    Column("quote", "string", "原文数字", "The figure as written."),
    Column("start", "int64", "起始位置", "Offset of the quote in the document's text (code points)."),
    Column("end", "int64", "结束位置", "Offset after the quote (half open)."),
    Column("page", "int64", "页码", "Page that the quote stands on, from 1, where the document has pages (PDF)."),
    Column("box", "string", "页面位置", "Its box there: left,top,right,bottom in points from the top left corner."),
    Column("sentence", "string", "所在句子", "The sentence the figure stands in."),
    Column("rule", "string", "规则", "The rules that fired."),
    Column("confidence", "float64", "置信度", "0 to 1."),
)

NAMES: tuple[str, ...] = tuple(column.name for column in COLUMNS)
OF_DOCUMENT = ("doc_id", "source", "title", "published")  # the others are the figure's
BY_NAME: dict[str, Column] = {column.name: column for column in COLUMNS}
_BY_HEADER: dict[str, Column] = BY_NAME | {column.zh: column for column in COLUMNS}


def select(names: Iterable[str] | None) -> tuple[Column, ...]:
    """The columns of these names or Chinese headers, in that order; every column for ``None``.

    Raises ``ValueError`` that names an unknown or a repeated column, or an empty selection.
    """
    if names is None:
        return COLUMNS
    chosen: list[Column] = []
    for name in names:
        column = _BY_HEADER.get(name.strip())
        if column is None:
            raise ValueError(f"no column {name.strip()!r}; columns are {', '.join(NAMES)}")
        if column in chosen:
            raise ValueError(f"column {column.name!r} is asked for twice")
        chosen.append(column)
    if not chosen:
        raise ValueError("no columns selected")
    return tuple(chosen)


def schema() -> pa.Schema:
    """The Arrow schema of the table; each field's metadata holds its description and Chinese header."""
    return schema_of(COLUMNS)


def schema_of(columns: Iterable[Column]) -> pa.Schema:
    """The Arrow schema of columns."""
    import pyarrow as pa

    types = {
        "string": pa.string(),
        "float64": pa.float64(),
        "int64": pa.int64(),
        "bool": pa.bool_(),
        "date": pa.date32(),
    }
    return pa.schema(
        [pa.field(c.name, types[c.kind], metadata={"description": c.description, "zh": c.zh}) for c in columns]
    )

"""The names under which front matter and feeds state a document's text, title, date and source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields

from finmetrics.reading.dates import day_of


@dataclass(frozen=True, slots=True)
class Keys:
    """For each of a document's fields the names that it may have, in order of preference."""

    text: tuple[str, ...] = ("text", "content", "body", "article", "正文", "内容", "全文", "文章内容")
    doc_id: tuple[str, ...] = ("doc_id", "id", "编号")
    title: tuple[str, ...] = ("title", "headline", "标题", "文章标题")
    published: tuple[str, ...] = (
        *("published", "date", "pubdate", "pub_date", "publish_date", "publish_time", "published_at", "datepublished"),
        *("发布日期", "发布时间", "日期"),
    )
    source: tuple[str, ...] = ("source", "url", "link", "来源", "链接", "网址")


OURS = Keys()


def named(columns: Mapping[str, str] | None) -> Keys:
    """Keys with the user's own names: of field to column, as in ``{"text": "article"}``.

    Raises ``ValueError`` for a field that is none.
    """
    known = [field.name for field in fields(Keys)]
    for name in columns or {}:
        if name not in known:
            raise ValueError(f"no field {name!r}; fields are {', '.join(known)}")
    given = {name: tuple(dict.fromkeys((column, column.lower()))) for name, column in (columns or {}).items()}
    return Keys(**{name: given.get(name, getattr(OURS, name)) for name in known})


def stated(values: Mapping[str, object], keys: tuple[str, ...]) -> str:
    """The first non-empty value under these keys as one line of text; else an empty string."""
    for key in keys:
        value = values.get(key)
        if isinstance(value, str | int) and (text := whole(" ".join(str(value).split()))):
            return text
    return ""


def published_by(values: Mapping[str, object], keys: Keys) -> dt.date | None:
    """The first day that is stated under the keys of the day of publication."""
    days = (day_of(values[key]) for key in keys.published if key in values)
    return next((day for day in days if day), None)


def whole(text: str) -> str:
    """The text with lone surrogates, which no file can hold, as U+FFFD; its length does not change."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    return text

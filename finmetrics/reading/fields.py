"""The names under which front matter and feeds state a document's text, title, date and source."""

from __future__ import annotations

from collections.abc import Mapping

TEXT_KEYS = ("text", "content", "body", "正文", "内容")
ID_KEYS = ("doc_id", "id", "编号")
TITLE_KEYS = ("title", "标题")
DATE_KEYS = ("published", "date", "pubdate", "publish_date", "发布日期", "发布时间", "日期")
SOURCE_KEYS = ("source", "url", "link", "来源")


def stated(values: Mapping[str, object], keys: tuple[str, ...]) -> str:
    """The first non-empty value under these keys as one line of text; else an empty string."""
    for key in keys:
        value = values.get(key)
        if isinstance(value, str | int) and (text := whole(" ".join(str(value).split()))):
            return text
    return ""


def whole(text: str) -> str:
    """The text with lone surrogates, which no file can hold, as U+FFFD; its length does not change."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    return text

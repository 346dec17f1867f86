"""Bytes -> text: byte-order mark, then strict UTF-8, then GB18030 or Big5, whichever gives everyday characters."""

from __future__ import annotations

import codecs

from finmetrics.reading.failure import Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FOREIGN = (
    (b"\xd0\xcf\x11\xe0", "an old office file; save it as .docx, .xlsx or .pdf"),
    (b"{\\rtf", "an RTF file; save it as .docx or .pdf"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"BZh", "a bzip2 file; unpack it first"),
    (b"\xfd7zXZ", "an xz file; unpack it first"),
)
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\v\f\r\x1b")) + b"\x7f"
_SAMPLE = 65_536
# Lead bytes up to which a charset has everyday characters.
_EVERYDAY = {"gb2312": 0xD7, "big5": 0xC6}
_SURELY = 0.85  # share of such characters in any text
_SURELY_UTF8 = 16  # characters beyond ASCII, read as UTF-8 before the first that cannot be


def encoding_of_mark(data: bytes) -> str | None:
    """The encoding that a byte-order mark at the beginning of ``data`` names."""
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)


def refuse_binary(data: bytes) -> None:
    """Raises :class:`Unreadable` where ``data``, a file or its beginning, is no text."""
    for magic, what in _FOREIGN:
        if data.startswith(magic):
            raise Unreadable(what)
    if encoding_of_mark(data) in ("utf-16", "utf-32"):
        return
    nul = data.find(b"\0")
    if nul >= 0:
        raise Unreadable(f"not text: a NUL byte at offset {nul}")
    sample = data[:_SAMPLE]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if controls * 100 > len(sample):
        raise Unreadable("not text: full of control characters")


def decode(data: bytes) -> str:
    """The text of a whole file without its byte-order mark; line ends stay as they are.

    Bytes that are broken in what is otherwise UTF-8 (a page cut within a character) become U+FFFD. Raises
    :class:`Unreadable` where the bytes are no text, or neither UTF-8 nor GB18030.
    """
    refuse_binary(data)
    marked = encoding_of_mark(data)
    if marked is not None:
        try:
            return data.decode(marked)
        except UnicodeDecodeError as error:
            raise Unreadable(f"marked as {marked}, but is not: byte {error.start}") from None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        broken = error.start
    # GB18030 reads much of what is UTF-8, as other characters; the reverse hardly ever happens.
    if sum(c > "\x7f" for c in data[:broken][-_SAMPLE:].decode("utf-8", "ignore")) >= _SURELY_UTF8:
        return data.decode("utf-8", "replace")
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        try:
            traditional = data.decode("big5hkscs")
        except UnicodeDecodeError:
            traditional = ""
        if _everyday(traditional, "big5") < _SURELY:
            raise Unreadable(
                f"neither UTF-8 (byte {broken}) nor GB18030 (byte {error.start}); convert it to UTF-8"
            ) from None
        return traditional
    return data.decode("big5hkscs") if _is_big5(data, text) else text


def stream_encoding(head: bytes) -> str:
    """The encoding of a file of lines, from its beginning: whichever reads more of those lines.

    A single broken line must not turn a UTF-8 feed into GB18030.
    """
    marked = encoding_of_mark(head)
    if marked is not None:
        return marked
    lines = head.split(b"\n")
    if len(lines) > 1:
        lines.pop()  # may be cut
    readable = {encoding: sum(_reads(line, encoding) for line in lines) for encoding in ("utf-8", "gb18030")}
    if readable["gb18030"] <= readable["utf-8"]:
        return "utf-8"
    return "big5hkscs" if _is_big5(head, head.decode("gb18030", "ignore")) else "gb18030"


def _is_big5(data: bytes, text: str) -> bool:
    """Whether bytes that read as ``text`` in GB18030 are rather Big5: its characters are then everyday ones."""
    sample = data[:_SAMPLE]
    return _everyday(text, "gb2312") < _SURELY <= _everyday(sample.decode("big5hkscs", "ignore"), "big5")


def _everyday(text: str, charset: str) -> float:
    """The share of Chinese characters that belong to the charset's first plane, of everyday characters."""
    last = _EVERYDAY[charset]
    characters = [c for c in text[:_SAMPLE] if "一" <= c <= "鿿"]
    leads = (c.encode(charset, "replace")[0] for c in characters)
    return sum(0x80 < lead <= last for lead in leads) / max(1, len(characters))


def _reads(line: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(line, False)
    except UnicodeDecodeError:
        return False
    return True

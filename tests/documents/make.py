"""Makes the test documents with the programs that users' documents come from.

    python tests/documents/make.py

It needs LibreOffice (soffice), Chromium and the fonts AR PL UMing and WenQuanYi Zen Hei, as Debian packages them; the
files it wrote lie beside it, so that the tests need none of these. ``article.txt`` and ``indicators.yaml`` are the
sources; the long report is the text of tests/gold, a chapter a document.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import docx
import openpyxl
import yaml
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

HERE = Path(__file__).parent
SONG, HEI = "AR PL UMing CN", "WenQuanYi Zen Hei"
HEAD = "招商银行股份有限公司 2023年年度报告摘编"

NARROW = "@page { size: 120mm 100mm; margin: 15mm 10mm } body { font-size: 9pt } td:first-child { width: 90px }"
LOCKED = (
    'pdf:writer_pdf_Export:{"EncryptFile": {"type": "boolean", "value": "true"}, '
    '"DocumentOpenPassword": {"type": "string", "value": "geheim"}}'
)

Block = tuple[str, Any]  # ("title" | "heading" | "text", words) or ("table", rows of cells)


def article() -> list[Block]:
    title, *rest = [line for line in (HERE / "article.txt").read_text(encoding="utf-8").splitlines() if line]
    return [("title", title), *(("text" if line[-1] in "。0123456789察" else "heading", line) for line in rest)]


def indicators() -> list[Block]:
    report = yaml.safe_load((HERE / "indicators.yaml").read_text(encoding="utf-8"))
    blocks: list[Block] = [("title", report["title"]), ("text", report["opening"])]
    for table in report["tables"]:
        blocks += [("heading", table["heading"]), ("unit", table["unit"])]
        head = table["head"]
        rows = [list(level) for level in zip(*head, strict=True)] if isinstance(head[0], list) else [head]
        for row in table["rows"]:
            cells = [cell[0] if isinstance(cell, list) else cell for cell in row]
            rows.append(cells + cells[:1] * (len(head) - 1) if len(cells) == 1 else cells)
        blocks.append(("table", rows))
    return blocks


def gold() -> Iterator[Block]:
    yield "title", "银行数字化文选"
    for file in sorted((HERE.parent / "gold").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            document = json.loads(line)
            yield "chapter", document["title"]
            table: list[list[str]] = []
            for text in [*document["text"].splitlines(), ""]:
                cells = [cell.strip() for cell in re.split(r"\s*\|\s*|\t", text.strip().strip("|"))]
                if len(cells) > 1 and (not table or len(cells) == len(table[0])):
                    if not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
                        table.append(cells)
                    continue
                if table:
                    yield "table", table
                    table = []
                if text.strip():
                    yield "text", text.strip()


def plain(blocks: Iterator[Block]) -> str:
    """The blocks as plain text: a paragraph a line, tables in bars."""
    lines: list[str] = []
    for kind, content in blocks:
        lines += ["| " + " | ".join(row) + " |" for row in content] if kind == "table" else [content]
        lines.append("")
    return "\n".join(lines)


def word(blocks: list[Block], *, columns: int = 1, head: str = HEAD, merged: bool = True) -> docx.document.Document:
    """A Word document with a running head, page numbers and real tables, spans merged."""
    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = SONG, Pt(12)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), SONG)
    section = document.sections[0]
    section.page_width, section.page_height = Pt(595.3), Pt(841.9)
    section.header.paragraphs[0].text = head
    _field(section.footer.paragraphs[0], "PAGE")
    if columns > 1:
        section._sectPr.xpath("./w:cols")[0].set(qn("w:num"), str(columns))
    for kind, content in blocks:
        if kind == "table":
            _table(document, content, merged=merged)
            continue
        if kind == "chapter":
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        paragraph = document.add_paragraph()
        run = paragraph.add_run(content)
        if kind == "text":
            paragraph.paragraph_format.first_line_indent = Pt(24)
            paragraph.paragraph_format.line_spacing = 1.6
        elif kind != "unit":
            run.font.size, run.font.bold, run.font.name = Pt(20 if kind in ("title", "chapter") else 14), True, HEI
            run._element.rPr.rFonts.set(qn("w:eastAsia"), HEI)
    document.core_properties.title = next(content for kind, content in blocks if kind == "title")
    document.core_properties.created = datetime(2024, 3, 26)
    return document


def _field(paragraph: Any, code: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    paragraph._p.append(field)


def _table(document: Any, rows: list[list[str]], *, merged: bool) -> None:
    table = document.add_table(len(rows), max(map(len, rows)))
    table.style = "Table Grid"
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            if merged and y and text == rows[y - 1][x] and x == 0:
                table.cell(y - 1, x).merge(table.cell(y, x))
            elif merged and x and text == row[x - 1]:
                table.cell(y, x - 1).merge(table.cell(y, x))
            else:
                table.cell(y, x).text = text


def page(blocks: list[Block], *, columns: int = 1, ruled: str = "three") -> str:
    """A page as a newspaper prints it; tables with three rules, as in reports."""
    style = f"""body {{ font: 11pt/1.7 '{SONG}'; column-count: {columns}; column-gap: 9mm }} h1 {{ font: 20pt '{HEI}';
        column-span: all }} h2 {{ font: 13pt '{HEI}' }} p {{ text-indent: 2em; margin: 0 0 4pt; text-align: justify }}
        .unit {{ text-align: right }} table {{ width: 100%; border-collapse: collapse; margin-bottom: 12pt }}
        td {{ text-align: right; padding: 2pt 6pt }} td:first-child {{ text-align: left }}
        table {{ border-top: 1.5pt solid; border-bottom: 1.5pt solid }} tr.head td {{ border-bottom: 0.75pt solid }}"""
    if ruled == "all":
        style += "td { border: 0.75pt solid }"
    title = next(content for kind, content in blocks if kind == "title")
    return (
        f"<!DOCTYPE html><html lang='zh'><head><meta charset='utf-8'><title>{title}</title>"
        f"<style>{style}</style></head><body>{body(blocks)}</body></html>"
    )


def body(blocks: list[Block]) -> str:
    tags = {"title": "h1", "heading": "h2", "chapter": "h2", "text": "p"}
    pieces = []
    for kind, content in blocks:
        if kind == "table":
            pieces.append(_markup(content))
        elif kind == "unit":
            pieces.append(f"<p class='unit'>{html.escape(content)}</p>")
        else:
            pieces.append(f"<{tags[kind]}>{html.escape(content)}</{tags[kind]}>")
    return "\n".join(pieces)


def _markup(rows: list[list[str]]) -> str:
    heads = sum(not any(re.fullmatch(r"\(?-?[\d,.]+%?\)?", cell) for cell in row[1:]) for row in rows[:2])
    lines = []
    for y, row in enumerate(rows):
        cells, x = "", 0
        while x < len(row):
            span = next((n for n in range(1, len(row) - x) if row[x + n] != row[x]), len(row) - x)
            above = y and x == 0 and rows[y - 1][0] == row[0]
            down = x == 0 and y + 1 < len(rows) and rows[y + 1][0] == row[0]
            if not above:
                spans = (f" colspan='{span}'" if span > 1 else "") + (" rowspan='2'" if down else "")
                cells += f"<td{spans}>{html.escape(row[x])}</td>"
            x += span
        lines.append(f"<tr{' class=head' if y < max(heads, 1) else ''}>{cells}</tr>")
    return f"<table>{''.join(lines)}</table>"


CRAWLED = """<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>{title}_银行数字化观察_财经频道</title>
<meta name="keywords" content="手机银行"><script type="application/ld+json">{{"@context": "https://schema.org",
"@type": "NewsArticle", "headline": "{title}", "datePublished": "2024-03-26T10:20:00+08:00"}}</script></head><body>
<div class="top-bar"><ul><li><a href="/">首页</a></li><li><a href="/bank">银行</a></li><li><a href="/fund">基金</a></li>
<li><a href="/vip">会员99元/年</a></li></ul></div>
<div class="wrap"><div class="crumb"><a href="/">财经频道</a> &gt; <a href="/bank">银行</a> &gt; 正文</div>
<div class="main"><h1>{title}</h1><div class="info"><span>2024-03-26 10:20</span> <span>银行数字化观察</span></div>
<div class="content">{body}
<div class="ad"><a href="/ad/1">开户送188元红包，首月利率低至3.6%，已有500万人申领</a></div></div>
<div class="share"><a href="#">分享到微信</a> <a href="#">收藏(312)</a></div>
<div class="comments"><h3>网友评论（86条）</h3><ul><li class="comment">老张：我去年在招行存了20万元，利率才2.6%</li>
<li class="comment">用户8812：App月活都5亿户了吧</li></ul></div></div>
<div class="sidebar"><h3>热门阅读</h3><ul><li><a href="/1">工商银行手机银行客户突破5.5亿户</a></li>
<li><a href="/2">平安银行2023年净利润464.55亿元</a></li><li><a href="/3">六大行日赚37亿元</a></li></ul></div></div>
<div class="footer"><p>关于我们 | 联系我们 | 京ICP备12345678号 客服电话400-000-0000</p></div>
</body></html>"""


def workbook(blocks: list[Block]) -> openpyxl.Workbook:
    """The tables as a bank's workbook has them: numbers as numbers with formats, one sheet, spans merged."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "主要指标"
    for kind, content in blocks:
        if kind != "table":
            if kind == "heading":
                sheet.append([])
            sheet.append([content])
            continue
        for row in content:
            sheet.append([])
            line = sheet._current_row
            for x, text in enumerate(row, start=1):
                if x > 1 and text == row[x - 2]:
                    continue
                span = next((n for n in range(1, len(row) - x + 1) if row[x - 1 + n] != text), len(row) - x + 1)
                _write(sheet.cell(line, x), text)
                if span > 1:
                    sheet.merge_cells(start_row=line, end_row=line, start_column=x, end_column=x + span - 1)
    book.properties.title = next(content for kind, content in blocks if kind == "title")
    return book


def _write(cell: Any, text: str) -> None:
    number = re.fullmatch(r"(\()?(-?[\d,]+)(\.\d+)?(%)?\)?", text)
    if number is None or text in ("2023", "2022"):
        cell.value = text
        return
    places = len(number[3] or ".") - 1
    value = float((number[2] + (number[3] or "")).replace(",", "")) * (-1 if number[1] else 1)
    shape = ("#,##0" if "," in text else "0") + ("." + "0" * places if places else "")
    cell.value = round(value / 100, 8) if number[4] else value
    cell.number_format = shape + ("%" if number[4] else "") + (f"_);({shape})" if number[1] else "")


def soffice(source: Path, to: str, out: Path, read_as: str = "") -> None:
    with tempfile.TemporaryDirectory() as folder:
        profile = f"-env:UserInstallation=file://{folder}/profile"
        filters = [f"--infilter={read_as}"] if read_as else []
        command = ["soffice", profile, "--headless", *filters, "--convert-to", to, "--outdir", folder, source]
        subprocess.run(command, check=True, timeout=300)
        shutil.move(Path(folder) / f"{source.stem}.{to.split(':')[0]}", out)


def chromium(markup: str, out: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_text(markup, encoding="utf-8")
        flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile"]
        subprocess.run(["chromium", *flags, f"--print-to-pdf={out}", source], check=True, timeout=120)


def small(work: Path) -> None:
    """The tables on pages too small for them: labels wrap, tables go over page breaks, their heads stay behind."""
    narrow = page(indicators()).replace("</style>", f"{NARROW}</style>")
    chromium(narrow, HERE / "indicators-narrow-chromium.pdf")
    for name, style in (("small", "Table Grid"), ("shaded", "Light Shading Accent 1")):
        document = word(indicators())
        section = document.sections[0]
        section.page_width, section.page_height = Pt(420), Pt(380)
        section.left_margin = section.right_margin = Pt(40)
        for table in document.tables:
            table.style = style
        document.save(str(work / f"{name}.docx"))
        soffice(work / f"{name}.docx", "pdf", HERE / f"indicators-{name}-libreoffice.pdf")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name, blocks in (("article", article()), ("indicators", indicators())):
            word(blocks).save(str(work / f"{name}.docx"))
            soffice(work / f"{name}.docx", "docx:MS Word 2007 XML", HERE / f"{name}-libreoffice.docx")
            soffice(work / f"{name}.docx", "pdf", HERE / f"{name}-libreoffice.pdf")
            shutil.copy(work / f"{name}.docx", HERE / f"{name}-python.docx")
            chromium(page(blocks), HERE / f"{name}-chromium.pdf")
        soffice(work / "article.docx", LOCKED, HERE / "article-locked.pdf")
        small(work)
        chromium(page(article(), columns=2), HERE / "article-columns-chromium.pdf")
        word(article(), columns=2).save(str(work / "columns.docx"))
        soffice(work / "columns.docx", "pdf", HERE / "article-columns-libreoffice.pdf")
        text = [block for block in article()[1:] if not block[1].startswith("2024-03-26")]
        crawled = CRAWLED.format(title=article()[0][1], body=body(text))
        (HERE / "article-crawled.html").write_text(crawled, encoding="utf-8")
        (HERE / "indicators.html").write_text(page(indicators()), encoding="utf-8")
        workbook(indicators()).save(HERE / "indicators.xlsx")
        soffice(HERE / "indicators.xlsx", "xlsx:Calc MS Excel 2007 XML", HERE / "indicators-libreoffice.xlsx")
        halfyear = HERE / "halfyear.html"  # written by hand: tables right below each other, heads of two rows, spans
        chromium(halfyear.read_text(encoding="utf-8"), HERE / "halfyear-chromium.pdf")
        soffice(halfyear, "docx:MS Word 2007 XML", HERE / "halfyear-libreoffice.docx")
        soffice(halfyear, "xlsx:Calc MS Excel 2007 XML", HERE / "halfyear-libreoffice.xlsx", "HTML (StarCalc)")
        (HERE / "long.txt").write_text(plain(gold()), encoding="utf-8")
        word(list(gold()), head="银行数字化文选", merged=False).save(str(work / "long.docx"))
        soffice(work / "long.docx", "pdf", HERE / "long-libreoffice.pdf")


if __name__ == "__main__":
    main()

"""What the site needs beside its configuration: notebooks as files, and a word on pages that are only in English."""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
# Links to what lies beside docs/: on the site it lies in it.
_BESIDE = re.compile(r"\]\(\.\./(?=notebooks/)")
# A bar in the code of a table's cell, which GitHub wants escaped, would show its escape.
_ROW = re.compile(r"^\|.*`[^`\n]*\\\|[^`\n]*`.*$", re.MULTILINE)
_TITLE = re.compile(r"\A# .*\n")
_ONLY_ENGLISH = '\n!!! note ""\n    本页只有英文版。\n'
# A line that breaks between two Chinese characters would show as a blank.
_WIDE = "[\u2018-\u201d\u2014\u2026\u3000-\u9fff\uff00-\uffef]"
_BREAK = re.compile(rf"(<pre.*?</pre>)|(?<={_WIDE})\n(?={_WIDE})", re.DOTALL)


@event_priority(100)  # before the plugin of languages sorts the files
def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the notebooks, as they are."""
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        files.append(File.generated(config, f"notebooks/{notebook.name}", abs_src_path=str(notebook)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Mends links to notebooks and bars in code, and says where a page among the Chinese ones is in English."""
    if page.url.startswith("zh/") and not page.file.src_uri.endswith(".zh.md"):
        markdown = _TITLE.sub(lambda title: title[0] + _ONLY_ENGLISH, markdown)
    return _ROW.sub(lambda row: row[0].replace("\\|", "|"), _BESIDE.sub("](", markdown))


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Joins the lines of Chinese paragraphs."""
    return _BREAK.sub(lambda found: found[1] or "", html)

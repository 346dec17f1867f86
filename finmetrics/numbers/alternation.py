"""Words -> one regular expression that takes the longest of them, in time that does not grow with their number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Node:
    next: dict[str, _Node] = field(default_factory=dict)
    ends: bool = False
    unless: list[str] = field(default_factory=list)


def alternation(words: Mapping[str, Iterable[str]], *, blanks_from: int = 0) -> str:
    """A pattern for any of ``words``, each with the strings that must not follow it.

    A word that ends in a Latin letter does not end within a Latin word. Words of ``blanks_from`` characters or
    more may be broken by one blank or line break between characters (0: none may).
    """
    root = _Node()
    for word, unless in words.items():
        node = root
        for c in word:
            node = node.next.setdefault(c, _Node())
        node.ends = True
        node.unless += [text for text in unless if text not in node.unless]
        if word[-1].isascii() and word[-1].isalpha():
            node.unless.append("[A-Za-z]")
    if not words:
        return "(?!)"
    broken = {id(node) for word in words if 0 < blanks_from <= len(word) for node in _path(root, word)}
    firsts = "".join(map(re.escape, root.next))
    return f"(?=[{firsts}]){_pattern(root, broken, first=True)}"


def _path(root: _Node, word: str) -> list[_Node]:
    nodes = [root]
    for c in word:
        nodes.append(nodes[-1].next[c])
    return nodes


def _pattern(node: _Node, broken: set[int], *, first: bool = False) -> str:
    branches = []
    for c, child in node.next.items():
        blank = "" if first or id(node) not in broken or id(child) not in broken else "[ \\n]?"
        branches.append(blank + re.escape(c) + _pattern(child, broken))
    if node.ends:
        guards = [text if text == "[A-Za-z]" else re.escape(text) for text in node.unless]
        branches.append(f"(?!{'|'.join(guards)})" if guards else "")
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"

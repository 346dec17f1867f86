"""Which characters a regular expression can begin with, so that it is tried only where one of them stands."""

from __future__ import annotations

import re
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_LARGEST = 512  # characters of a class; one that holds more is as good as any


def first_characters(pattern: str, flags: int = 0) -> frozenset[str] | None:
    """The characters that a match of ``pattern`` can begin with; ``None`` where that may be any."""
    parsed = parser.parse(pattern, flags)
    found, through = _of_sequence(parsed)
    if through or found is None or parsed.state.flags & re.IGNORECASE:
        return None
    return frozenset(found)


def _of_sequence(items: Any) -> tuple[set[str] | None, bool]:
    """The first characters, and whether the sequence can match nothing."""
    found: set[str] = set()
    for op, value in items:
        firsts, through = _of_item(op, value)
        if firsts is None:
            return None, through
        found |= firsts
        if not through:
            return found, False
    return found, True


def _of_item(op: Any, value: Any) -> tuple[set[str] | None, bool]:
    if op is ops.LITERAL:
        return {chr(value)}, False
    if op is ops.IN:
        return _of_class(value), False
    if op in (ops.ASSERT, ops.ASSERT_NOT, ops.AT):
        return set(), True
    if op is ops.SUBPATTERN and not value[1]:
        return _of_sequence(value[3])
    if op is ops.ATOMIC_GROUP:
        return _of_sequence(value)
    if op in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
        firsts, through = _of_sequence(value[2])
        return firsts, through or value[0] == 0
    if op is ops.BRANCH:
        all_firsts: set[str] = set()
        empty = False
        for branch in value[1]:
            firsts, through = _of_sequence(branch)
            if firsts is None:
                return None, False
            all_firsts |= firsts
            empty = empty or through
        return all_firsts, empty
    return None, False


def _of_class(items: Any) -> set[str] | None:
    found: set[str] = set()
    for op, value in items:
        if op is ops.LITERAL:
            found.add(chr(value))
        elif op is ops.RANGE and value[1] - value[0] < _LARGEST:
            found.update(map(chr, range(value[0], value[1] + 1)))
        elif op is ops.CATEGORY and value in (ops.CATEGORY_DIGIT, ops.CATEGORY_SPACE):
            test = str.isdecimal if value is ops.CATEGORY_DIGIT else str.isspace
            found.update(filter(test, map(chr, range(0x10000))))
        else:
            return None
    return found

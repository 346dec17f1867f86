"""Tokens -> sentences, and what one sentence hands on to the next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from finmetrics.basis import Basis
from finmetrics.entries import Bank
from finmetrics.lexicon import BREAKS, STOPS
from finmetrics.periods import Period
from finmetrics.spot import Token

_ITEM_LENGTH = 16
_HEADING_LENGTH = 42
# Tokens after which a sentence without a stop is cut at its next clause, so that work stays linear in any text.
_LONGEST = 300


@dataclass(slots=True)
class Sentence:
    """A stretch between full stops or line breaks, with its tokens (the closing mark is left out)."""

    start: int
    end: int
    tokens: list[Token]
    opens_paragraph: bool
    heading: bool
    states: bool  # holds a figure
    runs_in: bool = False  # a heading that its paragraph goes on from: 信银理财。期末产品规模…


@dataclass(slots=True)
class Context:
    """What governs a sentence from outside it: the document, the section, the paragraph, the sentence before."""

    published: dt.date | None
    main: Bank | None
    main_branch: str = ""
    title_group: Bank | None = None
    report: Period | None = None  # what the section, else the document, reports on
    document_report: Period | None = None
    group: Bank | None = None
    group_fresh: bool = False
    section: Bank | None = None
    section_branch: str = ""
    bank: Bank | None = None
    past_bank: Bank | None = None
    one: tuple[Bank, str] | None = None  # the last single institution that spoke, and its branch
    branch: str = ""
    product: Token | None = None
    presented: Token | None = None  # the product that the sentence before ended with
    last_product: Token | None = None
    title_product: Token | None = None
    title_weight: str = ""  # how much of what the document says of products is of that one
    section_product: Token | None = None  # the only one that the section's heading names
    past_product: Token | None = None
    period: Period | None = None
    period_age: int = 0
    last_period: Period | None = None
    named: set[dt.date] = field(default_factory=set)  # ends of the periods that were named with their year
    anchor: int | None = None
    anchor_relative: bool = False  # 去年, not 2023年
    anchor_aged: bool = False  # named in a sentence before
    title_period: Period | None = None
    section_period: Period | None = None
    recent: list[Any] = field(default_factory=list)
    far: list[Any] = field(default_factory=list)
    topics: list[tuple[str, Token]] = field(default_factory=list)
    branches: dict[str, str] = field(default_factory=dict)
    branches_stay: bool = False  # a branch that speaks goes on in the next paragraph
    runs: dict[int, list[Token]] = field(default_factory=dict)
    pair: list[Token] = field(default_factory=list)
    basis: Basis = field(default_factory=Basis)
    led_in: bool = False
    section_start: bool = False
    outer: tuple[Bank | None, str, Token | None] | None = None  # the section's, while a run-in heading holds
    paragraph: int = 0
    lead: Period | None = None  # what the paragraph opens with

    def open_paragraph(self) -> None:
        """Forgets what does not cross a paragraph break, unless the paragraph before led in with a colon."""
        if self.led_in:
            return
        if self.outer is not None:
            (self.section, self.section_branch, self.section_product), self.outer = self.outer, None
        if self.recent:
            self.far, self.recent = self.recent, []
        left = [("past", token) for where, token in self.topics if where in ("led", "unused")]
        self.topics = [*left, *(topic for topic in self.topics if topic[0] == "heading")]
        self.period = self.section_period or self.title_period
        named = self.section_period
        self.anchor = named.end.year if named is not None and named.end is not None else None
        self.group_fresh = False
        self.past_product = self.last_product or self.past_product
        self.product = self.last_product = None
        self.past_bank = self.bank
        self.lead = None
        if self.section is not None:
            self.bank, self.branch = self.section, self.section_branch
        elif self.main is not None:
            if self.bank is not self.main or not self.branch or not self.branches_stay:
                self.branch = self.main_branch
            self.bank = self.main

    def open_item(self, heading: Sentence) -> None:
        """Takes what a run-in heading names for its paragraph: its institution, product and metrics."""
        self.outer = self.section, self.section_branch, self.section_product
        banks = [token for token in heading.tokens if token.bank is not None and not token.bank.speaker]
        if len(banks) == 1:
            self.section, self.section_branch = banks[0].bank, banks[0].branch
            self.bank, self.branch = self.section, self.section_branch
        products = [token for token in heading.tokens if token.product]
        if len(products) == 1:
            self.product = self.section_product = products[0]
        metrics = [("heading", token) for token in reversed(heading.tokens) if token.word.metrics]
        self.topics = [*metrics, *self.topics]

    def open_section(self, heading: Sentence, period: Period | None, *, titles: bool) -> None:
        """Takes a heading's institution and ``period`` for its section; a heading without one ends the section's.

        One that ``titles`` a document which is about no single institution makes no section.
        """
        if period is not None or not self.section_start:  # a heading right below another leaves that one's
            self.section_period, self.report = period, period or self.document_report
        named = [token for token in heading.tokens if token.bank is not None and not token.bank.speaker]
        if any(token.bank.type != "group" for token in named if token.bank):  # 股份行：招商银行一骑绝尘
            named = [token for token in named if token.bank and token.bank.type != "group"]
        if len({token.bank.id for token in named if token.bank}) == 1 and not (titles and self.main is None):
            self.section, self.section_branch = named[0].bank, named[-1].branch
            self.bank, self.branch = self.section, self.section_branch
        elif named or heading.opens_paragraph:
            self.section, self.section_branch = None, ""
        if not named and heading.opens_paragraph and self.main is None:
            self.bank, self.branch = self.title_group, ""
        self.led_in = False
        self.section_start = True
        self.topics = [("heading", token) for token in reversed(heading.tokens) if token.word.metrics]
        self.open_paragraph()
        product = [token for token in heading.tokens if token.product]
        self.section_product = product[0] if len(product) == 1 else None
        if self.section_product is not None:
            self.product = self.section_product


def sentences(text: str, tokens: list[Token]) -> Iterator[Sentence]:
    """The sentences that hold at least one token, in order."""
    held: list[Token] = []
    start, opens = 0, True
    for token in tokens:
        mark = token.word.mark
        if not mark or mark not in STOPS or mark == "\n" and _wrapped(text, token):
            held.append(token)
            if len(held) >= _LONGEST and (mark in BREAKS if mark else len(held) >= 2 * _LONGEST):
                yield _sentence(text, start, token.end, held, opens, ends_line=False)
                held, start, opens = [], token.end, False
            continue
        if held or mark == "\n":
            yield _sentence(text, start, token.start, held, opens, ends_line=mark == "\n")
            held, opens = [], mark == "\n"  # what says nothing to the rules (质。) leaves the opening to the next
        start = token.end
    if held:
        yield _sentence(text, start, len(text), held, opens, ends_line=True)


def _wrapped(text: str, token: Token) -> bool:
    """Whether a line break stands within a sentence: after a comma."""
    return text[max(0, token.start - 3) : token.start].rstrip(" ")[-1:] in ("，", "、", "；")


def _sentence(text: str, start: int, end: int, tokens: list[Token], opens: bool, *, ends_line: bool) -> Sentence:
    states = any(token.quantity is not None for token in tokens)
    # A line without a full stop, short, with no figure in it.
    heading = (
        ends_line
        and opens
        and 0 < end - start <= _HEADING_LENGTH
        and not states
        and not text[start:end].rstrip().endswith(("：", ":", "，", "；"))
    )
    return Sentence(
        start, end, tokens, opens, heading, states, opens and not states and _runs_in(text, start, end, tokens)
    )


def _runs_in(text: str, start: int, end: int, tokens: list[Token]) -> bool:
    """Whether a paragraph opens with nothing but a name or a topic and a full stop: （二）信用卡。截至6月末…."""
    if end - start > _ITEM_LENGTH or not text.startswith("。", end):
        return False
    said = {i for t in tokens if t.bank is not None or t.product or t.word.metrics for i in range(t.start, t.end)}
    rest = sum(text[i].isalpha() for i in range(start, end) if i not in said)
    return bool(said) and rest <= 1  # numbering, or 与 between two

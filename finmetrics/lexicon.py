"""Rules -> the vocabulary as one automaton: every phrase of rules/ with all that it can mean."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ahocorasick_rs

from finmetrics import kept
from finmetrics.clean import Cleaner
from finmetrics.entries import Bank, Entries, Metric, Product, Word, Wording
from finmetrics.exclusions import Excluder
from finmetrics.home import rules_home
from finmetrics.numbers.quantify import Quantifier
from finmetrics.periods import Calendar

if TYPE_CHECKING:
    from finmetrics.schema import Rules

# What divides clauses, what divides only items, and what opens and closes an aside.
STOPS = "。！？!?\n"
BREAKS = "，；：,;:"
MARKS = '、（）()“”《》"「」『』'
OPENING, CLOSING = "（(", "）)"
PARTS = "；;"  # what divides a sentence into parts of their own
# What joins two of a kind.
JOINS = ("、", "和", "与", "及")
_SPENDS = 12  # characters from a share to what it is spent on
# Roles whose words are looked for only at certain places; they are no tokens.
IN_PLACE = (
    "function", "product_ends", "product_nouns", "product_verbs", "no_product", "rank", "norm", "began",
    "spent_on", "company_kind", "local_kind", "before_local", "no_local", "not_in_local", "no_branch", "of_places",
    "market_whole", "holds", "unnamed", "leads_name", "instance",
)  # fmt: skip


class Lexicon:
    """All of rules/, compiled once: the vocabulary, the quantifier, the calendar, the cleaner."""

    def __init__(self, rules: Rules, overlay: str | os.PathLike[str] | None = None, *, read: bool = False) -> None:
        """``read`` tells that the rules are our own with this overlay, and can be read from their files again."""
        self._rules: Rules | None = rules
        self._overlay, self._read = overlay, read
        self._weights = [(entry.id, dict(entry.weights)) for entry in rules.weights]
        self.entries = entries = Entries(rules)
        self.clean = Cleaner(rules.traditional)
        moves = [word for change in entries.changes if change.measure == "move" for word in change.words]
        self.quantifier = Quantifier(entries.units, rules.qualifiers, moves)
        self.calendar = Calendar(rules.periods)
        self._words: dict[str, Word] = {}
        self.banks = {bank.id: bank for bank in entries.banks}
        self.bank_letters = {bank.letter: bank for bank in entries.banks if bank.letter}
        letter = f"[{''.join(self.bank_letters)}]" if self.bank_letters else "(?!)"
        kinds = {bank.type for bank in self.bank_letters.values()}
        mates = _any(name for bank in entries.banks if bank.type in kinds for name in bank.short)  # 、建、邮储
        self.letter_list = re.compile(
            rf"(?P<list>{letter}、(?:{letter}、)*{letter}(?:和{letter}|及{letter})?)"
            rf"(?=[两三四五六]?[家大行]|分别|依次|均|各|的|[、和及与](?:{mates}))"
        )
        self._add_banks()
        self._add_products()
        self._add_metrics()
        self._extend_conditional()
        self._add_changes()
        self._add_roles()
        self._add_qualifiers()
        for mark in STOPS + BREAKS + MARKS:
            self.word(mark).mark = mark
        self._embed()
        self.phrases = list(self._words)
        self.words = list(self._words.values())
        self.local_kinds = {w: entry.value for entry in rules.words if entry.id == "local_kind" for w in entry.words}
        for word in self.words:
            if word.bank is not None:
                word.guards = guards(word.text, word.bank)
                word.local_kind = self.local_kinds.get(word.text, "") if word.bank.type == "group" else ""
            word.passing = not word.roles and word.mark not in (*OPENING, *CLOSING, *PARTS)
        self._automaton = _automaton(self.phrases)
        self.cued_metrics: dict[str, list[Metric]] = {}
        for metric in entries.metrics:
            for cue in metric.cues:
                self.cued_metrics.setdefault(cue, []).append(metric)
        self.cue_pattern = re.compile(_any(self.cued_metrics))
        self.metric_by_unit = {unit: metric for metric in entries.metrics for unit in metric.assumed_for}
        self.product_end = re.compile(f"(?:{_any(self._of_role('product_ends'))})$")
        self.product_kinds = {w: one.value for one in rules.words if one.id == "product_ends" for w in one.words}
        self.no_products = frozenset(self._of_role("no_product"))
        self.product_noun = re.compile(_any(self._of_role("product_nouns")))
        self.product_verb = re.compile(_any(self._of_role("product_verbs")))
        self.function_words = re.compile(_any(self._of_role("function")))
        self.ranks = tuple(self._of_role("rank"))
        self.norms = tuple(self._of_role("norm"))
        self.began = re.compile(f"(?:[正全首率先]{{0,2}})(?:{_any(self._of_role('began'))})(?:的|，|以来|至今)")
        self.counted = tuple(w for e in rules.words if (e.id, e.value) == ("market", "counted") for w in e.words)
        self.reports = tuple(word for entry in rules.reports for word in (*entry.words, *entry.also))
        self.company_kind = re.compile(f"(?:{_any(self._of_role('company_kind'))})$")
        self.stems = self._stems()
        self.local_name = self._local_name()
        self.in_name = re.compile(f"(?:(?!{_any(self._of_role('not_in_local'))})[一-龥])+")
        self.markets = tuple(self._of_role("market_whole"))
        self.holds, self.unnamed = tuple(self._of_role("holds")), tuple(self._of_role("unnamed"))
        self.leads_name, self.instances = tuple(self._of_role("leads_name")), tuple(self._of_role("instance"))
        self.of_places = tuple(self._of_role("of_places"))
        self.no_branch = re.compile(_any(self._of_role("no_branch")))
        self.places = frozenset(word for province in rules.places for word in province.words)
        self._spent = {w: entry.value for entry in rules.words if entry.id == "spent_on" for w in entry.words}
        self._spends = re.compile(f"[^，。；、]{{0,{_SPENDS}}}?({_any(self._spent)})")
        self.excluder = Excluder(rules.exclusions)

    def product_kind(self, name: str, product: Product | None) -> str:
        """What kind of product a name is of, which tells what figures it has: its channel, or what its end says."""
        end = self.product_end.search(name)
        kind = self.product_kinds[end.group()] if end is not None else ""
        return kind if product is None or not product.channel or kind == "loan" else product.channel

    def spent_on(self, text: str, at: int) -> str:
        """The metric of what a share that ends at ``at`` is spent on: 营收的3%用于信息科技 is tech investment."""
        match = self._spends.match(text, at)
        return self._spent[match.group(1)] if match is not None else ""

    @property
    def rules(self) -> Rules:
        """The rules as validated; what was kept on disk reads them only where somebody asks."""
        if self._rules is None:
            from finmetrics.rules import load

            self._rules = load(self._overlay)
        return self._rules

    def __getstate__(self) -> dict[str, Any]:
        state = {name: value for name, value in vars(self).items() if name != "_automaton"}  # which cannot be pickled
        return state | {"_rules": None} if self._read else state

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._automaton = _automaton(self.phrases)

    def word(self, text: str) -> Word:
        """The word of this text, made if it is new."""
        found = self._words.get(text)
        if found is None:
            found = self._words[text] = Word(text)
        return found

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """(index into :attr:`words`, start, end) of every phrase: leftmost, longest, without overlap."""
        hits: list[tuple[int, int, int]] = self._automaton.find_matches_as_indexes(text)
        return hits

    def weights(self, slot: str, kind: str) -> dict[str, float]:
        """The weights of a slot's reasons for one kind of figure: those of every kind and its own, added."""
        total: dict[str, float] = {}
        for entry, weights in self._weights:
            if entry in (slot, f"{slot}.{kind}"):
                for reason, weight in weights.items():
                    total[reason] = total.get(reason, 0.0) + weight
        return total

    def _stems(self) -> dict[str, dict[str, Bank]]:
        """The names without their kind of companies that are no banks, by kind: 工银 of 理财."""
        found: dict[str, dict[str, Bank]] = {}
        for bank in self.entries.banks:
            kind = self.company_kind.search(bank.name) if bank.type == "other" else None
            if kind is not None:
                found.setdefault(kind.group(), {})[bank.name[: kind.start()]] = bank
        return found

    def _local_name(self) -> re.Pattern[str]:
        """The name of a local bank whose place is in no list: what may begin it, and up to eight characters."""
        after = "|".join(f"(?<={re.escape(word)})" for word in self._of_role("before_local"))
        never, inside = _any(self._of_role("no_local")), _any(self._of_role("not_in_local"))
        kinds = _any(self.local_kinds)
        return re.compile(
            rf"(?:^|(?<=[^一-龥])|{after})(?P<place>(?!{never})(?:(?!{inside})[一-龥]){{2,8}})(?P<kind>{kinds})"
        )

    def _of_role(self, role: str) -> list[str]:
        return [word for entry in self.rules.words if entry.id == role for word in entry.words]

    def _add_banks(self) -> None:
        for bank in self.entries.banks:
            for name in {bank.name, *([bank.full] if bank.full else []), *bank.aliases}:
                word = self.word(name)
                word.bank, word.short = bank, False
        for bank in self.entries.banks:
            for name in bank.short:
                word = self.word(name)
                if word.bank is None:
                    word.bank, word.short = bank, True

    def _add_products(self) -> None:
        for product in self.entries.products:
            for text in product.words:
                for form in {text, *(text.replace("App", other) for other in ("APP", "app"))}:
                    self.word(form).product = product

    def _add_metrics(self) -> None:
        for metric in self.entries.metrics:
            for term in metric.terms:
                parts = term.split("…")
                heads = parts[-1].split("|")
                right_only = "#" in parts[:-1]
                cues = tuple(c for part in parts[:-1] if part != "#" for c in part.split("|") if c)
                for head in heads:
                    for form in {head, *(head.replace("App", other) for other in ("APP", "app"))}:
                        self.word(form).metrics.append(
                            Wording(metric, cues, left=not right_only, right=right_only or not cues)
                        )

    def _extend_conditional(self) -> None:
        """发放…贷款 holds for every longer name of the same: 发放小微贷款; 注册…用户 does not for 月活用户."""
        conditional: dict[str, list[Wording]] = {}
        for word in self._words.values():
            plain = any(not wording.cues for wording in word.metrics)
            for wording in word.metrics:
                if plain and wording.cues and wording.left and len(word.text) >= 2:
                    conditional.setdefault(word.text, []).append(wording)
        for word in self._words.values():
            if not word.metrics:
                continue
            own = {wording.metric.id for wording in word.metrics if not wording.cues}
            for size in range(2, len(word.text)):
                shorter = word.text[-size:]
                for wording in conditional.get(shorter, ()):
                    same = own & {w.metric.id for w in self._words[shorter].metrics if not w.cues}
                    if (same or not own) and wording not in word.metrics:
                        word.metrics.append(wording)

    def _add_changes(self) -> None:
        for change in self.entries.changes:
            for text in change.words:
                word = self.word(text)
                if change.measure == "comparison":
                    word.comparison = change.id
                else:
                    word.change = change
            for text in change.right:
                self.word(text).roles["right_change"] = change.id
        for change in self.entries.changes:
            for text in change.right:  # 的降幅 is 降幅 too, left of a figure
                inner = self._words.get(text[1:]) if len(text) > 2 else None
                if inner is not None and inner.change is not None and self.word(text).change is None:
                    self.word(text).change = inner.change
                    self.word(text).roles["right_first"] = change.id
        self.changes = {change.id: change for change in self.entries.changes}

    def _add_roles(self) -> None:
        for role in self.rules.words:
            if role.id in IN_PLACE:
                continue
            for text in role.words:
                self.word(text).roles[role.id] = role.value

    def _add_qualifiers(self) -> None:
        for qualifier in self.rules.qualifiers:
            for text in qualifier.left:
                self.word(text).roles["qualifier"] = qualifier.id

    def _embed(self) -> None:
        """Lets a phrase keep what its parts mean: 日均存款 is also 日均, 手机银行签约客户 also 手机银行."""
        roles = ("per", "cumulative", "segment")
        compared = {word.text: word.comparison for word in self._words.values() if word.comparison}
        opening = re.compile(_any(compared))
        for word in list(self._words.values()):
            opened = opening.match(word.text)
            if opened and (word.change is not None or word.metrics) and not word.comparison:
                word.comparison = compared[opened.group()]
            if not word.metrics and not word.product:
                continue
            for size in range(len(word.text) - 1, 1, -1):
                part = self._words.get(word.text[:size])
                if part is None:
                    continue
                if part.product is not None and word.product is None and not word.prefix:
                    word.prefix, word.product = part.prefix or part.text, part.product
                for role in roles:
                    if role in part.roles:
                        word.roles.setdefault(role, part.roles[role])


def guards(name: str, bank: Bank) -> list[tuple[int, str]]:
    """The longer words of the rules in which a name is not this bank's, each with where in it the name stands."""
    return [(guard.find(name), guard) for guard in bank.not_ if name in guard and guard != name]


def _any(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first; for none of none."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True)) or "(?!)"


def _automaton(phrases: list[str]) -> Any:
    return ahocorasick_rs.AhoCorasick(phrases, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest, store_patterns=False)


@cache
def lexicon() -> Lexicon:
    """Our compiled rules, read or compiled once per process."""
    return kept.lexicon([rules_home()], lambda: _made(None))


def compiled(overlay: str | os.PathLike[str] | None = None) -> Lexicon:
    """A fresh or shared :class:`Lexicon`; an overlay is read again each time, as its files may have changed."""
    if overlay is None:
        return lexicon()
    return kept.lexicon([rules_home(), Path(overlay)], lambda: _made(overlay))


def _made(overlay: str | os.PathLike[str] | None) -> Lexicon:
    from finmetrics.rules import load  # which has YAML and validation to load; compiled rules need neither

    return Lexicon(load(overlay), overlay, read=True)

"""Phrases that two entries claim for meanings that exclude each other, and references that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from finmetrics.phrases import Phrase, phrases
from finmetrics.schema import Bank, Change, Metric, Role, Rules, Unit

# What the phrases of a list are claimed as; of one entry only, within each of these.
_CLAIMS = {
    ("banks", "name"): "a name",
    ("banks", "full"): "a name",
    ("banks", "aliases"): "a name",
    ("banks", "short"): "a name",
    ("banks", "letter"): "a letter",
    ("changes", "right"): "a change on the right",
    ("qualifiers", "left"): "a qualifier before the figure",
    ("qualifiers", "right"): "a qualifier after the figure",
    ("qualifiers", "inside"): "a qualifier inside the figure",
    ("periods", "words"): "a word of time",
    ("products", "words"): "a product",
    ("exclusions", "before"): "excluded before a numeral",
    ("exclusions", "after"): "excluded after a numeral",
    ("reports", "words"): "a name of reports",
    ("reports", "also"): "a name of reports",
}


def conflicts(rules: Rules) -> Iterator[str]:
    """A line for every phrase that stands twice where only one of the two can count."""
    first: dict[tuple[str, str], Phrase] = {}
    for phrase in phrases(rules):
        if phrase.kind == "metrics":
            continue
        what = _claim(phrase)
        owner = first.setdefault((what, phrase.text), phrase)
        if owner is phrase or phrase.key == "full" and phrase.text == owner.text and owner.entry is phrase.entry:
            continue
        if owner.entry is phrase.entry:
            yield f"{phrase.where}: {phrase.entry.id}: {phrase.key}: {phrase.text!r} stands twice"
        else:
            yield (
                f"{phrase.where}: {phrase.entry.id}: {phrase.key}: {phrase.text!r} is already {what}, "
                f"of {owner.entry.id} ({owner.where})"
            )
    yield from _codes(rules.banks)
    yield from _of_metrics(rules.metrics)


def _claim(phrase: Phrase) -> str:
    entry = phrase.entry
    if isinstance(entry, Unit):
        return "a scale" if entry.kind == "scale" else "a unit"
    if isinstance(entry, Role):
        return f"a word ({entry.id})"
    if isinstance(entry, Change) and phrase.key == "words":
        return "a comparison" if entry.measure == "comparison" else "a change"
    return _CLAIMS[phrase.kind, phrase.key]


def _codes(banks: list[Bank]) -> Iterator[str]:
    first: dict[str, Bank] = {}
    for bank in banks:
        for i, code in enumerate(bank.codes):
            owner = first.setdefault(code, bank)
            if owner is not bank or code in bank.codes[:i]:
                yield f"{bank.where('codes', i)}: {bank.id}: codes: {code!r} is already of {owner.id}"


def _of_metrics(metrics: list[Metric]) -> Iterator[str]:
    """Two entries may share a wording when their units tell them apart; else only the first can ever be taken."""
    seen: dict[str, list[tuple[Metric, str]]] = {}
    for metric in metrics:
        for i, term in enumerate(metric.terms):
            if term in metric.terms[:i]:
                yield f"{metric.where('terms', i)}: {metric.id}: terms: {term!r} stands twice"
                continue
            for other, where in seen.setdefault(term, []):
                shared = [unit for unit in metric.units if unit in other.units]
                if shared:
                    yield (
                        f"{metric.where('terms', i)}: {metric.id}: terms: {term!r} is already {other.id}'s ({where}) "
                        f"in {', '.join(shared)}"
                    )
                    break
            seen[term].append((metric, metric.where("terms", i)))


def broken_references(rules: Rules) -> Iterator[str]:
    """A line for every id that an entry names and that no entry has."""
    units = {unit.id for unit in rules.units if unit.kind != "scale"}
    banks = {bank.id for bank in rules.banks}
    names: dict[str, Metric] = {}
    for metric in rules.metrics:
        for i, unit in enumerate(metric.units):
            if unit not in units:
                yield f"{metric.where('units', i)}: {metric.id}: units: no unit has the id {unit!r}"
        for i, unit in enumerate(metric.assumed_for):
            if unit not in units:
                yield f"{metric.where('assumed_for', i)}: {metric.id}: assumed_for: no unit has the id {unit!r}"
        first = names.setdefault(metric.id, metric)
        if first.name != metric.name:
            yield f"{metric.where('name')}: {metric.id}: name: is {first.name!r} at {first.where('name')}"
    for product in rules.products:
        if product.bank and product.bank not in banks:
            yield f"{product.where('bank')}: {product.id}: bank: no institution has the id {product.bank!r}"
    for bank in rules.banks:
        forms = [bank.name, bank.full, *bank.aliases, *bank.short]
        for i, guard in enumerate(bank.not_):
            if not any(form and form in guard and form != guard for form in forms):
                yield f"{bank.where('not', i)}: {bank.id}: not: {guard!r} holds none of its names"

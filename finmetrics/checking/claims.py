"""Phrases that two entries claim for meanings that exclude each other, and references that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from finmetrics.schema import Entry, Metric, Rules

# What a phrase is claimed for, and the phrase.
Claim = tuple[str, str]


def conflicts(rules: Rules) -> Iterator[str]:
    """A line for every phrase that stands twice where only one of the two can count."""
    first: dict[Claim, tuple[Entry, str]] = {}
    for entry, key, item, claim in _claims(rules):
        owner, where = first.setdefault(claim, (entry, entry.where(key, item)))
        here = entry.where(key, item)
        if owner is entry and here == where and not _again(entry, key, item):
            continue
        what, phrase = claim
        if owner is entry:
            yield f"{here}: {entry.id}: {key}: {phrase!r} stands twice"
        else:
            yield f"{here}: {entry.id}: {key}: {phrase!r} is already {what} of {owner.id} ({where})"
    yield from _of_metrics(rules.metrics)


def _again(entry: Entry, key: str, item: int | None) -> bool:
    """Whether an item of a list repeats an earlier one (both may stand on one line)."""
    values = getattr(entry, key, None)
    return isinstance(values, list) and item is not None and values.index(values[item]) < item


def _claims(rules: Rules) -> Iterator[tuple[Entry, str, int | None, Claim]]:
    for bank in rules.banks:
        for key, name in (("name", bank.name), ("full", bank.full)):
            if name and (key == "name" or name != bank.name):
                yield bank, key, None, ("a name", name)
        for key in ("aliases", "short"):
            for i, name in enumerate(getattr(bank, key)):
                yield bank, key, i, ("a name", name)
        for i, code in enumerate(bank.codes):
            yield bank, "codes", i, ("a code", code)
    for unit in rules.units:
        what = "a scale" if unit.kind == "scale" else "a unit"
        yield from ((unit, "words", i, (what, word)) for i, word in enumerate(unit.words))
    for change in rules.changes:
        what = "a comparison" if change.measure == "comparison" else "a change"
        yield from ((change, "words", i, (what, word)) for i, word in enumerate(change.words))
        yield from ((change, "right", i, ("a change on the right", word)) for i, word in enumerate(change.right))
    for qualifier in rules.qualifiers:
        for key in ("left", "right", "inside"):
            words = getattr(qualifier, key)
            yield from ((qualifier, key, i, (f"a qualifier ({key})", word)) for i, word in enumerate(words))
    for period in rules.periods:
        yield from ((period, "words", i, ("a word of time", word)) for i, word in enumerate(period.words))
    for product in rules.products:
        yield from ((product, "words", i, ("a product", word)) for i, word in enumerate(product.words))
    for role in rules.words:
        yield from ((role, "words", i, (f"a word ({role.id})", word)) for i, word in enumerate(role.words))
    for exclusion in rules.exclusions:
        for key in ("before", "after"):
            words = getattr(exclusion, key)
            yield from ((exclusion, key, i, (f"excluded {key}", word)) for i, word in enumerate(words))


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

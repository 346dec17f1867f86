"""One document's figures against its gold facts: which were found, and which slots of them are right."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from finmetrics.model import Figure

Fact = Mapping[str, Any]

SLOTS = (
    "bank", "metric", "measure", "comparison", "period_end", "period_kind", "qualifier", "product", "branch",
)  # fmt: skip
TUPLE = frozenset({"bank", "metric", "measure", "comparison", "period_end"})
# What every gold fact states; ``value_max``, ``comparison`` and ``branch`` may be left out.
STATED = frozenset({*SLOTS, "quote", "start", "end", "value", "unit"} - {"comparison", "branch"})

# The public ids: a metric of one's own beyond them counts as `other`.
METRICS = frozenset(
    "customers registered_users active_users mau dau bound_card_users accounts cards wallets merchants "
    "transaction_value transaction_count service_count partners scenarios projects service_items regions outlets "
    "devices products loan_balance loans_issued credit_line deposits aum wealth_scale sales total_assets revenue "
    "net_profit fee_income npl_ratio npl_balance provision_coverage nim capital_adequacy cost_income_ratio "
    "interest_rate tech_investment tech_investment_ratio tech_staff tech_staff_ratio staff patents models "
    "data_sources data_volume compute apis systems online_rate automation_rate accuracy_rate availability "
    "throughput duration efficiency performance cost labor_saved loss_prevented satisfaction market_share share "
    "other".split()
)
# Units that gold and table may write either way.
_SAME_UNIT = {
    "名": "人", "位": "人", "人民币": "元", "百分点": "个百分点", "pp": "个百分点", "percent": "%", "％": "%",
    "CNY": "元", "USD": "美元", "間": "间", "分": "分钟",
}  # fmt: skip
_NOT_COMPARED = dict.fromkeys(map(ord, " “”"))


@dataclass(frozen=True, slots=True)
class Verdict:
    """One gold fact, or one figure that gold does not have, and how it came out.

    ``fact`` or ``figure`` is ``None`` where there is none on that side. ``wrong`` names what is wrong: ``missed``,
    ``spurious`` or ``value`` (with the unit), else slots; nothing where all is right.
    """

    fact: Fact | None
    figure: Figure | None
    wrong: tuple[str, ...]

    @property
    def detected(self) -> bool:
        """Whether value and unit are right."""
        return self.fact is not None and self.figure is not None and "value" not in self.wrong

    @property
    def right(self) -> bool:
        """Whether the tuple is right: value, unit, bank, metric, measure, comparison and end of period."""
        return self.detected and TUPLE.isdisjoint(self.wrong)


def verdicts(facts: Sequence[Fact], figures: Sequence[Figure]) -> list[Verdict]:
    """A verdict per gold fact and per figure beside them, in the order of the text.

    Facts marked ``optional``, and figures matched to them, count neither way and have none.
    """
    pairs = _matched(facts, figures)
    taken = set(pairs.values())
    found = [_verdict(fact, None if i not in pairs else figures[pairs[i]]) for i, fact in enumerate(facts)]
    found = [verdict for verdict in found if verdict.fact is not None and not verdict.fact.get("optional")]
    found += [Verdict(None, figure, ("spurious",)) for j, figure in enumerate(figures) if j not in taken]
    return sorted(found, key=lambda verdict: span(verdict)[0])


def span(verdict: Verdict) -> tuple[int, int]:
    """Where in the text it stands: the fact's place, or that of a figure beside the facts."""
    if verdict.fact is not None:
        return verdict.fact["start"], verdict.fact["end"]
    assert verdict.figure is not None
    return verdict.figure.start, verdict.figure.end


def _matched(facts: Sequence[Fact], figures: Sequence[Figure]) -> dict[int, int]:
    """Fact to figure, one to one, by overlap; a pair that agrees on value and unit goes first."""
    candidates = []
    for i, fact in enumerate(facts):
        for j, figure in enumerate(figures):
            overlap = min(fact["end"], figure.end) - max(fact["start"], figure.start)
            if overlap > 0:
                candidates.append((not _detected(fact, figure), -overlap, i, j))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, i, j in sorted(candidates):
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs


def _verdict(fact: Fact, figure: Figure | None) -> Verdict:
    if figure is None:
        return Verdict(fact, None, ("missed",))
    if not _detected(fact, figure):
        return Verdict(fact, figure, ("value",))
    return Verdict(fact, figure, tuple(slot for slot in SLOTS if not _slot_right(fact, figure, slot)))


def _detected(fact: Fact, figure: Figure) -> bool:
    units = {_unit(unit) for unit in fact["unit"]}
    return (
        _close(fact["value"], float(figure.value))
        and _close(fact.get("value_max"), None if figure.value_max is None else float(figure.value_max))
        and _unit(figure.unit or None) in units
    )


def _slot_right(fact: Fact, figure: Figure, slot: str) -> bool:
    got: object = getattr(figure, slot) or None
    wanted = fact.get(slot)
    match slot:
        case "bank":
            return got in fact[slot]
        case "metric":
            return (got if got in METRICS else "other") in fact[slot]
        case "product":
            name, names = _squashed(figure.product), [_squashed(other) for other in fact[slot]]
            return name in names or bool(name) and any(other and (other in name or name in other) for other in names)
        case "period_end":
            return (got and str(got)) in fact[slot]
        case "period_kind":
            return not wanted or got in wanted or (got is None and None in fact["period_end"])
    return got == (wanted or None)


def _close(wanted: float | None, got: float | None) -> bool:
    if wanted is None or got is None:
        return wanted is got
    return math.isclose(wanted, got, rel_tol=1e-9, abs_tol=1e-12)


def _unit(unit: str | None) -> str | None:
    return _SAME_UNIT.get(unit, unit) if unit else None


def _squashed(name: str | None) -> str:
    return name.translate(_NOT_COMPARED).lower() if name else ""

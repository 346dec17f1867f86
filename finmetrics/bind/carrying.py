"""The reasons for and against carrying a metric on that are the same for all metrics that a figure may carry on."""

from __future__ import annotations

from finmetrics.bind.model import Measure, Segment

_PASSED = ("carry.passed_metric", "carry.passed_far_metric")


def carried_past(segment: Segment) -> list[str]:
    """What a metric is carried past: the reasons that are the same for all that a figure may carry on."""
    reasons: list[str] = []
    if segment.metrics:
        far = segment.metrics[0][0] != 0
        reasons.append(_PASSED[far])
        if not far and segment.clause == segment.span:
            reasons.append("carry.passed_own_clause")
    if segment.right_metrics:
        reasons.append("carry.metric_right")
    return reasons


def carried_onward(segment: Segment, measure: Measure) -> list[str]:
    """What a metric is carried to; the same for all, too."""
    reasons: list[str] = []
    if segment.per:
        reasons.append("carry.per")
    if measure.measure == "change":
        reasons.append("carry.change")
    if segment.clause == segment.span and segment.named == segment.clause:
        reasons.append("carry.own_clause")
    if segment.named > segment.clause:
        reasons.append("carry.new_bank")
    if segment.parted:
        reasons.append("carry.parted")
    return reasons

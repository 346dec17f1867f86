"""Tokens -> figures: each quantity gets its bank, metric, measure and period, each for a named reason."""

from finmetrics.bind.document import bind

__all__ = ["bind"]

"""Tokens -> figures: each quantity gets its bank, metric, measure and period, each for a named reason."""

from finmetrics.bind.document import Binder

__all__ = ["Binder"]

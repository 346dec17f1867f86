"""How documents are to be read: what a user may say of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from finmetrics.reading.fields import OURS, Keys
from finmetrics.reading.limits import Limits


@dataclass(frozen=True, slots=True)
class Reading:
    """``keys``: the names of a feed's columns, as :func:`finmetrics.reading.fields.named` makes them.

    ``limits``: what one document may cost.
    """

    keys: Keys = OURS
    limits: Limits = field(default_factory=Limits)


AS_IT_IS = Reading()

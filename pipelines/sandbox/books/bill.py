"""A document as the books see it: which side of the ledger it stands on, and what it says there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pipelines.sandbox import chart
from pipelines.sandbox.amounts import Figures
from pipelines.sandbox.model import Line, Payment


@dataclass(frozen=True)
class Side:
    """The roles a kind of document posts to. `sign` is 1 where a positive total is debit on the control account."""

    control: str
    tax: str
    deferred: str
    accrued: str
    unmatched: str
    sign: int
    control_side: str  # where the control account's ordinary lines stand, and the lines of the result opposite
    result_side: str


SALE = Side(chart.AR, chart.VAT_OUT, chart.DEF_REV, chart.ACC_REV, chart.IN_UNM, 1, "debit", "credit")
COST = Side(chart.AP, chart.VAT_IN, chart.DEF_COST, chart.ACC_COST, chart.OUT_UNM, -1, "credit", "debit")
SELF_BILLED = Side(chart.AP, chart.VAT_OUT, chart.DEF_REV, chart.ACC_REV, chart.OUT_UNM, -1, "debit", "credit")


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice of ours, of another system or of a supplier. `title` describes lines without words of their own."""

    kind: str  # document_type in the journal entries
    id: int
    side: Side
    day: date
    title: str
    contact_id: int | None
    lines: Sequence[Line]
    payments: Sequence[Payment]
    figures: Figures
    rate: Decimal

    @property
    def paid_in_order(self) -> list[Payment]:
        """The payments by day."""
        return sorted(self.payments, key=lambda payment: (payment.day, payment.id))

    def paid_until(self, day: date) -> int:
        """Cents in the document's currency that came in on or before `day`."""
        return sum(payment.price for payment in self.payments if payment.day <= day)

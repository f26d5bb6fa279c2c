"""What must be so, folded from the list of what happened (POSTINGS §4.1).

facts (`model`) → `timeline`: one dated row per event → the answers here. Nothing looks at a posting and nothing imports
the books: those come to the same figures from the same facts by other code, and the tests compare the two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from pipelines.sandbox import chart
from pipelines.sandbox.model import Cents
from pipelines.sandbox.truth import balances, debts, vat
from pipelines.sandbox.truth.debts import (
    BANK,
    JOURNAL,
    ControlItem,
    Note,
    OpenItem,
    bucket,
)
from pipelines.sandbox.truth.documents import Document
from pipelines.sandbox.truth.happenings import OPENING, Happening
from pipelines.sandbox.truth.timeline import timeline

if TYPE_CHECKING:
    from pipelines.sandbox.administration import Administration

__all__ = [
    "BANK", "CREDITORS", "DEBTORS", "JOURNAL", "OPENING", "ControlItem", "Note", "OpenItem", "Side", "Truth", "bucket",
    "debtors_balance",
]  # fmt: skip


@dataclass(frozen=True)
class Side:
    """Debtors or creditors; `sign` is 1 where debit is what people call the amount."""

    name: str
    role: str
    sign: int


DEBTORS = Side("debtors", chart.AR, 1)
CREDITORS = Side("creditors", chart.AP, -1)
_WAITING = (chart.DEF_REV, chart.ACC_REV, chart.DEF_COST, chart.ACC_COST)


class Truth:
    """The answers about one administration as its facts are now. Dates are ends of days; amounts are cents."""

    def __init__(self, administration: Administration) -> None:
        self.administration = administration
        self.happenings: list[Happening] = timeline(administration)

    @cached_property
    def documents(self) -> Mapping[int, Document]:
        kept = self.administration
        return {**kept.invoices, **kept.external_invoices, **kept.purchases}

    @cached_property
    def effects(self) -> list[balances.Effect]:
        rates = self.administration.tax_rates.values()
        deductible = frozenset(rate.id for rate in rates if vat.INPUT_TAX in rate.references)
        return list(balances.effects(self.happenings, self.administration.roles, deductible))

    def open_items(self, as_of: date, side: Side = DEBTORS) -> list[OpenItem]:
        """Every invoice with something open; what suppliers are owed is positive too."""
        return debts.open_items(self.happenings, self.documents, side is DEBTORS, as_of)

    def aging(self, items: list[OpenItem]) -> list[OpenItem]:
        """The items with linked credits taken off their originals."""
        return debts.netted(items, self.documents)

    def control_items(self, as_of: date, side: Side = DEBTORS) -> list[ControlItem]:
        return debts.control_items(self.happenings, self.administration.roles[side.role], as_of)

    def notes(self, as_of: date, side: Side = DEBTORS) -> list[Note]:
        return debts.notes(self.happenings, side is DEBTORS, as_of)

    def control_balance(self, as_of: date, side: Side = DEBTORS) -> Cents:
        """What the account must show, debit positive: the open items and what no document explains."""
        open_base = sum(item.open_base for item in self.open_items(as_of, side))
        return side.sign * open_base + sum(item.amount for item in self.control_items(as_of, side))

    def by_contact(self, as_of: date, side: Side = DEBTORS) -> dict[int | None, Cents]:
        """Open items and listed items together, as the report of that name has them; nobody at zero."""
        found: dict[int | None, Cents] = defaultdict(int)
        for item in self.open_items(as_of, side):
            found[item.document.contact_id] += item.open_base
        for listed in self.control_items(as_of, side):
            found[listed.contact_id] += side.sign * listed.amount
        return {contact: amount for contact, amount in found.items() if amount}

    def exchange_differences(self, as_of: date) -> dict[int, Cents]:
        return debts.exchange_differences(self.happenings, as_of)

    def balances(self, as_of: date) -> dict[int, Cents]:
        """The whole trial balance since the beginning: account → debit positive."""
        return balances.as_of(self.effects, as_of)

    def deferred(self, as_of: date) -> dict[str, Cents]:
        """What lines with a period still have to bring or cost, by the role of the account it waits on; debit
        positive. Nothing else can be on it but what was booked there by hand."""
        found = self.balances(as_of)
        return {role: found.get(self.administration.roles[role], 0) for role in _WAITING}

    def vat(self) -> dict[vat.Box, vat.Declared]:
        """Per month, rate and box."""
        return vat.declared(self.happenings, self.administration.roles, self.administration.tax_rates)

    def results(self) -> dict[tuple[date, int], Cents]:
        """First day of the month and account of profit and loss → debit positive, without year ends."""
        kinds = {account.id: account.kind for account in self.administration.accounts.values()}
        found: dict[tuple[date, int], Cents] = defaultdict(int)
        for effect in self.effects:
            if not effect.closing and kinds[effect.account_id] in chart.RESULT_KINDS:
                found[effect.day.replace(day=1), effect.account_id] += effect.amount
        return {key: amount for key, amount in found.items() if amount}

    def revenue(self) -> dict[tuple[date, int], Cents]:
        """Month and account → what was sold, credit positive; what was lost on it is elsewhere whatever D16 says."""
        lost = self.administration.roles[chart.BAD]
        return {
            (month, account_id): -amount
            for (month, account_id), amount in self.results().items()
            if self.administration.accounts[account_id].kind == "revenue" and account_id != lost
        }

    def hours(self) -> dict[str, int]:
        """Entries per billing state; `minutes` are worked minutes without pauses of what has ended."""
        found: dict[str, int] = defaultdict(int, minutes=0)
        for entry in self.administration.time_entries.values():
            invoice = self.administration.invoices.get(entry.invoice_id or 0)
            if entry.ended is None:
                found["running"] += 1
                continue
            found["minutes"] += ((entry.ended - entry.started) // 1000 - entry.paused) // 60
            if not entry.billable:
                found["not_billable"] += 1
            elif invoice is None:
                found["unbilled"] += 1
            else:
                found["billed" if invoice.sent_on else "in_draft"] += 1
        return dict(found)


def debtors_balance(administration: Administration, as_of: date) -> Cents:
    """What account 13011 must show."""
    return Truth(administration).control_balance(as_of)

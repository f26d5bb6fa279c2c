"""`debtors`, `creditors` and their agings: what stands on those two accounts, by contact.

Everything on the account counts, opening balances and journals without a contact too (`contact_id: null` in the
contract). The agings give every document its age by the first day it touched the account, which for an invoice is its
date; the contract names the buckets and says neither what an age is counted from nor where a bucket ends (A).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines.sandbox import chart
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import text
from pipelines.sandbox.ledger import Month, Posting
from pipelines.sandbox.model import Cents
from pipelines.sandbox.reports import sums

BUCKET_DAYS = (30, 60)
_NAMES = {
    "nl": ("0 - 30 dagen", "30 - 60 dagen", "Ouder", "Totaal"),
    "en": ("0 - 30 days", "30 - 60 days", "Older", "Total"),  # A: the examples are Dutch, names are locale text
}


@dataclass(frozen=True)
class Side:
    """A control account; `sign` is 1 where debit is what people call the amount."""

    name: str
    role: str
    sign: int


DEBTORS = Side("debtors", chart.AR, 1)
CREDITORS = Side("creditors", chart.AP, -1)

Rows = list[tuple[int | None, Cents]]


def balances(administration: Administration, side: Side, first: Month, last: Month) -> Rows:
    """Contact and amount, largest first, at the end of the period or moved in it (D9); nobody at zero."""
    at_end = administration.dialect.d9_debtors_period == "balance_at_end"
    found: dict[int | None, Cents] = defaultdict(int)
    for posting in _lines(administration, side, sums.EVER if at_end else first, last):
        found[posting.contact_id] += side.sign * posting.amount
    return _largest_first({contact: amount for contact, amount in found.items() if amount})


def aging(administration: Administration, side: Side, as_of: date) -> list[dict[str, Any]]:
    """Contacts with their buckets at the end of `as_of`; those whose total is zero are left out."""
    ages: dict[int | None, list[Cents]] = defaultdict(lambda: [0] * (len(BUCKET_DAYS) + 1))
    for day, contact, amount in _items(administration, side, as_of):
        ages[contact][_bucket((as_of - day).days)] += amount
    totals = {contact: sum(amounts) for contact, amounts in ages.items() if sum(amounts)}
    names = _NAMES.get(administration.language, _NAMES["nl"])
    return [
        {
            "contact_id": str(contact) if contact else None,
            "amount": text(total),
            "aging_buckets": [
                {"name": name, "amount": text(amount)}
                for name, amount in zip(names, [*ages[contact], total], strict=True)
            ],
        }
        for contact, total in _largest_first(totals)
    ]


def _items(administration: Administration, side: Side, as_of: date) -> Iterator[tuple[date, int | None, Cents]]:
    """What every document still has on the account, the day it came there, and whose it is.

    A document is what the ledger replaces as a whole, so an invoice with its payments, whatever those are called (D3).
    """
    account_id, ledger = administration.roles[side.role], administration.ledger
    for owner in ledger.owners():
        mine = [line for line in ledger.of(owner) if line.account_id == account_id and line.day <= as_of]
        if owner[0] in ("journal", "mutation"):  # each line of those is about another debt
            yield from ((line.day, line.contact_id, side.sign * line.amount) for line in mine)
        elif mine:
            rest = sum(line.amount for line in mine)
            yield min(line.day for line in mine), mine[0].contact_id, side.sign * rest


def _bucket(days: int) -> int:
    return next((place for place, most in enumerate(BUCKET_DAYS) if days <= most), len(BUCKET_DAYS))


def _lines(administration: Administration, side: Side, first: Month, last: Month) -> Iterator[Posting]:
    return administration.ledger.lines(administration.roles[side.role], first, last)


def _largest_first(amounts: dict[int | None, Cents]) -> Rows:
    """The order of the examples; equal amounts by contact, without a contact last."""
    return sorted(amounts.items(), key=lambda row: (-row[1], row[0] is None, row[0] or 0))

"""The few fields of Moneybird's records that a question looks at, typed.

Three kinds of documents become one `Document`: what a question asks is asked of all of them. Amounts are in the
document's currency, those called `base` in the administration's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pipelines.money import ZERO

CREDIT_TYPES = frozenset({"revenue", "equity", "current_liabilities", "non_current_liabilities", "provisions"})
RESULT_TYPES = frozenset({"revenue", "direct_costs", "expenses", "other_income_expenses"})
UNPOSTED = frozenset({"draft", "scheduled", "new", "saved"})


@dataclass(frozen=True, order=True)
class Month:
    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    def later(self, months: int) -> Month:
        year, number = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, number + 1)

    def until(self, last: Month) -> list[Month]:
        """Every month from this one to `last`, both included."""
        return [self.later(n) for n in range((last.year - self.year) * 12 + last.number - self.number + 1)]

    @property
    def start(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def end(self) -> date:
        return date.fromordinal(self.later(1).start.toordinal() - 1)

    @property
    def key(self) -> str:
        return f"{self.year:04d}{self.number:02d}"


@dataclass(frozen=True)
class Account:
    id: str
    name: str
    number: str
    type: str
    rgs: str
    parent_id: str | None
    financial_account_id: str | None


@dataclass(frozen=True)
class Line:
    """A journal entry. `amount` has the sign that was answered until `Evidence` turns it debit positive."""

    id: str
    day: date
    account_id: str
    document_type: str
    document_id: str
    contact_id: str | None
    tax_rate_id: str | None
    amount: Decimal
    description: str


@dataclass(frozen=True)
class Slice:
    """Lines of one account and period; `whole` when none is missing."""

    lines: tuple[Line, ...]
    whole: bool

    def of(self, *document_ids: str) -> list[Line]:
        return [line for line in self.lines if line.document_id in document_ids]


@dataclass(frozen=True)
class Total:
    """A row of the general-ledger report; balances are debit positive."""

    debit: Decimal = ZERO
    credit: Decimal = ZERO
    start: Decimal = ZERO
    final: Decimal = ZERO


@dataclass(frozen=True)
class Detail:
    account_id: str
    tax_rate_id: str | None
    price: Decimal
    quantity: Decimal
    net: Decimal  # in the document's currency
    net_base: Decimal
    period: tuple[date, date] | None
    references: tuple[str, ...]
    description: str


@dataclass(frozen=True)
class Payment:
    id: str
    day: date
    price: Decimal
    price_base: Decimal
    mutation_id: str | None
    account_id: str | None


@dataclass(frozen=True)
class Document:
    """A sales invoice, an external one, a purchase invoice or a receipt."""

    id: str
    kind: str  # its document_type in journal entries
    version: int
    day: date | None
    state: str
    contact_id: str | None
    name: str  # number or reference, as a line's description might hold it
    is_foreign: bool
    is_self_billed: bool
    prices_include_tax: bool
    discount: Decimal
    excl: Decimal
    incl: Decimal
    excl_base: Decimal
    incl_base: Decimal
    unpaid: Decimal | None
    details: tuple[Detail, ...]
    payments: tuple[Payment, ...]
    taxes: tuple[tuple[str, Decimal], ...]  # rate and tax per row of tax_totals, in the document's currency
    dubious_on: date | None
    uncollectible_on: date | None

    @property
    def is_posted(self) -> bool:
        return self.state not in UNPOSTED and self.day is not None

    @property
    def month(self) -> Month | None:
        return Month.of(self.day) if self.day else None

    @property
    def rate(self) -> Decimal:
        """Base currency for one of the document's."""
        return self.incl_base / self.incl if self.incl else Decimal(1)


@dataclass(frozen=True)
class Mutation:
    id: str
    day: date
    amount: Decimal
    payments: int
    is_only_linked: bool  # nothing left open, nothing booked straight on an account

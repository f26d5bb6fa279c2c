"""What happened to an administration: one frozen row per event, with its date and its amounts.

This is the event list that every answer of `truth` is folded from. It is read off the facts in `model` by the rules of
POSTINGS and DOMAIN, written out again; no posting, and no code that makes one, is looked at.

Amounts are in cents. `base` is the administration's currency. On a document they have the sign of the document's total;
`Entered` and everything about assets and banks is debit positive.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipelines.sandbox.model import Cents
from pipelines.sandbox.truth.totals import Tax

OPENING, JOURNAL, CLOSING, RETURN = "opening balance", "journal", "year end", "VAT return"


@dataclass(frozen=True, slots=True)
class Paper:
    """The invoice an event is about. `is_sale`: its total stands on debtors, else on creditors."""

    kind: str  # document_type: SalesInvoice, ExternalSalesInvoice or Document
    id: int
    contact_id: int | None
    is_sale: bool
    earns: bool  # its lines are sold and not bought: a sale, or a purchase that bills itself (P-6c)


@dataclass(frozen=True, slots=True)
class Part:
    """What one line brings or costs in one month. `day` is when it counts there."""

    account_id: int
    project_id: int | None
    day: date
    base: Cents
    waits_on: str | None  # the role of the account it waits on between the document's date and `day`


@dataclass(frozen=True, slots=True)
class Net:
    """What was taxed at one rate."""

    tax_rate_id: int
    base: Cents


@dataclass(frozen=True, slots=True)
class Invoiced:
    """Our invoice, an invoice of another system or a supplier's came to count, on its own date."""

    day: date
    paper: Paper
    total: Cents
    total_base: Cents
    parts: tuple[Part, ...]
    nets: tuple[Net, ...]
    taxes: tuple[Tax, ...]


@dataclass(frozen=True, slots=True)
class KeptPrivate:
    """What of a purchase is the owner's own (P-6b): `owners` are private accounts with what they take, including tax,
    `givers` what lines on which accounts give up of their nets, `taxes` what the input tax gives up."""

    day: date
    paper: Paper
    owners: tuple[tuple[int, Cents], ...]
    givers: tuple[tuple[int, Net], ...]
    taxes: tuple[Net, ...]


@dataclass(frozen=True, slots=True)
class Paid:
    """Money on a document. `value` is what it took off the document's own value in the administration's currency."""

    day: date
    paper: Paper
    price: Cents
    base: Cents  # what the bank saw
    value: Cents
    source_id: int  # the account it came from or went to
    is_early: bool  # before the document's date


@dataclass(frozen=True, slots=True)
class Matched:
    """A payment turned out to be a bank transaction (P-10c)."""

    day: date
    paper: Paper
    base: Cents
    source_id: int


@dataclass(frozen=True, slots=True)
class Doubted:
    """The provision for a document went up, or down when something came in after all (P-11)."""

    day: date
    paper: Paper
    base: Cents


@dataclass(frozen=True, slots=True)
class GivenUp:
    """What was open will not come in (P-12); `provided` of it was provided for (P-12b)."""

    day: date
    paper: Paper
    open: Cents
    base: Cents
    nets: tuple[Net, ...]
    taxes: tuple[Net, ...]
    provided: Cents


@dataclass(frozen=True, slots=True)
class Banked:
    """A bank transaction, processed or not (P-8)."""

    day: date
    mutation_id: int
    account_id: int
    amount: Cents


@dataclass(frozen=True, slots=True)
class Booked:
    """A bank transaction booked straight on an account (P-9b, P-15); positive is money in."""

    day: date
    mutation_id: int
    account_id: int
    amount: Cents
    contact_id: int | None
    description: str


@dataclass(frozen=True, slots=True)
class Entered:
    """One line of a journal (P-13, P-14, P-16, P-17)."""

    day: date
    kind: str  # OPENING, JOURNAL, CLOSING or RETURN
    journal_id: int
    account_id: int
    amount: Cents
    contact_id: int | None
    tax_rate_id: int | None
    description: str


@dataclass(frozen=True, slots=True)
class Worn:
    """An asset lost value (P-20); `amount` is negative."""

    day: date
    asset_id: int
    amount: Cents
    cost_account_id: int
    written_down_account_id: int


@dataclass(frozen=True, slots=True)
class Disposed:
    """An asset left the balance sheet (P-20b), still worth `rest`."""

    day: date
    asset_id: int
    cost: Cents
    rest: Cents
    account_id: int
    written_down_account_id: int


Happening = Invoiced | KeptPrivate | Paid | Matched | Doubted | GivenUp | Banked | Booked | Entered | Worn | Disposed

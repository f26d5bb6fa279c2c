"""What customers owe and suppliers are owed as of a date, document by document (DOMAIN R4.1 to R4.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from pipelines.sandbox.model import Cents, Invoice
from pipelines.sandbox.truth.documents import Document
from pipelines.sandbox.truth.happenings import (
    CLOSING,
    OPENING,
    Booked,
    Entered,
    GivenUp,
    Happening,
    Invoiced,
    Paid,
)

JOURNAL, BANK = "journal on control account", "bank booking on control account"
EARLY, LATE = "receipt before its invoice", "receipt after the claim was given up"
GIVEN_UP, EXCHANGE = "given up", "exchange difference"


@dataclass(frozen=True)
class OpenItem:
    """A document with something open on a date, in cents of its own and of the administration's currency."""

    document_type: str
    document: Document
    open: Cents
    open_base: Cents

    @property
    def due_date(self) -> date:
        """A document without a due date is due at once."""
        if isinstance(self.document, Invoice):
            return self.document.due_date
        return self.document.due_date or self.document.day

    @property
    def original_id(self) -> int | None:
        return self.document.original_id if isinstance(self.document, Invoice) else None


@dataclass(frozen=True)
class ControlItem:
    """An amount on debtors or creditors that no document explains; positive is debit."""

    day: date
    kind: str
    document_type: str
    document_id: int
    amount: Cents
    description: str
    contact_id: int | None


@dataclass(frozen=True)
class Note:
    """Something inside the open items, or no longer in them, that a reader may miss; signed as the document is."""

    day: date
    kind: str
    document_type: str
    document_id: int
    base: Cents


def open_items(
    happenings: Iterable[Happening], documents: Mapping[int, Document], is_sale: bool, as_of: date
) -> list[OpenItem]:
    """Everything open at the end of `as_of`; money counts from its own day, invoiced or not."""
    sums: dict[tuple[str, int], list[Cents]] = defaultdict(lambda: [0, 0])
    for it in happenings:
        if it.day > as_of or not isinstance(it, Invoiced | Paid | GivenUp) or it.paper.is_sale is not is_sale:
            continue
        amount, base = _change(it)
        kept = sums[it.paper.kind, it.paper.id]
        kept[0] += amount
        kept[1] += base
    return [OpenItem(kind, documents[id_], rest, base) for (kind, id_), (rest, base) in sums.items() if rest or base]


def _change(it: Invoiced | Paid | GivenUp) -> tuple[Cents, Cents]:
    if isinstance(it, Invoiced):
        return it.total, it.total_base
    if isinstance(it, Paid):
        return -it.price, -it.value
    return -it.open, -it.base


def control_items(happenings: Iterable[Happening], account_id: int, as_of: date) -> list[ControlItem]:
    """What was booked on the account by hand: the opening balance, journals, bank lines without a document."""
    found = []
    for it in happenings:
        if it.day > as_of or not isinstance(it, Entered | Booked) or it.account_id != account_id:
            continue
        if isinstance(it, Booked):
            item = ControlItem(
                it.day, BANK, "FinancialMutation", it.mutation_id, -it.amount, it.description, it.contact_id
            )
        else:
            kind = it.kind if it.kind in (OPENING, CLOSING) else JOURNAL
            item = ControlItem(it.day, kind, "Document", it.journal_id, it.amount, it.description, it.contact_id)
        found.append(item)
    return sorted(found, key=lambda item: (item.day, item.document_id))


def notes(happenings: Iterable[Happening], is_sale: bool, as_of: date) -> list[Note]:
    """What explains open items that look odd, oldest first."""
    given_up: set[tuple[str, int]] = set()
    found = []
    for it in happenings:
        if it.day > as_of or not isinstance(it, Paid | GivenUp) or it.paper.is_sale is not is_sale:
            continue
        about = (it.paper.kind, it.paper.id)
        if isinstance(it, GivenUp):
            given_up.add(about)
            found.append(Note(it.day, GIVEN_UP, *about, it.base))
            continue
        if it.is_early:
            found.append(Note(it.day, EARLY, *about, it.value))
        if about in given_up:
            found.append(Note(it.day, LATE, *about, it.value))
        if it.base != it.value:
            found.append(Note(it.day, EXCHANGE, *about, it.base - it.value))
    return found


def exchange_differences(happenings: Iterable[Happening], as_of: date) -> dict[int, Cents]:
    """Per document what its money brought more (positive) or less than its own value (R4.1), bought or sold."""
    found: dict[int, Cents] = defaultdict(int)
    for it in happenings:
        if isinstance(it, Paid) and it.day <= as_of:
            found[it.paper.id] += (it.base - it.value) * (1 if it.paper.is_sale else -1)
    return {id_: amount for id_, amount in found.items() if amount}


def netted(items: Iterable[OpenItem], documents: Mapping[int, Document]) -> list[OpenItem]:
    """Every item with its linked credit invoices taken off, where the original is sent (R4.3)."""
    found: dict[int, OpenItem] = {}
    for item in items:
        original = documents.get(item.original_id) if item.original_id else None
        linked = isinstance(original, Invoice) and original.sent_on is not None
        target = original if linked and original is not None else item.document
        before = found.get(target.id, OpenItem(item.document_type, target, 0, 0))
        found[target.id] = replace(before, open=before.open + item.open, open_base=before.open_base + item.open_base)
    return [item for item in found.values() if item.open]


def bucket(open_amount: Cents, due_date: date, as_of: date) -> str:
    """The aging bucket of R4.2; a negative item is a credit."""
    overdue = (as_of - due_date).days
    if open_amount < 0:
        return "credit"
    if overdue <= 0:
        return "not_due"
    return next((f"{low}-{high}" for low, high in ((1, 30), (31, 60), (61, 90)) if overdue <= high), ">90")

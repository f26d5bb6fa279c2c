"""Postings, kept per account and month, replaced per document.

A document that changes hands in its postings again; only the slices it touched move. Reports are sums over these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from pipelines.sandbox.model import Cents
from pipelines.sandbox.rules import documents, follows

Month = int  # year * 12 + month - 1
Owner = tuple[str, int]  # the document whose change replaces these postings


def month_of(day: date) -> Month:
    return day.year * 12 + day.month - 1


def first_day(month: Month) -> date:
    return date(month // 12, month % 12 + 1, 1)


@dataclass(slots=True)
class Posting:
    """One line of the books. `debit` and `credit` are both kept, because a dialect may book a negative credit.

    A line knows all it could show; what a report shows of it is for the report to say (D1, D3, D4, D5).
    """

    day: date
    account_id: int
    debit: Cents
    credit: Cents
    document_type: str
    document_id: int
    description: str
    contact_id: int | None = None
    project_id: int | None = None
    tax_rate_id: int | None = None
    financial_account_id: int | None = None
    closing: bool = False  # part of a year-end journal
    id: int = 0
    settles: tuple[str, int] | None = None  # the document that a receipt's line on debtors or creditors pays (D3)

    @property
    def amount(self) -> Cents:
        """Debit positive."""
        return self.debit - self.credit


class Ledger:
    """The postings of one administration. `new_id` gives an entry its id; `keep_ids` reuses them on a change (D12)."""

    def __init__(self, new_id: Callable[[date], int], keep_ids: bool = False) -> None:
        self._new_id = new_id
        self._keep_ids = keep_ids
        self._by_owner: dict[Owner, list[Posting]] = {}
        self._slices: dict[int, dict[Month, dict[int, Posting]]] = {}
        self._sums: dict[int, dict[Month, list[Cents]]] = {}

    @follows(documents.ENTRY_IDS)
    def replace(self, owner: Owner, postings: Iterable[Posting], grows: bool = False) -> None:
        """Takes the owner's postings out and the given ones in. An owner without postings disappears.

        `grows` says that the first ones are those that were there, which keep their ids: only time has passed.
        """
        before = self._by_owner.pop(owner, [])
        for posting in before:
            self._take_out(posting)
        after = [posting for posting in postings if posting.debit or posting.credit]
        for position, posting in enumerate(after):
            kept = (grows or self._keep_ids) and position < len(before)
            posting.id = before[position].id if kept else self._new_id(posting.day)
            self._put_in(posting)
        if after:
            self._by_owner[owner] = after

    def _put_in(self, posting: Posting) -> None:
        month = month_of(posting.day)
        self._slices.setdefault(posting.account_id, {}).setdefault(month, {})[posting.id] = posting
        sums = self._sums.setdefault(posting.account_id, {}).setdefault(month, [0, 0])
        sums[0] += posting.debit
        sums[1] += posting.credit

    def _take_out(self, posting: Posting) -> None:
        month = month_of(posting.day)
        months = self._slices[posting.account_id]
        del months[month][posting.id]
        sums = self._sums[posting.account_id][month]
        sums[0] -= posting.debit
        sums[1] -= posting.credit
        if not months[month]:
            del months[month], self._sums[posting.account_id][month]

    def of(self, owner: Owner) -> list[Posting]:
        return self._by_owner.get(owner, [])

    def owners(self) -> Iterator[Owner]:
        return iter(self._by_owner)

    def accounts(self) -> Iterable[int]:
        """Accounts that have or had postings."""
        return self._slices.keys()

    def months(self, account_id: int) -> Iterable[Month]:
        return self._slices.get(account_id, {}).keys()

    def lines(self, account_id: int, first: Month, last: Month) -> Iterator[Posting]:
        """The account's postings of the months `first` to `last`, in no particular order."""
        for month, postings in self._slices.get(account_id, {}).items():
            if first <= month <= last:
                yield from postings.values()

    def every_line(self) -> Iterator[Posting]:
        for postings in self._by_owner.values():
            yield from postings

    def sums(self, account_id: int, first: Month, last: Month) -> tuple[Cents, Cents]:
        """Debit and credit of the account over the months `first` to `last`, both included."""
        debit = credit = 0
        for month, (month_debit, month_credit) in self._sums.get(account_id, {}).items():
            if first <= month <= last:
                debit += month_debit
                credit += month_credit
        return debit, credit

    def balance(self, account_id: int, day: date) -> Cents:
        """Debit positive, everything dated on or before `day`."""
        month = month_of(day)
        before = self.sums(account_id, 0, month - 1)
        today = sum(line.amount for line in self.lines(account_id, month, month) if line.day <= day)
        return before[0] - before[1] + today

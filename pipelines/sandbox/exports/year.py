"""One year of the books, as it is now: a change afterwards does not reach a file that was asked for before.

The copy holds on to the lines and the cards themselves, which are replaced and never altered, so it costs a list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from pipelines.sandbox import chart
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.cards import Card
from pipelines.sandbox.ledger import Month, Posting, month_of
from pipelines.sandbox.model import Account, Cents, Identity, TaxRate
from pipelines.sandbox.reports import sums


@dataclass(frozen=True, slots=True)
class Transaction:
    """What one document did on one day. Its lines add up to nothing."""

    day: date
    document_id: int
    postings: list[Posting]


@dataclass(frozen=True)
class Year:
    """`opening` is debit positive, of accounts that have a balance; `transactions` by the kind of record."""

    number: int
    made_on: date
    company: Identity
    currency: str
    accounts: tuple[Account, ...]
    tax_rates: tuple[TaxRate, ...]
    cards: dict[int, Card]
    opening: dict[int, Cents]
    transactions: dict[str, list[Transaction]]
    control: tuple[int, int]  # the accounts of debtors and creditors
    vat: tuple[int, int]  # the accounts of VAT owed and VAT to claim
    contacts_on_control_only: bool  # D5

    @classmethod
    def of(cls, administration: Administration, number: int) -> Year:
        roles, first = administration.roles, number * 12
        return cls(
            number=number,
            made_on=administration.clock.today(),
            company=replace(administration.identities[administration.identity_id]),
            currency=administration.currency,
            accounts=tuple(
                replace(account) for account in sorted(administration.accounts.values(), key=lambda a: (a.number, a.id))
            ),
            tax_rates=tuple(administration.tax_rates.values()),
            cards={contact.id: contact.card for contact in administration.contacts.values()},
            opening=_opening(administration, first),
            transactions=_transactions(administration, first),
            control=(roles[chart.AR], roles[chart.AP]),
            vat=(roles[chart.VAT_OUT], roles[chart.VAT_IN]),
            contacts_on_control_only=administration.dialect.d5_contact_on == "control",
        )

    def contact(self, posting: Posting) -> int | None:
        """Whom the line is about, as far as it shows that."""
        hidden = self.contacts_on_control_only and posting.account_id not in self.control
        return None if hidden else posting.contact_id

    @property
    def totals(self) -> tuple[int, Cents, Cents]:
        """Number of lines, debit and credit. A line is on the side its amount is on, so none is negative (D2)."""
        count = debit = credit = 0
        for transactions in self.transactions.values():
            for transaction in transactions:
                for posting in transaction.postings:
                    amount = posting.amount
                    count += 1
                    debit += max(amount, 0)
                    credit += max(-amount, 0)
        return count, debit, credit


def has_lines(administration: Administration, number: int) -> bool:
    """Whether anything was booked in the year."""
    first, last = number * 12, number * 12 + 11
    ledger = administration.ledger
    return any(first <= month <= last for account_id in ledger.accounts() for month in ledger.months(account_id))


def _opening(administration: Administration, first: Month) -> dict[int, Cents]:
    """Balance accounts since ever, result accounts nothing, as the general ledger starts a year.

    Until a journal has closed an earlier year its result is on no balance account, so the two sides differ by it.
    """
    kept = (a for a in administration.accounts.values() if a.kind not in chart.RESULT_KINDS)
    balances = {account.id: sums.net(administration, account.id, sums.EVER, first - 1) for account in kept}
    return {account_id: balance for account_id, balance in balances.items() if balance}


def _transactions(administration: Administration, first: Month) -> dict[str, list[Transaction]]:
    """By the kind of record that they belong to, oldest first."""
    found: dict[str, list[Transaction]] = {}
    for owner in administration.ledger.owners():
        for day, postings in _by_day(administration.ledger.of(owner), first):
            found.setdefault(owner[0], []).append(Transaction(day, owner[1], postings))
    for transactions in found.values():
        transactions.sort(key=lambda transaction: (transaction.day, transaction.document_id))
    return found


def _by_day(postings: list[Posting], first: Month) -> Iterator[tuple[date, list[Posting]]]:
    days: dict[date, list[Posting]] = {}
    for posting in postings:
        if first <= month_of(posting.day) < first + 12:
            days.setdefault(posting.day, []).append(posting)
    return iter(days.items())

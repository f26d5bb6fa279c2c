"""Purchases as they happen: invoices and receipts of suppliers, and what we pay for them.

A `Buy` says what is bought and what follows; `Buyer.live` makes the documents in the order of their days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from pipelines.sandbox import amounts, chart
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.clock import moment
from pipelines.sandbox.group.bank import Bank
from pipelines.sandbox.group.sales import Item, line
from pipelines.sandbox.model import Allocation, Payment, Purchase

INVOICE, RECEIPT = "purchase_invoice", "receipt"


@dataclass(frozen=True)
class Buy:
    """One purchase and its life. Dates on or after `Buyer.today` do not happen yet."""

    day: date
    contact_id: int | None
    items: tuple[Item, ...]
    kind: str = INVOICE
    reference: str | None = None
    due_days: int | None = 30
    paid_on: date | None = None
    share: Decimal | None = None  # of the total; none pays all of it
    via: str = "bank"  # bank, unmatched (P-10) or cash (P-10b)
    through: str = chart.BANK  # role of the account the bank line is on
    paid_rate: Decimal | None = None  # the currency's rate on the day of payment
    prices_are_incl_tax: bool = False
    currency: str | None = None  # none is the administration's own
    rate: Decimal = Decimal(1)
    is_new: bool = False
    is_saved: bool = False
    is_revenue: bool = False
    is_pending: bool = False
    private: Decimal | None = None  # per cent that is private (P-6b)
    origin: str = "upload"


@dataclass
class Buyer:
    """Turns purchases into documents, bank lines and payments of one administration."""

    administration: Administration
    rng: Random
    today: date  # nothing is dated on or after this day
    bank: Bank

    def rate(self, percentage: int, reference: str | None = None) -> int:
        """Id of a purchase rate: an ordinary one, or the one whose lines land in the box named `reference`."""
        for rate in self.administration.tax_rates.values():
            ordinary = reference is None and not amounts.is_reverse_charged(rate)
            fits = ordinary or (reference is not None and reference in rate.references)
            if fits and rate.kind == "purchase_invoice" and rate.percentage == percentage:
                return rate.id
        raise KeyError(f"{percentage} % {reference or ''}")

    def live(self, buys: list[Buy]) -> None:
        for buy in sorted(buys, key=lambda buy: buy.day):
            if buy.day < self.today:
                self.buy(buy)

    def buy(self, buy: Buy) -> Purchase:
        """Makes the document, pays it when that day has come, and puts it in the books."""
        administration, rng = self.administration, self.rng
        at = moment(buy.day, rng.randint(9, 16), rng.randint(0, 59), rng.randint(0, 59)) + rng.randint(0, 999)
        purchase = Purchase(
            id=administration.new_id(at),
            kind=buy.kind,
            contact_id=buy.contact_id,
            day=buy.day,
            due_date=buy.day + timedelta(days=buy.due_days) if buy.due_days is not None else None,
            reference=buy.reference,
            entry_number=administration.next_entry_number(),
            created=at,
            updated=at,
            lines=[line(administration, item, order, at) for order, item in enumerate(buy.items)],
            is_new=buy.is_new,
            is_saved=buy.is_saved,
            is_revenue=buy.is_revenue,
            currency=buy.currency or administration.currency,
            rate=buy.rate,
            prices_are_incl_tax=buy.prices_are_incl_tax,
            origin=buy.origin,
            pending=buy.is_pending,
        )
        if buy.private is not None:
            private = administration.roles[chart.PRIVATE]
            account = purchase.lines[0].account_id
            purchase.allocations.append(Allocation(administration.new_id(at), account, private, buy.private, at, at))
        if buy.paid_on is not None and buy.paid_on < self.today:
            self._pay(purchase, buy, buy.paid_on)
        return administration.put_purchase(purchase)

    def _pay(self, purchase: Purchase, buy: Buy, day: date) -> None:
        """Money out is a negative bank line; the payment has the sign of the document's own total."""
        administration = self.administration
        total = administration.figures(purchase).incl
        price = total if buy.share is None else amounts.to_int(total * buy.share)
        rate = buy.paid_rate or purchase.rate
        base = price if rate == 1 else amounts.to_int(price * rate)
        at = moment(day + timedelta(days=1), 8, self.rng.randint(0, 59), self.rng.randint(0, 59))
        roles = {"bank": buy.through, "cash": chart.CASH, "unmatched": chart.OUT_UNM}
        account = administration.accounts[administration.roles[roles[buy.via]]]
        mutation_id = None
        if buy.via == "bank":
            text = f"{purchase.reference or 'Aankoop'} {buy.items[0].description}"
            mutation_id = self.bank.line(day, -base, text, contact_id=buy.contact_id, through=buy.through)
        purchase.payments.append(
            Payment(
                id=administration.new_id(at),
                day=day,
                price=price,
                price_base=base,
                account_id=account.id,
                created=at,
                mutation_id=mutation_id,
                financial_account_id=account.financial_account_id,
                action="cash_payment" if buy.via == "cash" else None,
            )
        )
        purchase.updated = max(purchase.updated, at)

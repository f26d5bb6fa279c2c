"""Sales as they happen: an invoice on its day, then what the customer and finance do with it.

A `Sale` says what is sold and what follows; `Till.ring_up` makes the documents. Sales are rung up in the order of their
days, so invoice numbers run with the calendar.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from pipelines.sandbox import amounts
from pipelines.sandbox.administration import PAYMENT_CONDITIONS, Administration
from pipelines.sandbox.clock import moment
from pipelines.sandbox.model import Invoice, Line, Payment


@dataclass(frozen=True)
class Item:
    """A line to sell: price per unit in cents, quantity as it is typed."""

    description: str
    price: int
    account: str  # role
    rate_id: int
    amount: str | None = "1 x"
    project_id: int | None = None
    period: tuple[date, date] | None = None


@dataclass(frozen=True)
class Receipt:
    """Money for an invoice: a share of its total, or the rest when `share` is None. `base_rate` is the day's rate."""

    day: date
    share: Decimal | None = None
    via: str = "bank"  # bank, unmatched (P-10) or settlement (P-4)
    base_rate: Decimal | None = None


@dataclass(frozen=True)
class Sale:
    """One invoice and its life. Dates on or after `Till.today` do not happen yet."""

    day: date
    contact_id: int
    items: tuple[Item, ...]
    receipts: tuple[Receipt, ...] = ()
    due_days: int = 14
    discount: Decimal = Decimal(0)
    prices_are_incl_tax: bool = False
    currency: str = "EUR"
    rate: Decimal = Decimal(1)
    reference: str | None = None
    dubious_on: date | None = None
    uncollectible_on: date | None = None
    credit_on: date | None = None
    credit_share: Decimal = Decimal(1)
    credit_linked: bool = True
    credit_settled: bool = False
    hours: tuple[int, ...] = ()
    paid_in_batch: bool = False  # a payment provider pays out many at once; receipts name the day


@dataclass
class Till:
    """Turns sales into invoices, bank lines and payments of one administration."""

    administration: Administration
    rng: Random
    today: date  # nothing is dated on or after this day
    bank_line: Callable[[date, int, str, bool], int]  # day, amount, text, processed → id of the mutation

    def ring_up(self, sale: Sale) -> Invoice:
        """Makes and sends the invoice, then lets payments, doubt and write-off follow; `credit` has its own day."""
        invoice = self.draft(sale)
        at = invoice.created
        self.administration.send(invoice, sale.day, at)
        for receipt in sale.receipts:
            if receipt.day < self.today:
                self.receive(invoice, receipt)
        self._doubt(invoice, sale)
        return invoice

    def draft(self, sale: Sale) -> Invoice:
        """The invoice before it is sent."""
        administration, rng = self.administration, self.rng
        at = moment(sale.day, rng.randint(9, 16), rng.randint(0, 59), rng.randint(0, 59)) + rng.randint(0, 999)
        invoice = Invoice(
            id=administration.new_id(at),
            contact_id=sale.contact_id,
            due_date=sale.day + timedelta(days=sale.due_days),
            created=at,
            updated=at,
            lines=[self._line(item, order, at) for order, item in enumerate(sale.items)],
            due_days=sale.due_days,
            reference=sale.reference,
            currency=sale.currency,
            rate=sale.rate,
            discount=sale.discount,
            prices_are_incl_tax=sale.prices_are_incl_tax,
            payment_conditions=PAYMENT_CONDITIONS,
            workflow_id=administration.workflow_id,
            document_style_id=administration.document_style_id,
        )
        administration.put_invoice(invoice)
        for entry_id in sale.hours:
            administration.put_time_entry(
                replace(administration.time_entries[entry_id], invoice_id=invoice.id, updated=at)
            )
        return invoice

    def _line(self, item: Item, order: int, at: int) -> Line:
        administration = self.administration
        return Line(
            id=administration.new_id(at),
            description=item.description,
            price=item.price,
            amount=item.amount,
            quantity=amounts.quantity(item.amount),
            tax_rate_id=item.rate_id,
            account_id=administration.roles[item.account],
            project_id=item.project_id,
            period=item.period,
            row_order=order,
            created=at,
            updated=at,
        )

    def receive(self, invoice: Invoice, receipt: Receipt, mutation_id: int | None = None) -> None:
        """Books money on the invoice; a bank receipt of the last days may still wait to be processed."""
        total = self.administration.figures(invoice).incl
        paid = sum(payment.price for payment in invoice.payments)
        price = total - paid if receipt.share is None else amounts.to_int(total * receipt.share)
        rate = receipt.base_rate or invoice.rate
        base = price if rate == 1 else amounts.to_int(price * rate)
        if receipt.via == "bank" and mutation_id is None:
            fresh = (self.today - receipt.day).days <= 4 and self.rng.random() < 0.5
            text = f"Factuur {invoice.number} {self.administration.contacts[invoice.contact_id].card.name}"
            mutation_id = self.bank_line(receipt.day, base, text, not fresh)
            if fresh:
                return
        self.book(invoice, receipt, price, base, mutation_id)

    def book(self, invoice: Invoice, receipt: Receipt, price: int, base: int, mutation_id: int | None) -> Payment:
        administration = self.administration
        at = moment(receipt.day + timedelta(days=1), 8, self.rng.randint(0, 59), self.rng.randint(0, 59))
        roles = {"bank": "bank", "unmatched": "unmatched_receipts", "settlement": "settlements"}
        account = administration.accounts[administration.roles[roles[receipt.via]]]
        payment = Payment(
            id=administration.new_id(at),
            day=receipt.day,
            price=price,
            price_base=base,
            account_id=account.id,
            created=at,
            mutation_id=mutation_id,
            financial_account_id=account.financial_account_id,
            settlement=receipt.via == "settlement",
        )
        invoice.payments.append(payment)
        invoice.updated = max(invoice.updated, at)
        administration.put_invoice(invoice)
        return payment

    def _doubt(self, invoice: Invoice, sale: Sale) -> None:
        for name, day in (("dubious_on", sale.dubious_on), ("uncollectible_on", sale.uncollectible_on)):
            if day is not None and day < self.today:
                setattr(invoice, name, day)
                invoice.updated = max(invoice.updated, moment(day, 15))
                self.administration.put_invoice(invoice)

    def credit(self, invoice: Invoice, sale: Sale) -> Invoice:
        """The credit invoice: a heading line and the quantities negated, on its own day; settled when asked."""
        day = sale.credit_on
        assert day is not None
        credit = replace(sale, day=day, receipts=(), credit_on=None, hours=(), dubious_on=None, uncollectible_on=None)
        draft = self.draft(replace(credit, items=_negated(sale, invoice.number)))
        draft.original_id = invoice.id if sale.credit_linked else None
        self.administration.send(draft, day, draft.created)
        if sale.credit_settled:
            amount = self.administration.figures(draft).incl
            settlement = Receipt(day, via="settlement")
            self.book(draft, settlement, amount, amount, None)
            self.book(invoice, settlement, -amount, -amount, None)
        return draft


def _negated(sale: Sale, number: str | None) -> tuple[Item, ...]:
    """Quantities negated and prices kept, as the API's own credit example does; `credit_share` of every quantity."""
    first = sale.items[0]
    heading = Item(f"**Creditfactuur voor factuur {number}**", 0, first.account, first.rate_id, amount=None)
    items = []
    for item in sale.items:
        count = amounts.quantity(item.amount) * sale.credit_share
        items.append(replace(item, amount=f"-{amounts.decimal_text(count)} x", period=None))
    return (heading, *items)

"""Sales as they happen: an invoice on its day, then what the customer and finance do with it.

A `Sale` says what is sold and what follows; `Till.ring_up` makes the documents. Sales are rung up in the order of their
days, so invoice numbers run with the calendar. Nothing is in the books before `post`: a document posts once, finished.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from pipelines.sandbox import amounts, chart
from pipelines.sandbox.administration import PAYMENT_CONDITIONS, Administration
from pipelines.sandbox.clock import moment
from pipelines.sandbox.group.bank import Bank
from pipelines.sandbox.model import Invoice, Line, Payment

MATCHED_AFTER = timedelta(days=6)


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
    product_id: int | None = None


@dataclass(frozen=True)
class Receipt:
    """Money for an invoice: a share of its total, or the rest when `share` is None. `base_rate` is the day's rate."""

    day: date
    share: Decimal | None = None
    via: str = "bank"  # bank, unmatched (P-10), matched later (P-10c) or settlement (P-4)
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
    currency: str | None = None  # none is the administration's own
    rate: Decimal = Decimal(1)
    reference: str | None = None
    dubious_on: date | None = None
    uncollectible_on: date | None = None
    credit_on: date | None = None
    credit_share: Decimal = Decimal(1)
    credit_linked: bool = True
    credit_settled: bool = False
    hours: tuple[int, ...] = ()
    estimate_id: int | None = None
    recurring_id: int | None = None
    subscription_id: int | None = None
    mailed: bool = False
    pending: bool = False  # to be collected, and not confirmed yet
    custom: tuple[tuple[int, str], ...] = ()


@dataclass
class Till:
    """Turns sales into invoices, bank lines and payments of one administration."""

    administration: Administration
    rng: Random
    today: date  # nothing is dated on or after this day
    bank: Bank
    _unposted: dict[int, Invoice] = field(default_factory=dict)

    def ring_up(self, sale: Sale) -> Invoice:
        """Makes and sends the invoice, then lets payments, doubt and write-off follow; `credit` has its own day."""
        invoice = self.draft(sale)
        self._send(invoice, sale.day)
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
            lines=[line(administration, item, order, at) for order, item in enumerate(sale.items)],
            due_days=sale.due_days,
            reference=sale.reference,
            currency=sale.currency or administration.currency,
            rate=sale.rate,
            discount=sale.discount,
            prices_are_incl_tax=sale.prices_are_incl_tax,
            payment_conditions=PAYMENT_CONDITIONS,
            workflow_id=administration.workflow_id,
            document_style_id=administration.document_style_id,
            custom_fields=sale.custom,
            estimate_id=sale.estimate_id,
            recurring_id=sale.recurring_id,
            subscription_id=sale.subscription_id,
            delivery_method="Email" if sale.mailed else "Manual",
            pending=sale.pending,
        )
        administration.invoices[invoice.id] = invoice
        self._unposted[invoice.id] = invoice
        for entry_id in sale.hours:
            entry = administration.time_entries[entry_id]
            entry.invoice_id, entry.updated = invoice.id, at
            administration.put_time_entry(entry)
        return invoice

    def _send(self, invoice: Invoice, day: date) -> None:
        invoice.invoice_date = invoice.sent_on = day
        invoice.number = self.administration.next_number(day)
        invoice.card = self.administration.contacts[invoice.contact_id].card
        invoice.person = invoice.card.people[0] if invoice.card.people else None

    def post(self) -> None:
        """Puts everything made since the last time in the books."""
        for invoice in self._unposted.values():
            self.administration.put_invoice(invoice)
        self._unposted.clear()

    def receive(self, invoice: Invoice, receipt: Receipt) -> None:
        """Books money on the invoice; a bank receipt of the last days may still wait to be processed."""
        total = self.administration.figures(invoice).incl
        paid = sum(payment.price for payment in invoice.payments)
        price = total - paid if receipt.share is None else amounts.to_int(total * receipt.share)
        rate = receipt.base_rate or invoice.rate
        base = price if rate == 1 else amounts.to_int(price * rate)
        mutation_id = None
        if receipt.via == "bank":
            fresh = (self.today - receipt.day).days <= 4 and self.rng.random() < 0.5
            name = self.administration.contacts[invoice.contact_id].card.name
            text = f"Factuur {invoice.number} {name}"
            mutation_id = self.bank.line(receipt.day, base, text, processed=not fresh, contact_id=invoice.contact_id)
            if fresh:
                return
        payment = self.book(invoice, receipt, price, base, mutation_id)
        found = receipt.day + MATCHED_AFTER
        if receipt.via == "matched" and found < self.today:
            payment.matched_mutation_id = self.bank.line(found, base, "Betaling", contact_id=invoice.contact_id)

    def book(self, invoice: Invoice, receipt: Receipt, price: int, base: int, mutation_id: int | None) -> Payment:
        administration = self.administration
        at = moment(receipt.day + timedelta(days=1), 8, self.rng.randint(0, 59), self.rng.randint(0, 59))
        roles = {"bank": chart.BANK, "settlement": chart.SETTLE}
        account = administration.accounts[administration.roles[roles.get(receipt.via, chart.IN_UNM)]]
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
        return payment

    def _doubt(self, invoice: Invoice, sale: Sale) -> None:
        for name, day in (("dubious_on", sale.dubious_on), ("uncollectible_on", sale.uncollectible_on)):
            if day is not None and day < self.today:
                setattr(invoice, name, day)
                invoice.updated = max(invoice.updated, moment(day, 15))

    def credit(self, invoice: Invoice, sale: Sale) -> Invoice:
        """The credit invoice: a heading line and the quantities negated, on its own day; settled when asked."""
        day = sale.credit_on
        assert day is not None
        credit = replace(
            sale, day=day, receipts=(), credit_on=None, hours=(), dubious_on=None, uncollectible_on=None,
            estimate_id=None, recurring_id=None, subscription_id=None,
        )  # fmt: skip
        draft = self.draft(replace(credit, items=_negated(sale, invoice.number)))
        draft.original_id = invoice.id if sale.credit_linked else None
        self._send(draft, day)
        if sale.credit_settled:
            amount = self.administration.figures(draft).incl
            settlement = Receipt(day, via="settlement")
            given = self.book(draft, settlement, amount, amount, None)
            taken = self.book(invoice, settlement, -amount, -amount, None)
            if not sale.credit_linked:  # struck off against each other by hand (P-10b)
                given.action = taken.action = "invoices_settlement"
                given.linked_payment_id, taken.linked_payment_id = taken.id, given.id
        return draft


def line(administration: Administration, item: Item, order: int, at: int) -> Line:
    """A detail of any document."""
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
        product_id=item.product_id,
    )


def _negated(sale: Sale, number: str | None) -> tuple[Item, ...]:
    """Quantities negated and prices kept, as the API's own credit example does; `credit_share` of every quantity."""
    first = sale.items[0]
    heading = Item(f"**Creditfactuur voor factuur {number}**", 0, first.account, first.rate_id, amount=None)
    items = []
    for item in sale.items:
        count = amounts.quantity(item.amount) * sale.credit_share
        items.append(replace(item, amount=f"-{amounts.decimal_text(count)} x", period=None))
    return (heading, *items)

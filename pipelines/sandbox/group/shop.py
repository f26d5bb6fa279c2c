"""Orders of the webshop: invoices of another system, paid through a payment provider (DOMAIN T-26, POSTINGS P-19).

    order ─▶ capture on the provider's account ─▶ refund, fees ─▶ payout every Monday ─▶ transit ─▶ bank

The provider is a financial account of its own. Consumers in the EU pay their own country's tax (one-stop shop, the shop
opted in), goods leave the EU untaxed, and one order in six comes without a contact.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from pipelines.sandbox import amounts, chart
from pipelines.sandbox.cards import Contact
from pipelines.sandbox.clock import moment
from pipelines.sandbox.group import names
from pipelines.sandbox.group.purchases import Buy
from pipelines.sandbox.group.sales import Item, line
from pipelines.sandbox.group.setup import EXPORTED
from pipelines.sandbox.group.site import Site
from pipelines.sandbox.model import ExternalInvoice, Payment

SOURCE = "Duivenshop"
ORDERS_A_MONTH = 7
NEW_DAYS = 6  # orders of the last days are not processed yet
FEE, FEE_SHARE = 29, Decimal("0.014")  # cents a transaction, and of the amount, excluding tax
_GOODS = (
    ("Vogelvoer 5 kg", 1_895), ("Duiventil cederhout", 12_950), ("Drinkbak keramiek", 2_495), ("Nestkast", 3_450),
    ("Volière bouwpakket", 24_900), ("Voederhuis met standaard", 8_950),
)  # fmt: skip
_BOOKS = (("Handboek stadsduiven", 2_999), ("Vogelkalender", 1_450))


@dataclass(frozen=True)
class Order:
    """An order and its life. `paid` tells how: psp, bank (by transfer), late, never, part or over."""

    day: date
    contact: Contact | None
    items: tuple[Item, ...]
    paid: str = "psp"
    returned_on: date | None = None
    credited: bool = True  # a return without a credit leaves the money open
    dubious_on: date | None = None
    uncollectible_on: date | None = None
    pending: bool = False


@dataclass
class Shop:
    """Writes the orders of one shop and what the provider does with the money."""

    site: Site
    number: int = 4_000
    _held: int = 0  # cents on the provider's account
    _fees: dict[date, int] = field(default_factory=dict)  # first day of the month → cents excluding tax

    def live(self, orders: list[Order]) -> None:
        """Day by day: orders, captures and returns; payouts on Mondays, fees on the last day of the month."""
        site = self.site
        by_day: dict[date, list[Order]] = {}
        returns: dict[date, list[tuple[Order, ExternalInvoice]]] = {}
        for order in orders:
            by_day.setdefault(order.day, []).append(order)
        day = site.since
        while day < site.today:
            if day.weekday() == 0:
                self._pay_out(day)
            for order in by_day.get(day, ()):
                invoice = self._order(order)
                if order.returned_on is not None:
                    returns.setdefault(order.returned_on, []).append((order, invoice))
            for order, invoice in returns.pop(day, ()):
                self._return(day, order, invoice)
            following = day + timedelta(days=1)
            if following.day == 1:
                self._charge(day)
            day = following

    def _order(self, order: Order) -> ExternalInvoice:
        self.number += 1
        invoice = self._invoice(order.day, order.contact, order.items, f"WEB-{self.number}")
        site, total = self.site, self.site.administration.figures(invoice).incl
        invoice.pending = order.pending
        invoice.is_new = (site.today - order.day).days <= NEW_DAYS and order.contact is None
        if not invoice.is_new:
            if order.paid == "psp":
                self._capture(invoice, order.day, total)
            elif order.paid in ("bank", "late", "part", "over"):
                days = 34 if order.paid == "late" else 5
                share = {"part": Decimal("0.5"), "over": Decimal("1.1")}.get(order.paid, Decimal(1))
                self._transfer(invoice, order.day + timedelta(days=days), amounts.to_int(total * share))
            for name, day in (("dubious_on", order.dubious_on), ("uncollectible_on", order.uncollectible_on)):
                if day is not None and day < site.today:
                    setattr(invoice, name, day)
                    invoice.updated = max(invoice.updated, moment(day, 15))
        return site.administration.put_external(invoice)

    def _invoice(self, day: date, contact: Contact | None, items: tuple[Item, ...], reference: str) -> ExternalInvoice:
        site = self.site
        administration, rng = site.administration, site.rng
        at = moment(day, rng.randint(9, 20), rng.randint(0, 59), rng.randint(0, 59)) + rng.randint(0, 999)
        return ExternalInvoice(
            id=administration.new_id(at),
            contact_id=contact.id if contact else None,
            day=day,
            due_date=day + timedelta(days=14),
            reference=reference,
            entry_number=administration.next_entry_number(),
            created=at,
            updated=at,
            lines=[line(administration, item, order, at) for order, item in enumerate(items)],
            source=SOURCE,
            source_url=f"https://shop.duivenhof.example/orders/{reference}",
            currency=administration.currency,
            prices_are_incl_tax=True,
        )

    def _capture(self, invoice: ExternalInvoice, day: date, amount: int) -> None:
        """Money the provider holds for us."""
        mutation_id = self.site.bank.line(
            day, amount, f"{invoice.reference} ontvangen", contact_id=invoice.contact_id, through=chart.PSP
        )
        self._pay(invoice, day, amount, chart.PSP, mutation_id, f"pd_{invoice.id % 10**10:010d}")
        self._held += amount
        month = day.replace(day=1)
        self._fees[month] = self._fees.get(month, 0) + FEE + amounts.to_int(abs(amount) * FEE_SHARE)

    def _transfer(self, invoice: ExternalInvoice, day: date, amount: int) -> None:
        if day < self.site.today:
            mutation_id = self.site.bank.line(day, amount, f"{invoice.reference}", contact_id=invoice.contact_id)
            self._pay(invoice, day, amount, chart.BANK, mutation_id, None)

    def _pay(
        self, invoice: ExternalInvoice, day: date, amount: int, role: str, mutation_id: int, identifier: str | None
    ) -> None:
        administration = self.site.administration
        account = administration.accounts[administration.roles[role]]
        at = moment(day + timedelta(days=1), 8, self.site.rng.randint(0, 59), self.site.rng.randint(0, 59))
        invoice.payments.append(
            Payment(
                administration.new_id(at), day, amount, amount, account.id, at, mutation_id,
                account.financial_account_id, transaction_identifier=identifier,
            )
        )  # fmt: skip
        invoice.updated = max(invoice.updated, at)

    def _return(self, day: date, order: Order, invoice: ExternalInvoice) -> None:
        """A credit of the whole order and the money back; or the money back only, which leaves the order open."""
        administration = self.site.administration
        total = administration.figures(invoice).incl
        credited = invoice
        if order.credited:
            items = tuple(_negative(item) for item in order.items)
            credited = self._invoice(day, order.contact, items, f"{invoice.reference}-R")
        self._capture(credited, day, -total)
        administration.put_external(credited)

    def _charge(self, day: date) -> None:
        """The provider's own invoice for the month, withheld from what it holds."""
        site, fees = self.site, self._fees.pop(day.replace(day=1), 0)
        if not fees:
            return
        contact = site.customers.payment_provider()
        item = Item(f"Transactiekosten {day:%Y-%m}", fees, chart.PSP_FEES, site.buyer.rate(21))
        purchase = site.buyer.buy(
            Buy(day, contact.id, (item,), reference=f"PD-{day:%Y%m}", paid_on=day, through=chart.PSP)
        )
        self._held -= site.administration.figures(purchase).incl

    def _pay_out(self, day: date) -> None:
        """Everything held goes to the bank, where it arrives the day after; in between it is in transit."""
        amount = self._held
        if amount <= 0:
            return
        bank, text = self.site.bank, f"Uitbetaling week {day.isocalendar().week}"
        bank.line(day, -amount, text, role=chart.TRANSIT, through=chart.PSP, batch=f"PO-{day:%Y%m%d}")
        arrival = day + timedelta(days=1)
        if arrival < self.site.today:
            bank.line(arrival, amount, text, role=chart.TRANSIT, batch=f"PO-{day:%Y%m%d}")
        self._held = 0


def orders(site: Site) -> list[Order]:
    """What consumers order; their country decides the tax and the account."""
    people = [site.customers.person() for _ in range(24 * site.scale)]
    abroad = [site.customers.person(one) for one in names.CONSUMERS_ABROAD]
    far = [site.customers.person(one) for one in names.OVERSEAS_CONSUMERS]
    found = []
    for start in site.months():
        for position in range(ORDERS_A_MONTH * site.scale):
            day = start + timedelta(days=site.rng.randint(0, 27))
            kind = position % ORDERS_A_MONTH
            group = abroad if kind in (4, 5) else far if kind == 6 else people
            contact = site.rng.choice(group)
            roll = site.rng.random()
            order = Order(
                day,
                None if kind == 1 and roll < 0.9 else contact,
                _basket(site, contact.card.country),
                "bank" if roll < 0.06 else "late" if roll < 0.09 else "psp",
            )
            if 0.86 < roll < 0.9:
                order = _returned(order, day + timedelta(days=site.rng.randint(6, 20)))
            found.append(order)
    return found + _planted(site, people)


def _planted(site: Site, people: list[Contact]) -> list[Order]:
    """Three of everything that goes wrong, and of what came in this week."""

    def order(days_ago: int, paid: str) -> Order:
        return Order(site.ago(days_ago), people[days_ago % len(people)], _basket(site, "NL"), paid)

    found = []
    for n in range(3):
        back, lost = order(100 + 7 * n, "psp"), order(330 + 8 * n, "never")
        found += [
            order(90 + 9 * n, "never"),
            order(3 + n, "never"),
            order(60 + 5 * n, "part"),
            order(70 + 6 * n, "over"),
            replace(order(200 + 11 * n, "never"), dubious_on=site.ago(120 + n)),
            replace(lost, uncollectible_on=site.ago(100 + n)),
            replace(_returned(back, site.ago(80 + 7 * n)), credited=False),
            _returned(order(110 + 7 * n, "psp"), site.ago(95 + 7 * n)),
            replace(order(4 + n, "never"), pending=True),
            replace(order(2 + n, "psp"), contact=None),
        ]
    return found


def _returned(order: Order, day: date) -> Order:
    """Only one of the first thing was ordered, and it went back: what a week brings in is more than what it costs."""
    return replace(order, items=(replace(order.items[0], price=1_895, amount="1"),), returned_on=day)


def _basket(site: Site, country: str) -> tuple[Item, ...]:
    administration, rng = site.administration, site.rng
    rates = {rate.country: rate.id for rate in administration.tax_rates.values() if rate.country}
    high = rates.get(country) or administration.sales_rate(21)
    account = chart.EU_GOODS if country in rates else chart.GOODS
    outside = country not in rates and country != "NL"
    if outside:
        high, account = administration.sales_rate(0, EXPORTED), chart.EXPORTS
    name, price = rng.choice(_GOODS)
    items = [Item(name, price, account, high, amount=str(rng.randint(1, 3)))]
    if country == "NL" and rng.random() < 0.4:
        title, price = rng.choice(_BOOKS)
        items.append(Item(title, price, chart.BOOKS_REDUCED, administration.sales_rate(9), amount="1"))
    if not outside:
        items.append(Item("Verzendkosten", 495, account if country in rates else chart.SHIPPING, high, amount=None))
    return tuple(items)


def _negative(item: Item) -> Item:
    count = amounts.quantity(item.amount)
    return Item(item.description, item.price, item.account, item.rate_id, amount=f"-{amounts.decimal_text(count)} x")

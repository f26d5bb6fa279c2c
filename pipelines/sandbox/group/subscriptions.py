"""Products, and what clients are billed for again and again: recurring invoices, subscriptions, extra charges."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from pipelines.sandbox import chart
from pipelines.sandbox.administration import PAYMENT_CONDITIONS
from pipelines.sandbox.cards import Contact
from pipelines.sandbox.clock import moment
from pipelines.sandbox.group import habits
from pipelines.sandbox.group.sales import Item, Sale, line
from pipelines.sandbox.group.site import Site
from pipelines.sandbox.model import Charge, Product, Recurring, Subscription, SubscriptionTemplate

MONTHS = {"month": 1, "quarter": 3, "year": 12}
EXTRA = "Extra opslag"
_OF_CONTACTS = 3  # clients with an extra charge of their own
_QUARTERLY = 3  # clients with a subscription a quarter, each third of them cancelled some time


Offered = tuple[str, str, int, str, str | None]  # identifier, title, cents, role of the account, frequency type

ON_OFFER: dict[str, tuple[Offered, ...]] = {
    "Studio": (
        ("ONDERHOUD", "Onderhoudscontract", 126_000, chart.SUBSCRIPTIONS, "year"),
        ("HOSTING", "Hosting en beheer", 28_500, chart.SUBSCRIPTIONS, "quarter"),
        ("OPSLAG", EXTRA, 1_250, chart.SUBSCRIPTIONS, "month"),
        ("WORKSHOP", "Workshop, dagdeel", 65_000, chart.SERVICES, None),
        ("DOMEIN", "Domeinnaam", 1_800, chart.SERVICES, None),
    ),
    "Advies": (("ADVIESUUR", "Adviesuur", 14_500, chart.SERVICES, None),),
    "Webwinkel": (
        ("VOER-25", "Vogelvoer 25 kg", 6_450, chart.GOODS, None), ("TIL", "Duiventil", 10_700, chart.GOODS, None),
    ),
    "Export": (("NEST-12", "Nestkast, doos van 12", 23_900, chart.EXPORTS, None),),
}  # fmt: skip


def products(site: Site, kind: str) -> list[Product]:
    """Adds what a company of this kind has on its list."""
    administration = site.administration
    at = moment(site.since, 9, 30)
    rate = administration.sales_rate(21)
    for identifier, title, cents, role, frequency in ON_OFFER[kind]:
        product = Product(
            administration.new_id(at), title, title, identifier, cents, administration.currency, rate,
            administration.roles[role], at, at, 1 if frequency else None, frequency,
        )  # fmt: skip
        administration.products[product.id] = product
    return list(administration.products.values())


def sales(site: Site, clients: list[Contact], rate: int) -> list[Sale]:
    """Maintenance a year ahead for every client, hosting a quarter ahead for some; both are deferred revenue."""
    contract, hosting, *_ = site.administration.products.values()
    administration = site.administration
    template = SubscriptionTemplate(
        administration.new_id(moment(site.since, 9, 40)), administration.workflow_id,
        administration.document_style_id, (contract.id, hosting.id),
    )  # fmt: skip
    administration.subscription_templates[template.id] = template
    made: list[Sale] = []
    for number, client in enumerate(clients):
        start = _month_later(site.since, number % 12).replace(day=10)
        last = start + timedelta(days=400) if number % 6 == 5 else None
        made += _billed(site, client, contract, start, last, rate, subscribed=number % 2 == 0)
    for number, client in enumerate(clients[: _QUARTERLY * 2 * site.scale]):
        start = _month_later(site.since, number % 3).replace(day=3)
        cancelled = number % 2 == 1
        last = start + timedelta(days=300 + 30 * number) if cancelled else None
        if cancelled or number < _QUARTERLY * site.scale:
            made += _billed(site, client, hosting, start, last, rate, subscribed=True)
    return made


def _billed(
    site: Site, client: Contact, product: Product, start: date, last: date | None, rate: int, *, subscribed: bool
) -> list[Sale]:
    """The template, perhaps a subscription behind it, and an invoice for every period that has begun."""
    administration = site.administration
    at = moment(start - timedelta(days=1), 14, site.rng.randint(0, 59)) + site.rng.randint(0, 999)
    if start >= site.today:
        return []
    step = MONTHS[product.frequency_type or "month"]
    days = list(_days(start, step, site.today, last))
    over = last is not None and last < site.today
    item = Item(
        f"{product.title} {client.card.name}", product.price, chart.SUBSCRIPTIONS, rate, amount="1 x",
        product_id=product.id,
    )  # fmt: skip
    following = _month_later(days[-1], step)
    purchase_number = next(f.id for f in administration.custom_fields.values() if f.source == "sales_invoice")
    custom = () if subscribed else ((purchase_number, f"PO-{start:%y}{client.card.customer_id}"),)
    recurring = Recurring(
        id=administration.new_id(at),
        contact_id=client.id,
        start=start,
        next_day=following,
        created=at,
        updated=moment(last, 15) if over and last else max(at, moment(days[-1], 9)),
        lines=[line(administration, replace(item, period=_ahead(following, step)), 0, at)],
        frequency_type=product.frequency_type or "month",
        last_day=last,
        active=not over,
        auto_send=True,
        person=client.card.people[0] if client.card.people else None,
        reference=product.title,
        payment_conditions=PAYMENT_CONDITIONS,
        workflow_id=administration.workflow_id,
        document_style_id=administration.document_style_id,
        custom_fields=custom,
    )
    administration.recurring[recurring.id] = recurring
    subscription_id = None
    if subscribed:
        subscription_id = administration.new_id(at)
        administration.subscriptions[subscription_id] = Subscription(
            subscription_id, client.id, product.id, start, recurring.id, at, last, "1 x",
            frequency_type=product.frequency_type, reference=product.title,
            cancelled=moment(last - timedelta(days=40), 10) if over and last else None,
            person=recurring.person, template_id=next(iter(administration.subscription_templates)),
        )  # fmt: skip
    sold = []
    for number, day in enumerate(days):
        items = [replace(item, period=_ahead(day, step))]
        if subscribed and step == MONTHS["quarter"] and number % 4 == 1:
            items.append(Item(EXTRA, 1_250, chart.SUBSCRIPTIONS, rate, amount="4 x"))
        sold.append(
            Sale(
                day, client.id, tuple(items), habits.receipts(site.rng, day, 14), reference=product.title,
                recurring_id=recurring.id, subscription_id=subscription_id, mailed=True, custom=custom,
            )
        )  # fmt: skip
    return sold


def charges(site: Site) -> None:
    """Extra storage: what was billed with a subscription, and what waits for its next invoice."""
    administration = site.administration
    extra = next(product for product in administration.products.values() if product.title == EXTRA)
    for invoice in list(administration.invoices.values()):
        subscription = administration.subscriptions.get(invoice.subscription_id or 0)
        if subscription is None or len(invoice.lines) < 2 or invoice.invoice_date is None:
            continue
        billed = invoice.lines[1]
        period = (invoice.invoice_date - timedelta(days=60), invoice.invoice_date - timedelta(days=1))
        charge = Charge(
            administration.new_id(invoice.created), invoice.contact_id, subscription.id, extra.id, "4 x", extra.price,
            period, EXTRA, billed.id,
        )  # fmt: skip
        administration.charges[charge.id] = charge
    live = [s for s in administration.subscriptions.values() if s.cancelled is None]
    for number, subscription in enumerate(live[:4]):
        at = moment(site.ago(12 + number), 13, 10)
        period = (site.ago(40), site.ago(12))
        charge = Charge(
            administration.new_id(at), subscription.contact_id, subscription.id, extra.id, f"{number + 1} x",
            extra.price, period, EXTRA,
        )  # fmt: skip
        administration.charges[charge.id] = charge
    first = max(site.today.replace(day=1), site.ago(1))
    for number, subscription in enumerate(live[:_OF_CONTACTS]):
        at = moment(first, 8, number)
        charge = Charge(
            administration.new_id(at), subscription.contact_id, None, extra.id, f"{number + 2} x", extra.price,
            (site.ago(40), site.ago(12)), EXTRA, created=at,
        )  # fmt: skip
        administration.charges[charge.id] = charge


def _ahead(day: date, months: int) -> tuple[date, date]:
    """The whole months that an invoice of that day bills."""
    first = day.replace(day=1)
    return first, _month_later(first, months) - timedelta(days=1)


def _days(start: date, step: int, today: date, last: date | None) -> Iterator[date]:
    """Every `step` months from `start` until the day before today, or until the last day when that comes first."""
    day = start
    while day < today and (last is None or day <= last):
        yield day
        day = _month_later(day, step)


def _month_later(day: date, months: int) -> date:
    """The same day `months` later, or the last one of a shorter month."""
    month = day.year * 12 + day.month - 1 + months
    year, number = month // 12, month % 12 + 1
    return date(year, number, min(day.day, monthrange(year, number)[1]))

"""What the companies of the group sell, month by month. Prices are in cents."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from pipelines.sandbox import chart
from pipelines.sandbox.group import habits, names, offers, subscriptions
from pipelines.sandbox.group.family import DOLLARS
from pipelines.sandbox.group.hours import Assignment, worked_minutes
from pipelines.sandbox.group.sales import Item, Receipt, Sale
from pipelines.sandbox.group.setup import EXPORTED, REVERSE_CHARGED
from pipelines.sandbox.group.site import Site
from pipelines.sandbox.model import TimeEntry

WHOLESALE = (("Vogelvoer 25 kg", 6_450), ("Duiventil cederhout", 10_700), ("Nestkast, doos van 12", 23_900))
_BOOKS = (("Handboek stadsduiven", 2_752), ("Vogelkalender", 1_330))
_ADVICE = ("Procesanalyse", "Kwartaaladvies", "Training team", "Interim ondersteuning", "Second opinion")
_BUILDS = ("Nieuw klantportaal", "Koppeling boekhouding", "Herbouw webshop", "App voor monteurs")


def studio(site: Site) -> list[Sale]:
    """Hours of the month per client on its last day, a phase of a project at a fixed price, and subscriptions."""
    clients = [site.customers.company() for _ in range(13 * site.scale)]
    clients += [site.customers.person() for _ in range(site.scale)]
    assignments = site.hours.projects(clients, 28 * site.scale, site.since)
    rate = site.administration.sales_rate(21)
    sales, phases = subscriptions.sales(site, clients, rate), []
    for number, start in enumerate(site.months()):
        active = site.rng.sample(assignments, min(7 * site.scale, len(assignments)))
        worked = site.hours.month(start, active, internal=2)
        closing = _last_day(start)
        forgotten = site.rng.random() < 0.15
        for contact_id, entries in worked.items():
            if forgotten and contact_id == active[0].contact.id:
                continue
            receipts = habits.receipts(site.rng, closing, 30)
            sales.append(_hours_sale(closing, contact_id, entries, rate, receipts))
        for phase in range(site.scale):
            assignment = assignments[(number + phase) % len(assignments)]
            day = start + timedelta(days=site.rng.randint(5, 24))
            item = Item(
                f"{_BUILDS[number % len(_BUILDS)]}, fase {number % 3 + 1}", 900_000 + 75_000 * (number % 9),
                chart.SERVICES, rate, project_id=assignment.project.id,
            )  # fmt: skip
            receipts = habits.receipts(site.rng, day, 30)
            phases.append(Sale(day, assignment.contact.id, (item,), receipts, due_days=30, mailed=True))
    return sales + offers.offered(site, phases, every=3)


def _hours_sale(
    day: date, contact_id: int, entries: list[tuple[Assignment, TimeEntry]], rate: int, receipts: tuple[Receipt, ...]
) -> Sale:
    """One line per project with its hours, and the entries marked as invoiced."""
    minutes: dict[int, int] = {}
    for assignment, entry in entries:
        minutes[assignment.project.id] = minutes.get(assignment.project.id, 0) + worked_minutes(entry)
    by_project = {assignment.project.id: assignment for assignment, _ in entries}
    items = tuple(
        Item(
            f"Uren {by_project[project_id].project.name}",
            by_project[project_id].price,
            chart.SERVICES,
            rate,
            amount=f"{_hours(total)} uur",
            project_id=project_id,
        )
        for project_id, total in minutes.items()
    )
    return Sale(day, contact_id, items, receipts, due_days=30, hours=tuple(entry.id for _, entry in entries))


def _hours(minutes: int) -> str:
    """`37,5`: hours as a Dutch user types them."""
    return f"{Decimal(minutes) / 60:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def advies(site: Site) -> list[Sale]:
    """Advice at 21 %, to EU companies with VAT reverse-charged, and a retainer billed after its month."""
    clients = [site.customers.company() for _ in range(12 * site.scale)]
    european = [site.customers.european(number) for number in range(4)]
    high = site.administration.sales_rate(21)
    shifted = site.administration.sales_rate(0, REVERSE_CHARGED)
    purchase_number = next(f.id for f in site.administration.custom_fields.values() if f.source == "sales_invoice")
    sales: list[Sale] = []
    for number, start in enumerate(site.months()):
        for position in range(3 * site.scale):
            day = start + timedelta(days=site.rng.randint(1, 26))
            abroad = position % 3 == 2
            contact = site.rng.choice(european if abroad else clients)
            account, rate = (chart.EU_SERVICES, shifted) if abroad else (chart.SERVICES, high)
            days = site.rng.randint(3, 12)
            item = Item(site.rng.choice(_ADVICE), 128_000, account, rate, amount=f"{days} dagen")
            discount = Decimal(5) if site.rng.random() < 0.1 else Decimal(0)
            custom = ((purchase_number, f"PO-{4100 + len(sales)}"),) if len(sales) % 12 == 5 else ()
            sales.append(
                Sale(
                    day, contact.id, (item,), habits.receipts(site.rng, day, 30), due_days=30, discount=discount,
                    custom=custom,
                )
            )  # fmt: skip
        retained = clients[number % 3]
        day = _first_of_next(start) + timedelta(days=7)
        retainer = Item(f"Retainer {start:%Y-%m}", 185_000, chart.SERVICES, high, period=(start, _last_day(start)))
        sales.append(Sale(day, retained.id, (retainer,), habits.receipts(site.rng, day, 14), reference="Retainer"))
    return offers.offered(site, sales, every=14)


def webwinkel(site: Site) -> list[Sale]:
    """Wholesale on account and the odd person who wants an invoice; orders of the shop itself are `shop`'s."""
    companies = [site.customers.company() for _ in range(8 * site.scale)]
    people = [site.customers.person() for _ in range(12 * site.scale)]
    high, low = site.administration.sales_rate(21), site.administration.sales_rate(9)
    sales = []
    for start in site.months():
        for position in range(2 * site.scale):
            day = start + timedelta(days=site.rng.randint(0, 27))
            business = position % 2 == 0
            name, price = site.rng.choice(WHOLESALE)
            count = site.rng.randint(12, 60) if business else 1
            items = [Item(name, price, chart.GOODS, high, amount=str(count))]
            if site.rng.random() < 0.5:
                title, price = site.rng.choice(_BOOKS)
                items.append(Item(title, price, chart.BOOKS_REDUCED, low, amount=str(count)))
            if not business:
                items.append(Item("Verzendkosten", 495, chart.SHIPPING, high, amount=None))
            contact = site.rng.choice(companies if business else people)
            sales.append(
                Sale(
                    day, contact.id, tuple(items), habits.receipts(site.rng, day, 14),
                    prices_are_incl_tax=not business, discount=Decimal(10) if site.rng.random() < 0.1 else Decimal(0),
                )
            )  # fmt: skip
    return offers.offered(site, sales, every=12)


def export(site: Site) -> list[Sale]:
    """Goods out of the EU in dollars, which is the administration's own currency, and to dealers in the EU in euros."""
    overseas = [site.customers.overseas(number) for number in range(len(names.OVERSEAS))]
    dealers = [site.customers.european_dealer(number) for number in range(len(names.EU_BUYERS))]
    exported = site.administration.sales_rate(0, EXPORTED)
    shifted = site.administration.sales_rate(0, REVERSE_CHARGED)
    sales = []
    for number, start in enumerate(site.months()):
        for position in range(2 * site.scale):
            day = start + timedelta(days=site.rng.randint(1, 26))
            inside = position % 2 == 1 and number % 3 == 0
            contact = site.rng.choice(dealers if inside else overseas)
            name, price = site.rng.choice(WHOLESALE)
            account, rate = (chart.EU_TRADE, shifted) if inside else (chart.EXPORTS, exported)
            item = Item(name, price, account, rate, amount=f"{site.rng.randint(30, 140)} st")
            sale = Sale(day, contact.id, (item,), habits.receipts(site.rng, day, 30), due_days=30)
            sales.append(_in_euros(sale, number) if inside else sale)
    return offers.offered(site, sales, every=8)


def _in_euros(sale: Sale, number: int) -> Sale:
    """Invoiced in euros at the day's rate; paid at another one (P-18)."""
    rate = DOLLARS + Decimal(number % 5) / 100
    receipts = tuple(
        Receipt(receipt.day, receipt.share, receipt.via, rate + Decimal("0.013")) for receipt in sale.receipts
    )
    return Sale(
        sale.day, sale.contact_id, sale.items, receipts, due_days=sale.due_days, currency="EUR", rate=rate
    )  # fmt: skip


def _last_day(start: date) -> date:
    return _first_of_next(start) - timedelta(days=1)


def _first_of_next(start: date) -> date:
    return (start.replace(day=1) + timedelta(days=32)).replace(day=1)

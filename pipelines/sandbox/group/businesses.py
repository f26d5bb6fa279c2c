"""What the companies of the group sell, month by month. Prices are in cents."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from pipelines.sandbox import chart
from pipelines.sandbox.group import habits
from pipelines.sandbox.group.hours import Assignment, worked_minutes
from pipelines.sandbox.group.sales import Item, Receipt, Sale
from pipelines.sandbox.group.setup import REVERSE_CHARGED
from pipelines.sandbox.group.site import Site
from pipelines.sandbox.model import TimeEntry

FEES = {"Studio": 280_000, "Advies": 240_000, "Webwinkel": 35_000}  # management fee a month

_GOODS = (("Vogelvoer 5 kg", 1_895), ("Duiventil cederhout", 12_950), ("Drinkbak keramiek", 2_495), ("Nestkast", 3_450))
_BOOKS = (("Handboek stadsduiven", 2_999), ("Vogelkalender", 1_450))
_ADVICE = ("Procesanalyse", "Kwartaaladvies", "Training team", "Interim ondersteuning", "Second opinion")


def holding(site: Site, sisters: list[str]) -> list[Sale]:
    """A management fee to every sister company, each month, paid two weeks later."""
    rate = site.administration.sales_rate(21)
    contacts = {name: site.customers.sister(name) for name in sisters}
    sales = []
    for start in site.months():
        for name, contact in contacts.items():
            day = start + timedelta(days=24)
            fee = Item(f"Management fee {start:%Y-%m}", _fee(name), chart.FEES, rate)
            sales.append(
                Sale(day, contact.id, (fee,), (Receipt(day + timedelta(days=14)),), reference="Management fee")
            )
    return sales


def fee_costs(site: Site, name: str) -> None:
    """The other side of the management fee, in the books of the sister company."""
    for start in site.months():
        site.keeper.purchase(
            start + timedelta(days=24), _fee(name), chart.MANAGEMENT_FEE, f"Management fee {start:%Y-%m}"
        )


def _fee(name: str) -> int:
    return next((fee for key, fee in FEES.items() if key in name), 250_000)


def studio(site: Site) -> list[Sale]:
    """Hours of the month per client on its last day, and a maintenance contract per client for a year ahead."""
    clients = [site.customers.company() for _ in range(14 * site.scale)]
    assignments = site.hours.projects(clients, 28 * site.scale, site.since)
    rate = site.administration.sales_rate(21)
    sales = []
    for number, start in enumerate(site.months()):
        active = site.rng.sample(assignments, min(8 * site.scale, len(assignments)))
        worked = site.hours.month(start, active, internal=2)
        closing = _last_day(start)
        forgotten = site.rng.random() < 0.15
        for contact_id, entries in worked.items():
            if forgotten and contact_id == active[0].contact.id:
                continue
            receipts = habits.receipts(site.rng, closing, 30)
            sales.append(_hours_sale(closing, contact_id, entries, rate, receipts))
        client = clients[number % len(clients)]
        day = start + timedelta(days=9)
        contract = Item(
            f"Onderhoudscontract {client.card.name}", 120_000 + 6_000 * (number % 5), chart.SUBSCRIPTIONS, rate,
            period=(_first_of_next(start), _year_from(_first_of_next(start))),
        )  # fmt: skip
        sales.append(Sale(day, client.id, (contract,), habits.receipts(site.rng, day, 14), reference="Onderhoud"))
    return sales


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
    sales = []
    for number, start in enumerate(site.months()):
        for position in range(4 * site.scale):
            day = start + timedelta(days=site.rng.randint(1, 26))
            abroad = position % 4 == 3
            contact = site.rng.choice(european if abroad else clients)
            account, rate = (chart.EU_SERVICES, shifted) if abroad else (chart.SERVICES, high)
            days = site.rng.randint(1, 8)
            item = Item(site.rng.choice(_ADVICE), 96_000, account, rate, amount=f"{days} dagen")
            discount = Decimal(5) if site.rng.random() < 0.1 else Decimal(0)
            sales.append(
                Sale(day, contact.id, (item,), habits.receipts(site.rng, day, 30), due_days=30, discount=discount)
            )
        retained = clients[number % 3]
        day = _first_of_next(start) + timedelta(days=7)
        retainer = Item(f"Retainer {start:%Y-%m}", 85_000, chart.SERVICES, high, period=(start, _last_day(start)))
        sales.append(Sale(day, retained.id, (retainer,), habits.receipts(site.rng, day, 14), reference="Retainer"))
    return sales


def webwinkel(site: Site) -> list[Sale]:
    """Many small orders with prices including VAT, paid out by week, and some businesses that buy on account."""
    people = [site.customers.person() for _ in range(45 * site.scale)]
    companies = [site.customers.company() for _ in range(8 * site.scale)]
    high, low = site.administration.sales_rate(21), site.administration.sales_rate(9)
    sales = []
    order = 4_000
    for start in site.months():
        for _ in range(14 * site.scale):
            order += 1
            day = start + timedelta(days=site.rng.randint(0, 27))
            name, price = site.rng.choice(_GOODS)
            items = [Item(name, price, chart.GOODS, high, amount=str(site.rng.randint(1, 3)))]
            if site.rng.random() < 0.35:
                title, price = site.rng.choice(_BOOKS)
                items.append(Item(title, price, chart.BOOKS_REDUCED, low, amount="1"))
            business = site.rng.random() < 0.12
            if not business:
                items.append(Item("Verzendkosten", 495, chart.SHIPPING, high, amount=None))
            contact = site.rng.choice(companies if business else people)
            sales.append(
                Sale(
                    day, contact.id, tuple(items), habits.receipts(site.rng, day, 14) if business else (),
                    prices_are_incl_tax=not business, reference=f"WEB-{order}", paid_in_batch=not business,
                    discount=Decimal(10) if site.rng.random() < 0.05 else Decimal(0),
                )
            )  # fmt: skip
    return sales


def _last_day(start: date) -> date:
    return _first_of_next(start) - timedelta(days=1)


def _first_of_next(start: date) -> date:
    return (start.replace(day=1) + timedelta(days=32)).replace(day=1)


def _year_from(start: date) -> date:
    return start.replace(year=start.year + 1) - timedelta(days=1)

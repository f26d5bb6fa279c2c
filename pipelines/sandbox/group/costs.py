"""What the companies of the group buy: rent, hosting, travel, goods, and everything else a purchase can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from pipelines.sandbox import chart
from pipelines.sandbox.group.family import DOLLARS
from pipelines.sandbox.group.purchases import RECEIPT, Buy
from pipelines.sandbox.group.sales import Item
from pipelines.sandbox.group.setup import FROM_EU, FROM_OUTSIDE, SHIFTED_HERE
from pipelines.sandbox.group.site import Site

LANDLORD, HOST, TRAVEL, PAPER, SEEDS, TELECOM, INSURER, CARPENTER = range(8)  # positions in names.SUPPLIERS
CLOUD, SOFTWARE, FEED = range(3)  # positions in names.EU_SUPPLIERS
MACHINES = "HD-2208"


def rent(site: Site, cents: int, every: int = 1) -> list[Buy]:
    """A receipt on the first of the month for the months to come, taken from the bank that day."""
    landlord, rate = site.customers.supplier(LANDLORD), site.buyer.rate(21)
    bought = []
    for start in list(site.months())[::every]:
        last = _months_later(start, every) - timedelta(days=1)
        period = (start, last) if every > 1 else None
        item = Item(f"Huur {start:%Y-%m}", cents * every * site.scale, chart.RENT, rate, period=period)
        bought.append(Buy(start, landlord.id, (item,), RECEIPT, f"H{start:%Y%m}", None, start))
    return bought


def hosting(site: Site, cents: int, every: int = 1) -> list[Buy]:
    """From elsewhere in the EU: the tax is ours to declare and to take back (P-7)."""
    cloud, rate = site.customers.european_supplier(CLOUD), site.buyer.rate(21, FROM_EU)
    bought = []
    for number, start in enumerate(list(site.months())[::every]):
        day = start + timedelta(days=4)
        price = (cents + 150 * (number % 7)) * every * site.scale
        item = Item(f"Cloud hosting {start:%Y-%m}", price, chart.HOSTING, rate)
        bought.append(Buy(day, cloud.id, (item,), RECEIPT, f"NC-{88_000 + number}", None, day + timedelta(days=1)))
    return bought


def travel(site: Site, every: int, via: str = "unmatched") -> list[Buy]:
    """Train tickets: a receipt with prices that include 9 %, paid by somebody who claims it later, or from the till."""
    traveller, rate = site.customers.supplier(TRAVEL), site.buyer.rate(9)
    bought = []
    for number, start in enumerate(_often(site, every)):
        day = start + timedelta(days=9 + number % 11)
        item = Item("Treinreizen", 1_740 + 310 * (number % 5), chart.TRAVEL, rate, amount=f"{2 + number % 4} x")
        bought.append(
            Buy(
                day, traveller.id, (item,), RECEIPT, f"TR{start:%y%m}-{number}", None, day, via=via,
                prices_are_incl_tax=True,
            )
        )  # fmt: skip
    return bought


def goods(site: Site, cents: int, every: int = 1) -> list[Buy]:
    """What is sold on: two out of three times from here, else from the EU; some are paid late, a few not at all."""
    seeds, feed = site.customers.supplier(SEEDS), site.customers.european_supplier(FEED)
    here, abroad = site.buyer.rate(21), site.buyer.rate(21, FROM_EU)
    bought = []
    for number, start in enumerate(_often(site, every)):
        day = start + timedelta(days=11)
        inside = number % 3 == 2
        item = Item(f"Handelsgoederen {start:%Y-%m}", cents + 4_100 * (number % 6), chart.PURCHASES,
                    abroad if inside else here)  # fmt: skip
        supplier = feed if inside else seeds
        paid = day + timedelta(days=site.rng.choice((12, 21, 28, 28, 44)))
        share = Decimal("0.5") if number % 9 == 4 else None
        bought.append(Buy(day, supplier.id, (item,), reference=f"{60_200 + number}", paid_on=paid, share=share))
    return bought


def odds(site: Site) -> list[Buy]:
    """Twice a year or less: insurance and licences over a year, telephone that is private for a part, and so on."""
    buyer, customers = site.buyer, site.customers
    high, none = buyer.rate(21), buyer.rate(0)
    insurer, telecom, paper = (customers.supplier(p) for p in (INSURER, TELECOM, PAPER))
    bought = []
    for number, start in enumerate(site.months()):
        if start.month == 2:
            period = (start, _months_later(start, 12) - timedelta(days=1))
            policy = Item(f"Bedrijfsverzekering {start.year}", 186_000, chart.GENERAL, none, period=period)
            day = start + timedelta(days=6)
            bought.append(Buy(day, insurer.id, (policy,), reference=f"POLIS-{start.year}", paid_on=day + _WEEKS[3]))
        if start.month % 3 == 1:
            call = Item(f"Telefonie {start:%Y-%m}", 11_400 + 200 * (number % 4), chart.GENERAL, high)
            day = start + timedelta(days=14)
            bought.append(
                Buy(day, telecom.id, (call,), reference=f"T{start:%Y%m}", paid_on=day + _WEEKS[2], private=Decimal(25))
            )
        if start.month % 6 == 5:
            pens = Item("Kantoorartikelen", 7_480, chart.GENERAL, high)
            day = start + timedelta(days=19)
            bought.append(
                Buy(
                    day,
                    paper.id,
                    (pens,),
                    RECEIPT,
                    f"K{start:%y%m}",
                    14,
                    day,
                    prices_are_incl_tax=True,
                    private=Decimal(10),
                )
            )
    return bought


def abroad(site: Site, currency: str, rate: Decimal) -> list[Buy]:
    """In another currency: a tool from outside the EU once a half-year, paid at another rate (P-18)."""
    vendor, tax = site.customers.overseas_supplier(), site.buyer.rate(21, FROM_OUTSIDE)
    bought = []
    for number, start in enumerate(site.months()):
        if start.month % 6 == 3:
            day = start + timedelta(days=15)
            item = Item(f"Analytics licence {start.year}", 48_000, chart.HOSTING, tax)
            at = rate + Decimal(number % 5) / 100
            paid = at - Decimal("0.008")
            bought.append(
                Buy(
                    day, vendor.id, (item,), reference=f"CL-{7_000 + number}", paid_on=day + _WEEKS[1],
                    currency=currency, rate=at, paid_rate=paid,
                )
            )  # fmt: skip
    return bought


def self_billed(site: Site) -> list[Buy]:
    """P-6c: a customer makes our invoice; it comes in with the suppliers' and is income."""
    customer, rate = site.customers.buyers[3], site.administration.sales_rate(21)
    bought = []
    for start in site.months():
        if start.month % 4 == 2:
            day = start + timedelta(days=22)
            item = Item(f"Royalty's {start:%Y-%m}", 42_000, chart.SERVICES, rate, amount="-1 x")
            bought.append(
                Buy(
                    day, customer.id, (item,), reference=f"SB-{start:%y%m}", paid_on=day + _WEEKS[2],
                    is_revenue=True, origin="email",
                )
            )  # fmt: skip
    return bought


def shifted(site: Site) -> list[Buy]:
    """Domestic reverse charge: a builder who works for another builder (DOMAIN R1.10)."""
    carpenter, rate = site.customers.supplier(CARPENTER), site.buyer.rate(21, SHIFTED_HERE)
    day = site.ago(260)
    item = Item("Verbouwing kantoor", 385_000, chart.RENT, rate)
    return [Buy(day, carpenter.id, (item,), reference="V-311", paid_on=day + _WEEKS[4])]


def in_process(site: Site) -> list[Buy]:
    """One of every state a purchase can be in, in the last weeks."""
    buyer, customers = site.buyer, site.customers
    rate, paper = buyer.rate(21), customers.supplier(PAPER)

    def buy(days_ago: int, text: str, cents: int) -> Buy:
        item = Item(text, cents, chart.GENERAL, rate)
        return Buy(site.ago(days_ago), paper.id, (item,), reference=f"P-{days_ago:03d}", origin="email")

    return [
        replace(buy(2, "Drukwerk", 24_900), is_new=True),
        replace(buy(3, "Visitekaartjes", 8_800), is_new=True, contact_id=None),
        replace(buy(120, "Offerte bureaustoelen", 96_000), is_saved=True),
        replace(buy(20, "Bureaustoelen", 91_500), is_pending=True),
        buy(5, "Koffie", 5_920),
        buy(11, "Briefpapier", 13_250),
        buy(76, "Ordners", 6_480),
        replace(
            buy(31, "Creditnota ordners", 6_480),
            items=(Item("Creditnota ordners", 6_480, chart.GENERAL, rate, "-1 x"),),
        ),
    ]


def machines(site: Site) -> list[Buy]:
    """What becomes an asset: bought in the first year, paid a month later."""
    carpenter, rate = site.customers.supplier(CARPENTER), site.buyer.rate(21)
    day = site.since + timedelta(days=67)
    items = tuple(
        Item(text, cents, chart.FIXTURES, rate)
        for text, cents in (("Werkplekken", 1_234_500), ("Server en netwerk", 486_000), ("Koffiemachine", 129_500))
    )
    return [Buy(day, carpenter.id, items, reference=MACHINES, paid_on=day + _WEEKS[4])]


_WEEKS = [timedelta(weeks=number) for number in range(6)]


def _often(site: Site, every: int) -> Iterator[date]:
    """First days of every so many months, each as often as the group is larger."""
    for start in list(site.months())[::every]:
        yield from [start] * site.scale


def _months_later(start: date, months: int) -> date:
    month = start.year * 12 + start.month - 1 + months
    return date(month // 12, month % 12 + 1, 1)


def dollars(site: Site) -> list[Buy]:
    """In an administration that counts in dollars: bought here, in euros."""
    seeds, rate = site.customers.supplier(SEEDS), site.buyer.rate(21)
    bought = []
    for number, start in enumerate(_often(site, 2)):
        day = start + timedelta(days=8)
        item = Item(f"Exportpartij {start:%Y-%m}", 2_450_000 + 62_500 * (number % 5), chart.PURCHASES, rate)
        worth = DOLLARS + Decimal(number % 4) / 100
        bought.append(
            Buy(
                day, seeds.id, (item,), reference=f"E{8_100 + number}", paid_on=day + _WEEKS[3], currency="EUR",
                rate=worth, paid_rate=worth + Decimal("0.006"),
            )
        )  # fmt: skip
    return bought

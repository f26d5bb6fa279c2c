"""Between companies of the group: management fees and loans, booked on both sides, sometimes not alike.

A fee is a sales invoice of the holding and a purchase invoice of the sister with its number as reference. Per sister
one is not booked by her, one not by the holding, one with another amount and one in another month. Of every loan one
quarter's interest is not booked alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from pipelines.sandbox import amounts, chart
from pipelines.sandbox.group.family import DOLLARS, Note
from pipelines.sandbox.group.journals import quarter_ends
from pipelines.sandbox.group.purchases import Buy
from pipelines.sandbox.group.sales import Item, Receipt, Sale
from pipelines.sandbox.group.site import Site

FEES = {"Studio": 450_000, "Advies": 380_000, "Webwinkel": 90_000, "Export": 140_000}  # cents a month
LOANS = {"Studio": 6_000_000, "Advies": 2_500_000, "Webwinkel": 4_000_000, "Export": 5_000_000}  # cents, in euros
INTEREST = Decimal("0.04")  # a year
LESS = 12_500  # cents that a sister books less when she errs
PAID_AFTER = timedelta(days=14)
FATES = NOT_BOOKED, NOT_INVOICED, OTHER_AMOUNT, OTHER_MONTH = (
    "not booked", "not invoiced", "other amount", "other month",
)  # fmt: skip


@dataclass(frozen=True)
class Fee:
    """The fee of one month, or of a quarter; `fate` is what goes wrong with it, if anything."""

    start: date
    cents: int
    fate: str | None

    @property
    def day(self) -> date:
        return self.start + timedelta(days=24)

    @property
    def text(self) -> str:
        return f"Management fee {self.start:%Y-%m}"


def _cents(table: dict[str, int], name: str) -> int:
    return next((cents for key, cents in table.items() if key in name), 120_000)


def is_dollar(name: str) -> bool:
    return "Export" in name


def fees(site: Site, name: str) -> list[Fee]:
    """What the sister owes over the years, the same seen from both sides: every month, or every quarter."""
    months = [start for start in site.months() if not is_dollar(name) or start.month % 3 == 0]
    step = 3 if is_dollar(name) else 1
    rng = Random(f"{len(months)}/{name}/{site.family.members[name].tax_number}")
    wrong = rng.sample(months[:-1], min(len(FATES), max(len(months) - 1, 0)))
    fates = dict(zip(wrong, FATES, strict=False))
    return [Fee(start, _cents(FEES, name) * step, fates.get(start)) for start in months]


def invoice_fees(site: Site, sisters: list[str]) -> None:
    """The holding's side; the numbers of the invoices are left for the sisters."""
    rate = site.administration.sales_rate(21)
    sales, owed = [], []
    for name in sisters:
        contact = site.customers.member(name)
        for fee in fees(site, name):
            if fee.fate == NOT_INVOICED:
                continue
            share = Decimal(fee.cents - LESS) / fee.cents if fee.fate == OTHER_AMOUNT else None
            receipts = () if fee.fate == NOT_BOOKED else (Receipt(fee.day + PAID_AFTER, share),)
            item = Item(fee.text, fee.cents, chart.FEES, rate)
            sales.append(Sale(fee.day, contact.id, (item,), receipts, reference="Management fee"))
            owed.append((name, fee))
    for position, invoice in site.live(sales).items():
        name, fee = owed[position]
        assert invoice.number is not None
        site.family.notes.setdefault(name, []).append(Note(invoice.number, fee.day, fee.cents, fee.day + PAID_AFTER))


def fee_costs(site: Site, holding: str) -> list[Buy]:
    """The sister's side; in dollars where she counts in dollars, at a rate of her own."""
    name = site.administration.name
    contact, rate = site.customers.member(holding), site.buyer.rate(21)
    numbers = {note.day: note.number for note in site.family.notes.get(name, [])}
    bought = []
    for number, fee in enumerate(fees(site, name)):
        if fee.fate == NOT_BOOKED:
            continue
        cents = fee.cents - LESS if fee.fate == OTHER_AMOUNT else fee.cents
        day = fee.day + timedelta(days=12) if fee.fate == OTHER_MONTH else fee.day
        bought.append(
            Buy(
                day, contact.id, (Item(fee.text, cents, chart.MANAGEMENT_FEE, rate),),
                reference=numbers.get(fee.day, f"{fee.start:%Y}-concept"),
                paid_on=None if fee.fate == NOT_INVOICED else fee.day + PAID_AFTER,
                currency="EUR",
                rate=DOLLARS + Decimal(number % 4) / 100 if is_dollar(name) else Decimal(1),
            )
        )  # fmt: skip
    return bought


def lend(site: Site, sisters: list[str]) -> None:
    """The lender's side of every loan."""
    for name in sisters:
        _loan(site, site.customers.member(name).id, name, lender=True)


def borrow(site: Site, holding: str) -> None:
    """The borrower's side of her loan."""
    _loan(site, site.customers.member(holding).id, site.administration.name, lender=False)


@dataclass(frozen=True)
class Movement:
    """Money, or interest when it is not through the bank, that the borrower owes more. Cents in euros."""

    day: date
    cents: int
    text: str
    interest: bool
    fate: str | None = None


def movements(site: Site, name: str) -> Iterator[Movement]:
    """The loan paid out, interest every quarter, a tenth paid back every year; one quarter goes wrong."""
    owed = _cents(LOANS, name)
    start = site.since + timedelta(days=19)
    yield Movement(start, owed, "Lening", False)
    ends = list(quarter_ends(start, site.today))
    wrong = (len(name) * 7) % max(len(ends) - 1, 1)
    fate = (NOT_BOOKED, OTHER_AMOUNT, NOT_INVOICED)[len(name) % 3]
    tenth = owed // 10
    for number, end in enumerate(ends):
        interest = amounts.to_int(owed * INTEREST / 4)
        text = f"Rente lening {end.year} kwartaal {(end.month - 1) // 3 + 1}"
        yield Movement(end, interest, text, True, fate if number == wrong else None)
        if end.month == 12:
            back = end + timedelta(days=20)
            yield Movement(back, -tenth, f"Aflossing lening {end.year}", False)
            owed -= tenth


def _loan(site: Site, contact_id: int, name: str, *, lender: bool) -> None:
    control = chart.IC_RECEIVABLE if lender else chart.IC_PAYABLE
    result = chart.IC_INTEREST_INCOME if lender else chart.IC_INTEREST_COST
    sign = 1 if lender else -1
    worth = DOLLARS if not lender and is_dollar(name) else Decimal(1)
    for movement in movements(site, name):
        if movement.day >= site.today or movement.fate == (NOT_INVOICED if lender else NOT_BOOKED):
            continue
        cents = movement.cents - LESS // 5 if movement.fate == OTHER_AMOUNT and not lender else movement.cents
        amount = sign * amounts.to_int(cents * worth)
        if movement.interest:
            lines = [(control, amount), (result, -amount)]
            site.keeper.journal(movement.day, movement.text, lines, contact_id=contact_id)
        else:
            site.bank.line(movement.day, -amount, movement.text, role=control, contact_id=contact_id)

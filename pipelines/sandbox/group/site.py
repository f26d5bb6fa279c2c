"""What a business needs to live through its years: its administration, its chance, its till and its bookkeeper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import heappop, heappush
from random import Random

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.group.bank import Bank
from pipelines.sandbox.group.customers import Customers
from pipelines.sandbox.group.family import Family
from pipelines.sandbox.group.hours import Timesheet
from pipelines.sandbox.group.journals import Bookkeeper
from pipelines.sandbox.group.purchases import Buyer
from pipelines.sandbox.group.sales import Sale, Till
from pipelines.sandbox.ledger import first_day, month_of
from pipelines.sandbox.model import Invoice


@dataclass
class Site:
    """One business under construction. Days on or after `today` have not come yet."""

    administration: Administration
    family: Family
    rng: Random
    since: date
    today: date
    scale: int
    customers: Customers = field(init=False)
    bank: Bank = field(init=False)
    till: Till = field(init=False)
    buyer: Buyer = field(init=False)
    keeper: Bookkeeper = field(init=False)
    hours: Timesheet = field(init=False)

    def __post_init__(self) -> None:
        self.customers = Customers(self.administration, self.rng, self.since, self.family)
        self.bank = Bank(self.administration, self.today)
        self.keeper = Bookkeeper(self.administration, self.rng, self.today, self.bank)
        self.till = Till(self.administration, self.rng, self.today, self.bank)
        self.buyer = Buyer(self.administration, self.rng, self.today, self.bank)
        self.hours = Timesheet(self.administration, self.rng, self.today)

    def months(self) -> Iterator[date]:
        """First days of every month from the start up to today's."""
        return map(first_day, range(month_of(self.since), month_of(self.today) + 1))

    def ago(self, days: int) -> date:
        """A working day about `days` before today."""
        day = self.today - timedelta(days=days)
        return day - timedelta(days=max(day.weekday() - 4, 0))

    def live(self, sales: list[Sale]) -> dict[int, Invoice]:
        """Rings up everything in the order of the calendar, credit invoices on their own days; then it is booked.

        Answers with the invoice of every sale whose day has come, by the sale's position in the list.
        """
        queue: list[tuple[date, int, Sale, Invoice | None]] = []
        for number, sale in enumerate(sales):
            if sale.day < self.today:
                heappush(queue, (sale.day, number, sale, None))
        made: dict[int, Invoice] = {}
        while queue:
            _, number, sale, original = heappop(queue)
            if original is not None:
                self.till.credit(original, sale)
                continue
            made[number] = invoice = self.till.ring_up(sale)
            if sale.credit_on is not None and sale.credit_on < self.today:
                heappush(queue, (sale.credit_on, number, sale, invoice))
        self.till.post()
        return made

"""What a business needs to live through its years: its administration, its chance, its till and its bookkeeper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import heappop, heappush
from random import Random

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.group.customers import Customers
from pipelines.sandbox.group.hours import Timesheet
from pipelines.sandbox.group.journals import Bookkeeper
from pipelines.sandbox.group.sales import Receipt, Sale, Till
from pipelines.sandbox.ledger import first_day, month_of
from pipelines.sandbox.model import Invoice


@dataclass
class Site:
    """One business under construction. Days on or after `today` have not come yet."""

    administration: Administration
    rng: Random
    since: date
    today: date
    scale: int
    customers: Customers = field(init=False)
    till: Till = field(init=False)
    keeper: Bookkeeper = field(init=False)
    hours: Timesheet = field(init=False)

    def __post_init__(self) -> None:
        self.customers = Customers(self.administration, self.rng, self.since)
        self.keeper = Bookkeeper(self.administration, self.rng, self.today)
        self.till = Till(self.administration, self.rng, self.today, self.keeper.bank_line)
        self.hours = Timesheet(self.administration, self.rng, self.today)

    def months(self) -> Iterator[date]:
        """First days of every month from the start up to today's."""
        return map(first_day, range(month_of(self.since), month_of(self.today) + 1))

    def ago(self, days: int) -> date:
        """A working day about `days` before today."""
        day = self.today - timedelta(days=days)
        return day - timedelta(days=max(day.weekday() - 4, 0))

    def live(self, sales: list[Sale]) -> None:
        """Rings up everything in the order of the calendar, credit invoices on their own days."""
        queue: list[tuple[date, int, Sale, Invoice | None]] = []
        for number, sale in enumerate(sales):
            if sale.day < self.today:
                heappush(queue, (sale.day, number, sale, None))
        batches: dict[date, list[Invoice]] = {}
        while queue:
            _, number, sale, original = heappop(queue)
            if original is not None:
                self.till.credit(original, sale)
                continue
            invoice = self.till.ring_up(sale)
            if sale.paid_in_batch:
                batches.setdefault(_payout_day(sale.day), []).append(invoice)
            if sale.credit_on is not None and sale.credit_on < self.today:
                heappush(queue, (sale.credit_on, number, sale, invoice))
        for day in sorted(batches):
            if day < self.today:
                self._pay_out(day, batches[day])

    def _pay_out(self, day: date, invoices: list[Invoice]) -> None:
        """One bank line of a payment provider for all orders of a week."""
        total = sum(self.administration.figures(invoice).incl for invoice in invoices)
        mutation_id = self.keeper.bank_line(day, total, f"Uitbetaling webshop week {day.isocalendar().week}")
        for invoice in invoices:
            self.till.receive(invoice, Receipt(day), mutation_id)


def _payout_day(day: date) -> date:
    """The Tuesday after the day of the order."""
    return day + timedelta(days=(1 - day.weekday()) % 7 or 7)

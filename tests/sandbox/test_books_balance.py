"""Whatever stands on a document, its lines balance on every day, in every dialect that books differently."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from random import Random

import pytest

from pipelines.sandbox import chart
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.dialect import parse
from pipelines.sandbox.ledger import Owner
from pipelines.sandbox.model import Invoice, Line, Payment, Purchase
from tests.sandbox.bookkeeping import company, invoice, line, paid, purchase

DOCUMENTS = 150


class Chance:
    """Documents that nobody would write, with cents that do not divide."""

    def __init__(self, administration: Administration, seed: int) -> None:
        self.administration = administration
        self.rng = Random(seed)

    def lines(self, kind: str, role: str) -> list[Line]:
        rates = [rate.id for rate in self.administration.tax_rates.values() if rate.kind == kind]
        return [
            line(
                self.administration,
                self.rng.randint(-2_000, 9_999),
                role,
                self.rng.choice(rates),
                quantity=Decimal(self.rng.choice(("-1", "1", "1.5"))),
                period=self.rng.choice((None, (self.day(1, 6), self.day(7, 12)))),
            )
            for _ in range(self.rng.randint(1, 4))
        ]

    def day(self, first: int = 1, last: int = 12) -> date:
        return date(2026, self.rng.randint(first, last), self.rng.randint(1, 28))

    def payments(self) -> list[Payment]:
        count = self.rng.randint(0, 3)
        amounts = [(self.rng.randint(-9_000, 9_000), self.rng.randint(1, 9_000)) for _ in range(count)]
        return [paid(price, base, id=20 + n, day=self.day()) for n, (price, base) in enumerate(amounts)]

    def invoice(self) -> Invoice:
        return invoice(
            self.administration, 0, self.day(), lines=self.lines("sales_invoice", chart.SERVICES),
            payments=self.payments(), discount=Decimal(self.rng.choice((0, 5))),
            prices_are_incl_tax=self.rng.random() < 0.5, rate=Decimal(self.rng.choice(("1", "0.917"))),
            dubious_on=self.rng.choice((None, date(2026, 5, 1))),
            uncollectible_on=self.rng.choice((None, date(2026, 8, 1))),
        )  # fmt: skip

    def purchase(self) -> Purchase:
        return purchase(
            self.administration, 0, self.day(), lines=self.lines("purchase_invoice", chart.GENERAL),
            payments=self.payments(), prices_are_incl_tax=self.rng.random() < 0.5,
            rate=Decimal(self.rng.choice(("1", "0.917"))), is_revenue=self.rng.random() < 0.2,
        )  # fmt: skip


@pytest.mark.parametrize("dialect", ["", "D2", "D6", "D7", "D8", "D18"])
def test_debit_is_credit_on_every_day_of_every_document(dialect: str) -> None:
    chance = Chance(company(parse(dialect)), 20261122)
    for _ in range(DOCUMENTS):
        chance.administration.put_invoice(chance.invoice())
        chance.administration.put_purchase(chance.purchase())
        for owner in (("invoice", 10), ("purchase", 10)):
            assert not unbalanced(chance.administration, owner)


def unbalanced(administration: Administration, owner: Owner) -> dict[date, int]:
    """Day → what is left over, debit positive."""
    days: dict[date, int] = defaultdict(int)
    for posting in administration.ledger.of(owner):
        days[posting.day] += posting.amount
    return {day: rest for day, rest in days.items() if rest}

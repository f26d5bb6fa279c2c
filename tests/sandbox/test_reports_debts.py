"""Debtors, creditors and their agings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from pipelines.sandbox import reports
from pipelines.sandbox.dialect import parse
from pipelines.sandbox.world import World
from tests.sandbox import bookkeeping as book
from tests.sandbox.conftest import frozen_group
from tests.sandbox.reporting import APRIL, cents, end_of, month, months_of


@pytest.fixture(scope="module")
def group() -> World:
    return frozen_group()


SIDES = [pytest.param(reports.DEBTORS, id="debtors"), pytest.param(reports.CREDITORS, id="creditors")]


@pytest.mark.parametrize("side", SIDES)
def test_who_owes_what_adds_up_to_the_control_account(group: World, side: Any) -> None:
    for administration in group.administrations.values():
        for first, last in months_of(administration):
            debit, credit = administration.ledger.sums(administration.roles[side.role], 0, last)
            rows = reports.balances(administration, side, first, last)
            assert sum(amount for _, amount in rows) == side.sign * (debit - credit)
            assert all(amount for _, amount in rows)
            assert [amount for _, amount in rows] == sorted((amount for _, amount in rows), reverse=True)


@pytest.mark.parametrize("side", SIDES)
def test_in_dialect_d9_they_moved_as_much_as_the_account(make_group: Callable[..., World], side: Any) -> None:
    for administration in make_group(dialect=parse("D9"), years=1).administrations.values():
        for period in months_of(administration):
            debit, credit = administration.ledger.sums(administration.roles[side.role], *period)
            moved = sum(amount for _, amount in reports.balances(administration, side, *period))
            assert moved == side.sign * (debit - credit)


def test_what_has_no_contact_is_owed_by_nobody_in_particular() -> None:
    administration = book.company()
    administration.put_invoice(book.invoice(administration, 200_00, APRIL))
    administration.put_external(book.external(administration, 50_00, APRIL, id=12))
    assert reports.balances(administration, reports.DEBTORS, *month(4)) == [(book.CUSTOMER, 242_00), (None, 60_50)]


@pytest.mark.parametrize("dialect", ["", "D3"])
def test_an_aging_sorts_documents_by_their_age(dialect: str) -> None:
    """As in the contract's example: 100, 200 and 300 in three buckets, and their total. The part payment of the oldest
    belongs to it, whatever its lines are called (D3)."""
    administration = book.company(parse(dialect))
    no_tax = administration.sales_rate(0)
    ages = {10: (100_00, date(2026, 5, 1)), 12: (200_00, date(2026, 4, 30)), 13: (350_00, date(2026, 3, 1))}
    for id_, (price, day) in ages.items():
        made = book.invoice(administration, price, day, rate_id=no_tax, id=id_)
        payments = [book.paid(50_00, day=date(2026, 5, 20))] if id_ == 13 else []
        administration.put_invoice(replace(made, payments=payments))
    [row] = reports.aging(administration, reports.DEBTORS, date(2026, 5, 31))
    assert row == {
        "contact_id": str(book.CUSTOMER),
        "amount": "600.0",
        "aging_buckets": [
            {"name": "0 - 30 dagen", "amount": "100.0"},
            {"name": "30 - 60 dagen", "amount": "200.0"},
            {"name": "Ouder", "amount": "300.0"},
            {"name": "Totaal", "amount": "600.0"},
        ],
    }


def test_an_aging_leaves_out_who_owes_nothing_and_speaks_the_administrations_language() -> None:
    administration = book.company()
    administration.put_invoice(book.invoice(administration, 100_00, APRIL))
    administration.put_invoice(book.invoice(administration, 100_00, date(2026, 1, 5), id=12, quantity=-1))
    assert reports.aging(administration, reports.DEBTORS, date(2026, 5, 31)) == []
    administration.remove_invoice(12)
    administration.language = "en"
    [row] = reports.aging(administration, reports.DEBTORS, date(2026, 5, 31))
    assert [bucket["name"] for bucket in row["aging_buckets"]][-1] == "Total"


@pytest.mark.parametrize("side", SIDES)
def test_an_aging_adds_up_to_the_report_of_that_day(group: World, side: Any) -> None:
    for administration in group.administrations.values():
        for first, last in months_of(administration):
            end = end_of(last)
            shown = reports.aging(administration, side, end)
            balances = reports.balances(administration, side, first, last)
            assert [(row["contact_id"], cents(row["amount"])) for row in shown] == [
                (str(contact) if contact else None, amount) for contact, amount in balances
            ]
            for row in shown:
                amounts = [cents(bucket["amount"]) for bucket in row["aging_buckets"]]
                assert sum(amounts[:-1]) == amounts[-1] == cents(row["amount"])

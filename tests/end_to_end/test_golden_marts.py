"""The golden administration, served, synced and built: the statements equal the figures that were typed by hand.

tests/sandbox/golden/*.csv (documents) ──▶ sandbox ──sync──▶ raw ──build──▶ marts = the same folder's figures
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipelines.run.build import build
from pipelines.sandbox.model import Identity
from pipelines.sandbox.serve import start
from pipelines.sandbox.throttle import Throttle
from pipelines.sandbox.tokens import Token
from pipelines.sandbox.world import World
from tests.end_to_end.conftest import Group
from tests.sandbox.golden.loader import LAST_DAY, Golden, Row, load, rows

pytestmark = pytest.mark.slow

Query = Callable[[str], list[tuple[Any, ...]]]
Figures = dict[Any, tuple[Decimal, ...]]


@pytest.fixture(scope="module")
def golden() -> Golden:
    return load()


@pytest.fixture(scope="module")
def marts(golden: Golden, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Query]:
    """The built warehouse of the golden administration."""
    home: Path = tmp_path_factory.mktemp("golden") / "home"
    with start(world_of(golden), throttle=Throttle.off()) as sandbox, httpx.Client(base_url=sandbox.url) as control:
        group = Group(sandbox.world, sandbox.describe(), control, home, home)
        report = group.sync()
        assert report.status == "ok", report.administrations
        assert {proof.state for proof in report.proofs} == {"proved"}, [proof.reason for proof in report.proofs]
        assert build(group.settings()).published.copy_breaks == 0
        yield group.query


def world_of(golden: Golden) -> World:
    """A world with nothing but the golden administration, which keeps its clock and gets the identity it lacks."""
    administration = golden.administration
    nothing = (None,) * 4
    identity = Identity(1, administration.name, *nothing[:3], "NL", *nothing, None, None, None, 0, 0)
    administration.identities[identity.id], administration.identity_id = identity, identity.id
    world = World(administration.clock, administration.dialect, 0, LAST_DAY, administration.identifiers)
    world.add_administration(administration)
    world.add_token(Token("golden", "sandbox-golden", (administration.id,)))
    return world


def typed(name: str, column: str, value: str) -> list[Row]:
    return [row for row in rows(name) if row[column] == value]


def values(name: str, column: str) -> list[str]:
    return sorted({row[column] for row in rows(name)})


def days(period: str) -> tuple[date, date]:
    """`202501..202512` or `202501` as its first and last day."""
    first, _, last = period.partition("..")
    year, month = int((last or first)[:4]), int((last or first)[4:])
    return date(int(first[:4]), int(first[4:]), 1), date(year, month, calendar.monthrange(year, month)[1])


def amounts(row: Row, *columns: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(row[column]) for column in columns)


def moved(found: Figures) -> Figures:
    return {key: figures for key, figures in found.items() if any(figures)}


def by_account(golden: Golden, found: list[tuple[Any, ...]]) -> Figures:
    """Rows that begin with a ledger account's key, by the name the files have for the account."""
    return moved({golden.names[int(key.partition("-")[2])]: tuple(figures) for key, *figures in found})


@pytest.mark.parametrize("period", values("general_ledger", "period"))
def test_the_trial_balance(golden: Golden, marts: Query, period: str) -> None:
    """Opening of the first month, what moved, closing of the last; a journal that closes the year is on its side."""
    first, last = days(period)
    found = marts(
        f"""select ledger_account_key,
                   sum(case when month_date = '{first}' then opening_amount else 0 end),
                   sum(debit_amount + greatest(closing_journal_amount, 0)),
                   sum(credit_amount + greatest(-closing_journal_amount, 0)),
                   sum(case when month_end_date = '{last}' then closing_amount else 0 end)
            from marts.fct_ledger_balance where month_date between '{first}' and '{last}' group by all"""
    )
    expected = {
        row["account"]: amounts(row, "start", "debit", "credit", "final")
        for row in typed("general_ledger", "period", period)
    }
    assert by_account(golden, found) == moved(expected)


@pytest.mark.parametrize("period", values("profit_loss", "period"))
def test_profit_and_loss(golden: Golden, marts: Query, period: str) -> None:
    first, last = days(period)
    found = marts(
        f"""select section || '_by_ledger_account', ledger_account_key, sum(statement_amount), sum(result_amount)
            from marts.rpt_profit_loss where month_date between '{first}' and '{last}' group by all"""
    )
    lines = {(section, *by_account(golden, [(key, amount)])): amount for section, key, amount, _ in found if amount}
    expected = typed("profit_loss", "period", period)

    assert lines == {(row["section"], row["account"]): Decimal(row["value"]) for row in expected if row["account"]}
    net_profit = next(Decimal(row["value"]) for row in expected if row["section"] == "net_profit")
    assert sum((result for *_, result in found), Decimal(0)) == net_profit


@pytest.mark.parametrize("day", values("balance_sheet", "date"))
def test_the_balance_sheet(golden: Golden, marts: Query, day: str) -> None:
    found = marts(
        f"""select balance_side, case line_type when 'open_year' then 'open_years' else section end, line_type,
                   ledger_account_key, result_year, statement_amount
            from marts.rpt_balance_sheet where month_end_date = '{day}'"""
    )
    lines = {
        (side, section, str(year) if kind == "open_year" else golden.names[int(key.partition("-")[2])]): amount
        for side, section, kind, key, year, amount in found
    }
    expected = {
        (row["side"], row["section"], row["account"]): Decimal(row["value"])
        for row in typed("balance_sheet", "date", day)
    }
    totals = {side: expected.pop((side, "total", "")) for side in ("debit", "credit")}

    assert lines == expected
    for side, total in totals.items():
        assert sum(amount for (where, *_), amount in lines.items() if where == side) == total


@pytest.mark.parametrize("period", values("revenue_by_contact", "period"))
def test_revenue_adds_up_to_the_ledger_whatever_the_invoices_say(golden: Golden, marts: Query, period: str) -> None:
    first, last = days(period)
    [(revenue,)] = marts(
        f"select sum(revenue_amount) from marts.rpt_revenue where month_date between '{first}' and '{last}'"
    )
    assert revenue == sum(Decimal(row["amount"]) for row in typed("revenue_by_contact", "period", period))


def test_every_check_of_the_ledger_and_the_reports_holds(marts: Query) -> None:
    """Books checks too: what no document explains would stand here with its check and its month."""
    checks = """'ledger_balanced', 'ledger_equals_report', 'balance_sheet_balances', 'balance_sheet_equals_report',
        'profit_loss_equals_report', 'revenue_by_contact_equals_report', 'revenue_by_project_equals_report',
        'expenses_by_contact_equals_report', 'expenses_by_project_equals_report', 'revenue_equals_invoice_lines'"""
    found = marts(
        f"select check_id, period, status, difference from marts.recon_checks where check_id in ({checks})"
        " and status <> 'ok'"
    )
    assert found == []

"""Reconciliations: what breaks says so with its amount, what cannot be computed says that, nothing is a dbt failure."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

Query = Callable[..., list[tuple[Any, ...]]]


def status(marts: Query, check_id: str, administration_id: str, period: str) -> tuple[Any, ...]:
    """Difference, status and drill key of one row of recon_checks."""
    [row] = marts(
        "select difference, status, drill_key from marts.recon_checks"
        " where check_id = ? and administration_id = ? and period = ?",
        check_id,
        administration_id,
        period,
    )
    return row


def test_a_day_out_of_balance_is_found(marts: Query) -> None:
    """17.18 is missing on 11 October, and the drill key names the day."""
    assert (Decimal("17.18"), "break", "3-2026-10-11") == status(marts, "ledger_balanced", "3", "2026-10")


def test_lines_that_differ_from_the_report_are_found(marts: Query) -> None:
    """The VAT account differs by 17.18; the accounts beside it are proved."""
    rows = marts(
        "select ledger_account_key, difference, state from marts.recon_ledger_account_month"
        " where administration_id = '3' and month_date = '2026-10-01' order by 1"
    )

    assert (Decimal("17.18"), "break", "3-2026-10") == status(marts, "ledger_equals_report", "3", "2026-10")
    assert [
        ("3-ar", Decimal("0.00"), "proved"),
        ("3-bank", Decimal("0.00"), "proved"),
        ("3-rev", Decimal("0.00"), "proved"),
        ("3-vat", Decimal("17.18"), "differs"),
    ] == rows


def test_books_that_moved_while_read_are_no_break_yet(marts: Query) -> None:
    """The sync saw the report of 2025 move; its difference waits for the next sync."""
    assert (Decimal("10.00"), "in_motion", "3-2025-12") == status(marts, "ledger_equals_report", "3", "2025-12")


def test_a_month_without_a_report_is_not_computable(marts: Query) -> None:
    """Lines without a report row prove nothing, and are not called equal."""
    assert status(marts, "ledger_equals_report", "3", "2025-11") == (None, "not_computable", "3-2025-11")


def test_an_invoice_that_does_not_add_up_is_found(marts: Query) -> None:
    """A draft of 50.00 without lines differs by 50.00; an optional line nobody chose is not counted."""
    assert (Decimal("50.00"), "break", "3-b2") == status(marts, "invoice_equals_lines_and_vat", "3", "2026-11-20")
    assert (Decimal("0.00"), "ok", "1-2026-11-21") == status(marts, "invoice_equals_lines_and_vat", "1", "2026-11-21")


def test_without_a_debtors_account_the_check_is_not_computable(marts: Query) -> None:
    """An expense account called Debiteuren is not the debtors account; the check does not guess."""
    assert status(marts, "debtors_equal_control_account", "5", "2026-11-20") == (None, "not_computable", "5-2026-11-20")


@pytest.mark.parametrize("administration_id", ["2", "4"])
def test_an_empty_administration_is_in_every_check(marts: Query, project: Path, administration_id: str) -> None:
    """Synced without a record: ok at 0.00. Never synced, or a report that was not read: not computable, no figure."""
    macro = (project / "macros" / "checks.sql").read_text(encoding="utf-8")
    promised = set(re.findall(r"^        '(\w+)': {", macro, re.MULTILINE))
    rows = marts(
        "select check_id, difference, status from marts.recon_checks"
        " where administration_id = ? and check_id <> 'control_accounts_found' order by 1",
        administration_id,
    )
    unread = {check_id for check_id, *outcome in rows if tuple(outcome) == (None, "not_computable")}
    known = {check_id for check_id, *outcome in rows if tuple(outcome) == (Decimal("0.00"), "ok")}

    assert unread | known == promised - {"control_accounts_found"}
    if administration_id == "4":
        assert known == set()
    else:
        assert known >= {
            "debtors_equal_control_account", "invoice_equals_lines_and_vat", "ledger_balanced", "ledger_equals_report",
            "balance_sheet_balances", "revenue_equals_invoice_lines",
        }  # fmt: skip


@pytest.mark.parametrize(
    "mart", ["fct_sales_invoice", "fct_payment", "fct_ledger_entry", "fct_time_entry", "rpt_debtor_aging"]
)
def test_an_empty_administration_has_no_facts(marts: Query, mart: str) -> None:
    """Nothing is invented for an administration without records."""
    assert marts(f"select count(*) from marts.{mart} where administration_id in ('2', '4')") == [(0,)]


def test_an_accepted_difference_stands_until_its_day_for_its_amount(warehouse: Path, tmp_path: Path) -> None:
    """Without a period it is of the row about today, whatever today is; with one it is of that period alone."""
    copy = tmp_path / warehouse.name  # views name the database, which is the file's name
    shutil.copy(warehouse, copy)
    compiled = warehouse.parent / "target" / "compiled" / "dovecote" / "models" / "marts" / "reconciliation"
    recon_checks = (compiled / "recon_checks.sql").read_text()
    with duckdb.connect(str(copy)) as connection:

        def judged(check_id: str, *accepted: tuple[str | None, str, str]) -> dict[str, str]:
            """Status per period that differs in the books of 3, with these periods, amounts and last days accepted."""
            connection.execute("delete from intermediate.accepted_differences")
            for period, amount, expires_on in accepted:
                connection.execute(
                    "insert into intermediate.accepted_differences (check_id, administration_id, period, amount,"
                    " expires_on) values ($1, '3', $2, $3, $4)",
                    [check_id, period, amount, expires_on],
                )
            rows = connection.execute(
                f"select period, status from ({recon_checks}) where check_id = $1 and administration_id = '3'"
                " and status not in ('ok', 'not_computable')",
                [check_id],
            ).fetchall()
            assert len(rows) == len(dict(rows)), "one row per period, however many rows accept it"
            return dict(rows)

        def of_today(*accepted: tuple[str | None, str, str]) -> list[str]:
            return list(judged("invoice_equals_lines_and_vat", *accepted).values())

        debtors = "debtors_equal_control_account"
        assert judged(debtors) == {"2026-10": "break", "2026-11-20": "break"}
        assert judged(debtors, (None, "69.00", "2026-11-21")) == {"2026-10": "break", "2026-11-20": "accepted"}
        assert judged(debtors, ("2026-10", "69.00", "2026-11-21")) == {"2026-10": "accepted", "2026-11-20": "break"}
        assert of_today((None, "50.00", "2026-11-20"), ("2026-11-20", "50.00", "2026-11-21")) == ["accepted"]
        assert of_today((None, "49.99", "2026-11-21")) == ["break"]
        assert of_today((None, "50.00", "2026-11-19")) == ["break"]
        connection.execute("update marts.dim_administration set business_date = business_date + 1")
        assert of_today((None, "50.00", "2026-11-21")) == ["accepted"]
        assert of_today((None, "50.00", "2026-11-20"), ("2026-11-20", "50.00", "2026-11-21")) == ["break"]


def test_a_list_that_is_not_read_is_in_motion_for_two_days_and_then_out_of_reach(
    warehouse: Path, tmp_path: Path
) -> None:
    """Books that moved are a matter of a run; a scope that was taken away must not hide a break for months."""
    copy = tmp_path / warehouse.name  # views name the database, which is the file's name
    shutil.copy(warehouse, copy)
    found = "select is_out_of_reach from intermediate.int_unread_checks where administration_id = '1' and check_id = $1"
    read = "select max(read_at) from sync.reads where administration_id = '1' and resource = 'projects'"
    with duckdb.connect(str(copy)) as connection:
        connection.execute("set timezone = 'UTC'")

        def outcome(hours: int) -> list[tuple[bool]]:
            """Of a check that reads two lists, when one of them failed so long before the other was read last."""
            connection.execute("delete from sync.unread")
            connection.execute(f"insert into sync.unread select '1', 'contacts', ({read}) - to_hours($1)", [hours])
            return connection.execute(found, ["records_referenced_are_known"]).fetchall()

        assert outcome(47) == [(False,)]
        assert outcome(49) == [(True,)]
        connection.execute("delete from sync.unread")
        assert connection.execute(found, ["records_referenced_are_known"]).fetchall() == []

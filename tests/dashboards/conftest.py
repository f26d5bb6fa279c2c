"""Published snapshots for the page tests: the mart columns a page reads, and a group small enough to add up by hand.

Three administrations as of Friday 20-11-2026. Holding and Software keep books; Leeg has none yet.

    Holding   A-1  Molen   1.210,00  due 31-10  20 days overdue   1-30
              A-2  Molen     605,00  due 20-11  on time           not due
              A-3  Gracht   -121,00  unlinked credit              credit
    Software  B-1  Sluis   2.420,00  due 10-08  102 days overdue  >90
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

HOLDING, SOFTWARE, EMPTY = "101", "202", "303"
TODAY = date(2026, 11, 20)
FOREVER = date(9999, 12, 31)
SYNCED = datetime(2026, 11, 20, 7, 2, tzinfo=UTC)  # 08:02 in Amsterdam

TABLES = {
    "snapshot_info": "snapshot_id varchar, published_at timestamptz, administration_id varchar, "
    "administration_name varchar, synced_at timestamptz, sync_status varchar, business_date date, "
    "checks_ok bigint, checks_broken bigint, checks_other bigint",
    "dim_administration": "administration_id varchar, administration_name varchar, currency_code varchar, "
    "country_code varchar, time_zone varchar, period_start_date date, period_locked_until_date date, "
    "is_suspended boolean, sync_status varchar, last_synced_at timestamptz, business_date date",
    "dim_contact": "contact_key varchar, administration_id varchar, contact_id varchar, contact_name varchar",
    "dim_ledger_account": "ledger_account_key varchar, administration_id varchar, ledger_account_id varchar, "
    "account_name varchar, account_number varchar, account_type varchar, role varchar",
    "dim_project": "project_key varchar, administration_id varchar, project_id varchar, project_name varchar",
    "fct_sales_invoice": "sales_invoice_key varchar, administration_id varchar, invoice_date date, is_draft boolean",
    "rpt_debtor_aging": "administration_id varchar, item_key varchar, sales_invoice_id varchar, "
    "invoice_number varchar, contact_key varchar, contact_name varchar, currency_code varchar, invoice_date date, "
    "due_date date, valid_from_date date, valid_to_date date, open_amount decimal(18, 2), "
    "open_base_amount decimal(18, 2), days_overdue_at_start integer, bucket varchar, is_dubious boolean",
    "rpt_days_sales_outstanding": "administration_id varchar, as_of_date date, receivable_amount decimal(18, 2), "
    "not_due_amount decimal(18, 2), revenue_amount decimal(18, 2), revenue_day_count integer, "
    "days_sales_outstanding decimal(18, 2)",
    "rpt_revenue_by_month": "administration_id varchar, month_date date, ledger_account_key varchar, "
    "account_name varchar, account_number varchar, project_key varchar, contact_key varchar, "
    "revenue_amount decimal(18, 2), currency_code varchar",
    "recon_checks": "check_id varchar, check_name varchar, class varchar, administration_id varchar, period varchar, "
    "period_end_date date, left_amount decimal(18, 2), right_amount decimal(18, 2), "
    "explained_amount decimal(18, 2), difference decimal(18, 2), tolerance decimal(18, 2), status varchar, "
    "drill_key varchar",
    "recon_items": "check_id varchar, administration_id varchar, item_number integer, period varchar, item_date date, "
    "document_type varchar, document_id varchar, item_kind varchar, is_explained boolean, amount decimal(18, 2), "
    "description varchar, contact_key varchar",
}

Rows = Mapping[str, Sequence[Sequence[Any]]]
Publish = Callable[..., Path]


def _administration(key: str, name: str, synced: datetime | None = SYNCED, status: str = "ok") -> dict[str, Any]:
    return {"id": key, "name": name, "synced": synced, "status": status, "currency": "EUR"}


def _item(
    key: str, number: str, contact: str, due: date, opened: date, closed: date, amount: str, bucket: str
) -> tuple[Any, ...]:
    contact_key = f"{key}-{contact.lower()}"
    sent = min(due, opened)
    value = Decimal(amount)
    return (
        key, f"{key}-{number}", number, number, contact_key, contact, "EUR", sent, due, opened, closed,
        value, value, (opened - due).days, bucket, False,
    )  # fmt: skip


def _check(check: str, kind: str, key: str, end: date, left: str, right: str, explained: str, status: str) -> tuple:
    figures = [Decimal(value) for value in (left, right, explained)]
    difference = figures[0] - figures[1] - figures[2]
    names = {
        "ledger_equals_report": "Ledger lines equal the general ledger report",
        "debtors_equal_control_account": "Open items equal the debtors' control account",
        "invoice_equals_lines_and_vat": "Invoice equals its lines and VAT",
    }
    return (check, names[check], kind, key, f"{end:%Y-%m}", end, *figures, difference, Decimal("0.00"), status, check)


def group() -> dict[str, list[Any]]:
    """The rows described above, to be changed by a test before publishing. `administrations` fills two tables."""
    month_end, november, august = date(2026, 10, 31), date(2026, 11, 30), date(2026, 8, 10)
    about = ("debtors_equal_control_account", HOLDING)
    return {
        "administrations": [
            _administration(HOLDING, "Duif Holding B.V."),
            _administration(SOFTWARE, "Duif Software B.V."),
            _administration(EMPTY, "Duif Leeg B.V."),
        ],
        "dim_contact": [
            (f"{HOLDING}-molen", HOLDING, "molen", "Molen"),
            (f"{HOLDING}-gracht", HOLDING, "gracht", "Gracht"),
            (f"{SOFTWARE}-sluis", SOFTWARE, "sluis", "Sluis"),
        ],
        "dim_ledger_account": [
            (f"{key}-{number}", key, number, name, number, kind, role)
            for key in (HOLDING, SOFTWARE)
            for number, name, kind, role in (
                ("13011", "Debiteuren", "current_assets", "debtors"),
                ("80000", "Omzet", "revenue", None),
                ("80100", "Licenties", "revenue", None),
            )
        ],
        "dim_project": [(f"{SOFTWARE}-kade", SOFTWARE, "kade", "Kade"), (f"{HOLDING}-none", HOLDING, None, None)],
        "fct_sales_invoice": [
            (f"{HOLDING}-A-1", HOLDING, date(2026, 10, 1), False),
            (f"{SOFTWARE}-B-1", SOFTWARE, date(2026, 7, 11), False),
        ],
        "rpt_debtor_aging": [
            _item(HOLDING, "A-1", "Molen", month_end, date(2026, 10, 1), month_end, "1210.00", "not_due"),
            _item(HOLDING, "A-1", "Molen", month_end, date(2026, 11, 1), date(2026, 11, 30), "1210.00", "1-30"),
            _item(HOLDING, "A-2", "Molen", TODAY, date(2026, 11, 6), TODAY, "605.00", "not_due"),
            _item(HOLDING, "A-3", "Gracht", date(2026, 11, 16), date(2026, 11, 2), FOREVER, "-121.00", "credit"),
            _item(SOFTWARE, "B-1", "Sluis", august, date(2026, 10, 10), date(2026, 11, 8), "2420.00", "61-90"),
            _item(SOFTWARE, "B-1", "Sluis", august, date(2026, 11, 9), FOREVER, "2420.00", ">90"),
        ],
        "rpt_days_sales_outstanding": [
            _days(HOLDING, date(2026, 9, 30), "0.00", "0.00", "1210.00", "0.00"),
            _days(HOLDING, month_end, "1210.00", "1210.00", "2420.00", "46.00"),
            _days(SOFTWARE, month_end, "2420.00", "0.00", "4840.00", "46.00"),
            _days(EMPTY, month_end, "50.00", "50.00", "0.00", None),
        ],
        "rpt_revenue_by_month": [
            _revenue(HOLDING, date(2025, 10, 1), "80000", "molen", "none", "800.00"),
            _revenue(HOLDING, date(2025, 11, 1), "80000", "molen", "none", "900.00"),
            _revenue(HOLDING, date(2026, 10, 1), "80000", "molen", "none", "1000.00"),
            _revenue(HOLDING, date(2026, 11, 1), "80000", "molen", "none", "500.00"),
            _revenue(HOLDING, date(2026, 11, 1), "80100", "gracht", "none", "-100.00"),
            _revenue(SOFTWARE, date(2025, 7, 1), "80000", "sluis", "kade", "1200.00"),
            _revenue(SOFTWARE, date(2026, 7, 1), "80000", "sluis", "kade", "2000.00"),
            _revenue(SOFTWARE, date(2026, 12, 1), "80100", "sluis", "kade", "300.00"),
        ],
        "recon_checks": [
            *(
                _check("ledger_equals_report", "copy", key, end, "9000.00", "9000.00", "0", "ok")
                for key in (HOLDING, SOFTWARE)
                for end in (month_end, november)
            ),
            _check("debtors_equal_control_account", "books", HOLDING, month_end, "1460.00", "1210.00", "250.00", "ok"),
            _check("debtors_equal_control_account", "books", HOLDING, TODAY, "1894.00", "1694.00", "200.00", "ok"),
            _check("debtors_equal_control_account", "books", SOFTWARE, month_end, "2420.00", "2420.00", "0", "ok"),
            _check("debtors_equal_control_account", "books", SOFTWARE, TODAY, "2420.00", "2420.00", "0", "ok"),
            _check("invoice_equals_lines_and_vat", "books", HOLDING, TODAY, "1694.00", "1694.00", "0", "ok"),
        ],
        "recon_items": [
            (*about, 1, None, date(2024, 1, 1), "Document", "9001", "opening balance", True, Decimal("250.00"),
             "Beginbalans", None),
            (*about, 2, None, date(2026, 11, 12), "Document", "9002", "journal on control account", True,
             Decimal("-50.00"), "Memoriaal: korting", f"{HOLDING}-molen"),
            ("bank_equals_ledger", HOLDING, 1, "2026-10", month_end, "FinancialMutation", "9003",
             "posted with another amount", False, Decimal("7.00"), None, None),
        ],
    }  # fmt: skip


def _days(key: str, end: date, receivable: str, not_due: str, revenue: str, days: str | None) -> tuple[Any, ...]:
    amounts = [Decimal(value) for value in (receivable, not_due, revenue)]
    return (key, end, *amounts, 92, None if days is None else Decimal(days))


def _revenue(key: str, month: date, account: str, contact: str, project: str, amount: str) -> tuple[Any, ...]:
    name = {"80000": "Omzet", "80100": "Licenties"}[account]
    return (
        key, month, f"{key}-{account}", name, account, f"{key}-{project}", f"{key}-{contact}", Decimal(amount), "EUR",
    )  # fmt: skip


@pytest.fixture(name="group")
def group_fixture() -> dict[str, list[Any]]:
    return group()


@pytest.fixture
def publish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Publish:
    """`publish(rows, snapshot_id)` writes a snapshot file and moves the link to it, as a run does."""
    monkeypatch.setenv("DOVECOTE_PUBLISHED", str(tmp_path / "published" / "marts.duckdb"))
    return lambda rows, snapshot_id="20261120T070300Z-0001", published_at=None: write_snapshot(
        tmp_path / "published", rows, snapshot_id, published_at or datetime.now(UTC)
    )


def write_snapshot(
    directory: Path, rows: Mapping[str, Sequence[Any]], snapshot_id: str, published_at: datetime
) -> Path:
    """The path of a new snapshot file in `directory`, with the link moved to it in one step."""
    directory.mkdir(exist_ok=True)
    path = directory / f"marts-{snapshot_id}.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        for table, columns in TABLES.items():
            connection.execute(f"create table marts.{table} ({columns})")
        for table, values in {**rows, **_described(rows["administrations"], snapshot_id, published_at)}.items():
            if table != "administrations" and values:
                places = ", ".join("?" * len(values[0]))
                connection.executemany(f"insert into marts.{table} values ({places})", [list(row) for row in values])
    beside = directory / ".next"
    beside.symlink_to(path.name)
    os.replace(beside, directory / "marts.duckdb")
    return path


def _described(administrations: Sequence[Mapping[str, Any]], snapshot_id: str, published_at: datetime) -> Rows:
    synced = [(each, each["synced"].date() if each["synced"] else None) for each in administrations]
    return {
        "snapshot_info": [
            (snapshot_id, published_at, each["id"], each["name"], each["synced"], each["status"], day, 0, 0, 0)
            for each, day in synced
        ],
        "dim_administration": [
            (each["id"], each["name"], each["currency"], "NL", "Europe/Amsterdam", date(2024, 1, 1), None, False,
             each["status"], each["synced"], day)
            for each, day in synced
        ],
    }  # fmt: skip

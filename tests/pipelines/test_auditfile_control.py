"""The control: an auditfile against the lines in the warehouse, account by account."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.ledger.auditfile_control import Control, compare, record
from pipelines.ledger.auditfile_reading import Kept
from pipelines.ledger.auditfile_staging import stage
from pipelines.moneybird.exports import Fetched
from pipelines.run.tables import raw_tables
from pipelines.warehouse.raw import create_tables
from tests.pipelines.auditfile_text import ACCOUNTS, LINES, OPENING, Booked, auditfile, written

BEFORE = (("1300", "2024-12-31", "500.00"), ("1600", "2024-12-31", "-500.00"))
IDS = {"1300": "13", "1600": "16", "8000": "80"}
AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def warehouse(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """Accounts and lines of administration 1 as the file has them; another administration has other ones."""
    connection = duckdb.connect()
    create_tables(connection, raw_tables())
    for number, kind in ACCOUNTS.items():
        add_account(connection, IDS[number], number, "revenue" if kind == "P" else "current_assets")
    for booked in (*BEFORE, *LINES):
        add_line(connection, booked)
    add_line(connection, ("1300", "2025-03-01", "9.99"), administration="2")
    return connection


def add_account(connection: duckdb.DuckDBPyConnection, id_: str, number: str | None, kind: str) -> None:
    connection.execute(
        """insert into raw.ledger_accounts by name
           select '1' as administration_id, ? as id, ? as account_id, ? as account_type, 'Rekening' as name""",
        [id_, number, kind],
    )


def add_line(connection: duckdb.DuckDBPyConnection, booked: Booked, administration: str = "1", id_: str = "") -> None:
    number, day, amount = booked
    connection.execute(
        """insert into raw.journal_entries by name
           select ? as administration_id, ? as ledger_account_id, date_trunc('month', ?::date)::date as month_date,
                  ?::date as date, ?::decimal(18, 2) as amount""",
        [administration, id_ or IDS[number], day, day, amount],
    )


def control(connection: duckdb.DuckDBPyConnection, directory: Path, text: str | None = None) -> Control:
    stage(connection, written(directory, text or auditfile()), "The file", 2025)
    return compare(connection, "1", 2025)


def differences(found: Control) -> list[tuple[str, str, str, Decimal]]:
    return [(f.ledger_account_id, f.account_number, f.what, f.difference) for f in found.differences]


def test_equal_books_are_proved(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    found = control(warehouse, tmp_path)

    assert (found.state, found.accounts, found.remarks) == ("proved", 3, ())
    assert {(f.account_number, f.what): f.auditfile for f in found.compared} == {
        ("1300", "opening"): Decimal("500.00"), ("1300", "lines"): 2, ("1300", "debit"): Decimal("121.05"),
        ("1600", "opening"): Decimal("-500.00"), ("1600", "lines"): 1, ("1600", "credit"): Decimal("21.00"),
        ("8000", "lines"): 2, ("8000", "credit"): Decimal("100.05"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("booked", "expected"),
    [
        (  # one line more in the warehouse
            ("1600", "2025-06-30", "-4.00"),
            [("16", "1600", "credit", Decimal("-4.00")), ("16", "1600", "lines", Decimal(-1))],
        ),
        (  # before the year
            ("1300", "2024-06-30", "4.00"),
            [("13", "1300", "opening", Decimal("-4.00"))],
        ),
        (  # a line of nothing is a line
            ("1300", "2025-06-30", "0.00"),
            [("13", "1300", "lines", Decimal(-1))],
        ),
        (("1300", "2026-01-01", "4.00"), []),  # after the year
        (("8000", "2024-06-30", "-4.00"), []),  # results begin every year at nothing
    ],
)
def test_a_difference_is_named_by_account_and_figure(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, booked: Booked, expected: list[tuple[str, str, str, Decimal]]
) -> None:
    add_line(warehouse, booked)

    found = control(warehouse, tmp_path)

    assert differences(found) == expected
    assert found.state == ("differs" if expected else "proved")
    assert found.differing == tuple({number: None for _, number, _, _ in expected})


def test_a_missing_pair_is_seen_although_the_balance_is_equal(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    pair = (("1300", "2025-05-01", "7.00"), ("1300", "2025-05-02", "-7.00"))

    found = control(warehouse, tmp_path, auditfile(lines=LINES + pair))

    assert {(f.what, f.difference) for f in found.differences} == {
        ("lines", Decimal(2)), ("debit", Decimal("7.00")), ("credit", Decimal("7.00"))
    }  # fmt: skip


def test_an_account_that_only_the_file_has_goes_by_its_number(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    text = auditfile(lines=(*LINES, ("9999", "2025-05-01", "7.00")), accounts={**ACCOUNTS, "9999": "B"})

    found = control(warehouse, tmp_path, text)

    assert {(f.ledger_account_id, f.account_number) for f in found.differences} == {("number 9999", "9999")}


def test_accounts_that_share_a_number_are_compared_as_one_and_said(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    add_account(warehouse, "1301", "1300", "current_assets")
    warehouse.execute("update raw.journal_entries set ledger_account_id = '1301' where amount = 121")

    found = control(warehouse, tmp_path)

    assert found.state == "proved"
    assert found.remarks == ("Number 1300 is shared by ledger accounts 13, 1301; they were compared as one.",)


@pytest.mark.parametrize("number", [None, ""])
def test_an_account_without_a_number_is_compared_with_nothing_and_said(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, number: str | None
) -> None:
    add_account(warehouse, "50", number, "current_assets")
    add_line(warehouse, ("", "2025-06-30", "4.00"), id_="50")

    found = control(warehouse, tmp_path)

    assert found.differing == ("50",)
    assert found.remarks == ("Ledger account 50 (Rekening) has no number, so the auditfile cannot name it.",)


def test_lines_of_an_account_that_is_gone_still_have_its_number(
    warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    warehouse.execute("update raw.ledger_accounts set _deleted_at = now() where id = '16'")

    assert control(warehouse, tmp_path).state == "proved"


def test_the_outcome_replaces_the_last_one_of_the_year(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    for hash_ in ("aa", "bb"):
        staged = stage(warehouse, written(tmp_path, auditfile()), "The file", 2025)
        kept = Kept(tmp_path / "1" / f"{hash_}.xaf", Fetched(1234, hash_), staged)
        record(warehouse, "1", 2025, kept, compare(warehouse, "1", 2025), AT)

    header = warehouse.execute(
        "select path, sha256, size, lines, debit, accounts, differences, state, reason from sync.auditfiles"
    ).fetchall()
    figures = warehouse.execute(
        "select what, auditfile_amount, lines_amount, difference from sync.auditfile_control"
        " where account_number = 1300"
    ).fetchall()
    assert header == [("1/bb.xaf", "bb", 1234, 5, Decimal("121.05"), 3, 0, "proved", "")]
    assert sorted(figures) == [
        ("debit", Decimal("121.05"), Decimal("121.05"), Decimal(0)),
        ("lines", Decimal(2), Decimal(2), Decimal(0)),
        ("opening", Decimal(OPENING["1300"]), Decimal("500.00"), Decimal(0)),
    ]

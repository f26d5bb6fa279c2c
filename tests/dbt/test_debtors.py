"""Open items and their reconciliation, against figures added up by hand from company.sql."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.writeback.catalogue.bank import BankMutation, BookingAccount, BookingType, MartsBank
from tests.dbt.conftest import Dbt

Query = Callable[..., list[tuple[Any, ...]]]

OPEN_ITEMS = """
    select sales_invoice_id, bucket, open_amount, open_base_amount
    from marts.rpt_debtor_aging
    where administration_id = '1' and ? between valid_from_date and valid_to_date
    order by sales_invoice_id
"""


def amount(text: str) -> Decimal:
    return Decimal(text)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        # paid before it is invoiced: owed to the customer from the receipt's own date
        (date(2026, 9, 30), {"i3": ("1-30", "242.00"), "i4": ("credit", "-121.00")}),
        # due that very day, overpaid, in dollars, an unlinked credit invoice
        (
            date(2026, 10, 31),
            {
                "i1": ("not_due", "1000.00"),
                "i3": ("31-60", "242.00"),
                "i5": ("credit", "-29.00"),
                "i6": ("1-30", "552.00"),
                "i9": ("credit", "-60.50"),
            },
        ),
        # the last day before the write-off; the linked credit invoice has not come yet
        (
            date(2026, 11, 9),
            {
                "i1": ("1-30", "1000.00"),
                "i3": ("31-60", "242.00"),
                "i5": ("credit", "-29.00"),
                "i6": ("1-30", "552.00"),
                "i9": ("credit", "-60.50"),
            },
        ),
        # credited, written off, settled, paid
        (
            date(2026, 11, 21),
            {
                "i1": ("1-30", "800.00"),
                "i5": ("credit", "-29.00"),
                "i6": ("1-30", "552.00"),
                "i9": ("credit", "-60.50"),
            },
        ),
        # nothing more happens: the credited invoice ages with its original, credits do not age
        (
            date(2026, 12, 1),
            {
                "i1": ("31-60", "800.00"),
                "i5": ("credit", "-29.00"),
                "i6": ("31-60", "552.00"),
                "i9": ("credit", "-60.50"),
            },
        ),
    ],
)
def test_open_items_as_of_a_date(marts: Query, as_of: date, expected: dict[str, tuple[str, str]]) -> None:
    """Drafts, scheduled and deleted invoices are in no date; every other item stands in one bucket."""
    found = {row[0]: (row[1], row[3]) for row in marts(OPEN_ITEMS, as_of)}

    assert {item: (bucket, amount(text)) for item, (bucket, text) in expected.items()} == found


def test_an_item_keeps_the_currency_of_its_document(marts: Query) -> None:
    """USD 1,000.00 booked at 920.00: after a payment of 400.00 the open 600.00 is worth 552.00, not 920 − 360."""
    [row] = [row for row in marts(OPEN_ITEMS, date(2026, 11, 21)) if row[0] == "i6"]

    assert ("i6", "1-30", amount("600.00"), amount("552.00")) == row


def test_dubious_from_its_own_date_on(marts: Query) -> None:
    """A mark of 20 October says nothing about 19 October."""
    rows = marts(
        "select valid_from_date, is_dubious from marts.rpt_debtor_aging where sales_invoice_id = 'i3' order by 1"
    )

    assert (date(2026, 10, 16), False) in rows
    assert (date(2026, 10, 20), True) in rows


@pytest.mark.parametrize(
    ("period", "account", "open_items", "explained"),
    [
        ("2026-08", "500.00", "0.00", "500.00"),
        ("2026-09", "621.00", "121.00", "500.00"),
        ("2026-10", "2144.16", "1704.50", "439.66"),
        ("2026-11-21", "1702.16", "1262.50", "439.66"),
    ],
)
def test_debtors_account_equals_open_items(
    marts: Query, period: str, account: str, open_items: str, explained: str
) -> None:
    """Account − open items = listed items; nothing is left, whichever document carries a payment's ledger line."""
    [row] = marts(
        "select left_amount, right_amount, explained_amount, difference, status from marts.recon_checks"
        " where check_id = 'debtors_equal_control_account' and administration_id = '1' and period = ?",
        period,
    )

    assert (amount(account), amount(open_items), amount(explained), amount("0.00"), "ok") == row


def test_listed_items_name_their_document(marts: Query) -> None:
    """Every posting without an invoice behind it is listed once, with its kind."""
    rows = marts(
        "select item_date, document_type, document_id, item_kind, amount from marts.recon_items"
        " where check_id = 'debtors_equal_control_account' and administration_id = '1' order by item_date"
    )

    assert [
        (date(2025, 12, 31), "Document", "d1", "opening balance", amount("500.00")),
        (date(2026, 10, 15), "Document", "d2", "journal on control account", amount("-12.34")),
        (date(2026, 10, 18), "FinancialMutation", "m4", "bank booking on control account", amount("-50.00")),
        (date(2026, 10, 28), "FinancialMutation", "m5", "exchange difference", amount("2.00")),
    ] == rows


def test_what_we_do_not_have_is_unexplained(marts: Query) -> None:
    """An invoice and a payment missing from our copy are named; the break is their sum."""
    items = marts(
        "select document_id, item_kind, amount from marts.recon_items"
        " where check_id = 'debtors_equal_control_account' and administration_id = '3' order by 1"
    )
    checks = marts(
        "select difference, status from marts.recon_checks"
        " where check_id = 'debtors_equal_control_account' and administration_id = '3' and period = '2026-11-20'"
    )

    assert [
        ("ghost", "unexplained on a sales invoice", amount("99.00")),
        ("lost", "unexplained bank payment", amount("-30.00")),
    ] == items
    assert [(amount("69.00"), "break")] == checks


def test_events_say_how_it_was_paid_and_add_up(marts: Query) -> None:
    """A settlement against a credit invoice and a receipt without a bank line are no cash."""
    rows = marts(
        "select event_date, event_type, payment_kind, is_cash, base_amount, open_base_amount"
        " from marts.fct_receivable_event where item_key = ? order by event_number",
        "1-i1",
    )
    paid = marts("select payment_id, payment_kind, is_cash from marts.fct_receivable_event where payment_id = 'p2'")

    assert [
        (date(2026, 10, 1), "invoiced", None, False, amount("1000.00"), amount("1000.00")),
        (date(2026, 11, 15), "credited", None, False, amount("-200.00"), amount("800.00")),
        (date(2026, 11, 16), "settled", "settlement", False, amount("-200.00"), amount("600.00")),
        (date(2026, 11, 16), "settled", "settlement", False, amount("200.00"), amount("800.00")),
    ] == rows
    assert paid == [("p2", "unmatched", False)]


def test_a_statement_ends_at_what_is_open(marts: Query) -> None:
    """The balance after a customer's last line is the sum of the customer's open items, per currency."""
    statements = marts(
        """select contact_key, currency_code, balance_amount, balance_base_amount
           from marts.rpt_debtor_statement as lines
           where administration_id = '1' and line_number = (
               select max(line_number) from marts.rpt_debtor_statement as others
               where others.contact_key = lines.contact_key and others.currency_code = lines.currency_code)
           order by 1, 2"""
    )

    assert [
        ("1-c1", "EUR", amount("710.50"), amount("710.50")),  # 800.00 − 29.00 − 60.50
        ("1-c1", "USD", amount("0.00"), amount("0.00")),
        ("1-c2", "EUR", amount("0.00"), amount("0.00")),
        ("1-c3", "USD", amount("600.00"), amount("552.00")),
    ] == statements


def test_month_ends_show_credits_apart_and_unallocated_receipts_below(marts: Query) -> None:
    """Net is the sum without the memo, and equals the open items the check counts."""
    rows = marts(
        """select bucket, is_memo, sum(open_base_amount) from marts.rpt_debtor_aging_month_end
           where administration_id = '1' and as_of_date = '2026-10-31' group by all order by 1"""
    )

    assert [
        ("1-30", False, amount("552.00")),
        ("31-60", False, amount("242.00")),
        ("credit", False, amount("-89.50")),
        ("not_due", False, amount("1000.00")),
        ("unallocated", True, amount("121.00")),
    ] == rows
    assert sum(row[2] for row in rows if not row[1]) == amount("1704.50")


def test_days_of_sales_take_invoices_with_vat_less_credits(marts: Query) -> None:
    """September: 121.00 of 363.00 in 30 days. October: 1,704.50 of 2,254.00 invoiced less 60.50 credited, in 31 days.
    What was paid, or received before its invoice, is no sale; November is not over, and three months are not known."""
    rows = marts(
        "select as_of_date, receivable_amount, not_due_amount, revenue_amount, countback_days, days_sales_outstanding"
        " from marts.rpt_days_sales_outstanding where administration_id = '1' order by 1"
    )

    assert [
        (date(2026, 9, 30), amount("121.00"), amount("0.00"), amount("363.00"), amount("10.00"), None),
        (date(2026, 10, 31), amount("1704.50"), amount("1000.00"), amount("2556.50"), amount("24.09"), None),
    ] == rows


KNOWN = """
select 'debtors' as side, open_items.* from ({{ debtors_as_of("date '2026-11-20'", "KNOWN_AT") }}) as open_items
union all
select 'creditors' as side, open_items.* from ({{ creditors_as_of("date '2026-11-20'", "KNOWN_AT") }}) as open_items
"""


@pytest.fixture(scope="module")
def asked(dbt: Dbt, warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The macros as SQL. Compiled beside an empty file of the same name: dbt would lock the one the tests read."""
    beside = tmp_path_factory.mktemp("compiled") / warehouse.name
    compiled = dbt(beside, "--quiet", "compile", "--inline", KNOWN)
    assert compiled.returncode == 0, compiled.stdout + compiled.stderr
    return compiled.stdout


@pytest.mark.parametrize(
    ("known_at", "expected"),
    [
        ("2026-11-01 00:00:00Z", {}),  # nothing of it had been loaded
        ("2026-11-10 00:00:00Z", {"i11": ("not_due", "100.00"), "k9": ("not_due", "60.50")}),
        ("2026-11-13 00:00:00Z", {"k9": ("not_due", "60.50")}),  # paid on 5 November, but loaded on the 12th
        ("2026-11-16 00:00:00Z", {}),  # and the purchase was deleted
    ],
)
def test_open_items_as_they_were_known(
    marts: Query, asked: str, known_at: str, expected: dict[str, tuple[str, str]]
) -> None:
    """As of 20 November in every case: what differs is only when we looked."""
    sql = asked.replace("KNOWN_AT", f"timestamptz '{known_at}'")
    found = marts(
        f"select document_id, bucket, open_base_amount from ({sql}) as asked"
        " where administration_id = '1' and document_id in ('i11', 'k9')"
    )

    assert {item: (bucket, amount(text)) for item, (bucket, text) in expected.items()} == {
        row[0]: (row[1], row[2]) for row in found
    }


@pytest.fixture
def bank(warehouse: Path) -> Iterator[MartsBank]:
    """The questions that writing asks of the built marts before it books money."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:

        def ask(sql: str, parameters: Sequence[object]) -> list[dict[str, Any]]:
            cursor = connection.execute(sql, list(parameters))
            columns = [column[0] for column in cursor.description or ()]
            return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

        yield MartsBank(ask)


@pytest.mark.parametrize(
    ("administration_id", "booking_type", "document_id", "expected"),
    [
        ("1", "SalesInvoice", "i3", ("2026-0003", "uncollectible", True, "EUR", "242.00")),
        ("1", "SalesInvoice", "i5", ("2026-0005", "paid", True, "EUR", "-29.00")),
        ("1", "SalesInvoice", "i6", ("2026-0006", "late", True, "USD", "600.00")),
        ("1", "SalesInvoice", "i9", ("2026-0009", "open", True, "EUR", "-60.50")),
        ("6", "Document", "k1", ("F-1", "open", True, "EUR", "0.00")),
        ("6", "Document", "k2", ("F-2", "open", True, "EUR", "263.00")),
        ("6", "Document", "k5", ("without a reference", "new", False, "EUR", "12.10")),
        ("6", "Document", "r1", ("without a reference", "paid", True, "EUR", "0.00")),
        ("6", "Document", "k4", None),  # a sale that the customer wrote the invoice of
        ("6", "Document", "k7", None),  # deleted
        ("1", "ExternalSalesInvoice", "i3", None),
        ("6", "SalesInvoice", "i3", None),
    ],
)
def test_what_money_may_be_booked_on_and_how_much_of_it_is_open(
    bank: MartsBank,
    administration_id: str,
    booking_type: BookingType,
    document_id: str,
    expected: tuple[str, str, bool, str, str] | None,
) -> None:
    found = bank.open_item(administration_id, booking_type, document_id)

    shown = found and (found.name, found.state, found.is_payable, found.currency_code, found.open_amount)
    assert shown == (expected and (*expected[:4], amount(expected[4])))


def test_every_document_that_can_be_owed_to_us_is_found_under_its_own_kind(marts: Query, bank: MartsBank) -> None:
    rows = marts("select administration_id, sales_invoice_id, source from marts.fct_sales_invoice")
    kinds: dict[str, BookingType] = {"own": "SalesInvoice", "external": "ExternalSalesInvoice"}

    assert {source for _, _, source in rows} == {"own", "self_billed"}
    for administration_id, document_id, source in rows:
        found = {kind for kind in kinds.values() if bank.open_item(administration_id, kind, document_id)}
        assert found == ({kinds[source]} if source in kinds else set())


def test_a_bank_transaction_with_what_of_it_is_not_booked_yet(bank: MartsBank) -> None:
    assert bank.bank_mutation("6", "b4") == BankMutation(
        "b4", date(2026, 7, 5), amount("-150.00"), amount("-9.00"), "EUR", "", ""
    )
    assert bank.bank_mutation("1", "b4") is None
    assert bank.is_paid_by("6", "k1", "b4")
    assert bank.is_paid_by("6", "v1", "b3")  # registered by hand first, seen on the bank later
    assert not bank.is_paid_by("6", "k2", "b4")


def test_an_account_says_whether_it_is_one_of_revenue_or_costs(bank: MartsBank) -> None:
    cost, debtors = bank.booking_account("1", "cost"), bank.booking_account("1", "ar")

    assert isinstance(cost, BookingAccount)
    assert isinstance(debtors, BookingAccount)
    assert (cost.is_result, debtors.is_result) == (True, False)
    assert bank.booking_account("1", "nowhere") is None

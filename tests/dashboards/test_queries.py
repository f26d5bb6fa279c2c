"""The questions behind the pages, against rows small enough to add up by hand (see conftest)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from dashboards import db
from dashboards.queries import checks, debtors, revenue, snapshot

HOLDING, SOFTWARE, EMPTY = "101", "202", "303"
BOTH = (HOLDING, SOFTWARE)
TODAY = date(2026, 11, 20)


@pytest.fixture
def published(publish: Any, group: dict[str, list[Any]]) -> db.Snapshot:
    publish(group)
    return db.current()


def _rows(frame: Any, *columns: str) -> list[tuple[Any, ...]]:
    return list(frame[list(columns)].itertuples(index=False, name=None))


def test_totals_add_up_to_open(published: db.Snapshot) -> None:
    total = db.records(debtors.totals(published, BOTH, TODAY))[0]
    assert (total["not_due_amount"], total["overdue_amount"], total["credit_amount"], total["open_amount"]) == (
        Decimal("605.00"), Decimal("3630.00"), Decimal("-121.00"), Decimal("4114.00"),
    )  # fmt: skip
    assert total["overdue_share"] == Decimal("0.8571")  # 3.630 of 4.235, before credits


@pytest.mark.parametrize(
    ("as_of", "not_due", "overdue"),
    [(date(2026, 10, 31), "1210.00", "2420.00"), (date(2026, 11, 1), "0.00", "3630.00")],
)
def test_the_due_date_itself_is_on_time(published: db.Snapshot, as_of: date, not_due: str, overdue: str) -> None:
    total = db.records(debtors.totals(published, BOTH, as_of))[0]
    assert (total["not_due_amount"], total["overdue_amount"]) == (Decimal(not_due), Decimal(overdue))


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (TODAY, (date(2026, 10, 31), Decimal("46.00"), Decimal("30.67"))),  # 3.630 and 2.420 of 7.260 in 92 days
        (date(2026, 10, 30), (date(2026, 9, 30), Decimal("0.00"), Decimal("0.00"))),  # October is not over
    ],
)
def test_days_of_sales_are_of_the_sums(published: db.Snapshot, as_of: date, expected: tuple[Any, ...]) -> None:
    """One with no sales in three months is in neither sum."""
    found = debtors.days_of_sales(published, (*BOTH, EMPTY), as_of)
    assert _rows(found, "as_of_date", "days", "late_days") == [expected]
    assert debtors.days_of_sales(published, (EMPTY,), TODAY).empty


def test_nothing_open_gives_no_row(published: db.Snapshot) -> None:
    assert debtors.totals(published, BOTH, date(2026, 1, 1)).empty


def test_customers_have_buckets_as_columns_and_the_most_overdue_first(published: db.Snapshot) -> None:
    rows = debtors.customers(published, BOTH, TODAY)
    assert _rows(rows, "contact_name", "not_due", "1-30", ">90", "credit", "open_amount") == [
        ("Sluis", None, None, Decimal("2420.00"), None, Decimal("2420.00")),
        ("Molen", Decimal("605.00"), Decimal("1210.00"), None, None, Decimal("1815.00")),
        ("Gracht", None, None, None, Decimal("-121.00"), Decimal("-121.00")),
    ]


def test_items_of_one_customer(published: db.Snapshot) -> None:
    rows = debtors.items(published, BOTH, TODAY, f"{HOLDING}-molen")
    assert _rows(rows, "invoice_number", "days_overdue", "open_amount") == [
        ("A-1", 20, Decimal("1210.00")),
        ("A-2", 0, Decimal("605.00")),
    ]


def test_a_credit_is_not_overdue(published: db.Snapshot) -> None:
    rows = debtors.items(published, BOTH, TODAY, f"{HOLDING}-gracht")
    assert _rows(rows, "invoice_number", "days_overdue") == [("A-3", None)]


def test_small_administrations_become_other_in_a_chart(publish: Any, group: dict[str, list[Any]]) -> None:
    one = group["rpt_debtor_aging"][-1]
    for number in range(10):
        group["administrations"].append({**group["administrations"][0], "id": f"9{number}", "name": f"Nr {number}"})
        group["rpt_debtor_aging"].append(
            (f"9{number}", *one[1:11], Decimal(number + 1), Decimal(number + 1), *one[13:])
        )
    publish(group)
    everyone = tuple(str(row["id"]) for row in group["administrations"])
    rows = debtors.aging(db.current(), everyone, TODAY)
    assert len(set(rows["administration_name"])) == debtors.NAMED + 1
    assert rows.loc[rows["administration_name"] == "Other", "amount"].tolist() == [Decimal("15.00")]  # 1+2+3+4+5
    assert sum(rows["amount"]) == Decimal("4114.00") + 55


def test_revenue_compares_complete_months_only(published: db.Snapshot) -> None:
    total = db.records(revenue.totals(published, BOTH, TODAY))[0]
    assert (total["to_date_amount"], total["this_month_amount"]) == (Decimal("3400.00"), Decimal("400.00"))
    assert (total["complete_amount"], total["year_ago_amount"]) == (Decimal("3000.00"), Decimal("2000.00"))
    assert (total["change_share"], total["complete_to"]) == (Decimal("0.5000"), date(2026, 10, 1))


def test_a_month_is_complete_on_its_last_day(published: db.Snapshot) -> None:
    total = db.records(revenue.totals(published, BOTH, date(2026, 11, 30)))[0]
    assert total["complete_amount"] == Decimal("3400.00")
    assert total["year_ago_amount"] == Decimal("2900.00")  # 800 + 900 + 1.200
    assert total["complete_to"] == date(2026, 11, 1)


def test_an_unfinished_january_has_nothing_to_compare(published: db.Snapshot) -> None:
    total = db.records(revenue.totals(published, BOTH, date(2027, 1, 15)))[0]
    assert (total["complete_to"], total["change_share"], total["to_date_amount"]) == (None, None, Decimal("0.00"))


def test_deferred_revenue_waits_for_its_month(published: db.Snapshot) -> None:
    """December's 300 is booked already; it is not revenue of November."""
    november = revenue.by_account(published, (SOFTWARE,), TODAY)
    december = revenue.by_account(published, (SOFTWARE,), date(2026, 12, 31))
    assert _rows(november, "name", "to_date_amount") == [("80000 Omzet", Decimal("2000.00"))]
    assert _rows(december, "name", "to_date_amount") == [
        ("80000 Omzet", Decimal("2000.00")),
        ("80100 Licenties", Decimal("300.00")),
    ]


def test_revenue_without_a_project_is_a_row_of_its_own(published: db.Snapshot) -> None:
    assert _rows(revenue.by_project(published, BOTH, TODAY), "name", "to_date_amount") == [
        ("Kade", Decimal("2000.00")),
        ("(no project)", Decimal("1400.00")),
    ]


def test_last_year_has_a_zero_for_a_month_without_revenue(published: db.Snapshot) -> None:
    rows = revenue.year_ago(published, BOTH, TODAY)
    assert [f"{day:%Y-%m}" for day in rows["month_date"]] == [f"2026-{month:02}" for month in range(1, 13)]
    assert rows["amount"].tolist()[5:12] == [Decimal(amount) for amount in (0, 1200, 0, 0, 800, 900, 0)]
    assert revenue.year_ago(published, BOTH, date(2025, 6, 1)).empty


def test_a_negative_base_has_no_percentage(published: db.Snapshot) -> None:
    rows = revenue.by_customer(published, (HOLDING,), TODAY)
    assert _rows(rows, "name", "change_share") == [("Molen", Decimal("0.2500")), ("Gracht", None)]


def test_a_balance_check_counts_once_at_its_last_date(published: db.Snapshot) -> None:
    rows = checks.standing(published, (HOLDING,), date(2026, 11, 19))
    debtor = db.records(rows[rows["check_id"] == checks.DEBTORS])[0]
    assert (debtor["period_end_date"], debtor["periods"]) == (date(2026, 10, 31), 1)
    assert (debtor["left_amount"], debtor["explained_amount"], debtor["item_count"]) == (
        Decimal("1460.00"), Decimal("250.00"), 1,
    )  # fmt: skip


def test_items_up_to_the_date_of_the_check_are_listed(published: db.Snapshot) -> None:
    at_end_of_october = checks.debtor_items(published, BOTH, date(2026, 11, 19))
    assert _rows(at_end_of_october, "item_kind", "amount") == [("opening balance", Decimal("250.00"))]
    today = checks.debtor_items(published, BOTH, TODAY)
    assert _rows(today, "document_id", "contact_name", "amount") == [
        ("9001", None, Decimal("250.00")),
        ("9002", "Molen", Decimal("-50.00")),
    ]


def test_administrations_behind_the_newest_are_marked(publish: Any, group: dict[str, list[Any]]) -> None:
    newest = group["administrations"][0]["synced"]
    group["administrations"][1]["synced"] = newest.replace(day=18)
    group["administrations"][2].update(synced=None, status="failed")
    publish(group)
    assert _rows(snapshot.administrations(db.current()), "administration_name", "is_behind") == [
        ("Duif Holding B.V.", False),
        ("Duif Leeg B.V.", True),
        ("Duif Software B.V.", True),
    ]

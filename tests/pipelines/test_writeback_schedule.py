"""Recurring billing: every due period once, ends of months that do not drift, and what was missed said aloud."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.operations import State, Store, commands, open_store
from pipelines.writeback import DraftInvoice, Office, submit
from pipelines.writeback.outbox import is_made
from pipelines.writeback.sources import SOURCES, Asked, Taken
from pipelines.writeback.sources.schedule import CATCH_UP_DAYS, periods
from tests.pipelines.small_marts import small_office

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
COLUMNS = (
    "administration_id,schedule_id,contact_id,valid_from_date,valid_to_date,first_period_date,every,bill,product_id,"
    "description,quantity,unit_price,supply_kind,vat_class,is_deferred,customer_reference,confirmed_by"
)
OPEN = {"valid_from_date": "2000-01-01", "valid_to_date": "", "first_period_date": "2026-01-31", "every": "month"}
With = Callable[..., Office]


@pytest.fixture
def office(project_root: Path, tmp_path: Path) -> Iterator[With]:
    with ExitStack() as stack:

        def opened(*rows: str) -> Office:
            text = "\n".join((COLUMNS, *rows)) + "\n"
            return stack.enter_context(small_office(project_root, tmp_path, NOW, billing_schedule=text))

        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'operations.sqlite'}")
    yield opened
    opened.close()


def take(office: Office, **asked: Any) -> Taken:
    return SOURCES["schedule"].take(Asked(**asked), office)


def invoices(found: Taken) -> list[DraftInvoice]:
    return [request for _, request in found.requests if isinstance(request, DraftInvoice)]


def test_the_end_of_a_month_is_kept_and_does_not_drift() -> None:
    found = [*periods({**OPEN, "bill": "in_advance"}, date(2026, 6, 1))]
    assert [(str(period.first), str(period.last)) for period in found] == [
        ("2026-01-31", "2026-02-27"), ("2026-02-28", "2026-03-30"), ("2026-03-31", "2026-04-29"),
        ("2026-04-30", "2026-05-30"), ("2026-05-31", "2026-06-29"),
    ]  # fmt: skip
    leap = [*periods({**OPEN, "bill": "in_advance", "first_period_date": "2028-01-31"}, date(2028, 3, 1))]
    assert str(leap[-1].first) == "2028-02-29"


@given(
    st.dates(date(2000, 1, 1), date(2040, 12, 31)),
    st.sampled_from(["month", "quarter", "year"]),
    st.sampled_from(["in_advance", "in_arrears"]),
    st.integers(0, 3000),
)
def test_periods_lie_side_by_side_and_none_is_due_too_early(start: date, every: str, bill: str, days: int) -> None:
    """Every day from the first one on belongs to exactly one period, whatever month it began in."""
    until = start + timedelta(days=days)
    found = [*periods({**OPEN, "first_period_date": str(start), "every": every, "bill": bill}, until)]
    assert all(left.last + timedelta(days=1) == right.first for left, right in pairwise(found))
    assert all(period.first <= period.last and period.due <= until for period in found)
    assert [period.first for period in found[:1]] == [start] * len(found[:1])
    next_first = found[-1].last + timedelta(days=1) if found else start
    if bill == "in_advance":
        assert next_first > until
    else:
        assert next_first <= until + timedelta(days=1)


def test_a_due_period_becomes_a_draft_with_its_days_and_its_deferral(office: With) -> None:
    at = office(
        "101,hosting,7,2026-01-01,,2026-10-01,quarter,in_advance,,Hosting {period},2,30.50,services,,true,PO 7,A"
    )

    ((where, made),) = take(at).requests
    assert isinstance(made, DraftInvoice)
    assert where == "billing_schedule hosting 2026-10-01"
    assert (made.draft_id, made.contact_id, made.customer_reference) == ("schedule:hosting:2026-10-01", "7", "PO 7")
    assert made.invoice_date is None, "Moneybird dates it when it is sent"
    (line,) = made.lines
    assert (line.description, line.quantity, line.unit_price) == (
        "Hosting 01-10-2026 – 31-12-2026", Decimal(2), Decimal("30.50")
    )  # fmt: skip
    assert line.period == "20261001..20261231"
    assert line.supply is not None
    assert line.supply.supplied_on is None


def test_in_arrears_a_period_is_due_on_its_last_day_and_supplied_by_then(office: With) -> None:
    at = office("101,care,7,2026-01-01,,2026-10-01,month,in_arrears,31,,1,,,,false,,A")

    assert [made.draft_id for made in invoices(take(at))] == ["schedule:care:2026-10-01"]
    assert invoices(take(at, until=date(2026, 10, 30))) == []
    (made,) = invoices(take(at, until=date(2026, 10, 31)))
    (line,) = made.lines
    assert (line.description, line.unit_price, line.period) == ("Advies", Decimal(100), None)
    assert line.supply is not None
    assert str(line.supply.supplied_on) == "2026-10-31"


def test_a_period_is_due_on_the_day_it_is_in_the_administration(office: With) -> None:
    """Half past midnight on 1 December in Amsterdam is 30 November in UTC."""
    at = office("101,rent,7,2026-12-01,,2026-12-01,month,in_advance,31,,1,,,,false,,A")
    (made,) = invoices(take(replace(at, now=datetime(2026, 11, 30, 23, 30, tzinfo=UTC))))
    assert made.draft_id == "schedule:rent:2026-12-01"
    assert invoices(take(replace(at, now=datetime(2026, 11, 30, 22, 30, tzinfo=UTC)))) == []


def test_a_new_price_is_a_new_row_and_a_period_takes_the_one_of_its_first_day(office: With) -> None:
    at = office(
        "101,rent,7,2026-01-01,2026-10-14,2026-09-01,month,in_advance,,Huur,1,100,services,standard,false,,A",
        "101,rent,7,2026-10-15,,2026-09-01,month,in_advance,,Huur,1,110,services,standard,false,,A",
    )

    assert [(made.draft_id[-10:], made.lines[0].unit_price) for made in invoices(take(at))] == [
        ("2026-09-01", 100), ("2026-10-01", 100), ("2026-11-01", 110)
    ]  # fmt: skip


def test_a_rerun_doubles_nothing_and_leaves_alone_what_was_made(office: With, store: Store) -> None:
    """What was made is asked for no more, so that a later change of price or VAT is no refusal every day."""
    row = "101,rent,7,2026-01-01,,2026-10-01,month,in_advance,31,,1,{},,,false,,A"
    at = office(row.format("100"))
    first = [submit(store, made, at, who="anna") for made in invoices(take(at))]
    again = [submit(store, made, at, who="anna") for made in invoices(take(at))]
    assert [command.id for command in first] == [command.id for command in again] == [1, 2]
    with store.write() as connection:
        queued = commands.move(connection, first[0], State.QUEUED, at=NOW, who="anna", what="approved")
        sending = commands.move(connection, queued, State.SENDING, at=NOW, who="w", what="sending", sent_at=NOW)
        commands.move(connection, sending, State.VERIFIED, at=NOW, who="w", what="verified", remote_id="9")

    dearer = office(row.format("120"))
    left = invoices(take(dearer, is_made=lambda request: is_made(store, request)))

    assert [made.draft_id for made in left] == ["schedule:rent:2026-11-01"]
    assert submit(store, left[0], dearer, who="anna").id == 2


def test_what_was_missed_is_made_up_for_a_quarter_back_and_said_beyond(office: With) -> None:
    at = office("101,rent,7,2000-01-01,,2026-01-15,month,in_advance,31,,1,,,,false,,A")

    found = take(at)
    assert CATCH_UP_DAYS == 92
    assert [made.draft_id[-10:] for made in invoices(found)] == ["2026-09-15", "2026-10-15", "2026-11-15"]
    assert found.remarks == (
        "Schedule rent: 8 periods up to 15-08-2026 – 14-09-2026 were due over 92 days ago and are not billed; bill the "
        "last of them with --until 2026-08-15, or let the row begin later.",
    )
    older = invoices(take(at, until=date(2026, 8, 15)))
    assert [made.draft_id[-10:] for made in older] == ["2026-05-15", "2026-06-15", "2026-07-15", "2026-08-15"]
    assert take(at, is_made=lambda _: True) == Taken()


def test_one_administration_can_be_asked_for_and_a_row_that_cannot_be_billed_is_named(office: With) -> None:
    at = office(
        "101,rent,7,2026-01-01,,2026-11-01,month,in_advance,99,,1,,,,false,,A",
        "102,rent,7,2026-01-01,,2026-11-01,month,in_advance,,Huur,1,5,services,standard,false,,A",
    )

    found = take(at, administration_id="101")
    assert found.requests == ()
    (bad,) = found.bad
    assert bad.sentence.startswith(
        "billing_schedule rent 2026-11-01, product: expected the code or id of one product in that administration"
    )

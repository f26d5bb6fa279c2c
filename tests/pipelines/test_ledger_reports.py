"""The ledger's two reports: what is asked, and what of an answer is believed."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import httpx
import pytest

from pipelines.errors import MalformedAnswerError
from pipelines.moneybird.auth import TokenAuth
from pipelines.moneybird.budget import Budget
from pipelines.moneybird.client import Client
from pipelines.moneybird.ledger_reports import NO_PROJECT, Lines, Totals, Wanted, read_control_totals, read_ledger_lines
from pipelines.moneybird.resources import BY_NAME

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
Answers = Callable[[httpx.Request], httpx.Response]
T = TypeVar("T")


def done(work: Generator[None, None, T]) -> T:
    """Runs the requests to their end."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result


def client(answer: Answers) -> Client:
    return Client(
        "https://example.test/api/v2", TokenAuth("one", "secret"), Budget(1000, 1000, 300, 0),
        transport=httpx.MockTransport(answer),
    )  # fmt: skip


def ledger(debit: str, credit: str) -> dict[str, Any]:
    def rows(value: str) -> dict[str, Any]:
        return {"ledger_accounts": [{"ledger_account_id": "7", "value": value}]}

    return {
        "start_balance": rows("0.0"), "debit_sums": rows(debit), "credit_sums": rows(credit),
        "final_balance": rows("0.0"),
    }  # fmt: skip


def by_month(count: int = 12, amount: str = "1.0") -> list[dict[str, Any]]:
    ends = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    months = [f"2026{month:02}01..2026{month:02}{ends[month - 1]}" for month in range(1, count + 1)]
    return [{"period": month, **ledger(amount, "0.0")} for month in months]


def totals(answer: dict[str, Any]) -> Totals:
    with client(lambda _: httpx.Response(200, json=answer)) as api:
        return done(read_control_totals(api, "1", BY_NAME["general_ledger"], FIRST, LAST, by_month=True))


def test_months_that_add_up_to_the_year_are_believed() -> None:
    read = totals({**ledger("12.0", "0.0"), "periods": by_month()})

    assert len(read.months) == 12
    assert read.months[date(2026, 3, 1)][0].debit_sum == Decimal("1.00")


@pytest.mark.parametrize(
    "periods",
    [
        None,
        [],
        {"2026-01": {}},
        by_month(count=11),
        by_month(amount="1.01"),
        [{"period": "2026-01"}] * 12,
        [{**one, "debit_sums": None} for one in by_month()],
        [*by_month(count=11), by_month()[0]],
    ],
)
def test_anything_else_under_periods_is_a_year_without_months(periods: object) -> None:
    read = totals({**ledger("12.0", "0.0"), "periods": periods})

    assert read.months == {}
    assert read.accounts[0].debit_sum == Decimal("12.00")


def test_totals_of_a_period_that_is_refused_as_too_long_are_added_up_from_its_months() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if "0101..20261231" in str(request.url.params["period"]):
            return httpx.Response(400, json={"error": "Period cannot exceed 1 month"})
        return httpx.Response(200, json=ledger("2.0", "0.5"))

    with client(answer) as api:
        read = done(read_control_totals(api, "1", BY_NAME["general_ledger"], FIRST, LAST))

    assert (read.accounts[0].debit_sum, read.accounts[0].credit_sum) == (Decimal(24), Decimal(6))
    assert len(read.months) == 12


def line(**fields: object) -> dict[str, object]:
    return {"ledger_account_id": "7", "date": "2026-03-01", "amount": "1.0", "project_id": None} | fields


def lines(wanted: Wanted, *served: object, below: tuple[str, ...] = ()) -> Lines:
    with client(lambda _: httpx.Response(200, json=list(served))) as api:
        return done(read_ledger_lines(api, "1", BY_NAME["journal_entries"], wanted, below=below))


def test_lines_of_accounts_below_the_asked_one_are_left_out_and_reported() -> None:
    read = lines(Wanted(FIRST, LAST, "7"), line(), line(ledger_account_id="71"), below=("71",))

    assert [one["ledger_account_id"] for one in json.loads(read.texts[0])] == ["7"]
    assert read.from_below == {"71"}


@pytest.mark.parametrize(
    ("wanted", "served", "problem"),
    [
        (Wanted(FIRST, LAST, "7"), line(ledger_account_id="8"), "a line of another account"),
        (Wanted(FIRST, LAST, "7"), line(date="2025-12-31"), "a line of another period"),
        (Wanted(FIRST, LAST, "7"), line(date="today"), "a line without a date"),
        (Wanted(FIRST, LAST, "7"), line(date="2026-02-30"), "a line without a date"),
        (Wanted(FIRST, LAST, "7"), line(date=None), "a line without a date"),
        (Wanted(FIRST, LAST, "7"), {"date": "2026-03-01", "amount": "1.0"}, "a line without a ledger account"),
        (Wanted(FIRST, LAST, "7"), line(ledger_account_id={"id": "7"}), "a line without a ledger account"),
        (Wanted(FIRST, LAST, project_id=NO_PROJECT), line(ledger_account_id=None), "a line without a ledger account"),
        (Wanted(FIRST, LAST, "7"), "a line", "something that is not a line"),
        (Wanted(FIRST, LAST, project_id=NO_PROJECT), line(project_id="5"), "a line of another project"),
        (Wanted(FIRST, LAST, project_id="5"), line(), "a line of another project"),
    ],
)
def test_lines_that_nobody_asked_for_are_refused(wanted: Wanted, served: object, problem: str) -> None:
    with pytest.raises(MalformedAnswerError, match=f"found {problem}; these lines were not loaded"):
        lines(wanted, served, below=("71",))


def test_a_stream_says_whose_lines_came() -> None:
    read = lines(Wanted(FIRST, LAST, project_id=NO_PROJECT), line(), line(ledger_account_id="8"))

    assert read.accounts == {"7", "8"}

"""The ledger's two reports: what is asked, and what of an answer is believed."""

from __future__ import annotations

import json
import re
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
from pipelines.moneybird.ledger_reports import (
    NO_PROJECT,
    UNMAPPED,
    Lines,
    Totals,
    Wanted,
    read_control_totals,
    read_ledger_lines,
)
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


def test_what_nobody_declared_in_totals_is_kept_with_its_account_and_reported() -> None:
    def report() -> dict[str, Any]:
        answer = ledger("12.0", "0.0")
        answer["debit_sums"]["ledger_accounts"][0] |= {"tax": "2.5", "link": "https://example.test/s3cret"}
        answer["credit_sums"]["currency"] = "EUR"
        return answer | {"mutations": {"ledger_accounts": []}}

    read = totals(report() | {"period": "20260101..20261231", "periods": by_month()})

    (account,) = read.accounts
    assert json.loads(str(account.unmapped)) == {"debit_sums": {"tax": "2.5", "link": "masked address"}}
    assert {(one.path, one.type, one.records) for one in read.drift} == {
        ("debit_sums.ledger_accounts.tax", "string", 1),
        ("debit_sums.ledger_accounts.link", "string", 1),
        ("credit_sums.currency", "string", 1),
        ("mutations", "object", 1),
    }
    assert {(one.resource, one.administration_id) for one in read.drift} == {("general_ledger", "1")}
    assert len(read.months) == 12


def test_totals_that_stand_still_are_the_same_whatever_nobody_declared_does() -> None:
    """A difference counts when its totals stood still; a new key with a time in it would keep them moving."""

    def read_with(more: str) -> Totals:
        answer = ledger("12.0", "0.0")
        answer["debit_sums"]["ledger_accounts"][0] |= {"asked_at": more}
        return totals(answer)

    first, again = read_with("12:00").accounts, read_with("12:01").accounts

    assert first == again
    assert first[0].unmapped != again[0].unmapped


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
        (Wanted(FIRST, LAST, "7"), line(document_id={"id": 5}), "a line whose document_id '{\"id\":5}' is not text"),
        (Wanted(FIRST, LAST, "7"), line(description=["x"]), "a line whose description '[\"x\"]' is not text"),
        (Wanted(FIRST, LAST, project_id=NO_PROJECT), line(project_id="5"), "a line of another project"),
        (Wanted(FIRST, LAST, project_id="5"), line(), "a line of another project"),
    ],
)
def test_lines_that_nobody_asked_for_are_refused(wanted: Wanted, served: object, problem: str) -> None:
    with pytest.raises(MalformedAnswerError, match=re.escape(f"found {problem}; these lines were not loaded")):
        lines(wanted, served, below=("71",))


def test_a_stream_says_whose_lines_came() -> None:
    read = lines(Wanted(FIRST, LAST, project_id=NO_PROJECT), line(), line(ledger_account_id="8"))

    assert read.accounts == {"7", "8"}


def test_what_nobody_declared_of_a_line_is_kept_with_it_and_reported() -> None:
    served = (
        line(administration_id="1", vat={"code": "x", "url": "https://example.test/s3cret"}, line_number=3),
        line(),
        line(ledger_account_id="71", mood="left out with its line"),
    )

    read = lines(Wanted(FIRST, LAST, "7"), *served, below=("71",))

    kept = [one.get(UNMAPPED.name) for one in json.loads(read.texts[0])]
    assert kept == ['{"line_number":3,"vat":{"code":"x","url":"masked address"}}', None]
    assert {(one.path, one.type, one.records) for one in read.drift} == {
        ("vat", "object", 1),
        ("line_number", "number", 1),
    }


def test_what_nobody_declared_of_lines_asked_month_by_month_is_counted_over_the_months() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        start = str(request.url.params["period"])[:8]
        if start == "20260101" and "1231" in str(request.url.params["period"]):
            return httpx.Response(400, json={"error": "Period cannot exceed 1 month"})
        return httpx.Response(200, json=[line(date=f"2026-{start[4:6]}-01", mood="x")])

    with client(answer) as api:
        read = done(read_ledger_lines(api, "1", BY_NAME["journal_entries"], Wanted(FIRST, LAST, "7")))

    assert [(one.path, one.records) for one in read.drift] == [("mood", 12)]


def test_as_it_was_declared_the_text_of_an_answer_is_not_touched() -> None:
    body = b'[ {"ledger_account_id": "7", "date": "2026-03-01", "amount": "1.0", "administration_id": "1"} ]'
    with client(lambda _: httpx.Response(200, content=body)) as api:
        read = done(read_ledger_lines(api, "1", BY_NAME["journal_entries"], Wanted(FIRST, LAST, "7")))

    assert (read.texts, read.drift) == ([body.decode()], ())

"""A report as rows: every declared shape, pages, months that come along, and what is refused rather than guessed."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import httpx
import pytest

from pipelines.errors import MalformedAnswerError, RequestRefusedError
from pipelines.moneybird.auth import TokenAuth
from pipelines.moneybird.budget import Budget
from pipelines.moneybird.client import Backoff, Client
from pipelines.moneybird.report_rows import Period, value_columns
from pipelines.moneybird.reports import Part, ReportAnswer, read_report
from pipelines.moneybird.resources import BY_NAME, RESOURCES, Feed, Resource
from pipelines.sandbox.api.reports import OPERATIONS
from pipelines.sandbox.app import create_app
from pipelines.sandbox.company import build_group
from pipelines.sandbox.dialect import Dialect
from pipelines.sandbox.in_process import API_URL, transport
from pipelines.sandbox.throttle import Throttle

REPORTS = [resource for resource in RESOURCES if resource.feed is Feed.REPORT]
YEAR = Period.of_year(2026)
JANUARY = Period.of_month(date(2026, 1, 1))
Value = TypeVar("Value")
Serve = Callable[[httpx.Request], Any]


def finished(work: Generator[None, None, Value]) -> Value:
    while True:
        try:
            next(work)
        except StopIteration as stop:
            value: Value = stop.value
            return value


def client(wire: httpx.BaseTransport, token: str = "a secret") -> Client:
    return Client(API_URL, TokenAuth("T", token), Budget(10_000, 10_000), transport=wire, backoff=Backoff(0.001, 0.001))


def ask(serve: Serve, name: str, period: Period = JANUARY, *, by_month: bool = False) -> ReportAnswer:
    """A report as answered by `serve`, which gives the parsed body of a request."""
    wire = httpx.MockTransport(lambda request: httpx.Response(200, json=serve(request)))
    with client(wire) as one:
        return finished(read_report(one, "1", BY_NAME[name], period, by_month=by_month))


def rows(answer: ReportAnswer, name: str) -> list[dict[str, Any]]:
    names = [column.name for column in value_columns(BY_NAME[name])] + ["_unmapped"]
    return [dict(zip(names, row, strict=True)) for part in answer.parts for row in part.rows]


# --- every shape -----------------------------------------------------------------------------------------------------

BALANCE = {
    "debit": {
        "total": "1100.0",
        "current_assets": [
            {
                "ledger_account_id": "11",
                "value": "800.0",
                "children": [{"ledger_account_id": "12", "value": "100.0"}],
            }
        ],
        "non_current_assets": [{"ledger_account_id": "13", "value": "200.0", "children": []}],
    },
    "credit": {
        "total": "1100.0",
        "equity": [{"ledger_account_id": "14", "value": "550.0", "children": []}],
        "provisions": [{"ledger_account_id": "15", "value": "150.0", "children": []}],
        "non_current_liabilities": [],
        "current_liabilities": [{"ledger_account_id": "16", "value": "300.0", "children": []}],
        "open_years": [{"year": "2024", "value": "100.0"}],
    },
}  # GET reports/balance_sheet, official example ReturnsABalanceSheetReport with shorter ids
RESULT = {
    "revenue_by_ledger_account": {"ledger_accounts": [{"ledger_account_id": "21", "value": "100.0"}]},
    "direct_costs_by_ledger_account": {"ledger_accounts": [{"ledger_account_id": "22", "value": "20.0"}]},
    "expenses_by_ledger_account": {"ledger_accounts": [{"ledger_account_id": "23", "value": "15.0"}]},
    "other_income_expenses_by_ledger_account": {"ledger_accounts": [{"ledger_account_id": "24", "value": "1.0"}]},
    "gross_profit": "80.0",
    "operating_profit": "65.0",
    "net_profit": "66.0",
    "total_expenses": "34.0",
    "total_revenue": "100.0",
}  # GET reports/profit_loss, official example ReturnsAProfitLossReport with shorter ids
TAX = {
    "tax_rates": [
        {
            "tax_rate_id": "31",
            "name": "21% btw",
            "percentage": "21.0",
            "report_reference": "NL/1a",
            "amount": "900.0",
            "type": "sales_invoice",
            "tax": "189.0",
        }
    ]
}  # GET reports/tax, from the official example ReturnsATaxReport
DEBTORS = {"debtors": [{"contact_id": "41", "amount": "200.0"}, {"contact_id": None, "amount": "50.0"}]}


def test_a_balance_sheet_is_a_row_per_account_with_its_parent_and_a_row_per_total() -> None:
    found = rows(ask(lambda _: BALANCE, "report_balance_sheet"), "report_balance_sheet")

    assert [(r["section"], r["ledger_account_id"], r["parent_ledger_account_id"], r["value"]) for r in found] == [
        ("current_assets", "11", None, Decimal("800.00")),
        ("current_assets", "12", "11", Decimal("100.00")),
        ("non_current_assets", "13", None, Decimal("200.00")),
        ("total", None, None, Decimal("1100.00")),
        ("equity", "14", None, Decimal("550.00")),
        ("provisions", "15", None, Decimal("150.00")),
        ("current_liabilities", "16", None, Decimal("300.00")),
        ("total", None, None, Decimal("1100.00")),
        ("open_years", None, None, Decimal("100.00")),
    ]
    assert {r["line_type"] for r in found} == {"account", "total", "open_year"}
    assert found[-1]["year"] == 2024
    for side in ("debit", "credit"):
        whole = [r["value"] for r in found if r["side"] == side and r["line_type"] == "total"]
        assert [sum(r["value"] for r in found if r["side"] == side and r["line_type"] != "total")] == whole


def test_a_profit_and_loss_is_a_row_per_account_and_one_per_total() -> None:
    found = rows(ask(lambda _: RESULT, "report_profit_loss"), "report_profit_loss")

    assert [(r["section"], r["ledger_account_id"]) for r in found if r["line_type"] == "account"] == [
        ("revenue", "21"), ("direct_costs", "22"), ("expenses", "23"), ("other_income_expenses", "24"),
    ]  # fmt: skip
    assert {r["section"]: r["value"] for r in found if r["line_type"] == "total"} == {
        "gross_profit": 80, "operating_profit": 65, "net_profit": 66, "total_expenses": 34, "total_revenue": 100,
    }  # fmt: skip


def test_a_tax_report_keeps_rate_box_and_kind() -> None:
    (row,) = rows(ask(lambda _: TAX, "report_tax"), "report_tax")

    assert (row["tax_rate_id"], row["report_reference"], row["type"]) == ("31", "NL/1a", "sales_invoice")
    assert (row["percentage"], row["amount"], row["tax"]) == (21, 900, 189)


def test_bookings_without_a_contact_are_a_row_of_nobody() -> None:
    found = rows(ask(lambda _: DEBTORS, "report_debtors"), "report_debtors")

    assert [(r["contact_id"], r["amount"]) for r in found] == [("41", 200), (None, 50)]


# --- pages -----------------------------------------------------------------------------------------------------------


def paged(contacts: list[int], asked: list[str]) -> Serve:
    def serve(request: httpx.Request) -> Any:
        page = int(request.url.params["page"])
        asked.append(request.url.params["page"])
        assert request.url.params["per_page"] == "100"
        return {"debtors": [{"contact_id": str(i), "amount": "1.00"} for i in contacts[100 * (page - 1) : 100 * page]]}

    return serve


def test_all_pages_of_a_long_list_are_read() -> None:
    asked: list[str] = []

    (part,) = ask(paged(list(range(250)), asked), "report_debtors").parts

    assert [row[0] for row in part.rows] == [str(i) for i in range(250)]
    assert asked == ["1", "2", "3"]


def test_pages_that_moved_while_they_were_read_are_read_again() -> None:
    contacts, asked = list(range(150)), []
    serve = paged(contacts, asked)

    def moving(request: httpx.Request) -> Any:
        answer = serve(request)
        if len(asked) == 1:
            contacts.insert(0, 999)  # a debtor more, so that the last of page one comes again on page two
        return answer

    (part,) = ask(moving, "report_debtors").parts

    assert {row[0] for row in part.rows} == {str(i) for i in contacts}
    assert asked == ["1", "2", "1", "2"]


def test_pages_that_never_stand_still_are_refused() -> None:
    same = {"debtors": [{"contact_id": str(i), "amount": "1.00"} for i in range(100)]}

    with pytest.raises(MalformedAnswerError, match=r"every id once over all pages .*repeated ids in 3 readings"):
        ask(lambda _: same, "report_debtors")


# --- what does not fit -----------------------------------------------------------------------------------------------


def altered(content: Any, change: Callable[[Any], None]) -> Any:
    copy = json.loads(json.dumps(content))
    change(copy)
    return copy


WRONG: dict[str, tuple[str, Any, str]] = {
    "an amount of mills": (
        "report_debtors",
        {"debtors": [{"contact_id": "1", "amount": "10.005"}]},
        r"an amount in cents at debtors\[0\].amount .* found '10.005'",
    ),
    "no amount": (
        "report_debtors",
        {"debtors": [{"contact_id": "1", "amount": None}]},
        r"an amount in cents at debtors\[0\].amount .* found 'None'",
    ),
    "not a number": (
        "report_debtors",
        {"debtors": [{"contact_id": "1", "amount": "NaN"}]},
        r"an amount in cents .* found 'NaN'",
    ),
    "too large for a column": (
        "report_debtors",
        {"debtors": [{"contact_id": "1", "amount": "100000000000000000.00"}]},
        r"an amount in cents .* found '100000000000000000.00'",
    ),
    "a list that became an object": ("report_debtors", {"debtors": {"41": "200.0"}}, "a list at debtors .* found dict"),
    "another name": ("report_debtors", {"cebtors": []}, "debtors in report_debtors .* found cebtors"),
    "a row without its id": ("report_debtors", {"debtors": [{"amount": "1"}]}, r"contact_id, amount at debtors\[0\]"),
    "an id that is an object": (
        "report_debtors",
        {"debtors": [{"contact_id": {"id": 1}, "amount": "1"}]},
        r"text at debtors\[0\].contact_id .* found dict",
    ),
    "values by id, as in 2025": (
        "report_profit_loss",
        altered(RESULT, lambda r: r.update(revenue_by_ledger_account={"21": "100.0"})),
        "revenue_by_ledger_account.ledger_accounts .* found 21",
    ),
    "a total that is missing": (
        "report_profit_loss",
        altered(RESULT, lambda r: r.pop("net_profit")),
        "net_profit in report_profit_loss",
    ),
    "children that are no list": (
        "report_balance_sheet",
        altered(BALANCE, lambda r: r["debit"]["current_assets"][0].update(children="none")),
        r"a list at debit.current_assets\[0\].children",
    ),
    "a year that is no number": (
        "report_balance_sheet",
        altered(BALANCE, lambda r: r["credit"]["open_years"][0].update(year="unknown")),
        r"a number at credit.open_years\[0\].year",
    ),
    "a list": ("report_tax", [], "tax_rates in report_tax .* found list"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_shape_is_refused_with_report_administration_and_period(name: str) -> None:
    report, content, words = WRONG[name]

    with pytest.raises(MalformedAnswerError, match=words) as caught:
        ask(lambda _: content, report)

    assert "of administration 1, from 2026-01-01 to 2026-01-31" in str(caught.value)
    assert "the last good rows stay" in str(caught.value)
    assert (caught.value.resource, caught.value.administration_id) == (report, "1")


def test_a_new_key_is_kept_beside_its_row_and_reported() -> None:
    new = {"debtors": [{"contact_id": "1", "amount": "1.0", "limit": "5.00", "link": "https://example.test/x"}]}

    answer = ask(lambda _: new, "report_debtors")

    (row,) = rows(answer, "report_debtors")
    assert json.loads(row["_unmapped"]) == {"limit": "5.00", "link": "masked address"}
    assert {(d.resource, d.path, d.type) for d in answer.drift} == {
        ("report_debtors", "debtors[].limit", "string"), ("report_debtors", "debtors[].link", "string"),
    }  # fmt: skip


def test_a_section_nobody_declared_is_reported_because_every_sum_would_miss_it() -> None:
    new = altered(BALANCE, lambda r: r["debit"].update(intangible_assets=[{"ledger_account_id": "9", "value": "1.0"}]))

    (drift,) = ask(lambda _: new, "report_balance_sheet").drift

    assert (drift.path, drift.type) == ("debit.intangible_assets", "array")


# --- months that come along ------------------------------------------------------------------------------------------


def by_months(amounts: list[str], whole: str, words: Callable[[Period], str] = lambda month: month.words) -> Any:
    def one(amount: str) -> list[dict[str, str]]:
        return [{"project_id": "1", "amount": amount}]

    periods = [
        {"period": words(month), "revenue_by_project": one(amount)}
        for month, amount in zip(YEAR.months(), amounts, strict=True)
    ]
    return {"revenue_by_project": one(whole), "periods": periods}


EVEN = ["10.00"] * 12


@pytest.mark.parametrize(
    "words",
    [lambda month: month.words, lambda month: f"{month.start:%Y%m}", lambda month: f"{month.start:%Y%m..%Y%m}"],
    ids=["days", "month", "months"],
)
def test_a_year_that_answers_its_months_is_twelve_periods(words: Callable[[Period], str]) -> None:
    answer = ask(lambda _: by_months(EVEN, "120.00", words), "report_revenue_by_project", YEAR, by_month=True)

    assert answer.by_month
    assert [part.period for part in answer.parts] == YEAR.months()
    assert answer.drift == ()


NOT_UNDERSTOOD: dict[str, tuple[Any, str]] = {
    "no periods": ({"revenue_by_project": []}, "answered without periods"),
    "months that do not add up": (by_months(EVEN, "121.00"), "do not add up"),
    "a month short": (altered(by_months(EVEN, "120.00"), lambda r: r["periods"].pop()), "not the 12 months"),
    "a month twice": (
        altered(by_months(EVEN, "120.00"), lambda r: r["periods"][1].update(period=JANUARY.words)),
        "not the 12 months",
    ),
    "dates in words": (
        altered(by_months(EVEN, "120.00"), lambda r: [p.update(period="januari") for p in r["periods"]]),
        "not the 12 months",
    ),
    "an object": (altered(by_months(EVEN, "120.00"), lambda r: r.update(periods={"202601": []})), "not the 12 months"),
    "another shape inside": (
        altered(by_months(EVEN, "120.00"), lambda r: r["periods"][3].update(revenue_by_project="10.00")),
        "periods hold another shape",
    ),
}


@pytest.mark.parametrize("name", NOT_UNDERSTOOD)
def test_months_that_are_not_understood_leave_the_year_alone(name: str) -> None:
    content, words = NOT_UNDERSTOOD[name]

    answer = ask(lambda _: content, "report_revenue_by_project", YEAR, by_month=True)

    assert not answer.by_month
    assert words in answer.evidence
    assert [part.period for part in answer.parts] == [YEAR]


def test_what_stands_at_an_end_may_have_months_that_do_not_add_up_but_end_there() -> None:
    periods = [
        {"period": m.words, "debtors": [{"contact_id": "1", "amount": f"{m.end.month}.00"}]} for m in YEAR.months()
    ]
    content = {"debtors": [{"contact_id": "1", "amount": "12.00"}], "periods": periods}

    assert ask(lambda _: content, "report_debtors", YEAR, by_month=True).by_month
    content["debtors"][0]["amount"] = "11.00"
    assert not ask(lambda _: content, "report_debtors", YEAR, by_month=True).by_month


def test_a_month_that_ends_with_a_full_page_may_be_cut_off_and_is_not_believed() -> None:
    listed = [{"contact_id": str(i), "amount": "1.00"} for i in range(100)]
    periods = [{"period": m.words, "debtors": listed if m == YEAR.months()[-1] else []} for m in YEAR.months()]
    pages = iter([listed, []])

    answer = ask(lambda _: {"debtors": next(pages), "periods": periods}, "report_debtors", YEAR, by_month=True)

    assert not answer.by_month
    assert "cut off" in answer.evidence


def test_a_server_that_refuses_the_word_is_asked_without_it() -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(dict(request.url.params))
        if "granularity" in request.url.params:
            return httpx.Response(400, json={"error": "granularity is not permitted"})
        return httpx.Response(200, json=TAX)

    with client(httpx.MockTransport(answer)) as one:
        found = finished(read_report(one, "1", BY_NAME["report_tax"], YEAR, by_month=True))

    assert asked == [{"period": YEAR.words, "granularity": "month"}, {"period": YEAR.words}]
    assert not found.by_month
    assert "refuses granularity" in found.evidence


# --- against the sandbox ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["twelve_months", "one_month", "granularity"])
def company(request: pytest.FixtureRequest) -> Iterator[tuple[str, Client, str]]:
    """D11, a client of the studio, and its id."""
    world = build_group(years=1, administrations=2, dialect=Dialect(d11_report_period=request.param))
    (token,) = world.tokens.values()
    administration = max(world.administrations.values(), key=lambda one: len(one.invoices))
    with client(transport(create_app(world, Throttle.off())), token.secret) as one:
        yield request.param, one, str(administration.id)


@pytest.mark.parametrize("resource", REPORTS, ids=lambda resource: resource.name)
def test_every_report_is_read_by_month_in_every_dialect(company: tuple[str, Client, str], resource: Resource) -> None:
    dialect, one, administration_id = company
    months = [
        finished(read_report(one, administration_id, resource, month, by_month=False)).parts[0]
        for month in YEAR.months()
    ]
    assert any(part.rows for part in months)
    assert resource.report is not None

    if dialect == "one_month" and not resource.report.takes_a_year:
        with pytest.raises(RequestRefusedError, match="Period cannot exceed 1 month"):
            finished(read_report(one, administration_id, resource, YEAR, by_month=True))
        return
    answer = finished(read_report(one, administration_id, resource, YEAR, by_month=True))
    assert answer.drift == ()
    assert answer.by_month == (dialect == "granularity"), answer.evidence
    if answer.by_month:
        assert list(answer.parts) == [Part(part.period, part.rows) for part in months]


def test_the_scopes_of_the_rows_are_those_the_sandbox_asks_for() -> None:
    needed = {operation.path: {frozenset(one) for one in operation.scopes} for operation in OPERATIONS}

    for resource in REPORTS:
        assert {frozenset(one) for one in resource.scopes} == needed[tuple(resource.path.split("/"))], resource.name

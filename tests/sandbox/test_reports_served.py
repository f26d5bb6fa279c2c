"""The reports as they are served: periods, pages, granularity, refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from pipelines.sandbox import chart
from pipelines.sandbox.dialect import parse
from tests.sandbox.conftest import Desk, frozen_group, open_desk

MONTHLY = (
    "assets", "cash_flow", "creditors", "debtors", "expenses_by_contact", "expenses_by_project", "revenue_by_contact",
    "revenue_by_project", "subscriptions", "tax",
)  # fmt: skip
YEARLY = ("balance_sheet", "general_ledger", "profit_loss")
WITH_GRANULARITY = {*MONTHLY, *YEARLY} - {"assets", "subscriptions"}


@pytest.fixture(scope="module")
def desk_of() -> Iterator[Callable[[str], Desk]]:
    """A desk per dialect, each made once."""
    opened = []

    @cache
    def make(dialect: str) -> Desk:
        desk = open_desk(frozen_group(dialect=parse(dialect), years=1, administrations=2))
        opened.append(desk)
        return next(desk)

    yield make
    for desk in opened:
        desk.close()  # type: ignore[attr-defined]


def refused(desk: Desk, name: str, **query: Any) -> str:
    answer = desk.get("Studio", f"reports/{name}.json", **query)
    assert answer.status_code == 400, (name, query, answer.text)
    return str(answer.json()["error"])


@pytest.mark.parametrize("name", [*MONTHLY, *YEARLY])
def test_periods_are_whole_months_and_at_most_a_year(desk_of: Callable[[str], Desk], name: str) -> None:
    desk = desk_of("")
    for period in ("202601..202612", "20260101..20260331", "prev_quarter", "this_year", "202602", "prev_month"):
        assert desk.get("Studio", f"reports/{name}.json", period=period).status_code == 200, period
    assert refused(desk, name, period="202601..202701") == "Period cannot exceed 12 months"
    for period in ("20260102..20260131", "2026", "this_week", "202612..202601", "tomorrow"):
        assert refused(desk, name, period=period) == "Period is invalid"


@pytest.mark.parametrize("name", [*MONTHLY, *YEARLY])
def test_without_a_period_a_report_is_of_this_month(desk_of: Callable[[str], Desk], name: str) -> None:
    desk = desk_of("")
    path = f"reports/{name}.json"
    assert desk.get("Studio", path).json() == desk.get("Studio", path, period="202611").json()


@pytest.mark.parametrize("name", [*MONTHLY, *YEARLY])
def test_in_dialect_d11_some_took_one_month_until_september(desk_of: Callable[[str], Desk], name: str) -> None:
    desk = desk_of("D11=one_month")
    longer = {"period": "this_quarter"}
    if name in YEARLY:
        assert desk.get("Studio", f"reports/{name}.json", **longer).status_code == 200
    else:
        assert refused(desk, name, **longer) == "Period cannot exceed 1 month"
        assert desk.get("Studio", f"reports/{name}.json", period="202601").status_code == 200


@pytest.mark.parametrize("name", sorted({*MONTHLY, *YEARLY}))
def test_granularity_is_ignored_or_adds_periods(desk_of: Callable[[str], Desk], name: str) -> None:
    """Every period is the report of that period; which ones, only a dialect knows (D11)."""
    query = {"period": "202601..202607", "granularity": "quarter"}
    path = f"reports/{name}.json"
    assert "periods" not in desk_of("").get("Studio", path, **query).json()
    desk = desk_of("D11=granularity")
    answer = desk.get("Studio", path, **query).json()
    if name not in WITH_GRANULARITY:
        assert "periods" not in answer
        return
    parts = {
        "20260101..20260331": "202601..202603", "20260401..20260630": "202604..202606", "20260701..20260731": "202607",
    }  # fmt: skip
    assert [part.pop("period") for part in answer["periods"]] == list(parts)
    assert answer["periods"] == [
        desk.get("Studio", path, period=period, per_page=100).json() for period in parts.values()
    ]
    assert {key: value for key, value in answer.items() if key != "periods"} == desk.get(
        "Studio", path, period=query["period"]
    ).json()
    assert refused(desk, name, granularity="week") == "granularity does not have a valid value"


@pytest.mark.parametrize("name", ["debtors", "debtors_aging", "revenue_by_contact", "expenses_by_project"])
def test_lists_of_amounts_come_in_pages(desk_of: Callable[[str], Desk], name: str) -> None:
    desk = desk_of("")
    path, key = f"reports/{name}.json", name.removesuffix("_aging")
    everything = desk.get("Studio", path, per_page=100).json()[key]
    first = desk.get("Studio", path, per_page=1)
    assert first.json()[key] == everything[:1]
    assert ("Link" in first.headers) is (len(everything) > 1)
    assert desk.get("Studio", path, page=99).json() == {key: []}
    assert refused(desk, name, per_page=101) == "per_page does not have a valid value"
    assert refused(desk, name, per_page="many") == "per_page is invalid, per_page does not have a valid value"
    assert refused(desk, name, page="last") == "page is invalid"


def test_an_aging_ends_with_a_month_or_a_preset(desk_of: Callable[[str], Desk]) -> None:
    desk = desk_of("")

    def shown(until: str) -> Any:
        return desk.get("Studio", "reports/debtors_aging.json", period_until=until, per_page=100).json()

    assert shown("202609") == shown("prev_quarter")
    assert shown("202512") == shown("prev_year") != shown("202611")
    assert shown("this_month") == shown("202611")
    for until in ("next_month", "this_week", "202601..202602", "soon"):
        assert refused(desk, "debtors_aging", period_until=until) == "Period is invalid"


def test_the_older_report_of_an_account_shows_its_journal_entries(desk_of: Callable[[str], Desk]) -> None:
    desk = desk_of("")
    account = desk.names["Studio"].roles[chart.AR]
    old = desk.get("Studio", f"reports/ledger_accounts/{account}.json", period="202610")
    new = desk.get("Studio", "reports/journal_entries.json", period="202610", ledger_account_id=account)
    assert old.json() == new.json() != []
    assert old.headers["X-Total-Count"] == new.headers["X-Total-Count"]
    for unknown in ("1", "none"):
        answer = desk.get("Studio", f"reports/ledger_accounts/{unknown}.json")
        assert (answer.status_code, answer.json()) == (404, {"error": "Record not found for model name: Category"})


def test_in_dialect_d5_a_contact_finds_only_lines_that_show_it(desk_of: Callable[[str], Desk]) -> None:
    kinds = {}
    for dialect in ("", "D5"):
        desk = desk_of(dialect)
        studio = desk.names["Studio"]
        sold = next(i for i in studio.invoices.values() if i.invoice_date and i.invoice_date.year == 2026)
        query = {"period": "202601..202612", "contact_id": sold.contact_id, "per_page": 100}
        found = desk.get("Studio", "reports/journal_entries.json", **query).json()
        kinds[dialect] = {studio.accounts[int(row["ledger_account_id"])].role for row in found}
    assert kinds["D5"] <= {chart.AR, chart.AP}
    assert kinds[""] > kinds["D5"]

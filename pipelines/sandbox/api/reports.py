"""The reports that add up, each over a period of whole months.

Three reports always took twelve months; the others were lifted from one on 2026-09-30. D11 says which of three states
of the service answers: `twelve_months` (default, `granularity` unknown and ignored), `one_month`, and `granularity`,
which since October 2026 adds `periods` to eleven reports. The stored contract lacks it: that every element of `periods`
is the report itself with the `period` it is about is a guess from the changelog's words (`profit_loss_amounts`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from pipelines.sandbox import reports
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import text
from pipelines.sandbox.api import periods
from pipelines.sandbox.api.answer import Call, Reply, refuse
from pipelines.sandbox.api.paging import paginate
from pipelines.sandbox.api.routing import BANK, BOOKKEEPING, DOCUMENT, INVOICE, Handler, Operation, Scopes, row
from pipelines.sandbox.identifiers import id_of
from pipelines.sandbox.ledger import Month, first_day
from pipelines.sandbox.reports.debts import Side

Report = Callable[[Administration, Month, Month], Any]
Rows = list[tuple[int | None, int]]
GRANULARITIES = {"month": 1, "quarter": 3, "year": 12}


def once_a_month(call: Call) -> tuple[Month, Month]:
    """The period of a report that took one month at most until 2026-09-30."""
    one = call.world.dialect.d11_report_period == "one_month"
    return _period(call, 1 if one else periods.LONGEST_REPORT_MONTHS)


def _period(call: Call, longest: int = periods.LONGEST_REPORT_MONTHS) -> tuple[Month, Month]:
    return periods.for_report(call.query.get("period") or "this_month", call.world.clock.today(), longest)


def _answer(call: Call, first: Month, last: Month, report: Report) -> dict[str, Any]:
    """The report, with `periods` where somebody asks for a granularity and the dialect knows it."""
    whole: dict[str, Any] = report(call.administration, first, last)
    wanted = call.query.get("granularity")
    if not wanted or call.world.dialect.d11_report_period != "granularity":
        return whole
    if wanted not in GRANULARITIES:
        raise refuse(400, "granularity does not have a valid value")  # the words of other lists of values
    cut = periods.parts(first, last, GRANULARITIES[wanted])
    return {
        **whole,
        "periods": [{"period": _words(start, end), **report(call.administration, start, end)} for start, end in cut],
    }


def _words(first: Month, last: Month) -> str:
    """As the period of a detail is written: `20260101..20260331`."""
    return f"{first_day(first):%Y%m%d}..{date.fromordinal(first_day(last + 1).toordinal() - 1):%Y%m%d}"


def general_ledger(call: Call) -> Reply:
    return Reply(200, _answer(call, *_period(call), reports.general_ledger))


def balance_sheet(call: Call) -> Reply:
    return Reply(200, _answer(call, *_period(call), reports.balance_sheet))


def profit_loss(call: Call) -> Reply:
    """`project_id` keeps to the lines of one project; of one that is not there, there are none."""
    project = call.query.get("project_id") or None
    project_id = None if project is None else id_of(project)

    def report(administration: Administration, first: Month, last: Month) -> Any:
        return reports.profit_loss(administration, first, last, project_id)

    return Reply(200, _answer(call, *_period(call), report))


def tax(call: Call) -> Reply:
    return Reply(200, _answer(call, *once_a_month(call), reports.tax))


def assets(call: Call) -> Reply:
    return Reply(200, reports.assets(call.administration, *once_a_month(call)))


def subscriptions(call: Call) -> Reply:
    return Reply(200, reports.subscriptions(call.administration, *once_a_month(call)))


def cash_flow(call: Call) -> Reply:
    """Of one financial account or of all of them; one that is not there has no money."""
    account = call.query.get("financial_account_id") or None
    account_id = None if account is None else id_of(account)

    def report(administration: Administration, first: Month, last: Month) -> dict[str, Any]:
        return reports.cash_flow(administration, first, last, account_id)

    return Reply(200, _answer(call, *once_a_month(call), report))


def _listed(name: str, key: str, rows: Callable[[Administration, Month, Month], Rows]) -> Handler:
    """A report that is pages of ids with amounts under one name."""

    def render(row: tuple[int | None, int]) -> dict[str, Any]:
        return {key: str(row[0]) if row[0] else None, "amount": text(row[1])}

    def report(administration: Administration, first: Month, last: Month) -> dict[str, Any]:
        return {name: [render(row) for row in rows(administration, first, last)]}

    def handler(call: Call) -> Reply:
        answer = _answer(call, *once_a_month(call), report)
        page = paginate(call, answer[name], lambda row: row)
        return Reply(200, {**answer, name: page.body}, page.headers)

    return handler


def _aging(side: Side) -> Handler:
    def handler(call: Call) -> Reply:
        as_of = periods.until(call.query.get("period_until") or "this_month", call.world.clock.today())
        page = paginate(call, reports.aging(call.administration, side, as_of), lambda row: row)
        return Reply(200, {side.name: page.body}, page.headers)

    return handler


def _debts(side: Side) -> Handler:
    return _listed(side.name, "contact_id", lambda *asked: reports.balances(asked[0], side, asked[1], asked[2]))


def _contacts(name: str, kinds: tuple[str, ...]) -> Handler:
    return _listed(name, "contact_id", lambda *asked: reports.by_contact(asked[0], kinds, asked[1], asked[2]))


def _projects(name: str, kinds: tuple[str, ...]) -> Handler:
    return _listed(name, "project_id", lambda *asked: reports.by_project(asked[0], kinds, asked[1], asked[2]))


_TABLE: tuple[tuple[str, Scopes, Handler], ...] = (
    ("general_ledger", BANK, general_ledger),
    ("balance_sheet", BANK, balance_sheet),
    ("cash_flow", BANK, cash_flow),
    ("profit_loss", BOOKKEEPING, profit_loss),
    ("tax", BOOKKEEPING, tax),
    ("assets", DOCUMENT, assets),
    ("creditors", DOCUMENT, _debts(reports.CREDITORS)),
    ("creditors_aging", DOCUMENT, _aging(reports.CREDITORS)),
    ("expenses_by_contact", DOCUMENT, _contacts("expenses_by_contact", reports.EXPENSES)),
    ("expenses_by_project", DOCUMENT, _projects("expenses_by_project", reports.EXPENSES)),
    ("debtors", INVOICE, _debts(reports.DEBTORS)),
    ("debtors_aging", INVOICE, _aging(reports.DEBTORS)),
    ("revenue_by_contact", INVOICE, _contacts("revenue_by_contact", reports.REVENUE)),
    ("revenue_by_project", INVOICE, _projects("revenue_by_project", reports.REVENUE)),
    ("subscriptions", INVOICE, subscriptions),
)

OPERATIONS: tuple[Operation, ...] = tuple(
    row("GET", f"reports/{name}", scopes, answer) for name, scopes, answer in _TABLE
)

"""The reports `general_ledger` and `journal_entries`."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.sandbox import reports
from pipelines.sandbox.api import periods
from pipelines.sandbox.api.answer import Call, Reply, refuse
from pipelines.sandbox.api.paging import paginate
from pipelines.sandbox.ledger import Posting

_KINDS = (
    "non_current_assets", "current_assets", "equity", "non_current_liabilities", "current_liabilities", "revenue",
    "direct_costs", "expenses", "other_income_expenses", "other", "temporary", "provisions",
)  # fmt: skip


def general_ledger(call: Call) -> Reply:
    period = call.query.get("period") or "this_month"
    first, last = periods.for_report(period, call.world.clock.today())
    return Reply(200, reports.general_ledger(call.administration, first, last))


def journal_entries(call: Call) -> Reply:
    """Lines of an account, contact or project; newest first. `null` asks for lines without contact or project."""
    account, contact, project = (call.query.get(name) for name in ("ledger_account_id", "contact_id", "project_id"))
    if not (account or contact or project):
        raise refuse(400, "at least a contact_id, project_id or ledger_account_id is required")
    kind = call.query.get("account_type")
    if kind and not (contact or project):
        raise refuse(400, "when account_type is present, a contact_id or project_id is required")
    if kind and kind not in _KINDS:
        raise refuse(400, "account_type does not have a valid value")
    longest = 1 if call.world.dialect.d11_report_period == "one_month" else periods.LONGEST_REPORT_MONTHS
    first, last = periods.for_report(call.query.get("period") or "this_month", call.world.clock.today(), longest)
    administration = call.administration
    accounts = (
        reports.with_children(administration, int(account))
        if account and account.isdecimal()
        else []
        if account
        else list(administration.accounts)
    )
    if kind:
        accounts = [id_ for id_ in accounts if administration.accounts[id_].kind == kind]
    lines = [
        posting
        for posting in reports.journal_entries(administration, first, last, accounts)
        if _fits(contact, lambda posting: posting.contact_id, posting)
        and _fits(project, lambda posting: posting.project_id, posting)
    ]
    lines.sort(key=lambda posting: (posting.day, posting.id), reverse=True)
    return paginate(call, lines, lambda posting: reports.line(administration, posting), counted=True)


def _fits(wanted: str | None, value: Callable[[Posting], int | None], posting: Posting) -> bool:
    if not wanted:
        return True
    found = value(posting)
    return found is None if wanted == "null" else str(found) == wanted

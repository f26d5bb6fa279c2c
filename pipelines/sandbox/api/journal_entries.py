"""The two reports of single lines: `journal_entries` and the older `ledger_accounts/{id}` that it replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pipelines.sandbox import reports
from pipelines.sandbox.api.answer import Call, Reply, not_there, refuse
from pipelines.sandbox.api.paging import paginate
from pipelines.sandbox.api.reports import once_a_month
from pipelines.sandbox.api.routing import BOOKKEEPING, Operation, row
from pipelines.sandbox.identifiers import id_of
from pipelines.sandbox.ledger import Posting

_KINDS = (
    "non_current_assets", "current_assets", "equity", "non_current_liabilities", "current_liabilities", "revenue",
    "direct_costs", "expenses", "other_income_expenses", "other", "temporary", "provisions",
)  # fmt: skip


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
    administration = call.administration
    accounts = _accounts(call, account)
    if kind:
        accounts = [id_ for id_ in accounts if administration.accounts[id_].kind == kind]

    def fits(posting: Posting) -> bool:
        return _fits(contact, reports.shown_contact(administration, posting)) and _fits(project, posting.project_id)

    return _lines(call, accounts, fits)


def ledger_account(call: Call) -> Reply:
    """Deprecated since 2025-10-21; the account's own lines in the same words."""
    account_id = call.id("ledger_account_id")
    if account_id not in call.administration.accounts or account_id is None:
        raise not_there("Category")
    return _lines(call, [account_id], lambda _: True)


def _lines(call: Call, accounts: Iterable[int], fits: Callable[[Posting], bool]) -> Reply:
    administration = call.administration
    lines = [
        posting for posting in reports.journal_entries(administration, *once_a_month(call), accounts) if fits(posting)
    ]
    lines.sort(key=lambda posting: (posting.day, posting.id), reverse=True)
    return paginate(call, lines, lambda posting: reports.line(administration, posting), counted=True)


def _accounts(call: Call, account: str | None) -> list[int]:
    """An account that is not there has no lines."""
    if not account:
        return list(call.administration.accounts)
    return reports.with_children(call.administration, id_of(account)) if id_of(account) else []


def _fits(wanted: str | None, found: int | None) -> bool:
    if not wanted:
        return True
    return found is None if wanted == "null" else str(found) == wanted


OPERATIONS: tuple[Operation, ...] = (
    row("GET", "reports/journal_entries", BOOKKEEPING, journal_entries),
    row("GET", "reports/ledger_accounts/{ledger_account_id}", BOOKKEEPING, ledger_account),
)

"""Every operation that is served: method, path below the administration, scopes, handler.

`scopes` are alternatives (or) of scopes that are all needed (and), as the contract's "Required scope(s)" says. A path
ending in `*` takes the rest of the path, because a reference may hold anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.sandbox.api import contacts, drafts, hours, invoices, ledger, settings
from pipelines.sandbox.api.answer import Call, Reply

Scopes = tuple[tuple[str, ...], ...]

_CONTACT: Scopes = (("estimates",), ("sales_invoices",), ("documents",), ("bank",), ("settings",))
_SETTING: Scopes = (("settings",), ("sales_invoices",), ("documents",), ("estimates",))
_INVOICE: Scopes = (("sales_invoices",),)
_ADMIN: Scopes = (("settings",),)
_HOURS: Scopes = (("time_entries",),)
_BANK: Scopes = (("bank",),)
_LEDGER: Scopes = (("sales_invoices", "documents"),)


@dataclass(frozen=True)
class Operation:
    """One row of the table."""

    method: str
    path: tuple[str, ...]
    scopes: Scopes
    handler: Callable[[Call], Reply]

    @property
    def bucket(self) -> str:
        return "reports" if self.path[0] == "reports" else "general"


def _row(method: str, path: str, scopes: Scopes, handler: Callable[[Call], Reply]) -> Operation:
    return Operation(method, tuple(path.split("/")), scopes, handler)


OPERATIONS: tuple[Operation, ...] = (
    _row("GET", "contacts", _CONTACT, contacts.listed),
    _row("GET", "contacts/filter", _CONTACT, contacts.filtered),
    _row("GET", "contacts/synchronization", _CONTACT, contacts.versions),
    _row("POST", "contacts/synchronization", _CONTACT, contacts.by_ids),
    _row("GET", "contacts/customer_id/{customer_id}*", _CONTACT, contacts.by_customer_id),
    _row("GET", "contacts/{id}", _CONTACT, contacts.single),
    _row("GET", "sales_invoices", _INVOICE, invoices.listed),
    _row("POST", "sales_invoices", _INVOICE, drafts.create),
    _row("GET", "sales_invoices/synchronization", _INVOICE, invoices.versions),
    _row("POST", "sales_invoices/synchronization", _INVOICE, invoices.by_ids),
    _row("GET", "sales_invoices/find_by_reference/{reference}*", _INVOICE, invoices.by_reference),
    _row("GET", "sales_invoices/find_by_invoice_id/{invoice_id}*", _INVOICE, invoices.by_invoice_id),
    _row("GET", "sales_invoices/{id}", _INVOICE, invoices.single),
    _row("DELETE", "sales_invoices/{id}", _INVOICE, invoices.delete),
    _row("GET", "ledger_accounts", _SETTING, settings.ledger_accounts),
    _row("GET", "ledger_accounts/{id}", _SETTING, settings.ledger_account),
    _row("GET", "tax_rates", _SETTING, settings.tax_rates),
    _row("GET", "projects", _ADMIN, settings.projects),
    _row("GET", "projects/{id}", _ADMIN, settings.project),
    _row("GET", "users", _ADMIN, settings.users),
    _row("GET", "time_entries", _HOURS, hours.listed),
    _row("GET", "time_entries/{id}", _HOURS, hours.single),
    _row("GET", "reports/general_ledger", _BANK, ledger.general_ledger),
    _row("GET", "reports/journal_entries", _LEDGER, ledger.journal_entries),
)


def find(method: str, segments: list[str]) -> tuple[Operation | None, dict[str, str], bool]:
    """The operation with its path arguments, and whether the path exists at all under another method."""
    known = False
    for operation in OPERATIONS:
        arguments = _match(operation.path, segments)
        if arguments is not None:
            if operation.method == method:
                return operation, arguments, True
            known = True
    return None, {}, known


def _match(pattern: tuple[str, ...], segments: list[str]) -> dict[str, str] | None:
    arguments: dict[str, str] = {}
    for position, part in enumerate(pattern):
        if position >= len(segments):
            return None
        if part.endswith("*"):
            arguments[part[1:-2]] = "/".join(segments[position:])
            return arguments
        if part.startswith("{"):
            arguments[part[1:-1]] = segments[position]
        elif part != segments[position]:
            return None
    return arguments if len(pattern) == len(segments) else None


def missing_scope(operation: Operation, scopes: frozenset[str]) -> str | None:
    """The words of `No access to …` when the token lacks scopes; None when it has enough."""
    if any(set(alternative) <= scopes for alternative in operation.scopes):
        return None
    names = [" and ".join(alternative) for alternative in operation.scopes]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"

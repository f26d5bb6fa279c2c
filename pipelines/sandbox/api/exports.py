"""Exports asked for: 204 at once, and some seconds later the file is among the downloads.

A repeated request while the same export is being prepared is 204 too, and starts nothing.
"""

from __future__ import annotations

from collections import Counter

from pipelines.sandbox.actions import exports
from pipelines.sandbox.api.answer import Call, Reply, refuse
from pipelines.sandbox.api.routing import BOOKKEEPING, Operation, Scopes, row
from pipelines.sandbox.exports.auditfile import VERSIONS
from pipelines.sandbox.exports.year import has_lines

AUDITFILE: Scopes = (("bank", "documents", "estimates", "sales_invoices", "settings"),)
BRIDGE: Scopes = (("documents", "sales_invoices", "bank"),)
# The words of a refusal; those of the first name a permission that is no scope.
AUDITFILE_ACCESS = "contacts, documents, estimates, sales_invoices, bank and settings"
BRIDGE_ACCESS = "documents, sales_invoices and bank"
CARDS_ACCESS = "sales_invoices and documents"


def auditfile(call: Call) -> Reply:
    """Refused when an account has no number, or that of another one."""
    year, administration = _year(call), call.administration
    version = str(call.object().get("version") or VERSIONS[0])
    if version not in VERSIONS:
        raise refuse(400, "version does not have a valid value")
    numbers = Counter(account.number for account in administration.accounts.values())
    if "" in numbers or any(count > 1 for count in numbers.values()):
        words = "Missing or duplicate account IDs"
        raise refuse(400, words, {"base": "missing_or_duplicate_account_ids"})
    _refuse_empty(call, year)
    return _begin(call, "auditfile", year, version)


def ledger_accounts(call: Call) -> Reply:
    year = _year(call)
    _refuse_empty(call, year)
    return _begin(call, "export_ledger_account_report", year)


def brugstaat(call: Call) -> Reply:
    """Of any year, also one without lines."""
    year = _year(call)
    if not all(account.rgs for account in call.administration.accounts.values()):
        words = "Not all categories are linked to a RGS code. This is mandatory before downloading a RGS Brugstaat"
        raise refuse(400, words)
    return _begin(call, "brugstaat", year)


def _year(call: Call) -> int:
    """Four digits. The words follow other operations of this family; no example has a wrong year."""
    value = call.object().get("year")
    if value is None:
        raise refuse(400, "year is missing")
    text = str(value)
    if isinstance(value, bool) or not text.isdecimal() or len(text) != 4 or text == "0000":
        raise refuse(400, "year does not have a valid value")
    return int(text)


def _refuse_empty(call: Call, year: int) -> None:
    if not has_lines(call.administration, year):
        raise refuse(400, "Period contains no journal entries", {"period": "contains_no_journal_entries"})


def _begin(call: Call, kind: str, year: int, version: str | None = None) -> Reply:
    pace = call.world.exports
    made = exports.ask(call.administration, kind, year, pace.seconds, version=version, fails=pace.fail > 0)
    if made is not None:
        pace.count_down()
    return Reply(204)


OPERATIONS: tuple[Operation, ...] = (
    row("POST", "reports/export/auditfile", AUDITFILE, auditfile, AUDITFILE_ACCESS),
    row("POST", "reports/export/ledger_accounts", BOOKKEEPING, ledger_accounts, CARDS_ACCESS),
    row("POST", "reports/export/brugstaat", BRIDGE, brugstaat, BRIDGE_ACCESS),
)

"""Time entries. No version feed and no `updated_after`; running timers hide without `include_active:true`."""

from __future__ import annotations

from datetime import date

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api import filters, periods
from pipelines.sandbox.api.answer import Call, Reply, not_found, refuse
from pipelines.sandbox.api.paging import paginate
from pipelines.sandbox.api.routing import HOURS, Operation, row
from pipelines.sandbox.clock import local_date
from pipelines.sandbox.model import TimeEntry
from pipelines.sandbox.render.settings import time_entry

DEFAULT_FILTER = "period:this_year"


def _filtered(call: Call) -> list[TimeEntry]:
    """The entries that match, newest first."""
    administration = call.administration
    chosen = filters.terms(call, DEFAULT_FILTER)
    found = list(administration.time_entries.values())
    if not filters.is_true(chosen.get("include_active", "")):
        found = [entry for entry in found if entry.ended is not None]
    for key, value in chosen.items():
        found = _narrowed(administration, found, key, value, filters.is_true(chosen.get("include_nil_contacts", "")))
    if query := call.query.get("query", "").lower():
        found = [entry for entry in found if query in entry.description.lower()]
    return sorted(found, key=lambda entry: (entry.started, entry.id), reverse=True)


def _narrowed(
    administration: Administration, found: list[TimeEntry], key: str, value: str, nil_contacts: bool
) -> list[TimeEntry]:
    if key == "state":
        states = filters.one_of(value, ("all", "open", "non_billable"))
        return found if "all" in states else [entry for entry in found if _state(entry) in states]
    if key == "period":
        start, end = periods.for_list(value, administration.clock.today())
        return [entry for entry in found if start <= local_date(entry.started) <= end]
    if key == "day":
        return [entry for entry in found if local_date(entry.started) == _day(value)]
    if key == "contact_id":
        # The example without filter shows entries without contact, so the switch can only widen this filter.
        if filters.number(value) not in administration.contacts:
            raise not_found("contact_id")
        wanted = {filters.number(value), None} if nil_contacts else {filters.number(value)}
        return [entry for entry in found if entry.contact_id in wanted]
    if key == "user_id":
        if filters.number(value) not in administration.users:
            raise not_found("user_id")
        return [entry for entry in found if entry.user_id == filters.number(value)]
    if key == "project_id":
        return [entry for entry in found if entry.project_id == filters.number(value)]
    return found


def _state(entry: TimeEntry) -> str:
    if not entry.billable:
        return "non_billable"
    return "open" if entry.invoice_id is None else "invoiced"


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise refuse(400, "Day is invalid", {"filter": "invalid"}) from None  # wording not in any example


def _sees_invoices(call: Call) -> bool:
    return "sales_invoices" in call.token.scopes


def listed(call: Call) -> Reply:
    return paginate(call, _filtered(call), lambda entry: time_entry(call.administration, entry, _sees_invoices(call)))


def single(call: Call) -> Reply:
    entry = call.find(call.administration.time_entries)
    return Reply(200, time_entry(call.administration, entry, _sees_invoices(call)))


OPERATIONS: tuple[Operation, ...] = (
    row("GET", "time_entries", HOURS, listed),
    row("GET", "time_entries/{id}", HOURS, single),
)

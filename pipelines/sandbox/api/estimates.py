"""Estimates: list, lookups, synchronization, paper, and the table of all their operations.

Lists and versions show this year without a filter; a draft without a date counts as today's.
"""

from __future__ import annotations

from pipelines.sandbox import states_estimates
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api import attachments, estimates_writes, filters, links, notes, periods
from pipelines.sandbox.api.answer import Call, Reply, not_found
from pipelines.sandbox.api.bearers import Bearer
from pipelines.sandbox.api.paging import paginate
from pipelines.sandbox.api.routing import ESTIMATE, Operation, row
from pipelines.sandbox.api.synchronization import asked_ids
from pipelines.sandbox.model import Estimate
from pipelines.sandbox.render.estimates import estimate as render
from pipelines.sandbox.render.estimates import estimate_pdf, name_of

DEFAULT_FILTER = "period:this_year"


def _filtered(call: Call) -> list[Estimate]:
    """The estimates that match, newest first."""
    administration = call.administration
    found = list(administration.estimates.values())
    for key, value in filters.terms(call, DEFAULT_FILTER).items():
        found = _narrowed(administration, found, key, value)
    return sorted(found, key=lambda estimate: estimate.id, reverse=True)


def _narrowed(administration: Administration, found: list[Estimate], key: str, value: str) -> list[Estimate]:
    today = administration.clock.today()
    if key == "state":
        chosen = filters.one_of(value, ("all", *states_estimates.ALL))
        return found if "all" in chosen else [e for e in found if states_estimates.state(e, today) in chosen]
    if key == "period":
        start, end = periods.for_list(value, today)
        return [e for e in found if start <= (e.estimate_date or today) <= end]
    if key == "contact_id":
        return [e for e in found if e.contact_id == filters.number(value)]
    if key == "workflow_id":
        return [e for e in found if e.workflow_id == filters.number(value)]
    return found


def listed(call: Call) -> Reply:
    return paginate(call, _filtered(call), lambda estimate: render(call.administration, estimate))


def versions(call: Call) -> Reply:
    now = call.administration.clock.milliseconds()
    found = _filtered(call)
    return Reply(200, [{"id": str(e.id), "version": states_estimates.updated(e, now) // 1000} for e in found])


def by_ids(call: Call) -> Reply:
    known = call.administration.estimates
    return Reply(200, [render(call.administration, known[id_]) for id_ in asked_ids(call) if id_ in known])


def single(call: Call) -> Reply:
    return Reply(200, render(call.administration, estimates_writes.found(call)))


def by_estimate_id(call: Call) -> Reply:
    wanted = call.arguments["estimate_id"]
    for estimate in call.administration.estimates.values():
        if estimate.number == wanted:
            return Reply(200, render(call.administration, estimate))
    raise not_found("estimate_id", f"Estimate with estimate_id: {wanted} was not found")


def pdf(call: Call) -> Reply:
    estimate = estimates_writes.found(call)
    return links.pdf(
        call, name_of(estimate), lambda stationery: estimate_pdf(call.administration, estimate, stationery)
    )


BEARER = Bearer("Estimate", "estimates", "estimate_id", ESTIMATE, lambda owner: owner.estimates)

OPERATIONS: tuple[Operation, ...] = (
    row("GET", "estimates", ESTIMATE, listed),
    row("GET", "estimates/synchronization", ESTIMATE, versions),
    row("POST", "estimates/synchronization", ESTIMATE, by_ids),
    row("GET", "estimates/find_by_estimate_id/{estimate_id}*", ESTIMATE, by_estimate_id),
    row("GET", "estimates/{id}", ESTIMATE, single),
    row("GET", "estimates/{id}/download_pdf", ESTIMATE, pdf),
    *estimates_writes.OPERATIONS,
    *notes.operations(BEARER),
    *attachments.operations(BEARER, record_id="estimate_id", file_id="id"),
)

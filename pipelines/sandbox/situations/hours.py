"""Worked hours and the projects they were worked on."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.model import Project, TimeEntry


def _on_draft(administration: Administration, entry: TimeEntry) -> bool:
    invoice = administration.invoices.get(entry.invoice_id or 0)
    return invoice is not None and invoice.sent_on is None


ENTRIES: dict[str, Callable[[Administration, TimeEntry], bool]] = {
    "hours running": lambda _, entry: entry.ended is None,
    "hours unbilled": lambda _, entry: bool(entry.billable and entry.ended and entry.invoice_id is None),
    "hours billed": lambda a, entry: entry.invoice_id is not None and not _on_draft(a, entry),
    "hours on a draft": _on_draft,
    "hours not billable": lambda _, entry: not entry.billable,
    "hours with a pause": lambda _, entry: entry.paused > 0,
}

PROJECTS: dict[str, Callable[[Administration, Project], bool]] = {
    "project active": lambda _, project: project.state == "active",
    "project archived": lambda _, project: project.state == "archived",
    "project without a budget": lambda _, project: project.budget is None,
}

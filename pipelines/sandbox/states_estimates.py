"""What an estimate is at a moment: state, what counts in its total, when it last changed.

The calendar changes it too: the day after its due date an open estimate is late, with a new version one minute after
midnight in Amsterdam, as invoices are. By analogy: no document says when an estimate expires.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from pipelines.sandbox import amounts
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import Figures
from pipelines.sandbox.cards import Milliseconds
from pipelines.sandbox.clock import moment
from pipelines.sandbox.model import Estimate, Line

ALL = ("draft", "open", "late", "accepted", "rejected", "billed", "archived")


def state(estimate: Estimate, today: date) -> str:
    for name, day in (
        ("archived", estimate.archived_on),
        ("billed", estimate.billed_on),
        ("rejected", estimate.rejected_on),
        ("accepted", estimate.accepted_on),
    ):
        if day is not None:
            return name
    if estimate.sent_on is None:
        return "draft"
    return estimate.held or ("open" if today <= estimate.due_date else "late")


def updated(estimate: Estimate, now: Milliseconds) -> Milliseconds:
    """Unix milliseconds of the last change, by a person or by the calendar."""
    if estimate.held is not None or state(estimate, date.max) != "late":
        return estimate.updated
    at = became_late(estimate)
    return max(estimate.updated, at) if at <= now else estimate.updated


def became_late(estimate: Estimate) -> Milliseconds:
    """The moment at which the calendar makes it late when it is open then."""
    return moment(estimate.due_date + timedelta(days=1), 0, 1)


def counts(line: Line) -> bool:
    """Whether the line is in the total: an optional one is when the client selected it."""
    return line.is_selected or not line.is_optional


def figures(administration: Administration, estimate: Estimate) -> Figures:
    """Totals over the lines that count; `nets` stand in the order of all lines, as shown on each."""
    whole = administration.figures(estimate)
    counted = [line for line in estimate.lines if counts(line)]
    if len(counted) == len(estimate.lines):
        return whole
    per_line = administration.dialect.d18_tax_rounding == "per_line"
    rest = amounts.figures(replace(estimate, lines=counted), administration.tax_rates, per_line)
    return rest._replace(nets=whole.nets, nets_base=whole.nets_base)

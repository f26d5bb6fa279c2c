"""`revenue_by_contact`, `revenue_by_project`, `expenses_by_contact`, `expenses_by_project`.

Sums of result lines without year-end journals: revenue credit positive; expenses (the types `expenses` and
`direct_costs`, as the contract's own advice for their details says) debit positive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.ledger import Month, Posting
from pipelines.sandbox.model import Cents
from pipelines.sandbox.reports import sums

REVENUE = ("revenue",)
EXPENSES = ("expenses", "direct_costs")

Rows = list[tuple[int | None, Cents]]


def by_contact(administration: Administration, kinds: tuple[str, ...], first: Month, last: Month) -> Rows:
    """Largest first; nobody at zero."""
    found = _grouped(administration, kinds, first, last, lambda posting: posting.contact_id)
    return sorted(((id_, amount) for id_, amount in found.items() if amount), key=lambda row: (-row[1], row[0] or 0))


def by_project(administration: Administration, kinds: tuple[str, ...], first: Month, last: Month) -> Rows:
    """What has no project comes first and is always there, as in every example."""
    found = _grouped(administration, kinds, first, last, lambda posting: posting.project_id)
    rest = found.pop(None, 0)
    projects: Rows = [(id_, amount) for id_, amount in found.items() if amount]
    return [(None, rest), *sorted(projects, key=lambda row: row[0] or 0)]


def _grouped(
    administration: Administration,
    kinds: tuple[str, ...],
    first: Month,
    last: Month,
    key: Callable[[Posting], int | None],
) -> dict[int | None, Cents]:
    sign = -1 if kinds == REVENUE else 1
    found: dict[int | None, Cents] = defaultdict(int)
    for posting in sums.lines(administration, kinds, first, last):
        found[key(posting)] += sign * posting.amount
    return found

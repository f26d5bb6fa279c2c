"""What occurs in the group, and how often: counted from the facts, by code that knows nothing of the generator.

Every situation is a row: a name and when a record is in it. `situations` counts all rows over all administrations,
those that occur nowhere with 0; a test holds that each occurs three times at least, whatever the seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.situations import bank, beside, books, contacts, hours, intercompany, offers, purchases, sales
from pipelines.sandbox.world import World

Rows = dict[str, Callable[[Administration, Any], bool]]

# Records of one kind, and the situations one of them can be in.
FAMILIES: tuple[tuple[Callable[[Administration], Iterable[Any]], Rows], ...] = (
    (lambda a: a.invoices.values(), sales.INVOICES),
    (lambda a: a.external_invoices.values(), sales.EXTERNAL),
    (lambda a: a.purchases.values(), purchases.PURCHASES),
    (lambda a: a.payment_orders.values(), purchases.ORDERS),
    (lambda a: a.papers.values(), purchases.PAPERS),
    (lambda a: a.journals.values(), books.JOURNALS),
    (lambda a: a.assets.values(), books.ASSETS),
    (lambda a: a.estimates.values(), offers.ESTIMATES),
    (lambda a: a.recurring.values(), offers.RECURRING),
    (lambda a: a.subscriptions.values(), offers.SUBSCRIPTIONS),
    (lambda a: a.charges.values(), offers.CHARGES),
    (lambda a: a.products.values(), offers.PRODUCTS),
    (lambda a: a.time_entries.values(), hours.ENTRIES),
    (lambda a: a.contacts.values(), contacts.CONTACTS),
    (lambda a: a.projects.values(), hours.PROJECTS),
    (lambda a: a.tax_rates.values(), beside.RATES),
    (lambda a: a.workflows.values(), beside.WORKFLOWS),
    (lambda a: a.document_styles.values(), beside.STYLES),
    (lambda a: a.identities.values(), beside.IDENTITIES),
    (lambda a: a.webhooks.values(), beside.WEBHOOKS),
    (lambda a: a.downloads.values(), beside.DOWNLOADS),
    (lambda a: (note for notes in a.notes.values() for note in notes), beside.NOTES),
    (lambda a: (file for files in a.attachments.values() for file in files), beside.FILES),
)


def situations(world: World) -> dict[str, int]:
    """Name of the situation → how often it occurs in the whole group."""
    found: dict[str, int] = {}
    administrations = list(world.administrations.values())
    for records, rows in FAMILIES:
        for name, is_so in rows.items():
            found[name] = sum(is_so(a, record) for a in administrations for record in records(a))
    across = (bank.count, contacts.across, intercompany.between)
    for count in across:
        found |= count(administrations)
    return found

"""The event list of an administration, read off its facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from pipelines.sandbox import chart
from pipelines.sandbox.model import Journal, Mutation
from pipelines.sandbox.truth import assets, documents
from pipelines.sandbox.truth.happenings import (
    CLOSING,
    JOURNAL,
    OPENING,
    RETURN,
    Banked,
    Booked,
    Entered,
    Happening,
)

if TYPE_CHECKING:  # so that truth can be had without the books
    from pipelines.sandbox.administration import Administration


def timeline(administration: Administration) -> list[Happening]:
    """Everything that happened until today, oldest first; what is dated later is in it too (a period has its end)."""
    rules = documents.Rules(
        administration.roles,
        administration.tax_rates,
        administration.mutations,
        administration.dialect.d6_partial_months == "by_days",
        administration.dialect.d18_tax_rounding == "per_line",
    )
    papers: Iterable[documents.Document] = chain(
        administration.invoices.values(), administration.external_invoices.values(), administration.purchases.values()
    )
    today = administration.clock.today()
    found: list[Happening] = []
    for document in papers:
        found.extend(documents.happened(document, rules))
    for mutation in administration.mutations.values():
        found.extend(_bank(mutation, administration))
    for journal in administration.journals.values():
        found.extend(_journal(journal, administration))
    for asset in administration.assets.values():
        found.extend(assets.happened(asset, administration.roles, today))
    return sorted(found, key=lambda happening: happening.day)


def _bank(mutation: Mutation, administration: Administration) -> Iterator[Happening]:
    """A booking of a filed return is on the account for those, whatever it says (P-15)."""
    yield Banked(mutation.day, mutation.id, mutation.account_id, mutation.amount)
    for booking in mutation.bookings:
        filed = booking.vat_return_id is not None
        account_id = administration.roles[chart.VAT_SETTLE] if filed else booking.account_id
        yield Booked(mutation.day, mutation.id, account_id, booking.price, booking.contact_id, booking.description)


def _journal(journal: Journal, administration: Administration) -> Iterator[Happening]:
    kind = JOURNAL
    if journal.kind == "fiscal_year_ending":
        kind = CLOSING
    elif journal.is_vat_return:
        kind = RETURN
    elif journal.day.year <= administration.period_start_date.year and (journal.day.month, journal.day.day) == (12, 31):
        kind = OPENING  # the day before the first year of the books, which makes that the first year shown (P-17)
    for entry in journal.entries:
        yield Entered(
            journal.day, kind, journal.id, entry.account_id, entry.debit - entry.credit, entry.contact_id,
            entry.tax_rate_id, entry.description,
        )  # fmt: skip

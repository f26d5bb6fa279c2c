"""P-13, P-14, P-16 and P-17: what was booked by hand, and returns that were filed."""

from __future__ import annotations

from pipelines.sandbox.ledger import Posting
from pipelines.sandbox.model import Journal
from pipelines.sandbox.page import Page
from pipelines.sandbox.rules import follows, money


@follows(money.JOURNAL_AS_ENTERED, money.RETURN_AS_JOURNAL, money.YEAR_END, money.OPENING)
def journal(journal: Journal) -> list[Posting]:
    """The lines as they were entered; a tax rate adds none, it puts its line in the tax report (P-13)."""
    page = Page("VatDocument" if journal.is_vat_return else "Document", journal.id, journal.reference or "Memoriaal")
    for entry in journal.entries:
        page.move(
            journal.day,
            entry.account_id,
            entry.debit - entry.credit,
            entry.description,
            contact_id=entry.contact_id,
            project_id=entry.project_id,
            tax_rate_id=entry.tax_rate_id,
            closing=journal.kind == "fiscal_year_ending",
        )
    return page.lines

"""Every document posts itself in double entry, after POSTINGS (each method names its line there).

Documents in, postings out; nothing is stored here but which bank transactions are linked, and no report is made here
(`reports` sums). What POSTINGS marks as an assumption is a switch in `Dialect`; every rule has a row in `rules`.
"""

from __future__ import annotations

from pipelines.sandbox.books import assets, bank, journals, payments, purchases, sales
from pipelines.sandbox.books.bill import Bill
from pipelines.sandbox.books.desk import Desk
from pipelines.sandbox.ledger import Owner, Posting
from pipelines.sandbox.model import Asset, ExternalInvoice, Invoice, Journal, Mutation, Purchase


class Books:
    """One method per kind of document that posts."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def invoice(self, invoice: Invoice) -> list[Posting]:
        bill = sales.invoice_bill(self._desk, invoice)
        return sales.post(self._desk, bill, invoice) if bill else []

    def external(self, invoice: ExternalInvoice) -> list[Posting]:
        bill = sales.external_bill(self._desk, invoice)
        return sales.post(self._desk, bill, invoice) if bill else []

    def purchase(self, purchase: Purchase) -> list[Posting]:
        bill = purchases.bill(self._desk, purchase)
        return purchases.post(self._desk, bill, purchase) if bill else []

    def asset(self, asset: Asset) -> list[Posting]:
        """Up to today; the calendar asks again every day."""
        return assets.post(self._desk, asset)

    def journal(self, journal: Journal) -> list[Posting]:
        return journals.journal(journal)

    def mutation(self, mutation: Mutation) -> list[Posting]:
        return bank.mutation(self._desk, mutation)

    def relink(self, owner: Owner, document: Invoice | ExternalInvoice | Purchase | None) -> set[int]:
        """Notes what the document is paid from; ids of the bank transactions that must be posted again (D8)."""
        if not self._desk.replaces:
            return set()
        bill = self._bill(document) if document else None
        return self._desk.links.put(owner, payments.linked(self._desk, bill) if bill else {})

    def _bill(self, document: Invoice | ExternalInvoice | Purchase) -> Bill | None:
        if isinstance(document, Invoice):
            return sales.invoice_bill(self._desk, document)
        if isinstance(document, ExternalInvoice):
            return sales.external_bill(self._desk, document)
        return purchases.bill(self._desk, document)

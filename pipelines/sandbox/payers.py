"""From which bank transactions documents are paid: an index both ways, so that nothing searches all documents."""

from __future__ import annotations

from pipelines.sandbox.ledger import Owner
from pipelines.sandbox.model import ExternalInvoice, Invoice, Payment, Purchase

Payable = Invoice | ExternalInvoice | Purchase  # what money can be registered on


class Payers:
    """Must be told of every change of a document with payments."""

    def __init__(self) -> None:
        self._transactions: dict[Owner, tuple[int, ...]] = {}
        self._documents: dict[int, dict[Owner, Payable]] = {}

    def note(self, owner: Owner, document: Payable | None) -> None:
        """Takes in the payments of the document as they are now; None when it is gone."""
        for mutation_id in self._transactions.pop(owner, ()):
            self._documents[mutation_id].pop(owner, None)
        payments = document.payments if document is not None else []
        named = {id_ for payment in payments for id_ in (payment.mutation_id, payment.matched_mutation_id) if id_}
        if document is not None and named:
            self._transactions[owner] = tuple(named)
            for mutation_id in named:
                self._documents.setdefault(mutation_id, {})[owner] = document

    def paid_from(self, mutation_id: int) -> list[tuple[Payable, Payment]]:
        """Documents with the payments that were made from this bank transaction, or matched with it later; oldest
        first, so that storing a document again does not show the transaction otherwise."""
        found = [
            (document, payment)
            for document in self._documents.get(mutation_id, {}).values()
            for payment in document.payments
            if mutation_id in (payment.mutation_id, payment.matched_mutation_id)
        ]
        return sorted(found, key=lambda pair: pair[1].id)

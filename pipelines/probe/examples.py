"""Which month and which documents say most, so that few slices of the ledger answer many questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.probe.evidence import Evidence
from pipelines.probe.records import Document, Month, Payment


@dataclass(frozen=True)
class MainMonth:
    """The month whose debtors, revenue, VAT and bank lines are read. `revenue_id` is one account of its invoices."""

    month: Month
    revenue_id: str | None


def main_month(evidence: Evidence) -> MainMonth | None:
    """A month that is over, with a credit invoice, bank payments and ordinary invoices if there is one; the latest."""
    now = Month.of(evidence.today)
    documents = [d for d in evidence.outgoing() if d.is_posted and d.month and d.month < now]
    months = {d.month for d in documents if d.month}
    if not months:
        return None
    paid = {Month.of(payment.day) for _, payment in linked_payments(documents)}

    def worth(month: Month) -> tuple[bool, bool, bool, Month]:
        here = in_month(documents, month)
        return any(d.excl < 0 for d in here), month in paid, any(is_plain(d) and d.taxes for d in here), month

    best = max(months, key=worth)
    return MainMonth(best, _revenue_account(in_month(documents, best)))


def in_month(documents: Iterable[Document], month: Month) -> list[Document]:
    return [document for document in documents if document.is_posted and document.month == month]


def is_plain(document: Document) -> bool:
    """All of it is booked on one day: nothing is spread over periods."""
    return document.is_posted and not any(detail.period for detail in document.details)


def linked_payments(documents: Iterable[Document]) -> list[tuple[Document, Payment]]:
    """Payments that name a bank transaction, with the document they pay."""
    return [(d, payment) for d in documents if d.is_posted for payment in d.payments if payment.mutation_id]


def _revenue_account(documents: list[Document]) -> str | None:
    """The account that credit invoices and plain invoices share, else the one of most lines."""
    uses: Counter[str] = Counter()
    for document in documents:
        weight = 1 + 1_000 * (document.excl < 0) + 10 * bool(is_plain(document) and document.taxes)
        uses.update({detail.account_id: weight for detail in document.details if detail.net})
    return uses.most_common(1)[0][0] if uses else None

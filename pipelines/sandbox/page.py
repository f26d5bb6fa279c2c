"""The page a document's postings are written on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from pipelines.sandbox.ledger import Posting
from pipelines.sandbox.model import Cents


@dataclass
class Page:
    """The postings of one document while they are written down. `title` stands where a line has no description."""

    document_type: str
    document_id: int
    title: str
    lines: list[Posting] = field(default_factory=list)

    def move(
        self,
        day: date,
        account_id: int,
        amount: Cents,
        description: str,
        *,
        keep_side: str | None = None,
        document: tuple[str, int] | None = None,
        settles: tuple[str, int] | None = None,
        contact_id: int | None = None,
        project_id: int | None = None,
        tax_rate_id: int | None = None,
        financial_account_id: int | None = None,
        closing: bool = False,
    ) -> None:
        """Adds a posting; positive is debit. `keep_side` books a reversal negative on that side instead (D2).

        `settles` is the document that a payment's line on debtors or creditors pays.
        """
        debit, credit = (amount, 0) if amount >= 0 else (0, -amount)
        if keep_side == "debit":
            debit, credit = amount, 0
        elif keep_side == "credit":
            debit, credit = 0, -amount
        kind, number = document or (self.document_type, self.document_id)
        self.lines.append(
            Posting(
                day, account_id, debit, credit, kind, number, description or self.title, contact_id, project_id,
                tax_rate_id, financial_account_id, closing, 0, settles,
            )
        )  # fmt: skip

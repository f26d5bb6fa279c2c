"""`journal_entries`: the lines of the books, as much of them as a dialect lets people see.

The ledger knows of every line which document, contact and rate it is about. What the documentation leaves open about
*showing* that is decided here and nowhere else: the sign (D1), the document of a receipt's line on debtors (D3), on
which lines a tax rate stands (D4) and on which a contact (D5). The other reports look at the ledger and not at what is
shown, so those four change nothing there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pipelines.sandbox import chart
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import text
from pipelines.sandbox.ledger import Month, Posting

_CONTROL = (chart.AR, chart.AP)
_TAX = (chart.VAT_OUT, chart.VAT_IN)


def journal_entries(
    administration: Administration, first: Month, last: Month, accounts: Iterable[int]
) -> Iterator[Posting]:
    """The postings of the given accounts in the period, in no order."""
    for account_id in accounts:
        yield from administration.ledger.lines(account_id, first, last)


def with_children(administration: Administration, account_id: int) -> list[int]:
    """The account and, where a dialect says so (D13), the accounts below it."""
    if administration.dialect.d13_parent_filter == "own_lines":
        return [account_id]
    below = [account.id for account in administration.accounts.values() if account.parent_id == account_id]
    return [account_id, *below]


def shown_contact(administration: Administration, posting: Posting) -> int | None:
    """D5: by default every line of a document that has one; else only those on debtors and creditors."""
    if administration.dialect.d5_contact_on == "control":
        return posting.contact_id if _has_role(administration, posting, _CONTROL) else None
    return posting.contact_id


def shown_rate(administration: Administration, posting: Posting) -> int | None:
    """D4: by default on net and VAT lines alike."""
    stands_on = administration.dialect.d4_tax_rate_on
    if posting.tax_rate_id is None or stands_on == "net_and_vat":
        return posting.tax_rate_id
    return posting.tax_rate_id if _has_role(administration, posting, _TAX) is (stands_on == "vat") else None


def shown_document(administration: Administration, posting: Posting) -> tuple[str, int]:
    """D3: by default a receipt's line on debtors belongs to the bank transaction; else to the invoice it pays."""
    if posting.settles is not None and administration.dialect.d3_payment_lines == "invoice_on_control":
        return posting.settles
    return posting.document_type, posting.document_id


def _has_role(administration: Administration, posting: Posting, roles: Iterable[str]) -> bool:
    return any(posting.account_id == administration.roles[role] for role in roles)


def line(administration: Administration, posting: Posting) -> dict[str, Any]:
    """One journal entry as the report shows it. The sign of `amount` is D1."""
    amount = posting.amount
    if administration.dialect.d1_amount_sign == "natural_side":
        kind = administration.accounts[posting.account_id].kind
        amount = -amount if kind in chart.CREDIT_KINDS else amount
    document_type, document_id = shown_document(administration, posting)
    return {
        "id": str(posting.id),
        "date": posting.day.isoformat(),
        "document_type": document_type,
        "document_id": str(document_id),
        "ledger_account_id": str(posting.account_id),
        "project_id": _text(posting.project_id),
        "contact_id": _text(shown_contact(administration, posting)),
        "tax_rate_id": _text(shown_rate(administration, posting)),
        "financial_account_id": _text(posting.financial_account_id),
        "amount": text(amount),
        "description": posting.description,
    }


def _text(id_: int | None) -> str | None:
    return str(id_) if id_ else None

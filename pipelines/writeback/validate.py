"""The checklist a draft passes before it may be queued (DOMAIN §2.6, as far as it is possible now).

Not here yet: the VAT rule engine, the mapping from products to ledger accounts, and payment terms; a person chooses
rate and account until then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipelines.errors import CommandRefusedError
from pipelines.money import to_cents
from pipelines.writeback.catalogue import Catalogue
from pipelines.writeback.draft import MAXIMUM_AMOUNT, DraftInvoice, DraftLine


@dataclass(frozen=True)
class Finding:
    """One row of the checklist; `sentence` says what was found, and what to do when it is not good."""

    check: str
    is_good: bool
    sentence: str


def checklist(draft: DraftInvoice, catalogue: Catalogue, *, may_write: bool) -> list[Finding]:
    """Every check, good or not, in reading order. `may_write` is the setting for this administration."""
    return [
        _writable(draft, may_write),
        _administration(draft, catalogue),
        _contact(draft, catalogue),
        _date(draft, catalogue),
        *(finding for number, line in enumerate(draft.lines, 1) for finding in _line(draft, number, line, catalogue)),
        _bounded(draft),
    ]


def refuse_unless_good(findings: list[Finding]) -> None:
    """Raises CommandRefusedError with every sentence of the checklist that is not good."""
    wrong = [finding.sentence for finding in findings if not finding.is_good]
    if wrong:
        raise CommandRefusedError(" ".join(wrong))


def _writable(draft: DraftInvoice, may_write: bool) -> Finding:
    who = draft.administration_id
    if may_write:
        return Finding("writing is on", True, f"Administration {who} may be written to.")
    return Finding("writing is on", False, not_writable(who))


def not_writable(administration_id: str) -> str:
    """The sentence for an administration that is not listed."""
    return (
        f"Administration {administration_id} may not be written to; "
        "add it to dovecote.writable_administrations if it should be."
    )


def _administration(draft: DraftInvoice, catalogue: Catalogue) -> Finding:
    found = catalogue.administration(draft.administration_id)
    if found is None:
        return Finding(
            "administration",
            False,
            f"Administration {draft.administration_id} is not in the published data; run `dovecote run` first.",
        )
    if found.is_suspended:
        return Finding(
            "administration", False, f"{found.name} is suspended at Moneybird; nothing can be written there."
        )
    return Finding("administration", True, f"{found.name}, books in {found.currency_code}.")


def _contact(draft: DraftInvoice, catalogue: Catalogue) -> Finding:
    found = catalogue.contact(draft.administration_id, draft.contact_id)
    if found is None:
        return Finding(
            "contact",
            False,
            f"Contact {draft.contact_id} does not exist in administration {draft.administration_id}; choose another.",
        )
    if found.is_archived:
        return Finding(
            "contact", False, f"{found.name} is archived; choose another contact or restore it in Moneybird."
        )
    return Finding("contact", True, f"{found.name} exists and is not archived.")


def _date(draft: DraftInvoice, catalogue: Catalogue) -> Finding:
    if draft.invoice_date is None:
        return Finding("invoice date", True, "No date: Moneybird fills it in when the invoice is sent.")
    administration = catalogue.administration(draft.administration_id)
    locked = administration.locked_until if administration else None
    if locked is not None and draft.invoice_date <= locked:
        return Finding(
            "invoice date",
            False,
            f"The books are locked until {locked:%d-%m-%Y} and the invoice is dated {draft.invoice_date:%d-%m-%Y}; "
            "choose a later date.",
        )
    return Finding("invoice date", True, f"{draft.invoice_date:%d-%m-%Y} is not in a locked period.")


def _line(draft: DraftInvoice, number: int, line: DraftLine, catalogue: Catalogue) -> Iterator[Finding]:
    yield _rate(draft, number, line, catalogue)
    yield _account(draft, number, line, catalogue)
    if line.project_id is not None:
        yield _project(draft, number, line.project_id, catalogue)


def _rate(draft: DraftInvoice, number: int, line: DraftLine, catalogue: Catalogue) -> Finding:
    check = f"line {number}: VAT rate"
    rate = catalogue.tax_rate(draft.administration_id, line.tax_rate_id)
    if rate is None:
        return Finding(
            check, False, f"Line {number}: VAT rate {line.tax_rate_id} does not exist there; choose another."
        )
    if not rate.is_active:
        return Finding(check, False, f"Line {number}: VAT rate '{rate.name}' is no longer active; choose another.")
    if rate.tax_rate_type != "sales_invoice":
        return Finding(
            check,
            False,
            f"Line {number}: VAT rate '{rate.name}' is for {rate.tax_rate_type or 'other documents'}, "
            "not for sales invoices; choose the one of that kind.",
        )
    return Finding(check, True, f"Line {number}: VAT rate '{rate.name}' is active and meant for sales invoices.")


def _account(draft: DraftInvoice, number: int, line: DraftLine, catalogue: Catalogue) -> Finding:
    check = f"line {number}: ledger account"
    account = catalogue.ledger_account(draft.administration_id, line.ledger_account_id)
    if account is None:
        return Finding(
            check,
            False,
            f"Line {number}: ledger account {line.ledger_account_id} does not exist there; choose another.",
        )
    if not account.is_active:
        return Finding(
            check, False, f"Line {number}: ledger account '{account.name}' is no longer active; choose another."
        )
    if not account.is_sales_invoice_allowed:
        return Finding(
            check,
            False,
            f"Line {number}: ledger account '{account.name}' does not allow sales invoices; choose another.",
        )
    return Finding(check, True, f"Line {number}: ledger account '{account.name}' is active and allows sales invoices.")


def _project(draft: DraftInvoice, number: int, project_id: str, catalogue: Catalogue) -> Finding:
    check = f"line {number}: project"
    project = catalogue.project(draft.administration_id, project_id)
    if project is None:
        return Finding(check, False, f"Line {number}: project {project_id} does not exist there; choose another.")
    if not project.is_active:
        return Finding(check, False, f"Line {number}: project '{project.name}' is archived; choose another.")
    return Finding(check, True, f"Line {number}: project '{project.name}' is active.")


def _bounded(draft: DraftInvoice) -> Finding:
    nets = [to_cents(line.quantity * line.unit_price) for line in draft.lines]
    total = sum(nets, Decimal(0))
    if any(abs(amount) > MAXIMUM_AMOUNT for amount in [*nets, total]):
        limit = f"{MAXIMUM_AMOUNT:,}".replace(",", " ")
        return Finding("amounts", False, f"An amount is beyond {limit} either way, which Moneybird refuses.")
    return Finding("amounts", True, "All amounts are within what Moneybird accepts.")

"""The checklist a document passes before it may be queued (DOMAIN §2.6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from pipelines.money import ZERO
from pipelines.writeback.catalogue import Catalogue
from pipelines.writeback.decisions import Decided
from pipelines.writeback.draft import Document, DraftInvoice
from pipelines.writeback.fields import MAXIMUM_AMOUNT
from pipelines.writeback.findings import Finding
from pipelines.writeback.office import Office
from pipelines.writeback.sale_facts import is_business

MAXIMUM_DAYS = 60
"""To pay, between businesses (DOMAIN §4.5)."""

MAXIMUM_DAYS_OF_LARGE = 30
"""The same for a large company that buys of a small or medium one; finance names those in `large_contacts`."""


def checklist(document: Document, day: date | None, lines: Sequence[Decided], office: Office) -> list[Finding]:
    """Every check, good or not, in reading order; `day` is the document's own, None where Moneybird fills it in."""
    catalogue = office.catalogue
    return [
        writable(document.administration_id, office),
        administration(document.administration_id, catalogue),
        contact(document.administration_id, document.contact_id, catalogue),
        not_blocked(document.administration_id, document.contact_id, office),
        not_locked(document.administration_id, day, catalogue),
        *(
            [_terms(document, day or office.today(document.administration_id), office)]
            if isinstance(document, DraftInvoice)
            else []
        ),
        *(finding for number, line in enumerate(lines, 1) for finding in _line(document, number, line, catalogue)),
        _bounded(lines),
    ]


def writable(administration_id: str, office: Office, *, posts: bool = False) -> Finding:
    """Whether the switches of the administration are on; who may use them is asked when a person acts."""
    against = office.policy.against_place(administration_id, posts=posts)
    return Finding(
        "writing is on", against is None, against or f"Administration {administration_id} may be written to."
    )


def administration(administration_id: str, catalogue: Catalogue) -> Finding:
    """Whether it is known and may be written to at Moneybird."""
    found = catalogue.administration(administration_id)
    if found is None:
        return Finding(
            "administration",
            False,
            f"Administration {administration_id} is not in the published data; run `dovecote run` first.",
        )
    if found.is_suspended:
        return Finding(
            "administration", False, f"{found.name} is suspended at Moneybird; nothing can be written there."
        )
    return Finding("administration", True, f"{found.name}, books in {found.currency_code}.")


def contact(administration_id: str, contact_id: str, catalogue: Catalogue) -> Finding:
    """Whether a document may be made for the contact."""
    found = catalogue.contact(administration_id, contact_id)
    if found is None:
        return Finding(
            "contact",
            False,
            f"Contact {contact_id} does not exist in administration {administration_id}; choose another.",
        )
    if found.is_archived:
        return Finding(
            "contact", False, f"{found.name} is archived; choose another contact or restore it in Moneybird."
        )
    return Finding("contact", True, f"{found.name} exists and is not archived.")


def not_locked(administration_id: str, day: date | None, catalogue: Catalogue, *, what: str = "invoice") -> Finding:
    """Whether the books are open on `day`; None where Moneybird fills the day in."""
    check = f"{what} date"
    if day is None:
        return Finding(check, True, f"No date: Moneybird fills it in when the {what} is sent.")
    found = catalogue.administration(administration_id)
    locked = found.locked_until if found else None
    if locked is not None and day <= locked:
        return Finding(
            check,
            False,
            f"The books are locked until {locked:%d-%m-%Y} and the {what} is dated {day:%d-%m-%Y}; "
            "choose a later date.",
        )
    return Finding(check, True, f"{day:%d-%m-%Y} is not in a locked period.")


def not_blocked(administration_id: str, contact_id: str, office: Office) -> Finding:
    """Whether finance lets anything be made for the contact today."""
    check, today = "contact not blocked", office.today(administration_id)
    rows = office.tables.on("blocked_contacts", today, administration_id=administration_id, contact_id=contact_id)
    if not rows:
        return Finding(check, True, "Finance does not block this contact.")
    row = rows[0]
    return Finding(
        check,
        False,
        f"Contact {contact_id} is blocked since {date.fromisoformat(row['valid_from_date']):%d-%m-%Y}: {row['reason']} "
        f"({row['confirmed_by']}); nothing is made for it until finance ends its row in blocked_contacts.",
    )


def _terms(invoice: DraftInvoice, day: date, office: Office) -> Finding:
    """The days a customer gets to pay (DOMAIN §4.5, articles 6:119a and 6:119b BW): the limits are for businesses."""
    check, days = "terms", invoice.due_days
    customer = office.catalogue.contact(invoice.administration_id, invoice.contact_id)
    if days is None:
        return Finding(check, True, "No terms: the workflow of the contact or the administration decides them.")
    if customer is None or not is_business(invoice, customer):
        return Finding(check, True, f"Due in {days} days; the legal limits are for businesses.")
    if days > MAXIMUM_DAYS:
        return Finding(
            check,
            False,
            f"Due in {days} days, and a business gets at most {MAXIMUM_DAYS}; choose {MAXIMUM_DAYS} or less.",
        )
    named = {"administration_id": invoice.administration_id, "contact_id": invoice.contact_id}
    if days > MAXIMUM_DAYS_OF_LARGE and office.tables.on("large_contacts", day, **named):
        return Finding(
            check,
            True,
            f"Due in {days} days, and {customer.name} is a large company: where the seller is a small or medium one, "
            f"more than {MAXIMUM_DAYS_OF_LARGE} days is void; choose {MAXIMUM_DAYS_OF_LARGE} or less, or see that the "
            "seller is large too.",
            needs_review=True,
        )
    return Finding(check, True, f"Due in {days} days, within what a business may get.")


def _line(document: Document, number: int, decided: Decided, catalogue: Catalogue) -> Iterator[Finding]:
    for problem in decided.problems:
        yield Finding(f"line {number}: decision", False, problem)
    line = decided.line
    if decided.rate is not None or line.tax_rate_id is not None:
        yield _rate(number, decided)
    if decided.account is not None or line.ledger_account_id is not None:
        yield _account(number, decided)
    if line.product_id is not None:
        yield _product(document, number, line.product_id, catalogue)
    if line.project_id is not None:
        yield _project(document, number, line.project_id, catalogue)


def _rate(number: int, decided: Decided) -> Finding:
    check, rate = f"line {number}: VAT rate", decided.rate
    if rate is None:
        return Finding(
            check, False, f"Line {number}: VAT rate {decided.line.tax_rate_id} does not exist there; choose another."
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


def _account(number: int, decided: Decided) -> Finding:
    check, account = f"line {number}: ledger account", decided.account
    if account is None:
        return Finding(
            check,
            False,
            f"Line {number}: ledger account {decided.line.ledger_account_id} does not exist there; choose another.",
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


def _product(document: Document, number: int, product_id: str, catalogue: Catalogue) -> Finding:
    check = f"line {number}: product"
    product = catalogue.product(document.administration_id, product_id)
    if product is None:
        return Finding(check, False, f"Line {number}: product {product_id} does not exist there; choose another.")
    if product.is_deleted:
        return Finding(check, False, f"Line {number}: product '{product.name}' was deleted; choose another.")
    return Finding(check, True, f"Line {number}: product '{product.name}' exists.")


def _project(document: Document, number: int, project_id: str, catalogue: Catalogue) -> Finding:
    check = f"line {number}: project"
    project = catalogue.project(document.administration_id, project_id)
    if project is None:
        return Finding(check, False, f"Line {number}: project {project_id} does not exist there; choose another.")
    if not project.is_active:
        return Finding(check, False, f"Line {number}: project '{project.name}' is archived; choose another.")
    return Finding(check, True, f"Line {number}: project '{project.name}' is active.")


def _bounded(lines: Sequence[Decided]) -> Finding:
    nets = [line.net for line in lines]
    total = sum(nets, ZERO)
    if any(abs(amount) > MAXIMUM_AMOUNT for amount in [*nets, total]):
        limit = f"{MAXIMUM_AMOUNT:,}".replace(",", " ")
        return Finding("amounts", False, f"An amount is beyond {limit} either way, which Moneybird refuses.")
    return Finding("amounts", True, "All amounts are within what Moneybird accepts.")

"""Purchase invoices and receipts, which post alike (P-6), with private shares, self-billing and reverse charge."""

from __future__ import annotations

from decimal import Decimal

from pipelines.sandbox import allocations, chart
from pipelines.sandbox.amounts import to_int
from pipelines.sandbox.books import lines, payments
from pipelines.sandbox.books.bill import COST, SELF_BILLED, Bill
from pipelines.sandbox.books.desk import Desk
from pipelines.sandbox.ledger import Posting
from pipelines.sandbox.model import Purchase
from pipelines.sandbox.page import Page
from pipelines.sandbox.rules import documents, follows


@follows(documents.NEW_STAYS_OUT)
def bill(desk: Desk, purchase: Purchase) -> Bill | None:
    """None while it is new or only saved: then it is not in the books (A)."""
    if purchase.is_new or purchase.is_saved:
        return None
    word = "Bon" if purchase.kind == "receipt" else "Inkoop"
    return Bill(
        "Document", purchase.id, SELF_BILLED if purchase.is_revenue else COST, purchase.day,
        f"{word} {purchase.reference or purchase.entry_number or purchase.id}", purchase.contact_id,
        purchase.lines, purchase.payments, desk.figures(purchase), purchase.rate,
    )  # fmt: skip


def post(desk: Desk, bill: Bill, purchase: Purchase) -> list[Posting]:
    page = Page(bill.kind, bill.id, bill.title)
    lines.post(desk, page, bill)
    if purchase.allocations:
        _private_shares(desk, page, bill, purchase)
    payments.post(desk, page, bill)
    return page.lines


@follows(documents.PRIVATE_SHARE, documents.PRIVATE_ROUNDING)
def _private_shares(desk: Desk, page: Page, bill: Bill, purchase: Purchase) -> None:
    """P-6b: what the document shows as private; the lines give up what it shows them without, the tax the rest."""
    shown = allocations.shown(purchase, bill.figures)
    for allocation, price in zip(purchase.allocations, shown.prices_base, strict=True):
        page.move(bill.day, allocation.private_account_id, price, bill.title)
    left, given = sum(shown.prices_base), dict.fromkeys((line.tax_rate_id for line in bill.lines), 0)
    for line, before, after in zip(bill.lines, bill.figures.nets_base, shown.nets_base, strict=True):
        page.move(
            bill.day,
            line.account_id,
            after - before,
            bill.title,
            contact_id=desk.contact(bill.contact_id, line.account_id),
            tax_rate_id=line.tax_rate_id,
        )
        given[line.tax_rate_id] += before - after
        left -= before - after
    taxed = [total for total in bill.figures.tax_totals if given[total.tax_rate_id] and total.taxable_base]
    for total in taxed:
        share = to_int(Decimal(total.tax_base) * given[total.tax_rate_id] / total.taxable_base)
        part = left if total is taxed[-1] else share
        left -= part
        page.move(bill.day, desk.roles[chart.VAT_IN], -part, bill.title, tax_rate_id=total.tax_rate_id)
    # Without tax a cent of another currency has nowhere else to go.
    page.move(bill.day, purchase.allocations[-1].private_account_id, -left, bill.title)

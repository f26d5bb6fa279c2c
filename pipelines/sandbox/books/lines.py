"""What stands on a document: its total on the control account, its nets and its tax (P-1 to P-3 and P-5 to P-7)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pipelines.sandbox import chart
from pipelines.sandbox.amounts import TaxTotal, is_deductible, to_int
from pipelines.sandbox.books.bill import Bill
from pipelines.sandbox.books.desk import Desk
from pipelines.sandbox.deferral import shares
from pipelines.sandbox.ledger import first_day, month_of
from pipelines.sandbox.model import Cents, Line
from pipelines.sandbox.page import Page
from pipelines.sandbox.rules import documents, follows


@follows(
    documents.DOCUMENT_DATE, documents.SALE_SIDES, documents.PURCHASE_SIDES, documents.SELF_BILLING,
    documents.CREDIT_TOTALS, documents.TAX_LINES,
)  # fmt: skip
def post(desk: Desk, page: Page, bill: Bill) -> None:
    """All on the document's date, but for the parts of lines that run over other months."""
    side, figures = bill.side, bill.figures
    page.move(
        bill.day,
        desk.roles[side.control],
        side.sign * figures.incl_base,
        bill.title,
        keep_side=desk.kept(side.control_side),
        contact_id=bill.contact_id,
    )
    for line, net in zip(bill.lines, figures.nets_base, strict=True):
        if net:
            _net(desk, page, bill, line, -side.sign * net)
    for total in figures.tax_totals:
        _tax(desk, page, bill, total, side.tax, -side.sign, side.result_side)
    for total in figures.reverse_charged:
        _reverse_charge(desk, page, bill, total)


@follows(documents.TAX_ACCOUNTS, documents.SELF_BILLED_TAX, documents.RATE_ON_LINES)
def _tax(desk: Desk, page: Page, bill: Bill, total: TaxTotal, role: str, sign: int, keep: str) -> None:
    page.move(
        bill.day,
        desk.roles[role],
        sign * total.tax_base,
        bill.title,
        keep_side=desk.kept(keep),
        tax_rate_id=total.tax_rate_id,
    )


@follows(documents.REVERSE_CHARGE, documents.NOT_DEDUCTIBLE)
def _reverse_charge(desk: Desk, page: Page, bill: Bill, total: TaxTotal) -> None:
    """P-7: tax is owed in the supplier's place and taken back as input tax; who may not take it back bears it."""
    _tax(desk, page, bill, total, chart.VAT_OUT, -1, "credit")
    if is_deductible(desk.tax_rates[total.tax_rate_id]):
        _tax(desk, page, bill, total, chart.VAT_IN, 1, "debit")
        return
    left = total.tax_base
    nets = zip(bill.lines, bill.figures.nets_base, strict=True)
    taxed = [(line, net) for line, net in nets if line.tax_rate_id == total.tax_rate_id and net]
    for position, (line, net) in enumerate(taxed, start=1):
        part = left if position == len(taxed) else to_int(Decimal(total.tax_base) * net / total.taxable_base)
        left -= part
        _result(desk, page, bill, line, bill.day, part, None)


@follows(documents.FIRST_MONTH, documents.EARLIER_MONTHS)
def _net(desk: Desk, page: Page, bill: Bill, line: Line, net: Cents) -> None:
    """One line, debit positive: on its own account, put off to later months (P-2) or brought to earlier ones (P-2b)."""
    invoiced = month_of(bill.day)
    parts = shares(net, line.period, desk.dialect.d6_partial_months == "by_days") if line.period else []
    early = [(month, part) for month, part in parts if month < invoiced]
    later = [(month, part) for month, part in parts if month >= invoiced]
    if not any(month > invoiced for month, _ in later):
        later = []  # all that is left falls in the month of the document
    elif desk.dialect.d7_first_month == "straight_to_revenue":
        later = [(month, part) for month, part in later if month > invoiced]
    _through(desk, page, bill, line, bill.side.deferred, later)
    _through(desk, page, bill, line, bill.side.accrued, early)
    direct = net - sum(part for _, part in [*early, *later])
    if direct:
        _result(desk, page, bill, line, bill.day, direct, line.tax_rate_id)


@follows(documents.DEFERRED_ACCOUNTS, documents.ACCRUED_ACCOUNTS, documents.FIRST_OF_MONTH)
def _through(desk: Desk, page: Page, bill: Bill, line: Line, role: str, parts: list[tuple[int, Cents]]) -> None:
    """On a balance account at the document's date, and from there to the line's own account month by month."""
    if not parts:
        return
    account, keep = desk.roles[role], bill.side.result_side
    page.move(
        bill.day,
        account,
        sum(part for _, part in parts),
        line.description,
        keep_side=desk.kept(keep),
        tax_rate_id=line.tax_rate_id,
    )
    back = desk.kept("credit" if keep == "debit" else "debit")
    for month, part in parts:
        day = bill.day if month == month_of(bill.day) else first_day(month)
        page.move(day, account, -part, line.description, keep_side=back)
        _result(desk, page, bill, line, day, part, None)


@follows(documents.DESCRIPTIONS)
def _result(desk: Desk, page: Page, bill: Bill, line: Line, day: date, amount: Cents, tax_rate_id: int | None) -> None:
    page.move(
        day,
        line.account_id,
        amount,
        line.description,
        keep_side=desk.kept(bill.side.result_side),
        contact_id=desk.contact(bill.contact_id, line.account_id),
        project_id=line.project_id,
        tax_rate_id=tax_rate_id,
    )

"""Every document posts itself in double entry, after POSTINGS (each method names its line there).

Documents in, postings out; nothing is stored here and no report is made here (`reports.py` sums). What POSTINGS marks
as an assumption is a switch in `Dialect`. Purchase documents, assets and external invoices are not posted: they are
not served yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from pipelines.sandbox import chart
from pipelines.sandbox.amounts import Figures, to_int
from pipelines.sandbox.deferral import shares
from pipelines.sandbox.dialect import Dialect
from pipelines.sandbox.ledger import Posting, first_day, month_of
from pipelines.sandbox.model import Cents, Invoice, Journal, Line, Mutation, Payment
from pipelines.sandbox.page import Page
from pipelines.sandbox.states import is_posted


class Books:
    """Knows an administration's roles and dialect, and turns its documents into postings."""

    def __init__(
        self,
        roles: Mapping[str, int],
        dialect: Dialect,
        figures: Callable[[Invoice], Figures],
    ) -> None:
        self._roles = roles
        self._dialect = dialect
        self._figures = figures

    def invoice(self, invoice: Invoice) -> list[Posting]:
        """P-1, P-2, P-2b, P-3 on the invoice date; payments, write-off and provision on their own dates."""
        if not is_posted(invoice) or invoice.invoice_date is None:
            return []
        page = Page("SalesInvoice", invoice.id)
        figures = self._figures(invoice)
        self._document(page, invoice, figures)
        self._payments(page, invoice, figures)
        self._doubt(page, invoice, figures)
        return page.lines

    def _document(self, page: Page, invoice: Invoice, figures: Figures) -> None:
        day = invoice.invoice_date
        assert day is not None
        title = f"Factuur {invoice.number}"
        debit, credit = self._sides()
        page.move(day, self._roles[chart.AR], figures.incl_base, title, keep_side=debit, contact_id=invoice.contact_id)
        for line, net in zip(invoice.lines, figures.nets_base, strict=True):
            if net:
                self._net(page, invoice, line, net)
        for total in figures.tax_totals:
            rate = self._rate_of_tax(total.tax_rate_id)
            page.move(day, self._roles[chart.VAT_OUT], -total.tax_base, title, keep_side=credit, tax_rate_id=rate)

    def _rate_of_tax(self, tax_rate_id: int) -> int | None:
        """What a VAT line shows as its rate (D4)."""
        return tax_rate_id if self._dialect.d4_tax_rate_on != "net" else None

    def _sides(self) -> tuple[str | None, str | None]:
        """D2: by default a reversal goes to the other side, so no side is kept."""
        return ("debit", "credit") if self._dialect.d2_reversals == "same_side_negative" else (None, None)

    def _net(self, page: Page, invoice: Invoice, line: Line, net: Cents) -> None:
        """The net of one line: to its own account, through deferred revenue (P-2) or accrued revenue (P-2b)."""
        day = invoice.invoice_date
        assert day is not None
        credit = self._sides()[1]
        rate = line.tax_rate_id if self._dialect.d4_tax_rate_on != "vat" else None
        invoiced = month_of(day)
        parts = shares(net, line.period, self._dialect.d6_partial_months == "by_days") if line.period else []
        early = [(month, part) for month, part in parts if month < invoiced]
        later = [(month, part) for month, part in parts if month >= invoiced]
        direct = net - sum(part for _, part in early)
        if later and any(month > invoiced for month, _ in later):
            if self._dialect.d7_first_month == "straight_to_revenue":
                later = [(month, part) for month, part in later if month > invoiced]
            deferred = sum(part for _, part in later)
            direct -= deferred
            page.move(day, self._roles[chart.DEF_REV], -deferred, line.description, keep_side=credit, tax_rate_id=rate)
            for month, part in later:
                on = day if month == invoiced else first_day(month)
                self._release(page, invoice, line, on, chart.DEF_REV, part)
        for month, part in early:
            self._release(page, invoice, line, first_day(month), chart.ACC_REV, part)
        if early:
            accrued = sum(part for _, part in early)
            page.move(day, self._roles[chart.ACC_REV], -accrued, line.description, keep_side=credit, tax_rate_id=rate)
        if direct:
            self._result(page, invoice, line, day, -direct, rate)

    def _release(self, page: Page, invoice: Invoice, line: Line, on: date, role: str, part: Cents) -> None:
        page.move(on, self._roles[role], part, line.description, keep_side=self._sides()[0])
        self._result(page, invoice, line, on, -part, None)

    def _result(
        self, page: Page, invoice: Invoice, line: Line, on: date, amount: Cents, tax_rate_id: int | None
    ) -> None:
        page.move(
            on,
            line.account_id,
            amount,
            line.description,
            keep_side=self._sides()[1],
            contact_id=invoice.contact_id if self._dialect.d5_contact_on == "control_and_result" else None,
            project_id=line.project_id,
            tax_rate_id=tax_rate_id,
        )

    def _payments(self, page: Page, invoice: Invoice, figures: Figures) -> None:
        """P-4, P-9, P-10 and P-18: debtors goes down by the invoice's own value, the rest is an exchange difference."""
        paid = 0
        for payment in sorted(invoice.payments, key=lambda payment: (payment.day, payment.id)):
            before = open_base(figures, paid, invoice.rate)
            paid += payment.price
            self._payment(page, invoice, payment, before - open_base(figures, paid, invoice.rate))

    def _payment(self, page: Page, invoice: Invoice, payment: Payment, value: Cents) -> None:
        title = f"Betaling factuur {invoice.number}"
        if payment.mutation_id is not None:
            source, document = chart.BANK_UNM, ("FinancialMutation", payment.mutation_id)
        else:
            source, document = chart.SETTLE if payment.settlement else chart.IN_UNM, ("Payment", payment.id)
        on_control = (
            ("SalesInvoice", invoice.id) if self._dialect.d3_payment_lines == "invoice_on_control" else document
        )
        page.move(payment.day, self._roles[source], payment.price_base, title, document=document)
        page.move(payment.day, self._roles[chart.AR], -value, title, document=on_control, contact_id=invoice.contact_id)
        page.move(payment.day, self._roles[chart.FX], value - payment.price_base, title, document=document)

    def _doubt(self, page: Page, invoice: Invoice, figures: Figures) -> None:
        """P-11 and P-12: the provision excludes tax; the write-off takes back the tax of the part still open."""
        provision = self._provision(page, invoice, figures) if invoice.dubious_on else 0
        day = invoice.uncollectible_on
        if day is None:
            return
        paid = sum(payment.price for payment in invoice.payments if payment.day <= day)
        rest, total = figures.incl - paid, figures.incl
        written_off = open_base(figures, paid, invoice.rate)
        title = f"Oninbaar factuur {invoice.number}"
        taxes = 0
        for row in figures.tax_totals:
            tax = to_int(Decimal(row.tax_base) * rest / total)
            taxes += tax
            page.move(day, self._roles[chart.VAT_OUT], tax, title, tax_rate_id=self._rate_of_tax(row.tax_rate_id))
        page.move(day, self._roles[chart.DUB_BAL], provision, title)
        loss = written_off - taxes - provision
        page.move(day, self._roles[chart.BAD], loss, title, contact_id=invoice.contact_id)
        page.move(day, self._roles[chart.AR], -written_off, title, contact_id=invoice.contact_id)

    def _provision(self, page: Page, invoice: Invoice, figures: Figures) -> Cents:
        """Adds the provision and its releases as payments come in; returns what is left of it."""
        start = invoice.dubious_on
        assert start is not None
        paid = sum(payment.price for payment in invoice.payments if payment.day <= start)
        held = _open_share(figures, paid)
        self._provide(page, invoice, start, held)
        for payment in sorted(invoice.payments, key=lambda payment: (payment.day, payment.id)):
            if payment.day > start:
                paid += payment.price
                left = _open_share(figures, paid)
                self._provide(page, invoice, payment.day, left - held)
                held = left
        return held

    def _provide(self, page: Page, invoice: Invoice, day: date, amount: Cents) -> None:
        title = f"Dubieus factuur {invoice.number}"
        page.move(day, self._roles[chart.DUB_PL], amount, title, contact_id=invoice.contact_id)
        page.move(day, self._roles[chart.DUB_BAL], -amount, title)

    def journal(self, journal: Journal) -> list[Posting]:
        """P-13, P-14, P-16 and P-17: the lines as they were entered."""
        page = Page("VatDocument" if journal.is_vat_return else "Document", journal.id)
        for entry in journal.entries:
            page.move(
                journal.day,
                entry.account_id,
                entry.debit - entry.credit,
                entry.description,
                contact_id=entry.contact_id,
                project_id=entry.project_id,
                closing=journal.kind == "fiscal_year_ending",
            )
        return page.lines

    def mutation(self, mutation: Mutation) -> list[Posting]:
        """P-8 on its date whatever its state, and P-9b for what was booked straight on an account: no tax there."""
        page = Page("FinancialMutation", mutation.id)
        page.move(
            mutation.day,
            mutation.account_id,
            mutation.amount,
            mutation.message,
            financial_account_id=mutation.financial_account_id,
        )
        unprocessed = self._roles[chart.BANK_UNM]
        page.move(mutation.day, unprocessed, -mutation.amount, mutation.message)
        for booking in mutation.bookings:
            page.move(mutation.day, unprocessed, booking.price, booking.description)
            page.move(
                mutation.day, booking.account_id, -booking.price, booking.description, contact_id=booking.contact_id
            )
        return page.lines


def open_base(figures: Figures, paid: Cents, rate: Decimal) -> Cents:
    """What is open in the administration's currency after `paid` in the document's currency."""
    rest = figures.incl - paid
    if rate == 1:
        return rest
    if figures.incl == 0:
        return to_int(rest * rate)
    return to_int(Decimal(figures.incl_base) * rest / figures.incl)


def _open_share(figures: Figures, paid: Cents) -> Cents:
    """The part of the amount excluding tax that belongs to what is still open."""
    if figures.incl == 0:
        return 0
    rest = max(figures.incl - paid, 0)
    return to_int(Decimal(figures.excl_base) * rest / figures.incl)

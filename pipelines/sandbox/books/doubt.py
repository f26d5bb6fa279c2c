"""What may not be paid any more: provision and write-off (P-11, P-12 and P-12b), for invoices of every system."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pipelines.sandbox import chart
from pipelines.sandbox.amounts import Figures, open_base, to_int
from pipelines.sandbox.books.bill import Bill
from pipelines.sandbox.books.desk import Desk
from pipelines.sandbox.model import Cents
from pipelines.sandbox.page import Page
from pipelines.sandbox.rules import follows, money


def post(desk: Desk, page: Page, bill: Bill, dubious_on: date | None, uncollectible_on: date | None) -> None:
    """The provision excludes tax; the write-off takes back the tax of the part still open.

    `book_method: revenue` has no field here: it is the only method left (API.md, 2018-01-16) and names the same
    account, whose type is D16.
    """
    provision = _provision(desk, page, bill, dubious_on, uncollectible_on or date.max) if dubious_on else 0
    if uncollectible_on is not None:
        _write_off(desk, page, bill, uncollectible_on, provision)


@follows(money.UNCOLLECTIBLE, money.LOST_AFTER_DOUBT)
def _write_off(desk: Desk, page: Page, bill: Bill, day: date, provision: Cents) -> None:
    """P-12: the loss is what neither the tax nor the provision (P-12b) bears; per rate, as the return needs it."""
    title, lost = f"Oninbaar {bill.title}", open_base(bill.figures, bill.paid_until(day), bill.rate)
    taxes, nets = _lost_parts(bill, day, lost)
    for taxed, tax in taxes:
        page.move(day, desk.roles[chart.VAT_OUT], tax, title, tax_rate_id=taxed)
    bad, held, whole = desk.roles[chart.BAD], provision, sum(net for _, net in nets)
    for position, (rate, net) in enumerate(nets, start=1):
        part = held if position == len(nets) or not whole else to_int(Decimal(provision) * net / whole)
        held -= part
        page.move(day, desk.roles[chart.DUB_BAL], part, title, tax_rate_id=rate)
        contact_id = desk.contact(bill.contact_id, bad)
        page.move(day, bad, net - part, title, contact_id=contact_id, tax_rate_id=rate)
    page.move(day, desk.roles[chart.AR], -lost, title, contact_id=bill.contact_id)


@follows(money.UNCOLLECTIBLE_SHARE, money.UNCOLLECTIBLE_ACCOUNT)
def _lost_parts(bill: Bill, day: date, lost: Cents) -> tuple[list[tuple[int, Cents]], list[tuple[int | None, Cents]]]:
    """What is lost of the tax and of the net, per rate and in the administration's currency; together it is `lost`."""
    figures = bill.figures
    if not lost:
        return [], []
    if not figures.incl:  # edited down to nothing after it was given up: what is lost was never taxed
        return [], [(None, lost)]
    share = Decimal(figures.incl - bill.paid_until(day)) / figures.incl
    taxes = [(row.tax_rate_id, to_int(row.tax_base * share)) for row in figures.tax_totals]
    sums: dict[int, Cents] = {}
    for line, net in zip(bill.lines, figures.nets_base, strict=True):
        sums[line.tax_rate_id] = sums.get(line.tax_rate_id, 0) + net
    nets: list[tuple[int | None, Cents]] = [(rate, to_int(net * share)) for rate, net in sums.items() if net]
    rest = lost - sum(tax for _, tax in taxes) - sum(net for _, net in nets)
    if nets:
        nets[-1] = (nets[-1][0], nets[-1][1] + rest)
    return taxes, nets


@follows(money.DUBIOUS_RELEASE)
def _provision(desk: Desk, page: Page, bill: Bill, start: date, end: date) -> Cents:
    """Adds the provision and its releases as payments come in until `end`; returns what is left of it."""
    paid = bill.paid_until(start)
    held = _open_share(bill.figures, paid)
    _provide(desk, page, bill, start, held)
    for payment in bill.paid_in_order:
        if start < payment.day <= end:
            paid += payment.price
            left = _open_share(bill.figures, paid)
            _provide(desk, page, bill, payment.day, left - held)
            held = left
    return held


@follows(money.DUBIOUS)
def _provide(desk: Desk, page: Page, bill: Bill, day: date, amount: Cents) -> None:
    title = f"Dubieus {bill.title}"
    page.move(
        day, desk.roles[chart.DUB_PL], amount, title, contact_id=desk.contact(bill.contact_id, desk.roles[chart.DUB_PL])
    )
    page.move(day, desk.roles[chart.DUB_BAL], -amount, title)


@follows(money.DUBIOUS_SHARE)
def _open_share(figures: Figures, paid: Cents) -> Cents:
    """The part of the amount excluding tax that belongs to what is still open."""
    if figures.incl == 0:
        return 0
    rest = max(figures.incl - paid, 0)
    return to_int(Decimal(figures.excl_base) * rest / figures.incl)

"""What every trading company has at least once, planted so that a reconciliation has something to find.

Sales here go through the same till as all others; only what happens to them is fixed instead of drawn. The last two
functions put amounts on the debtors account without an invoice: those are the listed exceptions between it and the open
items.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from pipelines.sandbox import chart
from pipelines.sandbox.clock import moment
from pipelines.sandbox.group.sales import Item, Receipt, Sale
from pipelines.sandbox.group.site import Site

HALF = Decimal("0.5")


def planted_sales(site: Site, role: str, rate: int) -> list[Sale]:
    """Part, over, early and unmatched payments, credits of every kind, doubt and write-off."""
    contacts = site.customers.buyers

    def sale(days_ago: int, position: int, price: int, text: str) -> Sale:
        return Sale(site.ago(days_ago), contacts[position % len(contacts)].id, (Item(text, price, role, rate),))

    def days(count: int) -> timedelta:
        return timedelta(days=count)

    part, over, early = (
        sale(66, 1, 148_000, "Deelbetaling"),
        sale(52, 2, 62_500, "Dubbel betaald"),
        sale(40, 3, 91_000, "Vooruitbetaald"),
    )
    month_start = (site.today.replace(day=1) - days(35)).replace(day=3)
    doubt, lost = sale(230, 4, 210_000, "Meerwerk"), sale(300, 5, 175_000, "Levering")
    half_lost, doubt_lost = sale(330, 6, 88_000, "Nazorg"), sale(360, 7, 132_000, "Spoedopdracht")
    half_paid = (Receipt(half_lost.day + days(30), HALF),)
    discount, struck_off = sale(90, 11, 76_000, "Korting achteraf"), sale(105, 15, 41_800, "Weggestreept")
    return [
        replace(part, receipts=(Receipt(part.day + days(20), Decimal("0.4")),)),
        replace(over, receipts=(Receipt(over.day + days(9), Decimal("1.1")),)),
        replace(early, day=month_start, receipts=(Receipt(month_start - days(6)),)),
        replace(sale(33, 8, 54_000, "Los onderdeel"), receipts=(Receipt(site.ago(25), via="unmatched"),)),
        replace(sale(75, 9, 240_000, "Deels gecrediteerd"), credit_on=site.ago(45), credit_share=HALF),
        replace(sale(120, 10, 99_500, "Verkeerd geleverd"), credit_on=site.ago(100), credit_settled=True),
        replace(struck_off, credit_on=site.ago(85), credit_linked=False, credit_settled=True),
        replace(discount, credit_on=site.ago(30), credit_share=HALF, credit_linked=False),
        replace(doubt, dubious_on=doubt.day + days(110)),
        replace(lost, uncollectible_on=lost.day + days(190)),
        replace(half_lost, receipts=half_paid, uncollectible_on=half_lost.day + days(200)),
        replace(doubt_lost, dubious_on=doubt_lost.day + days(90), uncollectible_on=doubt_lost.day + days(210)),
        replace(sale(26, 12, 45_500, "Nalevering"), due_days=7),
        replace(sale(44, 14, 63_900, "Later teruggevonden"), receipts=(Receipt(site.ago(30), via="matched"),)),
        replace(sale(9, 13, 37_250, "Wordt geïncasseerd"), pending=True),
    ]  # fmt: skip


def dollars(site: Site) -> list[Sale]:
    """P-18: a dollar invoice paid at another rate, and one that is still half open."""
    contact = site.customers.overseas(0)
    rate = next(rate.id for rate in site.administration.tax_rates.values() if rate.name == "Diensten buiten de EU")
    item = Item("Market review", 100_000, chart.NON_EU_SERVICES, rate)
    paid = Sale(site.ago(200), contact.id, (item,), currency="USD", rate=Decimal("0.92"))
    half = Sale(site.ago(70), contact.id, (replace(item, price=253_333),), currency="USD", rate=Decimal("0.875"))
    later = paid.day + timedelta(days=12)
    return [
        replace(paid, receipts=(Receipt(later, base_rate=Decimal("0.90")),)),
        replace(half, receipts=(Receipt(half.day + timedelta(days=18), HALF, base_rate=Decimal("0.881")),)),
    ]


def unsent(site: Site, role: str, rate: int) -> None:
    """Two drafts without a date and one invoice scheduled for a day to come."""
    contacts = site.customers.buyers
    for number, days_ago in enumerate((2, 9, 5)):
        item = Item("Concept werkzaamheden", 38_000 + 1_000 * number, role, rate, amount="1,5")
        invoice = site.till.draft(Sale(site.ago(days_ago), contacts[number].id, (item,)))
        invoice.draft_number = site.administration.next_draft_number()
        if number == 2:
            invoice.invoice_date = site.today + timedelta(days=6)
            invoice.due_date = invoice.invoice_date + timedelta(days=invoice.due_days)
            invoice.scheduled = True
    site.till.post()


def draft_with_hours(site: Site) -> None:
    """A draft for the client with most unbilled hours, when there is one; those count as invoiced from then on."""
    hours = [e for e in site.administration.time_entries.values() if e.billable and e.ended and e.invoice_id is None]
    by_contact = Counter(entry.contact_id for entry in hours if entry.contact_id)
    if not by_contact:
        return
    contact_id = by_contact.most_common(1)[0][0]
    mine = tuple(entry.id for entry in hours if entry.contact_id == contact_id)[:6]
    rate = site.administration.sales_rate(21)
    item = Item("Uren deze maand", 9_500, chart.SERVICES, rate, amount=f"{len(mine) * 4} uur")
    invoice = site.till.draft(Sale(site.ago(1), contact_id, (item,), hours=mine))
    invoice.draft_number = site.administration.next_draft_number()
    site.till.post()


def reminders(site: Site) -> None:
    """Two late invoices got a reminder three days ago, one whose time to react is over."""
    late = [i for i in site.administration.invoices.values() if site.administration.state(i) == "late"]
    for invoice, days_ago in zip(late[-3:], (3, 4, 15), strict=False):
        invoice.reminded_on, invoice.reminders = site.ago(days_ago), 1
        invoice.updated = max(invoice.updated, moment(invoice.reminded_on, 10, 10))
        site.administration.put_invoice(invoice)


def opening_receivable(site: Site) -> int:
    """What the opening balance holds on debtors, without invoices behind it."""
    return 125_000 + 1_000 * site.rng.randint(0, 90)


def exceptions_on_control_account(site: Site, opening: int) -> None:
    """A receipt for the opening balance booked straight on debtors, and a journal that corrects debtors by hand."""
    contact = site.customers.buyers[0]
    site.bank.line(
        site.since + timedelta(days=36), opening * 3 // 5, "Openstaande post vorig boekjaar", role=chart.AR,
        contact_id=contact.id,
    )  # fmt: skip
    site.keeper.journal(
        site.ago(150), "Correctie debiteuren", [(chart.GENERAL, 3_725), (chart.AR, -3_725)], contact_id=contact.id
    )
    site.bank.line(site.ago(3), 18_150, "Betaling zonder omschrijving", processed=False)

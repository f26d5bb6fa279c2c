"""P-8, P-9b and P-15: bank transactions and what was booked straight from them."""

from __future__ import annotations

from pipelines.sandbox import chart
from pipelines.sandbox.books.desk import Desk
from pipelines.sandbox.ledger import Posting
from pipelines.sandbox.model import Booking, Mutation
from pipelines.sandbox.page import Page
from pipelines.sandbox.rules import follows, money


@follows(money.BANK_IS_THE_SUM, money.UNPROCESSED)
def mutation(desk: Desk, mutation: Mutation) -> list[Posting]:
    """P-8 on its date whatever its state, and P-9b for what was booked straight on an account: no tax there.

    In dialect D8 only what is neither linked nor booked stands on unprocessed transactions.
    """
    page = Page("FinancialMutation", mutation.id, mutation.contra_name or "Banktransactie")
    page.move(
        mutation.day,
        mutation.account_id,
        mutation.amount,
        mutation.message,
        financial_account_id=mutation.financial_account_id,
    )
    unprocessed = desk.roles[chart.BANK_UNM]
    waiting = mutation.amount
    if desk.replaces:
        waiting -= desk.links.total(mutation.id) + sum(booking.price for booking in mutation.bookings)
    page.move(mutation.day, unprocessed, -waiting, mutation.message)
    for booking in mutation.bookings:
        if not desk.replaces:
            page.move(mutation.day, unprocessed, booking.price, booking.description)
        _booking(desk, page, mutation, booking)
    return page.lines


@follows(money.DIRECT_BOOKING, money.RETURN_PAID)
def _booking(desk: Desk, page: Page, mutation: Mutation, booking: Booking) -> None:
    """On its account; a payment of a filed VAT return on the account for those, whatever it says (P-15)."""
    account = desk.roles[chart.VAT_SETTLE] if booking.vat_return_id is not None else booking.account_id
    page.move(
        mutation.day,
        account,
        -booking.price,
        booking.description,
        contact_id=booking.contact_id,
        project_id=booking.project_id,
    )

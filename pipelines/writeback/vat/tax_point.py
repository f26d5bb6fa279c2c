"""The day whose rate holds for a supply (DOMAIN R1.1, R1.4)."""

from __future__ import annotations

from datetime import date

LAST_DAY_TO_INVOICE = 15  # of the month after the supply, between businesses


def last_day_to_invoice(supplied_on: date) -> date:
    """The day an invoice to a business is due at the latest: 2018-12-28 → 2019-01-15."""
    year, month = divmod(supplied_on.year * 12 + supplied_on.month, 12)
    return date(year, month + 1, LAST_DAY_TO_INVOICE)


def tax_point(
    invoice_date: date,
    supplied_on: date | None = None,
    *,
    is_consumer: bool = False,
    received_on: date | None = None,
    original: date | None = None,
) -> date:
    """The day whose rate holds.

    A credit keeps the day of what it credits (`original`). A seller in the cash scheme owes on receipt; before that the
    other days stand in for it. To a consumer, who need not get an invoice, the supply itself counts.
    """
    if original is not None:
        return original
    if received_on is not None:
        return received_on
    if supplied_on is None:
        return invoice_date
    return supplied_on if is_consumer else min(invoice_date, last_day_to_invoice(supplied_on))

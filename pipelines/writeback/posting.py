"""Postings a person asks for: they book at once, so they need a second switch and a second person."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from pipelines.writeback.catalogue.bank import BookingType
from pipelines.writeback.fields import Amount, Day, Identifier, Text
from pipelines.writeback.request import Request


def _whole_cents(value: Decimal) -> Decimal:
    if value == 0 or value != value.quantize(Decimal("0.01")):
        raise ValueError(f"{value} is not an amount of money: whole cents, and not zero")
    return value


def _positive(value: Decimal) -> Decimal:
    if value < 0:
        raise ValueError(f"{value} is negative; which way the money went is the bank transaction's to say")
    return value


Money = Annotated[Amount, AfterValidator(_whole_cents)]


class RegisterPayment(Request):
    """Money received on a sent sales invoice, whose bank transaction is not there yet or never comes.

    `amount` is in the invoice's currency: positive on an invoice, negative on a credit invoice. Two payments that look
    alike need a `draft_id` each.
    """

    kind: ClassVar[str] = "register_payment"
    sales_invoice_id: Identifier
    payment_date: Day
    amount: Money
    transaction_identifier: Text = Field("", max_length=80)  # the payment provider's own; empty: our key


class LinkBankMutation(Request):
    """A bank transaction, or part of it, linked to the document it pays or booked on a ledger account."""

    kind: ClassVar[str] = "link_bank_mutation"
    financial_mutation_id: Identifier
    booking_type: BookingType
    booking_id: Identifier
    amount: Annotated[Money, AfterValidator(_positive)]

"""The documented rows of orders: what an order says once, and what each of its lines says."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from pipelines.writeback.draft import Supply
from pipelines.writeback.fields import Amount, Day, Identifier, Period, Reference, Text

LONGEST_ID = 40  # characters of an order's number
_SYSTEM = r"^[a-z0-9_-]{1,30}$"  # as the senders of events are called


class OrderHead(BaseModel):
    """What an order says once. In a CSV file any of its rows may say it, and none may say something else."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, coerce_numbers_to_str=True)
    order_id: Text = Field(
        min_length=1, max_length=LONGEST_ID, description="the order's number; the same number is the same order"
    )
    system: Text | None = Field(
        None,
        pattern=_SYSTEM,
        description="the shop or tool that numbers the orders, in small letters, else who sent the event",
    )
    administration_id: Identifier | None = Field(None, description="the administration's id, else --administration")
    contact_id: Identifier | None = Field(None, description="the contact's id in Moneybird, or a customer_number")
    customer_number: Text | None = Field(None, description="the contact's customer number in Moneybird")
    customer_reference: Reference | None = Field(None, description="the customer's own reference, printed for them")
    invoice_date: Day | None = Field(None, description="a date such as 2026-12-31, else the day the invoice is sent")
    due_days: int | None = Field(None, ge=0, le=365, description="days to pay, 0 to 365, else the contact's own")


class OrderLine(Supply):
    """One line; it has a description and a price, or a product that has them."""

    model_config = ConfigDict(coerce_numbers_to_str=True)
    product: Text | None = Field(None, min_length=1, description="code or id of a product in the administration")
    description: Text | None = Field(None, max_length=5000, description="what is printed, else the product's words")
    quantity: Amount | None = Field(None, description="a number such as 2 or 1.5, else 1; negative takes off")
    unit_price: Amount | None = Field(None, description="a price without VAT such as 129.95, else the product's")
    project_id: Identifier | None = Field(None, description="the id of a project in the administration")
    period: Period | None = Field(None, description="first and last day as 20260101..20261231, to spread revenue over")
    tax_rate_id: Identifier | None = Field(None, description="a VAT rate's id, else the VAT rules decide")
    ledger_account_id: Identifier | None = Field(None, description="an account's id, else finance's mapping decides")


class OrderRow(OrderLine, OrderHead):
    """One row of a CSV file: one line of an order."""


class Order(OrderHead):
    """One order in JSON."""

    lines: Annotated[tuple[OrderLine, ...], Field(min_length=1, max_length=200, description="1 to 200 lines")]

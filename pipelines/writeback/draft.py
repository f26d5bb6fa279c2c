"""Documents a person or a file asks for: draft invoices and estimates, whose lines may leave VAT and account open."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from pipelines.writeback.fields import Amount, Country, Day, Identifier, Period, Reference, Text
from pipelines.writeback.request import Request

MAXIMUM_LINES = 200


def _some_lines(value: tuple[DraftLine, ...]) -> tuple[DraftLine, ...]:
    if not 1 <= len(value) <= MAXIMUM_LINES:
        raise ValueError(f"{len(value)} lines; a draft has 1 to {MAXIMUM_LINES}")
    return value


class Supply(BaseModel):
    """What the VAT rules must know of a line, in the words of `vat.facts.Sale`; what is left out nobody said."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    supply_kind: Literal["goods", "services", "digital"] | None = None  # None: product_supplies says it
    vat_class: (
        Literal["standard", "reduced", "stay", "other", "zero", "exempt", "reverse_work", "reverse_listed"] | None
    ) = None  # None: product_supplies says it, else standard
    movement: Literal["stays", "leaves", "chain"] = Field(
        default="stays",
        description="stays, leaves (goods that something proves to leave the country) or chain, else stays",
    )
    service_place: Literal["general", "listed", "where_it_happens"] | None = None  # None: product_supplies says it
    happens_in: Country | None = Field(default=None, description="country of what is where_it_happens, such as BE")
    supplied_on: Day | None = Field(default=None, description="when it was supplied, such as 2026-12-31")
    first_night: Day | None = Field(default=None, description="first night of a stay, such as 2026-12-30")
    last_night: Day | None = Field(default=None, description="last night of a stay, such as 2026-12-31")
    delivered_to_country: Country | None = Field(
        default=None, description="where goods go, if not to the customer, such as DE"
    )
    delivered_to_postcode: str | None = Field(
        default=None, description="postcode where goods go, if not to the customer"
    )
    is_margin: bool = Field(default=False, description="true for used goods under the margin scheme")


class DraftLine(BaseModel):
    """One line. `unit_price` is without VAT; a negative quantity takes something off.

    Without `tax_rate_id` the VAT rules decide, from `supply` and the contact; without `ledger_account_id` finance's
    mapping does. One that is given is a person's choice, which the rules are held against.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    description: Text = Field(min_length=1, max_length=5000)
    quantity: Amount = Decimal(1)
    unit_price: Amount
    tax_rate_id: Identifier | None = None
    ledger_account_id: Identifier | None = None
    project_id: Identifier | None = None
    product_id: Identifier | None = None
    period: Period | None = None  # 20260101..20261231: revenue is spread over it
    supply: Supply | None = None


class Document(Request):
    """What invoices and estimates share. Prices are without VAT, in the administration's own currency."""

    contact_id: Identifier
    customer_reference: Reference = ""  # the customer's own, printed for them
    lines: Annotated[tuple[DraftLine, ...], AfterValidator(_some_lines)]
    due_days: int | None = Field(None, ge=0, le=365)  # None: the workflow of contact or administration
    is_business: bool | None = None  # a person's word; None: company name and VAT number tell


class DraftInvoice(Document):
    """One draft sales invoice. `time_entry_ids` are the hours it bills, which Moneybird then marks as invoiced."""

    kind: ClassVar[str] = "draft_invoice"
    invoice_date: Day | None = None  # empty: Moneybird fills it in when the invoice is sent
    time_entry_ids: tuple[Identifier, ...] = ()


class DraftEstimate(Document):
    """One draft estimate."""

    kind: ClassVar[str] = "draft_estimate"
    estimate_date: Day | None = None  # empty: the day it is made
    pre_text: Text = Field("", max_length=5000)

"""Configurations a customer put together as draft estimates: one object per configuration, one line per option."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from pipelines.writeback.draft import MAXIMUM_LINES, DraftEstimate, DraftLine, Supply
from pipelines.writeback.fields import Amount, Day, Identifier, Reference, Text
from pipelines.writeback.office import Office
from pipelines.writeback.request import Request
from pipelines.writeback.sources.order_rows import LONGEST_ID
from pipelines.writeback.sources.reading import read
from pipelines.writeback.sources.source import Asked, BadRow, Taken


class Option(BaseModel):
    """One thing the customer chose."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    description: Text = Field(min_length=1, max_length=5000, description="as the customer reads it")
    quantity: Amount = Field(Decimal(1), description="how many, such as 2.5; else 1")
    unit_price: Amount = Field(description="per unit without VAT, such as 129.95; negative takes something off")
    product_id: Identifier | None = Field(None, description="Moneybird's id of the product")
    project_id: Identifier | None = Field(None, description="Moneybird's id of the project")
    tax_rate_id: Identifier | None = Field(
        None, description="Moneybird's id of a VAT rate; empty: the VAT rules decide"
    )
    ledger_account_id: Identifier | None = Field(
        None, description="Moneybird's id of a ledger account; empty: the ledger mapping decides"
    )
    supply: Supply | None = Field(None, description="what the VAT rules must know: supply_kind, vat_class, movement, …")


def _some(value: tuple[Option, ...]) -> tuple[Option, ...]:
    if not 1 <= len(value) <= MAXIMUM_LINES:
        raise ValueError(f"1 to {MAXIMUM_LINES} options, found {len(value)}")
    return value


class ConfigurationRow(BaseModel):
    """One configuration. A sender's same configuration_id is the same estimate: a changed one replaces what waits."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    configuration_id: Text = Field(min_length=1, max_length=LONGEST_ID, description="the configurator's own number")
    administration_id: Identifier = Field(description="Moneybird's id of the administration that offers")
    contact_id: Identifier | None = Field(None, description="Moneybird's id of the contact")
    customer_id: Text | None = Field(None, description="the contact's customer number, instead of its id")
    customer_reference: Reference = Field("", description="the customer's own reference, printed for them")
    options: Annotated[tuple[Option, ...], AfterValidator(_some)] = Field(
        description="a list of objects: description, unit_price and quantity, and as far as known product_id, "
        "project_id, tax_rate_id, ledger_account_id and supply"
    )
    estimate_date: Day | None = Field(None, description="such as 2026-11-20; empty: Moneybird fills it in")
    valid_days: int | None = Field(None, ge=0, le=365, description="how long the offer stands; empty: as in Moneybird")
    is_business: bool | None = Field(None, description="true or false; empty: company name and VAT number tell")
    pre_text: Text = Field("", max_length=5000, description="the text above the lines; empty: as in Moneybird")

    @model_validator(mode="after")
    def _names_one_contact(self) -> ConfigurationRow:
        if (self.contact_id is None) == (self.customer_id is None):
            raise ValueError("give either contact_id or customer_id")
        return self


class Configurator:
    """Estimates from a configurator's export."""

    name = "configurator"
    summary = "configurations as draft estimates, JSON; one object per configuration_id with its options"
    row: type[BaseModel] | None = ConfigurationRow

    def take(self, asked: Asked, office: Office) -> Taken:
        found = read(asked, ConfigurationRow)
        requests: list[tuple[str, Request]] = []
        bad = list(found.bad)
        for where, row in found.rows:
            if asked.administration_id not in (None, row.administration_id):
                continue
            contact_id = row.contact_id or office.catalogue.contact_numbered(
                row.administration_id, row.customer_id or ""
            )
            if contact_id is None:
                expected = f"the customer number of a contact of administration {row.administration_id}"
                bad.append(BadRow(where, "customer_id", repr(row.customer_id), expected))
            else:
                requests.append((where, _estimate(row, contact_id, asked.sender)))
        return Taken(tuple(requests), tuple(bad))


def _estimate(row: ConfigurationRow, contact_id: str, sender: str) -> DraftEstimate:
    return DraftEstimate(
        administration_id=row.administration_id,
        draft_id=f"estimate:{sender}:{row.configuration_id}",  # at most 80, with a sender of 30
        contact_id=contact_id,
        customer_reference=row.customer_reference,
        lines=tuple(DraftLine(**dict(option)) for option in row.options),
        due_days=row.valid_days,
        is_business=row.is_business,
        estimate_date=row.estimate_date,
        pre_text=row.pre_text,
    )

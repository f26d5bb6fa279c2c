"""Crediting a sent sales invoice: the whole of it, or some of its lines."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from pipelines.writeback.draft import MAXIMUM_LINES
from pipelines.writeback.fields import Amount, Identifier, Text
from pipelines.writeback.request import Request


class CreditLine(BaseModel):
    """One line of the original, by its place or by Moneybird's id of it; without a quantity all of it comes back."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    line: int | None = Field(None, ge=1, description="place of the line on the invoice, the first is 1, headings count")
    detail_id: Identifier | None = Field(None, description="Moneybird's id of the line, instead of its place")
    quantity: Amount | None = Field(None, gt=0, description="how much of it comes back, such as 2; empty: all of it")

    @model_validator(mode="after")
    def _names_one_line(self) -> Self:
        if (self.line is None) == (self.detail_id is None):
            raise ValueError("give either the line's place or its detail_id")
        return self


def _not_too_many(value: tuple[CreditLine, ...]) -> tuple[CreditLine, ...]:
    if len(value) > MAXIMUM_LINES:
        raise ValueError(f"{len(value)} lines; a credit has at most {MAXIMUM_LINES}, and none for the whole invoice")
    return value


class CreditInvoice(Request):
    """A draft credit invoice of one sent sales invoice. No lines: the whole invoice. Rates and prices are its own."""

    kind: ClassVar[str] = "credit_invoice"
    sales_invoice_id: Identifier
    lines: Annotated[tuple[CreditLine, ...], AfterValidator(_not_too_many)] = ()
    reason: Text = Field("", max_length=500)

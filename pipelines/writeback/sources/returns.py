"""Returned goods or services as credits: one row per line that comes back, the rows of one return one credit.

A return with a wrong row is left out whole: crediting the rest of it would make a second credit for one return.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipelines.writeback.catalogue.documents import InvoiceLine, SalesInvoice
from pipelines.writeback.credit import CreditInvoice, CreditLine
from pipelines.writeback.fields import Amount, Identifier, Text
from pipelines.writeback.office import Office
from pipelines.writeback.request import Request
from pipelines.writeback.sources.order_rows import LONGEST_ID
from pipelines.writeback.sources.reading import Row, rows
from pipelines.writeback.sources.source import Asked, BadRow, Taken


class ReturnRow(BaseModel):
    """One line that comes back; without line and product, the whole invoice."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    administration_id: Identifier = Field(description="Moneybird's id of the administration that sent the invoice")
    return_id: Text = Field(
        min_length=1, max_length=LONGEST_ID, description="your own number of the return; its rows are one credit"
    )
    invoice: Text | None = Field(None, description="the invoice's number, such as 2026-0012")
    sales_invoice_id: Identifier | None = Field(
        None, description="Moneybird's id of the invoice, instead of its number"
    )
    line: int | None = Field(None, ge=1, description="place of the line on the invoice, the first is 1, headings count")
    product: Text | None = Field(
        None, description="product code, or Moneybird's id of the product, of one line; instead of its place"
    )
    quantity: Amount | None = Field(None, gt=0, description="how much of the line comes back; empty: all of it")
    reason: Text = Field("", max_length=500, description="why it comes back, for who approves")

    @model_validator(mode="after")
    def _is_clear(self) -> ReturnRow:
        if (self.invoice is None) == (self.sales_invoice_id is None):
            raise ValueError("give either the invoice's number or its sales_invoice_id")
        if self.line is not None and self.product is not None:
            raise ValueError("give either the line's place or its product")
        if self.is_whole and self.quantity is not None:
            raise ValueError("a quantity belongs to a line; give its place or its product too")
        return self

    @property
    def is_whole(self) -> bool:
        return self.line is None and self.product is None


_Placed = tuple[str, ReturnRow]


class Returns:
    """Credits of sent invoices, from what a shop or warehouse took back."""

    name = "returns"
    summary = "returned lines of sent invoices, CSV or JSON; the rows of one return_id become one draft credit"
    row: type[BaseModel] | None = ReturnRow

    def take(self, asked: Asked, office: Office) -> Taken:
        found = rows(asked, ReturnRow)
        bad = [each for row in found for each in row.bad]
        broken = _broken(found)
        requests: list[tuple[str, Request]] = []
        remarks: list[str] = []
        for key, placed in _returns(found, asked.administration_id).items():
            if key in broken:
                remarks.append(f"Return {key[1]} is left out whole, because one of its rows is wrong.")
                continue
            credit = _credit(placed, asked.sender, office)
            if isinstance(credit, BadRow):
                bad.append(credit)
            else:
                requests.append((placed[0][0], credit))
        return Taken(tuple(requests), tuple(bad), tuple(remarks))


def _key(row: Row[ReturnRow]) -> tuple[str, str]:
    """Which return a row belongs to, whatever else is wrong with it."""
    return str(row.cells.get("administration_id", "")).strip(), str(row.cells.get("return_id", "")).strip()


def _broken(found: Sequence[Row[ReturnRow]]) -> set[tuple[str, str]]:
    """Returns with a wrong row, and those beside a row that does not say whose it is."""
    wrong = {_key(row) for row in found if row.bad}
    nameless = [at for at, row in enumerate(found) if row.bad and not _key(row)[1]]
    beside = {_key(found[at]) for each in nameless for at in (each - 1, each + 1) if 0 <= at < len(found)}
    return wrong | beside


def _returns(found: Sequence[Row[ReturnRow]], administration_id: str | None) -> Mapping[tuple[str, str], list[_Placed]]:
    """The good rows of each return, wherever they stand in the file, in the order of their first rows."""
    returns: dict[tuple[str, str], list[_Placed]] = {}
    for row in found:
        if row.value is not None and administration_id in (None, row.value.administration_id):
            returns.setdefault(_key(row), []).append((row.where, row.value))
    return returns


def _credit(placed: Sequence[_Placed], sender: str, office: Office) -> CreditInvoice | BadRow:
    """`sender` has numbers of its own: the same one of another sender is another return."""
    where, first = placed[0]
    original = _original(first, office)
    if original is None:
        return _unknown_invoice(where, first)
    lines: list[CreditLine] = []
    for at, row in placed:
        if (row.invoice, row.sales_invoice_id) != (first.invoice, first.sales_invoice_id):
            named = row.invoice or row.sales_invoice_id
            of = f"{first.invoice or first.sales_invoice_id}, as in the first row of return {row.return_id}"
            return BadRow(at, "invoice" if row.invoice else "sales_invoice_id", f"{named!r}", of)
        if row.is_whole and len(placed) > 1:
            return BadRow(at, "line", "nothing", f"a line or product, as return {row.return_id} has {len(placed)} rows")
        line = None if row.is_whole else _line(at, row, original)
        if isinstance(line, BadRow):
            return line
        lines += [line] if line else []
    try:
        return CreditInvoice(
            administration_id=first.administration_id,
            draft_id=f"return:{sender}:{first.return_id}",
            sales_invoice_id=original.sales_invoice_id,
            lines=tuple(lines),
            reason="; ".join(dict.fromkeys(row.reason for _, row in placed if row.reason))[:500],
        )
    except ValidationError as error:
        return BadRow(where, "the return", f"{len(placed)} rows", error.errors()[0]["msg"])


def _original(row: ReturnRow, office: Office) -> SalesInvoice | None:
    if row.invoice is not None:
        return office.catalogue.sales_invoice_by_number(row.administration_id, row.invoice)
    return office.catalogue.sales_invoice(row.administration_id, row.sales_invoice_id or "")


def _unknown_invoice(where: str, row: ReturnRow) -> BadRow:
    field = "invoice" if row.invoice else "sales_invoice_id"
    wanted = f"a sales invoice of administration {row.administration_id}, as last published"
    return BadRow(where, field, repr(row.invoice or row.sales_invoice_id), wanted)


def _line(where: str, row: ReturnRow, original: SalesInvoice) -> CreditLine | BadRow:
    if row.product is None:
        return CreditLine(line=row.line, detail_id=None, quantity=row.quantity)
    found = [line for line in original.lines if row.product in (line.product_code, line.product_id)]
    if len(found) == 1:
        return CreditLine(line=None, detail_id=found[0].line_id, quantity=row.quantity)
    if found:
        return BadRow(
            where, "product", f"{row.product!r} on {len(found)} lines", "a product of one line; give its line"
        )
    return BadRow(
        where, "product", repr(row.product), f"a product of invoice {original.number}: {_products(original.lines)}"
    )


def _products(lines: Sequence[InvoiceLine]) -> str:
    known = [line.product_code or line.product_id for line in lines if line.product_code or line.product_id]
    return ", ".join(str(each) for each in known) or "it has none, give the line"

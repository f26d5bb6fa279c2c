"""The copy Moneybird made of an invoice: which line is which, and the one change that makes it what was approved.

The copy begins with a heading of its own and has every line with its quantity turned, under new ids. So its lines are
known again by their words, price, rate and account, in order; whatever has no price is left out of account.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pipelines.writeback.keys import plain_number
from pipelines.writeback.kinds import documents
from pipelines.writeback.kinds.credited import CreditedLine

Row = Mapping[str, Any]


def described(lines: Sequence[CreditedLine]) -> list[dict[str, Any]]:
    """The lines of the invoice as the preview keeps them: `credited` is the quantity on the credit, None for none."""
    return [
        {
            "description": each.line.description,
            "unit_price": plain_number(each.line.unit_price),
            "quantity": plain_number(each.line.quantity),
            "tax_rate_id": each.line.tax_rate_id,
            "ledger_account_id": each.line.ledger_account_id,
            "project_id": each.line.project_id,
            "credited": None if each.quantity is None else plain_number(each.quantity),
            "net_amount": f"{each.net:f}",
        }
        for each in lines
    ]


def announced(lines: Sequence[Row], reference: str) -> dict[str, Any]:
    """The change of the copy before there is one: its lines are named by their place on the invoice."""
    return _body(reference, lines, [f"<copy of line {number}>" for number in range(1, len(lines) + 1)])


def change(expected: Row, copy: Row) -> dict[str, Any] | None:
    """The change that makes an untouched `copy` what was approved; None when its lines are not those of the invoice."""
    found = _known_again(expected["lines"], documents.ordered(copy["details"]))
    if found is None:
        return None
    return _body(expected["reference"], expected["lines"], [str(detail["id"]) for detail in found])


def _body(reference: str, lines: Sequence[Row], ids: Sequence[str]) -> dict[str, Any]:
    edits = [edit for line, id_ in zip(lines, ids, strict=True) if (edit := _edit(line, id_))]
    return {"sales_invoice": {"reference": reference, **({"details_attributes": edits} if edits else {})}}


def _known_again(lines: Sequence[Row], details: Sequence[Row]) -> list[Row] | None:
    """The copy's line of every line of the invoice, in order."""
    found: list[Row] = []
    for detail in details:
        if len(found) < len(lines) and _is_copy(lines[len(found)], detail):
            found.append(detail)
        elif Decimal(detail["price"]):
            return None
    return found if len(found) == len(lines) else None


def _is_copy(line: Row, detail: Row) -> bool:
    return (
        line["description"] == (detail["description"] or "")
        and Decimal(line["unit_price"]) == Decimal(detail["price"])
        and all(line[name] == str(detail[name]) for name in ("tax_rate_id", "ledger_account_id"))
    )


def _edit(line: Row, id_: str) -> dict[str, Any] | None:
    """A line that comes back whole stays in the words it was copied in."""
    if line["credited"] is None:
        return {"id": id_, "_destroy": True}
    if Decimal(line["credited"]) == -Decimal(line["quantity"]):
        return None
    return {"id": id_, "amount": line["credited"]}


def differences(expected: Row, preview: Row, found: Row, kept: Row) -> list[str]:
    """How a credit differs from what was approved, one clause each; lines without an amount do not count."""
    lines = [line for line in expected["lines"] if Decimal(line["net_amount"])]
    details = [each for each in found["details"] if Decimal(each["total_price_excl_tax_with_discount"] or 0)]
    nets = [line["net_amount"] for line in lines]
    original = "original_sales_invoice_id"
    return [
        *documents.texts("original invoice", expected[original], found.get(original)),
        *documents.texts("contact", expected["contact_id"], found["contact_id"]),
        *documents.texts("reference", expected["reference"], found["reference"]),
        *documents.texts("currency", preview["currency_code"], found["currency"]),
        *documents.amounts("total without VAT", preview["total_excl_amount"], kept["total_excl_amount"]),
        *documents.amounts("total with VAT", preview["total_incl_amount"], kept["total_incl_amount"]),
        *documents.vat(preview["rate_totals"], kept["tax_amounts"]),
        *documents.lines(lines, nets, details),
    ]

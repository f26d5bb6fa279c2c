"""`details_attributes`: lines of any document, new, changed or removed, as an array or keyed by position.

A line with an id changes or (with `_destroy`) removes that line; what is not mentioned stays. A product gives defaults
for what a new line leaves out. Everything is checked before anything is stored: nothing here touches the document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from pipelines.sandbox import chart
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import quantity
from pipelines.sandbox.api import fields
from pipelines.sandbox.api.answer import Complaints, not_found
from pipelines.sandbox.identifiers import id_of
from pipelines.sandbox.model import Line, Product

KEYS = frozenset({
    "id", "description", "period", "price", "amount", "tax_rate_id", "ledger_account_id", "project_id", "product_id",
    "row_order", "is_optional", "is_selected", "_destroy", "automated_tax_enabled",
})  # fmt: skip


@dataclass(frozen=True)
class Defaults:
    """What a new line of this document gets when it says nothing: a role's account and a rate."""

    account_id: int
    tax_rate_id: int


def of_sales(administration: Administration) -> Defaults:
    return Defaults(administration.roles[chart.REV], administration.sales_rate(21))


def lines(
    administration: Administration,
    given: Any,
    complaints: Complaints,
    defaults: Defaults,
    existing: Sequence[Line] = (),
) -> list[Line]:
    """The document's lines after the edit, in row order; new lines have id 0 until they are stored."""
    kept = {line.id: line for line in existing}
    added: list[Line] = []
    wanted = fields.rows(given, "details", complaints)
    # A new line comes after those that stay, wherever in the request the others are removed, as the examples show.
    staying = len(kept) - sum(detail.get("_destroy") in (True, "true") for detail in wanted)
    for detail in wanted:
        fields.unknown(complaints, detail, KEYS, "details.")
        named = detail.get("id")
        if named in (None, ""):
            added.append(_line(administration, detail, staying + len(added), complaints, defaults))
            continue
        id_ = id_of(named)
        if id_ not in kept:
            raise not_found("details_attributes", f"Detail with id {named} not found")  # wording not in any example
        if fields.flag(detail.get("_destroy"), "details._destroy", complaints):
            del kept[id_]
        else:
            kept[id_] = _changed(administration, kept[id_], detail, complaints)
    return sorted([*kept.values(), *added], key=lambda line: line.row_order)


def _line(
    administration: Administration, detail: dict[str, Any], order: int, complaints: Complaints, defaults: Defaults
) -> Line:
    now = administration.clock.milliseconds()
    product = _product(administration, detail, complaints)
    blank = Line(
        id=0,
        description=product.description if product else "",
        price=product.price if product else 0,
        amount=None,
        quantity=Decimal(1),
        tax_rate_id=(product and product.tax_rate_id) or defaults.tax_rate_id,
        account_id=product.account_id if product else defaults.account_id,
        project_id=None,
        period=None,
        row_order=order,
        created=now,
        updated=now,
        product_id=product.id if product else None,
    )
    return _changed(administration, blank, detail, complaints)


def _product(administration: Administration, detail: dict[str, Any], complaints: Complaints) -> Product | None:
    id_ = fields.record_id(detail.get("product_id"), administration.products, "details.product_id", complaints)
    return administration.products[id_] if id_ else None


def _changed(administration: Administration, line: Line, detail: dict[str, Any], complaints: Complaints) -> Line:
    """The line with what `detail` says; a key that is absent leaves the field alone."""
    changes: dict[str, Any] = {}
    if "price" in detail:
        changes["price"] = fields.cents(detail["price"], "details.price", complaints) or 0
    if "amount" in detail:
        changes["amount"] = fields.quantity(detail["amount"], "details.amount", complaints)
        changes["quantity"] = quantity(changes["amount"])
    if "description" in detail:
        if not isinstance(detail["description"], str | None):
            complaints.add("details.description", "is invalid", "invalid")
        changes["description"] = str(detail["description"] or "")
    for key, known, name in (
        ("tax_rate_id", administration.tax_rates, "tax_rate_id"),
        ("ledger_account_id", administration.accounts, "account_id"),
        ("project_id", administration.projects, "project_id"),
    ):
        if detail.get(key) not in (None, ""):
            changes[name] = fields.record_id(detail[key], known, f"details.{key}", complaints) or getattr(line, name)
    if "project_id" in detail and detail["project_id"] in (None, ""):
        changes["project_id"] = None
    if "period" in detail:
        changes["period"] = fields.period(administration, detail["period"], complaints)
    if "row_order" in detail:
        changes["row_order"] = fields.whole(detail, "row_order", line.row_order, complaints)
    for key in ("is_optional", "is_selected"):
        if key in detail:
            changes[key] = fields.flag(detail[key], f"details.{key}", complaints)
    if changes.get("is_optional") and not line.is_optional:
        changes.setdefault("is_selected", False)  # "not included in the total unless selected by the client"
    return replace(line, **changes, updated=administration.clock.milliseconds())

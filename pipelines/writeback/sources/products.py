"""A line that names a product instead of saying everything itself: the product fills in what the line leaves open."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pipelines.writeback.office import Office
from pipelines.writeback.sources.source import BadRow


def completed(
    where: str, line: dict[str, Any], product: str | None, administration_id: str, office: Office, prefix: str = ""
) -> tuple[dict[str, Any], tuple[BadRow, ...]]:
    """`line` with description, price and product_id of the product called so, and what still stands in the way.

    What the line says itself stays. `prefix` is where the line's fields stand in the row.
    """
    found: dict[str, Any] = dict(line)
    bad: list[BadRow] = []
    if product is not None:
        called = office.catalogue.products_called(administration_id, product)
        if len(called) != 1:
            there = f"{product!r}, which {len(called)} products there are called" if called else f"{product!r}"
            wanted = "the code or id of one product in that administration, as it was last synced"
            return found, (BadRow(where, f"{prefix}product", there, wanted),)
        (one,) = called
        found["product_id"] = one.product_id
        found.setdefault("description", one.description or one.name)
        if "unit_price" not in found and one.unit_price is not None:
            bad += _in_its_currency(where, prefix, product, one.currency_code, administration_id, office)
            found["unit_price"] = Decimal(one.unit_price)
    for name, words in (("description", "a description"), ("unit_price", "a price without VAT")):
        if name not in found:
            bad.append(BadRow(where, f"{prefix}{name}", "nothing", f"{words}, or a product that has one"))
    return found, tuple(bad)


def _in_its_currency(
    where: str, prefix: str, product: str, currency: str | None, administration_id: str, office: Office
) -> list[BadRow]:
    administration = office.catalogue.administration(administration_id)
    if administration is None or currency in (None, administration.currency_code):
        return []
    found = f"nothing, and product {product!r} is priced in {currency}"
    return [BadRow(where, f"{prefix}unit_price", found, f"a price in {administration.currency_code}")]

"""What can be ordered: products with their price, by the name people call them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from pipelines.writeback.catalogue.asking import Asker


@dataclass(frozen=True)
class Offered:
    """A product; `unit_price` is without VAT, in `currency_code`."""

    product_id: str
    name: str
    description: str | None
    unit_price: Decimal | None
    currency_code: str | None


class Offer(Protocol):
    def products_called(self, administration_id: str, name: str) -> tuple[Offered, ...]: ...


class MartsOffer(Asker):
    """Products as the marts have them."""

    def products_called(self, administration_id: str, name: str) -> tuple[Offered, ...]:
        """The product with this id; else those with this code, of which there may be several."""
        rows = self._ask(
            "select product_id, product_name, description, unit_price, currency_code "
            "from marts.dim_product where administration_id = ? and (product_id = ? or product_code = ?) "
            "and not is_deleted and not is_unknown order by product_id",
            (administration_id, name, name),
        )
        found = tuple(
            Offered(row["product_id"], row["product_name"], row["description"], row["unit_price"], row["currency_code"])
            for row in rows
        )
        return tuple(each for each in found if each.product_id == name) or found

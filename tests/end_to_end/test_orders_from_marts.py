"""What orders look up, asked of marts that were really built, against the sandbox's own records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import duckdb

from pipelines.writeback import MartsCatalogue
from tests.end_to_end.conftest import Group


def test_products_and_customers_are_found_by_the_names_people_call_them(published_group: Group) -> None:
    with duckdb.connect(str(published_group.settings().warehouse_path), read_only=True) as connection:

        def ask(sql: str, params: Sequence[object]) -> list[Mapping[str, Any]]:
            cursor = connection.execute(sql, list(params))
            columns = [column[0] for column in cursor.description or ()]
            return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

        catalogue = MartsCatalogue(ask)
        seen: Counter[str] = Counter()
        for books in published_group.world.administrations.values():
            where = str(books.id)
            for key, product in books.products.items():
                seen["products"] += 1
                (by_code,) = catalogue.products_called(where, product.identifier)
                (by_id,) = catalogue.products_called(where, str(key))
                assert by_code == by_id
                assert (by_id.product_id, by_id.unit_price) == (str(key), Decimal(product.price) / 100)
                assert (by_id.description, by_id.currency_code) == (product.description, product.currency)
            for key, contact in books.contacts.items():
                seen["contacts"] += 1
                assert catalogue.contact_numbered(where, contact.card.customer_id) == str(key)
            assert catalogue.products_called(where, "nothing is called so") == ()
            assert catalogue.contact_numbered(where, "nobody is numbered so") is None
        assert seen["products"] > 1
        assert seen["contacts"] > 10

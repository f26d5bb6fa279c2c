"""Which documented properties ever hold something, over every record that was served.

A property is named by the schema it belongs to, `sales_invoice_response.paid_at`, so that a contact counts wherever it
is embedded; where the document has no name for a schema it is the operation's, `GET reports/tax.tax_rates[].name`.
Below a list that is always empty there is nothing to see, so only the list itself is told.
"""

from __future__ import annotations

import re
from typing import Any

from tests.sandbox.contract import Contract, Documented

NOT_THERE = object()
EMPTY: tuple[tuple[Any, str], ...] = ((NOT_THERE, "not there"), (None, "null"), ("", '""'), ([], "[]"), ({}, "{}"))
NAMED = "#/components/schemas/"


class Fill:
    """Remembers of every property that came by whether it was ever filled, and what it was otherwise."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self.filled: set[str] = set()
        self._unfilled: dict[str, str] = {}

    def see(self, operation: Documented, body: Any) -> None:
        """Looks at the body of one answer with status 200."""
        content = operation.response(200)
        assert content is not None
        self._note(f"{operation}", body)
        self.look(content["content"]["application/json"]["schema"], body, str(operation))

    def never(self) -> dict[str, str]:
        """Properties that were never filled, with what they were in the last record."""
        return {name: words for name, words in sorted(self._unfilled.items()) if name not in self.filled}

    def look(self, schema: dict[str, Any], value: Any, name: str) -> None:
        """Looks at one value of a schema; `name` is used where the schema has none."""
        reference = schema.get("$ref", "")
        if reference.startswith(NAMED):
            name = reference.removeprefix(NAMED)
        schema = self._contract.resolved(schema)
        if isinstance(value, list):
            for item in value:
                self.look(schema.get("items", {}), item, f"{name}[]")
        elif isinstance(value, dict):
            for key in ("allOf", "oneOf", "anyOf"):
                for part in schema.get(key, ()):
                    self.look(part, value, name)
            self._properties(schema.get("properties", {}), value, name)
            more = schema.get("additionalProperties")
            for key in value.keys() - schema.get("properties", {}).keys() if isinstance(more, dict) else ():
                self.look(more, value[key], f"{name}.*")

    def _properties(self, properties: dict[str, Any], value: dict[str, Any], name: str) -> None:
        for key, schema in properties.items():
            place = f"{name}.{key}"
            self._note(place, value.get(key, NOT_THERE))
            if isinstance(value.get(key), dict | list):
                self.look(schema, value[key], place)

    def _note(self, place: str, held: Any) -> None:
        if held is not NOT_THERE and (held or isinstance(held, bool | int | float)):  # `false` and 0 say something
            self.filled.add(place)
        else:
            self._unfilled[place] = next(words for value, words in EMPTY if held == value)


def fits(pattern: str, name: str) -> bool:
    """Whether a line of `always_empty` covers the property; only `*` is special, for names have brackets in them."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), name) is not None

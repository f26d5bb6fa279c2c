"""`custom_fields_attributes`: values of custom fields on a record; an empty value takes the field off."""

from __future__ import annotations

from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api.answer import not_found
from pipelines.sandbox.identifiers import id_of

Values = tuple[tuple[int, str], ...]


def custom_values(administration: Administration, given: Any, source: str, existing: Values = ()) -> Values:
    """The record's values after the request; 404 for a field that is not one of `source` (contact, sales_invoice …)."""
    values = dict(existing)
    rows = list(given.values()) if isinstance(given, dict) else given
    for custom in rows if isinstance(rows, list) else [] if rows in (None, "") else [rows]:
        named = custom.get("id") if isinstance(custom, dict) else custom
        id_ = id_of(named)
        field = administration.custom_fields.get(id_)
        if field is None or field.source != source:
            raise not_found("custom_fields_attributes", f"Custom field with id {named} not found for administration")
        value = custom.get("value")
        if value in (None, ""):
            values.pop(id_, None)
        else:
            values[id_] = str(value)
    return tuple(values.items())

"""What a Dutch spreadsheet makes of a CSV file, written our way: 31-12-2026, 129,95 and WAAR.

Only where it can mean one thing: a decimal comma in a file whose cells are parted by semicolons, and only in fields
that hold a date, an amount or a yes and no. Anything else stays as it is and is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, get_args

from pydantic import BaseModel

_DATE = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4})")
_AMOUNT = re.compile(r"-?\d+,\d+")
_YES_NO = {"waar": "true", "onwaar": "false"}


def our_way(cells: Mapping[str, str], model: type[BaseModel], *, decimal_comma: bool) -> dict[str, str]:
    """The cells as `model` reads them."""
    return {name: _cell(cell, _types(model, name), decimal_comma) for name, cell in cells.items()}


def _cell(cell: str, types: frozenset[Any], decimal_comma: bool) -> str:
    if date in types and (found := _DATE.fullmatch(cell)):
        day, month, year = found.groups()
        return f"{year}-{month:0>2}-{day:0>2}"
    if Decimal in types and decimal_comma and _AMOUNT.fullmatch(cell):
        return cell.replace(",", ".")
    return _YES_NO.get(cell.lower(), cell) if bool in types else cell


def _types(model: type[BaseModel], name: str) -> frozenset[Any]:
    field = model.model_fields.get(name)
    return frozenset(_parts(field.annotation)) if field else frozenset()


def _parts(annotation: Any) -> list[Any]:
    """The annotation and everything inside it: `Day | None` is a union, an annotated date, the date, and None."""
    return [annotation, *(part for each in get_args(annotation) for part in _parts(each))]

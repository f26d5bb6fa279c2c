"""The rows a person reads of a command of any kind: lines of a document, and what each field becomes. Draws nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from dashboards.db import LOCAL_ZONE
from dashboards.desk import Preview
from dashboards.formatting import MISSING, moment, number, period

FIELD, NOW, BECOMES, VALUE = "Field", "Now in Moneybird", "Becomes", "Value"
_NUMBERS = {"price": 2, "quantity": 0, "amount": 0}  # field of a line to the decimals it has at least
_HEADINGS = {"price": "Price", "amount": "Quantity", "tax_rate_id": "VAT rate"}  # Moneybird's `amount` is a quantity
_NET = "Without VAT"


def changes(shown: Preview) -> list[dict[str, str]]:
    """One row per field that is set or changed: what stands there now, if anything does, and what it becomes.

    Ids, and lists that only verification reads, say nothing to a person, and the reference names the command already;
    the exact request has them.
    """
    if _listed(shown):
        return []  # a document is told by its lines and amounts
    before, after = _telling(shown.before), {**_telling(_sent(shown)), **_telling(shown.expected)}
    if not before.keys() & after.keys():
        return [{FIELD: _words(name), VALUE: value} for name, value in after.items()]
    return [{FIELD: _words(name), NOW: before.get(name, MISSING), BECOMES: value} for name, value in after.items()]


def standing(shown: Preview) -> str:
    """What stands in Moneybird now and is not replaced, such as what is open on an invoice; empty for nothing."""
    changed = {} if _listed(shown) else {**_telling(_sent(shown)), **_telling(shown.expected)}
    kept = [f"{_words(name).lower()} {text}" for name, text in _telling(shown.before).items() if name not in changed]
    return f"Now in Moneybird: {', '.join(kept)}." if kept else ""


def lines(shown: Preview) -> list[dict[str, object]]:
    """One row per line of the document that is sent, with its rate by name and its amount."""
    rates = {total.tax_rate_id: total.name for total in shown.rate_totals}
    listed = _listed(shown)
    nets = shown.line_amounts if len(shown.line_amounts) == len(listed) else ()
    rows = []
    for place, line in enumerate(listed):
        named = {name: value for name, value in line.items() if name != "tax_rate_id"}
        if rates:
            named["tax_rate_id"] = rates.get(str(line.get("tax_rate_id")), "")
        row: dict[str, object] = {
            _HEADINGS.get(name, _words(name)): _said(value, name)
            for name, value in named.items()
            if _HEADINGS.get(name) or _is_telling(name, value)
        }
        rows.append(row | ({_NET: nets[place]} if nets else {}))
    return rows


def _sent(shown: Preview) -> Mapping[str, Any]:
    """The fields of the body, out of the one object it wraps them in."""
    body = shown.request.body or {}
    values = list(body.values())
    return values[0] if len(values) == 1 and isinstance(values[0], Mapping) else body


def _listed(shown: Preview) -> Sequence[Mapping[str, Any]]:
    """The lines in the body, empty for what is no document."""
    for value in _sent(shown).values():
        if isinstance(value, list | tuple) and value and all(isinstance(each, Mapping) for each in value):
            return value
    return ()


def _telling(fields: Mapping[str, Any] | None) -> dict[str, str]:
    return {name: _said(value, name) for name, value in (fields or {}).items() if _is_telling(name, value)}


def _is_telling(name: str, value: object) -> bool:
    return (
        name not in ("id", "reference") and not name.endswith("_id") and not isinstance(value, Mapping | list | tuple)
    )


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _said(value: object, name: str) -> str:
    if value is None or value == "":
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name in _NUMBERS or name.endswith("_amount"):
        return _dutch(str(value), _NUMBERS.get(name, 2))
    if name.endswith("_at"):
        return _moment(str(value))
    return period(str(value))


def _moment(text: str) -> str:
    """A moment with its zone as Dutch local time, anything else as it is."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment(at.astimezone(ZoneInfo(LOCAL_ZONE))) if at.tzinfo else text


def _dutch(text: str, at_least: int) -> str:
    """An amount as text in Dutch notation, with all the decimals it has."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    exponent = value.as_tuple().exponent
    return number(value, max(at_least, -exponent if isinstance(exponent, int) else 0))

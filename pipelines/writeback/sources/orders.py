"""Orders of a shop or tool → draft invoices: CSV with one row per line, or JSON with the lines inside.

An order goes as a whole or not at all: half of it would be a wrong invoice. Its number is the command's own id, so a
corrected order takes the place of the one that waits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from pydantic import BaseModel

from pipelines.writeback.draft import DraftInvoice, Supply
from pipelines.writeback.office import Office
from pipelines.writeback.sources.order_rows import Order, OrderHead, OrderLine, OrderRow
from pipelines.writeback.sources.products import completed
from pipelines.writeback.sources.reading import Row, printable, rows, validated
from pipelines.writeback.sources.source import Asked, BadRow, Taken

_HEAD = tuple(OrderHead.model_fields)
_OF_THE_INVOICE = ("customer_reference", "invoice_date", "due_days")
_OF_THE_LINE = ("description", "quantity", "unit_price", "project_id", "period", "tax_rate_id", "ledger_account_id")


@dataclass(frozen=True)
class _Line:
    where: str
    prefix: str  # of its fields' names
    line: OrderLine


@dataclass(frozen=True)
class _Found:
    """One order as it stands in the file; `bad` leaves out all of it."""

    order_id: str
    where: str
    head: Mapping[str, Any] = field(default_factory=dict)
    lines: tuple[_Line, ...] = ()
    bad: tuple[BadRow, ...] = ()


class Orders:
    """Orders, one draft invoice each."""

    name = "orders"
    summary = (
        "orders as draft invoices; CSV: one row per line, the rows of an order together; "
        "JSON: the line's fields in `lines`"
    )
    row: type[BaseModel] | None = OrderRow

    def take(self, asked: Asked, office: Office) -> Taken:
        is_csv = asked.name.lower().endswith(".csv")
        found = [*(_from_csv(rows(asked, OrderRow)) if is_csv else _from_json(rows(asked, Order)))]
        wanted, others = _only(found, asked.administration_id)
        requests: list[tuple[str, DraftInvoice]] = []
        bad: list[BadRow] = []
        left_out: list[str] = []
        for order in _without_twins(wanted, is_csv=is_csv):
            made = _request(order, asked, office) if not order.bad else order.bad
            if isinstance(made, DraftInvoice):
                requests.append((order.where, made))
                continue
            bad += made
            left_out += [order.order_id] if order.order_id else []
        return Taken(tuple(requests), tuple(bad), tuple(_remarks(left_out, others, asked)))


def _remarks(left_out: Sequence[str], others: int, asked: Asked) -> Iterator[str]:
    if left_out:
        names = ", ".join(dict.fromkeys(left_out))
        yield f"Left out as a whole: order {names}. The others do not wait for them."
    if others:
        yield f"Left out: {others} orders of other administrations than {asked.administration_id}."


def _from_csv(found: Sequence[Row[OrderRow]]) -> Iterator[_Found]:
    """Rows that stand together and have one number are an order; a row that may belong to one spoils it."""
    group: list[Row[OrderRow]] = []
    for row in found:
        if group and (_number(row) or None) != (_number(group[0]) or None):
            yield _order(group)
            group = []
        group.append(row)
    if group:
        yield _order(group)


def _order(group: Sequence[Row[OrderRow]]) -> _Found:
    bad = tuple(each for row in group for each in row.bad)
    good = [(row.where, row.value) for row in group if row.value is not None]
    head, disagreeing = _agreed(good)
    lines = tuple(_Line(where, "", row) for where, row in good)
    return _Found(_number(group[0]), group[0].where, head, lines, (*bad, *disagreeing))


def _number(row: Row[Any]) -> str:
    """The order's number as it stands there, whatever else is wrong with the row; empty where nobody can tell."""
    return printable(str(row.cells.get("order_id") or "").strip())


def _agreed(good: Sequence[tuple[str, OrderRow]]) -> tuple[dict[str, Any], list[BadRow]]:
    """What the rows say of their order; a row that says something else than one before it is named."""
    said: dict[str, tuple[str, Any]] = {}
    bad: list[BadRow] = []
    for where, row in good:
        for name in _HEAD:
            value = getattr(row, name)
            if value is None:
                continue
            first_where, first = said.setdefault(name, (where, value))
            if value != first:
                bad.append(BadRow(where, name, repr(str(value)), f"{str(first)!r} or nothing, as on {first_where}"))
    return {name: value for name, (_, value) in said.items()}, bad


def _from_json(found: Sequence[Row[Order]]) -> Iterator[_Found]:
    for row in found:
        if row.value is None:
            yield _Found(_number(row), row.where, bad=row.bad)
            continue
        head = {name: value for name in _HEAD if (value := getattr(row.value, name)) is not None}
        lines = tuple(_Line(row.where, f"lines.{n}.", line) for n, line in enumerate(row.value.lines, 1))
        yield _Found(_number(row), row.where, head, lines)


def _without_twins(found: Sequence[_Found], *, is_csv: bool) -> list[_Found]:
    """The orders, where one that comes twice is bad both times, and so is one beside a row that may be its own."""
    places: dict[tuple[str, ...], list[str]] = {}
    for order in found:
        places.setdefault(_identity(order), []).append(order.where)
    beside: dict[int, str] = {}
    for (n, left), (_, right) in pairwise(enumerate(found)) if is_csv else ():
        if bool(left.order_id) != bool(right.order_id):
            nameless, named = (left, n + 1) if right.order_id else (right, n)
            beside[named] = nameless.where
    return [_spoilt(order, places[_identity(order)], beside.get(n)) for n, order in enumerate(found)]


def _identity(order: _Found) -> tuple[str, ...]:
    return order.order_id, *(str(order.head.get(name) or "") for name in ("system", "administration_id"))


def _spoilt(order: _Found, places: Sequence[str], beside: str | None) -> _Found:
    bad = list(order.bad)
    if order.order_id and len(places) > 1:
        others = ", ".join(place for place in places if place != order.where)
        bad.append(BadRow(order.where, "order_id", f"{order.order_id!r} again on {others}", "all of an order together"))
    if beside is not None:
        bad.append(
            BadRow(order.where, "order_id", f"a row beside it that may be its own, {beside}", "whole rows around it")
        )
    return _Found(order.order_id, order.where, order.head, order.lines, tuple(bad))


def _only(found: Sequence[_Found], administration_id: str | None) -> tuple[list[_Found], int]:
    """The orders of one administration, and how many others there are; what says none is taken for that one's."""
    if administration_id is None:
        return list(found), 0
    wanted = [each for each in found if each.head.get("administration_id", administration_id) == administration_id]
    return wanted, len(found) - len(wanted)


def _request(order: _Found, asked: Asked, office: Office) -> DraftInvoice | tuple[BadRow, ...]:
    """The order as a request, or everything that stands in its way."""
    administration_id = order.head.get("administration_id") or asked.administration_id
    if administration_id is None:
        expected = "the administration's id on one of its rows, or --administration"
        return (BadRow(order.where, "administration_id", "nothing", expected),)
    if office.catalogue.administration(administration_id) is None:
        expected = "an administration that was synced"
        return (BadRow(order.where, "administration_id", repr(administration_id), expected),)
    contact_id = _contact(order, administration_id, office)
    lines = [_line(each, administration_id, office) for each in order.lines]
    bad = [each for _, problems in lines for each in problems]
    if isinstance(contact_id, BadRow):
        return (contact_id, *bad)
    if bad:
        return tuple(bad)
    given = {name: order.head[name] for name in _OF_THE_INVOICE if name in order.head}
    system = order.head.get("system") or asked.sender
    whole = {
        **given, "administration_id": administration_id, "contact_id": contact_id, "lines": [line for line, _ in lines],
        "draft_id": f"order:{system}:{order.order_id}",
    }  # fmt: skip
    made = validated(order.where, whole, DraftInvoice)
    return made.value if made.value is not None else made.bad


def _contact(order: _Found, administration_id: str, office: Office) -> str | BadRow:
    contact_id, number = order.head.get("contact_id"), order.head.get("customer_number")
    if number is None:
        missing = BadRow(order.where, "contact_id", "nothing", "the contact's id in Moneybird, or a customer_number")
        return contact_id or missing
    found = office.catalogue.contact_numbered(administration_id, number)
    if found is None:
        expected = "the customer number of a contact in that administration, as it was last synced"
        return BadRow(order.where, "customer_number", repr(number), expected)
    if contact_id not in (None, found):
        expected = f"{found!r}, whose customer number {number!r} is"
        return BadRow(order.where, "contact_id", repr(contact_id), expected)
    return found


def _line(each: _Line, administration_id: str, office: Office) -> tuple[dict[str, Any], tuple[BadRow, ...]]:
    row = each.line
    given = {name: value for name in _OF_THE_LINE if (value := getattr(row, name)) is not None}
    supply = {name: getattr(row, name) for name in Supply.model_fields if name in row.model_fields_set}
    if supply:
        given["supply"] = supply
    return completed(each.where, given, row.product, administration_id, office, each.prefix)

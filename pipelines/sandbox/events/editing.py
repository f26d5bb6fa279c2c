"""Any record edited or deleted, as somebody could do in the website: the books follow, versions and webhooks too.

A field is named as the facts name it (`model`), with dots into what is inside: `reference`, `lines.0.price`,
`payments.0.day`, `entries.1.credit`. `details` and `date` are understood as the API's words for `lines` and `day`; what
a contact says of itself may be named without `card.` before it. Money is text in the document's currency.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from pipelines.sandbox import amounts
from pipelines.sandbox.actions import (
    assets,
    bank,
    contacts,
    estimates,
    external,
    hours,
    journals,
    papers,
    payment_orders,
    purchases,
    recurring,
    sales,
)
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.events.people import Answer, Arguments
from pipelines.sandbox.records import KINDS, Kind

_WORDS = {"details": "lines", "date": "day"}
_HOLDERS = (
    "invoices", "external_invoices", "estimates", "recurring", "subscriptions", "charges", "purchases", "papers",
    "payment_orders", "journals", "statements", "mutations", "assets", "time_entries", "products", "accounts",
    "workflows", "document_styles", "identities", "financial_accounts", "subscription_templates", "contacts",
)  # fmt: skip

# What the books know of, by the dictionary it is held in.
_PUT: dict[str, Callable[[Administration, Any], Any]] = {
    "invoices": Administration.put_invoice,
    "external_invoices": Administration.put_external,
    "purchases": Administration.put_purchase,
    "journals": Administration.put_journal,
    "mutations": Administration.put_mutation,
    "assets": Administration.put_asset,
    "time_entries": Administration.put_time_entry,
}

# Event after an edit and after a deletion; a kind that is not here has none of which the documentation tells.
_EVENTS = {
    "contacts": ("contact_changed", "contact_destroyed"),
    "invoices": ("sales_invoice_updated", "sales_invoice_destroyed"),
    "external_invoices": ("external_sales_invoice_updated", "external_sales_invoice_destroyed"),
    "estimates": ("estimate_updated", "estimate_destroyed"),
    "recurring": ("recurring_sales_invoice_updated", "recurring_sales_invoice_destroyed"),
    "purchases": ("document_updated", "document_destroyed"),
    "papers": ("document_updated", "document_destroyed"),
    "journals": ("document_updated", "document_destroyed"),
    "time_entries": ("time_entry_updated", "time_entry_destroyed"),
    "projects": ("project_updated", "project_destroyed"),
    "products": ("product_updated", "product_destroyed"),
    "accounts": ("ledger_account_updated", "ledger_account_destroyed"),
    "tax_rates": ("tax_rate_updated", "tax_rate_destroyed"),
    "workflows": ("workflow_updated", "workflow_destroyed"),
    "document_styles": ("document_style_updated", "document_style_destroyed"),
    "identities": ("identity_updated", "identity_destroyed"),
}

# Deletions that take more with them than the record.
_DELETE: dict[str, Callable[[Administration, Any], Any]] = {
    "contacts": contacts.delete,
    "invoices": sales.delete,
    "external_invoices": external.remove,
    "purchases": purchases.remove,
    "papers": papers.remove,
    "journals": journals.remove,
    "mutations": bank.remove_mutation,
    "assets": assets.remove,
    "time_entries": hours.remove,
    "estimates": estimates.delete,
    "recurring": recurring.delete,
    "payment_orders": payment_orders.remove,
}


def edit_record(administration: Administration, arguments: Arguments) -> Answer:
    """Sets `fields` of the record `id` of `resource`. With `silently` true its version and the webhooks do not know."""
    kind, id_ = _asked(arguments)
    record = kind.find(administration, id_)
    changes = arguments.get("fields")
    if not isinstance(changes, dict) or not changes:
        raise ValueError("fields must name at least one field")
    if kind.held == "tax_rates" and "percentage" in changes:
        raise ValueError("the percentage of a tax rate with documents cannot be changed")
    before = record
    for name, value in changes.items():
        record = _with(record, _path(record, name), value)
    silently = bool(arguments.get("silently"))
    if not silently:
        record = _touched(administration, record)
    if record is not before or kind.held not in _PUT:
        getattr(administration, kind.held)[id_] = record
        administration.forget_figures(id_)
    if kind.held in _PUT:
        _PUT[kind.held](administration, record)
    if kind.held in _EVENTS and not silently:
        administration.announce(_EVENTS[kind.held][0], record)
    return _answer(administration, arguments, kind, record)


def delete_record(administration: Administration, arguments: Arguments) -> Answer:
    """Deletes the record `id` of `resource`; bank lines behind its payments become unprocessed again.

    ValueError when other records still refer to it.
    """
    kind, id_ = _asked(arguments)
    record = kind.find(administration, id_)
    if kind.held in _DELETE:
        _DELETE[kind.held](administration, record)
    else:
        if any(_refers(other, id_) for other in _others(administration, id_)):
            raise ValueError(f"{arguments['resource']} {id_} is in use")
        del getattr(administration, kind.held)[id_]
        if kind.held in _EVENTS:
            administration.announce(_EVENTS[kind.held][1], record)
    return {"resource": arguments["resource"], "id": str(id_)}


EVENTS: tuple[Callable[[Administration, Arguments], Answer], ...] = (edit_record, delete_record)


def _asked(arguments: Arguments) -> tuple[Kind, int]:
    resource, id_ = arguments.get("resource"), str(arguments.get("id", ""))
    if resource not in KINDS:
        raise ValueError(f"no resource {resource!r}; known are {', '.join(sorted(KINDS))}")
    if not id_.isdecimal():
        raise ValueError("id must be the id of a record")
    return KINDS[resource], int(id_)


def _answer(administration: Administration, arguments: Arguments, kind: Kind, record: Any) -> Answer:
    answer = {"resource": arguments["resource"], "id": str(record.id)}
    return answer | ({"version": kind.updated(administration, record) // 1000} if kind.updated else {})


def _touched(administration: Administration, record: Any) -> Any:
    now = administration.clock.milliseconds()
    if hasattr(record, "card") and hasattr(record, "merged"):
        record.card = replace(record.card, updated=max(record.card.updated, now))
    elif hasattr(record, "updated"):
        return _set(record, "updated", max(record.updated, now))
    return record


def _path(record: Any, name: str) -> list[str]:
    head, *rest = name.split(".")
    if not hasattr(record, head):
        head = _WORDS.get(head, head)
    return ["card", head, *rest] if not hasattr(record, head) and hasattr(record, "card") else [head, *rest]


def _with(record: Any, path: list[str], value: Any) -> Any:
    """The record with the value there; the same object where it can be changed."""
    head, *rest = path
    if isinstance(record, list | tuple):
        position = int(head) if head.isdecimal() else len(record)
        if position >= len(record) or not rest:
            raise ValueError(f"no {head!r} in a list of {len(record)}")
        items = [*record]
        items[position] = _with(items[position], rest, value)
        return type(record)(items)
    kinds = {field.name: str(field.type) for field in fields(record)} if is_dataclass(record) else {}
    if head not in kinds or head == "id":
        raise ValueError(f"no field {head!r}; known are {', '.join(sorted(kinds))}")
    return _set(record, head, _with(getattr(record, head), rest, value) if rest else _converted(kinds[head], value))


def _set(record: Any, name: str, value: Any) -> Any:
    if type(record).__dataclass_params__.frozen:
        return replace(record, **{name: value})
    setattr(record, name, value)
    return record


def _converted(kind: str, value: Any) -> Any:
    """What JSON can say, as the facts hold it. ValueError when it does not fit."""
    if value is None:
        if "None" not in kind:
            raise ValueError("the field cannot be empty")
        return None
    try:
        if "Cents" in kind:
            return amounts.to_int(Decimal(str(value)) * 100)
        if kind.startswith("tuple[date"):
            first, _, last = str(value).partition("..")
            return date.fromisoformat(first), date.fromisoformat(last)
        if "date" in kind:
            return date.fromisoformat(str(value))
        if "Decimal" in kind:
            return Decimal(str(value))
        if "bool" in kind:
            return bool(value)
        if "int" in kind or "Milliseconds" in kind:
            return int(value)
    except (ValueError, InvalidOperation, TypeError):
        raise ValueError(f"{value!r} is no {kind}") from None
    if "str" not in kind:
        raise ValueError(f"a field of type {kind} cannot be set; name what is in it")
    return str(value)


def _others(administration: Administration, id_: int) -> Iterator[Any]:
    for held in _HOLDERS:
        yield from (record for key, record in getattr(administration, held).items() if key != id_)


def _refers(value: Any, id_: int) -> bool:
    """Whether the id stands anywhere in the record."""
    if isinstance(value, list | tuple):
        return any(_refers(each, id_) for each in value)
    if is_dataclass(value):
        return any(_refers(getattr(value, field.name), id_) for field in fields(value))
    return value == id_ and not isinstance(value, bool)

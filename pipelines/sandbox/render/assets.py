"""An asset with what its value did, as `GET /assets/{id}` shows it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import text, to_int
from pipelines.sandbox.books import assets as books
from pipelines.sandbox.model import Asset, Cents, ValueChange

Source = tuple[int, int | None, int | None]


def asset(administration: Administration, record: Asset) -> dict[str, Any]:
    """What has yet to happen is not in it."""
    today = administration.clock.today()
    changes = books.value_changes(record, today)
    return {
        "id": str(record.id),
        "ledger_account_id": str(record.account_id),
        "name": record.name,
        "purchase_date": record.purchase_day.isoformat(),
        "purchase_value": text(record.purchase_value),
        "calculated_purchase_value": text(books.cost(record)),
        "current_value": text(books.cost(record) + sum(change.amount for change in changes)),
        "value_change_plan": _plan(administration, record),
        "disposal": disposal(record),
        "value_changes": [value_change(record, change) for change in changes],
        "sources": [source(record, found) for found in record.sources],
        "reinvestment_reserve_purchase": reserve_purchase(record),
    }


def _plan(administration: Administration, record: Asset) -> dict[str, Any] | None:
    if record.lifespan_years is None:
        return None
    years = Decimal(record.lifespan_years)
    return {
        "lifespan_in_years": int(years) if years == int(years) else float(years),
        "residual_value": text(record.residual),
        "active": record.plan_active,
        "monthly_depreciation": text(_monthly(administration, record, years)),
    }


def _monthly(administration: Administration, record: Asset, years: Decimal) -> Cents:
    """The next month's part; of a plan that has ended the part it began with (as in the example with a disposal)."""
    coming = books.monthly(record, administration.clock.today())
    return coming or to_int((books.cost(record) - record.residual) / (years * books.MONTHS_A_YEAR))


def value_change(record: Asset, change: books.Change | ValueChange) -> dict[str, Any]:
    return {
        "type": change.kind,
        "date": change.day.isoformat(),
        "amount": text(change.amount),
        "description": change.description,
        "externally_booked": change.booked_elsewhere,
        "asset_id": str(record.id),
    }


def disposal(record: Asset) -> dict[str, Any] | None:
    if record.disposed_on is None:
        return None
    return {
        "date": record.disposed_on.isoformat(),
        "reason": record.disposal_reason,
        "externally_booked": record.disposal_booked_elsewhere,
        "asset_id": str(record.id),
        "reinvestment_reserve_sale": reserve_sale(record),
    }


def reserve_sale(record: Asset) -> dict[str, Any] | None:
    if record.reserve_sale is None or record.disposed_on is None:
        return None
    id_, amount = record.reserve_sale
    return {
        "id": str(id_),
        "amount": text(amount),
        "date": record.disposed_on.isoformat(),
        "disposal_id": str(record.disposal_id),
    }


def reserve_purchase(record: Asset) -> dict[str, Any] | None:
    if record.reserve_purchase is None:
        return None
    id_, amount = record.reserve_purchase
    return {
        "id": str(id_),
        "amount": text(amount),
        "date": record.purchase_day.isoformat(),
        "asset_id": str(record.id),
    }


def source(record: Asset, found: Source) -> dict[str, Any]:
    """Only the one of the two ids that it has, as the examples show."""
    id_, detail_id, entry_id = found
    what = {"detail_id": str(detail_id)} if detail_id else {"general_journal_document_entry_id": str(entry_id)}
    return {"id": str(id_), "asset_id": str(record.id), **what}

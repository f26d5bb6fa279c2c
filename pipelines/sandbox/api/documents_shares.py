"""`fiscal_allocations_attributes`: the private shares of a purchase, new, changed or removed.

What the descriptions of the fields demand is demanded; the words of the refusals are guesses, as no example shows one.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import decimal_text
from pipelines.sandbox.api import fields
from pipelines.sandbox.api.answer import Complaints, not_found
from pipelines.sandbox.identifiers import id_of
from pipelines.sandbox.model import Allocation, Purchase

_KEYS = frozenset({"id", "ledger_account_id", "private_ledger_account_id", "percentage", "_destroy"})
_NAME = "fiscal_allocations"
_MOST = Decimal(100)  # per cent of one account


def shares(administration: Administration, given: Any, complaints: Complaints, purchase: Purchase) -> list[Allocation]:
    """The purchase's shares after the edit; new ones have id 0. `purchase` has its new lines already."""
    kept = {share.id: share for share in purchase.allocations}
    added: list[Allocation] = []
    for row in fields.rows(given, _NAME, complaints):
        fields.unknown(complaints, row, _KEYS, f"{_NAME}.")
        named = row.get("id")
        if named in (None, ""):
            now = administration.clock.milliseconds()
            added.append(_changed(administration, Allocation(0, 0, 0, Decimal(0), now, now), row, complaints))
            continue
        id_ = id_of(named)
        if id_ not in kept:
            raise not_found("fiscal_allocations_attributes", f"Fiscal allocation with id {named} not found")
        if fields.flag(row.get("_destroy"), f"{_NAME}._destroy", complaints):
            del kept[id_]
        else:
            kept[id_] = _changed(administration, kept[id_], row, complaints)
    found = [*kept.values(), *added]
    _check(purchase, found, complaints)
    return found


def _changed(
    administration: Administration, share: Allocation, row: dict[str, Any], complaints: Complaints
) -> Allocation:
    changes: dict[str, Any] = {}
    for key, name in (("ledger_account_id", "account_id"), ("private_ledger_account_id", "private_account_id")):
        if key in row or not getattr(share, name):
            id_ = fields.record_id(row.get(key), administration.accounts, f"{_NAME}.{key}", complaints, required=True)
            changes[name] = id_ or getattr(share, name)
    if "percentage" in row or not share.id:
        changes["percentage"] = _percentage(row.get("percentage"), complaints)
    private = administration.accounts.get(changes.get("private_account_id", 0))
    if private is not None and private.kind != "equity":
        complaints.add(f"{_NAME}.private_ledger_account_id", "is invalid", "invalid")
    return replace(share, **changes, updated=administration.clock.milliseconds())


def _percentage(value: Any, complaints: Complaints) -> Decimal:
    if value in (None, ""):
        complaints.add(f"{_NAME}.percentage", "can't be blank", "blank")
    found = fields.amount(value, f"{_NAME}.percentage", complaints) or Decimal(0)
    if found < 0:
        complaints.add(f"{_NAME}.percentage", "must be greater than or equal to 0.0", "greater_than_or_equal_to")
    return found


def _check(purchase: Purchase, found: list[Allocation], complaints: Complaints) -> None:
    """Every share is of an account that a line uses, and of one account no more than the whole."""
    used = {line.account_id for line in purchase.lines}
    totals: dict[int, Decimal] = {}
    for share in found:
        totals[share.account_id] = totals.get(share.account_id, Decimal(0)) + share.percentage
        if share.account_id and share.account_id not in used:
            complaints.add(f"{_NAME}.ledger_account_id", "is invalid", "invalid")
    if any(total > _MOST for total in totals.values()):
        words = f"must be less than or equal to {decimal_text(_MOST)}"
        complaints.add(f"{_NAME}.percentage", words, "less_than_or_equal_to")

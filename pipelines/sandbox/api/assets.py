"""Assets read, entered, changed and deleted. What happens to their value is in `asset_changes`."""

from __future__ import annotations

from datetime import date

from pipelines.sandbox.actions import assets
from pipelines.sandbox.actions.assets import Plan
from pipelines.sandbox.actions.locks import is_locked
from pipelines.sandbox.api.answer import Call, Complaints, RefusalError, Reply, invalid, not_there
from pipelines.sandbox.api.asset_fields import Form
from pipelines.sandbox.api.paging import paginate
from pipelines.sandbox.api.routing import DOCUMENT, Operation, row
from pipelines.sandbox.model import Account, Asset
from pipelines.sandbox.render import assets as render

_KEYS = ("name", "ledger_account_id", "purchase_date", "purchase_value", "value_change_plan_attributes")
_PLAN = "value_change_plan_attributes"
_PLAN_KEYS = ("lifespan_in_years", "residual_value")
_CHILD = (
    "cannot be a sub-category. Depreciation then lands in a different place on the balance sheet than the purchase "
    "value. Add a new category via 'Fixed assets'."
)
_LOCKED = "Asset cannot be deleted because there are journal entries in the locked period of the administration."


def found(call: Call) -> Asset:
    return call.find(call.administration.assets, not_there("asset"))


def listed(call: Call) -> Reply:
    """Without what was disposed of, unless `active` is false; in the order in which they were entered."""
    administration = call.administration
    account_id = call.query.get("ledger_account_id", "")
    wanted = [
        asset
        for asset in administration.assets.values()
        if (not account_id or str(asset.account_id) == account_id)
        and (call.query.get("active") == "false" or asset.disposed_on is None)
    ]
    wanted.sort(key=lambda asset: asset.id)
    return paginate(call, wanted, lambda asset: render.asset(administration, asset))


def single(call: Call) -> Reply:
    return Reply(200, render.asset(call.administration, found(call)))


def create(call: Call) -> Reply:
    """Since 2026-08-25 an asset may come without a plan; before that land could not be entered."""
    body = Form.of(call, "{}")
    body.only("asset")
    form = body.below("asset", "asset[{}]")
    form.only(*_KEYS)
    name, account_id = form.text("name"), form.id("ledger_account_id")
    day, value = form.day("purchase_date"), form.money("purchase_value")
    plan = _plan(form, None)
    form.refuse_if_wrong()
    account = _checked(call, name, account_id, value, plan)
    made = assets.create(call.administration, account, name, day, value, plan)
    return Reply(201, render.asset(call.administration, made))


def update(call: Call) -> Reply:
    """Everything while the purchase has yet to come; afterwards the name and nothing else."""
    asset, administration = found(call), call.administration
    body = Form.of(call, "{}")
    body.only("asset")
    form = body.below("asset", "asset[{}]")
    form.only(*_KEYS)
    name = form.text("name") if form.has("name") else asset.name
    account_id = form.id("ledger_account_id") if form.has("ledger_account_id") else asset.account_id
    day = form.day("purchase_date") if form.has("purchase_date") else asset.purchase_day
    value = form.money("purchase_value") if form.has("purchase_value") else asset.purchase_value
    before = None if asset.lifespan_years is None else Plan(asset.lifespan_years, asset.residual)
    plan = _plan(form, before)
    form.refuse_if_wrong()
    same = (account_id, day, value, plan) == (asset.account_id, asset.purchase_day, asset.purchase_value, before)
    if not same:
        _refuse_begun(call, asset)
        account = _checked(call, name, account_id, value, plan)
        assets.change_planned(administration, asset, account, day, value, plan)
    if not name:
        raise invalid("name", "can't be blank", "blank")
    if same or name != asset.name:
        assets.rename(administration, asset, name)
    return Reply(200, render.asset(administration, asset))


def _plan(form: Form, before: Plan | None) -> Plan | None:
    """The plan that the request wants; what it does not name of an existing plan stays."""
    if not form.has(_PLAN):
        return before
    below = form.below(_PLAN, "asset[value_change_plan_attributes][{}]")
    below.only(*_PLAN_KEYS)
    years = before.years if before and not below.has("lifespan_in_years") else below.years("lifespan_in_years")
    residual = before.residual if before else 0
    return Plan(years, below.money("residual_value") if below.has("residual_value") else residual)


def _checked(call: Call, name: str, account_id: int, value: int, plan: Plan | None) -> Account:
    """The account, when an asset of this value can stand on it with this plan."""
    administration, complaints = call.administration, Complaints()
    account = administration.accounts.get(account_id)
    if not name:
        complaints.add("name", "can't be blank", "blank")
    if account is None or not assets.may_hold(account) or assets.wear_accounts(administration, account) is None:
        complaints.add("ledger_account", "is invalid", "invalid")
    elif account.parent_id is not None:
        complaints.add("ledger_account", _CHILD, "cannot_be_a_child")
    if plan is not None and plan.residual > value:  # wording not in any example
        complaints.add("value_change_plan.residual_value", "must be less than the purchase value", "less_than")
    complaints.refuse_if_any()
    assert account is not None
    return account


def _refuse_begun(call: Call, asset: Asset) -> None:
    if asset.purchase_day < call.administration.clock.today() or asset.changes:
        raise invalid("base", "Cannot update asset when it has value changes", "cannot_update_with_value_changes")


def delete(call: Call) -> Reply:
    """Takes its lines out of the books, which the locked period forbids."""
    asset, administration = found(call), call.administration
    booked: set[date] = {posting.day for posting in administration.ledger.of(("asset", asset.id))}
    if is_locked(administration, *booked):
        raise RefusalError(422, {"error": _LOCKED})
    assets.remove(administration, asset)
    return Reply(204)


OPERATIONS: tuple[Operation, ...] = (
    row("GET", "assets", DOCUMENT, listed),
    row("POST", "assets", DOCUMENT, create),
    row("GET", "assets/{id}", DOCUMENT, single),
    row("PATCH", "assets/{id}", DOCUMENT, update),
    row("DELETE", "assets/{id}", DOCUMENT, delete),
)

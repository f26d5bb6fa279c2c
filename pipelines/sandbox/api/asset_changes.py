"""What happens to the value of an asset: changed, caught up with its plan, ended; its sources and the reserve.

The reserve is the "herinvesteringsreserve": book result that is put by to pay a part of a later purchase.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipelines.sandbox.actions import asset_reserve, assets
from pipelines.sandbox.actions.locks import is_locked
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api.answer import Call, Complaints, RefusalError, Reply, invalid, not_there, refuse
from pipelines.sandbox.api.asset_fields import Form
from pipelines.sandbox.api.assets import found
from pipelines.sandbox.api.locks import refuse_locked
from pipelines.sandbox.api.routing import DOCUMENT, Handler, Operation, row
from pipelines.sandbox.books import assets as books
from pipelines.sandbox.model import Asset
from pipelines.sandbox.render import assets as render

_NOT_FOUND = "Not Found"
_UNEQUAL = "The ledger account of the source must be equal to the ledger account of the asset"
_ONE_OF = ("detail_id", "general_journal_document_entry_id")


def _by_hand(kind: str) -> Handler:
    def change(call: Call) -> Reply:
        asset, form = found(call), Form.of(call)
        form.only("date", "amount", "description", "externally_booked")
        day, amount = form.day("date"), form.money("amount", negative=True)
        text, elsewhere = form.text("description"), form.flag("externally_booked")
        form.refuse_if_wrong()
        complaints = _about_day(call.administration, asset, day)
        worth = min(books.value(asset, day), books.value(asset, call.administration.clock.today()))
        if -amount > worth:  # wording not in any example
            complaints.add("amount", "can not be larger than the value of the asset", "larger_than_value")
        complaints.refuse_if_any()
        made = assets.change_value(call.administration, asset, kind, day, amount, text, elsewhere)
        return Reply(201, render.value_change(asset, made))

    return change


def divestment(call: Call) -> Reply:
    return _ended(call, "divestment")


def full_depreciation(call: Call) -> Reply:
    return _ended(call, "full_depreciation")


def _ended(call: Call, kind: str) -> Reply:
    """Answers with the change; the disposal that comes with it shows on the asset."""
    asset, form = found(call), Form.of(call)
    described = kind == "full_depreciation"
    form.only("date", *(["description"] if described else []))
    day, text = form.day("date"), form.text("description") if described else None
    form.refuse_if_wrong()
    complaints = _about_day(call.administration, asset, day)
    if any(change.kind == "arbitrary" and change.day >= day for change in asset.changes):
        complaints.add("date", "must be after the last arbitrary depreciation", "after_arbitrary_changes")
    complaints.refuse_if_any()
    return Reply(201, render.value_change(asset, assets.end(call.administration, asset, kind, day, text)))


def _about_day(administration: Administration, asset: Asset, day: date) -> Complaints:
    """`Has to be after the purchase date, and cannot be in the future or in the locked period`."""
    complaints = Complaints()
    if asset.disposed_on is not None:  # wording not in any example
        complaints.add("base", "Asset already has a disposal", "already_has_disposal")
    if day < asset.purchase_day:
        words = "can not be before the commissioning date of the asset"
        complaints.add("date", words, "cannot_be_before_purchase_date")
    if day > administration.clock.today():  # wording not in any example
        complaints.add("date", "can not be in the future", "cannot_be_in_the_future")
    if is_locked(administration, day):  # wording not in any example
        complaints.add("date", "can not be in the locked period", "cannot_be_in_locked_period")
    return complaints


def dispose(call: Call) -> Reply:
    asset, administration, form = found(call), call.administration, Form.of(call, "{}")
    form.only("date", "reason")
    day, reason = form.day("date"), form.one_of("reason", assets.REASONS)
    form.refuse_if_wrong()
    complaints = _about_day(administration, asset, day)
    if books.value(asset, day):
        words = "is invalid, asset is not fully depreciated on this date"
        complaints.add("date", words, "invalid_asset_not_fully_depreciated")
    complaints.refuse_if_any()
    assets.dispose(administration, asset, day, reason)
    return Reply(201, render.disposal(asset))


def make_missing(call: Call) -> Reply:
    asset, administration = found(call), call.administration
    if asset.lifespan_years is None:
        raise RefusalError(422, {"error": "Asset has no value change plan"})
    if not asset.plan_active:
        raise RefusalError(422, {"error": "The value change plan of the asset is not active"})
    missing = assets.missing(administration, asset)
    if not missing:  # wording not in any example
        raise RefusalError(422, {"error": "Asset has no missing value changes"})
    refuse_locked(administration, *(change.day for change in missing), what="Asset")
    assets.make_missing(administration, asset)
    return Reply(204)


def add_source(call: Call) -> Reply:
    """A line of any document with lines, or an entry of a journal, on the account of the asset."""
    asset, administration, form = found(call), call.administration, Form.of(call, "{}")
    form.only(*_ONE_OF)
    named = [name for name in _ONE_OF if form.has(name)]
    if len(named) != 1:  # wording not in any example; the family of these operations is Grape's
        form.wrong.append(
            f"{', '.join(_ONE_OF)} "
            + ("are mutually exclusive" if named else "are missing, exactly one parameter must be provided")
        )
    id_ = form.id(named[0]) if len(named) == 1 else 0
    form.refuse_if_wrong()
    is_detail = named[0] == "detail_id"
    rows = _details(administration) if is_detail else _entries(administration)
    account_id = next((account_id for found_id, account_id in rows if found_id == id_), None)
    if account_id is None:  # wording not in any example
        raise not_there("Detail" if is_detail else "GeneralJournalDocumentEntry")
    if account_id != asset.account_id:
        raise invalid("booking", _UNEQUAL, "not_equal_to_asset_ledger_account")
    made = assets.add_source(administration, asset, id_ if is_detail else None, None if is_detail else id_)
    return Reply(201, render.source(asset, made))


def _details(administration: Administration) -> Iterator[tuple[int, int]]:
    """Every line of a booked document with its account; there is no index, for this is asked rarely."""
    for documents in (administration.purchases, administration.invoices, administration.external_invoices):
        for document in documents.values():
            yield from ((line.id, line.account_id) for line in document.lines)


def _entries(administration: Administration) -> Iterator[tuple[int, int]]:
    for journal in administration.journals.values():
        yield from ((entry.id, entry.account_id) for entry in journal.entries)


def remove_source(call: Call) -> Reply:
    asset, wanted = found(call), call.id("source_id")
    if all(source[0] != wanted for source in asset.sources):
        raise not_there("Source")
    assets.remove_source(call.administration, asset, wanted or 0)
    return Reply(204)


def pay_from_reserve(call: Call) -> Reply:
    asset, administration, amount = found(call), call.administration, _amount(call)
    if asset.reserve_purchase is not None:  # wording not in any example
        raise RefusalError(422, {"error": "Asset already has a reinvestment reserve purchase"})
    complaints = Complaints()
    worth = books.value(asset, administration.clock.today()) - asset.residual
    if amount > min(asset.purchase_value - asset.residual, worth):
        words = "cannot exceed the purchase value minus the residual value"
        complaints.add("amount", words, "exceeds_depreciatable_value")
    if amount > asset_reserve.available(administration):
        complaints.add("amount", "cannot exceed the available reinvestment reserve", "exceeds_available_reserve")
    complaints.refuse_if_any()
    refuse_locked(administration, asset.purchase_day, what="Asset")
    asset_reserve.pay(administration, asset, amount)
    return Reply(201, render.reserve_purchase(asset))


def take_back_payment(call: Call) -> Reply:
    """The contract has no status for the locked period here."""
    asset = found(call)
    if asset.reserve_purchase is None:
        raise refuse(404, _NOT_FOUND)
    refuse_locked(call.administration, asset.purchase_day, status=400, what="Asset")
    asset_reserve.pay(call.administration, asset, None)
    return Reply(204)


def put_in_reserve(call: Call) -> Reply:
    asset, administration, amount = found(call), call.administration, _amount(call)
    if asset.disposed_on is None:
        raise RefusalError(422, {"error": "Asset has no disposal"})
    if asset.reserve_sale is not None:  # wording not in any example
        raise RefusalError(422, {"error": "Asset already has a reinvestment reserve sale"})
    refuse_locked(administration, asset.disposed_on, what="Asset")
    asset_reserve.put_by(administration, asset, amount)
    return Reply(201, render.reserve_sale(asset))


def take_out_of_reserve(call: Call) -> Reply:
    """The contract has no status for the locked period here."""
    asset = found(call)
    if asset.reserve_sale is None:
        raise refuse(404, _NOT_FOUND)
    refuse_locked(call.administration, asset.disposed_on, status=400, what="Asset")
    asset_reserve.put_by(call.administration, asset, None)
    return Reply(204)


def _amount(call: Call) -> int:
    form = Form.of(call)
    form.only("amount")
    amount = form.money("amount")
    form.refuse_if_wrong()
    return amount


_CHANGES = "assets/{id}/value_changes"
_PURCHASE, _SALE = "assets/{id}/reinvestment_reserve_purchase", "assets/{id}/reinvestment_reserve_sale"

OPERATIONS: tuple[Operation, ...] = (
    row("POST", f"{_CHANGES}/arbitrary", DOCUMENT, _by_hand("arbitrary")),
    row("POST", f"{_CHANGES}/manual", DOCUMENT, _by_hand("manual")),
    row("POST", f"{_CHANGES}/divestment", DOCUMENT, divestment),
    row("POST", f"{_CHANGES}/full_depreciation", DOCUMENT, full_depreciation),
    row("POST", f"{_CHANGES}/retroactive_linear_value_changes", DOCUMENT, make_missing),
    row("POST", "assets/{id}/disposals", DOCUMENT, dispose),
    row("POST", "assets/{id}/sources", DOCUMENT, add_source),
    row("DELETE", "assets/{id}/sources/{source_id}", DOCUMENT, remove_source),
    row("POST", _PURCHASE, DOCUMENT, pay_from_reserve),
    row("DELETE", _PURCHASE, DOCUMENT, take_back_payment),
    row("POST", _SALE, DOCUMENT, put_in_reserve),
    row("DELETE", _SALE, DOCUMENT, take_out_of_reserve),
)

"""How to be refused as the contract's examples were: made up after the names of the cases, which have no requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from pipelines.sandbox import chart
from tests.sandbox import replay_records as records
from tests.sandbox.offers_office import product, subscription
from tests.sandbox.office import Office
from tests.sandbox.replay_records import MANDATE, Maker, Record, made
from tests.sandbox.sales_office import customer

UNKNOWN = "987654321"
Body = Callable[[Office], Any]


@dataclass(frozen=True)
class Wrong:
    """A body, a query, the record that it is about, what was done before; `path` stands for the operation's own."""

    body: Any = None
    query: dict[str, str] = field(default_factory=dict)
    make: Maker | None = None
    before: Callable[[Office], Any] | None = None
    path: str = ""


def asset(**changes: Any) -> Body:
    """A new asset that is good but for these fields."""

    def body(office: Office) -> Any:
        good = {
            "name": "Bureau", "ledger_account_id": office.account(chart.FIXTURES), "purchase_date": "2026-01-01",
            "purchase_value": 1000, "value_change_plan_attributes": {"lifespan_in_years": 5, "residual_value": 100},
        }  # fmt: skip
        return {"asset": {key: value for key, value in (good | changes).items() if value is not ...}}

    return body


def under_another(office: Office) -> Any:
    """An asset on an account below another."""
    fixtures = office.administration.accounts[int(office.account(chart.FIXTURES))]
    office.administration.accounts[fixtures.id] = replace(fixtures, parent_id=int(office.account(chart.GENERAL)))
    return asset()(office)


def changed_arbitrarily(office: Office) -> Record:
    found = records.asset(office)
    made(office.post(f"assets/{found['id']}/value_changes/arbitrary", {**EARLY, "date": "2026-08-01"}))
    return found


def changed_by_hand(office: Office) -> Record:
    found = records.asset(office)
    made(office.post(f"assets/{found['id']}/value_changes/manual", {**EARLY, "date": "2026-08-01"}))
    return found


def worn_and_locked(office: Office) -> Record:
    found = records.asset(office)
    path = f"assets/{found['id']}/value_changes/retroactive_linear_value_changes"
    assert office.post(path, {}).status_code == 204
    office.administration.locked_until = date(2026, 6, 30)
    return found


def disposed(office: Office) -> Record:
    return records.asset_sold(office)


def archived(office: Office) -> Record:
    found = records.contact(office)
    assert office.patch(f"contacts/{found['id']}/archive", None).status_code == 204
    return found


def without_lines(family: str) -> Maker:
    return lambda office: made(office.post(f"{family}s", {family: {"contact_id": customer(office)}}))


def without_address(office: Office) -> None:
    """The customer has none for e-mail any more."""
    customer(office, email=None)


def without_sender(office: Office) -> None:
    """Nor has the company itself."""
    kept = office.administration.identities
    for id_, identity in kept.items():
        kept[id_] = replace(identity, email=None)


def of_subscription(office: Office) -> Record:
    return {"id": str(subscription(office)["recurring_sales_invoice_id"])}


def subscribed(office: Office) -> Record:
    return {"id": str(subscription(office)["product_id"])}


def retired(office: Office) -> Record:
    found = office.administration.products[int(product(office))]
    office.administration.products[found.id] = replace(found, active=False)
    return {"id": str(found.id)}


def uncoded(office: Office) -> Record:
    """A ledger account without a code of the scheme."""
    cost = office.administration.accounts[int(office.named("Algemene kosten"))]
    office.administration.accounts[cost.id] = replace(cost, rgs="")
    return records.export_ready(office)


def numbered_twice(office: Office) -> Record:
    first, second, *_ = office.administration.accounts.values()
    office.administration.accounts[second.id] = replace(second, number=first.number)
    return records.export_ready(office)


def nothing_left(plural: str) -> Callable[[Office], Any]:
    """The plan allows no more of these."""
    return lambda office: office.administration.limits.update({plural: 0})


def other_journal_account(office: Office) -> Any:
    """A row of a journal that is not on the account of the assets."""
    rows = records.journal(office)["general_journal_document_entries"]
    fixtures = office.account(chart.FIXTURES)
    return {"general_journal_document_entry_id": next(r["id"] for r in rows if r["ledger_account_id"] != fixtures)}


def other_detail(office: Office) -> Any:
    return {"detail_id": records.purchase(office)["details"][0]["id"]}


EARLY = {"date": "2025-12-31", "amount": -1, "description": "Op"}
NO_DAY = {"date": "31-12", "amount": -1, "description": "Op"}
ENDED_EARLY = {"date": "2025-12-31", "description": "Op"}
NAMELESS = {"contact_person": {"firstname": "", "lastname": ""}}
INVALID = {"contact": {"company_name": "", "firstname": "", "lastname": ""}}
CHANGES = "POST /assets/{id}/value_changes"

# Operation → case → how. What is not here is asked with unknown ids and the first documented body (404), with a token
# without scopes (401), or by the words of its name (`COMMON`).
WRONG: dict[str, dict[str, Wrong]] = {
    "POST /assets": {
        "Returns a 400 if the request when parameters are missing": Wrong(asset(name=...)),
        "Returns a 400 if the purchase date is not a valid date": Wrong(asset(purchase_date="31-12")),
        "Returns a 400 if the parameters are incorrect": Wrong(
            asset(purchase_value=-1, value_change_plan_attributes={"lifespan_in_years": 0, "residual_value": -1})
        ),
        "Returns a 422 if the asset is not valid": Wrong(
            lambda office: asset(ledger_account_id=office.account(chart.GENERAL))(office)
        ),
        "Returns a 422 if the ledger account hangs under another category": Wrong(under_another),
    },
    "PATCH /assets/{id}": {
        "Returns a 400 if the input attributes are invalid": Wrong({"asset": {"purchase_value": -1}}),
        "Returns a 422 if an active asset gets an invalid attribute update": Wrong(
            {"asset": {"purchase_value": 1}}, make=changed_by_hand
        ),
    },
    "DELETE /assets/{id}": {"Returns a 422 if the asset is in the locked period": Wrong(make=worn_and_locked)},
    "POST /assets/{id}/disposals": {
        "Returns a 400 if the reason is invalid": Wrong({"date": "2026-08-21", "reason": "lost"}),
        "Returns a 422 the asset is not invalid": Wrong({"date": "2026-08-21", "reason": "sold"}, make=records.asset),
    },
    "POST /assets/{id}/reinvestment_reserve_purchase": {
        "Returns a 400 if the amount is missing": Wrong({}),
        "Returns a 400 if the amount is negative": Wrong({"amount": -1}),
        "Returns a 422 if the amount exceeds the depreciatable value": Wrong({"amount": 901}),
    },
    "DELETE /assets/{id}/reinvestment_reserve_purchase": {
        "Returns a 404 if the asset has no reinvestment reserve purchase": Wrong(make=records.asset),
    },
    "POST /assets/{id}/reinvestment_reserve_sale": {
        "Returns a 400 if the amount is missing": Wrong({}),
        "Returns a 400 if the amount is negative": Wrong({"amount": -1}),
        "Returns a 422 if the asset has no disposal": Wrong({"amount": 1}, make=records.asset),
    },
    "DELETE /assets/{id}/reinvestment_reserve_sale": {
        "Returns a 404 if the asset has no disposal": Wrong(make=records.asset),
        "Returns a 404 if the asset's disposal has no reinvestment reserve sale": Wrong(make=disposed),
    },
    "POST /assets/{id}/sources": {
        "Returns a 400 if the detail id is not a integer": Wrong({"detail_id": "x"}),
        "Returns a 400 if the general journal document entry id is not an integer": Wrong(
            {"general_journal_document_entry_id": "x"}
        ),
        "Returns a 422 if the detail is not valid": Wrong(other_detail),
        "Returns a 422 if the entry has a different ledger account than the asset": Wrong(other_journal_account),
    },
    "DELETE /assets/{id}/sources/{source_id}": {
        "Returns a 404 if the source does not exist": Wrong(path=f"assets/{{}}/sources/{UNKNOWN}"),
    },
    f"{CHANGES}/arbitrary": {
        "Returns a 400 if the date is not a valid date": Wrong(NO_DAY),
        "Returns a 422 if the value change is invalid": Wrong(EARLY),
    },
    f"{CHANGES}/manual": {
        "Returns a 400 if the date is not a valid date": Wrong(NO_DAY),
        "Returns a 422 if the value change is invalid": Wrong(EARLY),
    },
    f"{CHANGES}/divestment": {
        "Returns a 400 if the date is not a valid date": Wrong({"date": "31-12"}),
        "Returns a 422 if the value change is invalid": Wrong({"date": "2025-12-31"}, make=changed_arbitrarily),
    },
    f"{CHANGES}/full_depreciation": {
        "Returns a 400 if the date is not a valid date": Wrong({"date": "31-12", "description": "Op"}),
        "Returns a 422 if the value change is invalid": Wrong(ENDED_EARLY, make=changed_arbitrarily),
    },
    f"{CHANGES}/retroactive_linear_value_changes": {
        "Returns a 422 if the asset has no value change plan": Wrong(
            {}, make=lambda office: records.asset(office, value_change_plan_attributes=None)
        ),
        "Returns a 422 if the asset is not valid with retroactive value changes scope": Wrong({}, make=disposed),
    },
    "POST /contacts": {
        "Returns an error when fields are not provided": Wrong({}),
        "Returns an error when record is invalid": Wrong(INVALID),
        "Does not create contact when mandate date is future in administration timezone": Wrong(
            {"contact": {"company_name": "X", **MANDATE, "sepa_mandate_id": "M-2", "sepa_mandate_date": "2026-08-22"}}
        ),
        "Returns an error when custom field cannot be found": Wrong(
            {"contact": {"company_name": "X", "custom_fields_attributes": {"0": {"id": 1234, "value": "x"}}}}
        ),
    },
    "PATCH /contacts/{id}": {
        "Does not allow making the contact trusted through the api": Wrong({"contact": {"is_trusted": True}}),
        "Returns an error when record is invalid": Wrong(INVALID),
    },
    "PATCH /contacts/{id}/archive": {
        "Returns a 400 status when the contact is already archived": Wrong(make=archived),
    },
    "POST /contacts/{id}/additional_charges": {
        "Returns a 404 status when a wrong product id is provided": Wrong(
            {"product_id": UNKNOWN}, path="contacts/{customer}/additional_charges"
        ),
        "Returns a 400 status when a subscription id is provided": Wrong(
            lambda office: {"product_id": product(office), "subscription_id": subscription(office)["id"]}
        ),
    },
    "POST /contacts/{contact_id}/contact_people": {
        "Returns a 422 status when wrong params are provided": Wrong(NAMELESS),
        "Returns a 422 status when a wrong contact person id is provided": Wrong(
            {"contact_person": {"firstname": "Jo", "lastname": "Vermeer"}}, path=f"contacts/{UNKNOWN}/contact_people"
        ),
    },
    "PATCH /contacts/{contact_id}/contact_people/{id}": {
        "Returns a 422 status when wrong params are provided": Wrong(NAMELESS),
    },
    "PATCH /estimates/{id}/bill_estimate": {
        "Can not bill an open estimate": Wrong({}, make=records.estimate),
        "Return 402 if limit is reached": Wrong({}, before=nothing_left("sales_invoices")),
    },
    "PATCH /estimates/{id}/change_state": {
        "Returns 400 if the state change is invalid": Wrong({"state": "sold"}),
        "Returns an error if estimate cannot be marked from draft to open": Wrong(
            {"state": "open"}, make=records.estimate
        ),
    },
    "PATCH /estimates/{id}/send_estimate": {
        "Returns an error if delivery method simplerinvoicing is given": Wrong(
            {"estimate_sending": {"delivery_method": "Simplerinvoicing"}}
        ),
        "Returns error when sending invalid estimate without details": Wrong({}, make=without_lines("estimate")),
        "Returns error when sending estimate to contact without email address": Wrong({}, before=without_address),
        "Returns error when sending estimate from identity without email": Wrong({}, before=without_sender),
    },
    "PATCH /estimates/{id}": {
        "Returns 400 if the update is invalid": Wrong({"estimate": None}),
        "Returns 422 if the update is invalid": Wrong({"estimate": {"language": "abracadabra"}}),
    },
    "POST /estimates": {
        "Returns 400 if the creation is invalid": Wrong({"estimate": None}),
        "Returns 422 if the creation is invalid": Wrong({"estimate": {"language": "abracadabra"}}),
    },
    "GET /estimates/find_by_estimate_id/{estimate_id}": {
        "Responds with a 404 code when estimate does not exist": Wrong(path="estimates/find_by_estimate_id/0"),
    },
    "GET /customer_contact_portal/{contact_id}/subscriptions/{id}": {
        "Returns 404 when the subscription does not belong to the contact": Wrong(
            make=subscription, path="customer_contact_portal/{supplier}/subscriptions/{}"
        ),
        "Returns 404 when the subscription has no subscription template": Wrong(
            make=subscription, path="customer_contact_portal/{customer}/subscriptions/{}"
        ),
    },
}

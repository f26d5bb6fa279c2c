"""Assets through the API: what an answer shows, what the books make of it, and what is refused in which words.

Today is 20 November 2026. The truth, which knows nothing of the books, must come to the same balances every time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.sandbox import chart
from pipelines.sandbox.model import Entry, Journal
from pipelines.sandbox.truth import Truth
from tests.sandbox.office import ROLES, Office, open_office, samples

WITH_FIXTURES = ROLES | {chart.FIXTURES, chart.FIXTURES_WRITTEN_DOWN, chart.DEPRECIATION}
CHANGES = "value_changes"
Json = dict[str, Any]


@pytest.fixture
def office() -> Iterator[Office]:
    for opened in open_office(roles=WITH_FIXTURES):
        yield opened
        booked = {
            id_: amount
            for id_ in opened.administration.accounts
            if (amount := opened.administration.ledger.balance(id_, date(2100, 1, 1)))
        }
        told = {
            id_: amount for id_, amount in Truth(opened.administration).balances(date(2100, 1, 1)).items() if amount
        }
        assert told == booked, "the truth and the books differ"


def enter(office: Office, **changes: Any) -> Json:
    """Bought on 1 January for 1,230.00, over one year, 30.00 stays: 100.00 a month."""
    body = {
        "name": "Bureau", "ledger_account_id": office.account(chart.FIXTURES), "purchase_date": "2026-01-01",
        "purchase_value": 1230, "value_change_plan_attributes": {"lifespan_in_years": 1, "residual_value": "30,00"},
    }  # fmt: skip
    answer = office.post("assets", {"asset": body | changes})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def shown(office: Office, asset: Json) -> Json:
    return dict(office.get(f"assets/{asset['id']}").json())


def changed(office: Office, asset: Json, kind: str, **body: Any) -> Json:
    answer = office.post(f"assets/{asset['id']}/{CHANGES}/{kind}", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def by_hand(day: str, amount: float) -> Json:
    return {"date": day, "amount": amount, "description": "Schade"}


def worn(asset: Json) -> list[tuple[str, str, str]]:
    """Type, month and day, amount."""
    return [(change["type"], change["date"][5:], change["amount"]) for change in asset["value_changes"]]


def written(office: Office, asset: Json) -> Json:
    """The asset after somebody asked for the month ends that had passed."""
    answer = office.post(f"assets/{asset['id']}/{CHANGES}/retroactive_linear_value_changes", {})
    assert (answer.status_code, answer.content) == (204, b"")
    return shown(office, asset)


def refused(office: Office, path: str, body: Json, status: int, error: Any) -> None:
    with office.unchanged():
        answer = office.post(path, body)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_new_asset_looks_like_the_example(office: Office) -> None:
    """`CreatesANewAsset`: 900.00 over 60 months is 15.00."""
    plan = {"lifespan_in_years": 5, "residual_value": 100}
    made = enter(office, purchase_date="2026-11-20", purchase_value=1000, value_change_plan_attributes=plan)
    assert made == {
        "id": made["id"], "ledger_account_id": office.account(chart.FIXTURES), "name": "Bureau",
        "purchase_date": "2026-11-20", "purchase_value": "1000.0", "calculated_purchase_value": "1000.0",
        "current_value": "1000.0",
        "value_change_plan": {
            "lifespan_in_years": 5, "residual_value": "100.0", "active": True, "monthly_depreciation": "15.0",
        },
        "disposal": None, "value_changes": [], "sources": [], "reinvestment_reserve_purchase": None,
    }  # fmt: skip
    assert shown(office, made) == made
    assert [event for event, _ in office.announced] == [
        "company_assets_asset_created",
        "company_assets_value_change_plan_created",
    ]


def test_months_that_have_passed_are_written_when_asked_for_and_coming_ones_by_themselves(office: Office) -> None:
    made = enter(office)
    assert (made["value_changes"], office.balance(chart.DEPRECIATION)) == ([], 0)
    full = written(office, made)
    assert [day for _, day, _ in worn(full)][:3] == ["01-31", "02-28", "03-31"]
    assert {(kind, amount) for kind, _, amount in worn(full)} == {("linear", "-100.0")}
    assert (len(full["value_changes"]), full["current_value"]) == (10, "230.0")
    assert (office.balance(chart.DEPRECIATION), office.balance(chart.FIXTURES_WRITTEN_DOWN)) == (100_000, -100_000)
    path = f"assets/{made['id']}/{CHANGES}/retroactive_linear_value_changes"
    refused(office, path, {}, 422, "Asset has no missing value changes")
    office.advance(10)
    assert worn(shown(office, made))[-1] == ("linear", "11-30", "-100.0")
    assert office.announced[-1][0] == "company_assets_value_changes_linear_created"


def test_the_example_of_the_contract(office: Office) -> None:
    """Bought on 1 March, four changes of 50.00 by hand, the months never asked for: 12,135.67 over 56 is 216.71."""
    plan = {"lifespan_in_years": 5, "residual_value": 10}
    made = enter(office, purchase_date="2026-03-01", purchase_value="12345.67", value_change_plan_attributes=plan)
    for month in (4, 5, 6, 7):
        changed(office, made, "arbitrary", **by_hand(f"2026-0{month}-01", -50))
    asset, example = shown(office, made), samples("asset")
    if example is not None:
        told = example["response"]
        assert asset["value_change_plan"] == told["value_change_plan"]
        assert asset["current_value"] == told["current_value"]
        assert worn(asset) == worn(told)
    assert written(office, made)["value_changes"][-1]["date"] == "2026-10-31"
    assert worn(shown(office, made))[4] == ("linear", "07-31", "-216.71")


def test_an_arbitrary_change_takes_the_months_after_it_away(office: Office) -> None:
    """The months up to it stay, those after it come back for what is left: 860.00 − 30.00 over eight months."""
    made = written(office, enter(office))
    told = changed(office, made, "arbitrary", **by_hand("2026-05-10", 30))
    assert told == {
        "type": "arbitrary", "date": "2026-05-10", "amount": "30.0", "description": "Schade",
        "externally_booked": False, "asset_id": made["id"],
    }  # fmt: skip
    after = shown(office, made)
    assert [day for _, day, _ in worn(after)] == ["01-31", "02-28", "03-31", "04-30", "05-10"]
    assert after["current_value"] == "860.0"
    events = [event for event, _ in office.announced]
    assert events[-2:] == [
        "company_assets_value_changes_linear_destroyed",
        "company_assets_value_changes_arbitrary_created",
    ]
    again = written(office, made)
    assert worn(again)[5] == ("linear", "05-31", "-103.75")
    assert again["current_value"] == "237.5"


def test_months_skipped_before_an_arbitrary_change_stay_skipped(office: Office) -> None:
    made = enter(office)
    changed(office, made, "arbitrary", **by_hand("2026-05-10", -30))
    assert [day for _, day, _ in worn(written(office, made))][:2] == ["05-10", "05-31"]


def test_a_manual_change_leaves_what_was_written_and_spreads_the_rest(office: Office) -> None:
    made = written(office, enter(office))
    changed(office, made, "manual", **by_hand("2026-05-10", -60))
    after = shown(office, made)
    assert {amount for kind, _, amount in worn(after) if kind == "linear"} == {"-100.0"}
    assert (after["current_value"], after["value_change_plan"]["monthly_depreciation"]) == ("170.0", "70.0")
    office.advance(11)
    assert worn(shown(office, made))[-1] == ("linear", "11-30", "-70.0")


def test_what_is_booked_elsewhere_counts_and_is_not_booked(office: Office) -> None:
    made = enter(office)
    told = changed(office, made, "manual", **by_hand("2026-11-20", -10), externally_booked=True)
    assert told["externally_booked"] is True
    assert (shown(office, made)["current_value"], office.balance(chart.DEPRECIATION)) == ("1220.0", 0)


@pytest.mark.parametrize(
    ("kind", "more", "reason"),
    [("divestment", {}, "divested"), ("full_depreciation", {"description": "Gestolen"}, "out_of_use")],
)
def test_an_end_takes_the_rest_and_the_asset_off_the_balance(
    office: Office, kind: str, more: Json, reason: str
) -> None:
    """P-20b: four months have worn off on 10 May; the 830.00 that are left are the book result."""
    made = written(office, enter(office))
    told = changed(office, made, kind, date="2026-05-10", **more)
    assert (told["type"], told["amount"], told["description"]) == (kind, "-830.0", more.get("description"))
    after = shown(office, made)
    assert after["disposal"] == {
        "date": "2026-05-10", "reason": reason, "externally_booked": False, "asset_id": made["id"],
        "reinvestment_reserve_sale": None,
    }  # fmt: skip
    assert (after["current_value"], after["value_change_plan"]["active"], len(worn(after))) == ("0.0", False, 5)
    assert after["value_change_plan"]["monthly_depreciation"] == "100.0"
    assert [office.balance(role) for role in (chart.FIXTURES, chart.FIXTURES_WRITTEN_DOWN, chart.BOOK_RESULT)] == [
        -123_000, 0, 83_000,
    ]  # fmt: skip
    assert office.balance(chart.DEPRECIATION) == 40_000
    office.advance(40)
    assert len(shown(office, made)["value_changes"]) == 5
    path = f"assets/{made['id']}/{CHANGES}/retroactive_linear_value_changes"
    refused(office, path, {}, 422, "The value change plan of the asset is not active")


def test_what_is_worth_nothing_can_be_disposed_of(office: Office) -> None:
    made = enter(office)
    path, body = f"assets/{made['id']}/disposals", {"date": "2026-11-20", "reason": "sold"}
    refused(office, path, body, 422, {"date": ["is invalid, asset is not fully depreciated on this date"]})
    refused(office, path, body | {"reason": "lost"}, 400, "reason does not have a valid value")
    changed(office, made, "manual", **by_hand("2026-11-20", -1230))
    answer = office.post(path, body)
    assert (answer.status_code, answer.json()["reason"]) == (201, "sold")
    assert office.balance(chart.FIXTURES) == -123_000
    assert office.balance(chart.FIXTURES_WRITTEN_DOWN) == 0
    assert office.announced[-1][0] == "company_assets_disposal_created"
    refused(office, path, body, 422, {"base": ["Asset already has a disposal"]})


@pytest.mark.parametrize("kind", ["manual", "arbitrary", "divestment", "full_depreciation"])
def test_a_change_before_the_purchase_is_refused(office: Office, kind: str) -> None:
    made = enter(office)
    body: Json = {"date": "2025-12-31"}
    if kind != "divestment":
        body |= {"description": "x"}
    if kind in ("manual", "arbitrary"):
        body |= {"amount": -1}
    wrong = {"date": ["can not be before the commissioning date of the asset"]}
    refused(office, f"assets/{made['id']}/{CHANGES}/{kind}", body, 422, wrong)
    refused(office, f"assets/{made['id']}/{CHANGES}/{kind}", body | {"date": "31-12"}, 400, "Date is invalid")
    coming = {"date": ["can not be in the future"]}
    refused(office, f"assets/{made['id']}/{CHANGES}/{kind}", body | {"date": "2026-11-21"}, 422, coming)
    office.administration.locked_until = date(2026, 6, 30)
    locked = {"date": ["can not be in the locked period"]}
    refused(office, f"assets/{made['id']}/{CHANGES}/{kind}", body | {"date": "2026-06-30"}, 422, locked)


def test_an_end_comes_after_the_last_arbitrary_change(office: Office) -> None:
    """The example has both complaints, in this order."""
    made = enter(office)
    changed(office, made, "arbitrary", **by_hand("2026-05-10", -30))
    words = ["can not be before the commissioning date of the asset", "must be after the last arbitrary depreciation"]
    path = f"assets/{made['id']}/{CHANGES}"
    refused(office, f"{path}/divestment", {"date": "2025-12-01"}, 422, {"date": words})
    refused(office, f"{path}/divestment", {"date": "2026-05-10"}, 422, {"date": words[1:]})


def test_no_change_lowers_the_value_below_nothing(office: Office) -> None:
    made = written(office, enter(office))
    too_much = {"amount": ["can not be larger than the value of the asset"]}
    refused(office, f"assets/{made['id']}/{CHANGES}/manual", by_hand("2026-11-20", -230.01), 422, too_much)
    refused(office, f"assets/{made['id']}/{CHANGES}/manual", by_hand("2026-02-01", -800), 422, too_much)
    changed(office, made, "manual", **by_hand("2026-11-20", -230))


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"asset": {"name": None}}, "asset[name] is missing"),
        ({"asset": {"purchase_date": "gisteren"}}, "asset[purchase_date] is invalid"),
        (
            {"asset": {"purchase_value": "veel", "value_change_plan_attributes": {
                "lifespan_in_years": 0, "residual_value": "x"}}},
            "asset[purchase_value] does not have a valid value, "
            "asset[value_change_plan_attributes][lifespan_in_years] does not have a valid value, "
            "asset[value_change_plan_attributes][residual_value] does not have a valid value",
        ),
        ({"asset": {"kleur": "rood"}}, "asset[kleur] is not allowed"),
        ({}, "asset is missing, asset[name] is missing, asset[ledger_account_id] is missing, "
             "asset[purchase_date] is missing, asset[purchase_value] is missing, "
             "asset[purchase_value] does not have a valid value"),
    ],
)  # fmt: skip
def test_a_wrong_body_is_refused_in_one_sentence(office: Office, body: Json, error: str) -> None:
    if body:
        good = {"name": "x", "ledger_account_id": office.account(chart.FIXTURES), "purchase_date": "2026-01-01",
                "purchase_value": 10, "value_change_plan_attributes": {"lifespan_in_years": 5}}  # fmt: skip
        body = {"asset": {key: value for key, value in (good | body["asset"]).items() if value is not None}}
    refused(office, "assets", body, 400, error)


def test_an_asset_stands_on_an_account_of_fixed_assets_that_has_no_parent(office: Office) -> None:
    body = {"asset": {
        "name": "x", "ledger_account_id": office.account(chart.BANK), "purchase_date": "2026-01-01",
        "purchase_value": 10, "value_change_plan_attributes": {"lifespan_in_years": 5},
    }}  # fmt: skip
    refused(office, "assets", body, 422, {"ledger_account": ["is invalid"]})
    body["asset"]["ledger_account_id"] = office.account(chart.FIXTURES_WRITTEN_DOWN)
    refused(office, "assets", body, 422, {"ledger_account": ["is invalid"]})
    fixtures = office.administration.accounts[int(office.account(chart.FIXTURES))]
    fixtures.parent_id = int(office.account(chart.FIXTURES_WRITTEN_DOWN))
    body["asset"]["ledger_account_id"] = str(fixtures.id)
    answer = office.post("assets", body)
    assert answer.json()["details"] == {"ledger_account": [{"error": "cannot_be_a_child"}]}
    assert answer.json()["error"]["ledger_account"][0].startswith("cannot be a sub-category. Depreciation")


def test_only_the_name_of_an_asset_in_use_changes(office: Office) -> None:
    made = written(office, enter(office))
    answer = office.patch(f"assets/{made['id']}", {"asset": {"name": "Tafel", "purchase_value": "1230.00"}})
    assert (answer.status_code, answer.json()["name"]) == (200, "Tafel")
    assert answer.json()["value_changes"] == made["value_changes"], "what was written keeps its words"
    with office.unchanged():
        wrong = office.patch(f"assets/{made['id']}", {"asset": {"purchase_value": 1}})
    assert (wrong.status_code, wrong.json()) == (
        422,
        {
            "error": {"base": ["Cannot update asset when it has value changes"]},
            "details": {"base": [{"error": "cannot_update_with_value_changes"}]},
        },
    )
    bad = office.patch(f"assets/{made['id']}", {"asset": {"purchase_value": "x"}})
    assert bad.json() == {"error": "asset[purchase_value] does not have a valid value"}


def test_a_planned_asset_changes_in_everything(office: Office) -> None:
    """`AllowsUpdatingEveryAttributeOfAPlannedAsset`: 9,500.00 over 120 months."""
    made = enter(office, purchase_date="2026-12-24")
    plan = {"lifespan_in_years": 10, "residual_value": 500}
    body = {
        "name": "Kast",
        "purchase_date": "2026-11-20",
        "purchase_value": 10000,
        "value_change_plan_attributes": plan,
    }
    asset = office.patch(f"assets/{made['id']}", {"asset": body}).json()
    assert (asset["name"], asset["purchase_date"], asset["purchase_value"]) == ("Kast", "2026-11-20", "10000.0")
    assert asset["value_change_plan"] == {
        "lifespan_in_years": 10, "residual_value": "500.0", "active": True, "monthly_depreciation": "79.17",
    }  # fmt: skip
    office.advance(41)
    assert [day for _, day, _ in worn(shown(office, asset))] == ["11-30", "12-31"]


def test_a_lifespan_may_be_broken_and_a_plan_may_be_missing(office: Office) -> None:
    made = written(office, enter(office, value_change_plan_attributes={"lifespan_in_years": 2.5}))
    assert (made["value_change_plan"]["lifespan_in_years"], worn(made)[0][2]) == (2.5, "-41.0")
    without = enter(office, value_change_plan_attributes=None)
    assert without["value_change_plan"] is None
    path = f"assets/{without['id']}/{CHANGES}/retroactive_linear_value_changes"
    refused(office, path, {}, 422, "Asset has no value change plan")


def test_an_asset_with_lines_in_the_locked_period_stays(office: Office) -> None:
    made = enter(office)
    office.administration.locked_until = date(2026, 6, 30)
    words = "Asset cannot be saved because there are journal entries in the locked period of the administration."
    refused(office, f"assets/{made['id']}/{CHANGES}/retroactive_linear_value_changes", {}, 422, words)
    office.administration.locked_until = None
    written(office, made)
    office.administration.locked_until = date(2026, 6, 30)
    with office.unchanged():
        answer = office.delete(f"assets/{made['id']}")
    assert (answer.status_code, answer.json()) == (
        422,
        {
            "error": "Asset cannot be deleted because there are journal entries in the locked period of the "
            "administration."
        },
    )
    office.administration.locked_until = date(2025, 12, 31)
    assert office.delete(f"assets/{made['id']}").status_code == 204
    assert office.announced[-1] == ("company_assets_asset_destroyed", made["id"])
    assert office.balance(chart.DEPRECIATION) == 0
    assert office.get(f"assets/{made['id']}").json() == {"error": "Record not found for model name: asset"}


def test_the_list_leaves_out_what_is_gone_unless_asked_for(office: Office) -> None:
    first, second = enter(office), enter(office, name="Stoel")
    changed(office, first, "divestment", date="2026-11-20")
    assert [asset["id"] for asset in office.get("assets").json()] == [second["id"]]
    assert [asset["id"] for asset in office.get("assets", active="false").json()] == [first["id"], second["id"]]
    assert office.get("assets", ledger_account_id=office.account(chart.BANK)).json() == []
    paged = office.get("assets", active="false", per_page="1", page="2")
    assert [asset["id"] for asset in paged.json()] == [second["id"]]
    assert 'rel="prev"' in paged.headers["Link"]


def bought(office: Office, role: str) -> str:
    """Id of the line of a new purchase on this account."""
    line = {"description": "Bureau", "price": 1230, "tax_rate_id": office.rate("purchase_invoice", 21, "NL/5b"),
            "ledger_account_id": office.account(role)}  # fmt: skip
    body = {"contact_id": office.supplier, "reference": "B-1", "date": "2026-01-01", "details_attributes": [line]}
    made = office.post("documents/purchase_invoices", {"purchase_invoice": body})
    assert made.status_code == 201, made.text
    return str(made.json()["details"][0]["id"])


def test_the_lines_an_asset_was_bought_with_are_its_sources(office: Office) -> None:
    asset, line = enter(office), bought(office, chart.FIXTURES)
    path = f"assets/{asset['id']}/sources"
    made = office.post(path, {"detail_id": line})
    assert made.json() == {"id": made.json()["id"], "asset_id": asset["id"], "detail_id": line}
    fixtures, reserves = (int(office.account(role)) for role in (chart.FIXTURES, chart.RESERVES))
    entries = [Entry(fixtures, 100, 0, "Oud"), Entry(reserves, 0, 100, "Oud")]
    now = office.world.clock.milliseconds()
    office.administration.put_journal(Journal(7_000, date(2026, 1, 1), "MEM-1", entries, now, now, None))
    second = office.post(path, {"general_journal_document_entry_id": entries[0].id}).json()
    assert second["general_journal_document_entry_id"] == str(entries[0].id)
    assert shown(office, asset)["sources"] == [made.json(), second]
    unequal = "The ledger account of the source must be equal to the ledger account of the asset"
    refused(office, path, {"general_journal_document_entry_id": entries[1].id}, 422, {"booking": [unequal]})
    refused(office, path, {"detail_id": bought(office, chart.GENERAL)}, 422, {"booking": [unequal]})
    refused(office, path, {"detail_id": "abc"}, 400, "detail_id is invalid")
    refused(
        office,
        path,
        {key: 1.5 for key in second if "entry" in key},
        400,
        "general_journal_document_entry_id is invalid",
    )
    refused(office, path, {"detail_id": "99"}, 404, "Record not found for model name: Detail")
    assert office.delete(f"{path}/{second['id']}").status_code == 204
    assert office.delete(f"{path}/{second['id']}").json() == {"error": "Record not found for model name: Source"}
    assert shown(office, asset)["sources"] == [made.json()]


def test_the_reinvestment_reserve_takes_book_result_and_pays_for_the_next_asset(office: Office) -> None:
    old, new = enter(office), enter(office, name="Nieuw", purchase_date="2026-11-20", value_change_plan_attributes=None)
    sale, purchase = (f"assets/{a['id']}/reinvestment_reserve_{kind}" for a, kind in ((old, "sale"), (new, "purchase")))
    refused(office, sale, {"amount": 100}, 422, "Asset has no disposal")
    refused(office, purchase, {"amount": 100}, 422, {"amount": ["cannot exceed the available reinvestment reserve"]})
    changed(office, old, "divestment", date="2026-11-20")
    put = office.post(sale, {"amount": 300}).json()
    assert (put["amount"], put["date"]) == ("300.0", "2026-11-20")
    assert shown(office, old)["disposal"]["reinvestment_reserve_sale"] == put
    assert (office.balance(chart.REINVESTMENT), office.balance(chart.BOOK_RESULT)) == (-30_000, 123_000 + 30_000)
    taken = office.post(purchase, {"amount": "250"}).json()
    assert taken == {"id": taken["id"], "amount": "250.0", "date": "2026-11-20", "asset_id": new["id"]}
    after = shown(office, new)
    assert (after["purchase_value"], after["calculated_purchase_value"], after["current_value"]) == (
        "1230.0", "980.0", "980.0",
    )  # fmt: skip
    assert after["reinvestment_reserve_purchase"] == taken
    assert (office.balance(chart.REINVESTMENT), office.balance(chart.FIXTURES)) == (-5_000, -123_000 - 25_000)
    report = office.get("reports/assets", period="202611").json()
    assert [row["calculated_purchase_value"] for row in report if row["asset_id"] == new["id"]] == ["980.0"]
    assert office.delete(purchase).status_code == office.delete(sale).status_code == 204
    assert (office.balance(chart.REINVESTMENT), shown(office, new)["calculated_purchase_value"]) == (0, "1230.0")
    assert [office.delete(path).json() for path in (purchase, sale)] == [{"error": "Not Found"}] * 2


def test_what_the_reserve_pays_is_not_worn_down(office: Office) -> None:
    """1,230.00 less 300.00 and 30.00 over twelve months."""
    old, new = enter(office), enter(office)
    changed(office, old, "divestment", date="2026-11-20")
    office.post(f"assets/{old['id']}/reinvestment_reserve_sale", {"amount": 300})
    office.post(f"assets/{new['id']}/reinvestment_reserve_purchase", {"amount": 300})
    assert {amount for _, _, amount in worn(written(office, new))} == {"-75.0"}
    changed(office, new, "divestment", date="2026-11-20")
    assert office.balance(chart.FIXTURES) == -2 * 123_000  # the cost of both is gone, whoever paid it


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "Amount is missing, Amount does not have a valid value"),
        ({"amount": -1}, "Amount does not have a valid value"),
    ],
)
def test_a_reserve_needs_an_amount(office: Office, body: Json, error: str) -> None:
    asset = enter(office)
    for kind in ("purchase", "sale"):
        refused(office, f"assets/{asset['id']}/reinvestment_reserve_{kind}", body, 400, error)


def test_the_reserve_pays_no_more_than_wears_down(office: Office) -> None:
    asset = enter(office)
    both = [
        "cannot exceed the purchase value minus the residual value",
        "cannot exceed the available reinvestment reserve",
    ]
    refused(office, f"assets/{asset['id']}/reinvestment_reserve_purchase", {"amount": 1201}, 422, {"amount": both})


PATHS = (
    "disposals", "sources", "reinvestment_reserve_purchase", "reinvestment_reserve_sale",
    *(f"{CHANGES}/{kind}" for kind in ("manual", "arbitrary", "divestment", "full_depreciation")),
    f"{CHANGES}/retroactive_linear_value_changes",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_an_asset_that_is_not_there_is_not_found(office: Office, path: str) -> None:
    refused(office, f"assets/99/{path}", {}, 404, "Record not found for model name: asset")


def test_every_refusal_that_the_contract_shows_is_held_against_it_above() -> None:
    """By its first words, as they stand in this file."""
    documented = samples("_errors_by_status")
    if documented is None:
        pytest.skip("Moneybird's samples are not in ../shared/moneybird")
    cases = [case for rows in documented.values() if isinstance(rows, list) for case in rows]
    texts = {text for case in cases if "/assets" in case["operation"] for text in _texts(case["body"])}
    here = Path(__file__).read_text(encoding="utf-8")
    # The report on assets has a scope, a period and a rate limit of its own.
    elsewhere = {"No access to documents", "Period cannot exceed 1 month", "Period is invalid", "Retry later"}
    assert [text for text in sorted(texts - elsewhere) if text[:30] not in here] == []
    assert len(texts) > 20


def _texts(body: Any) -> list[str]:
    error = body["error"] if isinstance(body, dict) else body
    return [error] if isinstance(error, str) else [text for texts in error.values() for text in texts]

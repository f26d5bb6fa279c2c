"""Subscriptions and their invoices, templates, extra charges, the portal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from pipelines.sandbox.cards import Person
from pipelines.sandbox.model import SubscriptionTemplate
from tests.sandbox.offers_office import (
    done_list,
    invoices,
    listen,
    product,
    subscription,
    told,
)
from tests.sandbox.office import Office, load, open_office
from tests.sandbox.sales_office import actions, customer, done

CHARGE = {"amount": "5 x", "price": 100, "period": "20210601..20210630", "description": "Transaction Costs"}


@pytest.fixture
def office() -> Iterator[Office]:
    yield from open_office()


def now(office: Office, made: dict[str, Any]) -> dict[str, Any]:
    return done(office.get(f"subscriptions/{made['id']}"))


def bills(office: Office, made: dict[str, Any]) -> dict[str, Any]:
    """The recurring invoice of a subscription."""
    return done(office.get(f"recurring_sales_invoices/{made['recurring_sales_invoice_id']}"))


def patch(office: Office, made: dict[str, Any], **fields: Any) -> Any:
    return office.patch(f"subscriptions/{made['id']}", {"subscription": fields})


def post(office: Office, **fields: Any) -> Any:
    body = {"contact_id": customer(office), "start_date": "2026-12-01"} | fields
    body.setdefault("product_id", product(office))
    return office.post("subscriptions", {"subscription": body})


def cancel(office: Office, made: dict[str, Any], **fields: Any) -> Any:
    return office.delete(f"subscriptions/{made['id']}", body={"subscription": fields} if fields else None)


def extra(office: Office, made: dict[str, Any], **fields: Any) -> Any:
    """An invoice for something extra beside the next one of the subscription."""
    body = {"details_attributes": [{"description": "Extra", "price": "10.5"}]} | fields
    return office.post(f"subscriptions/{made['id']}/create_and_schedule_one_off_sales_invoice", {"sales_invoice": body})


def charge(office: Office, path: str, **fields: Any) -> dict[str, Any]:
    body = CHARGE | {"product_id": product(office)} | fields
    return done(office.post(f"{path}/additional_charges", body))


# Beginning


def test_one_begins_with_a_recurring_invoice_that_is_sent_by_itself(office: Office) -> None:
    at = office.administration.clock.milliseconds()
    customer(office, people=(Person(11, "An", "Jansen", None, None, at),))
    made = subscription(office, amount="5x", discount="10", reference="klant.example", contact_person_id=11)
    assert (made["frequency"], made["frequency_type"], made["end_date"], made["cancelled_at"]) == (
        1, "month", None, None,
    )  # fmt: skip
    assert (made["contact_person"]["firstname"], made["contact_person"]["id"]) == ("An", "11")
    [plan] = made["subscription_products"]
    assert (plan["start_date"], plan["end_date"], plan["amount"], plan["discount"]) == (
        "2026-12-01", None, "5x", "10.0",
    )  # fmt: skip
    assert plan["product"] == made["product"]
    template = bills(office, made)
    assert (template["start_date"], template["auto_send"], template["reference"]) == (
        "2026-12-01", True, "klant.example",
    )  # fmt: skip
    [line] = template["details"]
    assert (line["price"], line["amount"], line["period"]) == ("18.0", "5x", "20261201..20261231")
    assert (template["total_price_excl_tax"], line["product_id"]) == ("90.0", made["product_id"])
    assert template["subscription"] == made
    assert [event for event, _ in office.announced] == ["recurring_sales_invoice_created", "subscription_created"]


def test_an_object_has_exactly_the_keys_of_its_schema(office: Office) -> None:
    contract = load()
    if contract is None:
        pytest.skip("the official contract is not beside the repository")
    made, schemas = subscription(office), contract["components"]["schemas"]
    assert set(made) == set(schemas["subscription_response"]["properties"])
    assert set(made["subscription_products"][0]) == set(schemas["subscription_product_response"]["properties"])
    kept = charge(office, f"subscriptions/{made['id']}")
    assert set(kept) == set(schemas["subscription_additional_charge_response"]["properties"])


def test_the_first_invoice_comes_on_the_first_day_but_not_before_tomorrow(office: Office) -> None:
    made = subscription(office, start_date="2017-01-01")
    assert (made["start_date"], bills(office, made)["start_date"]) == ("2017-01-01", "2026-11-21")
    office.advance(35)
    assert [(row["invoice_date"], row["subscription_id"]) for row in invoices(office)] == [
        ("2026-11-21", made["id"]), ("2026-12-21", made["id"]),
    ]  # fmt: skip
    assert actions(invoices(office)[0])[0] == "sales_invoice_created_based_on_subscription"


def test_a_monthly_product_can_be_billed_by_the_year(office: Office) -> None:
    made = subscription(office, frequency_type="year", prices_are_incl_tax=True, mergeable="true")
    template = bills(office, made)
    assert (template["frequency_type"], template["details"][0]["price"]) == ("year", "240.0")
    assert (template["total_price_incl_tax"], template["prices_are_incl_tax"]) == ("240.0", True)
    assert template["details"][0]["period"] == "20261201..20271130"
    report = done(office.get("reports/subscriptions", period="202612"))
    assert report["monthly_recurring_revenue"] == "20.0"


@pytest.mark.parametrize(
    ("fields", "status", "name"),
    [
        ({"start_date": None}, 400, "subscription"),
        ({"product_id": None}, 400, "subscription"),
        ({"product_id": "1"}, 422, "product_id"),
        ({"contact_id": None}, 422, "contact_id"),
        ({"contact_id": "1"}, 422, "contact_id"),
        ({"contact_person_id": "1"}, 422, "contact_person_id"),
        ({"document_style_id": "1"}, 422, "document_style_id"),
        ({"start_date": "soon"}, 422, "start_date"),
        ({"start_date": "9999-01-01"}, 422, "start_date"),
        ({"end_date": "2026-11-30"}, 422, "end_date"),
        ({"frequency_type": "week"}, 422, "frequency"),
        ({"frequency_type": "fortnight"}, 422, "frequency_type"),
        ({"frequency": 0}, 422, "frequency"),
        ({"frequency": "often"}, 422, "frequency"),
        ({"amount": True}, 422, "amount"),
        ({"discount": 101}, 422, "discount"),
        ({"mergeable": "perhaps"}, 422, "mergeable"),
        ({"reference": 1}, 422, "reference"),
        ({"workflow_id": "1"}, 422, "workflow_id"),
    ],
)
def test_what_a_subscription_cannot_be(office: Office, fields: dict[str, Any], status: int, name: str) -> None:
    with office.unchanged():
        answer = post(office, **fields)
    shown = answer.json()["error"] if status == 422 else answer.json()["symbolic"]
    assert (answer.status_code, list(shown)) == (status, [name]), answer.text


def test_a_product_without_a_frequency_is_not_subscribed_to(office: Office) -> None:
    once = product(office, frequency_type=None)
    with office.unchanged():
        assert post(office, product_id=once).json()["error"] == {"product_id": ["is invalid"]}


def test_a_plan_that_is_full_begins_no_subscription(office: Office) -> None:
    office.administration.limits["subscriptions"] = 1
    done(post(office))
    with office.unchanged():
        assert post(office).status_code == 402


# Changing


def test_another_product_is_a_new_plan_and_the_rest_of_the_period_is_billed(office: Office) -> None:
    """20.00 a month until the 10th of December, then 3 x 30.00 less 10 %: 61.00 more, for 21 of 31 days."""
    made = subscription(office)
    office.advance(21)
    dear = product(office, 3000)
    changed = done(patch(office, made, product_id=dear, amount="3 x", discount=10))
    assert (changed["product_id"], changed["start_date"]) == (dear, "2026-12-01")
    first, second = changed["subscription_products"]
    assert (first["start_date"], first["end_date"], first["product"]["price"]) == ("2026-12-01", "2026-12-10", "20.0")
    assert (second["start_date"], second["end_date"], second["amount"], second["discount"]) == (
        "2026-12-11", None, "3 x", "10.0",
    )  # fmt: skip
    assert office.announced[-1] == ("subscription_edited", made["id"])
    scheduled = invoices(office)[-1]
    assert (scheduled["state"], scheduled["invoice_date"]) == ("scheduled", "2026-12-12")
    [line] = scheduled["details"]
    assert (line["price"], line["period"]) == (f"{61 * 21 / 31:.2f}", "20261211..20261231")
    office.advance(21)
    billed = [(row["invoice_date"], row["total_price_excl_tax"]) for row in invoices(office)]
    assert billed == [("2026-12-01", "20.0"), ("2026-12-12", "41.32"), ("2027-01-01", "81.0")]


def test_a_cheaper_plan_and_one_before_the_first_invoice_bill_nothing(office: Office) -> None:
    made = subscription(office)
    done(patch(office, made, amount="2 x", start_date="2026-12-01"))
    assert invoices(office) == []
    assert now(office, made)["subscription_products"][0]["amount"] == "2 x"
    office.advance(20)
    done(patch(office, made, product_id=product(office, 1000)))
    assert [row["total_price_excl_tax"] for row in invoices(office)] == ["40.0"]


def test_a_plan_that_begins_later_is_billed_from_then(office: Office) -> None:
    made = subscription(office)
    changed = done(patch(office, made, amount="2 x", start_date="2027-01-15"))
    assert [plan["end_date"] for plan in changed["subscription_products"]] == ["2027-01-14", None]
    office.advance(75)
    assert [(row["invoice_date"], row["total_price_excl_tax"]) for row in invoices(office)] == [
        ("2026-12-01", "20.0"), ("2027-01-01", "20.0"), ("2027-02-01", "40.0"),
    ]  # fmt: skip


def test_what_is_no_plan_changes_the_invoices_to_come(office: Office) -> None:
    at = office.administration.clock.milliseconds()
    customer(office, people=(Person(11, "An", "Jansen", None, None, at),))
    made = subscription(office)
    changed = done(patch(office, made, reference="Nieuw", mergeable=True, contact_person_id="11"))
    assert (changed["reference"], len(changed["subscription_products"])) == ("Nieuw", 1)
    template = bills(office, made)
    assert (template["reference"], template["contact_person_id"]) == ("Nieuw", "11")
    assert [event for event, _ in office.announced[-2:]] == [
        "recurring_sales_invoice_updated", "subscription_updated",
    ]  # fmt: skip
    assert done(patch(office, made, contact_person_id=None))["contact_person"] is None


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"product_id": "1"}, "product_id"),
        ({"start_date": "2026-11-01"}, "start_date"),
        ({"contact_person_id": "1"}, "contact_person_id"),
        ({"discount": "-1"}, "discount"),
        ({"amount": ["1 x"]}, "amount"),
        ({"frequency": 2}, "frequency"),
        ({"end_date": "2027-01-01"}, "end_date"),
    ],
)
def test_a_wrong_change_changes_nothing(office: Office, fields: dict[str, Any], name: str) -> None:
    made = subscription(office)
    with office.unchanged():
        answer = patch(office, made, **fields)
        assert (answer.status_code, list(answer.json()["error"])) == (422, [name]), answer.text
        weekly = product(office, frequency_type="week")
        assert list(patch(office, made, product_id=weekly).json()["error"]) == ["product_id"]
        assert office.patch(f"subscriptions/{made['id']}", {}).status_code == 400


# Ending


def test_cancelling_gives_the_subscription_back_and_stops_its_invoices(office: Office) -> None:
    made = subscription(office)
    office.advance(20)
    cancelled = done(cancel(office, made, end_date="2027-01-15"))
    assert (cancelled["end_date"], cancelled["cancelled_at"][:10]) == ("2027-01-15", "2026-12-10")
    assert cancelled["subscription_products"][0]["end_date"] == "2027-01-15"
    assert (bills(office, made)["active"], bills(office, made)["last_date"]) == (True, "2027-01-15")
    assert office.announced[-1] == ("subscription_cancelled", made["id"])
    office.advance(60)
    assert [row["invoice_date"] for row in invoices(office)] == ["2026-12-01", "2027-01-01"]
    assert bills(office, made)["active"] is False
    assert done(patch_recurring(office, made))["reference"] == "los"


def patch_recurring(office: Office, made: dict[str, Any]) -> Any:
    path = f"recurring_sales_invoices/{made['recurring_sales_invoice_id']}"
    return office.patch(path, {"recurring_sales_invoice": {"reference": "los"}})


def test_without_a_date_it_ends_today(office: Office) -> None:
    made = subscription(office)
    ended = done(cancel(office, made))
    assert (ended["end_date"], bills(office, made)["active"]) == ("2026-11-20", False)
    with office.unchanged():
        for answer in (cancel(office, made), patch(office, made, reference="x"), extra(office, made)):
            assert (answer.status_code, answer.json()["symbolic"]) == (400, {"id": "cancelled"})


def test_a_wrong_end_ends_nothing(office: Office) -> None:
    made = subscription(office)
    with office.unchanged():
        for fields in ({"end_date": "2026-11-19"}, {"end_date": "never"}, {"stop_date": "2027-01-01"}):
            assert cancel(office, made, **fields).status_code == 400
    assert cancel(office, {"id": "1"}).json() == {"error": "record not found", "symbolic": {"id": "not_found"}}


def test_deleting_its_recurring_invoice_leaves_the_subscription_without_one(office: Office) -> None:
    made = subscription(office)
    assert office.delete(f"recurring_sales_invoices/{made['recurring_sales_invoice_id']}").status_code == 204
    assert now(office, made)["recurring_sales_invoice_id"] is None
    assert extra(office, made).status_code == 400
    assert done(patch(office, made, amount="2 x"))["subscription_products"][-1]["amount"] == "2 x"
    assert done(cancel(office, made))["end_date"] == "2026-11-20"


def test_webhooks_hear_of_a_subscription_and_of_its_recurring_invoice(office: Office) -> None:
    listen(office, "subscription", "recurring_sales_invoice")
    done(cancel(office, subscription(office)))
    assert told(office) == [
        ("recurring_sales_invoice_created", "RecurringSalesInvoice", None, True),
        ("subscription_created", "Subscription", None, True),
        ("recurring_sales_invoice_deactivated", "RecurringSalesInvoice", None, True),
        ("subscription_cancelled", "Subscription", None, True),
    ]


# Reading


def test_they_are_listed_by_contact_only(office: Office) -> None:
    made = subscription(office)
    office.advance(1)
    second = subscription(office)
    done(cancel(office, made))
    found = done_list(office.get("subscriptions", contact_id=made["contact_id"]))
    assert [row["id"] for row in found] == [made["id"], second["id"]]
    assert done_list(office.get("subscriptions", contact_id=office.supplier)) == []
    answer = office.client.get(
        f"/{office.administration.id}/subscriptions.json", headers={"Authorization": "Bearer office"}
    )
    assert (answer.status_code, answer.json()) == (400, {"error": "contact_id is missing"})
    missing = office.get("subscriptions/1")
    assert (missing.status_code, missing.json()) == (404, {"error": "Record not found for model name: Subscription"})
    assert patch(office, {"id": "1"}, reference="x").json()["error"] == "record not found"


# Something extra


def test_a_one_off_becomes_part_of_the_next_invoice_even_when_nothing_merges(office: Office) -> None:
    made = subscription(office)
    made_extra = done(extra(office, made))
    assert (made_extra["state"], made_extra["invoice_date"]) == ("scheduled", "2026-12-01")
    assert (made_extra["recurring_sales_invoice_id"], made_extra["subscription_id"]) == (None, None)
    assert actions(made_extra) == ["sales_invoice_created", "sales_invoice_state_changed_to_scheduled"]
    other = subscription(office)
    office.advance(11)
    merged, alone = invoices(office)
    assert (merged["subscription_id"], alone["subscription_id"]) == (made["id"], other["id"])
    assert [line["price"] for line in merged["details"]] == ["20.0", "10.5"]
    assert "sales_invoice_merged_with_recurring_sales_invoice" in actions(merged)
    assert office.get(f"sales_invoices/{made_extra['id']}").status_code == 404


def test_a_one_off_of_another_day_goes_alone(office: Office) -> None:
    done(extra(office, subscription(office), invoice_date="2026-11-25"))
    office.advance(11)
    assert [(row["invoice_date"], row["state"]) for row in invoices(office)] == [
        ("2026-11-25", "open"), ("2026-12-01", "open"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [
        {"details_attributes": []},
        {"details_attributes": [{"price": "much"}]},
        {"details_attributes": [{"description": "x", "is_optional": True}]},
        {"invoice_date": "2026-11-20"},
        {"invoice_date": "soon"},
        {"reference": "x"},
    ],
)
def test_a_wrong_one_off_is_a_400(office: Office, fields: dict[str, Any]) -> None:
    made = subscription(office)
    with office.unchanged():
        assert extra(office, made, **fields).status_code == 400
        assert (
            office.post(f"subscriptions/{made['id']}/create_and_schedule_one_off_sales_invoice", {}).status_code == 400
        )
        assert extra(office, {"id": "1"}).status_code == 404


def test_a_plan_that_is_full_bills_nothing_extra(office: Office) -> None:
    made = subscription(office)
    office.administration.limits["sales_invoices"] = 0
    with office.unchanged():
        answer = extra(office, made)
    assert (answer.status_code, answer.json()["error"]) == (402, "creating sales invoices is limited")


def test_charges_of_a_subscription_are_billed_with_it_and_like_ones_are_one_line(office: Office) -> None:
    made = subscription(office)
    path, same = f"subscriptions/{made['id']}", product(office, 100)
    first = charge(office, path, product_id=same)
    assert (first["contact_id"], first["subscription_id"], first["detail_id"]) == (None, made["id"], None)
    assert (first["period"], first["price"], first["amount"]) == ("202106..202106", "100.0", "5 x")
    charge(office, path, product_id=same, amount="2,5 x")
    charge(office, path, product_id=same, price=None, description=None, amount=None)
    office.advance(11)
    [invoice] = invoices(office)
    assert invoice["subscription_id"] == made["id"]
    assert [(line["description"], line["amount"], line["price"]) for line in invoice["details"]] == [
        ("Hosting", "1 x", "20.0"), ("Transaction Costs", "7.5 x", "100.0"), ("Hosting", "1 x", "1.0"),
    ]  # fmt: skip
    assert done_list(office.get(f"{path}/additional_charges")) == []
    billed = done_list(office.get(f"{path}/additional_charges", include_billed="true"))
    lines = [line["id"] for line in invoice["details"]]
    assert [row["detail_id"] for row in billed] == [lines[1], lines[1], lines[2]]
    office.advance(31)
    assert len(invoices(office)[-1]["details"]) == 1


def test_charges_of_a_contact_are_billed_on_the_first_of_the_next_month(office: Office) -> None:
    contact = customer(office)
    made = subscription(office, start_date="2027-06-01")
    kept = charge(office, f"contacts/{contact}")
    assert (kept["contact_id"], kept["subscription_id"]) == (contact, None)
    charge(office, f"subscriptions/{made['id']}")
    assert [row["id"] for row in done_list(office.get(f"contacts/{contact}/additional_charges"))] == [kept["id"]]
    office.advance(10)
    assert invoices(office) == []
    office.advance(1)
    [invoice] = invoices(office)
    assert (invoice["state"], invoice["invoice_date"], invoice["contact_id"]) == ("open", "2026-12-01", contact)
    assert invoice["total_price_excl_tax"] == "500.0"
    [row] = done_list(office.get(f"contacts/{contact}/additional_charges", include_billed=True))
    assert row["detail_id"] == invoice["details"][0]["id"]
    office.advance(40)
    assert len(invoices(office)) == 1


def test_what_a_charge_or_a_plan_names_is_not_taken_away(office: Office) -> None:
    contact, other = customer(office), product(office)
    charge(office, f"contacts/{contact}", product_id=other)
    office.delete(f"products/{other}")
    office.delete(f"contacts/{contact}")
    made = subscription(office)
    old, new = made["product_id"], product(office)
    done(patch(office, made, product_id=new, start_date="2026-12-05"))
    assert office.delete(f"products/{old}").status_code == 204
    office.advance(11)
    assert {row["contact_id"] for row in invoices(office)} == {contact}
    assert now(office, made)["subscription_products"][0]["product_id"] == old


def test_charges_that_cannot_be(office: Office) -> None:
    contact, made = customer(office), subscription(office)
    own = {"product_id": product(office)}
    with office.unchanged():
        answer = office.post(f"contacts/{contact}/additional_charges", CHARGE | own | {"subscription_id": made["id"]})
        assert (answer.status_code, answer.json()) == (400, {
            "error": "contact_id or subscription_id is required", "symbolic": {"contact_id": "required"},
        })  # fmt: skip
        for path in (f"contacts/{contact}", f"subscriptions/{made['id']}"):
            answer = office.post(f"{path}/additional_charges", CHARGE | {"product_id": "1"})
            assert (answer.status_code, answer.json()) == (
                404, {"error": "Product not found", "symbolic": {"product_id": "not_found"}},
            )  # fmt: skip
            for wrong in ({"price": "much"}, {"period": "202113"}, {"amount": [1]}, {"description": 1}):
                assert office.post(f"{path}/additional_charges", CHARGE | own | wrong).status_code == 400
        for path in ("contacts/1", "subscriptions/1"):
            assert office.post(f"{path}/additional_charges", CHARGE | own).status_code == 404
            assert office.get(f"{path}/additional_charges").status_code == 404


# Templates and the portal


def with_template(office: Office) -> SubscriptionTemplate:
    administration = office.administration
    kept = SubscriptionTemplate(
        administration.new_id(), administration.workflow_id, administration.document_style_id, (int(product(office)),)
    )
    administration.subscription_templates[kept.id] = kept
    return kept


def test_templates_are_listed_with_their_products(office: Office) -> None:
    template = with_template(office)
    [row] = done_list(office.get("subscription_templates"))
    assert (row["id"], [held["id"] for held in row["products"]]) == (str(template.id), [str(template.product_ids[0])])
    assert office.get("subscription_templates", page=0).json() == {
        "error": "Page is too small", "symbolic": {"page": "min"},
    }  # fmt: skip


def test_a_sales_link_is_one_for_each_contact_and_product(office: Office) -> None:
    template = with_template(office)
    path = f"subscription_templates/{template.id}"
    own, other = str(template.product_ids[0]), product(office)
    queries = ("", f"?contact_id={customer(office)}", f"?product_id={own}", "?start_date=2026-12-01")

    def link(query: str, id_: str = path) -> Any:
        url = f"/{office.administration.id}/{id_}/sales_link.json{query}"
        return office.client.post(url, headers={"Authorization": "Bearer office"})

    links = [link(query) for query in queries]
    assert {answer.status_code for answer in links} == {201}
    assert len({answer.json() for answer in links}) == len(queries)
    assert link("?contact_id=1").json() == {"error": "Record not found for model name: Contact"}
    assert link(f"?product_id={other}").json() == {"error": "Product not found for subscription template"}
    assert link("", "subscription_templates/1").status_code == 404
    old = office.get(f"{path}/checkout_identifier", contact_id=customer(office))
    assert (old.status_code, old.headers["X-Deprecated-Endpoint"]) == (200, "true")
    assert office.get(f"{path}/checkout_identifier", contact_id="1").status_code == 404


def test_the_portal_is_behind_a_link_that_is_new_each_time(office: Office) -> None:
    made = subscription(office)
    contact, template = made["contact_id"], with_template(office)
    paths = [f"customer_contact_portal/{contact}", f"customer_contact_portal/{contact}/invoices"]
    links = [office.get(path).json() for path in paths]
    office.world.clock.advance(timedelta(seconds=1))
    assert len({*links, *(office.get(path).json() for path in paths)}) == 4
    bought = f"customer_contact_portal/{contact}/subscriptions/{made['id']}"
    missing = (404, {"error": "Record not found for model name: Subscription"})
    assert (office.get(bought).status_code, office.get(bought).json()) == missing
    office.administration.subscriptions[int(made["id"])].template_id = template.id
    assert office.get(bought).status_code == 200
    foreign = office.get(bought.replace(contact, office.supplier))
    assert (foreign.status_code, foreign.json()) == missing
    nobody = office.get("customer_contact_portal/1/invoices")
    assert (nobody.status_code, nobody.json()) == (404, {"error": "Record not found for model name: Contact"})

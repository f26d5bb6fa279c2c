"""Recurring invoices, and the invoices that the calendar makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from pipelines.sandbox import frequencies
from pipelines.sandbox.model import CustomField
from tests.sandbox.offers_office import LINE, invoices, recurring, subscription
from tests.sandbox.office import Office, load, open_office
from tests.sandbox.sales_office import actions, customer, done


@pytest.fixture
def office() -> Iterator[Office]:
    yield from open_office()


def now(office: Office, made: dict[str, Any]) -> dict[str, Any]:
    return done(office.get(f"recurring_sales_invoices/{made['id']}"))


def patch(office: Office, made: dict[str, Any], **fields: Any) -> Any:
    return office.patch(f"recurring_sales_invoices/{made['id']}", {"recurring_sales_invoice": fields})


def post(office: Office, **fields: Any) -> Any:
    body = {"contact_id": customer(office), "invoice_date": "2026-12-01", "details_attributes": [LINE]}
    return office.post("recurring_sales_invoices", {"recurring_sales_invoice": body | fields})


# Making and changing


def test_one_that_says_little_comes_every_year_and_is_not_sent(office: Office) -> None:
    made = done(post(office))
    assert (made["frequency"], made["frequency_type"], made["auto_send"], made["active"]) == (1, "year", False, True)
    assert (made["start_date"], made["invoice_date"], made["last_date"]) == ("2026-12-01", "2026-12-01", None)
    assert (made["first_due_interval"], made["currency"], made["language"]) == (14, "EUR", "nl")
    assert made["workflow_id"] == str(office.administration.workflow_id)
    assert (made["total_price_excl_tax"], made["total_price_incl_tax"]) == ("300.0", "363.0")
    assert (made["subscription"], actions(made)) == (None, ["recurring_sales_invoice_created"])
    assert office.announced == [("recurring_sales_invoice_created", made["id"])]


def test_an_object_has_exactly_the_keys_of_its_schema(office: Office) -> None:
    contract = load()
    if contract is None:
        pytest.skip("the official contract is not beside the repository")
    made, schemas = recurring(office), contract["components"]["schemas"]
    assert set(made) == set(schemas["recurring_sales_invoice_response"]["properties"])
    optional = {"is_optional", "is_selected"}
    assert set(made["details"][0]) == set(schemas["detail_response"]["properties"]) - optional


def test_the_last_date_follows_from_the_desired_count(office: Office) -> None:
    made = recurring(office, frequency="2", has_desired_count=True, desired_count="3")
    assert made["last_date"] == "2027-04-01"
    assert done(patch(office, made, frequency="1"))["last_date"] == "2027-02-01"
    assert done(patch(office, made, reference="x"))["last_date"] == "2027-02-01"
    assert done(patch(office, made, has_desired_count=False))["last_date"] is None


def test_an_edit_changes_what_it_names_and_is_not_in_the_log(office: Office) -> None:
    made = recurring(office)
    line = made["details"][0]["id"]
    office.advance(1)
    changed = done(patch(office, made, reference="Anders", details_attributes={"0": {"id": line, "price": 10}}))
    assert (changed["reference"], changed["total_price_incl_tax"]) == ("Anders", "12.1")
    assert changed["version"] > made["version"]
    assert actions(changed) == ["recurring_sales_invoice_created"]
    assert office.announced[-1] == ("recurring_sales_invoice_updated", made["id"])
    stopped = done(patch(office, made, auto_send=False))
    assert actions(stopped)[1:] == ["recurring_sales_invoice_stopped_auto_send"]


def test_the_contact_is_always_that_of_now(office: Office) -> None:
    made = recurring(office)
    customer(office, company_name="Nieuwe Naam B.V.")
    assert now(office, made)["contact"]["company_name"] == "Nieuwe Naam B.V."


def test_what_the_contract_refuses_is_refused_in_its_words(office: Office) -> None:
    kept = recurring(office)
    early = (422, {
        "error": {"invoice_date": ["must be further in the future"]},
        "details": {"invoice_date": [{"error": "too_early"}]},
    })  # fmt: skip
    merge = (400, {
        "error": "if mergeable is true, auto_send must be true", "symbolic": {"mergeable": "invalid"},
    })  # fmt: skip
    with office.unchanged():
        for answer in (post(office, invoice_date="2026-11-20"), patch(office, kept, invoice_date="2020-01-01")):
            assert (answer.status_code, answer.json()) == early
        for answer in (post(office, mergeable=True), patch(office, kept, mergeable=True, auto_send=False)):
            assert (answer.status_code, answer.json()) == merge
    assert done(post(office, mergeable=True, auto_send=True))["auto_send"] is True


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"contact_id": None}, "contact_id"),
        ({"contact_id": "1"}, "contact_id"),
        ({"contact_person_id": "1"}, "contact_person_id"),
        ({"workflow_id": "1"}, "workflow_id"),
        ({"document_style_id": "1"}, "document_style_id"),
        ({"invoice_date": None}, "invoice_date"),
        ({"invoice_date": "soon"}, "invoice_date"),
        ({"details_attributes": []}, "details"),
        ({"frequency_type": "fortnight"}, "frequency_type"),
        ({"frequency": "often"}, "frequency"),
        ({"frequency": 0}, "frequency"),
        ({"has_desired_count": True}, "desired_count"),
        ({"has_desired_count": True, "desired_count": "1000", "frequency": 1000}, "desired_count"),
        ({"has_desired_count": "perhaps"}, "has_desired_count"),
        ({"first_due_interval": -1}, "first_due_interval"),
        ({"auto_send": "perhaps"}, "auto_send"),
        ({"update_contact": "perhaps"}, "update_contact"),
        ({"discount": "much"}, "discount"),
        ({"currency": "XXX"}, "currency"),
        ({"language": "en"}, "language"),
    ],
)
def test_what_a_recurring_invoice_cannot_be(office: Office, fields: dict[str, Any], name: str) -> None:
    with office.unchanged():
        answer = post(office, **fields)
    assert (answer.status_code, list(answer.json()["error"])) == (422, [name]), answer.text


def test_a_plan_that_is_full_makes_no_recurring_invoice(office: Office) -> None:
    office.administration.limits["recurring_sales_invoices"] = 1
    done(post(office))
    with office.unchanged():
        answer = post(office)
    assert (answer.status_code, answer.json()) == (402, {
        "error": "creating recurring sales invoices is limited", "symbolic": {"administration": "limit_reached"},
    })  # fmt: skip


def test_that_of_a_running_subscription_is_not_edited(office: Office) -> None:
    made = {"id": subscription(office)["recurring_sales_invoice_id"]}
    with office.unchanged():
        answer = patch(office, made, reference="x")
    assert (answer.status_code, answer.json()) == (
        400, {"error": "cannot be updated", "symbolic": {"id": "cannot_be_updated"}},
    )  # fmt: skip
    assert now(office, made)["subscription"]["recurring_sales_invoice_id"] == made["id"]


def test_deleting_takes_away_what_made_nothing_and_stops_the_rest(office: Office) -> None:
    unused, used = recurring(office), recurring(office)
    assert office.delete(f"recurring_sales_invoices/{unused['id']}").status_code == 204
    assert office.announced[-1] == ("recurring_sales_invoice_destroyed", unused["id"])
    assert office.get(f"recurring_sales_invoices/{unused['id']}").status_code == 404
    office.advance(11)
    assert len(invoices(office)) == 1
    assert office.delete(f"recurring_sales_invoices/{used['id']}").status_code == 204
    stopped = now(office, used)
    assert (stopped["active"], actions(stopped)[-1]) == (False, "recurring_sales_invoice_deactivated")
    assert office.announced[-1] == ("recurring_sales_invoice_deactivated", used["id"])
    assert office.delete("recurring_sales_invoices/1").status_code == 404
    office.advance(400)
    assert len(invoices(office)) == 1


# The calendar


def test_on_its_day_at_nine_an_invoice_is_made_and_sent(office: Office) -> None:
    number = CustomField(office.administration.new_id(), "Inkoopnummer", "sales_invoice")
    office.administration.custom_fields[number.id] = number
    made = recurring(
        office, first_due_interval=7, discount=10,
        details_attributes=[LINE | {"period": "20261201..20261231"}],
        custom_fields_attributes={"0": {"id": str(number.id), "value": "PO 7"}},
    )  # fmt: skip
    office.advance(10)
    assert invoices(office) == []
    office.announced.clear()
    office.advance(1)
    [invoice] = invoices(office)
    assert (invoice["state"], invoice["invoice_id"], invoice["invoice_date"]) == ("open", "2026-0001", "2026-12-01")
    assert (invoice["due_date"], invoice["created_at"]) == ("2026-12-08", "2026-12-01T08:00:00.000Z")
    assert (invoice["recurring_sales_invoice_id"], invoice["subscription_id"]) == (made["id"], None)
    assert (invoice["reference"], invoice["discount"], invoice["total_price_incl_tax"]) == ("Hosting", "10.0", "326.7")
    assert invoice["custom_fields"][0]["value"] == "PO 7"
    assert invoice["details"][0]["period"] == "20261201..20261231"
    assert actions(invoice) == [
        "sales_invoice_created_based_on_recurring", "sales_invoice_state_changed_to_open", "sales_invoice_send_email",
    ]  # fmt: skip
    assert ("recurring_sales_invoice_invoice_created", made["id"]) in office.announced
    after = now(office, made)
    assert (after["invoice_date"], after["start_date"]) == ("2027-01-01", "2026-12-01")
    assert after["details"][0]["period"] == "20270101..20270131"
    assert after["updated_at"] == "2026-12-01T08:00:00.000Z"
    [found] = office.get("sales_invoices", filter=f"recurring_sales_invoice_id:{made['id']}").json()
    assert found == invoice


def test_without_sending_it_stays_a_draft(office: Office) -> None:
    recurring(office, auto_send=False)
    office.advance(11)
    [invoice] = invoices(office)
    assert (invoice["state"], invoice["invoice_id"], invoice["draft_id"]) == ("draft", None, 1)


def test_a_clock_that_jumps_makes_every_invoice_on_its_own_day(office: Office) -> None:
    monthly = recurring(office, invoice_date="2026-12-31")
    recurring(office, frequency_type="week", frequency=3, reference="Weken")
    office.advance(103)
    made = [(row["invoice_date"], row["reference"]) for row in invoices(office)]
    assert sorted(made) == [
        ("2026-12-01", "Weken"), ("2026-12-22", "Weken"), ("2026-12-31", "Hosting"), ("2027-01-12", "Weken"),
        ("2027-01-31", "Hosting"), ("2027-02-02", "Weken"), ("2027-02-23", "Weken"), ("2027-02-28", "Hosting"),
    ]  # fmt: skip
    numbers = [row["invoice_id"] for row in sorted(invoices(office), key=lambda row: row["invoice_date"])]
    assert numbers == ["2026-0001", "2026-0002", "2026-0003", *(f"2027-000{n}" for n in range(1, 6))]
    assert now(office, monthly)["invoice_date"] == "2027-03-31"


def test_it_ends_after_the_desired_count(office: Office) -> None:
    made = recurring(office, has_desired_count="true", desired_count="2")
    office.advance(200)
    assert [row["invoice_date"] for row in invoices(office)] == ["2026-12-01", "2027-01-01"]
    ended = now(office, made)
    assert ended["active"] is False
    assert actions(ended)[-2:] == [
        "recurring_sales_invoice_reached_desired_count_of_invoices", "recurring_sales_invoice_deactivated",
    ]  # fmt: skip


def test_a_day_chosen_later_begins_a_row_of_its_own(office: Office) -> None:
    made = recurring(office)
    office.advance(11)
    assert done(patch(office, made, invoice_date="2026-12-20"))["start_date"] == "2026-12-01"
    office.advance(60)
    assert [row["invoice_date"] for row in invoices(office)] == ["2026-12-01", "2026-12-20", "2027-01-20"]


def test_nobody_is_mailed_without_an_address_and_then_never_again(office: Office) -> None:
    made = recurring(office)
    customer(office, email=None)
    office.advance(11)
    assert [row["state"] for row in invoices(office)] == ["draft"]
    after = now(office, made)
    assert (after["auto_send"], after["active"]) == (False, True)
    assert actions(after)[-1] == "recurring_sales_invoice_auto_send_forcefully_disabled"


def test_a_plan_that_is_full_skips_the_invoice_and_goes_on(office: Office) -> None:
    made = recurring(office)
    office.administration.limits["sales_invoices"] = 0
    office.advance(11)
    assert invoices(office) == []
    assert office.announced[-1] == ("recurring_sales_invoice_creating_skipped_due_to_limits", made["id"])
    office.administration.limits["sales_invoices"] = 1
    office.advance(31)
    assert [row["invoice_date"] for row in invoices(office)] == ["2027-01-01"]
    assert office.administration.limits == {"sales_invoices": 0}


def test_mergeable_ones_become_one_invoice(office: Office) -> None:
    one, other = recurring(office, mergeable=True), recurring(office, mergeable=True, frequency_type="year")
    recurring(office, reference="Apart")
    office.advance(11)
    merged, apart = invoices(office)
    assert (merged["recurring_sales_invoice_id"], len(merged["details"])) == (one["id"], 2)
    assert "sales_invoice_merged_with_recurring_sales_invoice" in actions(merged)
    assert (apart["reference"], merged["total_price_incl_tax"]) == ("Apart", "726.0")
    assert now(office, other)["invoice_date"] == "2027-12-01"


@pytest.mark.parametrize(
    ("every", "day", "expected"),
    [
        ((1, "month"), date(2026, 1, 31), [date(2026, 2, 28), date(2026, 3, 31)]),
        ((2, "month"), date(2026, 12, 31), [date(2027, 2, 28), date(2027, 4, 30)]),
        ((1, "quarter"), date(2026, 11, 30), [date(2027, 2, 28), date(2027, 5, 30)]),
        ((1, "year"), date(2028, 2, 29), [date(2029, 2, 28), date(2030, 2, 28), date(2031, 2, 28), date(2032, 2, 29)]),
        ((2, "week"), date(2026, 12, 28), [date(2027, 1, 11)]),
        ((10, "day"), date(2026, 12, 28), [date(2027, 1, 7)]),
    ],
)
def test_the_row_of_days_comes_back_to_its_first_day(
    every: frequencies.Frequency, day: date, expected: list[date]
) -> None:
    found = day
    for next_day in expected:
        assert frequencies.preceding(day, next_day, every) == found
        found = frequencies.following(day, found, every)
        assert (found, frequencies.is_in(day, found, every)) == (next_day, True)
        assert not frequencies.is_in(day, found.replace(day=15), every)


@pytest.mark.parametrize(
    ("every", "period", "expected"),
    [
        ((1, "month"), ((2026, 1, 1), (2026, 1, 31)), ((2026, 2, 1), (2026, 2, 28))),
        ((1, "month"), ((2026, 2, 1), (2026, 2, 28)), ((2026, 3, 1), (2026, 3, 31))),
        ((1, "month"), ((2026, 1, 15), (2026, 2, 14)), ((2026, 2, 15), (2026, 3, 14))),
        ((1, "year"), ((2026, 7, 1), (2027, 6, 30)), ((2027, 7, 1), (2028, 6, 30))),
        ((1, "week"), ((2026, 1, 25), (2026, 1, 31)), ((2026, 2, 1), (2026, 2, 7))),
    ],
)
def test_a_period_moves_along(every: frequencies.Frequency, period: Any, expected: Any) -> None:
    first, last = (date(*day) for day in period)
    assert frequencies.moved((first, last), every) == tuple(date(*day) for day in expected)


@pytest.mark.parametrize(
    ("inner", "outer", "expected"),
    [
        ((1, "month"), (1, "year"), 12), ((1, "quarter"), (6, "month"), 2), ((2, "day"), (2, "week"), 7),
        ((1, "year"), (1, "month"), None), ((1, "week"), (1, "month"), None), ((2, "month"), (1, "quarter"), None),
    ],
)  # fmt: skip
def test_how_often_one_period_fits_in_another(
    inner: frequencies.Frequency, outer: frequencies.Frequency, expected: int | None
) -> None:
    assert frequencies.times(inner, outer) == expected


# Reading


def test_the_list_shows_active_ones_newest_first(office: Office) -> None:
    ended = recurring(office, has_desired_count=True, desired_count=1)
    office.advance(11)
    month = recurring(office, invoice_date="2027-12-01")
    year = recurring(office, invoice_date="2027-12-01", frequency_type="year", auto_send=False)

    def found(**query: Any) -> list[str]:
        return [row["id"] for row in office.get("recurring_sales_invoices", **query).json()]

    assert found() == [year["id"], month["id"]]
    assert found(filter="state:inactive") == [ended["id"]]
    assert found(filter="frequency:all") == [year["id"], month["id"], ended["id"]]
    assert found(filter="frequency:month,state:active") == [month["id"]]
    assert found(filter="auto_send:false") == [year["id"]]
    assert found(filter="auto_send:null,state:inactive") == [ended["id"]]
    assert found(filter=f"contact_id:{office.supplier}") == []
    assert len(found(filter=f"workflow_id:{month['workflow_id']}")) == 3
    for wrong in ("state:all", "frequency:fortnight", "auto_send:perhaps"):
        assert office.get("recurring_sales_invoices", filter=wrong).status_code == 400
    assert office.get("recurring_sales_invoices", per_page=101).json() == {
        "error": "per_page does not have a valid value"
    }
    versions = office.get("recurring_sales_invoices/synchronization").json()
    assert versions == [{"id": row["id"], "version": row["version"]} for row in (year, month)]
    fetched = office.post("recurring_sales_invoices/synchronization", {"ids": [month["id"], ended["id"]]}).json()
    assert fetched == [now(office, ended), now(office, month)]
    refused = office.post("recurring_sales_invoices/synchronization", {"ids": "x"}).json()
    assert refused == {"error": "Ids isn't an array", "symbolic": {"ids": "array"}}


def test_notes_stay_with_the_recurring_invoice(office: Office) -> None:
    made = recurring(office)
    path = f"recurring_sales_invoices/{made['id']}/notes"
    note = done(office.post(path, {"note": {"note": "Bellen"}}))
    assert (note["entity_type"], now(office, made)["notes"]) == ("RecurringSalesInvoice", [note])
    assert office.delete(f"{path}/{note['id']}").status_code == 204
    assert now(office, made)["notes"] == []

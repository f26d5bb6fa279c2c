"""The control surface changes the group: a day of business, any record edited or deleted, between two requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.events.editing import delete_record, edit_record
from pipelines.sandbox.records import KINDS, SYNCHRONIZED
from pipelines.sandbox.situations import situations
from pipelines.sandbox.truth import CREDITORS, DEBTORS, Truth
from tests.sandbox.conftest import Desk, frozen_group, open_desk

SYNCHRONIZATIONS = (
    "contacts", "sales_invoices", "estimates", "recurring_sales_invoices", "external_sales_invoices",
    "financial_mutations", "documents/purchase_invoices", "documents/receipts", "documents/general_documents",
    "documents/general_journal_documents", "documents/typeless_documents",
)  # fmt: skip
EVER = ("period:20230101..20281231",)
QUERIES = {
    "contacts": ({"include_archived": "true"},),
    "recurring_sales_invoices": ({"filter": "state:active"}, {"filter": "state:inactive"}),
}


def synchronize(desk: Desk, name: str, path: str) -> dict[str, int]:
    """Id → version of everything, as a client finds it."""
    found: dict[str, int] = {}
    for query in QUERIES.get(path, ({"filter": EVER[0]},)):
        answer = desk.get(name, f"{path}/synchronization.json", **query)
        assert answer.status_code == 200, (path, answer.text)
        found |= {row["id"]: row["version"] for row in answer.json()}
    return found


def everything(desk: Desk) -> Iterator[tuple[str, str, dict[str, int]]]:
    """(administration, resource, versions) over the whole group."""
    for name in desk.names:
        for path in SYNCHRONIZATIONS:
            yield name, path.removeprefix("documents/"), synchronize(desk, name, path)


def assert_books_meet_truth(administration: Administration) -> None:
    today, told = administration.clock.today(), Truth(administration)
    assert sum(line.amount for line in administration.ledger.every_line()) == 0
    for side in (DEBTORS, CREDITORS):
        assert administration.ledger.balance(administration.roles[side.role], today) == told.control_balance(
            today, side
        )


def test_there_are_eleven_synchronizations() -> None:
    assert {path.removeprefix("documents/") for path in SYNCHRONIZATIONS} == set(SYNCHRONIZED)


def test_the_inventory_is_that_of_the_facts(desk: Desk) -> None:
    assert desk.inventory() == situations(desk.world)


def test_a_day_of_business_changes_exactly_the_versions_it_lists(whole_desk: Desk) -> None:
    """Three weeks, day by day: what people changed and what the calendar changed, in all eleven resources of all
    companies. Invoices become late, a scheduled one is sent, recurring ones are made, a month ends."""
    by_hand: Counter[str] = Counter()
    by_calendar: Counter[str] = Counter()
    before = {(name, resource): rows for name, resource, rows in everything(whole_desk)}
    for number in range(15):
        answer = whole_desk.day_of_business()
        assert answer["today"] == (date(2026, 11, 23) + timedelta(days=number + number // 5 * 2)).isoformat()
        for name, resource, after in everything(whole_desk):
            told = answer["administrations"][str(whole_desk.names[name].id)]
            was, before[name, resource] = before[name, resource], after
            differ = {id_ for id_ in was.keys() | after.keys() if was.get(id_) != after.get(id_)}
            changed, moved = told["changed"].get(resource, ()), told["by_calendar"].get(resource, ())
            assert differ == {*changed, *moved}, (answer["today"], name, resource)
            by_hand[resource] += len(changed)
            by_calendar[resource] += len(moved)
        studio = answer["administrations"][str(whole_desk.names["Studio"].id)]
        assert len(studio["changed"]["time_entries"]) >= 3
    assert {resource for resource, count in by_hand.items() if count} == {
        "sales_invoices", "external_sales_invoices", "financial_mutations", "purchase_invoices", "receipts",
        "general_journal_documents", "contacts", "estimates",
    }  # fmt: skip
    assert {resource for resource, count in by_calendar.items() if count} >= {
        "sales_invoices", "external_sales_invoices", "purchase_invoices", "recurring_sales_invoices",
    }  # fmt: skip
    for administration in whole_desk.world.administrations.values():
        assert_books_meet_truth(administration)


def test_a_day_of_business_can_be_that_of_one_company_and_the_calendar_is_everybodys(whole_desk: Desk) -> None:
    answer = whole_desk.day_of_business("Advies")
    worked = {id_ for id_, told in answer["administrations"].items() if told["changed"]}
    assert worked == {str(whole_desk.names["Advies"].id)}
    late = [told["by_calendar"] for told in answer["administrations"].values()]
    assert sum(map(bool, late)) >= 2
    assert whole_desk.names["Vastgoed"].clock.today().isoformat() == answer["today"]


def test_the_same_day_in_the_same_group_is_the_same_day(whole_desk: Desk, make_group: Any) -> None:
    from pipelines.sandbox.events import business_day

    again = make_group()
    first = business_day.happen(whole_desk.world, list(whole_desk.world.administrations.values()))
    assert first == business_day.happen(again, list(again.administrations.values()))


def test_a_change_can_come_between_two_pages_of_a_list(fresh_desk: Desk) -> None:
    """The oldest invoice of the first page goes: everything after it moves up, and one is on neither page."""
    query = {"filter": EVER[0], "per_page": 20}
    whole = [row["id"] for row in fresh_desk.get("Studio", "sales_invoices.json", **{**query, "per_page": 40}).json()]
    before = {"path": "sales_invoices.json", "page": 2}
    fresh_desk.event("Studio", "delete_record", resource="sales_invoices", id=whole[0], before=before)
    first = [row["id"] for row in fresh_desk.get("Studio", "sales_invoices.json", **query).json()]
    fresh_desk.get("Studio", "contacts.json", page=2)
    assert fresh_desk.control.get("/_sandbox/events").json() == {"happened": [], "waiting": 1}
    second = [row["id"] for row in fresh_desk.get("Studio", "sales_invoices.json", **query, page=2).json()]
    assert first == whole[:20]
    assert whole[20] not in first + second
    assert second[:19] == whole[21:40]
    assert fresh_desk.control.get("/_sandbox/events").json()["waiting"] == 0


EDITS: tuple[tuple[str, str, dict[str, Any], dict[str, Any]], ...] = (
    ("Studio", "contacts", {"company_name": "Nieuwe Naam B.V."}, {"company_name": "Nieuwe Naam B.V."}),
    ("Studio", "sales_invoices", {"reference": "anders", "lines.0.price": "12.50"}, {"reference": "anders"}),
    ("Webwinkel", "external_sales_invoices", {"details.0.description": "Iets"}, {}),
    ("Studio", "estimates", {"reference": "anders"}, {"reference": "anders"}),
    ("Studio", "purchase_invoices", {"date": "2026-10-01"}, {"date": "2026-10-01"}),
    ("Studio", "receipts", {"reference": None}, {"reference": None}),
    ("Studio", "general_journal_documents", {"reference": "Memo"}, {"reference": "Memo"}),
    ("Studio", "general_documents", {"day": "2026-01-02"}, {"date": "2026-01-02"}),
    ("Studio", "financial_mutations", {"message": "Iets anders"}, {"message": "Iets anders"}),
    ("Studio", "time_entries", {"description": "Anders"}, {"description": "Anders"}),
    ("Studio", "projects", {"name": "Ander project"}, {"name": "Ander project"}),
    ("Studio", "tax_rates", {"name": "Ander tarief"}, {"name": "Ander tarief"}),
    ("Studio", "products", {"price": "1.25"}, {"price": "1.25"}),
    ("Studio", "users", {"name": "Iemand Anders"}, {"name": "Iemand Anders"}),
    ("Studio", "ledger_accounts", {"name": "Andere naam"}, {"name": "Andere naam"}),
    ("Studio", "identities", {"city": "Zwolle"}, {"city": "Zwolle"}),
)


@pytest.fixture(scope="module")
def edited() -> Iterator[Desk]:
    """One group for all edits: each is of another kind of record."""
    yield from open_desk(frozen_group())


@pytest.mark.parametrize(("name", "resource", "fields", "shown"), EDITS, ids=[edit[1] for edit in EDITS])
def test_any_record_can_be_edited(
    edited: Desk, name: str, resource: str, fields: dict[str, Any], shown: dict[str, Any]
) -> None:
    administration = edited.names[name]
    kind = KINDS[resource]
    record = kind.of(administration)[-1]
    answer = edited.edit(name, resource, record.id, fields)
    changed = kind.find(administration, record.id)
    seen = kind.render(administration, changed)
    assert {key: seen[key] for key in shown} == shown
    if kind.updated:
        assert seen["version"] == answer["version"] == edited.world.clock.seconds()
    assert_books_meet_truth(administration)


def test_an_edit_can_keep_its_version_from_everybody(fresh_desk: Desk) -> None:
    administration = fresh_desk.names["Studio"]
    invoice = next(iter(administration.invoices.values()))
    before = synchronize(fresh_desk, "Studio", "sales_invoices")
    body = {"resource": "sales_invoices", "id": str(invoice.id), "fields": {"reference": "stil"}, "silently": True}
    fresh_desk.event("Studio", "edit_record", **body)
    assert synchronize(fresh_desk, "Studio", "sales_invoices") == before
    assert fresh_desk.get("Studio", f"sales_invoices/{invoice.id}.json").json()["reference"] == "stil"


@pytest.mark.parametrize(
    ("name", "resource"),
    [
        ("Studio", "sales_invoices"), ("Webwinkel", "external_sales_invoices"), ("Studio", "receipts"),
        ("Studio", "general_journal_documents"), ("Studio", "general_documents"), ("Studio", "typeless_documents"),
        ("Studio", "financial_mutations"), ("Studio", "time_entries"), ("Studio", "estimates"),
    ],
)  # fmt: skip
def test_any_document_can_be_deleted(fresh_desk: Desk, name: str, resource: str) -> None:
    administration = fresh_desk.names[name]
    record = KINDS[resource].of(administration)[{"typeless_documents": 1, "estimates": -1}.get(resource, 3)]
    assert fresh_desk.erase(name, resource, record.id)["id"] == str(record.id)
    assert record.id not in {kept.id for kept in KINDS[resource].of(administration)}
    assert_books_meet_truth(administration)


def test_what_is_in_use_stays(fresh_desk: Desk) -> None:
    administration = fresh_desk.names["Studio"]
    used = {
        "contacts": next(iter(administration.invoices.values())).contact_id,
        "projects": next(e.project_id for e in administration.time_entries.values() if e.project_id),
        "tax_rates": administration.sales_rate(21),
        "ledger_accounts": administration.roles["debtors"],
        "users": next(iter(administration.time_entries.values())).user_id,
    }
    for resource, id_ in used.items():
        with pytest.raises(ValueError, match=r"in use|has documents"):
            delete_record(administration, {"resource": resource, "id": str(id_)})
    unused = next(id_ for id_, rate in administration.tax_rates.items() if rate.name == "6% btw")
    assert delete_record(administration, {"resource": "tax_rates", "id": unused})["id"] == str(unused)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"resource": "doves", "id": "1"}, "no resource 'doves'"),
        ({"resource": "contacts", "id": "1", "fields": {"city": "x"}}, "no record 1"),
        ({"resource": "contacts", "id": "?", "fields": {}}, "must be the id"),
        ({"resource": "sales_invoices", "fields": {}}, "at least one field"),
        ({"resource": "sales_invoices", "fields": {"colour": "red"}}, "no field 'colour'"),
        ({"resource": "sales_invoices", "fields": {"id": 3}}, "no field 'id'"),
        ({"resource": "sales_invoices", "fields": {"due_date": "soon"}}, "'soon' is no date"),
        ({"resource": "sales_invoices", "fields": {"due_date": None}}, "cannot be empty"),
        ({"resource": "sales_invoices", "fields": {"lines.99.price": "1"}}, "no '99' in a list"),
        ({"resource": "sales_invoices", "fields": {"lines": []}}, "name what is in it"),
        ({"resource": "tax_rates", "fields": {"percentage": "5"}}, "cannot be changed"),
    ],
)
def test_an_edit_that_makes_no_sense_says_why(desk: Desk, arguments: dict[str, Any], complaint: str) -> None:
    administration = desk.names["Studio"]
    if "id" not in arguments:
        arguments = {**arguments, "id": str(KINDS[arguments["resource"]].of(administration)[0].id)}
    with pytest.raises(ValueError, match=complaint):
        edit_record(administration, arguments)


def test_contacts_can_be_merged_while_a_test_watches(fresh_desk: Desk) -> None:
    administration = fresh_desk.names["Studio"]
    answer = fresh_desk.event("Studio", "merge_contacts")
    assert int(answer["gone_id"]) not in administration.contacts
    survivor = fresh_desk.get("Studio", f"contacts/{answer['contact_id']}.json").json()
    assert "contact_merged" in {event["action"] for event in survivor["events"]}
    assert_books_meet_truth(administration)


def test_requests_are_counted_by_bucket_administration_and_status(fresh_desk: Desk) -> None:
    fresh_desk.get("Studio", "contacts.json")
    fresh_desk.get("Advies", "reports/general_ledger.json", period="202601")
    fresh_desk.client.get("/administrations.json")
    studio, advies = (str(fresh_desk.names[name].id) for name in ("Studio", "Advies"))
    assert fresh_desk.counts() == {
        "total": 3,
        "buckets": {"general": 2, "reports": 1},
        "administrations": {studio: {"general": 1}, advies: {"reports": 1}, "none": {"general": 1}},
        "statuses": {"200": 2, "401": 1},
    }

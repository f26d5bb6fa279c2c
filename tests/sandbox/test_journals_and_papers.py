"""General journal documents, general documents, typeless ones: entered, changed, removed, refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.sandbox.office import Office, open_office

JOURNALS, GENERAL, TYPELESS = (
    f"documents/{name}s" for name in ("general_journal_document", "general_document", "typeless_document")
)
ENTRIES = "general_journal_document_entries"


@pytest.fixture
def office() -> Iterator[Office]:
    yield from open_office()


def entry(office: Office, role: str, debit: Any = 0, credit: Any = 0, **more: Any) -> dict[str, Any]:
    return {"ledger_account_id": office.account(role), "debit": debit, "credit": credit, **more}


def pair(office: Office, amount: Any = 100) -> list[dict[str, Any]]:
    return [entry(office, "rent", debit=amount), entry(office, "accrued_costs", credit=amount)]


def enter(office: Office, entries: Any, **more: Any) -> Any:
    body = {"reference": "foobar", f"{ENTRIES}_attributes": entries, **more}
    answer = office.post(JOURNALS, {"general_journal_document": body})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_the_documented_journal_gives_the_documented_answer(office: Office) -> None:
    """Keyed by position as Rails forms send it; debit and credit as numbers; today when it has no date."""
    made = enter(office, dict(zip("01", pair(office), strict=True)))
    assert (made["reference"], made["date"], made["journal_type"]) == ("foobar", "2026-11-20", None)
    amounts = [(row["debit"], row["credit"], row["row_order"], row["description"]) for row in made[ENTRIES]]
    assert sorted(amounts) == [("0.0", "100.0", None, None), ("100.0", "0.0", None, None)]
    assert (office.balance("rent"), office.balance("accrued_costs")) == (10000, -10000)
    assert office.get(f"{JOURNALS}/{made['id']}").json() == made
    assert office.announced == [("document_saved", made["id"])]


def test_neither_the_order_of_rows_nor_a_tax_rate_nor_a_description_comes_back(office: Office) -> None:
    rate = office.rate("general_journal_document")
    roles = ["general_costs", "rent", "vat_in", "debtors"]
    entries = [entry(office, role, debit="25,50", tax_rate_id=rate, row_order=n) for n, role in enumerate(roles)]
    made = enter(office, [*entries, entry(office, "bank", credit=102)], description="Memoriaal")
    served = [row["ledger_account_id"] for row in made[ENTRIES]]
    written = [row["ledger_account_id"] for row in entries] + [office.account("bank")]
    assert sorted(served) == sorted(written)
    assert served != written
    assert {row["row_order"] for row in made[ENTRIES]} == {0, 1, 2, 3, None}
    assert "description" not in made
    assert "tax_rate_id" not in made[ENTRIES][0]
    kept = office.administration.journals[int(made["id"])]
    assert [str(e.tax_rate_id) for e in kept.entries[:4]] == [rate] * 4


def test_project_contact_and_words_of_an_entry(office: Office) -> None:
    project = next(iter(office.administration.projects))
    first, second = pair(office)
    made = enter(
        office, [{**first, "project_id": project, "contact_id": office.supplier, "description": "Huur"}, second]
    )
    (row,) = [row for row in made[ENTRIES] if row["description"]]
    assert (row["project_id"], row["contact_id"], row["description"]) == (str(project), office.supplier, "Huur")
    assert [r["id"] for r in office.get(JOURNALS, filter=f"contact_id:{office.supplier}").json()] == [made["id"]]
    assert [r["id"] for r in office.get(JOURNALS, filter=f"ledger_account_id:{office.account('rent')}").json()] == [
        made["id"]
    ]
    assert office.get(JOURNALS, filter=f"ledger_account_id:{office.account('bank')}").json() == []


def test_a_year_end_can_be_entered_and_a_return_is_not_among_the_journals(office: Office) -> None:
    made = enter(office, pair(office), journal_type="fiscal_year_ending", date="2025-12-31")
    assert made["journal_type"] == "fiscal_year_ending"
    office.administration.journals[int(made["id"])].is_vat_return = True
    assert office.get(f"{JOURNALS}/{made['id']}").status_code == 404


def test_entries_change_come_and_go_as_long_as_they_balance(office: Office) -> None:
    made = enter(office, pair(office))
    path = f"{JOURNALS}/{made['id']}"
    ids = {row["ledger_account_id"]: row["id"] for row in made[ENTRIES]}
    rent, accrued = ids[office.account("rent")], ids[office.account("accrued_costs")]
    entries = [
        {"id": rent, "debit": "60"},
        {"id": accrued, "_destroy": True},
        entry(office, "general_costs", debit=40),
        entry(office, "bank", credit=100),
    ]
    office.advance(1)
    changed = office.patch(path, {"general_journal_document": {f"{ENTRIES}_attributes": entries}}).json()
    assert len(changed[ENTRIES]) == 3
    assert rent in [row["id"] for row in changed[ENTRIES]]
    assert (office.balance("rent"), office.balance("accrued_costs"), office.balance("bank")) == (6000, 0, -10000)
    assert changed["version"] == made["version"] + 86_400
    changed = office.patch(path, {"general_journal_document": {"reference": "updated reference"}}).json()
    assert (changed["reference"], len(changed[ENTRIES])) == ("updated reference", 3)
    answer = office.delete(path)
    assert (answer.status_code, answer.text, office.balance("bank")) == (200, "200", 0)


REFUSED: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("unbalanced", {"debit": 99}, ENTRIES),
    ("two sides", {"debit": 100, "credit": 0.5}, f"{ENTRIES}.debit"),
    ("account", {"ledger_account_id": "5"}, f"{ENTRIES}.ledger_account_id"),
    ("no account", {"ledger_account_id": None}, f"{ENTRIES}.ledger_account_id"),
    ("rate", {"tax_rate_id": "5"}, f"{ENTRIES}.tax_rate_id"),
    ("project", {"project_id": "5"}, f"{ENTRIES}.project_id"),
    ("contact", {"contact_id": "5"}, f"{ENTRIES}.contact_id"),
    ("amount", {"debit": "honderd"}, f"{ENTRIES}.debit"),
    ("key", {"amount": 100}, f"{ENTRIES}.amount"),
)


@pytest.mark.parametrize(("what", "changes", "name"), REFUSED, ids=[row[0] for row in REFUSED])
def test_a_refused_journal_leaves_nothing_behind(office: Office, what: str, changes: dict[str, Any], name: str) -> None:
    made = enter(office, pair(office))
    first, second = pair(office)
    attributes = {f"{ENTRIES}_attributes": [{**first, **changes}, second]}
    with office.unchanged():
        for answer in (
            office.post(JOURNALS, {"general_journal_document": attributes}),
            office.patch(f"{JOURNALS}/{made['id']}", {"general_journal_document": attributes}),
        ):
            assert (answer.status_code, name in answer.json()["error"]) == (422, True), (what, answer.text)


def test_other_refusals_of_journals(office: Office) -> None:
    made = enter(office, pair(office), date="2026-06-30")
    path = f"{JOURNALS}/{made['id']}"
    unknown = {f"{ENTRIES}_attributes": [{"id": "5", "debit": 1}]}
    office.administration.limits["general_journal_documents"] = 0
    office.administration.locked_until = date(2026, 6, 30)
    with office.unchanged():
        for answer, status in (
            (office.post(JOURNALS, {}), 400),
            (office.post(JOURNALS, {"general_journal_document": unknown}), 400),
            (office.post(JOURNALS, {"general_journal_document": {"reference": "leeg"}}), 422),
            (office.post(JOURNALS, {"general_journal_document": {"journal_type": "x"}}), 422),
            (office.post(JOURNALS, {"general_journal_document": {f"{ENTRIES}_attributes": "x"}}), 422),
            (office.post(JOURNALS, {"general_journal_document": {f"{ENTRIES}_attributes": pair(office)}}), 402),
            (
                office.post(
                    JOURNALS,
                    {"general_journal_document": {"date": "2026-06-30", f"{ENTRIES}_attributes": pair(office)}},
                ),
                422,
            ),
            (office.patch(path, {"general_journal_document": unknown}), 404),
            (office.patch(path, {"general_journal_document": {"reference": "x"}}), 422),
            (office.delete(path), 400),
            (office.get(f"{JOURNALS}/5"), 404),
        ):
            assert answer.status_code == status, answer.text


def test_a_general_document_is_saved_dated_today_and_in_no_books(office: Office) -> None:
    answer = office.post(GENERAL, {"general_document": {"reference": "foobar", "contact_id": office.supplier}})
    made = answer.json()
    assert (answer.status_code, made["state"], made["entry_number"]) == (201, "saved", 1)
    assert (made["date"], made["due_date"], made["exchange_rate"]) == ("2026-11-20", None, "1.0")
    assert made["contact"]["id"] == office.supplier
    assert list(office.administration.ledger.every_line()) == []


def test_a_general_document_is_changed_and_deleted(office: Office) -> None:
    body = {"reference": "Contract", "contact_id": office.supplier, "date": "2026-01-05", "due_date": "2026-12-31"}
    path = f"{GENERAL}/{office.post(GENERAL, {'general_document': body}).json()['id']}"
    office.advance(1)
    changed = office.patch(path, {"general_document": {"reference": "updated reference"}}).json()
    assert (changed["reference"], changed["date"], changed["due_date"]) == (
        "updated reference", "2026-01-05", "2026-12-31",
    )  # fmt: skip
    assert [event["action"] for event in changed["events"]] == ["document_saved", "document_updated"]
    assert office.patch(path, {"remove_contact": True}).json()["contact_id"] is None
    with office.unchanged():
        assert office.patch(path, {"general_document": {"reference": ""}}).status_code == 422
        assert office.patch(path, {"general_document": {"contact_id": "5"}}).status_code == 404
    answer = office.delete(path)
    assert (answer.status_code, answer.text) == (200, "200")
    assert office.get(path).status_code == 404


@pytest.mark.parametrize(
    "reminder", [{"reminder_date": "2026-12-01"}, {"reminder": {"date": "2026-12-01", "message": "Opzeggen"}}]
)
def test_a_reminder_is_a_to_do_on_the_document(office: Office, reminder: dict[str, Any]) -> None:
    made = office.post(GENERAL, {"general_document": {"reference": "Contract", **reminder}}).json()
    (note,) = made["notes"]
    assert note["todo"] is True
    assert "2026-12-01" in note["note"]
    changed = office.patch(f"{GENERAL}/{made['id']}", {"general_document": reminder}).json()
    assert len(changed["notes"]) == 2


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({}, ["reference"]),
        ({"reference": "x", "reminder": {"message": "x"}}, ["reminder.date"]),
        ({"reference": "x", "reminder": "morgen"}, ["reminder"]),
        ({"reference": "x", "date": "x", "state": "new"}, ["date", "state"]),
    ],
)
def test_refused_general_documents(office: Office, body: dict[str, Any], names: list[str]) -> None:
    with office.unchanged():
        answer = office.post(GENERAL, {"general_document": body})
    assert (answer.status_code, sorted(answer.json()["error"])) == (422, names)


def test_a_typeless_document_waits_for_its_type(office: Office) -> None:
    answer = office.post(TYPELESS, {"typeless_document": {"reference": "foobar", "contact_id": office.supplier}})
    made = answer.json()
    assert (answer.status_code, made["state"], made["origin"]) == (201, "new", "api")
    assert [row["id"] for row in office.get(TYPELESS, filter="state:new").json()] == [made["id"]]
    assert office.get(TYPELESS, filter="state:saved").json() == []
    versions = office.get(f"{TYPELESS}/synchronization").json()
    assert versions == [{"id": made["id"], "version": made["version"]}]
    assert office.post(f"{TYPELESS}/synchronization", {"ids": [made["id"], "5"]}).json() == [made]
    assert office.get(f"{GENERAL}/{made['id']}").status_code == 404
    assert office.delete(f"{TYPELESS}/{made['id']}").text == "200"


@pytest.mark.parametrize("name", ["general_document", "typeless_document"])
def test_papers_refuse_a_contact_that_is_not_there(office: Office, name: str) -> None:
    with office.unchanged():
        answer = office.post(f"documents/{name}s", {name: {"reference": "x", "contact_id": "5"}})
    assert (answer.status_code, answer.json()["symbolic"]) == (400, {name: {"contact_id": "contact_invalid"}})

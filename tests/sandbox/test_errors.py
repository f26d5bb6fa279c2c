"""Error bodies word for word, as the error examples of the contract have them; plus tokens and scopes."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.sandbox.world import Token

NOT_FOUND = {"error": "record not found", "symbolic": {"id": "not_found"}}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("contacts/1.json", NOT_FOUND),
        ("contacts/customer_id/abc.json", {"error": "record not found", "symbolic": {"customer_id": "not_found"}}),
        ("sales_invoices/1.json", NOT_FOUND),
        ("time_entries/1.json", NOT_FOUND),
        ("projects/1.json", {"error": "Record not found for model name: Project"}),
        ("ledger_accounts/1.json", {"error": "Record not found for model name: Category"}),
        (
            "sales_invoices/find_by_reference/1337.json",
            {"error": "Sales invoice with reference: 1337 was not found", "symbolic": {"reference": "not_found"}},
        ),
        (
            "sales_invoices/find_by_invoice_id/1337.json",
            {"error": "Sales invoice with invoice_id: 1337 was not found", "symbolic": {"invoice_id": "not_found"}},
        ),
    ],
)
def test_what_is_not_there_is_a_404_in_its_own_words(desk: Any, path: str, body: dict[str, Any]) -> None:
    answer = desk.get("Studio", path)
    assert (answer.status_code, answer.json()) == (404, body)


@pytest.mark.parametrize("resource", ["contacts", "sales_invoices"])
def test_synchronization_wants_an_array_of_ids(desk: Any, resource: str) -> None:
    answer = desk.post("Studio", f"{resource}/synchronization.json", {})
    assert answer.status_code == 400
    assert answer.json() == {"error": "Ids is required", "symbolic": {"ids": "required"}}
    answer = desk.post("Studio", f"{resource}/synchronization.json", {"ids": "1"})
    assert (answer.status_code, answer.json()) == (400, {"error": "Ids isn't an array", "symbolic": {"ids": "array"}})


def test_journal_entries_need_something_to_look_for(desk: Any) -> None:
    answer = desk.get("Studio", "reports/journal_entries.json", period="202601")
    assert answer.status_code == 400
    assert answer.json() == {"error": "at least a contact_id, project_id or ledger_account_id is required"}
    account = desk.names["Studio"].roles["debtors"]
    answer = desk.get("Studio", "reports/journal_entries.json", ledger_account_id=account, account_type="revenue")
    assert answer.json() == {"error": "when account_type is present, a contact_id or project_id is required"}
    answer = desk.get("Studio", "reports/journal_entries.json", ledger_account_id=account, period="nonsense")
    assert (answer.status_code, answer.json()) == (400, {"error": "Period is invalid"})


SCOPED = (
    ("sales_invoices.json", {"documents"}, "No access to sales_invoices"),
    ("reports/general_ledger.json", {"sales_invoices"}, "No access to bank"),
    ("reports/journal_entries.json?ledger_account_id=1", {"documents"}, "No access to sales_invoices and documents"),
    ("time_entries.json", {"settings"}, "No access to time_entries"),
    ("users.json", {"sales_invoices"}, "No access to settings"),
    ("projects.json", {"sales_invoices"}, "No access to settings"),
)


@pytest.mark.parametrize(("path", "scopes", "error"), SCOPED)
def test_a_missing_scope_is_a_401_that_names_it(desk: Any, path: str, scopes: set[str], error: str) -> None:
    administration = desk.names["Studio"]
    desk.world.add_token(Token("narrow", "narrow", (administration.id,), frozenset(scopes)))
    answer = desk.client.get(f"/{administration.id}/{path}", headers={"Authorization": "Bearer narrow"})
    assert (answer.status_code, answer.json()) == (401, {"error": error})


def test_contacts_open_with_any_scope_but_time_entries(desk: Any) -> None:
    administration = desk.names["Studio"]
    desk.world.add_token(Token("clock", "clock", (administration.id,), frozenset({"time_entries"})))
    desk.world.add_token(Token("purse", "purse", (administration.id,), frozenset({"bank"})))
    url = f"/{administration.id}/contacts.json"
    assert desk.client.get(url, headers={"Authorization": "Bearer clock"}).status_code == 401
    assert desk.client.get(url, headers={"Authorization": "Bearer purse"}).status_code == 200


def test_hours_leave_the_invoice_out_for_a_token_without_invoices(desk: Any) -> None:
    administration = desk.names["Studio"]
    desk.world.add_token(Token("clock", "clock", (administration.id,), frozenset({"time_entries"})))
    answer = desk.client.get(f"/{administration.id}/time_entries.json", headers={"Authorization": "Bearer clock"})
    assert all("sales_invoice" not in row for row in answer.json())


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic abc"}])
def test_a_wrong_or_missing_token_is_a_401(desk: Any, header: dict[str, str]) -> None:
    answer = desk.client.get("/administrations.json", headers=header)
    assert answer.status_code == 401
    assert set(answer.json()) == {"error"}


def test_a_token_opens_only_its_own_administrations(desk: Any) -> None:
    foreign = desk.names["Webwinkel"].id
    answer = desk.client.get(f"/{foreign}/contacts.json", headers=desk.authorization("Studio"))
    assert answer.status_code == 404
    listed = desk.client.get("/administrations.json", headers=desk.authorization("Webwinkel")).json()
    assert [row["id"] for row in listed] == [str(foreign)]


def test_the_list_of_administrations_needs_no_scope(desk: Any) -> None:
    desk.world.add_token(Token("bare", "bare", (desk.names["Studio"].id,), frozenset()))
    assert desk.client.get("/administrations.json", headers={"Authorization": "Bearer bare"}).status_code == 200


def test_an_unknown_path_is_a_404_and_a_wrong_method_a_405(desk: Any) -> None:
    assert desk.get("Studio", "task_lists.json").status_code == 404
    assert desk.post("Studio", "tax_rates.json", {}).status_code == 405

"""Every answer of the sandbox against the official contract, when that document lies beside the repository."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("DOVECOTE_SHARED", str(REPOSITORY.parent / "shared")))
DOCUMENT = SHARED / "moneybird" / "openapi.json"

READS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("contacts", "contacts", {"per_page": "100", "include_archived": "true"}),
    ("contacts/filter", "contacts/filter", {"per_page": "100"}),
    ("contacts/synchronization", "contacts/synchronization", {"include_archived": "true"}),
    ("contacts/{contact}", "contacts/{id}", {"include_archived": "true"}),
    ("contacts/customer_id/1", "contacts/customer_id/{customer_id}", {}),
    ("sales_invoices", "sales_invoices", {"per_page": "100", "filter": "state:all"}),
    (
        "sales_invoices",
        "sales_invoices",
        {"per_page": "100", "filter": "state:draft|scheduled|uncollectible|late|reminded"},
    ),
    ("sales_invoices/synchronization", "sales_invoices/synchronization", {}),
    ("sales_invoices/{invoice}", "sales_invoices/{id}", {}),
    ("sales_invoices/find_by_invoice_id/2026-0001", "sales_invoices/find_by_invoice_id/{invoice_id}", {}),
    ("ledger_accounts", "ledger_accounts", {}),
    ("ledger_accounts/{account}", "ledger_accounts/{id}", {}),
    ("tax_rates", "tax_rates", {}),
    ("projects", "projects", {"filter": "state:all"}),
    ("users", "users", {"include_inactive": "true", "include_accountants": "true", "include_api_users": "true"}),
    ("time_entries", "time_entries", {"per_page": "100", "filter": "include_active:true"}),
    ("reports/general_ledger", "reports/general_ledger", {"period": "this_year"}),
    (
        "reports/journal_entries",
        "reports/journal_entries",
        {"ledger_account_id": "{account}", "period": "202601..202606"},
    ),
)
NAMES = ("Studio", "Advies", "Webwinkel", "Holding", "Vastgoed")


@pytest.fixture(scope="module")
def contract() -> dict[str, Any]:
    if not DOCUMENT.is_file():
        pytest.skip(f"the official contract is not at {DOCUMENT} (set DOVECOTE_SHARED)")
    return dict(json.loads(DOCUMENT.read_text(encoding="utf-8")))


def validator(contract: dict[str, Any], path: str, method: str = "get", status: str = "200") -> Draft202012Validator:
    """Of the answer of one operation. `path` as in the contract, below the administration and without the format."""
    full = f"/{{administration_id}}/{path}{{format}}" if path else "/administrations{format}"
    pointer = f"#/paths/{full.replace('/', '~1')}/{method}/responses/{status}/content/application~1json/schema"
    return Draft202012Validator({**contract, "$ref": pointer})


@pytest.mark.parametrize("name", NAMES)
def test_every_read_answers_as_the_contract_says(desk: Any, contract: dict[str, Any], name: str) -> None:
    administration = desk.names[name]
    some = {
        "contact": next(iter(administration.contacts), None),
        "invoice": next(iter(administration.invoices), None),
        "account": administration.roles["debtors"],
    }
    for asked, path, query in READS:
        if (some["contact"] is None and asked.startswith(("contacts/{", "contacts/c"))) or (
            some["invoice"] is None and asked.startswith(("sales_invoices/{", "sales_invoices/find"))
        ):
            continue
        answer = desk.get(name, f"{asked.format(**some)}.json", **{k: v.format(**some) for k, v in query.items()})
        assert answer.status_code == 200, (asked, answer.text)
        problems = [f"{e.json_path}: {e.message[:120]}" for e in validator(contract, path).iter_errors(answer.json())]
        assert not problems, (asked, problems[:3])


def test_the_list_of_administrations_answers_as_the_contract_says(desk: Any, contract: dict[str, Any]) -> None:
    answer = desk.client.get("/administrations.json", headers=desk.authorization("Studio"))
    validator(contract, "").validate(answer.json())


@pytest.mark.parametrize("resource", ["contacts", "sales_invoices"])
def test_post_synchronization_answers_as_the_contract_says(desk: Any, contract: dict[str, Any], resource: str) -> None:
    query = {"include_archived": "true"} if resource == "contacts" else {"filter": "period:20230101..20271231"}
    ids = [row["id"] for row in desk.get("Advies", f"{resource}/synchronization.json", **query).json()][:100]
    answer = desk.post("Advies", f"{resource}/synchronization.json", {"ids": ids})
    assert {row["id"] for row in answer.json()} == set(ids)
    validator(contract, f"{resource}/synchronization", "post").validate(answer.json())


def test_a_created_draft_answers_as_the_contract_says(fresh_desk: Any, contract: dict[str, Any]) -> None:
    contact = next(iter(fresh_desk.names["Studio"].contacts))
    body = {"sales_invoice": {"contact_id": contact, "details_attributes": [{"description": "x", "price": 12.5}]}}
    answer = fresh_desk.post("Studio", "sales_invoices.json", body)
    validator(contract, "sales_invoices", "post", "201").validate(answer.json())


def test_the_keys_are_those_of_the_contract_and_in_its_order(desk: Any, contract: dict[str, Any]) -> None:
    """Nothing left out, nothing added: a client sees the object it knows."""
    schemas = contract["components"]["schemas"]
    invoice = desk.get("Studio", "sales_invoices.json", filter="state:paid").json()[0]
    assert set(invoice) == set(schemas["sales_invoice_response"]["properties"])
    assert set(invoice["payments"][0]) == set(schemas["payment_response"]["properties"])
    optional_on_estimates = {"is_optional", "is_selected"}
    assert set(invoice["details"][0]) == set(schemas["detail_response"]["properties"]) - optional_on_estimates
    assert set(invoice["contact"]) == set(schemas["simple_contact_response"]["properties"])
    entry = desk.get("Studio", "time_entries.json").json()[0]
    assert set(entry) == set(schemas["time_entry_response"]["properties"])

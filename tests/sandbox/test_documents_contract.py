"""The documented requests of documents and external invoices, replayed, and their objects key for key.

Needs the contract and its examples beside the repository; without them these tests say that they did not run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.sandbox.office import DOCUMENT, Office, load, open_office, samples, violations

FAMILIES = ("/documents/", "/external_sales_invoices")
ELSEWHERE = ("/notes", "/attachment", "/synchronization")  # the generic ones are tested with those who serve them
MISSING = f"the official contract is not at {DOCUMENT} (set DOVECOTE_SHARED)"


def requests() -> list[tuple[str, str, Any]]:
    """Operation, name of the case and body of every documented request of these families."""
    documented = samples("_request_bodies") or {}
    return [
        (operation, case["name"], case["value"])
        for operation, cases in documented.items()
        for case in cases
        if any(family in operation for family in FAMILIES) and not any(part in operation for part in ELSEWHERE)
    ]


REQUESTS = requests()


@pytest.fixture
def office() -> Iterator[Office]:
    yield from open_office()


@pytest.fixture
def contract() -> dict[str, Any]:
    found = load()
    if found is None:
        pytest.skip(MISSING)
    return found


def made(office: Office, family: str) -> dict[str, Any]:
    """A record of the family with everything a documented change may name."""
    cost, private = office.named("Ongecategoriseerde uitgaven"), office.account("private")
    line = {"description": "Delivery Apple iPad", "price": 300}
    bodies: dict[str, dict[str, Any]] = {
        "documents/purchase_invoices": {
            "contact_id": office.supplier,
            "details_attributes": [line],
            "fiscal_allocations_attributes": [
                {"ledger_account_id": cost, "private_ledger_account_id": private, "percentage": 25}
            ],
        },
        "documents/general_documents": {"reference": "Contract"},
        "documents/typeless_documents": {"reference": "20130456"},
        "documents/general_journal_documents": {
            "general_journal_document_entries_attributes": [
                {"ledger_account_id": cost, "debit": 100},
                {"ledger_account_id": private, "credit": 100},
            ]
        },
        "external_sales_invoices": {
            "reference": "Invoice 1",
            "details_attributes": [{"description": "x", "price": 100}],
        },
    }
    bodies["documents/receipts"] = bodies["documents/purchase_invoices"]
    name = family.removeprefix("documents/").removesuffix("s")
    answer = office.post(family, {name: bodies[family]})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def with_ids(office: Office, given: Any, record: dict[str, Any], key: str = "", rows: str = "details") -> Any:
    """The documented body with its ids replaced by those of this office and this record.

    `key` is where `given` stands; `rows` are the record's rows whose ids an `id` at this place means.
    """
    if isinstance(given, list):
        return [with_ids(office, part, record, key, rows) for part in given]
    if isinstance(given, dict):
        return {
            name: with_ids(
                office, part, record, name, name.removesuffix("_attributes") if "_attributes" in name else rows
            )
            for name, part in given.items()
        }
    kind = "sales_invoice" if "source" in record else "purchase_invoice"
    replaced = {
        "contact_id": lambda: office.supplier,
        "ledger_account_id": lambda: office.named("Ongecategoriseerde uitgaven"),
        "private_ledger_account_id": lambda: office.account("private"),
        "tax_rate_id": lambda: office.rate(kind),
        "id": lambda: record[rows][0]["id"],
    }
    return replaced[key]() if key in replaced else given


@pytest.mark.skipif(not REQUESTS, reason=MISSING)
@pytest.mark.parametrize(("operation", "case", "body"), REQUESTS, ids=[f"{row[0]} {row[1]}" for row in REQUESTS])
def test_a_documented_request_is_served_as_documented(office: Office, operation: str, case: str, body: Any) -> None:
    """Every answer is held against the contract by the office; here that it is the success of the example."""
    method, _, path = operation.partition(" ")
    path = path.removeprefix("/")
    family = "external_sales_invoices" if path.startswith("external") else "/".join(path.split("/")[:2])
    record = made(office, family)
    for placeholder in ("{id}", "{external_sales_invoice_id}"):
        path = path.replace(placeholder, record["id"])
    answer = (office.post if method == "POST" else office.patch)(path, with_ids(office, body, record))
    assert answer.status_code == (201 if method == "POST" else 200), (case, answer.text)


SCHEMAS = {
    "documents/purchase_invoices": "purchase_invoice_response",
    "documents/receipts": "receipt_response",
    "documents/general_documents": "general_document_response",
    "documents/typeless_documents": "typeless_document_response",
    "documents/general_journal_documents": "general_journal_document_response",
    "external_sales_invoices": "external_sales_invoice_response",
}


@pytest.mark.parametrize(("family", "schema"), SCHEMAS.items())
def test_an_object_has_exactly_the_keys_of_its_schema(
    office: Office, contract: dict[str, Any], family: str, schema: str
) -> None:
    schemas = contract["components"]["schemas"]
    record = made(office, family)
    assert set(record) == set(schemas[schema]["properties"])
    for name, part in (
        ("fiscal_allocations", "fiscal_allocation_response"),
        ("general_journal_document_entries", "general_journal_document_entry_response"),
        ("contact", "simple_contact_response"),
    ):
        inner = record.get(name) or []
        for row in inner if isinstance(inner, list) else [inner]:
            assert set(row) == set(schemas[part]["properties"])


def test_what_is_left_out_or_not_documented_is_noticed(office: Office, contract: dict[str, Any]) -> None:
    """The office would see it, else the tests around it prove nothing."""
    record = made(office, "documents/receipts")
    path = f"documents/receipts/{record['id']}"
    short = {**record, "details": [{k: v for k, v in record["details"][0].items() if k != "price"}]}
    assert violations("GET", path, httpx.Response(200, json=short)) == ["$.details[0].price is missing"]
    (wrong,) = violations("GET", path, httpx.Response(200, json={**record, "state": "draft"}))
    assert wrong.startswith("$.state")
    (status,) = violations("GET", path, httpx.Response(402, json={"error": "x"}))
    assert status.startswith("status 402 is not documented")

"""The objects of documents and external invoices, key for key.

Needs the contract beside the repository; without it these tests say that they did not run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.sandbox.office import DOCUMENT, Office, load, open_office, violations

MISSING = f"the official contract is not at {DOCUMENT} (set DOVECOTE_SHARED)"


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

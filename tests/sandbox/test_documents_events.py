"""Events of the control surface around purchases, external invoices and journals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pipelines.sandbox import events
from pipelines.sandbox.hooks.payload import entity
from tests.sandbox.office import Office, open_office

LISTS = ("documents/purchase_invoices", "documents/general_journal_documents", "external_sales_invoices")


@pytest.fixture
def office() -> Iterator[Office]:
    yield from open_office()


def happen(office: Office, kind: str, **arguments: Any) -> dict[str, Any]:
    return events.happen(office.administration, kind, arguments)


def versions(office: Office) -> dict[str, int]:
    rows = [row for path in LISTS for row in office.get(f"{path}/synchronization").json()]
    return {row["id"]: row["version"] for row in rows}


def test_a_purchase_is_received_changed_paid_and_deleted_and_each_changes_one_version(office: Office) -> None:
    other, made = happen(office, "receive_purchase"), happen(office, "receive_purchase", price="50.00")
    assert versions(office) == {other["document_id"]: other["version"], made["document_id"]: made["version"]}
    path = f"documents/purchase_invoices/{made['document_id']}"
    for kind, field, value in (
        ("change_purchase", "total_price_incl_tax", "61.71"),
        ("pay_purchase", "state", "paid"),
    ):
        office.advance(1)
        before, answer = versions(office), happen(office, kind, document_id=made["document_id"])
        assert versions(office) == before | {made["document_id"]: answer["version"]}
        assert answer["version"] > before[made["document_id"]]
        assert office.get(path).json()[field] == value
    happen(office, "delete_purchase", document_id=made["document_id"])
    assert list(versions(office)) == [other["document_id"]]
    assert happen(office, "delete_purchase")["document_id"] == other["document_id"]


def test_external_invoices_and_journals_come_and_go(office: Office) -> None:
    invoice, journal = happen(office, "receive_external_invoice"), happen(office, "enter_journal", amount="12.50")
    assert set(versions(office)) == {invoice["external_sales_invoice_id"], journal["document_id"]}
    assert (office.balance("debtors"), office.balance("general_costs")) == (12100, 1250)
    happen(office, "delete_external_invoice")
    happen(office, "delete_journal")
    assert versions(office) == {}
    assert (office.balance("debtors"), office.balance("general_costs")) == (0, 0)


def test_webhooks_speak_of_them_as_the_api_shows_them(office: Office) -> None:
    kept = office.administration
    made = (
        happen(office, "receive_purchase"),
        happen(office, "enter_journal"),
        happen(office, "receive_external_invoice"),
    )
    records = (*kept.purchases.values(), *kept.journals.values(), *kept.external_invoices.values())
    for path, answer, record, name in zip(
        LISTS, made, records, ("Document", "Document", "ExternalSalesInvoice"), strict=True
    ):
        id_ = answer.get("document_id") or answer["external_sales_invoice_id"]
        assert entity(kept, record) == (name, office.get(f"{path}/{id_}").json())


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("change_purchase", "document_id"),
        ("delete_journal", "document_id"),
        ("delete_external_invoice", "external_sales_invoice_id"),
    ],
)
def test_what_is_not_there_cannot_happen(office: Office, kind: str, name: str) -> None:
    with pytest.raises(ValueError, match=r"no .* 5"):
        happen(office, kind, **{name: "5"})
    with pytest.raises(ValueError, match="no "):
        happen(office, kind)

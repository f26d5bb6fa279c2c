"""The scene of a request that the contract shows: the records it is about, and its body with their ids."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from pipelines.sandbox import chart
from tests.sandbox import replay_records as records
from tests.sandbox.offers_office import product, subscription
from tests.sandbox.office import Office
from tests.sandbox.replay_records import Record, made
from tests.sandbox.sales_office import customer, draft, sent

# By the beginning of the path; what an operation is about when nothing else is said.
USUAL: dict[str, records.Maker] = {
    "assets": records.asset,
    "contacts": records.contact,
    "documents/purchase_invoices": records.purchase,
    "documents/receipts": lambda office: records.purchase(office, "receipt"),
    "documents/general_documents": records.paper("general_document"),
    "documents/typeless_documents": records.paper("typeless_document"),
    "documents/general_journal_documents": records.journal,
    "downloads": records.download,
    "estimates": records.estimate_sent,
    "external_sales_invoices": records.external,
    "financial_mutations": records.bank_line,
    "financial_statements": records.statement,
    "identities": records.identity,
    "ledger_accounts": records.ledger_account,
    "products": lambda office: {"id": product(office)},
    "projects": lambda office: {"id": str(next(iter(office.administration.projects)))},
    "purchase_transactions": records.payment_order,
    "recurring_sales_invoices": records.recurring,
    "reports": records.export_ready,
    "sales_invoices": sent,
    "subscriptions": subscription,
    "subscription_templates": records.template,
    "time_entries": records.entry,
    "webhooks": records.webhook,
}
# By operation or by the name of the case.
INSTEAD: dict[str, records.Maker] = {
    "POST /assets/{id}/disposals": records.asset_worn_out,
    "POST /assets/{id}/reinvestment_reserve_purchase": records.asset_for_reserve,
    "POST /assets/{id}/reinvestment_reserve_sale": records.asset_sold,
    "DELETE /assets/{id}/reinvestment_reserve_purchase": records.asset_out_of_reserve,
    "DELETE /assets/{id}/reinvestment_reserve_sale": records.asset_in_reserve,
    "AllowsUpdatingEveryAttributeOfAPlannedAsset": lambda office: records.asset(office, purchase_date="2026-12-24"),
    "CreatesAContactPersonWhenCompanyNameFirstnameAndLastnameExistTogether": records.contact,
    "BillsAnAcceptedEstimate": records.estimate_accepted,
    "PATCH /estimates/{id}/send_estimate": records.estimate,
    "CreatesALedgerAccountBookingForANegativeAmount": lambda office: records.bank_line(office, "-100"),
    "LinksAPurchaseInvoiceToTheFinancialMutation": lambda office: records.bank_line(office, "-100"),
    "CreatesANewPurchaseInvoice": lambda office: records.bank_line(office, "100"),
    "CreatesANewReceipt": lambda office: records.bank_line(office, "100"),
    "DELETE /financial_mutations/{id}/unlink_booking": records.bank_line_paid,
    "PATCH /sales_invoices/{id}/send_invoice": draft,
    "POST /sales_invoices/{id}/resume": records.paused,
    "FallsBackToE-mailDeliveryWhenSendingSimplerinvoicingForTheSecondTime": records.sent_by_peppol,
    "PATCH /sales_invoices/{id}/register_payment_creditinvoice": records.credited,
    "PATCH /time_entries/{id}/resume": records.entry_stopped,
    "Answers204WhenTheSameExportIsAlreadyBeingPrepared": records.export_running,
}

# A part of a record: how it is made below the record's path. Its id is then in the record under the first name.
PARTS: dict[str, Callable[[Office, str], httpx.Response]] = {
    "notes": lambda office, path: office.post(f"{path}/notes", {"note": {"note": "Bellen"}}),
    "attachments": lambda office, path: upload(office, path),
    "payments": lambda office, path: office.post(
        f"{path}/payments", {"payment": {"payment_date": "2026-08-21", "price": "100"}}
    ),
    "contact_people": lambda office, path: office.post(
        f"{path}/contact_people", {"contact_person": {"firstname": "Jo", "lastname": "Vermeer"}}
    ),
    "sources": lambda office, path: office.post(f"{path}/sources", {"detail_id": fixture_line(office)}),
}


def reminder(office: Office) -> Record:
    """One for the newest invoice; the contract shows no body of this request."""
    invoice = max(office.administration.invoices.values(), key=lambda one: one.id)
    shown = made(office.get(f"sales_invoices/{invoice.id}"))
    keys = ("contact_id", "workflow_id", "document_style_id", "identity_id")
    return {key: shown[key] for key in keys} | {"sales_invoice_ids": [shown["id"]]}


def fixture_line(office: Office) -> str:
    """Id of a line of a purchase on the account of the assets."""
    line = {"description": "Bureau", "price": 1000, "ledger_account_id": office.account(chart.FIXTURES)}
    body = {"contact_id": office.supplier, "reference": "B-1", "details_attributes": [line]}
    return str(made(office.post("documents/purchase_invoices", {"purchase_invoice": body}))["details"][0]["id"])


def upload(office: Office, path: str) -> httpx.Response:
    """A file for the record; of external invoices the path has no plural."""
    name = "attachment" if path.startswith("external_sales_invoices") else "attachments"
    url = f"/{office.administration.id}/{path}/{name}.json"
    files = {"file": ("bon.pdf", b"%PDF-1.4", "application/pdf")}
    return office.client.post(url, files=files, headers={"Authorization": "Bearer office"})


@dataclass(frozen=True)
class Scene:
    """What a request is sent to, and what stands in its body in place of the example's ids."""

    path: str
    own: dict[str, Any]
    rows: dict[str, str] = field(default_factory=dict)  # name of nested rows → id of one of them

    def fitted(self, given: Any, key: str = "", rows: str = "") -> Any:
        """The example's body with ids of this company. `key` is where `given` stands, `rows` what rows it is one of."""
        if isinstance(given, list):
            return [self.fitted(part, key, rows) for part in given]
        if isinstance(given, dict):
            inside = {name: name.removesuffix("_attributes") if "_attributes" in name else rows for name in given}
            return {name: self.fitted(part, name, inside[name]) for name, part in given.items()}
        if key == "id":
            return self.rows[rows]
        return self.own.get(key, given)


def root_of(path: str) -> str:
    """The collection that a path is below."""
    return next(name for name in USUAL if path == name or path.startswith(f"{name}/"))


def usual(operation: str) -> records.Maker:
    return USUAL[root_of(operation.partition(" /")[2])]


def set_scene(office: Office, operation: str, case: str = "", make: records.Maker | None = None) -> Scene:
    """Makes the records that the operation is about, `make` instead of what its case or its kind usually needs."""
    path = operation.partition(" /")[2]
    root = root_of(path)
    about = path if path.startswith(("identities/default", "sales_invoices/send_reminders")) else root
    make = make or INSTEAD.get(case) or INSTEAD.get(operation) or USUAL[root]
    record = make(office)
    parts = path.removeprefix(about).split("/")[1:]
    if parts and parts[0].startswith("{"):
        parts[0] = record["id"]
        if len(parts) == 3 and parts[2].startswith("{"):
            assert PARTS[parts[1]](office, f"{root}/{record['id']}").status_code in (200, 201)
            record = made(office.get(f"{root}/{record['id']}"))
            parts[2] = record[parts[1]][0]["id"]
    return Scene("/".join([about, *parts]), own_ids(office, operation, case, record), row_ids(office, path, record))


def row_ids(office: Office, path: str, record: Record) -> dict[str, str]:
    """The first row of every list of the record; a custom field, for which the request needs no row."""
    found = {
        name: value[0]["id"] for name, value in record.items() if isinstance(value, list) and value and "id" in value[0]
    }
    return found | {"custom_fields": records.custom_field(office, "identity" if "identities" in path else "contact")}


def own_ids(office: Office, operation: str, case: str, record: Record) -> dict[str, Any]:
    buying = "documents/" in operation
    private, cost = office.account(chart.PRIVATE), office.named("Algemene kosten")
    account = cost if buying else office.account(chart.FIXTURES if "/assets" in operation else chart.SERVICES)
    own = {
        "ids": record["id"],
        "contact_id": customer(office),
        "assignee_id": str(next(iter(office.administration.users))),
        "user_id": str(next(iter(office.administration.users))),
        "project_id": str(next(iter(office.administration.projects))),
        "product_id": product(office),
        "workflow_id": str(office.administration.workflow_id),
        "financial_account_id": str(next(iter(office.administration.financial_accounts))),
        "tax_rate_id": records.rate(office, "purchase_invoice" if buying else "sales_invoice"),
        "ledger_account_id": account,
        "private_ledger_account_id": private,
    }
    if operation.endswith("/sources"):
        own |= {"detail_id": fixture_line(office)}
        own |= {
            "general_journal_document_entry_id": records.journal(office)["general_journal_document_entries"][0]["id"]
        }
    if operation.endswith("link_booking"):
        own["booking_id"] = booked(office, case, record)
    return own


def booked(office: Office, case: str, line: Record) -> str:
    """What a bank line is linked to, or the payment it is unlinked from."""
    if case == "UnlinksAPaymentBooking":
        return str(line["payments"][0]["id"])
    if case.startswith("LinksASalesInvoice"):
        return str(sent(office)["id"])
    return str(records.purchase(office)["id"]) if case.startswith("LinksAPurchase") else office.account(chart.GENERAL)

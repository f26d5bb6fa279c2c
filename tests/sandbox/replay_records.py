"""Records of the small company, one of each kind and state that the contract's examples are about.

They are made through the API; what it cannot make (custom fields, templates, orders to pay) is put among the facts. It
is 21 August 2026, the day on which the examples were made, so their days can stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import httpx

from pipelines.sandbox import chart
from pipelines.sandbox.actions import payment_orders
from pipelines.sandbox.dialect import Dialect
from pipelines.sandbox.exports.pace import USUAL_SECONDS
from pipelines.sandbox.model import CustomField, SubscriptionTemplate
from tests.sandbox.offers_office import product
from tests.sandbox.office import ROLES, Office, open_office
from tests.sandbox.sales_office import credit, customer, hour, send, sent

TODAY = date(2026, 8, 21)
WITH_ALL = ROLES | {chart.FIXTURES, chart.FIXTURES_WRITTEN_DOWN, chart.DEPRECIATION}
MANDATE = {
    "sepa_active": True, "sepa_iban": "NL91ABNA0417164300", "sepa_iban_account_name": "Klant", "sepa_bic": "ABNANL2A",
    "sepa_mandate_id": "M-1", "sepa_mandate_date": "2026-08-01",
}  # fmt: skip
Record = dict[str, Any]
Maker = Callable[[Office], Record]


def stage(dialect: Dialect | None = None) -> Iterator[Office]:
    for office in open_office(dialect, WITH_ALL, TODAY):
        customer(office)
        office.administration.payments_enabled = True
        yield office


def made(answer: httpx.Response) -> Record:
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())


def asset(office: Office, **changes: Any) -> Record:
    body = {
        "name": "Bureau", "ledger_account_id": office.account(chart.FIXTURES), "purchase_date": "2026-01-01",
        "purchase_value": 1000, "value_change_plan_attributes": {"lifespan_in_years": 5, "residual_value": 100},
    }  # fmt: skip
    return made(office.post("assets", {"asset": body | changes}))


def asset_worn_out(office: Office) -> Record:
    found, body = asset(office), {"date": "2026-08-21", "amount": -1000, "description": "Op"}
    made(office.post(f"assets/{found['id']}/value_changes/manual", body))
    return found


def asset_sold(office: Office) -> Record:
    found = asset(office)
    made(office.post(f"assets/{found['id']}/value_changes/divestment", {"date": "2026-08-21"}))
    return found


def asset_in_reserve(office: Office) -> Record:
    """Sold, with 100.00 of its result in the reserve."""
    sold = asset_sold(office)
    made(office.post(f"assets/{sold['id']}/reinvestment_reserve_sale", {"amount": 100}))
    return sold


def asset_for_reserve(office: Office) -> Record:
    asset_in_reserve(office)
    return asset(office, name="Nieuw")


def asset_out_of_reserve(office: Office) -> Record:
    found = asset_for_reserve(office)
    made(office.post(f"assets/{found['id']}/reinvestment_reserve_purchase", {"amount": 100}))
    return found


def contact(office: Office, **fields: Any) -> Record:
    return made(office.post("contacts", {"contact": {"company_name": "Oud B.V.", **MANDATE, **fields}}))


def purchase(office: Office, kind: str = "purchase_invoice") -> Record:
    """363.00 including tax, a quarter of it private."""
    cost, private = office.named("Algemene kosten"), office.account(chart.PRIVATE)
    line = {"description": "iPad", "price": 300, "tax_rate_id": rate(office, kind), "ledger_account_id": cost}
    share = {"ledger_account_id": cost, "private_ledger_account_id": private, "percentage": 25}
    body = {"contact_id": office.supplier, "details_attributes": [line], "fiscal_allocations_attributes": [share]}
    return made(office.post(f"documents/{kind}s", {kind: body}))


def journal(office: Office) -> Record:
    accounts = office.account(chart.FIXTURES), office.account(chart.PRIVATE)
    rows = [
        {"ledger_account_id": account, side: 100} for account, side in zip(accounts, ("debit", "credit"), strict=True)
    ]
    name = "general_journal_document"
    return made(office.post(f"documents/{name}s", {name: {f"{name}_entries_attributes": rows}}))


def estimate(office: Office) -> Record:
    line = {"description": "Project X", "price": "300", "amount": "1 x"}
    return made(office.post("estimates", {"estimate": {"contact_id": customer(office), "details_attributes": [line]}}))


def estimate_sent(office: Office) -> Record:
    return made(office.patch(f"estimates/{estimate(office)['id']}/send_estimate", {}))


def estimate_accepted(office: Office) -> Record:
    return made(office.patch(f"estimates/{estimate_sent(office)['id']}/change_state", {"state": "accepted"}))


def external(office: Office, **fields: Any) -> Record:
    """121.00 including tax."""
    line = {"description": "x", "price": 100, "tax_rate_id": rate(office, "sales_invoice")}
    body = {"reference": "30052", "contact_id": customer(office), "details_attributes": [line], **fields}
    return made(office.post("external_sales_invoices", {"external_sales_invoice": body}))


def statement(office: Office, amount: str = "363") -> Record:
    account = next(iter(office.administration.financial_accounts))
    line = {"date": "2026-08-20", "message": "Factuur", "amount": amount}
    body = {"reference": "R1", "financial_account_id": account, "financial_mutations_attributes": [line]}
    return made(office.post("financial_statements", {"financial_statement": body}))


def bank_line(office: Office, amount: str = "363") -> Record:
    return dict(statement(office, amount)["financial_mutations"][0])


def bank_line_paid(office: Office) -> Record:
    """A bank line with a payment of an invoice."""
    line, invoice = bank_line(office), sent(office)
    body = {"booking_type": "SalesInvoice", "booking_id": invoice["id"], "price_base": "363.0"}
    assert office.patch(f"financial_mutations/{line['id']}/link_booking", body).json() == 200
    return made(office.get(f"financial_mutations/{line['id']}"))


def download(office: Office) -> Record:
    """An export that is ready."""
    external(office, date="2024-05-01")
    assert office.post("reports/export/ledger_accounts", {"year": "2024"}).status_code == 204
    office.world.clock.advance(timedelta(seconds=USUAL_SECONDS))
    return dict(office.get("downloads").json()[0])


def export_ready(office: Office) -> Record:
    """A year that something was booked in."""
    return external(office, date="2024-05-01")


def export_running(office: Office) -> Record:
    found = export_ready(office)
    for kind in ("auditfile", "ledger_accounts"):
        assert office.post(f"reports/export/{kind}", {"year": "2024"}).status_code == 204
    return found


def identity(office: Office) -> Record:
    body = {
        "company_name": "Tweede B.V.", "address1": "Straat 1", "zipcode": "1234 AB", "city": "Gouda", "country": "NL",
        "email": "tweede@duiventil.example",
    }  # fmt: skip
    return made(office.post("identities", {"identity": body}))


def custom_field(office: Office, source: str) -> str:
    found = CustomField(office.administration.new_id(), "Veld", source)
    office.administration.custom_fields[found.id] = found
    return str(found.id)


def template(office: Office) -> Record:
    kept = office.administration
    found = SubscriptionTemplate(kept.new_id(), kept.workflow_id, kept.document_style_id, (int(product(office)),))
    kept.subscription_templates[found.id] = found
    return {"id": str(found.id)}


def payment_order(office: Office) -> Record:
    bill = purchase(office)
    bank = office.administration.accounts[int(office.account(chart.BANK))].financial_account_id
    assert bank is not None
    order = payment_orders.order(office.administration, office.administration.purchases[int(bill["id"])], bank)
    return {"id": str(order.id)}


def recurring(office: Office) -> Record:
    body = {
        "contact_id": customer(office), "invoice_date": "2026-09-01", "frequency_type": "month",
        "details_attributes": [{"description": "Hosting", "price": 10}],
    }  # fmt: skip
    return made(office.post("recurring_sales_invoices", {"recurring_sales_invoice": body}))


def entry(office: Office) -> Record:
    return made(office.get(f"time_entries/{hour(office)}"))


def entry_stopped(office: Office) -> Record:
    found = entry(office)
    return made(office.patch(f"time_entries/{found['id']}/stop", {}))


def entry_of_last_week(office: Office) -> Record:
    found = entry(office)
    times = {"started_at": "2026-08-14T08:00:00Z", "ended_at": "2026-08-14T09:00:00Z"}
    return made(office.patch(f"time_entries/{found['id']}", {"time_entry": times}))


def webhook(office: Office) -> Record:
    return made(office.post("webhooks", {"url": "https://ontvanger.example/hook"}))


def ledger_account(office: Office) -> Record:
    body = {"ledger_account": {"name": "Nieuw", "account_type": "expenses"}, "rgs_code": "WBedAlkOal"}
    return made(office.post("ledger_accounts", body))


def rate(office: Office, kind: str) -> str:
    """21 %, of purchases of every kind or of sales."""
    return office.rate("sales_invoice") if kind == "sales_invoice" else office.rate("purchase_invoice", 21, "NL/5b")


def credited(office: Office) -> Record:
    return send(office, credit(office, sent(office)))


def paused(office: Office) -> Record:
    return made(office.post(f"sales_invoices/{sent(office)['id']}/pause", {}))


def sent_by_peppol(office: Office) -> Record:
    customer(office, delivery_method="Peppol", si_identifier="12345678", si_identifier_type="NL:KVK")
    return sent(office)


def paper(kind: str) -> Maker:
    return lambda office: made(office.post(f"documents/{kind}s", {kind: {"reference": "Contract"}}))

"""The second half of `replay_wrong`: everything after estimates, and what many operations refuse alike."""

from __future__ import annotations

from typing import Any

from pipelines.sandbox.model import Download
from tests.sandbox import replay_records as records
from tests.sandbox.offers_office import product
from tests.sandbox.office import Office
from tests.sandbox.replay_wrong import (
    UNKNOWN,
    Wrong,
    nothing_left,
    numbered_twice,
    of_subscription,
    retired,
    subscribed,
    uncoded,
    without_address,
    without_lines,
    without_sender,
)
from tests.sandbox.sales_office import customer


def recurring(**changes: Any) -> Any:
    """A new recurring invoice that is good but for these fields."""
    line = {"description": "x", "price": 1}
    good = {"invoice_date": "2026-09-01", "frequency_type": "month", "details_attributes": [line]}
    return lambda office: {"recurring_sales_invoice": {"contact_id": customer(office), **good, **changes}}


def entry(**changes: Any) -> Any:
    good = {"started_at": "2026-08-21T06:00:00Z", "ended_at": "2026-08-21T07:00:00Z", "description": "Advies"}
    return lambda office: {"time_entry": {"user_id": next(iter(office.administration.users)), **good, **changes}}


def with_custom_field(office: Office) -> Any:
    return {
        "sales_invoice": {"contact_id": customer(office), "custom_fields_attributes": [{"id": 123456, "value": "x"}]}
    }


def external(**given: Any) -> Any:
    return lambda office: {"external_sales_invoice": {"contact_id": customer(office), **given}}


def invoices_exported(office: Office) -> records.Record:
    """An export that only the website makes."""
    kept, now = office.administration, office.world.clock.milliseconds()
    made = Download(kept.new_id(), "export_sales_invoices", "facturen.csv", "text/csv", 2026, kept.owner_id, now, now)
    kept.downloads[made.id] = made
    return {"id": str(made.id)}


NO_RGS = {"ledger_account": {"name": "Nieuw", "account_type": "expenses"}, "rgs_code": "WXyz"}
TWO_YEARS = {"period": "202501..202612"}
PAYMENT = {"payment": {"payment_date": "", "price": ""}}

WRONG: dict[str, dict[str, Wrong]] = {
    "GET /external_sales_invoices/{external_sales_invoice_id}/attachments/{id}/download": {
        "Returns 404 when the attachment does not exist": Wrong(
            path=f"external_sales_invoices/{{}}/attachments/{UNKNOWN}/download"
        ),
    },
    "POST /external_sales_invoices": {
        "Returns 400 when required params are incorrect": Wrong(
            {"external_sales_invoice": {"reference": "1", "contact_id": UNKNOWN}}
        ),
        "Returns 422 when a detail references a unknown project id for this administration": Wrong(
            external(details_attributes=[{"description": "x", "price": 1, "project_id": UNKNOWN}])
        ),
        "Returns 422 when date is not a valid date string": Wrong(external(date="31-12")),
    },
    "PATCH /external_sales_invoices/{id}": {
        "Returns 422 when update params are invalid": Wrong({"external_sales_invoice": {"reference": ""}}),
    },
    "PATCH /external_sales_invoices/{id}/mark_as_dubious": {
        "Returns 400 when invoice cannot be marked as dubious": Wrong(
            {}, make=lambda office: records.external(office, date="2026-08-22")
        ),
    },
    "PATCH /external_sales_invoices/{id}/mark_as_uncollectible": {
        "Returns 400 when invoice cannot be marked as uncollectible": Wrong(
            {}, make=lambda office: records.external(office, date="2026-08-22")
        ),
    },
    "POST /external_sales_invoices/{external_sales_invoice_id}/payments": {
        "Returns 422 when payment params are invalid": Wrong(PAYMENT),
    },
    "PATCH /financial_mutations/{id}/link_booking": {
        "Returns a 400 instead of crashing when price base is omitted for a negative mutation": Wrong(
            lambda office: {"booking_type": "Document", "booking_id": records.purchase(office)["id"]},
            make=lambda office: records.bank_line(office, "-100"),
        ),
    },
    "DELETE /financial_mutations/{id}/unlink_booking": {
        "Returns an error if booking type is invalid": Wrong({"booking_type": "Invoice", "booking_id": UNKNOWN}),
        "Returns an error if booking id is not found": Wrong(
            {"booking_type": "Payment", "booking_id": UNKNOWN}, path="financial_mutations/{}/unlink_booking"
        ),
    },
    "PATCH /financial_statements/{id}": {
        "Returns an error when invalid input is given": Wrong({"financial_statement": {"reference": ""}}),
    },
    "GET /financial_mutations": {
        "Raises an error when there are too many mutations to return": Wrong(
            before=lambda office: [records.statement(office) for _ in range(101)]
        ),
    },
    "POST /identities": {
        "Returns 422 when required params are missing or invalid": Wrong(
            {"identity": {"company_name": "", "address1": "", "zipcode": "", "city": "", "country": "", "email": "x"}}
        ),
    },
    "PATCH /identities/default": {
        "Returns 422 when updating the default identity with invalid params": Wrong({"identity": {"company_name": ""}}),
    },
    "PATCH /identities/{id}": {
        "Returns 422 when updating an identity with invalid params": Wrong({"identity": {"company_name": ""}}),
    },
    "DELETE /identities/{id}": {
        "Cannot delete the default identity": Wrong(
            make=lambda office: dict(office.get("identities/default").json()), path="identities/{}"
        ),
    },
    "POST /ledger_accounts": {
        "Returns an error when name is not provided": Wrong(
            {"ledger_account": {"account_type": "expenses"}, "rgs_code": "WBedAlkOal"}
        ),
        "Returns an error when an empty name is provided": Wrong(
            {"ledger_account": {"name": "", "account_type": "expenses"}, "rgs_code": "WBedAlkOal"}
        ),
        "Returns error when provided rgs code does not belong to a taxonomy item of version 3.5": Wrong(NO_RGS),
    },
    "PATCH /ledger_accounts/{id}": {
        "Returns an error when validations are failing": Wrong({"ledger_account": {"name": ""}}),
        "Returns error when provided rgs code does not belong to a taxonomy item of version 3.5": Wrong(
            {"ledger_account": {"name": "Nieuw"}, "rgs_code": "WXyz"}, path="ledger_accounts/{}"
        ),
    },
    "POST /products": {
        "Returns an error when information is missing": Wrong(
            lambda office: {"product": {"price": 1, "tax_rate_id": records.rate(office, "sales_invoice"),
                                        "ledger_account_id": office.account("services_revenue")}}
        ),
    },
    "PATCH /products/{id}": {
        "Returns a 400 if the validations fail": Wrong({}),
        "Returns a 422 if the product is invalid": Wrong({"product": {"description": "x" * 4097}}),
    },
    "DELETE /products/{id}": {
        "Returns a 422 response when product has an subscription product in the future": Wrong(make=subscribed),
        "Returns an error when product has an active subscription product": Wrong(make=subscribed),
    },
    "POST /products/{id}/sales_link": {
        "Returns 404 when product is not valid for online sales": Wrong(make=retired, path="products/{}/sales_link"),
        "Returns 404 if contact is not found": Wrong(
            make=lambda office: {"id": product(office)}, path="products/{}/sales_link", query={"contact_id": UNKNOWN}
        ),
    },
    "POST /projects": {"Returns an error when information is missing": Wrong({"project": {"name": ""}})},
    "PATCH /projects/{id}": {"Returns a 422 when the project is invalid": Wrong({"project": {"name": ""}})},
    "POST /recurring_sales_invoices": {
        "Returns 400 when mergeable is true but auto send is false": Wrong(recurring(mergeable=True, auto_send=False)),
        "Returns 422 when validation fails": Wrong(recurring(invoice_date="2026-08-01")),
        "Returns 402 when payment is required": Wrong(recurring(), before=nothing_left("recurring_sales_invoices")),
    },
    "PATCH /recurring_sales_invoices/{id}": {
        "Returns 400 when recurring sales invoice cannot be edited due to active subscription": Wrong(
            {"recurring_sales_invoice": {"reference": "x"}}, make=of_subscription
        ),
        "Returns 422 when validation fails": Wrong({"recurring_sales_invoice": {"invoice_date": "2026-08-01"}}),
    },
    "POST /recurring_sales_invoices/synchronization": {
        "Returns 400 when invalid parameters are provided": Wrong({"ids": "x"}),
    },
    "POST /reports/export/auditfile": {
        "Returns 400 when ledger accounts have duplicate account ids": Wrong({"year": "2024"}, make=numbered_twice),
        "Returns 400 for invalid version": Wrong({"year": "2024", "version": "5.0"}),
        "Returns 400 when period contains no journal entries": Wrong({"year": "2025"}),
    },
    "POST /reports/export/brugstaat": {
        "Returns 400 when ledger accounts have invalid taxonomy codes": Wrong({"year": "2024"}, make=uncoded),
    },
    "POST /reports/export/ledger_accounts": {
        "Returns 400 when period contains no journal entries": Wrong({"year": "2025"}),
    },
    "GET /reports/ledger_accounts/{ledger_account_id}": {
        "Returns error when period exceeds limit": Wrong(query=TWO_YEARS, path="reports/ledger_accounts/{account}"),
        "Returns error for invalid period format": Wrong(
            query={"period": "nonsense"}, path="reports/ledger_accounts/{account}"
        ),
    },
    "GET /reports/journal_entries": {
        "Returns a 400 if no project, contact or ledger account is present": Wrong(),
        "Returns a 400 if the account type is present but no contact id or project id is present": Wrong(
            query={"account_type": "expenses", "ledger_account_id": UNKNOWN}
        ),
    },
    "POST /sales_invoices": {
        "Exceeding the monthly sales invoice limit on a free plan results in an error": Wrong(
            lambda office: {"sales_invoice": {"contact_id": customer(office)}}, before=nothing_left("sales_invoices")
        ),
        "Creating an invoice with an unknown custom field id results in an error": Wrong(with_custom_field),
    },
    "PATCH /sales_invoices/{id}/send_invoice": {
        "Returns error when sending invalid invoice without details": Wrong({}, make=without_lines("sales_invoice")),
        "Returns error when sending invoice to contact without email address": Wrong({}, before=without_address),
        "Returns error when sending invoice from identity without email": Wrong({}, before=without_sender),
    },
    "GET /sales_invoices": {
        "Give a 400 error when the date range is until the end of time": Wrong(query={"filter": "period:20260101.."}),
        "Give a 400 error when the date range is from the beginning of time": Wrong(
            query={"filter": "period:..20260101"}
        ),
        "Returns an error when the page is out of range": Wrong(query={"page": "1000000000000"}),
    },
    "GET /sales_invoices/synchronization": {
        "Returns a 400 when the filter has an invalid value": Wrong(query={"filter": "state:opne"}),
    },
    "GET /sales_invoices/find_by_invoice_id/{invoice_id}": {
        "Returns 404 when the given invoice id does not exist": Wrong(path="sales_invoices/find_by_invoice_id/1337"),
    },
    "GET /sales_invoices/find_by_reference/{reference}": {
        "Returns 404 when the given reference does not exist": Wrong(path="sales_invoices/find_by_reference/1337"),
    },
    "PATCH /time_entries/{id}/resume": {
        "Returns a 422 if the time entry cannot be resumed": Wrong({}, make=records.entry_of_last_week),
    },
    "PATCH /time_entries/{id}": {
        "Returns 422 when invalid data is provided": Wrong({"time_entry": {"description": ""}}),
    },
    "POST /time_entries": {
        "Returns an error when invalid details are provided": Wrong(
            entry(ended_at="2026-08-20T07:00:00Z", description="")
        ),
        "Returns 402 when limit is reached": Wrong(entry(), before=nothing_left("time_entries")),
        "Returns 404 when sales invoice id does not exist": Wrong(entry(sales_invoice_id=UNKNOWN)),
    },
    "GET /time_entries": {
        "Returns an error message if filter user id is not found": Wrong(query={"filter": f"user_id:{UNKNOWN}"}),
    },
    "POST /webhooks": {
        "Returns an error when events is provided": Wrong({"url": "https://ontvanger.example", "events": ["contact"]}),
        "Returns an error when fields are not provided": Wrong({}),
    },
    "POST /downloads/{id}/download": {
        "Returns 401 when user lacks permission": Wrong(make=invoices_exported, path="downloads/{}/download"),
    },
    "GET /downloads": {
        "Returns an error when download type is invalid": Wrong(query={"download_type": "x"}),
    },
}  # fmt: skip
for _operation in (
    "GET /subscription_templates/{id}/checkout_identifier",
    "POST /subscription_templates/{id}/sales_link",
):
    WRONG[_operation] = {
        f"Returns 404 {words}": Wrong(make=records.template, path=_operation.partition(" /")[2], query={name: UNKNOWN})
        for words, name in (("when the product is not found", "product_id"), ("if contact is not found", "contact_id"))
    }

# By words in the name of a case, in this order; for operations that refuse alike.
COMMON: dict[str, Wrong] = {
    "wrong contact id": Wrong({"note": {"note": "Bellen"}}),
    "does not exist": Wrong({"note": {"note": "Bellen"}}),
    "fields are not provided": Wrong({}),
    "ids are not provided": Wrong({}),
    "ids param is missing": Wrong({}),
    "Requires all input": Wrong({}),
    "per page is invalid": Wrong(query={"per_page": "x"}),
    "page param is invalid": Wrong(query={"page": "0"}),
    "when page is invalid": Wrong(query={"page": "x"}),
    "too many": Wrong(query={"per_page": "101"}),
    "per page exceeds": Wrong(query={"per_page": "101"}),
    "if the request is invalid": Wrong(query={"per_page": "101"}),
    "invalid period format": Wrong(query={"period": "nonsense", "ledger_account_id": UNKNOWN}),
    "period exceeds limit": Wrong(query={"period": "202501..202612", "ledger_account_id": UNKNOWN}),
    "filter contact id is not found": Wrong(query={"filter": f"contact_id:{UNKNOWN}"}),
    "wrong params are provided": Wrong({"note": {"note": ""}}),
    "note params are invalid": Wrong({"note": {"note": ""}}),
    "note is": Wrong({"note": {"note": ""}}),
    "note data is": Wrong({"note": {"note": ""}}),
    "validation fails": Wrong({"note": {"note": ""}}),
}

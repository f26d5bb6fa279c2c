"""What surprised people about types and fields (QUIRKS 27–44), shown by the sandbox."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.buying import buy, lunch
from tests.sandbox.conftest import Desk
from tests.sandbox.office import Office, open_office
from tests.sandbox.sales_office import customer, draft, now, send

JOURNALS = "documents/general_journal_documents"
_ID = re.compile(r"(^id|_id|_ids)$")
_NO_NUMBERS = {"invoice_id", "estimate_id", "draft_id", "customer_id", "account_id", "sepa_mandate_id"}
_EXACT = 2**53  # above it a JavaScript number loses digits


@pytest.fixture
def office() -> Iterator[Office]:
    yield from open_office()


def ids(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every id in an answer, at any depth, with what it is called."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from ids(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from ids(part, key)
    elif _ID.search(key) and key not in _NO_NUMBERS and value is not None:
        yield key, value


@pytest.mark.parametrize(
    "path", ["contacts", "sales_invoices", "time_entries", "documents/receipts", "ledger_accounts"]
)
def test_ids_are_texts_too_large_for_a_javascript_number(desk: Desk, path: str) -> None:
    """QUIRKS 27, 28: `administration_id` and `user_id` are texts too, unlike in some examples."""
    found = list(ids(desk.get("Studio", f"{path}.json").json()))
    assert len(found) > 20
    assert not [(key, value) for key, value in found if not isinstance(value, str)]
    assert not [(key, value) for key, value in found if int(value) < _EXACT]


def test_an_id_may_be_sent_as_text_or_number_and_not_as_a_float(office: Office) -> None:
    """QUIRKS 27, 28: a client that lets JavaScript round an id asks for nobody's record."""
    contact = customer(office)
    for sent_as in (contact, int(contact)):
        body: dict[str, Any] = {"sales_invoice": {"contact_id": sent_as, "details_attributes": []}}
        assert office.post("sales_invoices", body).json()["contact_id"] == contact
    rounded = {"sales_invoice": {"contact_id": float(contact)}}
    assert int(float(contact)) != int(contact)
    assert office.post("sales_invoices", rounded).status_code == 404


@pytest.mark.parametrize(
    ("typed", "counted"),
    [("1 x", "1.0"), ("", "1.0"), (None, "1.0"), ("10 uur", "10.0"), ("1,5", "1.5"), (2, "2.0"), ("uren", "1.0")],
)
def test_a_quantity_is_whatever_was_typed(office: Office, typed: Any, counted: str) -> None:
    """QUIRKS 29: `amount_decimal` is what it counts for."""
    made = draft(office, {"description": "x", "price": "10", "amount": typed})
    assert made["details"][0]["amount"] == (str(typed) if typed not in ("", None) else None)
    assert made["details"][0]["amount_decimal"] == counted


def test_the_counted_quantity_cannot_be_sent(office: Office) -> None:
    """QUIRKS 29: `amount_decimal` in a request makes the whole create fail."""
    with office.unchanged():
        line = {"description": "x", "price": 1, "amount": "1", "amount_decimal": "1"}
        body = {"sales_invoice": {"contact_id": customer(office), "details_attributes": [line]}}
        answer = office.post("sales_invoices", body)
    assert answer.status_code == 422
    assert list(answer.json()["error"]) == ["details.amount_decimal"]


def test_a_draft_has_one_number_and_an_invoice_another(office: Office) -> None:
    """QUIRKS 30: `draft_id` is gone after sending, `invoice_id` is a text and not the id of the record."""
    made = draft(office)
    assert (made["draft_id"], made["invoice_id"]) == (1, None)
    invoice = send(office, made)
    assert (invoice["draft_id"], invoice["invoice_id"]) == (None, "2026-0001")
    assert office.get("sales_invoices/2026-0001").status_code == 404
    assert office.get("sales_invoices/find_by_invoice_id/2026-0001").json()["id"] == invoice["id"]


def test_the_contact_person_of_a_sent_invoice_has_no_id(desk: Desk) -> None:
    """QUIRKS 31: it is a copy of who it was."""
    invoices = desk.get("Studio", "sales_invoices.json", filter="state:paid", per_page=100).json()
    people = [invoice["contact_person"] for invoice in invoices if invoice["contact_person"]]
    assert people
    assert {person["id"] for person in people} == {None}
    assert all(person["firstname"] for person in people)


def test_a_scheduled_invoice_has_a_date_and_no_number(office: Office) -> None:
    """QUIRKS 32: the number comes when it goes."""
    scheduled = send(office, draft(office), sending_scheduled=True, invoice_date="2026-11-22")
    assert (scheduled["state"], scheduled["invoice_date"], scheduled["invoice_id"]) == ("scheduled", "2026-11-22", None)
    office.advance(3)
    assert now(office, scheduled)["invoice_id"] == "2026-0001"


def test_moments_of_paying_and_sending_are_days(desk: Desk) -> None:
    """QUIRKS 33: `paid_at` and `sent_at` have no time."""
    invoice = desk.get("Studio", "sales_invoices.json", filter="state:paid").json()[0]
    assert date.fromisoformat(invoice["paid_at"]) >= date.fromisoformat(invoice["sent_at"])
    assert len(invoice["paid_at"]) == len(invoice["sent_at"]) == 10


def test_what_is_not_known_of_a_contact_is_empty_or_null(office: Office) -> None:
    """QUIRKS 33: "" for one made through the API, null for others."""
    made = office.post("contacts", {"contact": {"company_name": "Leeg B.V."}}).json()
    assert [made[name] for name in ("firstname", "phone", "sepa_iban", "send_invoices_to_email")] == [""] * 4
    assert [made[name] for name in ("sepa_mandate_date", "tax_number_valid", "si_identifier_type")] == [None] * 3
    other = office.get(f"contacts/{office.supplier}").json()
    assert [other[name] for name in ("firstname", "phone", "sepa_iban")] == [None] * 3


@pytest.mark.parametrize(
    ("given", "shown"),
    [("20260801..20260831", "20260801..20260831"), ("202608..202609", "20260801..20260930"), ("", None),
     ("prev_month", "20261001..20261031")],
)  # fmt: skip
def test_the_period_of_a_line_comes_back_as_days(office: Office, given: str, shown: str | None) -> None:
    """QUIRKS 34: it was swallowed once."""
    assert draft(office, {"description": "x", "price": 1, "period": given})["details"][0]["period"] == shown


def test_a_price_is_with_or_without_tax_as_its_document_says(office: Office) -> None:
    """QUIRKS 35: documents of one supplier differ; the net is in `total_price_excl_tax_with_discount`."""
    prices, nets = set(), set()
    for including, price in ((True, "121"), (False, "100")):
        (line,) = buy(office, lunch(office, price), prices_are_incl_tax=including)["details"]
        prices.add(line["price"])
        nets.add(line["total_price_excl_tax_with_discount"])
    assert (prices, nets) == ({"121.0", "100.0"}, {"100.0"})


def test_tax_is_rounded_once_per_rate_of_a_document(office: Office) -> None:
    """QUIRKS 36: once 0.2268 and not three times 0.0756, so the sum of a webshop differs by a cent."""
    line = {"description": "x", "price": "0.36", "tax_rate_id": office.rate("sales_invoice")}
    made = draft(office, line, line, line)
    assert [total["tax_amount"] for total in made["tax_totals"]] == ["0.23"]
    assert made["total_price_incl_tax"] == "1.31"
    assert 3 * round(Decimal("0.36") * Decimal("1.21"), 2) == Decimal("1.32")


def test_a_journal_has_no_description_no_state_and_no_order(office: Office) -> None:
    """QUIRKS 37: a description of the whole is not kept, and rows come by account."""
    cost, private = office.named("Ongecategoriseerde uitgaven"), office.account("private")
    rows: list[dict[str, Any]] = [
        {"ledger_account_id": account, "debit": debit, "credit": 10 - debit}
        for account, debit in ((private, 10), (cost, 0), (private, 0), (cost, 10))
    ]
    body = {"reference": "M-1", "general_journal_document_entries_attributes": rows}
    made = office.post(JOURNALS, {"general_journal_document": body}).json()
    assert not {"description", "state", "contact_id"} & made.keys()
    order = [row["ledger_account_id"] for row in made["general_journal_document_entries"]]
    assert order != [row["ledger_account_id"] for row in rows]
    assert sorted(order) == sorted(row["ledger_account_id"] for row in rows)


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("financial_mutations", {"settlement_state"}),
        ("ledger_accounts", {"active", "taxonomy_item"}),
        ("documents/purchase_invoices", {"fiscal_allocations"}),
        ("workflows", {"steps"}),
        ("financial_accounts", {"moneybird_account"}),
    ],
)
def test_fields_of_this_year_are_there(desk: Desk, path: str, fields: set[str]) -> None:
    """QUIRKS 38: they appeared without notice, so a client's schema must be open; those removed are gone."""
    query = {"filter": "period:202611..202611"} if path == "financial_mutations" else {}
    record = desk.get("Studio", f"{path}.json", **query).json()[0]
    assert fields <= record.keys()
    assert path != "workflows" or not [step for step in record["steps"] if "payment_methods" in step]
    (first, *_) = desk.client.get("/administrations.json", headers=desk.authorization("Studio")).json()
    assert "period_start_date" in first


def test_reports_are_lists_of_accounts_and_not_keyed_by_account(desk: Desk) -> None:
    """QUIRKS 40: the shape changed in place; `cebtors` is gone as well."""
    report = desk.get("Studio", "reports/profit_loss.json", period="this_year").json()
    assert list(report["revenue_by_ledger_account"]) == ["ledger_accounts"]
    assert set(report["revenue_by_ledger_account"]["ledger_accounts"][0]) == {"ledger_account_id", "value"}
    assert list(desk.get("Studio", "reports/debtors.json").json()) == ["debtors"]


def test_sections_of_profit_and_loss_have_signs_of_their_own(desk: Desk) -> None:
    """QUIRKS 41: the cost sections do not add up to `total_expenses`."""
    report = desk.get("Webwinkel", "reports/profit_loss.json", period="this_year").json()

    def total(section: str) -> Decimal:
        return sum((Decimal(row["value"]) for row in report[section]["ledger_accounts"]), Decimal(0))

    costs = total("direct_costs_by_ledger_account") + total("expenses_by_ledger_account")
    other = total("other_income_expenses_by_ledger_account")
    assert min(costs, total("revenue_by_ledger_account")) > 0 > other
    assert Decimal(report["total_expenses"]) == costs - other != costs + other
    assert Decimal(report["net_profit"]) == Decimal(report["total_revenue"]) - Decimal(report["total_expenses"])


def test_what_a_payer_wrote_is_in_the_sepa_fields(desk: Desk) -> None:
    """QUIRKS 42: `sepa_fields.remi`; `message` is there for lines without, and the contra account is only the party."""
    lines = [
        line
        for month in range(1, 11)
        for line in desk.get(
            "Studio", "financial_mutations.json", filter=f"period:2026{month:02}..2026{month:02}"
        ).json()
    ]
    described = [line for line in lines if line["sepa_fields"]]
    assert described
    assert all(line["sepa_fields"]["remi"] for line in described)
    assert all(line["message"] for line in lines)
    named = [line for line in described if line["contra_account_name"]]
    assert [line for line in named if line["contra_account_name"] not in line["sepa_fields"]["remi"]]


def test_what_the_api_does_not_have(desk: Desk) -> None:
    """QUIRKS 43: no balance of a bank account, no bank rules, no VAT returns."""
    for account in desk.get("Studio", "financial_accounts.json").json():
        assert not [name for name in account if "balance" in name]
    for path in ("financial_account_rules", "bank_rules", "vat_returns", "tax_returns", "reports/trial_balance"):
        assert desk.get("Studio", f"{path}.json").status_code == 404


def test_some_fields_open_a_door_without_a_token(desk: Desk) -> None:
    """QUIRKS 44: they must be masked in a warehouse; whoever knows an id cannot guess them."""
    invoice = desk.get("Studio", "sales_invoices.json", filter="state:paid").json()[0]
    for name in ("url", "payment_url"):
        assert re.search(r"/[0-9a-f]{64}/", invoice[name])
    assert re.fullmatch(r"[0-9a-f]{6}", invoice["public_view_code"])
    assert re.search(r"/[0-9a-f]{64}/", invoice["contact"]["sales_invoices_url"])

"""Creating a draft: defaults as documented, amounts as typed, refusals that leave nothing behind."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.sandbox.amounts import quantity, text


def contact_of(desk: Any, name: str = "Studio") -> str:
    return next(str(c.id) for c in desk.names[name].contacts.values() if not c.card.archived)


def create(desk: Any, lines: Any, **fields: Any) -> Any:
    body = {"sales_invoice": {"contact_id": contact_of(desk), "details_attributes": lines, **fields}}
    return desk.post("Studio", "sales_invoices.json", body)


def test_the_documented_example_gives_the_documented_figures(fresh_desk: Any) -> None:
    """129.95 + 21 % = 157.24, no number, no date, draft, an amount of 1 that nobody typed."""
    answer = create(fresh_desk, [{"description": "Rocking Chair", "price": 129.95}], reference="30052")
    assert answer.status_code == 201
    invoice = answer.json()
    assert (invoice["state"], invoice["invoice_id"], invoice["invoice_date"], invoice["sent_at"]) == (
        "draft",
        None,
        None,
        None,
    )
    assert (invoice["total_price_excl_tax"], invoice["total_price_incl_tax"]) == ("129.95", "157.24")
    assert invoice["total_unpaid"] == "157.24"
    assert invoice["reference"] == "30052"
    assert invoice["due_date"] == "2026-12-04"  # a fortnight after today, although it has no date
    assert invoice["payments"] == []
    line = invoice["details"][0]
    assert (line["amount"], line["amount_decimal"], line["price"]) == (None, "1.0", "129.95")
    assert line["tax_report_reference"] == ["NL/1a"]
    assert line["row_order"] == 0
    (total,) = invoice["tax_totals"]
    assert (total["taxable_amount"], total["tax_amount"]) == ("129.95", "27.29")


def test_defaults_are_the_rate_account_workflow_and_style_of_the_administration(fresh_desk: Any) -> None:
    administration = fresh_desk.names["Studio"]
    invoice = create(fresh_desk, [{"description": "x", "price": "10"}]).json()
    assert invoice["workflow_id"] == str(administration.workflow_id)
    assert invoice["document_style_id"] == str(administration.document_style_id)
    assert invoice["currency"] == "EUR"
    assert invoice["details"][0]["ledger_account_id"] == str(administration.roles["revenue"])
    assert invoice["details"][0]["tax_rate_id"] == str(administration.sales_rate(21))


@pytest.mark.parametrize(
    ("typed", "counts"),
    [
        ("1 x", "1"),
        ("10 uur", "10"),
        ("1,5", "1.5"),
        ("2.25 dagen", "2.25"),
        ("-3 x", "-3"),
        ("", "1"),
        (None, "1"),
        ("stuks", "1"),
    ],
)
def test_a_quantity_is_text_with_a_number_in_front(typed: str | None, counts: str) -> None:
    assert str(quantity(typed)) == counts


def test_typed_quantities_and_prices_are_parsed(fresh_desk: Any) -> None:
    lines = {
        "0": {"description": "Uren", "price": "85,50", "amount": "1,5 uur"},
        "1": {"description": "x", "price": "-2.0"},
    }
    details = create(fresh_desk, lines).json()["details"]
    assert [d["amount"] for d in details] == ["1,5 uur", None]
    assert [d["total_price_excl_tax_with_discount"] for d in details] == ["128.25", "-2.0"]


def test_prices_including_tax_discount_and_currency(fresh_desk: Any) -> None:
    incl = create(fresh_desk, [{"description": "x", "price": "100"}], prices_are_incl_tax=True).json()
    assert (incl["total_price_incl_tax"], incl["total_price_excl_tax"]) == ("100.0", "82.64")
    less = create(fresh_desk, [{"description": "x", "price": "100"}], discount="10,0").json()
    assert (less["total_price_excl_tax"], less["total_discount"], less["discount"]) == ("90.0", "10.0", "10.0")
    dollars = create(fresh_desk, [{"description": "x", "price": "159.99"}], currency="USD").json()
    assert dollars["currency"] == "USD"
    assert dollars["total_price_excl_tax_base"] == "147.19"


def test_a_period_a_date_and_a_due_interval(fresh_desk: Any) -> None:
    lines = [{"description": "x", "price": "100", "period": "20260801..20260831"}]
    invoice = create(fresh_desk, lines, invoice_date="2026-11-01", first_due_interval=30).json()
    assert invoice["details"][0]["period"] == "20260801..20260831"
    assert (invoice["invoice_date"], invoice["due_date"], invoice["state"]) == ("2026-11-01", "2026-12-01", "draft")


def test_a_draft_is_found_by_its_reference_and_is_not_in_the_books(fresh_desk: Any) -> None:
    administration = fresh_desk.names["Studio"]
    before = administration.ledger.balance(administration.roles["debtors"], fresh_desk.world.business_date)
    made = create(fresh_desk, [{"description": "x", "price": "10"}], reference="PO 7/8 · dc-1.json").json()
    found = fresh_desk.get("Studio", "sales_invoices/find_by_reference/PO 7%2F8 · dc-1.json.json")
    assert found.json()["id"] == made["id"]
    assert administration.ledger.balance(administration.roles["debtors"], fresh_desk.world.business_date) == before
    assert (
        fresh_desk.client.delete(
            f"/{administration.id}/sales_invoices/{made['id']}.json", headers=fresh_desk.authorization("Studio")
        ).status_code
        == 204
    )
    assert fresh_desk.get("Studio", f"sales_invoices/{made['id']}.json").status_code == 404


def test_hours_can_be_linked(fresh_desk: Any) -> None:
    administration = fresh_desk.names["Studio"]
    entry = next(e for e in administration.time_entries.values() if e.invoice_id is None and e.billable and e.ended)
    made = create(fresh_desk, [{"description": "x", "price": "10"}], time_entry_ids=[str(entry.id)]).json()
    assert [row["id"] for row in made["time_entries"]] == [str(entry.id)]
    assert fresh_desk.get("Studio", f"time_entries/{entry.id}.json").json()["sales_invoice_id"] == made["id"]


def complaint(name: str, text: str, code: str, **more: Any) -> dict[str, Any]:
    """A 422 about one field."""
    return {"error": {name: [text]}, "details": {name: [{"error": code, **more}]}}


UNKNOWN_FIELD = {
    "error": "Custom field with id 123456 not found for administration",
    "symbolic": {"custom_fields_attributes": "not_found"},
}
NO_CONTACT = {"error": "record not found", "symbolic": {"contact_id": "not_found"}}

REFUSED: tuple[tuple[dict[str, Any], dict[str, Any], int, dict[str, Any]], ...] = (
    ({"amount_decimal": "1"}, {}, 422, complaint("details.amount_decimal", "is not allowed", "unknown")),
    ({}, {"due_date": "2026-12-01"}, 422, complaint("due_date", "is not allowed", "unknown")),
    ({"price": "veel"}, {}, 422, complaint("details.price", "is not a number", "not_a_number", value="veel")),
    ({"project_id": "123"}, {}, 422, complaint("details.project_id", "is not found", "invalid")),
    ({"tax_rate_id": "123"}, {}, 422, complaint("details.tax_rate_id", "is not found", "invalid")),
    ({"amount": 1.5}, {}, 422, complaint("details.amount", "is invalid", "invalid")),
    ({"period": "202613"}, {}, 422, complaint("details.period", "is invalid", "invalid")),
    ({}, {"contact_id": ""}, 422, complaint("contact_id", "can't be blank", "blank")),
    ({}, {"invoice_date": "gisteren"}, 422, complaint("invoice_date", "is invalid", "invalid")),
    ({}, {"currency": "XXX"}, 422, complaint("currency", "is not included in the list", "inclusion", value="XXX")),
    ({}, {"contact_id": "123"}, 404, NO_CONTACT),
    ({}, {"custom_fields_attributes": [{"id": 123456, "value": "x"}]}, 404, UNKNOWN_FIELD),
)


@pytest.mark.parametrize(("line", "fields", "status", "body"), REFUSED)
def test_refusals(desk: Any, line: dict[str, Any], fields: dict[str, Any], status: int, body: dict[str, Any]) -> None:
    count = len(desk.names["Studio"].invoices)
    answer = create(desk, [{"description": "x", **line}], **fields)
    assert (answer.status_code, answer.json()) == (status, body)
    assert len(desk.names["Studio"].invoices) == count


def test_a_body_without_the_invoice_is_refused(desk: Any) -> None:
    answer = desk.post("Studio", "sales_invoices.json", {"invoice": {}})
    assert answer.status_code == 400
    assert answer.json() == {"error": "Sales Invoice is required", "symbolic": {"sales_invoice": "required"}}


def test_money_is_written_as_the_api_writes_it() -> None:
    assert [text(cents) for cents in (36300, 15724, 0, -36300, -5, 10)] == [
        "363.0",
        "157.24",
        "0.0",
        "-363.0",
        "-0.05",
        "0.1",
    ]

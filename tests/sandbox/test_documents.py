"""Purchase invoices and receipts over the API: figures as documented, edits, private shares, states, payments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pipelines.sandbox.actions import purchases
from pipelines.sandbox.model import Mutation, Purchase
from tests.sandbox.buying import PURCHASES, RECEIPTS, buy, cost, lunch, receipt, share
from tests.sandbox.office import Office, open_office


@pytest.fixture
def office() -> Iterator[Office]:
    yield from open_office()


def test_the_documented_purchase_gives_the_documented_answer(office: Office) -> None:
    made = buy(office)
    assert (made["state"], made["origin"], made["due_date"], made["entry_number"]) == ("open", "api", None, 1)
    assert (made["date"], made["currency"], made["exchange_rate"]) == ("2026-11-20", "EUR", "1.0")
    assert (made["total_price_excl_tax"], made["total_price_incl_tax"]) == ("20.0", "24.2")
    assert (made["revenue_invoice"], made["prices_are_incl_tax"], made["paid_at"]) == (False, False, None)
    (line,) = made["details"]
    assert (line["amount"], line["amount_decimal"], line["tax_report_reference"]) == (None, "1.0", ["NL/5b"])
    assert [event["action"] for event in made["events"]] == ["document_saved"]
    assert office.get(f"{PURCHASES}/{made['id']}").json() == made
    assert office.announced == [("document_saved", made["id"])]


def test_a_receipt_includes_tax_has_no_due_date_and_needs_no_contact(office: Office) -> None:
    made = receipt(office)
    assert (made["prices_are_incl_tax"], made["due_date"], made["origin"], made["contact"]) == (True, None, None, None)
    assert (made["total_price_excl_tax"], made["total_price_incl_tax"]) == ("16.53", "20.0")
    assert made["details"][0]["total_price_excl_tax_with_discount"] == "16.53"


def test_a_line_without_words_gets_the_uncategorised_account_and_the_ordinary_input_tax(office: Office) -> None:
    (line,) = buy(office, {"description": "Iets", "price": "100"})["details"]
    assert line["ledger_account_id"] == office.named("Ongecategoriseerde uitgaven")
    assert line["tax_rate_id"] == office.rate("purchase_invoice", 21, "NL/5b")


def test_a_purchase_is_in_the_books_and_gone_when_it_is_deleted(office: Office) -> None:
    made = buy(office, lunch(office, "100"))
    assert (office.balance("creditors"), office.balance("vat_in")) == (-12100, 2100)
    answer = office.delete(f"{PURCHASES}/{made['id']}")
    assert (answer.status_code, answer.text) == (200, "200")
    assert (office.balance("creditors"), office.balance("vat_in")) == (0, 0)
    assert office.announced[-1] == ("document_destroyed", made["id"])
    assert office.get(f"{PURCHASES}/{made['id']}").status_code == 404


def test_the_documented_edits_of_lines(office: Office) -> None:
    """One line in, one out, as in `Updates invoice details`: 99 and 119.79."""
    made = buy(office, lunch(office, 300))
    new = lunch(office, 99, description="New detail", amount=1)
    gone = {"id": made["details"][0]["id"], "_destroy": True}
    office.advance(1)
    changed = office.patch(
        f"{PURCHASES}/{made['id']}", {"purchase_invoice": {"details_attributes": {"0": new, "1": gone}}}
    ).json()
    assert [(d["description"], d["amount"]) for d in changed["details"]] == [("New detail", "1")]
    assert (changed["total_price_excl_tax"], changed["total_price_incl_tax"]) == ("99.0", "119.79")
    assert changed["version"] == made["version"] + 86_400
    assert [event["action"] for event in changed["events"]] == ["document_saved", "document_updated"]
    assert office.announced[-1] == ("document_updated", made["id"])
    assert office.balance("creditors") == -11979


def test_a_changed_line_keeps_what_is_not_mentioned(office: Office) -> None:
    made = receipt(office, 300)
    line = {"id": made["details"][0]["id"], "description": "updated description", "price": 20}
    changed = office.patch(f"{RECEIPTS}/{made['id']}", {"receipt": {"details_attributes": {"0": line}}}).json()
    assert changed["details"][0]["id"] == made["details"][0]["id"]
    assert changed["details"][0]["ledger_account_id"] == cost(office)
    assert (changed["total_price_excl_tax"], changed["total_price_incl_tax"]) == ("16.53", "20.0")


def test_header_fields_change_one_by_one(office: Office) -> None:
    made = buy(office, due_date="2026-12-04")
    path = f"{PURCHASES}/{made['id']}"
    changed = office.patch(path, {"purchase_invoice": {"reference": "updated reference"}}).json()
    assert (changed["reference"], changed["due_date"]) == ("updated reference", "2026-12-04")
    changed = office.patch(path, {"purchase_invoice": {"date": "2026-11-01", "due_date": None}}).json()
    assert (changed["date"], changed["due_date"], changed["reference"]) == ("2026-11-01", None, "updated reference")
    changed = office.patch(path, {"purchase_invoice": {"prices_are_incl_tax": "true"}}).json()
    assert changed["total_price_incl_tax"] == "20.0"
    assert office.balance("creditors") == -2000


SHARES = (
    ("purchase_invoice", "100", "30", "70.0", "36.3", "106.3", "121.0"),
    ("purchase_invoice", "300", "40", "180.0", "145.2", "325.2", "363.0"),
    ("receipt", "100", "30", "57.85", "30.0", "87.85", "100.0"),
    ("receipt", "300", "40", "148.76", "120.0", "268.76", "300.0"),
)


@pytest.mark.parametrize(("kind", "price", "percentage", "line", "private", "excl", "incl"), SHARES)
def test_private_shares_give_the_documented_figures(
    office: Office, kind: str, price: str, percentage: str, line: str, private: str, excl: str, incl: str
) -> None:
    """The four answers to writes with a share in the contract."""
    body = {
        "contact_id": office.supplier,
        "details_attributes": [lunch(office, price)],
        "fiscal_allocations_attributes": [share(office, percentage)],
    }
    made = office.post(f"documents/{kind}s", {kind: body}).json()
    assert made["details"][0]["total_price_excl_tax_with_discount"] == line
    assert made["details"][0]["price"] == f"{price}.0"
    (shown,) = made["fiscal_allocations"]
    assert (shown["price"], shown["percentage"]) == (private, f"{percentage}.0")
    assert (made["total_price_excl_tax"], made["total_price_incl_tax"]) == (excl, incl)
    assert f"{office.balance('private') / 100:.2f}" == f"{float(private):.2f}"
    assert office.balance("general_costs") == round(float(line) * 100)  # what is served is what is booked


def test_a_private_share_is_added_changed_and_removed(office: Office) -> None:
    made = buy(office, lunch(office, 300))
    path = f"{PURCHASES}/{made['id']}"

    def shares(attributes: Any) -> Any:
        answer = office.patch(path, {"purchase_invoice": {"fiscal_allocations_attributes": attributes}})
        return answer.json()["fiscal_allocations"]

    (added,) = shares([share(office, "40")])
    assert added["price"] == "145.2"
    (changed,) = shares([{"id": added["id"], "percentage": "25"}])
    assert (changed["id"], changed["price"]) == (added["id"], "90.75")
    assert shares({"0": {"id": added["id"], "_destroy": True}}) == []
    assert office.balance("private") == 0


def test_another_currency_has_a_rate_and_base_amounts(office: Office) -> None:
    made = buy(office, lunch(office, "100"), currency="USD")
    assert (made["currency"], made["exchange_rate"]) == ("USD", "0.92")
    assert (made["total_price_incl_tax"], made["total_price_incl_tax_base"]) == ("121.0", "111.32")
    assert office.balance("creditors") == -11132


def test_an_unpaid_purchase_is_late_the_day_after_its_due_date_and_that_is_a_new_version(office: Office) -> None:
    made = buy(office, due_date="2026-11-21")
    path = f"{PURCHASES}/{made['id']}"
    office.advance(1)
    assert office.get(path).json() == made
    office.advance(1)
    late = office.get(path).json()
    assert (late["state"], late["updated_at"]) == ("late", "2026-11-21T23:01:00.000Z")
    (version,) = office.get(f"{PURCHASES}/synchronization").json()
    assert version == {"id": made["id"], "version": late["version"]}
    assert late["version"] > made["version"]


def test_without_a_due_date_nothing_is_ever_late(office: Office) -> None:
    made = buy(office)
    office.advance(30)
    assert office.get(f"{PURCHASES}/{made['id']}").json()["state"] == "open"


def test_a_payment_settles_a_purchase_and_its_removal_opens_it(office: Office) -> None:
    made = buy(office, lunch(office, 300), due_date="2026-12-04")
    path = f"{PURCHASES}/{made['id']}"
    answer = office.post(
        f"{path}/payments", {"payment": {"payment_date": "2026-08-21T13:48:33.294Z", "price": "363.0"}}
    )
    assert answer.status_code == 201
    payment = answer.json()
    assert (payment["invoice_type"], payment["invoice_id"]) == ("Document", made["id"])
    assert payment["ledger_account_id"] == office.account("unmatched_payments")
    paid = office.get(path).json()
    assert (paid["state"], paid["paid_at"], paid["payments"]) == ("paid", "2026-08-21", [payment])
    assert office.balance("creditors") == 0
    assert office.delete(f"{path}/payments/{payment['id']}").status_code == 204
    assert office.get(path).json()["state"] == "open"
    assert office.delete(f"{path}/payments/{payment['id']}").status_code == 404


@pytest.mark.parametrize("kind", ["purchase_invoice", "receipt"])
def test_the_deprecated_way_to_pay_answers_the_bare_number(office: Office, kind: str) -> None:
    made = buy(office) if kind == "purchase_invoice" else receipt(office)
    body = {"payment": {"payment_date": "2026-08-21", "price": made["total_price_incl_tax"]}}
    answer = office.patch(f"documents/{kind}s/{made['id']}/register_payment", body)
    assert (answer.status_code, answer.text) == (200, "200")
    assert office.get(f"documents/{kind}s/{made['id']}").json()["state"] == "paid"


def test_a_receipt_can_come_with_the_till_it_was_paid_from(office: Office) -> None:
    till = next(a for a in office.administration.financial_accounts.values() if a.kind == "CashAccount")
    body = {"receipt": {"details_attributes": [lunch(office)]}, "payment": {"financial_account_id": str(till.id)}}
    made = office.post(RECEIPTS, body).json()
    assert (made["state"], made["paid_at"]) == ("paid", "2026-11-20")
    assert made["payments"][0]["ledger_account_id"] == office.account("cash")
    assert (office.balance("creditors"), office.balance("cash")) == (0, -2000)


def test_a_new_or_saved_document_is_not_booked_and_becomes_one_when_it_is_completed(office: Office) -> None:
    now = office.world.clock.milliseconds()
    received = Purchase(
        0, "purchase_invoice", None, office.world.clock.today(), None, "scan", None, now, now, [], is_new=True
    )
    purchases.receive(office.administration, received)
    path = f"{PURCHASES}/{received.id}"
    shown = office.get(path).json()
    assert (shown["state"], shown["contact_id"], shown["total_price_incl_tax"]) == ("new", None, "0.0")
    body = {"purchase_invoice": {"contact_id": office.supplier, "details_attributes": [lunch(office)]}}
    assert office.patch(path, body).json()["state"] == "open"
    assert office.balance("creditors") == -2420
    saved = office.administration.purchases[received.id]
    purchases.change(office.administration, saved, is_saved=True)
    assert office.get(path).json()["state"] == "saved"
    assert office.balance("creditors") == 0


def test_a_document_is_found_in_its_own_collection_only(office: Office) -> None:
    bought, received = buy(office), receipt(office)
    missing = {"error": "record not found", "symbolic": {"id": "not_found"}}
    for path, id_ in ((PURCHASES, received["id"]), (RECEIPTS, bought["id"]), (PURCHASES, "abc")):
        answer = office.get(f"{path}/{id_}")
        assert (answer.status_code, answer.json()) == (404, missing)
    ids = {"ids": [bought["id"], received["id"]]}
    assert [row["id"] for row in office.post(f"{PURCHASES}/synchronization", ids).json()] == [bought["id"]]
    assert [row["id"] for row in office.get(RECEIPTS).json()] == [received["id"]]


def test_filters(office: Office) -> None:
    this = buy(office, reference="eerste", due_date="2026-11-10", date="2026-11-01")
    last = buy(office, {"description": "x", "price": 1}, reference="tweede", date="2025-12-31")
    paid = receipt(office)
    other = str(list(office.administration.contacts)[1])

    def found(path: str = PURCHASES, **query: Any) -> list[str]:
        return [row["id"] for row in office.get(path, **query).json()]

    assert found() == [this["id"]]  # this year
    assert found(filter="state:all") == [last["id"], this["id"]]  # a filter replaces the default
    assert found(filter="state:late") == [this["id"]]
    assert found(filter="state:open|late") == [last["id"], this["id"]]
    assert found(filter="reference:tweede") == [last["id"]]
    assert found(filter="period:202511..202512") == [last["id"]]
    assert found(filter=f"contact_id:{office.supplier},period:this_year") == [this["id"]]
    assert found(filter=f"contact_id:{other}") == found(filter="contact_id:1") == []
    assert found(filter=f"ledger_account_id:{cost(office)}") == [this["id"]]
    assert found(filter="recurring:enabled") == []
    assert found(filter="recurring:disabled|enabled,period:this_year") == [this["id"]]
    assert found(filter="attachment:with") == []
    assert found(filter="unknown:x") == [last["id"], this["id"]]
    assert found(RECEIPTS, filter="updated_after:2026-11-20T07:59:00Z") == [paid["id"]]
    assert found(RECEIPTS, filter="updated_after:2026-11-20T08:00:00Z") == []
    versions = office.get(f"{PURCHASES}/synchronization", filter="period:prev_year").json()
    assert versions == [{"id": last["id"], "version": last["version"]}]


def test_a_file_and_a_note_change_the_version(office: Office) -> None:
    made = buy(office)
    path = f"{PURCHASES}/{made['id']}"
    office.advance(1)
    assert office.post(f"{path}/notes", {"note": {"note": "Bel even"}}).status_code == 201
    noted = office.get(path).json()
    assert ([note["note"] for note in noted["notes"]], noted["notes"][0]["entity_type"]) == (["Bel even"], "Document")
    assert noted["version"] == made["version"] + 86_400
    url = f"/{office.administration.id}/{path}/attachments.json"
    files = {"file": ("bon.pdf", b"%PDF", "application/pdf")}
    answer = office.client.post(url, files=files, headers={"Authorization": "Bearer office"})
    assert (answer.status_code, answer.json()) == (200, 200)
    (file,) = office.get(path).json()["attachments"]
    assert (file["filename"], file["attachable_type"], file["attachable_id"]) == ("bon.pdf", "Document", made["id"])
    assert [row["id"] for row in office.get(PURCHASES, filter="attachment:with").json()] == [made["id"]]


def test_the_bank_line_of_a_deleted_purchase_is_unprocessed_again(office: Office) -> None:
    made = buy(office, lunch(office, 100))
    now, bank = office.world.clock.milliseconds(), office.administration.accounts[int(office.account("bank"))]
    mutation = Mutation(
        office.administration.new_id(), office.world.clock.today(), -12100, "F", bank.id,
        bank.financial_account_id or 0, now, now,
    )  # fmt: skip
    office.administration.put_mutation(mutation)
    body = {"payment_date": "2026-11-20", "price": "121", "financial_mutation_id": str(mutation.id)}
    answer = office.post(f"{PURCHASES}/{made['id']}/payments", {"payment": body})
    assert answer.json()["financial_mutation_id"] == str(mutation.id)
    assert (office.balance("creditors"), office.balance("unprocessed_transactions")) == (0, 0)
    assert office.delete(f"{PURCHASES}/{made['id']}").status_code == 200
    assert (office.balance("creditors"), office.balance("unprocessed_transactions")) == (0, 12100)

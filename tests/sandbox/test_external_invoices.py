"""External sales invoices over the API: what another system sent, doubted, given up, paid, edited, refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from pipelines.sandbox.dialect import Dialect
from tests.sandbox.office import Office, open_office

PATH = "external_sales_invoices"
MISSING = {"error": "Record not found for model name: External invoice"}
NOT_FOUND = {"error": "record not found", "symbolic": {"id": "not_found"}}


@pytest.fixture
def office() -> Iterator[Office]:
    yield from open_office()


def chair(**more: Any) -> dict[str, Any]:
    return {"description": "Rocking Chair", "price": 129.95, **more}


def sell(office: Office, *lines: dict[str, Any], **more: Any) -> Any:
    body = {"reference": "30052", "contact_id": office.supplier, "details_attributes": list(lines) or [chair()], **more}
    answer = office.post(PATH, {"external_sales_invoice": body})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_the_documented_invoice_gives_the_documented_answer(office: Office) -> None:
    made = sell(office)
    assert (made["state"], made["origin"], made["due_date"], made["entry_number"]) == ("open", "api", None, 1)
    assert (made["total_price_excl_tax"], made["total_price_incl_tax"], made["total_unpaid"]) == (
        "129.95", "157.24", "157.24",
    )  # fmt: skip
    assert made["details"][0]["amount"] is None
    (total,) = made["tax_totals"]
    assert (total["taxable_amount"], total["tax_amount"]) == ("129.95", "27.29")
    assert [event["action"] for event in made["events"]] == ["external_sales_invoice_created"]
    assert (office.balance("debtors"), office.balance("vat_out")) == (15724, -2729)
    assert office.announced == [("external_sales_invoice_created", made["id"])]


def test_lines_name_their_boxes_in_answers_to_writes_only(office: Office) -> None:
    made = sell(office)
    assert made["details"][0]["tax_report_reference"] == ["NL/1a"]
    for read in (
        office.get(f"{PATH}/{made['id']}").json(),
        office.get(PATH).json()[0],
        office.post(f"{PATH}/synchronization", {"ids": [made["id"]]}).json()[0],
    ):
        assert read["details"][0]["tax_report_reference"] == []
        assert read["tax_totals"] == made["tax_totals"]
    changed = office.patch(f"{PATH}/{made['id']}", {"external_sales_invoice": {"source": "Webwinkel"}}).json()
    assert changed["details"][0]["tax_report_reference"] == ["NL/1a"]


def test_a_dialect_fills_the_boxes_in_reads_too() -> None:
    for office in open_office(replace(Dialect(), d10_external_references="filled")):
        made = sell(office)
        assert office.get(f"{PATH}/{made['id']}").json()["details"][0]["tax_report_reference"] == ["NL/1a"]


def test_an_invoice_in_another_currency(office: Office) -> None:
    rate = office.rate("sales_invoice", 0, "NL/3b")
    made = sell(office, chair(price=159.99, tax_rate_id=rate), currency="USD")
    assert (made["total_price_incl_tax"], made["total_price_incl_tax_base"]) == ("159.99", "147.19")
    assert (made["total_unpaid_base"], made["tax_totals"]) == ("147.19", [])


def test_without_a_contact_it_stands_on_debtors_all_the_same(office: Office) -> None:
    body = {"reference": "bol-1", "source": "Bol", "source_url": "https://winkel.example/1", "date": "2026-10-01"}
    made = office.post(PATH, {"external_sales_invoice": {**body, "details_attributes": {"0": chair()}}}).json()
    assert (made["contact_id"], made["contact"], made["state"]) == (None, None, "open")
    assert {key: made[key] for key in body} == body
    assert office.balance("debtors") == 15724


def test_without_lines_it_is_new_and_in_no_books_until_it_has_some(office: Office) -> None:
    body = {"external_sales_invoice": {"reference": "leeg"}}
    made = office.post(PATH, body).json()
    assert (made["state"], made["details"], office.balance("debtors")) == ("new", [], 0)
    changed = office.patch(f"{PATH}/{made['id']}", {"external_sales_invoice": {"details_attributes": [chair()]}}).json()
    assert (changed["state"], office.balance("debtors")) == ("open", 15724)


def test_a_file_alone_makes_a_new_one(office: Office) -> None:
    url = f"/{office.administration.id}/{PATH}/attachment.json"
    files = {"file": ("order-7.pdf", b"%PDF", "application/pdf")}
    answer = office.client.post(url, files=files, headers={"Authorization": "Bearer office"})
    assert (answer.status_code, answer.json()) == (200, 200)
    (made,) = office.get(PATH, filter="state:new").json()
    assert (made["reference"], made["origin"]) == ("order-7.pdf", "upload")
    (file,) = made["attachments"]
    assert (file["filename"], file["attachable_type"]) == ("order-7.pdf", "ExternalSalesInvoice")


def test_the_documented_edits(office: Office) -> None:
    made = sell(office)
    path = f"{PATH}/{made['id']}"
    lines = [{"description": "Sofa", "price": 199.99}, {"id": made["details"][0]["id"], "_destroy": True}]
    changed = office.patch(path, {"external_sales_invoice": {"details_attributes": lines}}).json()
    assert [line["description"] for line in changed["details"]] == ["Sofa"]
    assert (changed["total_price_incl_tax"], office.balance("debtors")) == ("241.99", 24199)
    changed = office.patch(path, {"external_sales_invoice": {"reference": "30053"}}).json()
    assert (changed["reference"], changed["total_price_incl_tax"]) == ("30053", "241.99")
    assert office.announced[-1] == ("external_sales_invoice_updated", made["id"])


def test_late_is_a_change_and_comes_with_the_calendar(office: Office) -> None:
    made = sell(office, due_date="2026-11-20")
    office.advance(1)
    late = office.get(f"{PATH}/{made['id']}").json()
    assert (late["state"], late["updated_at"]) == ("late", "2026-11-20T23:01:00.000Z")
    (version,) = office.get(f"{PATH}/synchronization").json()
    assert version["version"] == late["version"] > made["version"]


def test_dubious_keeps_the_state_and_makes_a_provision(office: Office) -> None:
    made = sell(office, chair(price=100), date="2026-05-23")
    answer = office.patch(f"{PATH}/{made['id']}/mark_as_dubious", {})
    marked = answer.json()
    assert (answer.status_code, marked["state"], marked["marked_dubious_on"]) == (200, "open", "2026-11-20")
    assert marked["details"][0]["tax_report_reference"] == ["NL/1a"]
    assert office.balance("doubtful_debtors_allowance") == -10000
    assert office.announced[-1] == ("external_sales_invoice_marked_as_dubious", made["id"])


def test_uncollectible_gives_up_what_is_open_but_still_shows_it(office: Office) -> None:
    made = sell(office, chair(price=100), date="2026-05-23")
    body = {"uncollectible_date": "2026-11-01", "book_method": "revenue"}
    marked = office.patch(f"{PATH}/{made['id']}/mark_as_uncollectible", body).json()
    assert (marked["state"], marked["marked_uncollectible_on"]) == ("uncollectible", "2026-11-01")
    assert (marked["total_unpaid"], marked["payments"]) == ("121.0", [])
    assert [event["action"].removeprefix("external_sales_invoice_") for event in marked["events"]] == [
        "created", "state_changed_to_uncollectible", "marked_as_uncollectible",
    ]  # fmt: skip
    assert (office.balance("debtors"), office.balance("vat_out"), office.balance("bad_debts")) == (0, 0, 10000)
    assert [event for event, _ in office.announced[-2:]] == [
        "external_sales_invoice_state_changed_to_uncollectible", "external_sales_invoice_marked_as_uncollectible",
    ]  # fmt: skip


@pytest.mark.parametrize("mark", ["mark_as_dubious", "mark_as_uncollectible"])
def test_what_is_paid_or_negative_or_of_tomorrow_cannot_be_marked(office: Office, mark: str) -> None:
    credit, tomorrow = sell(office, chair(price="-5")), sell(office, date="2026-11-21")
    paid = sell(office)
    payment = {"payment_date": "2026-11-20", "price": paid["total_price_incl_tax"]}
    office.post(f"{PATH}/{paid['id']}/payments", {"payment": payment})
    words = {
        "mark_as_dubious": "Invoice should be open, late or due, not a credit invoice and cannot have an invoice date "
        "in the future",
        "mark_as_uncollectible": "Sales invoice should be open, late or due, not a credit invoice and cannot have a "
        "invoice date in the future",
    }
    for invoice in (credit, tomorrow, paid):
        with office.unchanged():
            answer = office.patch(f"{PATH}/{invoice['id']}/{mark}", {})
        assert (answer.status_code, answer.json()) == (400, {"error": words[mark], "symbolic": {"invoice": "not_open"}})


@pytest.mark.parametrize(
    ("mark", "body", "error"),
    [
        ("mark_as_dubious", {"dubious_date": "x"}, "dubious_date is invalid"),
        ("mark_as_dubious", {"book_method": "revenue"}, "book_method is not allowed"),
        ("mark_as_uncollectible", {"uncollectible_date": "x"}, "uncollectible_date is invalid"),
        ("mark_as_uncollectible", {"book_method": "costs"}, "book_method does not have a valid value"),
    ],
)
def test_marks_refuse_with_400(office: Office, mark: str, body: dict[str, Any], error: str) -> None:
    made = sell(office)
    with office.unchanged():
        answer = office.patch(f"{PATH}/{made['id']}/{mark}", body)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_a_payment_settles_it(office: Office) -> None:
    made = sell(office, chair(price=100))
    path = f"{PATH}/{made['id']}/payments"
    payment = office.post(path, {"payment": {"payment_date": "2026-08-21T13:49:21.293Z", "price": "121.0"}}).json()
    assert (payment["invoice_type"], payment["ledger_account_id"]) == (
        "ExternalSalesInvoice", office.account("unmatched_receipts"),
    )  # fmt: skip
    paid = office.get(f"{PATH}/{made['id']}").json()
    assert (paid["state"], paid["paid_at"], paid["total_unpaid"]) == ("paid", "2026-08-21", "0.0")
    assert office.delete(f"{path}/{payment['id']}").status_code == 204
    gone = office.delete(f"{path}/{payment['id']}")
    assert (gone.status_code, gone.json()) == (404, NOT_FOUND)


def test_an_unconfirmed_payment_is_a_state_of_its_own(office: Office) -> None:
    made = sell(office, due_date="2026-11-01")
    office.administration.external_invoices[int(made["id"])].pending = True
    assert office.get(f"{PATH}/{made['id']}").json()["state"] == "pending_payment"
    assert [row["id"] for row in office.get(PATH, filter="state:pending_payment").json()] == [made["id"]]


def test_deleted_it_is_gone_from_lists_and_books(office: Office) -> None:
    made = sell(office)
    assert office.delete(f"{PATH}/{made['id']}").status_code == 204
    assert (office.get(PATH).json(), office.balance("debtors")) == ([], 0)
    assert office.announced[-1] == ("external_sales_invoice_destroyed", made["id"])


def test_filters(office: Office) -> None:
    this, last = sell(office, due_date="2026-11-01"), sell(office, date="2025-05-01")

    def found(**query: Any) -> list[str]:
        return [row["id"] for row in office.get(PATH, **query).json()]

    assert found() == [this["id"]]
    assert found(filter="state:all") == [last["id"], this["id"]]
    assert found(filter="state:late") == [this["id"]]
    assert found(filter=f"contact_id:{office.supplier},period:prev_year") == [last["id"]]
    unknown = office.get(PATH, filter="contact_id:5")
    assert (unknown.status_code, unknown.json()["symbolic"]) == (404, {"contact_id": "not_found"})
    assert office.get(PATH, filter="state:draft").status_code == 400
    many = office.get(PATH, per_page=101)
    assert (many.status_code, many.json()) == (400, {"error": "per_page does not have a valid value"})


def blamed(**names: tuple[str, str]) -> dict[str, Any]:
    """A 422 about these fields; `__` in a name stands for the dot of a line's field."""
    named = {name.replace("__", "."): words for name, words in names.items()}
    return {
        "error": {name: [text] for name, (text, _) in named.items()},
        "details": {name: [{"error": code}] for name, (_, code) in named.items()},
    }


BLANK = ("can't be blank", "blank")
NO_DATE = ("is not a valid date", "is not a valid date")
REFUSED: tuple[tuple[dict[str, Any], int, dict[str, Any]], ...] = (
    ({"date": "x"}, 422, blamed(date=NO_DATE, reference=BLANK)),
    (
        {"details_attributes": [{"price": 1, "project_id": "9"}]},
        422,
        blamed(details__project_id=("is not found", "invalid"), reference=BLANK),
    ),
    ({"reference": ""}, 422, blamed(reference=BLANK)),
    ({"reference": "x", "contact_id": None}, 422, blamed(contact_id=BLANK)),
    ({"reference": "x", "invoice_date": "2026-01-01"}, 422, blamed(invoice_date=("is not allowed", "unknown"))),
    ({"reference": "x", "source": 5}, 422, blamed(source=("is invalid", "invalid"))),
    (
        {"contact_id": "5"},
        400,
        {"error": "Contact ID is invalid", "symbolic": {"external_sales_invoice": {"contact_id": "contact_invalid"}}},
    ),
)


@pytest.mark.parametrize(("body", "status", "error"), REFUSED)
def test_a_refused_invoice_leaves_nothing_behind(
    office: Office, body: dict[str, Any], status: int, error: dict[str, Any]
) -> None:
    with office.unchanged():
        answer = office.post(PATH, {"external_sales_invoice": body})
    assert (answer.status_code, answer.json()) == (status, error)


def test_a_change_may_not_take_the_reference_away(office: Office) -> None:
    made = sell(office)
    with office.unchanged():
        answer = office.patch(f"{PATH}/{made['id']}", {"external_sales_invoice": {"reference": ""}})
    assert (answer.status_code, answer.json()) == (422, blamed(reference=BLANK))


def test_what_is_not_there_is_missed_in_the_words_of_each_operation(office: Office) -> None:
    payment = {"payment": {"payment_date": "2026-11-20", "price": "1"}}
    for answer, error in (
        (office.get(f"{PATH}/1"), MISSING),
        (office.patch(f"{PATH}/1/mark_as_dubious", {}), MISSING),
        (office.patch(f"{PATH}/1/mark_as_uncollectible", {}), MISSING),
        (office.patch(f"{PATH}/1", {"external_sales_invoice": {"reference": "x"}}), NOT_FOUND),
        (office.delete(f"{PATH}/1"), NOT_FOUND),
        (office.post(f"{PATH}/1/payments", payment), {**NOT_FOUND, "symbolic": {"invoice_id": "not_found"}}),
    ):
        assert (answer.status_code, answer.json()) == (404, error)


def test_a_payment_of_nothing_is_refused_in_the_documented_words(office: Office) -> None:
    made = sell(office)
    with office.unchanged():
        answer = office.post(f"{PATH}/{made['id']}/payments", {"payment": {}})
    assert answer.status_code == 422
    assert answer.json()["error"] == {
        "payment_date": ["can't be blank", "is not a valid date"],
        "price": ["can't be blank", "is not a number"],
    }


def test_the_locked_period_stays_as_it_is(office: Office) -> None:
    made = sell(office, date="2026-06-30")
    path = f"{PATH}/{made['id']}"
    office.administration.locked_until = date(2026, 6, 30)
    body = {"reference": "x", "date": "2026-06-30", "details_attributes": [chair()]}
    with office.unchanged():
        assert office.post(PATH, {"external_sales_invoice": body}).status_code == 422
        assert office.patch(path, {"external_sales_invoice": {"date": "2026-07-01"}}).status_code == 422
        assert office.patch(f"{path}/mark_as_dubious", {"dubious_date": "2026-06-30"}).status_code == 400
        assert office.delete(path, documented=False).status_code == 400
    assert office.patch(f"{path}/mark_as_dubious", {"dubious_date": "2026-07-01"}).status_code == 200

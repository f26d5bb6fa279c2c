"""What the API refuses of purchases and receipts: status, words, and nothing left behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.buying import PURCHASES, RECEIPTS, buy, cost, lunch, share
from tests.sandbox.office import Office, open_office


@pytest.fixture
def office() -> Iterator[Office]:
    yield from open_office()


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"per_page": 101}, {"error": "Per Page is too big", "symbolic": {"per_page": "max"}}),
        ({"page": 0}, {"error": "Page is too small", "symbolic": {"page": "min"}}),
        ({"filter": "state:draft"}, {"error": "Status is not included in the list", "symbolic": {"filter": "invalid"}}),
        ({"filter": "period:all"}, {"error": "Period is invalid"}),
    ],
)
@pytest.mark.parametrize("path", [PURCHASES, RECEIPTS, "documents/general_documents", "documents/typeless_documents"])
def test_lists_refuse_in_the_words_of_documents(
    office: Office, path: str, query: dict[str, Any], error: dict[str, Any]
) -> None:
    answer = office.get(path, **query)
    assert (answer.status_code, answer.json()) == (400, error)


def blamed(name: str, text: str, code: str, **more: Any) -> dict[str, Any]:
    return {"error": {name: [text]}, "details": {name: [{"error": code, **more}]}}


BLANK = ("can't be blank", "blank")
NO_CONTACT = {"error": "Contact ID is invalid", "symbolic": {"purchase_invoice": {"contact_id": "contact_invalid"}}}
REFUSED: tuple[tuple[str, dict[str, Any], int, dict[str, Any]], ...] = (
    ("contact", {"contact_id": None}, 422, blamed("contact_id", *BLANK)),
    ("unknown contact", {"contact_id": "123"}, 400, NO_CONTACT),
    ("unknown key", {"discount": "10"}, 422, blamed("discount", "is not allowed", "unknown")),
    ("date", {"date": "gisteren"}, 422, blamed("date", "is not a valid date", "is not a valid date")),
    ("blank date", {"date": ""}, 422, blamed("date", *BLANK)),
    ("due date", {"due_date": "x"}, 422, blamed("due_date", "is not a valid date", "is not a valid date")),
    ("flag", {"revenue_invoice": "ja"}, 422, blamed("revenue_invoice", "is invalid", "invalid")),
    ("reference", {"reference": 5}, 422, blamed("reference", "is invalid", "invalid")),
    ("currency", {"currency": "XXX"}, 422, blamed("currency", "is not included in the list", "inclusion", value="XXX")),
    ("lines", {"details_attributes": "x"}, 422, blamed("details", "is invalid", "invalid")),
    (
        "project",
        {"details_attributes": [{"price": 1, "project_id": "123"}]},
        422,
        blamed("details.project_id", "is not found", "invalid"),
    ),
    (
        "price",
        {"details_attributes": [{"price": "veel"}]},
        422,
        blamed("details.price", "is not a number", "not_a_number", value="veel"),
    ),
    (
        "line of nothing",
        {"details_attributes": [{"id": "123", "price": 1}]},
        400,
        {"error": "Detail with id 123 not found", "symbolic": {"details_attributes": "not_found"}},
    ),
)


@pytest.mark.parametrize(("what", "changes", "status", "error"), REFUSED, ids=[row[0] for row in REFUSED])
def test_a_refused_purchase_leaves_nothing_behind(
    office: Office, what: str, changes: dict[str, Any], status: int, error: dict[str, Any]
) -> None:
    body = {"reference": "x", "contact_id": office.supplier, "details_attributes": [lunch(office)], **changes}
    with office.unchanged():
        answer = office.post(PURCHASES, {"purchase_invoice": body})
    assert (answer.status_code, answer.json()) == (status, error), what


def test_a_sales_rate_does_not_belong_on_a_purchase_unless_it_bills_for_us(office: Office) -> None:
    sales = lunch(office, "-100", tax_rate_id=office.rate("sales_invoice"), ledger_account_id=office.account("revenue"))
    body = {"contact_id": office.supplier, "details_attributes": [sales]}
    with office.unchanged():
        answer = office.post(PURCHASES, {"purchase_invoice": body})
    assert answer.json() == blamed("details.tax_rate_id", "is invalid", "invalid")
    assert buy(office, sales, revenue_invoice=True)["total_price_incl_tax"] == "-121.0"
    assert (office.balance("creditors"), office.balance("vat_out")) == (12100, -2100)


@pytest.mark.parametrize(
    ("changes", "name", "text"),
    [
        ({"percentage": "101"}, "percentage", "must be less than or equal to 100.0"),
        ({"percentage": "-1"}, "percentage", "must be greater than or equal to 0.0"),
        ({"percentage": None}, "percentage", "can't be blank"),
        ({"percentage": "half"}, "percentage", "is not a number"),
        ({"private_ledger_account_id": None}, "private_ledger_account_id", "can't be blank"),
        ({"private_ledger_account_id": "1"}, "private_ledger_account_id", "is not found"),
        ({"surprise": 1}, "surprise", "is not allowed"),
    ],
)
def test_refused_private_shares(office: Office, changes: dict[str, Any], name: str, text: str) -> None:
    body = {
        "contact_id": office.supplier,
        "details_attributes": [lunch(office)],
        "fiscal_allocations_attributes": [{**share(office, "10"), **changes}],
    }
    with office.unchanged():
        answer = office.post(PURCHASES, {"purchase_invoice": body})
    assert answer.status_code == 422
    assert answer.json()["error"] == {f"fiscal_allocations.{name}": [text]}


def test_shares_need_a_line_on_their_account_a_private_account_and_at_most_all_of_it(office: Office) -> None:
    made = buy(office)
    path = f"{PURCHASES}/{made['id']}"
    for shares, name in (
        ([{**share(office, "10"), "ledger_account_id": office.named("Verkoopkosten")}], "ledger_account_id"),
        ([{**share(office, "10"), "private_ledger_account_id": cost(office)}], "private_ledger_account_id"),
        ([share(office, "60"), share(office, "41")], "percentage"),
    ):
        with office.unchanged():
            answer = office.patch(path, {"purchase_invoice": {"fiscal_allocations_attributes": shares}})
        assert (answer.status_code, list(answer.json()["error"])) == (422, [f"fiscal_allocations.{name}"])
    with office.unchanged():
        gone = office.patch(
            path, {"purchase_invoice": {"fiscal_allocations_attributes": [{"id": 5, "_destroy": True}]}}
        )
    assert gone.status_code == 404


@pytest.mark.parametrize("kind", ["purchase_invoice", "receipt"])
def test_a_body_without_the_document_is_refused_in_the_documented_words(office: Office, kind: str) -> None:
    words = kind.replace("_", " ").title()
    answer = office.post(f"documents/{kind}s", {"reference": "x"})
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": f"{words} is required", "symbolic": {kind: "required"}},
    )


def test_a_change_of_nothing_is_a_404(office: Office) -> None:
    for answer in (
        office.patch(f"{PURCHASES}/1", {"purchase_invoice": {}}),
        office.delete(f"{PURCHASES}/1"),
        office.post(f"{PURCHASES}/1/payments", {"payment": {}}),
        office.patch(f"{PURCHASES}/1/register_payment", {"payment": {}}),
    ):
        assert (answer.status_code, answer.json()["symbolic"]) == (404, {"id": "not_found"})
    made = buy(office)
    with office.unchanged():
        answer = office.patch(f"{PURCHASES}/{made['id']}", {"purchase_invoice": {"contact_id": "5"}})
    assert (answer.status_code, answer.json()["symbolic"]) == (404, {"contact_id": "not_found"})


def test_a_change_may_not_take_the_contact_away(office: Office) -> None:
    made = buy(office)
    with office.unchanged():
        answer = office.patch(f"{PURCHASES}/{made['id']}", {"purchase_invoice": {"contact_id": None}})
    assert (answer.status_code, answer.json()) == (422, blamed("contact_id", *BLANK))


def test_the_locked_period_stays_as_it_is(office: Office) -> None:
    made = buy(office, date="2026-09-30")
    path = f"{PURCHASES}/{made['id']}"
    office.administration.locked_until = office.world.clock.today().replace(month=9, day=30)
    with office.unchanged():
        for answer in (
            office.post(PURCHASES, {"purchase_invoice": {"contact_id": office.supplier, "date": "2026-09-30"}}),
            office.patch(path, {"purchase_invoice": {"reference": "x"}}),
            office.patch(path, {"purchase_invoice": {"date": "2026-10-01"}}),
        ):
            assert answer.status_code == 422
            assert "locked period" in answer.json()["error"]
        assert office.delete(path).status_code == 400
    assert office.post(PURCHASES, {"purchase_invoice": {"contact_id": office.supplier}}).status_code == 201


@pytest.mark.parametrize("kind", ["purchase_invoice", "receipt", "general_document", "typeless_document"])
def test_a_plan_may_allow_no_more(office: Office, kind: str) -> None:
    words = f"{kind.replace('_', ' ')}s"
    office.administration.limits[f"{kind}s"] = 1
    body = {kind: {"reference": "x", "contact_id": office.supplier}}
    assert office.post(f"documents/{kind}s", body).status_code == 201
    with office.unchanged():
        answer = office.post(f"documents/{kind}s", body)
    refusal = {"error": f"creating {words} is limited", "symbolic": {"administration": "limit_reached"}}
    assert (answer.status_code, answer.json()) == (402, refusal)


def test_bodies_that_are_not_json_are_refused(office: Office) -> None:
    url = f"/{office.administration.id}/{PURCHASES}.json"
    for content in (b"", b"[]", b"{", json.dumps({"purchase_invoice": []}).encode()):
        answer = office.client.post(url, content=content, headers={"Authorization": "Bearer office"})
        assert answer.status_code == 400

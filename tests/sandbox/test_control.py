"""The control surface: events change documents, books and truth together; faults change answers only."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pipelines.sandbox import events, truth
from pipelines.sandbox.actions import contacts
from pipelines.sandbox.in_process import BASE_URL, transport
from pipelines.sandbox.world import World

EVENTS = (
    "remove_invoice_line", "change_invoice_line", "empty_payments", "delete_invoice", "pay_invoice",
    "create_and_send_invoice", "mark_uncollectible", "change_contact", "archive_contact", "delete_contact",
    "move_time_entry", "stop_time_entry", "delete_time_entry", "book_on_control_account", "schedule_invoice",
)  # fmt: skip


def versions(desk: Any, resource: str = "sales_invoices") -> dict[str, int]:
    query = {"filter": "period:20230101..20271231"} if resource == "sales_invoices" else {"include_archived": "true"}
    return {row["id"]: row["version"] for row in desk.get("Studio", f"{resource}/synchronization.json", **query).json()}


def assert_books_meet_truth(desk: Any) -> None:
    administration = desk.names["Studio"]
    today = administration.clock.today()
    balance = administration.ledger.balance(administration.roles["debtors"], today)
    assert balance == truth.debtors_balance(administration, today)
    assert sum(line.amount for line in administration.ledger.every_line()) == 0


@pytest.mark.parametrize("name", ["Studio", "Advies", "Webwinkel"])
@pytest.mark.parametrize("kind", ["remove_invoice_line", "empty_payments", "delete_invoice", "pay_invoice"])
def test_the_usual_events_find_something_in_every_trading_company(fresh_desk: Any, name: str, kind: str) -> None:
    assert fresh_desk.event(name, kind)["sales_invoice_id"]


@pytest.mark.parametrize("kind", EVENTS)
def test_every_event_leaves_books_and_truth_in_agreement(fresh_desk: Any, kind: str) -> None:
    answer = fresh_desk.event("Studio", kind)
    assert any(key.endswith("_id") for key in answer)
    assert_books_meet_truth(fresh_desk)


@pytest.mark.parametrize(
    "kind", ["remove_invoice_line", "change_invoice_line", "empty_payments", "pay_invoice", "mark_uncollectible"]
)
def test_a_changed_invoice_gets_a_new_version_and_no_other_does(fresh_desk: Any, kind: str) -> None:
    before = versions(fresh_desk)
    answer = fresh_desk.event("Studio", kind)
    after = versions(fresh_desk)
    assert {id_ for id_ in after if after[id_] != before[id_]} == {answer["sales_invoice_id"]}
    assert after[answer["sales_invoice_id"]] == answer["version"] == fresh_desk.world.clock.seconds()


def test_a_deleted_invoice_disappears_and_a_restored_one_returns_at_its_old_version(fresh_desk: Any) -> None:
    before = versions(fresh_desk)
    gone = fresh_desk.event("Studio", "delete_invoice")["sales_invoice_id"]
    assert set(before) - set(versions(fresh_desk)) == {gone}
    fresh_desk.event("Studio", "advance_clock", seconds=90)
    assert fresh_desk.event("Studio", "restore_invoice")["sales_invoice_id"] == gone
    assert versions(fresh_desk) == before


def test_emptied_payments_leave_the_bank_line_unprocessed(fresh_desk: Any) -> None:
    administration = fresh_desk.names["Studio"]
    role = administration.roles["unprocessed_transactions"]
    before = administration.ledger.balance(role, fresh_desk.world.business_date)
    id_ = fresh_desk.event("Studio", "empty_payments")["sales_invoice_id"]
    invoice = fresh_desk.get("Studio", f"sales_invoices/{id_}.json").json()
    assert invoice["payments"] == []
    assert invoice["total_paid"] == "0.0"
    assert administration.ledger.balance(role, fresh_desk.world.business_date) != before


def test_a_changed_contact_leaves_sent_invoices_as_they_were(fresh_desk: Any) -> None:
    before = versions(fresh_desk)
    answer = fresh_desk.event("Studio", "change_contact", company_name="Nieuwe Naam B.V.")
    assert versions(fresh_desk) == before
    assert versions(fresh_desk, "contacts")[answer["contact_id"]] == answer["version"]
    query = {"filter": f"contact_id:{answer['contact_id']}", "per_page": 100}
    rows = fresh_desk.get("Studio", "sales_invoices.json", **query).json()
    assert {row["contact"]["company_name"] == "Nieuwe Naam B.V." for row in rows if row["sent_at"]} == {False}


def test_the_day_after_its_due_date_an_invoice_is_late_and_has_a_new_version(fresh_desk: Any) -> None:
    made = fresh_desk.event("Studio", "create_and_send_invoice")
    id_ = made["sales_invoice_id"]
    assert fresh_desk.get("Studio", f"sales_invoices/{id_}.json").json()["state"] == "open"
    fresh_desk.event("Studio", "advance_clock", days=14)
    assert fresh_desk.get("Studio", f"sales_invoices/{id_}.json").json()["state"] == "open"
    fresh_desk.event("Studio", "advance_clock", days=1)
    late = fresh_desk.get("Studio", f"sales_invoices/{id_}.json").json()
    assert late["state"] == "late"
    assert late["version"] > made["version"]
    assert late["updated_at"] == "2026-12-04T23:01:00.000Z"  # one minute past midnight in Amsterdam


def test_a_scheduled_invoice_is_sent_when_its_day_comes(fresh_desk: Any) -> None:
    administration = fresh_desk.names["Studio"]
    id_ = next(i.id for i in administration.invoices.values() if i.scheduled)
    waiting = fresh_desk.get("Studio", f"sales_invoices/{id_}.json").json()
    assert (waiting["state"], waiting["invoice_id"], waiting["invoice_date"]) == ("scheduled", None, "2026-11-26")
    fresh_desk.event("Studio", "advance_clock", days=6, hours=1)
    sent = fresh_desk.get("Studio", f"sales_invoices/{id_}.json").json()
    assert (sent["state"], sent["invoice_date"]) == ("open", "2026-11-26")
    assert sent["invoice_id"].startswith("2026-")
    assert_books_meet_truth(fresh_desk)


def test_a_paid_invoice_is_paid_on_the_day_of_the_money(fresh_desk: Any) -> None:
    answer = fresh_desk.event("Studio", "pay_invoice")
    invoice = fresh_desk.get("Studio", f"sales_invoices/{answer['sales_invoice_id']}.json").json()
    assert (invoice["state"], invoice["paid_at"], invoice["total_unpaid"]) == ("paid", "2026-11-20", "0.0")


def test_an_event_can_wait_for_a_request(fresh_desk: Any) -> None:
    fresh_desk.event("Studio", "delete_invoice", after_requests=2)
    first, second = versions(fresh_desk), versions(fresh_desk)
    assert len(first) - len(second) == 1
    answer = fresh_desk.control.get("/_sandbox/events").json()
    assert answer["waiting"] == 0
    assert answer["happened"][0]["sales_invoice_id"] in first


def test_the_truth_lists_every_live_version(desk: Any) -> None:
    administration = desk.names["Studio"]
    told = desk.control.get("/_sandbox/truth", params={"administration_id": administration.id}).json()
    assert told["records"]["sales_invoices"] == versions(desk)
    assert told["records"]["contacts"] == versions(desk, "contacts")
    assert told["control_account"]["account_id"] == "13011"
    control = told["control_account"]
    parts = [float(control["open_items"]), float(control["listed"])]
    assert round(sum(parts), 2) == float(control["balance"])
    assert told["debtors"]["total"] == control["open_items"]
    assert len(desk.control.get("/_sandbox/truth").json()) == 6


def test_the_truth_of_an_earlier_day(desk: Any) -> None:
    administration = desk.names["Studio"]
    query = {"administration_id": administration.id, "as_of": "2024-06-30"}
    told = desk.control.get("/_sandbox/truth", params=query).json()
    assert told["as_of"] == "2024-06-30"
    assert all(item["invoice_date"] <= "2024-06-30" for item in told["debtors"]["open_items"])


def test_records_are_all_of_history(desk: Any) -> None:
    id_ = desk.names["Studio"].id
    invoices = desk.control.get(f"/_sandbox/records/{id_}/sales_invoices").json()
    assert {row["id"] for row in invoices} == set(versions(desk))
    assert desk.control.get(f"/_sandbox/records/{id_}/nothing").status_code == 400


def test_the_request_log_counts_the_api_and_not_itself(fresh_desk: Any) -> None:
    contacts = fresh_desk.get("Studio", "contacts.json").json()
    fresh_desk.get("Studio", "reports/general_ledger.json", period="202601")
    fresh_desk.client.get("/administrations.json")
    log = fresh_desk.control.get("/_sandbox/requests").json()
    id_ = str(fresh_desk.names["Studio"].id)
    assert [(line["administration_id"], line["bucket"], line["status"]) for line in log] == [
        (id_, "general", 200),
        (id_, "reports", 200),
        (None, "general", 401),
    ]
    assert log[1]["path"] == f"/api/v2/{id_}/reports/general_ledger.json"
    assert [line["records"] for line in log] == [len(contacts), None, None]
    assert fresh_desk.control.delete("/_sandbox/requests").json() == {"forgotten": 3}
    assert fresh_desk.control.get("/_sandbox/requests").json() == []


def plant(desk: Any, **fault: Any) -> None:
    assert desk.control.post("/_sandbox/faults", json=fault).status_code == 200


def test_faults_strike_as_often_as_asked_and_only_where_they_match(fresh_desk: Any) -> None:
    plant(fresh_desk, kind="status", match="contacts", status=502, times=2)
    assert fresh_desk.get("Studio", "tax_rates.json").status_code == 200
    assert [fresh_desk.get("Studio", "contacts.json").status_code for _ in range(3)] == [502, 502, 200]


def test_an_html_page_and_half_a_body(fresh_desk: Any) -> None:
    plant(fresh_desk, kind="html", match="contacts", status=502)
    page = fresh_desk.get("Studio", "contacts.json")
    assert page.headers["Content-Type"] == "text/html"
    assert b"<html>" in page.content
    plant(fresh_desk, kind="truncated", match="contacts")
    cut = fresh_desk.get("Studio", "contacts.json")
    assert cut.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        cut.json()


def test_a_throttle_fault_looks_like_the_real_thing(fresh_desk: Any) -> None:
    plant(fresh_desk, kind="throttle")
    answer = fresh_desk.get("Studio", "contacts.json")
    assert (answer.status_code, answer.json()) == (429, "Retry later")
    assert int(answer.headers["Retry-After"]) > 1_700_000_000


def test_a_lost_answer_was_served(fresh_desk: Any) -> None:
    plant(fresh_desk, kind="lost_answer", match="sales_invoices", method="POST")
    contact = next(iter(fresh_desk.names["Studio"].contacts))
    body = {"sales_invoice": {"contact_id": contact, "reference": "lost", "details_attributes": []}}
    with pytest.raises(httpx.ReadTimeout):
        fresh_desk.post("Studio", "sales_invoices.json", body)
    assert fresh_desk.get("Studio", "sales_invoices/find_by_reference/lost.json").status_code == 200
    assert fresh_desk.control.get("/_sandbox/requests").json()[0]["status"] is None


def test_faults_in_reports_leave_the_books_alone(fresh_desk: Any) -> None:
    administration = fresh_desk.names["Studio"]
    query = {"period": "202603", "ledger_account_id": administration.roles["debtors"], "per_page": 100}
    right = fresh_desk.get("Studio", "reports/journal_entries.json", **query).json()
    for kind, change in (("report_line_missing", -1), ("report_line_doubled", 1), ("report_line_pair", 2)):
        plant(fresh_desk, kind=kind, match="journal_entries")
        wrong = fresh_desk.get("Studio", "reports/journal_entries.json", **query).json()
        assert len(wrong) - len(right) == change
    for kind in ("report_line_moved", "report_line_contact"):
        plant(fresh_desk, kind=kind, match="journal_entries")
        wrong = fresh_desk.get("Studio", "reports/journal_entries.json", **query).json()
        assert len(wrong) == len(right)
        assert wrong != right
    assert fresh_desk.get("Studio", "reports/journal_entries.json", **query).json() == right


def test_wrong_records_come_under_an_id_nobody_asked_for(fresh_desk: Any) -> None:
    asked = list(versions(fresh_desk))[:3]
    plant(fresh_desk, kind="wrong_records", match="synchronization", method="POST")
    found = {
        row["id"] for row in fresh_desk.post("Studio", "sales_invoices/synchronization.json", {"ids": asked}).json()
    }
    assert len(found - set(asked)) == 1


def test_what_makes_no_sense_is_refused_with_a_reason(desk: Any) -> None:
    id_ = str(desk.names["Vastgoed"].id)
    for path, body in (
        ("faults", {"kind": "gremlin"}),
        ("events", {"administration_id": id_, "type": "pay_invoice"}),
        ("events", {"administration_id": id_, "type": "celebrate"}),
        ("events", {"administration_id": "1", "type": "pay_invoice"}),
        ("throttle", {"speed": 1}),
    ):
        answer = desk.control.post(f"/_sandbox/{path}", json=body)
        assert answer.status_code == 400
        assert answer.json()["error"]


def test_a_slip_of_the_pen_is_said_at_once_and_changes_nothing(desk: Any) -> None:
    id_ = str(desk.names["Studio"].id)
    pay = {"administration_id": id_, "type": "pay_invoice"}
    before = versions(desk)
    for path, body, words in (
        ("events", pay | {"id": "12"}, "pay_invoice does not take id; it takes sales_invoice_id, date, amount"),
        ("events", pay | {"amount": "much"}, "amount 'much' is not an amount"),
        ("events", pay | {"date": "today"}, "date 'today' is not a date"),
        ("events", {"type": "pay_invoice"}, "administration_id is missing"),
        ("events", pay | {"type": "celebrate", "after_requests": 1}, "unknown event 'celebrate'"),
        ("events", pay | {"administration_id": "1", "before": {"path": "contacts"}}, "no administration 1"),
        ("events", pay | {"after_requests": "soon"}, "after_requests must be a whole number, and is 'soon'"),
        ("events", {"type": "advance_clock", "weeks": 1}, "does not take weeks; it takes days, hours, seconds"),
        ("events", {"type": "advance_clock", "days": 99_999_999}, "the sandbox's clock stops in 2199"),
        ("events", {"type": "advance_clock", "days": 1e20}, "too large"),
        ("faults", {"match": "contacts"}, "kind is missing"),
        ("faults", {"kind": "status", "colour": "red"}, "a fault does not take colour"),
        ("faults", {"kind": "status", "status": "bad"}, "status must be a whole number, and is 'bad'"),
        ("faults", {"kind": "status", "status": 12}, "status cannot be less than 200, and is 12"),
        ("faults", {"kind": "status", "status": 1000}, "status 1000 is not one of HTTP"),
        ("faults", {"kind": "status", "match": 5}, "match must be text, and is 5"),
        ("faults", {"kind": "delay", "seconds": "long"}, "seconds must be a number from 0 to 3600, and is 'long'"),
        ("exports", {"seconds": 1e300}, "seconds must be a number from 0 to 3600, and is 1e+300"),
        ("exports", {"fail": "x"}, "fail must be a whole number, and is 'x'"),
        ("webhooks", {"duplicate": "x"}, "duplicate must be a whole number, and is 'x'"),
        ("throttle", {"general": -4}, "general cannot be less than 0, and is -4"),
        ("throttle", {"window_seconds": 0}, "window_seconds cannot be less than 1, and is 0"),
    ):
        answer = desk.control.post(f"/_sandbox/{path}", json=body)
        assert (answer.status_code, words in answer.json()["error"]) == (400, True), answer.text
    for path, words in (
        ("truth?as_of=never", "as_of 'never' is not a date; write it as YYYY-MM-DD"),
        (f"records/{id_}/zebras", "no resource 'zebras'; known are assets, "),
    ):
        assert words in desk.control.get(f"/_sandbox/{path}").json()["error"]
    assert versions(desk) == before
    assert desk.control.get("/_sandbox/faults").json() == []
    assert desk.control.get("/_sandbox/events").json()["waiting"] == 0


class Read(dict[str, Any]):
    """What an event was told, and which of it the event looked at."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.looked_at: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.looked_at.add(key)
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self.looked_at.add(str(key))
        return super().__contains__(key)


@pytest.mark.parametrize("kind", sorted(events.EVENTS))
def test_an_event_looks_at_everything_it_says_it_takes_and_at_nothing_else(fresh_desk: Any, kind: str) -> None:
    studio = fresh_desk.names["Studio"]
    if kind == "delete_external_invoice":
        events.EVENTS["receive_external_invoice"](studio, {})
    if kind == "restore_invoice":
        events.EVENTS["delete_invoice"](studio, {})
    told: dict[str, Any] = {}
    if kind in ("edit_record", "delete_record"):
        unused = next(id_ for id_ in studio.contacts if not contacts.is_used(studio, id_))
        told = {"resource": "contacts", "id": str(unused), "fields": {"city": "Zwolle"}}
    read = Read(told)
    events.EVENTS[kind](studio, read)
    assert read.looked_at == set(events.TAKES[kind])


def test_the_control_surface_answers_this_machine_only(make_group: Callable[..., World]) -> None:
    from pipelines.sandbox.app import create_app

    app = create_app(make_group(administrations=1))

    async def from_afar(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "client": ("192.0.2.7", 1)}, receive, send)

    with httpx.Client(transport=transport(from_afar), base_url=BASE_URL) as client:
        assert client.get("/_sandbox/truth").status_code == 403

"""Time entries written through the API."""

from __future__ import annotations

from typing import Any

from tests.sandbox.conftest import Desk


def create(desk: Desk, **entry: Any) -> dict[str, Any]:
    user = desk.get("Studio", "users.json").json()[0]["id"]
    wanted = {"user_id": user, "started_at": "2026-11-19T09:00:42Z", "description": "Werk"} | entry
    answer = desk.post("Studio", "time_entries.json", {"time_entry": wanted})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_times_are_cut_to_whole_minutes_and_an_entry_lasts_at_least_one(fresh_desk: Desk) -> None:
    made = create(fresh_desk, ended_at="2026-11-19T10:30:59Z")
    assert (made["started_at"], made["ended_at"]) == ("2026-11-19T09:00:00.000Z", "2026-11-19T10:30:00.000Z")
    short = create(fresh_desk, ended_at="2026-11-19T09:00:50Z")
    assert short["ended_at"] == "2026-11-19T09:01:00.000Z"
    assert made["billable"] is True
    assert fresh_desk.get("Studio", f"time_entries/{made['id']}.json").json() == made


def test_a_wrong_entry_is_refused_in_the_words_of_the_example(desk: Desk) -> None:
    user = desk.get("Studio", "users.json").json()[0]["id"]
    wanted = {"user_id": user, "started_at": "2026-11-19T09:00:00Z", "ended_at": "2026-11-19T08:00:00Z"}
    before = len(desk.names["Studio"].time_entries)
    answer = desk.post("Studio", "time_entries.json", {"time_entry": wanted})
    assert answer.status_code == 422
    assert answer.json()["error"] == {
        "ended_at": ["cannot be before the start time"],
        "description": ["can't be blank"],
    }
    assert answer.json()["details"]["ended_at"] == [{"error": "ended_at_before_started_at"}]
    assert len(desk.names["Studio"].time_entries) == before


def test_hours_are_linked_to_an_invoice_that_exists(fresh_desk: Desk) -> None:
    made = create(fresh_desk, ended_at="2026-11-19T10:00:00Z")
    path = f"time_entries/{made['id']}.json"
    missing = fresh_desk.patch("Studio", path, {"time_entry": {"sales_invoice_id": "12"}})
    assert (missing.status_code, missing.json()) == (
        404,
        {"error": "no sales invoice with given ID found", "symbolic": {"sales_invoice_id": "not_found"}},
    )
    invoice = fresh_desk.get("Studio", "sales_invoices.json").json()[0]["id"]
    linked = fresh_desk.patch("Studio", path, {"time_entry": {"sales_invoice_id": invoice}}).json()
    assert linked["sales_invoice_id"] == linked["sales_invoice"]["id"] == invoice
    shown = fresh_desk.get("Studio", f"sales_invoices/{invoice}.json").json()["time_entries"]
    assert made["id"] in {entry["id"] for entry in shown}


def test_a_timer_stops_and_resumes_today_only(fresh_desk: Desk) -> None:
    now = fresh_desk.control.get("/_sandbox/clock").json()["at"]
    running = create(fresh_desk, started_at=now)
    assert running["ended_at"] is None
    fresh_desk.event("Studio", "advance_clock", seconds=600)
    stopped = fresh_desk.patch("Studio", f"time_entries/{running['id']}/stop.json").json()
    assert stopped["ended_at"] is not None
    assert fresh_desk.patch("Studio", f"time_entries/{running['id']}/stop.json").json() == stopped
    fresh_desk.event("Studio", "advance_clock", seconds=600)
    resumed = fresh_desk.patch("Studio", f"time_entries/{running['id']}/resume.json").json()
    assert resumed["ended_at"] is None
    assert resumed["paused_duration"] >= 600
    old = create(fresh_desk, started_at="2026-11-18T09:00:00Z", ended_at="2026-11-18T10:00:00Z")
    refused = fresh_desk.patch("Studio", f"time_entries/{old['id']}/resume.json")
    assert (refused.status_code, refused.json()["error"]) == (422, {"base": ["Cannot resume timer"]})


def test_an_entry_is_deleted_and_the_plan_can_run_out(fresh_desk: Desk) -> None:
    made = create(fresh_desk, ended_at="2026-11-19T10:00:00Z")
    assert fresh_desk.delete("Studio", f"time_entries/{made['id']}.json").status_code == 204
    assert fresh_desk.get("Studio", f"time_entries/{made['id']}.json").status_code == 404
    fresh_desk.names["Studio"].limits["time_entries"] = 0
    user = fresh_desk.get("Studio", "users.json").json()[0]["id"]
    wanted = {"user_id": user, "started_at": "2026-11-19T09:00:00Z", "description": "Werk"}
    answer = fresh_desk.post("Studio", "time_entries.json", {"time_entry": wanted})
    assert (answer.status_code, answer.json()) == (
        402,
        {"error": "creating time entries is limited", "symbolic": {"administration": "limit_reached"}},
    )

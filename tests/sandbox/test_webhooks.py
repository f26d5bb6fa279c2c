"""Webhooks out: registered, signed, retried, doubled, stale; received by a real server on this machine."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from pipelines.sandbox.hooks.delivery import RETRIES
from tests.sandbox.conftest import Desk


@dataclass
class Receiver:
    """A server that keeps what it gets and answers with `statuses`, the last one for ever."""

    url: str = ""
    statuses: list[int] = field(default_factory=lambda: [200])
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def pushes(self, action: str = "") -> list[dict[str, Any]]:
        found = [json.loads(body) for _, body in self.got]
        return [push for push in found if action in push["action"] and push["action"] != "test_webhook"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.got.append((dict(self.headers), body))
            status = kept.statuses.pop(0) if len(kept.statuses) > 1 else kept.statuses[0]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"thanks")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    kept.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    yield kept
    server.shutdown()
    server.server_close()


def register(desk: Desk, url: str, *events: str) -> dict[str, Any]:
    answer = desk.post("Studio", "webhooks.json", {"url": url, "enabled_events": list(events)})
    assert answer.status_code == 201, answer.text
    assert desk.world.hooks.postman.idle()
    return dict(answer.json())


def note(desk: Desk, text: str = "Bellen") -> str:
    """Makes a note on the first contact: an event that always can happen."""
    contact = desk.get("Studio", "contacts.json").json()[0]["id"]
    answer = desk.post("Studio", f"contacts/{contact}/notes.json", {"note": {"note": text}})
    assert answer.status_code == 201, answer.text
    assert desk.world.hooks.postman.idle()
    return str(contact)


def verify(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As a receiver checks it, by the documentation: any `v1` may match."""
    parts = [part.partition("=") for part in headers["Moneybird-Signature"].split(",")]
    at = next(value for name, _, value in parts if name == "t")
    expected = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return any(name == "v1" and hmac.compare_digest(value, expected) for name, _, value in parts)


def test_the_secret_is_given_once(fresh_desk: Desk, receiver: Receiver) -> None:
    made = register(fresh_desk, receiver.url)
    assert len(made["secret"]) == 64
    assert len(made["token"]) == 24
    listed = next(hook for hook in fresh_desk.get("Studio", "webhooks.json").json() if hook["id"] == made["id"])
    assert "secret" not in listed
    assert (listed["last_http_status"], listed["last_http_body"]) == (200, "thanks")


def test_registration_calls_the_address_without_a_signature(fresh_desk: Desk, receiver: Receiver) -> None:
    made = register(fresh_desk, receiver.url)
    ((headers, body),) = receiver.got
    assert "Moneybird-Signature" not in headers
    assert json.loads(body)["webhook_token"] == made["token"]


def test_a_push_is_signed_and_holds_the_record_as_the_api_gives_it(fresh_desk: Desk, receiver: Receiver) -> None:
    made = register(fresh_desk, receiver.url, "note")
    contact = note(fresh_desk)
    headers, body = receiver.got[-1]
    assert verify(made["secret"], headers, body)
    assert not verify("another secret", headers, body)
    assert headers["User-Agent"] == "MoneyBird Webhook"
    push = json.loads(body)
    assert (push["action"], push["entity_type"], push["entity_id"]) == ("note_created", "Contact", contact)
    assert push["webhook_token"] == made["token"]
    assert push["entity"] == fresh_desk.get("Studio", f"contacts/{contact}.json").json()


def test_both_secrets_sign_during_a_rotation_and_one_after_it(fresh_desk: Desk, receiver: Receiver) -> None:
    made = register(fresh_desk, receiver.url, "note")
    fresh = fresh_desk.control.post("/_sandbox/webhooks", json={"rotate": made["id"]}).json()["secret"]
    note(fresh_desk)
    assert verify(made["secret"], *receiver.got[-1])
    assert verify(fresh, *receiver.got[-1])
    fresh_desk.control.post("/_sandbox/webhooks", json={"forget_old": made["id"]})
    note(fresh_desk)
    assert not verify(made["secret"], *receiver.got[-1])
    assert verify(fresh, *receiver.got[-1])


def test_a_push_without_200_is_tried_again_ten_times_with_growing_intervals(
    fresh_desk: Desk, receiver: Receiver
) -> None:
    """Time is the sandbox's: each hour that passes lets the next attempt go while intervals are shorter than that."""
    made = register(fresh_desk, receiver.url, "note")
    receiver.statuses = [500]
    note(fresh_desk)
    waits = []
    for _ in range(RETRIES):
        (push,) = fresh_desk.world.hooks.postman.waiting()
        wait = push.due - fresh_desk.world.clock.milliseconds()
        waits.append(wait)
        fresh_desk.event("Studio", "advance_clock", seconds=wait / 1000 + 1)
        assert fresh_desk.world.hooks.postman.idle()
    assert fresh_desk.world.hooks.postman.waiting() == []
    assert waits == sorted(waits)
    assert waits[-1] > waits[0] * 100
    calls = [headers["Idempotency-Key"] for headers, _ in receiver.got[1:]]
    assert len(calls) == 1 + RETRIES
    assert len(set(calls)) == 1
    listed = next(hook for hook in fresh_desk.get("Studio", "webhooks.json").json() if hook["id"] == made["id"])
    assert listed["last_http_status"] == 500


def test_a_retry_that_is_answered_ends_it(fresh_desk: Desk, receiver: Receiver) -> None:
    register(fresh_desk, receiver.url, "note")
    receiver.statuses = [503, 200]
    note(fresh_desk)
    fresh_desk.event("Studio", "advance_clock", seconds=60)
    assert fresh_desk.world.hooks.postman.idle()
    assert fresh_desk.world.hooks.postman.waiting() == []
    assert fresh_desk.world.hooks.postman.done[-1].statuses == [503, 200]


def test_a_duplicate_comes_later_with_the_same_key(fresh_desk: Desk, receiver: Receiver) -> None:
    register(fresh_desk, receiver.url, "note")
    fresh_desk.control.post("/_sandbox/webhooks", json={"duplicate": 1})
    note(fresh_desk)
    assert len(receiver.pushes()) == 1
    fresh_desk.event("Studio", "advance_clock", seconds=30)
    assert fresh_desk.world.hooks.postman.idle()
    assert len(receiver.pushes()) == 2
    keys = [headers["Idempotency-Key"] for headers, _ in receiver.got[1:]]
    assert keys[0] == keys[1]
    note(fresh_desk)
    assert receiver.got[-1][0]["Idempotency-Key"] != keys[0]


def test_a_stale_push_shows_the_record_before_the_last_change(fresh_desk: Desk, receiver: Receiver) -> None:
    register(fresh_desk, receiver.url, "note")
    contact = note(fresh_desk, "eerste")
    fresh_desk.control.post("/_sandbox/webhooks", json={"stale": 1})
    note(fresh_desk, "tweede")
    shown = receiver.pushes()[-1]["entity"]
    now = fresh_desk.get("Studio", f"contacts/{contact}.json").json()
    assert len(now["notes"]) == len(shown["notes"]) + 1


def test_held_pushes_can_come_in_the_other_order(fresh_desk: Desk, receiver: Receiver) -> None:
    register(fresh_desk, receiver.url, "note")
    fresh_desk.control.post("/_sandbox/webhooks", json={"hold": True, "backwards": True})
    for text in ("een", "twee"):
        note(fresh_desk, text)
    assert receiver.pushes() == []
    fresh_desk.control.post("/_sandbox/webhooks", json={"hold": False})
    assert fresh_desk.world.hooks.postman.idle()
    assert [len(push["entity"]["notes"]) for push in receiver.pushes()] == sorted(
        [len(push["entity"]["notes"]) for push in receiver.pushes()], reverse=True
    )
    assert len(receiver.pushes()) == 2


def test_a_deactivated_webhook_hears_nothing_until_it_is_activated(fresh_desk: Desk, receiver: Receiver) -> None:
    made = register(fresh_desk, receiver.url, "note")
    path = f"/{fresh_desk.names['Studio'].id}/webhooks/{made['id']}"
    headers = fresh_desk.authorization("Studio")
    gone = fresh_desk.client.patch(f"{path}/deactivate.json", headers=headers).json()
    assert gone["deactivated_at"] is not None
    note(fresh_desk)
    assert receiver.pushes() == []
    assert fresh_desk.client.patch(f"{path}/activate.json", headers=headers).json()["deactivated_at"] is None
    note(fresh_desk)
    assert len(receiver.pushes()) == 1


def test_events_are_chosen_by_name_or_group(fresh_desk: Desk, receiver: Receiver) -> None:
    register(fresh_desk, receiver.url, "sales_invoice_state_changed", "contact_created")
    note(fresh_desk)
    assert receiver.pushes() == []


def test_an_invoice_that_becomes_late_is_told(fresh_desk: Desk, receiver: Receiver) -> None:
    register(fresh_desk, receiver.url, "sales_invoice_state_changed")
    fresh_desk.event("Studio", "create_and_send_invoice")
    fresh_desk.event("Studio", "advance_clock", days=15)
    fresh_desk.get("Studio", "webhooks.json")
    assert fresh_desk.world.hooks.postman.idle()
    told = receiver.pushes("changed_to_late")
    assert told
    assert all(push["state"] == "late" == push["entity"]["state"] for push in told)


def test_an_address_elsewhere_is_never_called(fresh_desk: Desk) -> None:
    made = register(fresh_desk, "https://hooks.duivenhof.example/in", "note")
    note(fresh_desk)
    assert [push.statuses for push in fresh_desk.world.hooks.postman.done] == [[200], [200]]
    listed = next(hook for hook in fresh_desk.get("Studio", "webhooks.json").json() if hook["id"] == made["id"])
    assert listed["last_http_body"] is None


def test_refusals_are_those_of_the_contract(fresh_desk: Desk) -> None:
    answer = fresh_desk.post("Studio", "webhooks.json", {"url": "https://x.example", "events": ["contact"]})
    assert (answer.status_code, answer.json()) == (
        400,
        {
            "error": "'events' has been removed from webhooks, use 'enabled_events'",
            "symbolic": {"events": "removed"},
        },
    )
    answer = fresh_desk.post("Studio", "webhooks.json", {})
    assert (answer.status_code, answer.json()) == (400, {"error": "Url is required", "symbolic": {"url": "required"}})
    id_ = fresh_desk.names["Studio"].id
    answer = fresh_desk.client.delete(f"/{id_}/webhooks/1.json", headers=fresh_desk.authorization("Studio"))
    assert (answer.status_code, answer.json()) == (404, {"error": "Record not found for model name: Webhook"})

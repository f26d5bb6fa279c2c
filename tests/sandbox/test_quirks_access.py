"""What surprised people about webhooks and access (QUIRKS 62–70), shown by the sandbox."""

from __future__ import annotations

from typing import Any

from pipelines.sandbox.world import Token
from tests.sandbox.conftest import Desk


def test_events_of_a_webhook_are_called_enabled_events(fresh_desk: Desk) -> None:
    """QUIRKS 63: `events` broke on 2025-01-01."""
    body = {"url": "https://ontvanger.example/hook", "events": ["contact"]}
    answer = fresh_desk.post("Studio", "webhooks.json", body)
    words = "'events' has been removed from webhooks, use 'enabled_events'"
    assert (answer.status_code, answer.json()) == (400, {"error": words, "symbolic": {"events": "removed"}})


def test_a_bank_line_has_no_event(fresh_desk: Desk) -> None:
    """QUIRKS 66: what can be heard is the statement it came in; else one has to ask."""
    announced: list[str] = []
    fresh_desk.names["Studio"].listen(lambda _, event, __: announced.append(event))
    account = fresh_desk.get("Studio", "financial_accounts.json").json()[0]["id"]
    lines: list[dict[str, Any]] = [{"date": "2026-11-19", "message": "Factuur", "amount": "12.5"}]
    body = {"reference": "R1", "financial_account_id": account, "financial_mutations_attributes": lines}
    answer = fresh_desk.post("Studio", "financial_statements.json", {"financial_statement": body})
    assert answer.status_code == 201
    assert announced == ["financial_statement_created"]


def test_a_wrong_scope_is_not_a_dead_token(desk: Desk) -> None:
    """QUIRKS 67: both are a 401, and the words tell them apart."""
    studio = desk.names["Studio"].id
    desk.world.add_token(Token("bank", "only-the-bank", (studio,), frozenset({"bank"})))
    header = {"Authorization": "Bearer only-the-bank"}
    lacking = desk.client.get(f"/{studio}/sales_invoices.json", headers=header)
    dead = desk.client.get(f"/{studio}/sales_invoices.json", headers={"Authorization": "Bearer gone"})
    assert (lacking.status_code, lacking.json()["error"]) == (401, "No access to sales_invoices")
    assert (dead.status_code, dead.json()["error"]) == (401, "Invalid credentials")
    assert desk.client.get(f"/{studio}/financial_mutations/synchronization.json", headers=header).status_code == 200


def test_a_token_does_not_end_by_itself(fresh_desk: Desk) -> None:
    """QUIRKS 69: after an hour or after two years it still opens the same door."""
    before = fresh_desk.client.get("/administrations.json", headers=fresh_desk.authorization("Studio")).json()
    for days in (0.05, 730):
        fresh_desk.event("Studio", "advance_clock", days=days)
        after = fresh_desk.client.get("/administrations.json", headers=fresh_desk.authorization("Studio")).json()
        assert [one["id"] for one in after] == [one["id"] for one in before]


def test_any_token_sees_all_its_administrations_and_the_first_need_not_be_yours(desk: Desk) -> None:
    """QUIRKS 70: also one that opens nothing else."""
    studio, advies = desk.names["Studio"].id, desk.names["Advies"].id
    desk.world.add_token(Token("two", "without-a-scope", (advies, studio), frozenset()))
    header = {"Authorization": "Bearer without-a-scope"}
    listed = desk.client.get("/administrations.json", headers=header).json()
    assert [one["id"] for one in listed] == [str(advies), str(studio)]
    assert desk.client.get(f"/{studio}/contacts.json", headers=header).status_code == 401

"""The Approvals page: what waits is shown whole, and approving means exactly what was on screen."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import db, desk
from dashboards.components import command_facts
from dashboards.queries import drafting
from pipelines import operations
from pipelines.operations import Claim, NewCommand, State, commands, entering
from pipelines.writeback import Preview
from pipelines.writeback.preview import Sending
from tests.dashboards.drafting_bench import HOLDING, SOFTWARE, draft, field, labels, opened, prepare, press, queue

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def open_page(
    publish: Callable[..., Path],
    group: dict[str, Any],
    project_root: Path,
    clean_environment: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[], AppTest]:
    prepare(publish(group), clean_environment)
    monkeypatch.setenv("DOVECOTE__WRITABLE_ADMINISTRATIONS", HOLDING)
    monkeypatch.setenv("DOVECOTE__PERSON", "anna")
    return lambda: opened(project_root / "dashboards" / "views" / "approvals.py")


def kept(kind: str, administration_id: str = HOLDING, *, who: str = "anna", **shown: Any) -> int:
    """The number of a command of any kind in the outbox, as its kind would have put it there."""
    preview = Preview(
        **{
            "kind": kind, "administration_id": administration_id, "contact_name": "Molen B.V.", "business_key": kind,
            "reference": f"{kind}-1", "request": Sending("POST", "x", {"x": {}}), **shown,
        }
    )  # fmt: skip
    new = NewCommand(
        kind=kind, administration_id=administration_id, business_key=preview.business_key, request={},
        payload=preview.request.as_json(), preview=preview.as_json(), created_by=who, origin="orders.csv line 7",
        claims=preview.claims,
    )  # fmt: skip
    with desk._store().write() as connection:
        return entering.add(connection, new, at=AT).id


def moved(number: int, *states: State, **values: Any) -> None:
    """Moves a command as the worker would."""
    with desk._store().write() as connection:
        for state in states:
            command = commands.get(connection, number)
            commands.move(connection, command, state, at=AT, who="worker 1", what=str(state), **values)


def state_of(number: int) -> str:
    return next(each.state for each in desk.recent(100) if each.command_id == number)


def prose(at: AppTest) -> str:
    assert not at.exception, at.exception
    kinds = (*at.markdown, *at.caption, *at.warning, *at.error, *at.info, *at.success)
    return "\n".join([*(str(each.value) for each in kinds), *(each.label for each in at.expander)]).replace("\\", "")


def test_nothing_waiting_is_said(open_page: Callable[[], AppTest]) -> None:
    assert "Nothing waits for approval." in prose(open_page())


def test_what_waits_is_shown_whole(open_page: Callable[[], AppTest]) -> None:
    queue(draft())
    at = open_page()
    said = prose(at)
    assert "#1 draft invoice** · Molen B.V. · € 121,00" in said
    assert "Asked for by anna at" in said
    assert "from the dashboard's form" in said
    assert "rule V020" in said
    assert [each.value for each in at.metric][-3:] == ["€ 100,00", "€ 21,00", "€ 121,00"]
    assert '"ledger_account_id": "8050"' in at.code[0].value
    assert "anna: created → awaiting approval" in said


def test_approving_lets_the_worker_send_what_was_shown(open_page: Callable[[], AppTest]) -> None:
    waits = queue(draft())
    at = press(open_page(), "Approve")
    with desk._store().read() as connection:
        command = commands.get(connection, waits.command_id)
    assert (command.state, command.approved_by, command.approved_hash) == (State.QUEUED, "anna", waits.seen)
    assert "Command 1 is approved" in at.success[0].value
    assert ":gray-badge[queued]" in prose(at)
    assert "Approve" not in labels(at, "button")


def test_what_changed_after_it_was_shown_is_refused(open_page: Callable[[], AppTest]) -> None:
    """The button approves what stood on this page, not what stands in the outbox when it is pressed."""
    before = queue(draft(price="100"))
    at = open_page()
    after = queue(draft(price="900"))
    assert before.command_id == after.command_id
    at = press(at, "Approve")
    assert f"is not what was looked at ({before.seen})" in at.error[0].value.replace("\\", "")
    assert state_of(after.command_id) == "awaiting approval"
    assert "€ 1.089,00" in prose(at)
    press(at, "Approve")
    assert state_of(after.command_id) == "queued"


def test_what_a_person_must_look_at_needs_their_word(open_page: Callable[[], AppTest]) -> None:
    waits = queue(draft(rate="90"))
    at = open_page()
    assert "look first" in at.expander[0].label
    assert "but rule V020 says" in at.warning[0].value
    assert field(at, "button", "Approve").disabled
    field(at, "checkbox", "I looked at what is marked above").check()
    at.run()
    press(at, "Approve")
    assert state_of(waits.command_id) == "queued"
    assert [each.what for each in desk.history(waits.command_id)][-1] == "approved as reviewed"


def test_a_word_given_for_one_preview_does_not_hold_for_the_next(open_page: Callable[[], AppTest]) -> None:
    queue(draft(rate="90", price="100"))
    at = open_page()
    field(at, "checkbox", "I looked at what is marked above").check().run()
    queue(draft(rate="90", price="900"))
    at.run()
    assert not field(at, "checkbox", "I looked at what is marked above").value
    assert field(at, "button", "Approve").disabled


def test_who_asked_does_not_approve_where_roles_are_configured(
    open_page: Callable[[], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ANNA", "BRAM"):
        monkeypatch.setenv(f"DOVECOTE__PEOPLE__{name}__MAY", "draft,approve")
    waits = queue(draft())
    at = open_page()
    assert field(at, "button", "Approve").disabled
    assert "anna asked for command 1; roles are configured, so another person approves it." in prose(at)
    monkeypatch.setenv("DOVECOTE__PERSON", "bram")
    at = open_page()
    assert "You act as bram" in prose(at)
    press(at, "Approve")
    assert state_of(waits.command_id) == "queued"


def test_a_role_taken_away_after_the_page_was_drawn_is_refused(
    open_page: Callable[[], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = queue(draft())
    at = open_page()
    monkeypatch.setenv("DOVECOTE__WRITABLE_ADMINISTRATIONS", SOFTWARE)
    at = press(at, "Approve")
    assert "may not be written to" in at.error[0].value
    assert state_of(waits.command_id) == "awaiting approval"


def test_the_desk_and_the_command_line_call_a_person_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """With two names one person could ask at the one and approve at the other."""
    from pipelines import config
    from pipelines.cli import office

    assert desk.person() == office.person(config.load())
    monkeypatch.setenv("DOVECOTE__PERSON", "anna")
    assert desk.person() == office.person(config.load()) == "anna"


def test_cancelling_takes_a_command_out(open_page: Callable[[], AppTest]) -> None:
    waits = queue(draft())
    at = press(open_page(), "Cancel")
    assert state_of(waits.command_id) == "cancelled"
    assert ":gray-badge[cancelled]" in prose(at)


def test_commands_that_meet_are_named(open_page: Callable[[], AppTest]) -> None:
    queue(draft("form-1"))
    queue(draft("form-2"))
    kept("time_entry", claims=(Claim("time_entry:17", is_exclusive=True),))
    said = prose(open_page())
    assert "Command 1 (awaiting approval) looks like the same invoice; make sure that both are meant." in said
    assert "Command 2 (awaiting approval) looks like the same invoice" in said
    assert said.count("meets another") == 2


def test_administrations_are_told_apart_and_chosen(open_page: Callable[[], AppTest]) -> None:
    queue(draft())
    kept("time_entry", SOFTWARE)
    kept("upsert_contact", "999")  # of an administration that is no longer published
    at = open_page()
    said = prose(at)
    assert said.index("**999**") < said.index("**Duif Holding B.V.**") < said.index("**Duif Software B.V.**")
    at.multiselect(key="administrations").set_value([SOFTWARE]).run()
    assert "time entry" in prose(at)
    assert "draft invoice" not in prose(at)


def test_a_change_shows_what_stands_there_and_what_it_becomes(open_page: Callable[[], AppTest]) -> None:
    kept(
        "upsert_contact",
        request=Sending("PATCH", "contacts/7", {"contact": {"city": "Delft", "is_trusted": True}}),
        before={"contact_id": "7", "city": "Leiden", "is_trusted": False},
        expected={"city": "Delft"},
    )
    at = open_page()
    shown = at.dataframe[0].value
    assert shown.to_numpy().tolist() == [["City", "Leiden", "Delft"], ["Is trusted", "no", "yes"]]
    assert list(shown.columns) == ["Field", "Now in Moneybird", "Becomes"]
    assert not at.metric[3:]  # no amounts beside those of the strip


def test_a_kind_that_this_version_does_not_know_can_only_be_cancelled(open_page: Callable[[], AppTest]) -> None:
    number = kept("send_a_pigeon")
    at = open_page()
    assert "is a send_a_pigeon, which this version does not know" in prose(at)
    assert field(at, "button", "Approve").disabled
    press(at, "Cancel")
    assert state_of(number) == "cancelled"


def test_more_than_a_page_of_commands_is_said(open_page: Callable[[], AppTest]) -> None:
    for number in range(26):
        kept("time_entry", business_key=str(number))
    at = open_page()
    assert "More than 25 commands wait" in prose(at)
    assert labels(at, "button").count("Approve") == 25


@pytest.mark.parametrize(
    ("state", "may_cancel"), [(State.REJECTED, True), (State.FAILED, True), (State.AMBIGUOUS, False)]
)
def test_what_went_wrong_says_why_and_is_put_back(
    open_page: Callable[[], AppTest], state: State, *, may_cancel: bool
) -> None:
    waits = queue(draft())
    press(open_page(), "Approve")
    moved(waits.command_id, State.SENDING)
    moved(waits.command_id, state, last_error="Moneybird said: no such contact; choose another.")
    at = open_page()
    assert "Moneybird said: no such contact; choose another." in at.error[0].value.replace("\\", "")
    assert ("Cancel" in labels(at, "button")) is may_cancel
    at = press(at, "Retry")
    assert state_of(waits.command_id) == ("ambiguous" if state is State.AMBIGUOUS else "queued")
    assert "Moneybird said" not in prose(at)


def test_what_stands_in_moneybird_is_named_with_its_history(open_page: Callable[[], AppTest]) -> None:
    waits = queue(draft())
    press(open_page(), "Approve")
    moved(waits.command_id, State.SENDING)
    moved(waits.command_id, State.VERIFIED, remote_id="4711")
    said = prose(open_page())
    assert ":green-badge[verified]" in said
    assert "It stands in Moneybird as 4711 and equals the preview." in said
    assert "worker 1: verified" in said


def test_a_command_of_an_older_version_is_still_shown(open_page: Callable[[], AppTest]) -> None:
    """What was kept before there were reviews, kinds and claims has none."""
    number = kept("draft_invoice")
    old = {"contact_name": "Molen B.V.", "reference": "X", "business_key": "X", "administration_id": HOLDING}
    with desk._store().write() as connection:
        connection.execute(operations.schema.commands.update().values(preview=old))
    assert f"#{number} draft invoice** · Molen B.V. · X" in prose(open_page())


def test_a_kept_preview_is_the_one_that_was_shown(open_page: Callable[[], AppTest]) -> None:
    _, shown, _ = desk.look(draft(rate="90"), drafting.asker(db.current()))
    assert shown is not None
    shown = replace(shown, request=replace(shown.request, then=Sending("PATCH", "x/<the copy>", {"x": 1})))
    again = Preview.from_json(shown.kind, shown.request.as_json(), shown.as_json())
    assert again == replace(shown, claims=(), evidence=again.evidence)
    assert again.hash == shown.hash


def test_lines_show_quantity_price_and_rate_in_dutch() -> None:
    line = {"description": "Uren", "amount": "1.25", "price": "0.0125", "tax_rate_id": "21", "ledger_account_id": "8"}
    shown = Preview(
        "draft_invoice", HOLDING, "Molen", "K", "K", Sending("POST", "x", {"x": {"details_attributes": [line]}}),
        line_amounts=(Decimal("0.02"),), total_incl_amount=Decimal("0.02"),
    )  # fmt: skip
    assert command_facts.lines(shown) == [
        {"Description": "Uren", "Quantity": "1,25", "Price": "0,0125", "Without VAT": Decimal("0.02")}
    ]
    assert command_facts.changes(shown) == []


def test_a_payment_shows_its_amount_and_what_is_open_now() -> None:
    shown = Preview(
        "register_payment", HOLDING, "Molen", "K", "K",
        Sending("POST", "x", {"payment": {"payment_date": "2026-11-20", "price": "50", "invoice_id": "9"}}),
        total_incl_amount=Decimal(50), before={"open_amount": "121.00"},
    )  # fmt: skip
    assert command_facts.lines(shown) == []
    assert command_facts.changes(shown) == [
        {"Field": "Payment date", "Value": "20-11-2026"},
        {"Field": "Price", "Value": "50,00"},
    ]
    assert command_facts.standing(shown) == "Now in Moneybird: open amount 121,00."


def test_hours_are_shown_at_dutch_time() -> None:
    sent = {"started_at": "2026-11-18T08:00:00Z", "description": "Schetsen", "billable": True, "user_id": "4"}
    shown = Preview(
        "time_entry", HOLDING, "", "K", "K", Sending("POST", "x", {"time_entry": sent}), expected={"standing": []}
    )
    assert [row["Value"] for row in command_facts.changes(shown)] == ["09:00 on 18-11-2026", "Schetsen", "yes"]


def test_the_page_knows_no_token(open_page: Callable[[], AppTest], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCES__MONEYBIRD__TOKENS__HOLDING", "a-token-nobody-may-see")
    queue(draft())
    press(open_page(), "Approve")
    home = Path(os.environ["DOVECOTE_HOME"])
    files = [file for file in home.rglob("*") if file.is_file()]
    assert not [file for file in files if b"a-token-nobody-may-see" in file.read_bytes()]

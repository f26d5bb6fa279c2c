"""The receiver over a socket: what is signed is stored once and answered, and becomes commands once, kills included."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from pipelines.cli import app
from pipelines.cli.office import opened_office
from pipelines.config import load
from pipelines.errors import CommandRefusedError, ConfigurationError
from pipelines.operations import EventState, NewEvent, Store, commands, inbox, open_store
from pipelines.receiver import Signed, create_app, serve, signature, signer_of
from pipelines.receiver.app import LARGEST_BODY
from pipelines.writeback import Office, intake
from pipelines.writeback.sources import Asked, Taken
from pipelines.writeback.sources.orders import Orders
from pipelines.writeback.sources.typed import TypedRequests
from tests.pipelines.small_marts import publish

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECRETS = {"webshop": "w" * 32, "crm": "c" * 40}
ORDER = {"order_id": "1001", "administration_id": "101", "customer_number": "K-7", "lines": [{"product": "ADV"}]}


@pytest.fixture
def store(clean_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The operations store of a home with published marts, as verbs and the receiver find it."""
    publish(clean_environment)
    monkeypatch.setenv("DOVECOTE__WRITABLE_ADMINISTRATIONS", "101")
    opened = open_store(f"sqlite:///{clean_environment / 'operations.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def url(store: Store) -> Iterator[str]:
    with serve.start(create_app(store, sources=["orders", "crm"], secrets=SECRETS, now=lambda: NOW)) as address:
        yield address


def dovecote(*arguments: str) -> Result:
    result = CliRunner().invoke(app, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def body_of(**changes: Any) -> bytes:
    return json.dumps({**ORDER, **changes}).encode()


def signed(source: str = "orders", key: str = "key-1", body: bytes | None = None) -> Signed:
    return Signed(source, key, body_of() if body is None else body)


def send(
    url: str, body: bytes, key: str = "key-1", *, source: str = "orders", secret: str = SECRETS["webshop"],
    at: datetime = NOW, **headers: str,
) -> httpx.Response:  # fmt: skip
    event = Signed(source, key, body)
    signed = {"Dovecote-Signature": signature(secret, event, at=int(at.timestamp())), "Idempotency-Key": key}
    with httpx.Client() as client:
        return client.post(f"{url}/events/{source}", content=body, headers={**signed, **headers})


def events(store: Store) -> list[inbox.Event]:
    with store.read() as connection:
        return inbox.recent(connection, limit=100)


def made(store: Store) -> list[commands.Command]:
    with store.read() as connection:
        return commands.recent(connection, limit=1000)


def test_an_event_is_stored_to_the_byte_and_answered_before_anybody_reads_it(url: str, store: Store) -> None:
    body = b'{ "not": "even an order" }\n'
    answer = send(url, body)

    assert answer.status_code == 202
    assert answer.json() == {"event": 1, "status": "stored", "received_at": "2026-11-20T09:00:00+00:00"}
    (event,) = events(store)
    assert (event.source, event.sender, event.idempotency_key, event.body) == ("orders", "webshop", "key-1", body)
    assert (event.state, made(store)) == (EventState.WAITING, [])


def test_the_same_event_again_is_answered_as_at_first(url: str, store: Store) -> None:
    first, again = send(url, body_of()), send(url, body_of())
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json() == again.json()
    other = send(url, body_of(due_days=30))
    assert (other.status_code, other.json()) == (
        409, {"error": "this Idempotency-Key belongs to an event with another body; use a new key"}
    )  # fmt: skip
    assert send(url, body_of(), secret=SECRETS["crm"]).status_code == 202, "another sender has keys of its own"
    assert [event.sender for event in events(store)] == ["crm", "webshop"]


def test_an_event_delivered_many_times_at_once_is_one_command(url: str, store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = [*pool.map(lambda _: send(url, body_of()), range(24))]

    assert sorted(answer.status_code for answer in answers) == [200] * 23 + [202]
    assert len({answer.text for answer in answers}) == 1
    assert dovecote("drafts", "take-in").exit_code == 0
    assert dovecote("drafts", "take-in").stdout == "No event was waiting.\n"
    (command,) = made(store)
    assert (command.created_by, command.origin) == ("webshop", "event webshop key-1")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "nonsense",
        "t=1795165200",
        "t=x,v1=00",
        f"t={10**400},v1=00",
        signature("x" * 32, signed(), at=int(NOW.timestamp())),
        signature(SECRETS["webshop"], signed(body=b"another body"), at=int(NOW.timestamp())),
        signature(SECRETS["webshop"], signed(key="key-0"), at=int(NOW.timestamp())),
        signature(SECRETS["webshop"], signed(source="crm"), at=int(NOW.timestamp())),
        signature(SECRETS["webshop"], signed(), at=int((NOW - timedelta(seconds=301)).timestamp())),
        signature(SECRETS["webshop"], signed(), at=int((NOW + timedelta(seconds=301)).timestamp())),
        signature(SECRETS["webshop"], signed(), at=int(NOW.timestamp())).replace("t=", "t=1,t="),
        signature(SECRETS["webshop"], signed(), at=int(NOW.timestamp())).replace("v1=", "v0="),
    ],
)
def test_what_is_not_signed_now_by_somebody_known_is_refused_without_a_word_why(
    url: str, store: Store, header: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = send(url, body_of(), **{"Dovecote-Signature": header})

    assert (answer.status_code, answer.json()) == (401, {"error": "not signed as expected"})
    assert events(store) == []
    assert not any(secret in caplog.text for secret in SECRETS.values())


def test_a_copy_is_worth_nothing_under_another_key_at_another_source_or_cut_elsewhere(url: str, store: Store) -> None:
    body = b"1.5"
    header = signature(SECRETS["webshop"], signed(key="a", body=body), at=int(NOW.timestamp()))
    copied = {"Dovecote-Signature": header}
    assert send(url, body, "a", **copied).status_code == 202
    assert send(url, body, "b", **copied).status_code == 401
    assert send(url, body, "a", source="crm", **copied).status_code == 401
    assert send(url, b"5", "a.1", **copied).status_code == 401
    assert send(url, body, "a", **copied).status_code == 200
    assert len(events(store)) == 1


def test_a_sender_may_sign_with_the_old_and_the_new_secret(url: str) -> None:
    moment, body = int((NOW - timedelta(seconds=300)).timestamp()), body_of()
    both = [signature(secret, signed(), at=moment) for secret in ("o" * 32, SECRETS["webshop"])]
    header = f"{both[0]},{both[1].partition(',')[2]}"
    assert send(url, body, **{"Dovecote-Signature": header}).status_code == 202
    assert signer_of(header, signed(), {}, now=NOW.timestamp()) is None


def test_the_rest_of_the_door(url: str, store: Store) -> None:
    assert send(url, body_of(), source="nothing").status_code == 404
    assert send(url, b"").status_code == 400
    assert send(url, body_of(), key="").status_code == 400
    assert send(url, body_of(), key="k" * 101).status_code == 400
    assert send(url, b"x" * (LARGEST_BODY + 1)).status_code == 413
    assert send(url, b"x" * LARGEST_BODY, key="large").status_code == 202
    assert httpx.get(f"{url}/events/orders").status_code == 405
    assert httpx.get(f"{url}/healthz").json() == {"status": "ok"}
    assert [event.idempotency_key for event in events(store)] == ["large"]


def test_a_body_without_a_length_ends_at_the_limit(url: str, store: Store) -> None:
    answer = httpx.post(f"{url}/events/orders", content=(b"x" * 65_536 for _ in range(17)))
    assert answer.status_code == 413
    assert events(store) == []


def test_a_sender_that_trickles_or_goes_away_holds_nothing(store: Store) -> None:
    head = b"POST /events/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nbegun"
    receiver = create_app(store, sources=["orders"], secrets=SECRETS, now=lambda: NOW, body_seconds=0.05)
    with serve.start(receiver) as url:
        address = ("127.0.0.1", int(url.rpartition(":")[2]))
        with socket.create_connection(address, timeout=10) as slow:
            slow.sendall(head)
            assert slow.recv(1000).startswith(b"HTTP/1.1 408 ")
        with socket.create_connection(address, timeout=10) as gone:
            gone.sendall(head)
        assert send(url, body_of()).status_code == 202
    assert len(events(store)) == 1


def test_a_store_that_cannot_be_written_asks_for_the_event_again(url: str, store: Store) -> None:
    with store.write() as connection:
        connection.exec_driver_sql("alter table inbox rename to gone")
    answer = send(url, body_of())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert httpx.get(f"{url}/healthz").status_code == 503


def test_bad_events_are_kept_with_their_sentences_and_read_again_when_told(url: str, store: Store) -> None:
    send(url, json.dumps([ORDER, {**ORDER, "order_id": "1002", "customer_number": "K-8"}]).encode(), "mixed")
    send(url, b"[{", "broken")
    send(url, body_of(order_id="1003"), "fine")

    told = dovecote("drafts", "take-in", "--json")
    assert told.exit_code == 3
    found = json.loads(told.stdout)["events"]
    assert [(each["idempotency_key"], each["state"], each["commands"]) for each in found] == [
        ("mixed", "partly", [1]), ("broken", "refused", []), ("fine", "taken", [2])
    ]  # fmt: skip
    assert found[0]["refused"] == [
        "event webshop mixed.json item 2, customer_number: expected the customer number of a contact in that "
        "administration, as it was last synced, found 'K-8'; correct it and submit again."
    ]
    listed = dovecote("drafts", "inbox", "--state", "refused").stdout
    assert listed.startswith("Event 2 (orders of webshop, broken) is refused.\nNO  event webshop broken.json line 1")

    again = dovecote("drafts", "take-in", "--again", "1")
    assert again.exit_code == 3
    assert "Event 1 (orders of webshop, mixed) is partly: command 1." in again.stdout
    assert len(made(store)) == 2
    with pytest.raises(CommandRefusedError, match="There is no event 3 of which something was refused"):
        dovecote("drafts", "take-in", "--again", "3")
    with pytest.raises(ConfigurationError, match="--state knows waiting, taken, partly, refused"):
        dovecote("drafts", "inbox", "--state", "lost")


def test_a_corrected_order_in_a_later_event_wins(url: str, store: Store) -> None:
    send(url, body_of(due_days=14), "first")
    send(url, body_of(due_days=30), "second")
    assert dovecote("drafts", "take-in").exit_code == 0
    (command,) = made(store)
    assert (command.request["due_days"], command.origin) == (30, "event webshop second")


def test_a_sender_needs_the_right_where_people_are_configured(
    url: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOVECOTE__PEOPLE__ANNA__MAY", "draft,approve")
    send(url, body_of())
    told = dovecote("drafts", "take-in")
    assert told.exit_code == 2
    assert "NO  webshop is not one of dovecote.people, so may not draft;" in told.stdout

    monkeypatch.setenv("DOVECOTE__PEOPLE__WEBSHOP__MAY", "draft")
    assert dovecote("drafts", "take-in", "--again", "1").exit_code == 0
    assert len(made(store)) == 1


def test_what_books_at_once_is_asked_for_by_a_person_and_never_by_a_system_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its sender is no second person: one who approves what a shop asked for would book alone."""
    body = json.dumps(
        {"kind": "link_bank_mutation", "administration_id": "101", "financial_mutation_id": "8",
         "booking_type": "LedgerAccount", "booking_id": "5", "amount": "25.00"}
    ).encode()  # fmt: skip
    create = create_app(store, sources=["requests"], secrets=SECRETS, now=lambda: NOW)
    with serve.start(create) as address:
        assert send(address, body, source="requests").status_code == 202

    told = dovecote("drafts", "take-in")
    assert told.exit_code == 2
    assert (
        "A link bank mutation books at once and needs two people, and webshop is not one of dovecote.people: submit it "
        "from a file, or add webshop there with the right to draft and read event 1 again."
    ) in " ".join(told.stdout.split())

    monkeypatch.setenv("DOVECOTE__PEOPLE__WEBSHOP__MAY", "draft")
    told = dovecote("drafts", "take-in", "--again", "1")
    assert "Payments and bank links of administration 101 are off" in told.stdout, "now only the place is against it"


def test_an_event_replaces_only_what_its_own_sender_asked_for() -> None:
    """Both call their request R-1; a script's file may name either."""
    office: Any = None
    found = {
        sender: TypedRequests().take(Asked(draft(" R-1 "), "event.json", sender=sender), office).requests[0][1].draft_id
        for sender in ("webshop", "crm", "")
    }
    assert found == {"webshop": "request:webshop:R-1", "crm": "request:crm:R-1", "": "R-1"}
    longest = draft("R" * 73)
    (bad,) = TypedRequests().take(Asked(longest, "event.json", sender="crm"), office).bad
    assert bad.sentence == (
        "event.json item 1, draft_id: expected an id of at most 68 characters, as request:crm: goes in front, found "
        "73 characters; correct it and submit again."
    )
    assert TypedRequests().take(Asked(longest, "event.json"), office).bad == ()


def draft(draft_id: str) -> bytes:
    lines = [{"description": "Advies", "quantity": "1", "unit_price": "100"}]
    return json.dumps({"administration_id": "101", "draft_id": draft_id, "contact_id": "7", "lines": lines}).encode()


def test_an_event_that_nobody_foresaw_is_set_aside_and_the_next_is_read(url: str, store: Store) -> None:
    """Otherwise it would stand in front of all others for ever."""

    class Careless(Orders):
        name = "crm"

        def take(self, asked: Asked, office: Office) -> Taken:
            raise KeyError(asked.name, office.now)

    send(url, body_of(), "a", source="crm")
    send(url, body_of(), "b")
    settings = load()
    with opened_office(settings, store) as office:
        found = [*intake.take_in(store, office, {"crm": Careless(), "orders": Orders()})]

    assert [(each.state, each.commands) for each in found] == [(EventState.REFUSED, ()), (EventState.TAKEN, (1,))]
    assert found[0].refused[0].startswith("Something in event 1 was not foreseen (KeyError); report it")


def test_only_one_process_takes_events_in(url: str, store: Store) -> None:
    """A second reader could put an old order over its correction."""
    send(url, body_of())
    with inbox.only_reader(store) as alone:
        assert alone
        with pytest.raises(CommandRefusedError, match="Another process is taking events in"):
            dovecote("drafts", "take-in")
    assert dovecote("drafts", "take-in").exit_code == 0


def test_killed_between_the_commands_and_the_mark_an_event_is_read_again_and_doubles_nothing(
    url: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        """The process is gone: nothing after it runs."""

    def killed(*_: Any, **__: Any) -> None:
        raise KilledError

    send(url, body_of())
    with monkeypatch.context() as patched:
        patched.setattr(intake.inbox, "mark", killed)
        with pytest.raises(KilledError):
            dovecote("drafts", "take-in")
    assert [event.state for event in events(store)] == [EventState.WAITING]
    assert [command.id for command in made(store)] == [1]

    assert dovecote("drafts", "take-in").exit_code == 0
    assert [event.state for event in events(store)] == [EventState.TAKEN]
    assert [command.id for command in made(store)] == [1]


@pytest.fixture
def process(store: Store, project_root: Path) -> Iterator[Callable[[], tuple[subprocess.Popen[str], str]]]:
    """`dovecote receiver` as a process of its own, on a port of its choice."""
    started: list[subprocess.Popen[str]] = []
    secret = "DOVECOTE__RECEIVER__SECRETS__WEBSHOP"

    def start() -> tuple[subprocess.Popen[str], str]:
        one = subprocess.Popen(
            [sys.executable, "-m", "pipelines", "receiver", "--port", "0", "--json"],
            stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(project_root), secret: SECRETS["webshop"]},
        )  # fmt: skip
        started.append(one)
        assert one.stdout is not None
        said = json.loads(one.stdout.readline())
        assert {"orders", "requests"} <= set(said["sources"])
        assert "schedule" not in said["sources"], "what reads no file takes no event"
        return one, said["url"]

    yield start
    for one in started:
        if one.poll() is None:
            one.kill()
        one.wait(10)
        assert one.stdout is not None
        one.stdout.close()


def test_a_receiver_killed_after_its_answer_has_lost_nothing(
    process: Callable[[], tuple[subprocess.Popen[str], str]], store: Store
) -> None:
    """What was answered is on disk: the next one gives the same answer, and the order becomes one command."""
    first, url = process()
    answer = send(url, body_of(), at=datetime.now(UTC))
    first.send_signal(signal.SIGKILL)
    first.wait(10)

    second, url = process()
    again = send(url, body_of(), at=datetime.now(UTC))
    second.send_signal(signal.SIGTERM)

    assert (answer.status_code, again.status_code, second.wait(15)) == (202, 200, 0)
    assert answer.json() == again.json()
    assert dovecote("drafts", "take-in").exit_code == 0
    assert len(made(store)) == 1


def test_a_receiver_without_senders_or_port_does_not_start(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="set a secret of 32 characters or more per sender"):
        dovecote("receiver")
    monkeypatch.setenv("DOVECOTE__RECEIVER__SECRETS__WEBSHOP", SECRETS["webshop"])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ConfigurationError, match=r"Port \d+ on 127\.0\.0\.1 cannot be used"):
            dovecote("receiver", "--port", str(taken.getsockname()[1]))


def test_secrets_are_strong_told_apart_and_shown_nowhere() -> None:
    def settings(**secrets: str) -> Any:
        return load({f"DOVECOTE__RECEIVER__SECRETS__{name}": secret for name, secret in secrets.items()})

    assert SECRETS["webshop"] not in repr(settings(WEBSHOP=SECRETS["webshop"]))
    for secrets, sentence in (
        ({"WEBSHOP": "short"}, "the secret of 'webshop' is shorter than 32 characters"),
        ({"A": "s" * 32, "B": "s" * 32}, "two senders have the same secret"),
        ({"A.B": "s" * 32}, "sender 'a.b' is not a name"),
    ):
        with pytest.raises(ConfigurationError, match=sentence) as caught:
            settings(**secrets)
        assert "sss" not in str(caught.value)


def test_a_store_keeps_the_first_body_of_a_key(store: Store) -> None:
    with store.write() as connection:
        first, is_new = inbox.keep(connection, NewEvent("orders", "webshop", "k", b"1"), at=NOW)
        again, is_new_again = inbox.keep(connection, NewEvent("orders", "webshop", "k", b"2"), at=NOW)
    assert (is_new, is_new_again, first, again.body) == (True, False, again, b"1")


@pytest.mark.skipif(not (shutil.which("openssl") and shutil.which("curl")), reason="needs openssl and curl")
def test_the_lines_of_the_readme_send_an_order(
    process: Callable[[], tuple[subprocess.Popen[str], str]], store: Store, tmp_path: Path, project_root: Path
) -> None:
    (script,) = re.findall(r"```sh\n(.*?Dovecote-Signature.*?)```", (project_root / "README.md").read_text(), re.S)
    (tmp_path / "order.json").write_bytes(body_of())
    _, url = process()

    sent = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script.replace("http://127.0.0.1:8642", url)],
        cwd=tmp_path, capture_output=True, text=True, timeout=30, check=True,
        env={**os.environ, "SECRET": SECRETS["webshop"]},
    )  # fmt: skip

    assert json.loads(sent.stdout)["status"] == "stored"
    assert [(event.sender, event.idempotency_key) for event in events(store)] == [("webshop", "order-1001")]

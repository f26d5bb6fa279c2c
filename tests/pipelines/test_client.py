"""What a failed call becomes: an error of a kind, as many attempts as help, and a line in the log without secrets."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipelines import errors
from pipelines.errors import ApiError, MalformedAnswerError
from pipelines.moneybird.auth import TokenAuth
from pipelines.moneybird.budget import Budget
from pipelines.moneybird.client import ATTEMPTS, THROTTLE_ATTEMPTS, Backoff, Client
from pipelines.moneybird.failures import FailedCall, redact
from pipelines.moneybird.records import read_page
from pipelines.moneybird.resources import BY_NAME
from pipelines.run.failed_calls import FailedCalls
from pipelines.sandbox.app import create_app
from pipelines.sandbox.company import build_group
from pipelines.sandbox.in_process import API_URL, BASE_URL, transport
from pipelines.sandbox.throttle import Throttle
from pipelines.sandbox.world import World


@dataclass
class Line:
    """A client on a line to a sandbox that can be spoiled, and what it told of failures."""

    client: Client
    control: httpx.Client
    administration_id: str
    token: str
    failed: list[FailedCall] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    def fault(self, kind: str, **fields: Any) -> None:
        answer = self.control.post("/_sandbox/faults", json={"kind": kind, "match": "contacts", **fields})
        assert answer.status_code == 200, answer.text


@pytest.fixture(scope="module")
def world() -> World:
    return build_group(years=1, administrations=2)


@pytest.fixture
def line(world: World) -> Iterator[Line]:
    world.faults.clear()
    token = next(iter(world.tokens.values()))
    app = create_app(world, Throttle.off())
    failed: list[FailedCall] = []
    slept: list[float] = []
    with (
        Client(
            API_URL,
            TokenAuth("holding", token.secret),
            Budget(sleep=slept.append),
            transport=transport(app),
            backoff=Backoff(0, 0),
            on_failure=failed.append,
        ) as client,
        httpx.Client(transport=transport(app), base_url=BASE_URL) as control,
    ):
        yield Line(client, control, str(token.administrations[0]), token.secret, failed, slept)


@pytest.mark.parametrize(
    ("fault", "kind", "attempts"),
    [
        ({"kind": "status", "status": 400, "body": {"error": "page is invalid"}}, "validation", 1),
        ({"kind": "status", "status": 401, "body": {"error": "unauthorized"}}, "authorisation", 1),
        ({"kind": "status", "status": 401, "body": {"error": "No access to settings"}}, "scope", 1),
        ({"kind": "status", "status": 402, "body": {"error": "limited"}}, "plan_limit", 1),
        ({"kind": "status", "status": 403, "body": {"error": "Forbidden"}}, "forbidden", 1),
        ({"kind": "status", "status": 404, "body": {"error": "record not found"}}, "not_found", 1),
        ({"kind": "status", "status": 422, "body": {"error": {"period": ["is invalid"]}}}, "validation", 1),
        ({"kind": "throttle"}, "throttle", THROTTLE_ATTEMPTS),
        ({"kind": "status", "status": 500}, "server", ATTEMPTS),
        ({"kind": "status", "status": 503}, "server", ATTEMPTS),
        ({"kind": "lost_answer"}, "network", ATTEMPTS),
        ({"kind": "truncated"}, "malformed", ATTEMPTS),
        ({"kind": "html", "status": 200}, "malformed", ATTEMPTS),
        ({"kind": "status", "status": 302, "body": {"error": "moved"}}, "malformed", ATTEMPTS),
    ],
)
def test_every_failure_is_of_a_kind_and_sent_again_only_where_that_helps(
    line: Line, fault: dict[str, Any], kind: str, attempts: int
) -> None:
    line.fault(**fault, times=99)

    with pytest.raises(ApiError) as caught:
        line.client.get(line.administration_id, "contacts")

    assert caught.value.kind == kind
    assert [(call.kind, call.attempt) for call in line.failed] == [(kind, n) for n in range(1, attempts + 1)]
    assert len(line.slept) == (attempts - 1 if kind == "throttle" else 0), "it waits for quota only after a 429"


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (
            400,
            "Moneybird refuses contacts of administration {} (400) and does not say why; update Dovecote or report it.",
        ),
        (402, "The plan does not allow contacts of administration {}; choose a plan in Moneybird that does."),
    ],
)
def test_a_refusal_without_words_is_a_whole_sentence(line: Line, status: int, sentence: str) -> None:
    """A page of a proxy in between has no words of Moneybird's."""
    line.fault("html", status=status, times=9)

    with pytest.raises(ApiError) as caught:
        line.client.get(line.administration_id, "contacts")

    assert str(caught.value) == sentence.format(line.administration_id)


@pytest.mark.parametrize(("fault", "found"), [("html", "an HTML page"), ("truncated", "text that is cut off")])
def test_records_that_are_no_json_are_said_like_any_answer(line: Line, fault: str, found: str) -> None:
    """Whatever the look at them makes of it."""
    contacts = BY_NAME["contacts"]
    look = partial(read_page, contacts, line.administration_id)
    ids = [one["id"] for one in line.client.get(line.administration_id, "contacts/synchronization").json()]
    line.fault(fault, method="POST", times=9, **({"status": 200} if fault == "html" else {}))

    with pytest.raises(MalformedAnswerError, match=f"found {found}.* check api_url"):
        line.client.fetch(line.administration_id, contacts.path, ids[:2], look)


def test_a_write_is_sent_once_whatever_comes_back(line: Line) -> None:
    line.fault("status", status=500, times=99)
    with pytest.raises(ApiError):
        line.client.post(line.administration_id, "contacts", {"contact": {"company_name": "x"}})
    assert [(call.method, call.attempt) for call in line.failed] == [("POST", 1)]


def test_a_fault_that_passes_leaves_its_line_and_the_answer(line: Line) -> None:
    line.fault("status", status=502, times=1)
    assert line.client.get(line.administration_id, "contacts").status == 200
    (call,) = line.failed
    assert (call.method, call.path, call.administration_id, call.token_name, call.status, call.attempt) == (
        "GET", "contacts", line.administration_id, "holding", 502, 1,
    )  # fmt: skip


def test_waiting_for_quota_is_told_with_the_attempt_it_delayed(line: Line) -> None:
    line.fault("throttle", times=1)
    line.fault("status", status=500, times=1)
    line.client.get(line.administration_id, "contacts")

    refused, broken = line.failed
    assert (refused.kind, refused.waited_seconds) == ("throttle", 0)
    assert (broken.kind, broken.waited_seconds) == ("server", pytest.approx(line.slept[0], abs=0.1))


def test_every_error_of_the_api_has_a_kind_of_its_own() -> None:
    classes = [cls for cls in ApiError.__subclasses__() if cls.__module__ == errors.__name__]
    kinds = [cls.kind for cls in classes]
    assert len(kinds) == len(set(kinds)) == 10
    assert set(kinds) == set(errors.Kind.__args__)  # type: ignore[attr-defined]


SECRETS = {
    "e-mail": "anna.devries@example.com",
    "link": "https://moneybird.com/1/sales_invoices/abc/def0123456789.pdf?token=verysecret",
    "link without a scheme": "moneybird.com/1/payments/9f8e7d6c5b",
    "another token": "d5f1c0ffee5d5f1c0ffee5d5f1c0ffee",
}


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 422, 500])
@pytest.mark.parametrize("shape", ["sentence", "fields", "records"])
def test_no_secret_of_an_error_body_is_in_the_log_or_the_sentence(
    line: Line, tmp_path: Path, status: int, shape: str
) -> None:
    spoken = f"No access to {line.token} {' '.join(SECRETS.values())}"
    body: object = {
        "sentence": {"error": spoken},
        "fields": {"error": {"contact": [spoken], "deep": {"nested": spoken}}, "details": spoken},
        "records": [{"firstname": "Anna", "note": spoken}],
    }[shape]
    log = FailedCalls(tmp_path / "logs" / "failed_calls.jsonl")
    line.fault("status", status=status, body=body, times=99)

    with pytest.raises(ApiError) as caught:
        line.client.get(line.administration_id, f"contacts/customer_id/{SECRETS['e-mail']}", {"query": "secret"})
    for call in line.failed:
        log(call)
    written = (tmp_path / "logs" / "failed_calls.jsonl").read_text()

    assert written.count("\n") == len(line.failed) > 0
    for name, secret in {
        **SECRETS,
        "token": line.token,
        "person": "Anna",
        "query": "secret=",
        "body": "nested",
    }.items():
        assert secret not in written, name
    for name, secret in {**SECRETS, "token": line.token, "person": "Anna"}.items():
        if name != "e-mail":  # the caller's own path is in its sentence
            assert secret not in str(caught.value), name


def test_words_that_help_stay() -> None:
    said = "details.0.ledger_account_id is not found: 408814593815609345; contact_id can't be blank; page is invalid"
    assert redact(said) == said


def test_the_log_holds_one_object_a_line_that_only_its_owner_reads(line: Line, tmp_path: Path) -> None:
    file = tmp_path / "logs" / "failed_calls.jsonl"
    line.fault("status", status=422, body={"error": {"period": ["is invalid"]}})
    with pytest.raises(ApiError):
        line.client.get(line.administration_id, "contacts")
    FailedCalls(file)(line.failed[0])

    (written,) = map(json.loads, file.read_text().splitlines())
    assert {name: written[name] for name in ("method", "path", "status", "kind", "attempt", "words")} == {
        "method": "GET", "path": "contacts", "status": 422, "kind": "validation", "attempt": 1,
        "words": "period is invalid",
    }  # fmt: skip
    assert written["at"].endswith("Z")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_full_log_is_moved_aside_and_three_are_kept(line: Line, tmp_path: Path) -> None:
    line.fault("status", status=400)
    with pytest.raises(ApiError):
        line.client.get(line.administration_id, "contacts")
    file = tmp_path / "failed_calls.jsonl"
    log = FailedCalls(file, file_bytes=1000)
    for _ in range(40):
        log(line.failed[0])

    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == [file.name, *(f"{file.name}.{number}" for number in (1, 2, 3))]
    for path in tmp_path.iterdir():
        assert path.stat().st_size <= 1000
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert all(json.loads(text)["status"] == 400 for text in path.read_text().splitlines())


def test_a_log_that_cannot_be_written_stops_nothing(
    line: Line, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    line.fault("status", status=400)
    with pytest.raises(ApiError):
        line.client.get(line.administration_id, "contacts")
    (tmp_path / "logs").write_text("a file where a directory should be")

    FailedCalls(tmp_path / "logs" / "failed_calls.jsonl")(line.failed[0])

    assert "failed_calls.not_written" in caplog.text

"""Every write of the contract, replayed with the contract's own bodies.

The answer must have the documented status and keep to the schema of that status, show what was sent, and leave books
that balance and that the truth, which does not know them, comes to as well. Needs the contract and its examples beside
the repository; without them these tests say that they did not run.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import httpx
import pytest

from pipelines.sandbox.api.operations import OPERATIONS
from pipelines.sandbox.truth import Truth
from tests.sandbox import replay, replay_records
from tests.sandbox.contract import MISSING, Contract, load
from tests.sandbox.office import Office, samples, violations
from tests.sandbox.replay import Scene

# Writes of the contract that the sandbox does not serve.
NOT_SERVED = {
    "task_list": "task lists are no bookkeeping; nothing of Dovecote reads or writes them",
}
# Documented requests that cannot succeed as they stand.
NO_SUCCESS = {
    "ViewsAdditionalChargesOfAContact": "a case of the GET of that path, filed under its POST",
    "POST /sepa_credit_transfer": "needs an account at Moneybird's own bank, which nobody here has",
}
NOT_SHOWN = {  # sent, and not part of the answer, or as something else
    "time_entry_ids", "email_message", "email_address", "delivery_method", "mandate_request", "rgs_code",
    "custom_fields_attributes", "deliver_ubl", "sending_scheduled", "price_base",
}  # fmt: skip


@pytest.fixture
def office() -> Iterator[Office]:
    for opened in replay_records.stage():
        yield opened
        booked = opened.administration.ledger
        documents: dict[Any, int] = defaultdict(int)
        days: dict[date, int] = defaultdict(int)
        for line in booked.every_line():
            documents[line.document_type, line.document_id] += line.amount
            days[line.day] += line.amount
        assert {*documents.values(), *days.values()} <= {0}, "debit and credit differ"
        late = date(2100, 1, 1)
        told = Truth(opened.administration).balances(late)
        held = {id_: booked.balance(id_, late) for id_ in opened.administration.accounts}
        assert {k: v for k, v in told.items() if v} == {k: v for k, v in held.items() if v}, "truth and books differ"


def cases() -> list[Any]:
    """Operation, name of the case and body of every write; where the contract shows no body, one without."""
    contract, bodies = load(), samples("_request_bodies")
    if contract is None or bodies is None:
        return []
    shown = [(operation, case["name"], case["value"]) for operation, rows in bodies.items() for case in rows]
    writes = [f"{op.method} /{op.path}" for op in contract.operations if op.method != "GET"]
    return [
        pytest.param(operation, name, body, id=f"{operation} {name}")
        for operation, name, body in [*shown, *((write, "", None) for write in writes if write not in bodies)]
        if not any(part in operation for part in NOT_SERVED) and not {operation, name} & NO_SUCCESS.keys()
    ]


CASES = cases()


@pytest.fixture(scope="module")
def contract() -> Contract:
    found = load()
    if found is None:
        pytest.skip(MISSING)
    return found


@pytest.mark.skipif(not CASES, reason=MISSING)
@pytest.mark.parametrize(("operation", "case", "body"), CASES)
def test_a_documented_write_is_answered_as_documented(
    office: Office, contract: Contract, operation: str, case: str, body: Any
) -> None:
    method, _, path = operation.partition(" /")
    documented = contract.find(method, path)
    assert documented is not None
    scene = replay.set_scene(office, operation, case)
    wanted = scene.fitted(body)
    office.world.clock.advance(timedelta(seconds=1))
    answer = ask(office, operation, scene, wanted)
    assert answer.status_code == expected(documented.raw["responses"], case), answer.text
    assert contract.check(documented, answer) == []
    if answer.headers.get("Content-Type") == "application/json":
        assert violations(method, scene.path, answer) == []
        assert unlike(wanted, answer.json()) == []


def ask(office: Office, operation: str, scene: Scene, wanted: Any) -> httpx.Response:
    """The request; a file where the contract wants one, and what the contract shows no body of."""
    method, _, path = operation.partition(" ")
    if path.endswith(("/attachments", "/attachment")):
        return replay.upload(office, scene.path.rpartition("/")[0])
    if path.endswith("send_reminders"):
        wanted = {"sales_invoice_reminders": [replay.reminder(office)]}
    url = f"/{office.administration.id}/{scene.path}.json"
    return office.client.request(method, url, json=wanted, headers={"Authorization": "Bearer office"})


def expected(responses: dict[str, Any], case: str) -> int:
    """The status under which the contract shows this case, else its only success."""
    for status, response in responses.items():
        shown = (media.get("examples", {}) for media in response.get("content", {}).values())
        if any(case in examples for examples in shown):
            return int(status)
    [only] = [int(status) for status in responses if int(status) < 400]
    return only


def unlike(wanted: Any, told: Any) -> list[str]:
    """Fields that were sent and are told differently."""
    if not isinstance(wanted, dict) or not isinstance(told, dict):
        return []
    inner = next(iter(wanted.values()), None)
    sent = inner if len(wanted) == 1 and isinstance(inner, dict) else wanted
    return [
        f"{name}: sent {value!r}, told {told[name]!r}"
        for name, value in sent.items()
        if name in told and name not in NOT_SHOWN and not isinstance(value, dict | list) and not same(value, told[name])
    ]


def same(sent: Any, told: Any) -> bool:
    """Text, number, day or period alike, however it is written."""
    if ".." in str(sent):
        return all(day.startswith(month) for day, month in zip(sent.split(".."), str(told).split(".."), strict=True))
    if isinstance(sent, bool) or sent in (None, ""):
        return sent == told or not (sent or told)
    try:
        return Decimal(str(sent).replace(",", ".")) == Decimal(str(told))
    except InvalidOperation:
        return str(told) in (str(sent), str(sent)[:10], re.sub(r"-(\d)\b", r"-0\1", str(sent)))


def test_every_write_of_the_contract_is_replayed_or_not_served(contract: Contract) -> None:
    """Also the other way round: what is said not to be served is in no table."""
    served = {f"{row.method} /{'/'.join(row.path)}".replace("*", "") for row in OPERATIONS if row.method != "GET"}
    writes = {f"{operation.method} /{operation.path}" for operation in contract.operations if operation.method != "GET"}
    assert {write for write in writes if any(part in write for part in NOT_SERVED)} == writes - served
    replayed = {case.values[0] for case in CASES}
    assert served - replayed == {operation for operation in NO_SUCCESS if " /" in operation}


def test_a_difference_would_be_noticed() -> None:
    sent = {"contact": {"city": "Gouda", "budget": "1,50", "day": "2026-08-21T10:00:00Z", "note": ""}}
    assert unlike(sent, {"city": "Gouda", "budget": "1.5", "day": "2026-08-21", "note": None}) == []
    assert unlike(sent, {"city": "Delft", "budget": "1.51", "day": "2026-08-20"}) == [
        "city: sent 'Gouda', told 'Delft'",
        "budget: sent '1,50', told '1.51'",
        "day: sent '2026-08-21T10:00:00Z', told '2026-08-20'",
    ]

"""Every refusal that the contract shows, asked for again: the documented status and, word for word, the body.

Needs the examples beside the repository; without them these tests say that they did not run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from pipelines.sandbox.dialect import Dialect
from pipelines.sandbox.tokens import Token
from tests.sandbox import replay, replay_records, replay_wrong, replay_wrong_others
from tests.sandbox.contract import MISSING
from tests.sandbox.office import Office, samples
from tests.sandbox.replay_wrong import UNKNOWN, Wrong
from tests.sandbox.sales_office import customer

# Refusals that are not replayed, by the operation or by words in the name of the case.
NEVER = {
    "task_list": "task lists are not served",
    "/sepa_credit_transfer": "always 403: nobody in the sandbox has an account at Moneybird's own bank",
    "has no permissions to notes": "rights of single users are not modelled; a token has scopes",
    "exceeding the rate limit": "for all operations at once in test_throttle",
}
UNTIL_SEPTEMBER = "Period cannot exceed 1 month"  # of reports; lifted on 2026-09-30, and a switch of the dialect
WRONG = replay_wrong.WRONG | replay_wrong_others.WRONG


def refusals() -> list[Any]:
    """Operation, case, status and body of every refusal that is to be replayed."""
    found = [
        (row["operation"], row["case"], int(status), row["body"])
        for status, rows in (samples("_errors_by_status") or {}).items()
        for row in rows
    ]
    return [
        pytest.param(*row, id=f"{row[2]} {row[0]} {row[1]}")
        for row in found
        if not any(words in f"{row[0]} {row[1]}" for words in NEVER)
    ]


CASES = refusals()


@pytest.fixture
def office(request: pytest.FixtureRequest) -> Iterator[Office]:
    yield from replay_records.stage(getattr(request, "param", None))


@pytest.mark.skipif(not CASES, reason=MISSING)
@pytest.mark.parametrize(("operation", "case", "status", "body"), CASES)
def test_a_documented_refusal_comes_word_for_word(operation: str, case: str, status: int, body: Any) -> None:
    dialect = Dialect(d11_report_period="one_month") if body.get("error") == UNTIL_SEPTEMBER else None
    for office in replay_records.stage(dialect):
        wrong = how(operation, case, status)
        path = reach(office, operation, case, wrong, known=status in (400, 402, 422) or wrong.make is not None)
        if wrong.before is not None:
            wrong.before(office)
        given = wrong.body(office) if callable(wrong.body) else wrong.body
        if given is None and status == 404:
            given = first_body(operation)
        with office.unchanged():
            answer = ask(office, operation, path, wrong, given, "nobody" if status == 401 else "office")
        assert (answer.status_code, answer.json()) == (status, body)


def how(operation: str, case: str, status: int) -> Wrong:
    own = WRONG.get(operation, {}).get(case)
    if own is not None:
        return own
    if status in (401, 404) and "filter" not in case:
        return Wrong()
    return next(wrong for words, wrong in replay_wrong_others.COMMON.items() if words in case)


def reach(office: Office, operation: str, case: str, wrong: Wrong, known: bool) -> str:
    """The path with ids of the record it is about, or with unknown ones."""
    path = operation.partition(" /")[2]
    if wrong.path:
        record = (wrong.make or replay.usual(operation))(office) if "{" in wrong.path else {}
        filled = wrong.path.replace("{supplier}", office.supplier).replace("{customer}", customer(office))
        filled = filled.replace("{account}", office.account("bank"))
        return re.sub(r"\{\w*\}", record.get("id", ""), filled)
    writes = not operation.startswith("GET")
    if known and writes and not ((case and "does not exist" in case) or "wrong contact id" in case):
        return replay.set_scene(office, operation, case, wrong.make).path
    return re.sub(r"\{\w+\}", UNKNOWN, path)


def first_body(operation: str) -> Any:
    cases = (samples("_request_bodies") or {}).get(operation)
    return cases[0]["value"] if cases else None


def ask(office: Office, operation: str, path: str, wrong: Wrong, given: Any, who: str) -> httpx.Response:
    token = Token("nobody", "nobody", (office.administration.id,), frozenset())
    office.world.add_token(token)
    method = operation.partition(" ")[0]
    url = f"/{office.administration.id}/{path}.json"
    header = {"Authorization": f"Bearer {who}"}
    return office.client.request(method, url, json=given, params=wrong.query, headers=header)


def test_every_reconstruction_has_its_example() -> None:
    if not CASES:
        pytest.skip(MISSING)
    shown = {(case.values[0], case.values[1]) for case in CASES}
    assert {(operation, case) for operation, cases in WRONG.items() for case in cases} <= shown

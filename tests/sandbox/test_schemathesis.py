"""schemathesis, which reads Moneybird's contract in its own way, calls every served GET with the contract's examples.

Nothing of our reading of the contract is behind it but the ids. Its examples phase sends what the document shows, and
its four response checks judge status, content type, headers and body of every answer.

Overridden, because the document's examples name records of Moneybird's own test suite:

* ids in paths, the administration's among them, and ids in queries that have an example: ids of the demo group;
* query parameters without which there is no answer (`NEEDED` of the survey);
* `{format}`, always `.json`, as in `tests/outside/official_contract.py`.

Ids inside `filter` examples stay: a list of nobody's records is an answer too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from schemathesis.engine import Status, events, from_schema
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.python.asgi import shutdown_lifespans

from pipelines.sandbox.app import create_app
from pipelines.sandbox.throttle import Throttle
from pipelines.sandbox.world import Token
from tests.outside.official_contract import repaired
from tests.sandbox.conftest import Desk
from tests.sandbox.contract import MISSING, Documented, load
from tests.sandbox.contract_ids import SERVED
from tests.sandbox.contract_survey import NothingToCallError, Survey

GETS = sorted(SERVED)
CHECKS = (
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)


@dataclass
class Verdict:
    """What schemathesis did with one operation."""

    calls: list[tuple[int, str]]  # status and address
    complaints: list[str]


@dataclass
class Run:
    """What one run says of the operations, by their label, and what it has against the document itself."""

    verdicts: dict[str, Verdict]
    errors: list[str]


@pytest.fixture(scope="module")
def survey(desk: Desk) -> Iterator[Survey]:
    contract = load()
    if contract is None:
        pytest.skip(MISSING)
    desk.world.add_token(Token("everywhere", "everywhere", tuple(desk.world.administrations)))
    yield Survey(desk, contract)
    shutdown_lifespans()


@pytest.fixture(scope="module")
def run(survey: Survey) -> Run:
    return _run(survey, repaired(survey.contract.document, same_records=False), GETS)


def _run(survey: Survey, document: dict[str, Any], paths: list[str]) -> Run:
    verdicts, called = {}, []
    for operation in map(survey.operation, paths):
        verdict = verdicts[f"GET {_path(operation)}"] = Verdict([], [])
        try:
            called.append({"include-path": _path(operation), "parameters": _overrides(survey, operation)})
        except NothingToCallError as error:
            verdict.complaints.append(str(error))
    document["paths"] = {one["include-path"]: {"get": document["paths"][one["include-path"]]["get"]} for one in called}
    schema = schemathesis.openapi.from_dict(document, config=_config(called))
    schema.app = create_app(survey.desk.world, Throttle.off())
    errors = []
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            _judge(event.recorder, verdicts[event.recorder.label])
        elif isinstance(event, events.NonFatalError):
            errors.append(f"{event.label}: {event.info.message}")
    return Run(verdicts, errors)


def _path(operation: Documented) -> str:
    return operation.template.replace("{format}", ".json")


def _config(operations: list[dict[str, Any]]) -> schemathesis.Config:
    """The examples of the document and nothing that is invented, remembered or written to disk."""
    return schemathesis.Config.from_dict(
        {
            "base-url": "http://testserver/api/v2",
            "headers": {"Authorization": "Bearer everywhere"},
            "operations": operations,
            "generation": {"deterministic": True, "database": "none"},
            "cache": {"enabled": False},
            "phases": {
                "enabled": False,
                # An operation without parameters has no example and is called all the same.
                "examples": {
                    "enabled": True,
                    "fill-missing": True,
                    "operation-ordering": "none",
                    "extra-data-sources": {"responses": False},
                },
            },
            "checks": {"enabled": False, **{name: {"enabled": True} for name in CHECKS}},
        }
    )


def _overrides(survey: Survey, operation: Documented) -> dict[str, str]:
    name, arguments = survey.somewhere(operation)
    queries = next(iter(survey.needed(operation, name)), {})
    shown = [key for key, value in operation.parameters.items() if key.endswith("_id") and "examples" in value]
    for key in shown:
        if operation.takes(key):
            queries |= survey.sample(operation, name, key)
    found = {f"path.{key}": value for key, value in arguments.items()} | {f"query.{k}": v for k, v in queries.items()}
    # Of the list of administrations itself this is not a parameter, and nothing is overridden.
    return found | {"path.administration_id": str(survey.desk.names[name].id)}


def _judge(recorder: ScenarioRecorder, verdict: Verdict) -> None:
    for interaction in recorder.interactions.values():
        verdict.calls.append((interaction.response.status_code if interaction.response else 0, interaction.request.uri))
    for case, checks in recorder.checks.items():
        for check in checks:
            if check.status is not Status.SUCCESS:
                failure = check.failure_info.failure.message if check.failure_info else "the check itself failed"
                verdict.complaints.append(f"{check.name} of {recorder.interactions[case].request.uri}: {failure}")


@pytest.mark.parametrize("path", GETS)
def test_schemathesis_finds_nothing_wrong(survey: Survey, run: Run, path: str) -> None:
    operation = survey.operation(path)
    verdict = run.verdicts[f"GET {_path(operation)}"]
    assert not verdict.complaints, "\n".join(verdict.complaints)
    succeeded = [address for status, address in verdict.calls if status in operation.successes]
    assert succeeded, f"no call succeeded: {verdict.calls}"


def test_schemathesis_could_read_all_of_the_document(run: Run) -> None:
    assert not run.errors, "\n".join(run.errors)


def test_schemathesis_would_have_noticed(survey: Survey) -> None:
    """The same run against a contract that says otherwise of one property."""
    document = repaired(survey.contract.document, same_records=False)
    document["components"]["schemas"]["ledger_account_response"]["properties"]["name"] = {"type": "integer"}
    [verdict] = _run(survey, document, ["ledger_accounts"]).verdicts.values()
    assert any('is not of type "integer"' in complaint for complaint in verdict.complaints), verdict

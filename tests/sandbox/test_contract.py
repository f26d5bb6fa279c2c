"""The sandbox against Moneybird's official contract, operation by operation, when that document lies beside the clone.

Everything here runs over `OPERATIONS`: an operation that is added is called, validated, refused and searched for empty
properties without a line in this file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest

from pipelines.sandbox.api.operations import OPERATIONS
from tests.sandbox.always_empty import ALWAYS_EMPTY, NO_EXAMPLE
from tests.sandbox.conftest import Desk, frozen_group, open_desk
from tests.sandbox.contract import MISSING, Contract, Documented, load
from tests.sandbox.contract_fill import Fill, fits
from tests.sandbox.contract_ids import SERVED
from tests.sandbox.contract_refusals import Refusal, refusals, stray_key, with_stray_key
from tests.sandbox.contract_survey import NothingToCallError, Survey


def _takes_a_closed_body(method: str, path: str) -> bool:
    contract = load()
    operation = contract and contract.find(method, path)
    return bool(operation and with_stray_key(operation))


GETS = sorted(SERVED)
ROWS = [(row.method, "/".join(row.path)) for row in OPERATIONS]
SYNCHRONIZED = sorted(path.rpartition("/")[0] for method, path in ROWS if method == "POST" and "/synchron" in path)
CLOSED = [row for row in ROWS if row[0] != "GET" and _takes_a_closed_body(*row)]
# The gateway answers this one itself: it is above the administrations and open to every token.
ABOVE = ("GET", "administrations")


@pytest.fixture(scope="module")
def contract() -> Contract:
    found = load()
    if found is None:
        pytest.skip(MISSING)
    return found


@pytest.fixture(scope="module")
def survey(desk: Desk, contract: Contract) -> Survey:
    return Survey(desk, contract)


@pytest.fixture(scope="module")
def scratch(contract: Contract) -> Iterator[Survey]:
    """A group of its own for writes that ought to be refused, so that one that is not spoils no other answer."""
    for desk in open_desk(frozen_group()):
        yield Survey(desk, contract)


@pytest.mark.parametrize(("method", "path"), ROWS, ids=lambda value: value)
def test_a_served_operation_is_in_the_contract_with_the_same_scopes(contract: Contract, method: str, path: str) -> None:
    documented = contract.find(method, path)
    assert documented is not None, f"{method} {path} is served and is not in the contract"
    [row] = [row for row in OPERATIONS if (row.method, "/".join(row.path)) == (method, path)]
    assert frozenset(map(frozenset, row.scopes)) == documented.scopes
    assert _scopes_in_words(documented) == documented.scopes, "the document's sentence and its `security` disagree"


def _scopes_in_words(documented: Documented) -> frozenset[frozenset[str]]:
    """`security` was wrong once, and the sentence was right (QUIRKS 68)."""
    _, _, sentence = documented.raw.get("description", "").partition("### Required scope(s)\n")
    names = re.findall(r"`(\w+)`", sentence.split("\n")[0])
    return frozenset(frozenset({name}) for name in names) if "Any of" in sentence else frozenset({frozenset(names)})


def test_every_operation_of_the_contract_is_served_once_or_listed(contract: Contract) -> None:
    served = [contract.find(*row) for row in [ABOVE, *ROWS]]
    missing = [str(operation) for operation in contract.operations if operation not in served]
    print(
        f"{len(missing)} of {len(contract.operations)} operations of the contract are not served:", *missing, sep="\n  "
    )
    assert len(missing) + len(served) == len(contract.operations), "two rows serve one operation"


@pytest.mark.parametrize("path", GETS)
def test_every_answer_is_as_the_contract_says(survey: Survey, path: str) -> None:
    """With ids of the group, in every administration, over all years, on every page, with every documented value."""
    asked = survey.everything(path)
    wrong = [str(one) for one in asked if one.problems]
    assert not wrong, "\n".join([f"{len(wrong)} of {len(asked)} answers are not as documented, such as:", *wrong[:5]])
    assert any(one.status in survey.operation(path).successes for one in asked)


@pytest.mark.parametrize(("method", "path"), [ABOVE, *ROWS], ids=lambda value: value)
def test_every_refusal_is_as_the_contract_says(survey: Survey, method: str, path: str) -> None:
    """Unknown ids, wrong pages, wrong filters, wrong periods, a token without scopes."""
    operation = survey.contract.find(method, path)
    assert operation is not None
    wrong = [found for refusal in refusals(survey, operation) for found in _not_as_documented(operation, refusal)]
    assert not wrong, "\n".join([f"{len(wrong)} refusals are not as documented:", *wrong])


@pytest.mark.parametrize(("method", "path"), CLOSED, ids=lambda value: value)
def test_a_key_that_the_contract_does_not_know_is_refused(scratch: Survey, method: str, path: str) -> None:
    """Wherever the schema of the body is closed (`unevaluatedProperties: false`; QUIRKS 45)."""
    operation = scratch.contract.find(method, path)
    assert operation is not None
    wrong = _not_as_documented(operation, stray_key(scratch, operation))
    assert not wrong, "\n".join(wrong)


def _not_as_documented(operation: Documented, refusal: Refusal) -> list[str]:
    answer = refusal.answer
    problems = operation.contract.check(operation, answer) if answer.is_error else []
    if refusal.expected is not None and answer.status_code not in refusal.expected:
        problems.append(f"expected {sorted(refusal.expected)}: {answer.text[:160]}")
    return [f"{refusal.wrong} → {answer.status_code}: {problem}" for problem in problems]


@pytest.mark.parametrize(
    ("path", "header", "status"),
    [
        ("sales_invoices.json", {"Authorization": "Bearer wrong"}, 401),
        ("sales_invoices.json", {"Authorization": ""}, 401),
        ("nothing_of_the_kind.json", {}, 404),
        ("sales_invoices/nothing/of/the/kind.json", {}, 404),
        ("contacts.xml", {}, 406),
    ],
)
def test_what_the_gate_refuses_has_a_documented_body(
    survey: Survey, path: str, header: dict[str, str], status: int
) -> None:
    desk, operation = survey.desk, survey.operation("sales_invoices")
    answer = desk.client.get(f"/{desk.names['Studio'].id}/{path}", headers=desk.authorization("Studio") | header)
    assert answer.status_code == status
    assert survey.contract.check(operation, answer) == []


def test_somebody_elses_administration_and_a_wrong_method_have_a_documented_body(survey: Survey) -> None:
    desk, operation = survey.desk, survey.operation("sales_invoices")
    header = desk.authorization("Studio")
    foreign = desk.client.get(f"/{desk.names['Webwinkel'].id}/sales_invoices.json", headers=header)
    method = desk.client.put(f"/{desk.names['Studio'].id}/contacts/synchronization.json", headers=header)
    assert [foreign.status_code, method.status_code] == [404, 405]
    assert [survey.contract.check(operation, answer) for answer in (foreign, method)] == [[], []]


def test_a_throttled_answer_has_the_documented_headers_and_body(throttled_desk: Desk, contract: Contract) -> None:
    """The document has the headers of a 429 with the reports and the users only."""
    operation = contract.find("GET", "reports/general_ledger")
    assert operation is not None
    answers = [throttled_desk.get("Studio", "reports/general_ledger.json") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert contract.check(operation, answers[-1]) == []


@pytest.mark.parametrize("resource", SYNCHRONIZED)
def test_post_synchronization_answers_as_the_contract_says(survey: Survey, resource: str) -> None:
    """The records of a hundred ids of every list, however old or archived they are."""
    operation = survey.contract.find("POST", f"{resource}/synchronization")
    assert operation is not None
    for name in survey.desk.names:
        ids = [row["id"] for row in survey.records(f"{resource}/synchronization", name)][:100]
        answer = survey.desk.post(name, f"{resource}/synchronization.json", {"ids": ids})
        assert {row["id"] for row in answer.json()} == set(ids)
        assert survey.contract.check(operation, answer) == []


def test_a_created_draft_answers_as_the_contract_says(fresh_desk: Desk, contract: Contract) -> None:
    contact = next(iter(fresh_desk.names["Studio"].contacts))
    body = {"sales_invoice": {"contact_id": contact, "details_attributes": [{"description": "x", "price": 12.5}]}}
    answer = fresh_desk.post("Studio", "sales_invoices.json", body)
    operation = contract.find("POST", "sales_invoices")
    assert answer.status_code == 201
    assert operation is not None
    assert contract.check(operation, answer) == []


def test_the_keys_are_those_of_the_contract(desk: Desk, contract: Contract) -> None:
    """Nothing left out, nothing added, in whatever state: a client sees the object it knows."""
    schemas = contract.document["components"]["schemas"]
    invoice = desk.get("Studio", "sales_invoices.json", filter="state:paid").json()[0]
    assert set(invoice) == set(schemas["sales_invoice_response"]["properties"])
    assert set(invoice["payments"][0]) == set(schemas["payment_response"]["properties"])
    optional_on_estimates = {"is_optional", "is_selected"}
    assert set(invoice["details"][0]) == set(schemas["detail_response"]["properties"]) - optional_on_estimates
    assert set(invoice["contact"]) == set(schemas["simple_contact_response"]["properties"])
    entry = desk.get("Studio", "time_entries.json").json()[0]
    assert set(entry) == set(schemas["time_entry_response"]["properties"])


def test_every_property_that_is_always_empty_has_a_reason(survey: Survey) -> None:
    """Null fields and empty lists over all records of all answers; and no reason is left that nothing needs."""
    for path in GETS:
        with suppress(NothingToCallError):  # said by the test of that operation
            survey.everything(path)
    never = survey.fill.never()
    patterns = {pattern: reason for reason, patterns in ALWAYS_EMPTY.items() for pattern in patterns}
    reasons = {name: [reason for pattern, reason in patterns.items() if fits(pattern, name)] for name in never}
    print(f"{len(never)} documented properties are empty in every record that the sandbox serves:")
    for name, kind in never.items():
        print(f"  {name} is always {kind}: {'; '.join(reasons[name]) or 'no reason'}")
    without = [name for name in never if not reasons[name]]
    idle = [pattern for pattern in patterns if not any(fits(pattern, name) for name in never)]
    assert not without, "\n  ".join(
        ["Always empty without a reason. Have the group fill them, or say why not in always_empty.py:", *without]
    )
    assert not idle, "\n  ".join(["Filled by now (or not served any more); take out of always_empty.py:", *idle])


def test_what_is_said_to_have_no_example_has_none(contract: Contract) -> None:
    examples = Fill(contract)
    for operation in contract.operations:
        for schema, value in operation.examples():
            examples.look(schema, value, str(operation))
    shown = [name for name in examples.filled for pattern in ALWAYS_EMPTY[NO_EXAMPLE] if fits(pattern, name)]
    assert not shown, f"the contract has examples with a value for {shown}; say another reason in always_empty.py"


INVOICE = {"$ref": "#/components/schemas/sales_invoice_response"}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"surprise": 1}, "$: Unevaluated properties are not allowed"),
        ({"paid_at": "2026-02-30"}, '$.paid_at: "2026-02-30" is not a "date"'),
        ({"created_at": "yesterday"}, '$.created_at: "yesterday" is not a "date-time"'),
        ({"state": "sold"}, "$.state: "),
        ({"id": "12a"}, "$.id: "),
        ({"total_paid": 12.5}, "$.total_paid: "),
    ],
)
def test_a_record_that_breaks_the_contract_is_noticed(
    desk: Desk, contract: Contract, change: dict[str, Any], complaint: str
) -> None:
    invoice = desk.get("Studio", "sales_invoices.json", filter="state:paid").json()[0]
    assert contract.violations(INVOICE, invoice) == []
    assert any(found.startswith(complaint) for found in contract.violations(INVOICE, invoice | change))


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (httpx.Response(418, json={}), "status 418 is not in the document"),
        (httpx.Response(200, text="[]"), "content type 'text/plain'"),
        (httpx.Response(200, content=b"[", headers={"Content-Type": "application/json"}), "not JSON"),
        (httpx.Response(200, json=[]), "header X-Total-Count is missing"),
        (httpx.Response(200, json=[], headers={"X-Total-Count": "many"}), "header X-Total-Count is 'many'"),
        (httpx.Response(400, json={"symbolic": {}}), "an error without a text"),
        (httpx.Response(429, json="Retry later"), "header Retry-After is missing"),
        (httpx.Response(302, text="here", headers={"Location": "/a"}), "Location '/a' is not an address"),
        (httpx.Response(302, text="here", headers={"Location": "https://a.example/b"}), "no redirect says 'here'"),
    ],
)
def test_an_answer_that_breaks_the_contract_is_noticed(
    contract: Contract, answer: httpx.Response, complaint: str
) -> None:
    path = "sales_invoices/{id}/download_pdf" if answer.is_redirect else "reports/journal_entries"
    operation = contract.find("GET", path)
    assert operation is not None
    assert any(found.startswith(complaint) for found in contract.check(operation, answer))

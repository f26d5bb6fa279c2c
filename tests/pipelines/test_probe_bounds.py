"""What a probe may never do: spend more than forty requests, change anything, tell anything, or need everything."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipelines.errors import ApiError, AuthorisationError, ConfigurationError
from pipelines.moneybird.budget import Budget
from pipelines.moneybird.client import Client
from pipelines.probe import report
from pipelines.probe.asking import probe
from pipelines.probe.reads import MOST_REQUESTS, LentToken, Meter, NotAReadError, OutOfRequestsError
from pipelines.sandbox import records
from pipelines.sandbox.tokens import SCOPES, Token
from tests.pipelines.probe_group import Company, answers, group

PERSONAL = frozenset({
    "name", "company_name", "firstname", "lastname", "attention", "address1", "address2", "zipcode", "city", "phone",
    "email", "send_invoices_to_email", "send_estimates_to_email", "tax_number", "chamber_of_commerce", "bank_account",
    "sepa_iban", "sepa_iban_account_name", "identifier", "iban", "contra_account_name", "contra_account_number",
    "description", "message", "reference", "invoice_id", "payment_reference", "note", "customer_id", "url",
})  # fmt: skip


@pytest.fixture(scope="module")
def companies() -> Iterator[dict[str, Company]]:
    with group() as found:
        yield found


@pytest.mark.parametrize("scale", [1, 4])
def test_forty_requests_at_most_and_all_of_them_reads(scale: int) -> None:
    """By the sandbox's own log, whatever the size of the company."""
    with group(scale=scale) as companies:
        for name, company in companies.items():
            company.forget_requests()
            found = company.probe()
            log = company.requests()

            assert len(log) == found.requests_used <= MOST_REQUESTS, name
            posts = {entry["path"] for entry in log if entry["method"] == "POST"}
            assert {entry["method"] for entry in log} <= {"GET", "POST"}
            assert all(path.endswith("/synchronization.json") for path in posts)
            assert found.summary["refuted"] == 0, (name, answers(found))


def test_retries_count_and_what_is_left_over_stays_unasked() -> None:
    with group() as companies:
        studio = companies["Studio"]
        studio.forget_requests()
        studio.fault("status", match="reports/", times=1000)
        found = studio.probe()

        assert len(studio.requests()) == found.requests_used == MOST_REQUESTS
        reasons = {answer.reason.split(":")[0] for answer in found.answers if answer.reason}
        assert reasons == {"refused", "requests"}
        assert found.summary["refuted"] == 0


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "PUT"])
def test_a_lent_token_is_put_on_reads_only(method: str) -> None:
    meter, sent = Meter(), []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.method)
        return httpx.Response(200, json=[])

    lent = LentToken("any", "secret", meter)
    with httpx.Client(transport=httpx.MockTransport(answer), auth=lent) as http:
        with pytest.raises(NotAReadError):
            http.request(method, "https://moneybird.example/api/v2/1/contacts.json")
        http.post("https://moneybird.example/api/v2/1/contacts/synchronization.json", json={"ids": []})
    with (
        Client("https://moneybird.example/api/v2", lent, Budget(), transport=httpx.MockTransport(answer)) as client,
        pytest.raises(NotAReadError, match="nothing was sent"),
    ):
        client.post("1", "contacts", {"contact": {}})

    assert sent == ["POST"]
    assert meter.used == 1


def test_the_meter_stops_before_the_request_is_sent() -> None:
    sent: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(str(request.url))
        return httpx.Response(200, json=[])

    with httpx.Client(transport=httpx.MockTransport(answer), auth=LentToken("any", "x", Meter(most=2))) as http:
        http.get("https://moneybird.example/a")
        http.get("https://moneybird.example/b")
        with pytest.raises(OutOfRequestsError):
            http.get("https://moneybird.example/c")

    assert len(sent) == 2


def test_an_empty_company_has_no_example_of_anything(companies: dict[str, Company]) -> None:
    found = companies["Vastgoed"].probe()

    assert {verdict for verdict, _ in answers(found).values()} == {"no_example"}
    assert found.memory == {}


def test_a_missing_scope_costs_only_its_own_questions(companies: dict[str, Company]) -> None:
    studio = companies["Studio"]
    narrow = Token("narrow", "narrow-secret", (studio.administration.id,), frozenset(SCOPES) - {"bank"})
    studio.world.add_token(narrow)

    found = {answer.question.id: answer for answer in _with_token(studio, narrow).answers}

    assert found["D1"].reason == "scope: the token has no access to reports/general_ledger"
    assert found["D8"].verdict == "not_asked"
    assert {id_ for id_ in ("D4", "D6", "D16", "D17", "D18") if found[id_].verdict == "confirmed"} == {
        "D4", "D6", "D16", "D17", "D18",
    }  # fmt: skip


def test_the_token_that_reaches_the_administration_is_used(companies: dict[str, Company]) -> None:
    """A dead token beside it does not matter; no other administration is asked anything."""
    shop = companies["Webwinkel"]
    shop.forget_requests()
    everyone = {token.name: token.secret for token in shop.world.tokens.values()} | {"a-dead-one": "gone"}

    assert probe(replace(shop.reach, tokens=everyone), shop.id).summary["confirmed"] > 10
    assert {entry["administration_id"] for entry in shop.requests()} == {None, shop.id}


def test_an_unknown_administration_and_a_dead_token_are_said(companies: dict[str, Company]) -> None:
    studio = companies["Studio"]
    with pytest.raises(ConfigurationError, match=r"No token reaches administration 12; they reach \d+"):
        probe(studio.reach, "12")
    with pytest.raises(AuthorisationError):
        probe(replace(studio.reach, tokens={"dead": "gone"}), studio.id)


@pytest.mark.parametrize("kind", ["status", "lost_answer"])
def test_a_host_that_is_away_ends_the_probe_with_3(kind: str) -> None:
    """Also when another token reaches other administrations: the one that failed may be the one that is needed."""
    with group() as companies:
        studio = companies["Studio"]
        everyone = {token.name: token.secret for token in studio.world.tokens.values()}
        studio.fault(kind, times=4, match="administrations")
        with pytest.raises(ApiError) as raised:
            probe(replace(studio.reach, tokens=everyone), studio.id)

        assert raised.value.exit_code == 3


def test_the_file_holds_nothing_of_the_administration(companies: dict[str, Company], tmp_path: Path) -> None:
    """No name, address, description, amount or id of any record, in a file for its owner only."""
    for name in ("Studio", "Webwinkel", "Export"):
        company = companies[name]
        path = report.keep(tmp_path, company.probe())
        text = path.read_text(encoding="utf-8")

        secrets = set(_secrets(company))
        assert len(secrets) > 1_000
        assert [secret for secret in secrets if secret in text] == []
        assert company.id not in text
        assert all(token not in text for token in company.reach.tokens.values())
        assert {file.stat().st_mode & 0o777 for file in (tmp_path / "probes").iterdir()} == {0o600}


def test_what_status_says_until_a_probe_was_made_and_after(companies: dict[str, Company], tmp_path: Path) -> None:
    studio = companies["Studio"]
    before = report.standing(tmp_path, studio.id)
    path = report.keep(tmp_path, replace(studio.probe(), asked="moneybird.com"))
    after = report.standings(tmp_path, [studio.id, "12"])

    assert before.sentence.startswith("proved against our reading of Moneybird, not against Moneybird")
    assert after["12"].path is None
    assert after[studio.id].path == path
    assert re.fullmatch(
        r"asked of moneybird.com on 2026-11-20: \d+ confirmed, 0 refuted, \d+ no example, 0 not asked",
        after[studio.id].sentence,
    )


def test_a_damaged_file_counts_as_none_and_the_next_probe_replaces_it(
    companies: dict[str, Company], tmp_path: Path
) -> None:
    studio = companies["Studio"]
    path = report.keep(tmp_path, studio.probe())
    path.write_text("{", encoding="utf-8")

    assert report.standing(tmp_path, studio.id).path is None
    assert json.loads(report.keep(tmp_path, studio.probe()).read_text(encoding="utf-8"))["schema"] == 1


@pytest.mark.parametrize("body", [{"debtors": None}, [], {"other": []}, {"debtors": [{"amount": "veel"}]}])
def test_an_answer_of_another_shape_is_said_and_the_others_are_asked(body: object) -> None:
    with group() as companies:
        studio = companies["Studio"]
        studio.fault("status", match="reports/debtors", status=200, body=body)
        found = {answer.question.id: answer for answer in studio.probe().answers}

        assert str(found["D9"].reason).startswith("shape: an answer was not as documented")
        assert found["D13"].verdict == "confirmed"


def _with_token(company: Company, token: Token) -> report.Report:
    return probe(replace(company.reach, tokens={token.name: token.secret}), company.id)


def _secrets(company: Company) -> Iterator[str]:
    for resource in records.KINDS:
        for row in records.records(company.administration, resource):
            yield from _texts(row)


def _texts(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inside in value.items():
            yield from _texts(inside, name)
    elif isinstance(value, list):
        for inside in value:
            yield from _texts(inside, key)
    elif isinstance(value, str) and len(value) > 3 and (key in PERSONAL or re.fullmatch(r"-?\d+\.\d+|\d{12,}", value)):
        yield value

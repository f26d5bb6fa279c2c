"""Exporting from the sandbox: waiting costs few requests, the token stays at home, nothing half is kept."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import httpx
import pytest

from pipelines.errors import ApiError, MalformedAnswerError, RequestRefusedError, ServerError
from pipelines.ledger.auditfile_reading import AuditfileReader, NoEntriesError
from pipelines.moneybird.auth import TokenAuth
from pipelines.moneybird.budget import Budget
from pipelines.moneybird.client import Backoff, Client
from pipelines.moneybird.exports import LONGEST_PAUSE, PATIENCE, Exports
from pipelines.sandbox.app import create_app
from pipelines.sandbox.company import build_group
from pipelines.sandbox.in_process import transport
from pipelines.sandbox.throttle import Throttle
from pipelines.sandbox.world import World

AT_ONCE = Backoff(initial=0.001, maximum=0.001)
YEAR = 2025
TODAY = date(2026, 11, 20)
Answering = Callable[[httpx.Request], httpx.Response | None]


class Wire(httpx.BaseTransport):
    """The sandbox's wire, listened to. Answers of the API may be changed on the way; `elsewhere` serves other hosts."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self.inner = inner
        self.requests: list[httpx.Request] = []
        self.answers: list[httpx.Response] = []
        self.elsewhere: Answering = lambda _: None
        self.change: Callable[[httpx.Response], httpx.Response] = lambda answer: answer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.elsewhere(request) or self.change(self.inner.handle_request(request))
        self.answers.append(answer)
        return answer

    def asked(self, path: str) -> int:
        return sum(request.url.path.removesuffix(".json").endswith(path) for request in self.requests)

    def at(self, host: str) -> list[httpx.Request]:
        return [request for request in self.requests if request.url.host == host]


class Office:
    """A holding in the sandbox, and exports from it on a clock that sleeping moves."""

    def __init__(self, world: World, wire: Wire, api_url: str, directory: Path) -> None:
        self.world, self.wire, self.path = world, wire, directory / "file.xaf"
        (token,) = world.tokens.values()
        (self.administration,) = world.administrations.values()
        self.id = str(self.administration.id)
        self.slept: list[float] = []
        self.budget = Budget()
        self.client = Client(api_url, TokenAuth("holding", token.secret), self.budget, transport=wire, backoff=AT_ONCE)
        self.token = token.secret
        self.exports = Exports(
            self.client,
            httpx.Client(transport=wire),
            api_url,
            backoff=AT_ONCE,
            sleep=self._sleep,
            monotonic=lambda: world.clock.milliseconds() / 1000,
        )

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.world.clock.advance(timedelta(seconds=seconds))


@pytest.fixture(params=["http://127.0.0.1/api/v2"])
def office(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Office]:
    world = build_group(years=1, administrations=1)
    with transport(create_app(world, Throttle.off())) as inner:
        yield Office(world, Wire(inner), request.param, tmp_path)


@pytest.fixture
def reader(tmp_path: Path) -> AuditfileReader:
    return AuditfileReader(duckdb.connect(), tmp_path / "archive")


def test_the_file_is_what_was_exported_and_closed_to_others(office: Office) -> None:
    fetched = office.exports.auditfile(office.id, YEAR, office.path)

    content = office.path.read_bytes()
    assert content.endswith(b"</company></auditfile>\n")
    assert (fetched.size, fetched.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert stat.S_IMODE(office.path.stat().st_mode) == 0o600


def test_waiting_costs_few_requests_because_the_pauses_grow(office: Office) -> None:
    office.world.exports.seconds = 200

    office.exports.auditfile(office.id, YEAR, office.path)

    assert office.slept == [2, 4, 8, 16, 30, 30, 30, 30, 30, 30]
    assert max(office.slept) == LONGEST_PAUSE
    assert office.wire.asked("/downloads") == 1 + len(office.slept)
    assert office.budget.spent == {"general": 2 + len(office.slept), "reports": 1}


def test_patience_has_an_end_and_the_sentence_says_where_to_look(office: Office) -> None:
    office.world.exports.seconds = 10_000

    with pytest.raises(ApiError, match="was not ready after 10 minutes; nothing was stored") as caught:
        office.exports.auditfile(office.id, YEAR, office.path)

    assert caught.value.exit_code == 3
    assert PATIENCE <= sum(office.slept) <= PATIENCE + LONGEST_PAUSE
    assert not office.path.exists()


def test_an_export_that_somebody_else_began_is_waited_for(office: Office) -> None:
    before = len(office.administration.downloads)
    office.client.ask(office.id, "reports/export/auditfile", {"year": str(YEAR)}, bucket="reports")

    office.exports.auditfile(office.id, YEAR, office.path)

    assert len(office.administration.downloads) == before + 1


def test_a_file_that_was_there_before_is_not_taken_for_ours(office: Office) -> None:
    office.client.ask(office.id, "reports/export/auditfile", {"year": "2026"}, bucket="reports")
    office.world.clock.advance(timedelta(hours=1))

    office.exports.auditfile(office.id, YEAR, office.path)

    assert b"<fiscalYear>2025</fiscalYear>" in office.path.read_bytes()


def test_a_download_that_is_listed_before_it_is_ready_is_waited_for(office: Office) -> None:
    """Nobody here has seen whether Moneybird does that; its examples have such a filename."""
    lists = 0

    def early(answer: httpx.Response) -> httpx.Response:
        nonlocal lists
        if b'"auditfile-' not in answer.content or (lists := lists + 1) > 2:
            return answer
        content = answer.content.replace(b"auditfile-2025.xaf", b"Unknown")
        headers = {k: v for k, v in answer.headers.items() if k.lower() != "content-length"}
        return httpx.Response(200, headers=headers, content=content)

    office.wire.change = early
    office.exports.auditfile(office.id, YEAR, office.path)

    assert len(office.slept) == 4  # ready after three seconds, named at the third look from then


def test_a_failed_export_is_said_at_once(office: Office) -> None:
    office.world.exports.fail = 1

    with pytest.raises(ApiError, match="Moneybird could not make the auditfile of 2025") as caught:
        office.exports.auditfile(office.id, YEAR, office.path)

    assert caught.value.exit_code == 3
    assert len(office.slept) == 2
    assert not office.path.exists()


@pytest.mark.parametrize("office", ["https://moneybird.example/api/v2"], indirect=True)
def test_the_token_and_its_company_stay_with_the_api(office: Office) -> None:
    """The file lies on another host, behind a second redirect; neither host gets the token."""
    _elsewhere(office, "https://files.example/blob?signature=secret")
    office.exports.auditfile(office.id, YEAR, office.path)

    there = office.wire.at("files.example") + office.wire.at("bucket.example")
    assert [request.url.host for request in there] == ["files.example", "bucket.example"]
    assert all("authorization" not in request.headers and "cookie" not in request.headers for request in there)
    assert all(office.token not in str(request.url) for request in there)
    assert office.wire.at("moneybird.example")[0].headers["authorization"] == f"Bearer {office.token}"


@pytest.mark.parametrize("office", ["https://moneybird.example/api/v2"], indirect=True)
@pytest.mark.parametrize("address", ["http://files.example/blob", "ftp://files.example/blob"])
def test_books_do_not_travel_unencrypted(office: Office, address: str) -> None:
    _elsewhere(office, address)

    with pytest.raises(MalformedAnswerError, match="Expected an encrypted") as caught:
        office.exports.auditfile(office.id, YEAR, office.path)

    assert address not in str(caught.value)
    assert not office.wire.at("files.example")


def _elsewhere(office: Office, address: str) -> None:
    """The API's link leads to `address`, which sends on to a bucket that has the file."""
    links: list[str] = []

    def change(answer: httpx.Response) -> httpx.Response:
        if answer.status_code != 302:
            return answer
        links.append(httpx.URL(answer.headers["Location"]).raw_path.decode())
        # as Rails redirects, not as the contract's example does
        return httpx.Response(302, headers={"Location": address}, content=b"<html>You are being redirected.</html>")

    def serve(request: httpx.Request) -> httpx.Response | None:
        if request.url.host == "files.example":
            return httpx.Response(307, headers={"Location": "https://bucket.example/file"})
        if request.url.host == "bucket.example":
            return office.wire.inner.handle_request(httpx.Request("GET", f"http://127.0.0.1{links[-1]}"))
        return None

    office.wire.change, office.wire.elsewhere = change, serve


def test_a_storage_that_fails_is_asked_again_with_a_new_link(office: Office) -> None:
    failures = iter([503, 403])

    def flaky(request: httpx.Request) -> httpx.Response | None:
        status = next(failures, None) if request.url.path.startswith("/storage/") else None
        return httpx.Response(status, content=b"half a fi") if status else None

    office.wire.elsewhere = flaky
    office.exports.auditfile(office.id, YEAR, office.path)

    assert office.wire.asked("/download") == 3
    assert office.path.read_bytes().endswith(b"</auditfile>\n")


def test_a_link_that_is_over_is_said_without_the_link(office: Office) -> None:
    office.wire.elsewhere = lambda request: httpx.Response(404) if request.url.path.startswith("/storage/") else None

    with pytest.raises(ServerError, match=r"127.0.0.1 answers 404 for an auditfile") as caught:
        office.exports.auditfile(office.id, YEAR, office.path)

    assert "/storage/" not in str(caught.value)


# ── with the archive ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_kept_file_has_its_hash_beside_it(office: Office, reader: AuditfileReader) -> None:
    kept = reader.read(office.exports, office.id, office.administration.name, YEAR, TODAY)

    beside = kept.path.with_name("2025-2026-11-20.xaf.sha256")
    assert kept.path == reader.archive / office.id / "2025-2026-11-20.xaf"
    assert beside.read_text() == f"{hashlib.sha256(kept.path.read_bytes()).hexdigest()}  2025-2026-11-20.xaf\n"
    assert {stat.S_IMODE(path.stat().st_mode) for path in (kept.path, beside)} == {0o600}
    assert stat.S_IMODE(kept.path.parent.stat().st_mode) == stat.S_IMODE(reader.archive.stat().st_mode) == 0o700
    assert sorted(path.name for path in kept.path.parent.iterdir()) == [kept.path.name, beside.name]


def test_an_archived_file_is_never_overwritten(office: Office, reader: AuditfileReader) -> None:
    name = office.administration.name
    first, same = (reader.read(office.exports, office.id, name, YEAR, TODAY) for _ in range(2))
    content = first.path.read_bytes()
    office.administration.accounts[next(iter(office.administration.accounts))].name = "Hernoemd"

    other = reader.read(office.exports, office.id, name, YEAR, TODAY)

    assert same.path == first.path
    assert first.path.read_bytes() == content
    assert other.path.name == "2025-2026-11-20-2.xaf"
    assert b"Hernoemd" in other.path.read_bytes()


def test_a_company_that_goes_by_another_name_is_known_by_its_number(office: Office, reader: AuditfileReader) -> None:
    kept = reader.read(office.exports, office.id, "Onze holding", YEAR, TODAY)

    assert kept.staged.company.name == "Duivenhof Holding B.V."
    assert office.wire.asked("/identities/default") == 1


CUT = (b"</journal>", b"")  # as a proxy that gives up leaves it
STRANGER = (b"Duivenhof Holding B.V.", b"Iemand Anders B.V.")


@pytest.mark.parametrize(
    ("was", "now", "problem"),
    [
        (b"<startDate>2025", b"<startDate>2024", "is one from"),
        (*CUT, "is cut off or no XML"),
        (*STRANGER, "is of 'Iemand Anders B.V.', and the administration is 'Duivenhof Holding B.V.'"),
    ],
)  # fmt: skip
def test_the_wrong_file_is_not_kept(
    office: Office, reader: AuditfileReader, was: bytes, now: bytes, problem: str
) -> None:
    def wrong(answer: httpx.Response) -> httpx.Response:
        if not answer.content.startswith(b"<?xml"):
            return answer
        assert was in answer.content
        content = answer.content.replace(was, now).replace(b"00197494", b"87654321").replace(b"NL999375702B01", b"NL1")
        return httpx.Response(200, content=content)

    office.wire.change = wrong
    with pytest.raises(MalformedAnswerError, match=problem):
        reader.read(office.exports, office.id, office.administration.name, YEAR, TODAY)

    assert list((reader.archive / office.id).iterdir()) == []


def test_a_year_without_entries_is_an_answer(office: Office, reader: AuditfileReader) -> None:
    with pytest.raises(NoEntriesError, match=r"There is no auditfile of 2019 .* Moneybird has no entries in it"):
        reader.read(office.exports, office.id, office.administration.name, 2019, TODAY)


@pytest.mark.parametrize("number", ["", "same"])
def test_accounts_without_a_number_of_their_own_are_said(office: Office, reader: AuditfileReader, number: str) -> None:
    one, other = list(office.administration.accounts.values())[:2]
    one.number = other.number if number else ""

    with pytest.raises(RequestRefusedError, match=r"no auditfile of 2025 .* while ledger accounts have no number, or"):
        reader.read(office.exports, office.id, office.administration.name, YEAR, TODAY)


def test_what_a_killed_run_left_is_removed(office: Office, reader: AuditfileReader) -> None:
    left = reader.archive / office.id / ".incoming-12345678"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"<?xml")

    reader.read(office.exports, office.id, office.administration.name, YEAR, TODAY)

    assert not left.exists()

"""An export asked for, waited for, fetched: every step through the API, on the sandbox's clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import httpx
import pytest

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.exports.pace import USUAL_SECONDS
from pipelines.sandbox.tokens import SCOPES, Token
from tests.sandbox import contract, xaf
from tests.sandbox.conftest import Desk, frozen_group, open_desk

NAME = "Advies"
OOXML = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FIVE = ["bank", "documents", "estimates", "sales_invoices", "settings"]
Json = dict[str, Any]


@dataclass
class Clerk:
    """Somebody who asks for exports and fetches them, each answer held against the contract."""

    desk: Desk

    @property
    def administration(self) -> Administration:
        return self.desk.names[NAME]

    def ask(self, kind: str, body: Json, scopes: list[str] | None = None) -> httpx.Response:
        return self._send("POST", f"reports/export/{kind}", scopes, json=body)

    def list(self, scopes: list[str] | None = None, **query: str) -> list[Json]:
        answer = self._send("GET", "downloads", scopes, params=query)
        assert answer.headers["X-Total-Count"] == str(len(answer.json()))
        return list(answer.json())

    def download(self, id_: str, scopes: list[str] | None = None) -> httpx.Response:
        return self._send("POST", "downloads/{id}/download", scopes, id_=id_)

    def wait(self, seconds: float = USUAL_SECONDS) -> None:
        self.desk.world.clock.advance(timedelta(seconds=seconds))

    def file(self, id_: str) -> bytes:
        """Through the link, without a token."""
        answer = self.download(id_)
        assert answer.status_code == 302, answer.text
        fetched = self.desk.control.get(answer.headers["Location"])
        assert fetched.status_code == 200
        return fetched.content

    def control(self, **body: float) -> Json:
        answer = self.desk.control.post("/_sandbox/exports", json=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def _send(self, method: str, path: str, scopes: list[str] | None, id_: str = "", **more: Any) -> httpx.Response:
        secret = ",".join(SCOPES if scopes is None else scopes) or "nothing"
        granted = frozenset(SCOPES if scopes is None else scopes)
        self.desk.world.add_token(Token(secret, secret, (self.administration.id,), granted))
        url = f"/{self.administration.id}/{path.format(id=id_)}.json"
        header = {"Authorization": f"Bearer {secret}"}
        answer = self.desk.client.request(method, url, headers=header, follow_redirects=False, **more)
        document = contract.load()
        operation = document.find(method, path) if document else None
        if document is not None and operation is not None:
            assert document.check(operation, answer) == []
        return answer


def without_exports() -> Iterator[Clerk]:
    """A group that stands still, without the exports it was born with."""
    for desk in open_desk(frozen_group()):
        for administration in desk.names.values():
            administration.downloads.clear()
        yield Clerk(desk)


@pytest.fixture
def clerk() -> Iterator[Clerk]:
    yield from without_exports()


@pytest.fixture(scope="module")
def asker() -> Iterator[Clerk]:
    """One group for all questions that are refused, which therefore change nothing."""
    yield from without_exports()


def test_an_audit_file_is_asked_for_waited_for_and_fetched(clerk: Clerk) -> None:
    asked = clerk.ask("auditfile", {"year": "2025"})
    assert (asked.status_code, asked.content) == (204, b"")
    assert clerk.list(download_type="auditfile") == []
    clerk.wait(USUAL_SECONDS - 1)
    assert clerk.list() == []
    clerk.wait(1)
    (found,) = clerk.list(download_type="auditfile")
    assert (found["filename"], found["content_type"]) == ("auditfile-2025.xaf", "application/xml")
    assert (found["failed"], found["downloaded"]) == (False, False)
    assert found["user_id"] == str(clerk.administration.owner_id)
    assert found["updated_at"] > found["created_at"]
    clerk.wait(1)
    answer = clerk.download(found["id"])
    assert (answer.status_code, answer.text) == (302, '{"message":"Use the Location header to download the file"}')
    fetched = clerk.desk.control.get(answer.headers["Location"])
    assert (fetched.status_code, fetched.headers["Content-Type"]) == (200, "application/xml")
    assert fetched.headers["Content-Disposition"] == 'attachment; filename="auditfile-2025.xaf"'
    root = xaf.read(fetched.content)
    assert list(xaf.violations(root)) == []
    assert len(list(root.iter("trLine"))) > 500
    clerk.wait(29)
    assert clerk.desk.control.get(answer.headers["Location"]).status_code == 200
    clerk.wait(1)
    assert clerk.desk.control.get(answer.headers["Location"]).status_code == 404, "valid for 30 seconds"
    (after,) = clerk.list(downloaded="true")
    assert after == found | {"downloaded": True, "updated_at": after["updated_at"]}
    assert after["updated_at"] > found["updated_at"]
    assert clerk.list(downloaded="false") == []
    assert clerk.file(found["id"]) == fetched.content


def test_the_same_export_is_not_begun_twice_while_it_is_being_made(clerk: Clerk) -> None:
    for body in ({"year": "2025"}, {"year": 2025, "version": "3.2"}, {"year": "2025", "version": "4.0"}):
        assert clerk.ask("auditfile", body).status_code == 204
    assert clerk.ask("ledger_accounts", {"year": "2025"}).status_code == 204
    clerk.wait()
    assert [found["download_type"] for found in clerk.list()] == [
        "export_ledger_account_report", "auditfile", "auditfile",
    ]  # fmt: skip
    assert clerk.ask("auditfile", {"year": "2025"}).status_code == 204
    clerk.wait()
    assert len(clerk.list(download_type="auditfile")) == 3, "the first is ready, so this is another one"
    ids = [int(found["id"]) for found in clerk.list()]
    assert ids == sorted(ids, reverse=True)


def test_a_file_shows_the_books_of_when_it_was_asked_for(clerk: Clerk) -> None:
    clerk.ask("auditfile", {"year": "2026"})
    clerk.desk.event(NAME, "create_and_send_invoice", price="98765.43")
    clerk.wait()
    clerk.ask("auditfile", {"year": "2026"})
    clerk.wait()
    newer, older = (clerk.file(found["id"]) for found in clerk.list())
    assert b"<amnt>98765.43</amnt>" in newer
    assert b"<amnt>98765.43</amnt>" not in older


@pytest.mark.parametrize("kind", ["auditfile", "ledger_accounts"])
def test_a_year_without_entries_is_refused(asker: Clerk, kind: str) -> None:
    answer = asker.ask(kind, {"year": "2019"})
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "Period contains no journal entries", "symbolic": {"period": "contains_no_journal_entries"}},
    )
    assert asker.administration.downloads == {}


@pytest.mark.parametrize("number", ["", "13011"])
def test_account_numbers_that_are_missing_or_doubled_are_refused(clerk: Clerk, number: str) -> None:
    next(a for a in clerk.administration.accounts.values() if a.number == "16011").number = number
    answer = clerk.ask("auditfile", {"year": "2025"})
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "Missing or duplicate account IDs", "symbolic": {"base": "missing_or_duplicate_account_ids"}},
    )
    assert clerk.ask("ledger_accounts", {"year": "2025"}).status_code == 204


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"year": "2025", "version": "3.1"}, "version does not have a valid value"),
        ({}, "year is missing"),
        ({"year": "25"}, "year does not have a valid value"),
        ({"year": "0000"}, "year does not have a valid value"),
        ({"year": True}, "year does not have a valid value"),
    ],
)
def test_a_wrong_body_is_refused(asker: Clerk, body: Json, error: str) -> None:
    answer = asker.ask("auditfile", body)
    assert (answer.status_code, answer.json()) == (400, {"error": error})


@pytest.mark.parametrize(
    ("kind", "needed", "words"),
    [
        ("auditfile", FIVE, "contacts, documents, estimates, sales_invoices, bank and settings"),
        ("brugstaat", ["bank", "documents", "sales_invoices"], "documents, sales_invoices and bank"),
        ("ledger_accounts", ["documents", "sales_invoices"], "sales_invoices and documents"),
    ],
)
def test_an_export_takes_all_its_scopes_and_its_file_too(
    clerk: Clerk, kind: str, needed: list[str], words: str
) -> None:
    refusal = {"error": f"No access to {words}"}
    for missing in needed:
        answer = clerk.ask(kind, {"year": "2025"}, [scope for scope in needed if scope != missing])
        assert (answer.status_code, answer.json()) == (401, refusal)
    assert clerk.ask(kind, {"year": "2025"}, needed).status_code == 204
    clerk.wait()
    (found,) = clerk.list(needed)
    assert clerk.list(needed[1:]) == []
    answer = clerk.download(found["id"], needed[1:])
    assert (answer.status_code, answer.json()) == (401, refusal)
    assert clerk.list(downloaded="true") == []
    assert clerk.download(found["id"], needed).status_code == 302


def test_what_is_not_there_or_not_ready_is_not_found(clerk: Clerk) -> None:
    clerk.ask("auditfile", {"year": "2025"})
    (made,) = clerk.administration.downloads
    for id_ in ("99", str(made)):
        answer = clerk.download(id_)
        assert (answer.status_code, answer.json()) == (404, {"error": "Record not found for model name: Download"})


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"download_type": "export_secrets"}, "download_type does not have a valid value"),
        ({"per_page": "101"}, "per_page does not have a valid value"),
        ({"failed": "maybe"}, "failed is invalid"),
    ],
)
def test_a_wrong_question_about_downloads_is_refused(asker: Clerk, query: dict[str, str], error: str) -> None:
    answer = asker.desk.get(NAME, "downloads.json", **query)
    assert (answer.status_code, answer.json()) == (400, {"error": error})


def test_the_control_surface_makes_exports_slow_and_lets_them_fail(clerk: Clerk) -> None:
    assert clerk.control(seconds=60, fail=1) == {"seconds": 60.0, "fail": 1}
    for year in ("2024", "2024", "2025"):
        clerk.ask("auditfile", {"year": year})
    clerk.wait(59)
    assert clerk.list() == []
    clerk.wait(1)
    good, bad = clerk.list()
    assert (good["failed"], good["filename"]) == (False, "auditfile-2025.xaf")
    assert (bad["failed"], bad["filename"], bad["content_type"]) == (True, "Unknown", "application/octet-stream")
    assert (clerk.list(failed="true"), clerk.list(failed="false")) == ([bad], [good])
    assert clerk.download(bad["id"]).status_code == 404
    assert clerk.download(good["id"]).status_code == 302
    shown = clerk.desk.control.get("/_sandbox/exports").json()
    assert (shown["fail"], [one["year"] for one in shown["exports"]]) == (0, [2024, 2025])
    wrong = clerk.desk.control.post("/_sandbox/exports", json={"minutes": 1})
    assert (wrong.status_code, wrong.json()["error"]) == (400, "no export switch 'minutes'; known are seconds, fail")


def test_exports_of_the_group_can_be_fetched_too() -> None:
    """Those it was born with know their year and no more; their file is that of today."""
    for desk in open_desk(frozen_group()):
        clerk = Clerk(desk)
        found = clerk.list(download_type="auditfile")
        assert {one["downloaded"] for one in found} == {False, True}
        assert list(xaf.violations(xaf.read(clerk.file(found[0]["id"])))) == []


def test_the_ledger_cards_are_a_workbook_with_every_line(clerk: Clerk) -> None:
    """Opened as far as the standard library can: the parts name each other, and the rows add up to the ledger."""
    clerk.ask("ledger_accounts", {"year": "2025"})
    clerk.wait()
    (found,) = clerk.list()
    assert found["filename"] == "grootboekkaarten-2025.xlsx"
    content = clerk.file(found["id"])
    with ZipFile(BytesIO(content)) as archive:
        assert archive.testzip() is None
        parts = {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist()}
    overrides = {part.get("PartName", "")[1:] for part in parts["[Content_Types].xml"] if part.get("PartName")}
    assert overrides <= parts.keys()
    assert parts["xl/_rels/workbook.xml.rels"][0].get("Target") == "worksheets/sheet1.xml"
    rows = [list(row) for row in parts["xl/worksheets/sheet1.xml"].iter(f"{OOXML}row")]
    assert ["".join(cell.itertext()) for cell in rows[0]] == [
        "Rekening", "Naam", "Datum", "Omschrijving", "Relatie", "Debet", "Credit",
    ]  # fmt: skip
    sums: dict[str, Decimal] = defaultdict(Decimal)
    lines = 0
    for cells in rows[1:]:
        number, _, day, text, _, debit, credit = ("".join(cell.itertext()) for cell in cells)
        sums[number] += Decimal(debit) - Decimal(credit)
        lines += text != "Beginsaldo"
        assert day.startswith("2025-")
    report = clerk.desk.get(NAME, "reports/general_ledger.json", period="202501..202512").json()
    numbers = {str(account.id): account.number for account in clerk.administration.accounts.values()}
    final = {
        numbers[row["ledger_account_id"]]: Decimal(row["value"]) for row in report["final_balance"]["ledger_accounts"]
    }
    assert sums == final
    assert lines == sum(posting.day.year == 2025 for posting in clerk.administration.ledger.every_line())
    clerk.ask("ledger_accounts", {"year": "2025"})
    clerk.wait()
    assert clerk.file(clerk.list()[0]["id"]) == content


def test_the_bridge_has_every_account_with_its_code(clerk: Clerk) -> None:
    """Also of a year without lines: only codes are asked for."""
    for year in ("2019", "2025"):
        assert clerk.ask("brugstaat", {"year": year}).status_code == 204
    clerk.wait()
    found = clerk.list(download_type="brugstaat")
    root = ElementTree.fromstring(clerk.file(found[0]["id"]))
    rows = {row.findtext("nummer"): row for row in root.iter("rekening")}
    assert len(rows) == len(clerk.administration.accounts)
    debtors = rows["13011"]
    assert debtors.findtext("rgsCode") == "BVorDebHad"
    opening, debit, credit, closing = (
        Decimal(debtors.findtext(name) or "") for name in ("beginsaldo", "debet", "credit", "eindsaldo")
    )
    assert opening + debit - credit == closing
    assert debit > 0
    clerk.administration.accounts[clerk.administration.roles["creditors"]].rgs = ""
    answer = clerk.ask("brugstaat", {"year": "2025"})
    words = "Not all categories are linked to a RGS code. This is mandatory before downloading a RGS Brugstaat"
    assert (answer.status_code, answer.json()) == (400, {"error": words})

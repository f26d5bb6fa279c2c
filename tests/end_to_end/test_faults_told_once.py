"""What ends the reading of a ledger is one line of the log and one sentence of the report, wherever it happened."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb
import httpx
import pytest

from pipelines.run.sync import Options, SyncReport, sync
from pipelines.sandbox.in_process import transport
from tests.end_to_end.fault_table import Bench, bench


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench(tmp_path_factory.mktemp("told") / "home") as one:
        yield one


class LinesGoneAfterReports(httpx.BaseTransport):
    """The sandbox, whose ledger lines are not found any more once the reports by contact were read."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self._reported = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._reported |= "_by_contact" in request.url.path
        if self._reported and "journal_entries" in request.url.path:
            return httpx.Response(404, json={"error": "record not found"})
        return self._inner.handle_request(request)


class OneAmountChanged(httpx.BaseTransport):
    """The sandbox, whose newest line with a contact comes with another amount, however its lines are asked for."""

    def __init__(self, inner: httpx.BaseTransport, administration_id: str, amount: object) -> None:
        self._inner = inner
        self._path = f"{administration_id}/reports/journal_entries"
        self._amount = amount
        self.line: dict[str, Any] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        if self._path not in request.url.path or answer.status_code != 200:
            return answer
        lines = json.loads(answer.read())
        if not self.line and (of_contacts := [line for line in lines if line["contact_id"]]):
            self.line = max(of_contacts, key=lambda line: str(line["date"]))
        changed = [line | {"amount": self._amount} if line["id"] == self.line.get("id") else line for line in lines]
        headers = {name: value for name, value in answer.headers.items() if name in {"date", "link"}}
        return httpx.Response(200, json=changed, headers=headers)


def told(made: Bench, report: SyncReport, caplog: pytest.LogCaptureFixture) -> list[str]:
    """The warnings that name the cause, after a check that the report says it in one sentence."""
    error = report.administrations[made.hurt]["error"]
    assert error is not None
    assert report.exit_code == 3
    assert error.count("Moneybird knows no") == 1
    return [one for one in caplog.messages if "Moneybird knows no" in one]


def test_a_fault_in_the_totals(made: Bench, caplog: pytest.LogCaptureFixture) -> None:
    fault = {"kind": "status", "status": 404, "match": f"{made.hurt}/reports/general_ledger", "times": 9999}
    assert made.control.post("/_sandbox/faults", json=fault).status_code == 200

    report = made.sync()

    made.control.delete("/_sandbox/faults")
    assert len(told(made, report, caplog)) == 1


def test_a_fault_in_lines_that_are_read_again_for_their_contacts(made: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """It was in the log only: the report said that all was well."""
    with duckdb.connect(str(made.settings.warehouse_path)) as warehouse:  # as if it had been read before it changed
        (changed,) = warehouse.execute(
            """update raw.journal_entries set contact_id = 'somebody else' where id = (
                   select min(journal_entries.id) from raw.journal_entries join raw.ledger_accounts as accounts
                     on accounts.id = ledger_account_id and account_type = 'revenue'
                   where journal_entries.administration_id = ? and year(month_date) = 2025
                     and contact_id is not null)""",
            [made.hurt],
        ).fetchall()
    assert changed == (1,)
    made.control.post("/_sandbox/events", json={"type": "advance_clock", "administration_id": made.hurt, "days": 1})

    report = sync(made.settings, Options(transport=lambda: LinesGoneAfterReports(transport(made.app))))

    assert len(told(made, report, caplog)) == 1
    assert report.administrations[made.hurt]["not_read"] == ["journal_entries"]
    assert made.sync().status == "ok"


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("12,50", "amount '12,50'"),
        (None, "amount 'null'"),
        ("https://example.test/open/" + "s3cret" * 9, "amount 'masked address'"),
    ],
)
def test_a_line_whose_amount_does_not_fit(
    made: Bench, caplog: pytest.LogCaptureFixture, amount: object, said: str
) -> None:
    """It was in the log only, under a tag, and an amount that was not there was loaded as one that is empty."""
    for event in ({"type": "advance_clock", "seconds": 60}, {"type": "create_and_send_invoice"}):
        made.control.post("/_sandbox/events", json=event | {"administration_id": made.hurt})
    spoiled = OneAmountChanged(transport(made.app), made.hurt, amount)

    report = sync(made.settings, Options(transport=lambda: spoiled))

    hurt = report.administrations[made.hurt]
    error = str(hurt["error"])
    assert (report.exit_code, hurt["status"], hurt["not_read"]) == (3, "partly", ["journal_entries"])
    account, month = spoiled.line["ledger_account_id"], spoiled.line["date"][:7]
    assert error.count("does not fit its type") == 1
    assert (
        f"Found {said} in journal entries of {made.name}, ledger account {account} from {month}-01 to {month}" in error
    )
    assert len([one for one in caplog.messages if "does not fit its type" in one]) == 1
    assert report.administrations[made.unhurt]["status"] == "ok"
    assert made.sync().status == "ok"
    assert made.differences() == []

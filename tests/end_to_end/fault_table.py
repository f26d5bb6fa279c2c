"""What a user is told, for every fault in every kind of read, as a table of facts.

    python -m tests.end_to_end.fault_table        prints it in Markdown

One company meets the fault, another with the same token does not. No socket: a lost answer costs no time."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from pipelines.config import Settings
from pipelines.moneybird.budget import Budget
from pipelines.moneybird.client import Backoff
from pipelines.run.sync import Options, sync
from pipelines.run.sync_report import SyncReport
from pipelines.sandbox.app import create_app
from pipelines.sandbox.company import build_group
from pipelines.sandbox.in_process import transport
from pipelines.sandbox.throttle import Throttle
from pipelines.sandbox.world import World
from tests.end_to_end.likeness import differences

URL = "http://127.0.0.1"
ONCE, ALWAYS = 1, 9999
REFUSED = {401, 402, 403}  # what is not allowed today is asked again tomorrow


@dataclass(frozen=True)
class Fault:
    """What goes wrong: `fields` is what the sandbox is told. `sent` is how often a request may then be sent."""

    name: str
    fields: dict[str, Any]
    sent: int
    times: int = ALWAYS
    only: tuple[str, ...] = ()  # reads it means something for; none: all

    @property
    def passes(self) -> bool:
        return self.times == ONCE or self.fields["kind"] == "delay"


@dataclass(frozen=True)
class Read:
    """A kind of read. `path` is below the administration; `after` requests to it are answered well before the fault.
    `daily` ones are read, and tried again where they were refused, on the next day."""

    name: str
    path: str
    method: str = "GET"
    after: int = 0
    daily: bool = False


def _status(status: int, words: object = None) -> dict[str, Any]:
    body = {} if words is None else {"body": {"error": words}}
    return {"kind": "status", "status": status, **body}


FEED, FETCH, LIST, TOTALS, LINES, REPORT = (
    Read("feed, ids and versions", "sales_invoices/synchronization"),
    Read("feed, records", "sales_invoices/synchronization", "POST"),
    Read("list, second page", "time_entries", after=1),
    Read("report of sums", "reports/general_ledger"),
    Read("report of lines", "reports/journal_entries"),
    Read("report, Moneybird's own", "reports/tax", daily=True),
)
READS = (FEED, FETCH, LIST, TOTALS, LINES, REPORT)
FAULTS = (
    Fault("400", _status(400, "Per page must be less than 100"), 1),
    Fault("401, token", _status(401, "Invalid credentials"), 1),
    Fault("401, scope", _status(401, "No access to settings"), 1),
    Fault("402", _status(402, "Your plan does not include this"), 1),
    Fault("403", _status(403, "Forbidden"), 1),
    Fault("404", _status(404, "record not found"), 1),
    Fault("422", _status(422, {"filter": ["is invalid"]}), 1),
    Fault("429 once", {"kind": "throttle"}, 2, ONCE),
    Fault("429 for ever", {"kind": "throttle"}, 3),
    Fault("429, HTML, for ever", {"kind": "html", "status": 429}, 3),
    Fault("500", _status(500), 4),
    Fault("502 once", _status(502), 2, ONCE),
    Fault("503, HTML", {"kind": "html", "status": 503}, 4),
    Fault("200, HTML", {"kind": "html", "status": 200}, 4),
    Fault("no answer", {"kind": "hang"}, 4),
    Fault("no answer once", {"kind": "lost_answer"}, 2, ONCE),
    Fault("slow", {"kind": "delay", "seconds": 0.05}, 1),
    Fault("cut off", {"kind": "truncated"}, 4),
    Fault("not JSON", {"kind": "not_json"}, 4),
    Fault("another shape", {"kind": "wrong_json"}, 1),
    Fault("a record not asked for", {"kind": "wrong_records"}, 1, only=(FETCH.name,)),
    Fault("half of it missing", {"kind": "records_missing"}, 1, only=(FEED.name, LINES.name)),
    Fault("302, elsewhere", _status(302, "moved"), 4),
)


@dataclass
class Outcome:
    """One cell: what the run that met the fault said, and how it looked after the next one."""

    fault: Fault
    read: Read
    status: str
    exit_code: int
    sentence: str  # of the administration that met it; else what the proof says
    others: set[str]
    sent: int  # how often the first request that failed was sent
    waited: list[float] = field(default_factory=list)
    status_after: str = ""


class Bench:
    """One home and one small group; cell after cell, each with something new to read."""

    def __init__(self, home: Path) -> None:
        self.world: World = build_group(years=1, administrations=2)
        self.app = create_app(self.world, Throttle.off())
        self.unhurt, self.hurt = (str(id_) for id_ in self.world.administrations)
        self.name = self.world.administrations[int(self.hurt)].name
        (self.token,) = self.world.tokens.values()
        self.settings = Settings(api_url=f"{URL}/api/v2", tokens={self.token.name: self.token.secret}, home=home)
        self.control = httpx.Client(transport=transport(self.app), base_url=URL)
        self.slept: list[float] = []

    def close(self) -> None:
        self.control.close()

    def sync(self) -> SyncReport:
        self.slept = []
        budget = Budget(sleep=self.slept.append)
        wire = lambda: transport(self.app)  # noqa: E731
        return sync(self.settings, Options(transport=wire, backoff=Backoff(0.0001, 0.0001), budget=budget))

    def meet(self, fault: Fault, read: Read) -> Outcome:
        """Something new in every read; a run with the fault, and a plain one when it is gone."""
        passes = 86_400 if read.daily else 60
        self._happen("advance_clock", seconds=passes)
        for kind in ("create_and_send_invoice", "move_time_entry"):
            self._happen(kind)
        self._happen("advance_clock", seconds=60)
        self.control.delete("/_sandbox/requests")
        path = f"{self.hurt}/{read.path}"
        where = {"match": path, "method": read.method, "after": read.after, "times": fault.times}
        assert self.control.post("/_sandbox/faults", json=fault.fields | where).status_code == 200
        report = self.sync()
        self.control.delete("/_sandbox/faults")
        outcome = Outcome(
            fault,
            read,
            report.status,
            report.exit_code,
            self._sentence(report),
            {one["status"] for i, one in report.administrations.items() if i != self.hurt},
            self._sent(path, read),
            self.slept,
        )
        if read.daily and fault.fields.get("status") in REFUSED:
            self._happen("advance_clock", seconds=passes)
        after = self.sync()
        outcome.status_after = after.status if after.ledger_proof["differences"] == 0 else "differs"
        return outcome

    def differences(self) -> list[str]:
        headers = {"Authorization": f"Bearer {self.token.secret}"}
        with httpx.Client(transport=transport(self.app), base_url=f"{URL}/api/v2", headers=headers) as api:
            return differences(self.settings.warehouse_path, self.control, api, [self.unhurt, self.hurt])

    def _happen(self, kind: str, **fields: Any) -> None:
        body = {"type": kind, "administration_id": self.hurt} | fields
        answer = self.control.post("/_sandbox/events", json=body)
        assert answer.status_code == 200, answer.text

    def _sentence(self, report: SyncReport) -> str:
        proofs = [p.reason for p in report.proofs if p.administration_id == self.hurt and p.state != "proved"]
        return report.administrations[self.hurt]["error"] or "; ".join(proofs)

    def _sent(self, path: str, read: Read) -> int:
        """Requests to the first query of this path that was not simply answered, retries in it."""
        log = self.control.get("/_sandbox/requests").json()
        queries = [(line["query"]) for line in log if path in line["path"] and line["method"] == read.method]
        hit = queries[read.after :]
        same = [query for query in hit if query == hit[0]]
        return len(same)


@contextlib.contextmanager
def bench(home: Path) -> Iterator[Bench]:
    """A bench whose home, if there is none yet, is synced once."""
    made = Bench(home)
    try:
        if not home.exists():
            assert made.sync().status == "ok"
        yield made
    finally:
        made.close()


def cells() -> list[tuple[Fault, Read]]:
    return [(fault, read) for fault in FAULTS for read in READS if not fault.only or read.name in fault.only]


def markdown(outcomes: list[Outcome], hidden: dict[str, str]) -> str:
    """The table. `hidden` maps what differs from run to run (ids) to what stands for it."""
    rows = ["| fault | read | sent | exit | others | what the user is told |", "|---|---|---|---|---|---|"]
    for one in outcomes:
        words = one.sentence or "nothing: it passed"
        for found, instead in hidden.items():
            words = words.replace(found, instead)
        others = ", ".join(sorted(one.others))
        words = words.replace("|", "\\|")
        rows.append(f"| {one.fault.name} | {one.read.name} | {one.sent}× | {one.exit_code} | {others} | {words} |")
    return "\n".join(rows)


def main() -> None:
    """Prints the whole table."""
    with tempfile.TemporaryDirectory() as home, bench(Path(home) / "home") as made:
        outcomes = [made.meet(fault, read) for fault, read in cells()]
        sys.stdout.write(markdown(outcomes, {made.hurt: "ID", made.name: "NAME"}) + "\n")


if __name__ == "__main__":
    main()

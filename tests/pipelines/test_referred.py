"""What new records point at and nobody has read is looked for at once, and again by the next run if that one ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import duckdb
import httpx
import pytest

from pipelines.config import Settings
from pipelines.ledger.dimensions import DimensionProver
from pipelines.moneybird.client import Backoff
from pipelines.moneybird.resources import Resource
from pipelines.moneybird.turns import Turns
from pipelines.run.planning import make_plan
from pipelines.run.records import RecordReader
from pipelines.run.sync import Options, SyncReport, sync
from pipelines.run.targets import Target
from pipelines.sandbox.app import create_app
from pipelines.sandbox.company import build_group
from pipelines.sandbox.in_process import transport
from pipelines.sandbox.throttle import Throttle
from pipelines.sandbox.world import Planned, World

STUDIO = 1
URL = "http://127.0.0.1"


class KilledError(BaseException):
    """Stands for SIGKILL: nothing catches it."""


@dataclass
class Office:
    """A small group that was synced once, and a client of its second company."""

    settings: Settings
    world: World = field(default_factory=lambda: build_group(years=1, administrations=2))
    _made: int = 0

    def __post_init__(self) -> None:
        self.app = create_app(self.world, Throttle.off())
        self.id = str(list(self.world.administrations)[STUDIO])
        (token,) = self.world.tokens.values()
        self.settings.tokens[token.name] = token.secret
        headers = {"Authorization": f"Bearer {token.secret}"}
        self.api = httpx.Client(transport=transport(self.app), base_url=f"{URL}/api/v2/{self.id}", headers=headers)
        self.control = httpx.Client(transport=transport(self.app), base_url=URL)
        self.sync()
        self.world.clock.advance(timedelta(minutes=5))
        self.sync()  # what the calendar did since is in

    def sync(self, *, full: bool = False) -> SyncReport:
        """`asked` is what this run asked of the company: path → GETs."""
        self.world.requests.clear()
        options = Options(full=full, transport=lambda: transport(self.app), backoff=Backoff(0.001, 0.001))
        try:
            return sync(self.settings, options)
        finally:
            paths = [line.path for line in self.world.requests if line.method == "GET" and self.id in line.path]
            self.asked = Counter(path.split(f"{self.id}/")[-1].removesuffix(".json") for path in paths)

    def an_hour_for_a_new_project(self) -> str:
        """The id of the project, which is in no list that was read."""
        self._made += 1
        name = f"Nieuwe website {self._made}"
        project = self.api.post("projects.json", json={"project": {"name": name}}).json()["id"]
        self.an_hour(project)
        return str(project)

    def an_hour(self, project: str) -> None:
        user = self.api.get("users.json").json()[0]["id"]
        times = {"started_at": "2026-11-20T08:00:00Z", "ended_at": "2026-11-20T09:00:00Z"}
        body = {"time_entry": {"user_id": user, "description": "Ontwerp", "project_id": project} | times}
        assert self.api.post("time_entries.json", json=body).status_code == 201

    def has(self, project: str) -> bool:
        with duckdb.connect(str(self.settings.warehouse_path), read_only=True) as warehouse:
            return warehouse.execute("select count(*) from raw.projects where id = ?", [project]).fetchone() == (1,)

    def unread(self) -> set[str]:
        with duckdb.connect(str(self.settings.warehouse_path), read_only=True) as warehouse:
            return {row[0] for row in warehouse.execute("select resource from sync.unread").fetchall()}

    def planned(self) -> dict[str, Any]:
        return make_plan(self.settings).to_json()["administrations"][self.id]["resources"]  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = Office(Settings(api_url=f"{URL}/api/v2", tokens={}, home=tmp_path_factory.mktemp("office") / "home"))
    yield made
    made.api.close()
    made.control.close()


def test_after_a_kill_before_the_list_was_read_the_next_run_plans_and_reads_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = office.an_hour_for_a_new_project()

    def killed(*_: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(RecordReader, "read_referred", killed)
        with pytest.raises(KilledError):
            office.sync()
    assert not office.has(project)

    assert office.planned()["projects"] == {"general": 1}
    assert office.sync().status == "ok"

    assert office.asked["projects"] == 1
    assert office.has(project)
    office.sync()
    assert office.asked["projects"] == 0, "it was found, and nobody has to look again"


def test_a_list_that_could_not_be_read_then_is_read_by_the_next_run(office: Office) -> None:
    project = office.an_hour_for_a_new_project()
    fault = {"kind": "status", "status": 503, "match": f"{office.id}/projects", "times": 9999}
    assert office.control.post("/_sandbox/faults", json=fault).status_code == 200
    assert office.sync().status == "partly"
    office.control.delete("/_sandbox/faults")

    office.sync()

    assert office.has(project)


def test_the_default_identity_is_known_though_the_list_of_identities_leaves_it_out(office: Office) -> None:
    default = office.api.get("identities/default.json").json()["id"]
    contact = office.api.get("contacts.json").json()[0]["id"]
    invoice = {"contact_id": contact, "details_attributes": [{"description": "Advies", "price": "10"}]}
    made = office.api.post("sales_invoices.json", json={"sales_invoice": invoice})
    assert made.json()["identity_id"] == default

    office.sync()

    assert office.asked["sales_invoices/synchronization"] == 1
    assert office.asked["identities"] == 0


def test_what_no_list_has_is_looked_for_once(office: Office) -> None:
    project = office.an_hour_for_a_new_project()
    del office.world.administrations[int(office.id)].projects[int(project)]

    office.sync()
    assert office.asked["projects"] == 1
    office.sync()

    assert office.asked["projects"] == 0


def test_what_is_made_after_its_list_was_read_and_used_in_the_same_run_is_read_by_the_next(office: Office) -> None:
    """Both are stamped at once: that the list was read whole says nothing about what was made since."""
    office.world.clock.advance(timedelta(hours=25))
    made: list[str] = []

    def between() -> dict[str, Any]:
        made.append(office.an_hour_for_a_new_project())
        return {}

    office.world.planned.append(Planned(between, path=f"{office.id}/time_entries"))
    assert office.sync().status == "ok"
    assert (office.asked["projects"], office.has(*made)) == (1, False)

    assert office.planned()["projects"] == {"general": 1}
    office.sync()

    assert (office.asked["projects"], office.has(*made)) == (1, True)
    office.sync()
    assert office.asked["projects"] == 0


def test_what_no_list_has_is_looked_for_once_more_where_its_list_was_read_beside_it(office: Office) -> None:
    office.world.clock.advance(timedelta(hours=25))
    project = office.an_hour_for_a_new_project()
    del office.world.administrations[int(office.id)].projects[int(project)]
    asked = []
    for _ in range(3):
        office.sync()
        asked.append(office.asked["projects"])

    assert asked == [1, 1, 0]


def test_what_a_full_run_did_not_come_to_is_planned_and_read_by_the_next(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its cadence nothing of it is due before tomorrow."""
    office.sync()
    assert {"projects", "workflows"}.isdisjoint(office.planned())
    read = RecordReader._list

    def killed(self: RecordReader, target: Target, resource: Resource) -> Turns:
        if resource.name == "projects":
            raise KilledError
        yield from read(self, target, resource)

    with monkeypatch.context() as patch:
        patch.setattr(RecordReader, "_list", killed)
        with pytest.raises(KilledError):
            office.sync(full=True)
    assert {"projects", "workflows"} <= office.unread()

    planned = office.planned()
    assert office.sync().status == "ok"

    assert {name: planned[name]["general"] for name in ("projects", "workflows")} == {"projects": 1, "workflows": 1}
    assert (office.asked["projects"], office.asked["workflows"]) == (1, 1)
    assert office.unread() == set()
    assert {"projects", "workflows"}.isdisjoint(office.planned())


def test_a_run_that_ends_among_the_lines_of_the_dimensions_leaves_the_ledger_unread(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their slices are newer than the totals they were held against."""

    def killed(*_: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(DimensionProver, "fetch", killed)
        with pytest.raises(KilledError):
            office.sync()
    assert office.unread() == {"general_ledger", "journal_entries"}

    office.sync()

    assert office.unread() == set()

"""Plans against the sandbox's request log, over days on which something happens; and what the next plan learns."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from pipelines.config import Settings
from pipelines.run.planning import make_plan
from pipelines.run.sync import Options, SyncReport, sync
from pipelines.sandbox import events
from pipelines.sandbox.app import create_app
from pipelines.sandbox.company import build_group
from pipelines.sandbox.events import business_day
from pipelines.sandbox.in_process import transport
from pipelines.sandbox.throttle import Throttle
from pipelines.sandbox.world import World

STUDIO = 1


@dataclass
class Office:
    """A group with three closed years, synced in process."""

    world: World
    settings: Settings

    def sync(self) -> SyncReport:
        self.world.requests.clear()
        app = create_app(self.world, Throttle.off())
        report = sync(self.settings, Options(transport=lambda: transport(app)))
        assert report.status == "ok"
        assert report.ledger_proof["differences"] == 0
        return report

    def asked(self) -> Counter[str]:
        return Counter(line.bucket for line in self.world.requests)

    def lists(self, name: str) -> list[str]:
        """The periods that a list was asked for, pages left out."""
        found = [line.query for line in self.world.requests if line.path.endswith(f"{name}.json")]
        return sorted({query.split("period%3A")[1].split("&")[0] for query in found})

    def pages(self, name: str) -> Counter[str]:
        """Administration → requests for a list."""
        paths = (line.path for line in self.world.requests if line.path.endswith(f"/{name}.json"))
        return Counter(path.split("/")[-2] for path in paths)

    def ids(self, sql: str) -> list[str]:
        with duckdb.connect(str(self.settings.warehouse_path), read_only=True) as warehouse:
            return [row[0] for row in warehouse.execute(sql).fetchall()]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    world = build_group(years=3, administrations=2)
    tokens = {token.name: token.secret for token in world.tokens.values()}
    home = tmp_path_factory.mktemp("office") / "home"
    office = Office(world, Settings(api_url="http://127.0.0.1/api/v2", tokens=tokens, home=home))
    first = office.sync()
    assert first.requests["planned_general"] == first.requests["general"]
    assert first.requests["planned_reports"] == pytest.approx(first.requests["reports"], rel=0.05)
    return office


def test_after_a_day_of_business_the_plan_made_from_its_records_is_near_the_log(office: Office) -> None:
    business_day.happen(office.world, list(office.world.administrations.values()))

    report = office.sync()

    requests = report.requests
    assert requests["general"] == office.asked()["general"]
    assert requests["planned_general"] == pytest.approx(requests["general"], rel=0.05)
    assert requests["planned_reports"] == pytest.approx(requests["reports"], rel=0.35)
    assert requests["unchanged_reports"] < requests["reports"] < 120, "it was 170 before a month's lines came at once"


def test_the_next_plan_says_what_changes_cost_lately_and_how_the_last_plan_did(office: Office, tmp_path: Path) -> None:
    for _ in range(2):
        business_day.happen(office.world, list(office.world.administrations.values()))
        report = office.sync()

    made = json.loads(json.dumps(make_plan(office.settings).to_json()))

    assert made["last_run"]["reports"] == {
        "unchanged": report.requests["unchanged_reports"],
        "planned": report.requests["planned_reports"],
        "spent": report.requests["reports"],
    }
    assert made["requests"]["expected_reports"] > made["requests"]["reports"]
    by_administration = [one["expected_reports"] for one in made["administrations"].values()]
    assert sum(by_administration) == made["requests"]["expected_reports"]


def test_an_unchanged_run_asks_what_was_planned(office: Office) -> None:
    office.sync()
    office.world.clock.advance(timedelta(minutes=10))
    foreseen = make_plan(office.settings).to_json()["administrations"]

    report = office.sync()

    studio, pages = str(list(office.world.administrations)[STUDIO]), office.pages("time_entries")
    assert pages[studio] > 2, "a list that ends on its first page foresees nothing"
    assert {i: one["resources"]["time_entries"]["general"] for i, one in foreseen.items()} == pages
    assert report.requests["general"] == report.requests["planned_general"] == report.requests["unchanged_general"]
    assert report.requests["reports"] == report.requests["planned_reports"] == report.requests["unchanged_reports"]


def test_hours_of_closed_years_are_read_weekly_and_one_that_moves_there_is_not_deleted(office: Office) -> None:
    office.sync()
    old = (
        "select id from raw.time_entries where year(started_at) = 2024 and administration_id = '{}' order by started_at"
    )
    first, *_, deleted = office.ids(old.format(list(office.world.administrations)[STUDIO]))
    moved = office.ids("select id from raw.time_entries where year(started_at) = 2026 order by started_at")[-1]
    studio = list(office.world.administrations.values())[STUDIO]
    events.happen(studio, "delete_time_entry", {"time_entry_id": deleted})
    office.sync()
    assert office.lists("time_entries") == ["20250101..20271231"], "this year and the last"
    alive = "select id from raw.time_entries where _deleted_at is null"
    assert {first, deleted} <= set(office.ids(alive)), "nobody has looked"

    times = {"started": 1_709_629_200_000, "ended": 1_709_632_800_000}  # 2024-03-05 at nine and at ten
    events.happen(studio, "edit_record", {"resource": "time_entries", "id": moved, "fields": times})
    office.sync()

    assert len(office.lists("time_entries")) == 3, "one that is missing is looked for everywhere"
    assert moved in office.ids(f"{alive} and year(started_at) = 2024")
    assert deleted not in office.ids(alive), "and so the other is found to be gone"

    office.world.clock.advance(timedelta(days=8))
    office.sync()
    assert len(office.lists("time_entries")) == 3

"""Lists without a feed: read on their cadence, at once when something refers to them, believed if they stood still."""

from __future__ import annotations

from collections import Counter
from typing import Any

import duckdb
import httpx
import pytest

from pipelines.sandbox.world import Planned
from tests.end_to_end.conftest import Group

STUDIO = 1


def api(group: Group, administration: int) -> httpx.Client:
    """A client of the sandbox's API with a token that reaches the administration."""
    for token in group.described["tokens"].values():
        if group.id(administration) in token["administrations"]:
            headers = {"Authorization": f"Bearer {token['token']}"}
            return httpx.Client(base_url=f"{group.described['api_url']}/{group.id(administration)}", headers=headers)
    raise AssertionError(f"no token reaches {group.id(administration)}")


def asked(group: Group, administration: int) -> Counter[str]:
    """Path below the administration → GETs since the log was last forgotten."""
    log: list[dict[str, Any]] = group.control.get("/_sandbox/requests").json()
    own = [entry for entry in log if entry["administration_id"] == group.id(administration)]
    return Counter(entry["path"].split(f"{group.id(administration)}/")[-1].removesuffix(".json") for entry in own)


def live(group: Group, table: str, administration: int) -> set[str]:
    where = f"administration_id = '{group.id(administration)}' and _deleted_at is null"
    return {row[0] for row in group.query(f"select id from raw.{table} where {where}")}


def test_a_daily_list_is_read_once_a_day_and_whenever_everything_is_asked_for(small_group: Group) -> None:
    small_group.sync()  # what the calendar did since is in
    small_group.forget_requests()

    small_group.sync()
    assert asked(small_group, STUDIO)["tax_rates"] == 0
    assert asked(small_group, STUDIO)["sales_invoices/synchronization"] > 0

    small_group.sync(full=True)
    assert asked(small_group, STUDIO)["tax_rates"] == 1

    small_group.forget_requests()
    small_group.happens("advance_clock", STUDIO, hours=24)
    small_group.sync()
    assert asked(small_group, STUDIO)["tax_rates"] == 1


def test_a_list_is_read_at_once_when_a_new_record_refers_to_what_nobody_knows(small_group: Group) -> None:
    small_group.sync()
    with api(small_group, STUDIO) as client:
        project = client.post("projects.json", json={"project": {"name": "Nieuwe website"}}).json()
        user = client.get("users.json").json()[0]["id"]
        times = {"started_at": "2026-11-20T08:00:00Z", "ended_at": "2026-11-20T09:00:00Z"}
        body = {"time_entry": {"user_id": user, "description": "Ontwerp", "project_id": project["id"]} | times}
        assert client.post("time_entries.json", json=body).status_code == 201
    small_group.forget_requests()

    report = small_group.sync()

    assert report.status == "ok"
    assert asked(small_group, STUDIO)["projects"] == 1
    assert asked(small_group, STUDIO)["tax_rates"] == 0
    assert project["id"] in live(small_group, "projects", STUDIO)


@pytest.mark.parametrize("page", [2, *(pytest.param(page, marks=pytest.mark.slow) for page in (1, 3))])
def test_a_record_that_slips_off_a_page_while_others_are_deleted_is_not_called_deleted(
    small_group: Group, page: int
) -> None:
    """A deletion moves every later row one place up, so the first row of the next page is on no page at all."""
    before = live(small_group, "time_entries", STUDIO)
    assert len(before) > 200, "three pages are needed for this"
    newest = small_group.query(
        f"""select id from raw.time_entries where administration_id = '{small_group.id(STUDIO)}'
            and sales_invoice_id is null and ended_at is not null order by started_at desc limit 1"""
    )[0][0]
    moment = {"before": {"path": "time_entries", "page": page}}
    small_group.happens("delete_time_entry", STUDIO, time_entry_id=newest, **moment)

    report = small_group.sync()

    assert report.status == "ok"
    assert live(small_group, "time_entries", STUDIO) == before - {newest}
    assert small_group.differences() == []


def test_a_list_that_never_stands_still_is_said_and_nothing_of_it_is_called_deleted(small_group: Group) -> None:
    """Before every second page somebody deletes an hour of the first."""
    before = live(small_group, "time_entries", STUDIO)
    world, studio = small_group.world, small_group.id(STUDIO)
    hours = world.administrations[int(studio)].time_entries
    unbilled = sorted((i for i, hour in hours.items() if hour.invoice_id is None), key=lambda i: hours[i].started)

    def delete_one() -> dict[str, Any]:
        del hours[unbilled.pop()]
        world.planned.append(Planned(delete_one, path=f"{studio}/time_entries", page="2"))
        return {}

    world.planned.append(Planned(delete_one, path=f"{studio}/time_entries", page="2"))

    report = small_group.sync()

    assert report.exit_code == 3
    said = (
        "Time entries of Duivenhof Studio B.V. kept changing while they were read; what came was loaded, and what was "
    )
    assert str(report.administrations[studio]["error"]).startswith(said)
    assert live(small_group, "time_entries", STUDIO) == before
    world.planned.clear()
    assert small_group.sync().status == "ok"
    assert small_group.differences() == []


def test_readings_that_a_wrong_clock_dated_ahead_are_made_again(small_group: Group) -> None:
    small_group.sync()
    with duckdb.connect(str(small_group.settings().warehouse_path)) as warehouse:
        warehouse.execute("update sync.reads set read_at = read_at + interval 40 day")
    small_group.forget_requests()

    small_group.sync()

    assert asked(small_group, STUDIO)["tax_rates"] == 1

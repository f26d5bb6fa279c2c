"""What must hold after a run was killed: what readers see, what the next run reads again, and what it ends with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from pipelines.moneybird.resources import RESOURCES, Feed
from pipelines.sandbox.records import versions
from pipelines.warehouse.snapshot import Snapshot, current_snapshot, mart_rows
from tests.end_to_end.conftest import Group
from tests.end_to_end.happenings import READ, edit, facts
from tests.end_to_end.killer import PAGE_RECORDS

SLICE = 40  # records; so that a few hundred changes are many slices
EDITS = 60  # per resource and administration


def much_happens(group: Group) -> None:
    """A week later, so that every cadence is due: a day of business, some records of every resource edited, and then
    time enough that nothing is read for being new."""
    group.happens("advance_clock", 1, days=8)
    group.happens("day_of_business", 1)
    for administration in range(len(group.described["administrations"])):
        for resource in READ:
            for record in facts(group, administration, resource)[-EDITS:]:
                edit(group, administration, resource, record, "Anders dan eerst", silently=False)
    group.happens("delete_invoice", 1)
    group.happens("remove_invoice_line", 1)
    group.happens("advance_clock", 1, seconds=60)
    group.forget_requests()


def due(group: Group) -> int:
    """How many records of the feeds differ from what is stamped: what one undisturbed run fetches."""
    stamped = {
        tuple(row[:3]): row[3]
        for row in group.query(
            "select administration_id, resource, id, version from sync.record_versions where deleted_at is null"
        )
    }
    followed = [resource.name for resource in RESOURCES if resource.feed is Feed.VERSIONS]
    served = {
        (str(administration.id), name, id_): version
        for administration in group.world.administrations.values()
        for name, ids in versions(administration).items()
        if name in followed
        for id_, version in ids.items()
    }
    return sum(stamped.get(key) != version for key, version in served.items())


def fetched(group: Group) -> int:
    """Records the feeds' second step has answered since the log was forgotten."""
    log = group.control.get("/_sandbox/requests").json()
    return sum(line["records"] or 0 for line in log if line["method"] == "POST")


@dataclass
class Before:
    """What readers see and what is due before a run that will be killed."""

    group: Group = field(repr=False)
    snapshot: Snapshot
    content: bytes = field(repr=False)
    due: int

    @classmethod
    def of(cls, group: Group) -> Before:
        snapshot = current_snapshot(group.settings().published_link)
        assert snapshot is not None
        return cls(group, snapshot, snapshot.path.read_bytes(), due(group))

    def readers_see_a_whole_snapshot(self) -> None:
        """The one from before, byte by byte, or one that equals the marts, table by table."""
        seen = current_snapshot(self.group.settings().published_link)
        assert seen is not None, "the link leads nowhere"
        assert self.snapshot.path.read_bytes() == self.content, "a published file was changed"
        if seen != self.snapshot:
            assert marts_that_differ(self.group.settings().warehouse_path, seen.path) == []

    def one_slice_at_most_was_fetched_again(self) -> None:
        """Over both runs. A slice ends with the page that fills it."""
        again = fetched(self.group) - self.due
        assert 0 <= again < SLICE + PAGE_RECORDS, (
            f"{again} of {self.due} records were fetched again, a slice is {SLICE}"
        )

    def the_next_run_repairs(self) -> None:
        """Without any option: data, proof, marts and snapshot; and it leaves nothing half behind."""
        group = self.group
        run = group.dovecote("run", "--json")
        assert run.returncode == 0, run.stderr
        report = json.loads(run.stdout)
        self.one_slice_at_most_was_fetched_again()
        assert report["sync"]["ledger_proof"]["differences"] == 0
        assert group.differences() == []
        settings = group.settings()
        published = settings.published_link.parent
        assert marts_that_differ(settings.warehouse_path, settings.published_link.resolve()) == []
        assert report["build"]["snapshot"]["path"] == str(settings.published_link.resolve())
        assert [path.name for path in published.iterdir() if path.name.startswith(".")] == []
        quiet = group.dovecote("sync", "--json")
        assert quiet.returncode == 0, quiet.stderr
        assert nothing_left(json.loads(quiet.stdout)), "a second run had something left to do"


def nothing_left(report: Mapping[str, Any]) -> bool:
    """Whether a sync, by its report's JSON, neither wrote nor tombstoned anything; a few old months' totals are read,
    and so written, by any run."""
    tombstones = sum(one["tombstones"] for one in report["administrations"].values())
    return report["tables"].keys() <= {"general_ledger"} and not tombstones


def marts_that_differ(warehouse: Path, snapshot: Path) -> list[str]:
    """Mart tables whose rows are not the same in both files."""
    with duckdb.connect(str(snapshot), read_only=True) as connection:
        tables = mart_rows(connection)
        connection.execute(f"attach '{warehouse}' as warehouse (read_only)")
        return [
            table
            for table in tables
            if connection.execute(
                f"""select count(*) from (
                    (from marts."{table}" except all from warehouse.marts."{table}")
                    union all (from warehouse.marts."{table}" except all from marts."{table}"))"""
            ).fetchall()
            != [(0,)]
        ]

"""The sync state, kept in the warehouse beside the data: what was loaded, read, deleted, and which ledger slices are
due. Feeds are compared with `sync.record_versions`, never with the raw tables; `stamps` writes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb
import pyarrow as pa

from pipelines.errors import ConfigurationError
from pipelines.warehouse import ledger_pages, proofs, referred, report_periods, spending, unread
from pipelines.warehouse.connection import transaction
from pipelines.warehouse.stamps import Read, write_reads

_SCHEMA = """
create schema if not exists sync;
create table if not exists sync.meta (key varchar primary key, value varchar);
create table if not exists sync.administrations (
    administration_id varchar primary key, name varchar, status varchar, error varchar,
    attempted_at timestamptz, synced_at timestamptz);
create table if not exists sync.record_versions (
    administration_id varchar, resource varchar, id varchar, version bigint, fingerprint varchar, scope varchar,
    slice_id varchar, deleted_at timestamptz, fetched_at bigint, primary key (administration_id, resource, id));
alter table sync.record_versions add column if not exists fetched_at bigint;
create table if not exists sync.reads (
    administration_id varchar, resource varchar, scope varchar, read_at timestamptz, row_count bigint,
    primary key (administration_id, resource, scope));
create table if not exists sync.loading (administration_id varchar, resource varchar, id varchar, scope varchar);
"""

_ORIGIN = "origin"


@dataclass(frozen=True, slots=True)
class StampedRecord:
    """What is known of one record."""

    version: int | None
    fingerprint: str
    scope: str
    fetched_at: int | None = None  # the server's epoch second when it was last fetched; version feeds only


class SyncState:
    """Reads and writes the `sync` schema on the one open warehouse connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, read_only: bool = False) -> None:
        self._con = connection
        if not read_only:
            parts = (proofs, report_periods, spending, ledger_pages, referred, unread)
            connection.execute(_SCHEMA + "".join(part.SCHEMA for part in parts))

    def check_origin(self, origin: str) -> None:
        """Refuses another API than the one the warehouse was filled from; one would tombstone the other's records.

        Raises ConfigurationError. `bind_origin` remembers the origin, once its first answer was good.
        """
        found = self.meta(_ORIGIN)
        if found not in {None, origin}:
            raise ConfigurationError(
                f"This warehouse was filled from {found}, and api_url now points at {origin}; "
                "set DOVECOTE_HOME to another directory for other data."
            )

    def bind_origin(self, origin: str) -> None:
        self.set_meta(_ORIGIN, origin)

    def meta(self, key: str) -> str | None:
        """A remembered value."""
        found = self._con.execute("select value from sync.meta where key = ?", [key]).fetchone()
        return found[0] if found else None

    def set_meta(self, key: str, value: str) -> None:
        self._con.execute("insert or replace into sync.meta values (?, ?)", [key, value])

    def known(self, administration_id: str, resource: str) -> dict[str, StampedRecord]:
        """Live stamps of one resource. A tombstoned id counts as not loaded, so it is fetched when it returns."""
        rows = self._con.execute(
            """select id, version, fingerprint, scope, fetched_at from sync.record_versions
               where administration_id = ? and resource = ? and deleted_at is null""",
            [administration_id, resource],
        ).fetchall()
        return {row[0]: StampedRecord(row[1], row[2], row[3], row[4]) for row in rows}

    def dated_in(
        self, administration_id: str, table: str, column: str, periods: Sequence[tuple[date, date]]
    ) -> set[str]:
        """Ids of live records whose moment is surely in one of the periods, whatever zone their days are counted in."""
        rows = self._con.execute(
            f"""select distinct id from raw."{table}"
                join (select unnest(?::date[]) as first, unnest(?::date[]) as last)
                  on "{column}"::date between first + 1 and last - 1
                where administration_id = ? and _deleted_at is null""",
            [[one[0] for one in periods], [one[1] for one in periods], administration_id],
        ).fetchall()
        return {row[0] for row in rows}

    def fingerprints(self, resource: str, administration_ids: Iterable[str]) -> pa.Table:
        """administration_id, id, fingerprint of every live stamp of a resource in these administrations."""
        return self._con.execute(
            """select administration_id, id, fingerprint from sync.record_versions
               where resource = ? and deleted_at is null and list_contains(?::varchar[], administration_id)""",
            [resource, sorted(administration_ids)],
        ).to_arrow_table()

    def reads(self, administration_id: str) -> dict[tuple[str, str], Read]:
        """(resource, scope) → last read."""
        rows = self._con.execute(
            "select resource, scope, read_at, row_count from sync.reads where administration_id = ?",
            [administration_id],
        ).fetchall()
        return {(row[0], row[1]): Read(row[2], row[3]) for row in rows}

    def distrust_future(self, now: datetime) -> None:
        """Readings of more than a day ahead were dated by a clock that was wrong: they count as old, or nothing with a
        cadence would be read until their day comes."""
        with transaction(self._con):
            for table in ("sync.reads", "sync.report_periods"):
                self._con.execute(
                    f"update {table} set read_at = timestamptz '2000-01-01' where read_at > $now + interval 1 day",
                    {"now": now},
                )

    def referred(self, administration_id: str) -> set[str]:
        """Resources of which a record is missing that others point at."""
        return referred.referred(self._con, administration_id)

    def note_unread(self, administration_id: str, resources: Iterable[str], at: datetime) -> None:
        """What a run is about to read; see `unread`."""
        unread.note_unread(self._con, administration_id, resources, at)

    def forget_unread(self, administration_id: str, resources: Iterable[str]) -> None:
        unread.forget_unread(self._con, {(administration_id, resource) for resource in resources})

    def unread(self, administration_id: str) -> dict[str, datetime]:
        """Resource → since when runs set out to read it and did not."""
        return unread.unread(self._con, administration_id)

    def owed(self, administration_id: str) -> set[str]:
        """Resources to read whatever their cadence: others point at a record of theirs that nobody has, or a run set
        out to read them and did not. What only `--full` would read today is otherwise not due until tomorrow."""
        return self.referred(administration_id) | self.unread(administration_id).keys()

    def administrations(self) -> dict[str, str]:
        """Every administration ever synced: id → name."""
        return dict(self._con.execute("select administration_id, name from sync.administrations order by 1").fetchall())

    def note_reads(self, reads: Mapping[tuple[str, str, str], Read]) -> None:
        write_reads(self._con, reads)

    def note_administration(
        self,
        administration_id: str,
        name: str,
        status: str,
        error: str | None,
        at: datetime,
        synced_at: datetime | None,
    ) -> None:
        """The outcome of one administration's run. `synced_at` keeps its last value when the run failed."""
        self._con.execute(
            """insert into sync.administrations values (?, ?, ?, ?, ?, ?)
               on conflict (administration_id) do update set name = excluded.name, status = excluded.status,
               error = excluded.error, attempted_at = excluded.attempted_at,
               synced_at = coalesce(excluded.synced_at, sync.administrations.synced_at)""",
            [administration_id, name, status, error, at, synced_at],
        )

"""The sync state, kept in the warehouse beside the data: what was loaded, read, deleted, and which ledger slices are
due.

A version counts as loaded when its stamp is written, in one transaction after the load package is complete: stamps,
tombstones, reads and dirty ledger slices together. A kill before the stamp means the slice is fetched again; nothing
else is needed. Feeds are compared with `sync.record_versions`, never with the raw tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import duckdb
import pyarrow as pa

from pipelines.errors import ConfigurationError
from pipelines.warehouse import ledger_pages, proofs, report_periods, spending
from pipelines.warehouse.connection import transaction
from pipelines.warehouse.dirty import LedgerTouch, mark_after

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


@dataclass(frozen=True)
class Read:
    """When a list, window or report was last read, by the server's clock, and how many rows it had."""

    read_at: datetime
    row_count: int


@dataclass(frozen=True)
class Children:
    """Child tables of a resource, for tombstones."""

    table: str
    parent_key: str


@dataclass
class Stamp:
    """Everything one slice writes at the end, in one transaction."""

    slice_id: str
    records: dict[str, pa.Table] = field(default_factory=dict)  # resource → administration_id, id, version, …
    gone: dict[tuple[str, str], set[str]] = field(default_factory=dict)  # (administration, resource) → ids
    missed: dict[tuple[str, str], set[str]] = field(default_factory=dict)  # asked for, not loaded: due again
    reads: dict[tuple[str, str, str], Read] = field(default_factory=dict)  # (administration, resource, scope)
    fetched: dict[str, list[tuple[str, str, int]]] = field(default_factory=dict)  # resource → administration, id, epoch
    touches: list[tuple[LedgerTouch, pa.Table]] = field(
        default_factory=list
    )  # documents that may have moved the ledger


class SyncState:
    """Reads and writes the `sync` schema on the one open warehouse connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, *, read_only: bool = False) -> None:
        self._con = connection
        if not read_only:
            connection.execute(_SCHEMA + proofs.SCHEMA + report_periods.SCHEMA + spending.SCHEMA + ledger_pages.SCHEMA)

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

    def administrations(self) -> dict[str, str]:
        """Every administration ever synced: id → name."""
        return dict(self._con.execute("select administration_id, name from sync.administrations order by 1").fetchall())

    def note_loading(self, records: Mapping[str, pa.Table]) -> None:
        """Notes, before the load, whose rows a slice is about to replace; its stamp takes the note away."""
        for resource, stamps in records.items():
            self._con.register("loading_records", stamps)
            self._con.execute(
                "insert into sync.loading select administration_id, ?, id, scope from loading_records", [resource]
            )
            self._con.unregister("loading_records")

    def distrust_loading(self) -> None:
        """After a kill between load and stamp: whatever those records say by now, they differ from what is known.

        Otherwise one that was loaded and then deleted would be missed by nobody and stay for ever, and one that was
        changed back would look as if it had never been loaded.
        """
        with transaction(self._con):
            self._con.execute(
                """insert into sync.record_versions
                   select distinct on (administration_id, resource, id)
                          administration_id, resource, id, null, '', scope, null, null, null from sync.loading
                   on conflict do update set version = null, fingerprint = '', deleted_at = null"""
            )
            self._con.execute("truncate sync.loading")

    def write(self, stamp: Stamp, children: Mapping[str, Sequence[Children]], at: datetime) -> int:
        """Writes the stamp in one transaction. Returns how many records were tombstoned."""
        with transaction(self._con):
            for resource, records in stamp.records.items():
                self._stamp_records(resource, records, stamp.slice_id)
            for resource, fetched in stamp.fetched.items():
                self._note_fetched(resource, fetched)
            for (administration_id, resource), ids in stamp.gone.items():
                self._tombstone(administration_id, resource, ids, children.get(resource, ()), stamp.slice_id, at)
            for (administration_id, resource), ids in stamp.missed.items():
                self._forget_versions(administration_id, resource, ids)
            for touch, documents in stamp.touches:
                mark_after(self._con, touch, documents)
                ledger_pages.forget(self._con, documents.column("administration_id").unique().to_pylist())
            self._write_reads(stamp.reads)
            self._con.execute("truncate sync.loading")
        return sum(len(ids) for ids in stamp.gone.values())

    def note_reads(self, reads: Mapping[tuple[str, str, str], Read]) -> None:
        self._write_reads(reads)

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

    def _stamp_records(self, resource: str, records: pa.Table, slice_id: str) -> None:
        self._con.register("stamped", records)
        self._con.execute(
            """insert or replace into sync.record_versions
               select administration_id, ?, id, version, fingerprint, scope, ?, null, null from stamped""",
            [resource, slice_id],
        )
        self._con.unregister("stamped")

    def _note_fetched(self, resource: str, fetched: Sequence[tuple[str, str, int]]) -> None:
        """When each was last fetched, also where nothing of it changed: then it is not fetched once more."""
        columns = list(zip(*fetched, strict=True)) or [(), (), ()]
        types = (pa.string(), pa.string(), pa.int64())
        table = pa.table([pa.array(c, t) for c, t in zip(columns, types, strict=True)], names=["a", "i", "t"])
        self._con.register("fetched_records", table)
        self._con.execute(
            """update sync.record_versions as known set fetched_at = f.t from fetched_records as f
               where known.administration_id = f.a and known.resource = ? and known.id = f.i""",
            [resource],
        )
        self._con.unregister("fetched_records")

    def _tombstone(
        self,
        administration_id: str,
        resource: str,
        ids: set[str],
        children: Sequence[Children],
        slice_id: str,
        at: datetime,
    ) -> None:
        gone = [administration_id, sorted(ids)]
        where = "administration_id = ? and {key} in (select unnest(?::varchar[]))"
        change = "set _deleted_at = ?, _changed_at = ?, _slice_id = ?"
        self._con.execute(f'update raw."{resource}" {change} where {where.format(key="id")}', [at, at, slice_id, *gone])
        for child in children:
            self._con.execute(
                f'update raw."{child.table}" {change} where {where.format(key=child.parent_key)}',
                [at, at, slice_id, *gone],
            )
        self._con.execute(
            "update sync.record_versions set deleted_at = ?, slice_id = ? "
            f"where resource = ? and {where.format(key='id')}",
            [at, slice_id, resource, *gone],
        )

    def _forget_versions(self, administration_id: str, resource: str, ids: set[str]) -> None:
        """Without a version a record differs from any feed, so the next run asks for it again; without a fingerprint
        it is stamped then, also when it came back as it was."""
        self._con.execute(
            """update sync.record_versions set version = null, fingerprint = ''
               where administration_id = ? and resource = ? and id in (select unnest(?::varchar[]))""",
            [administration_id, resource, sorted(ids)],
        )

    def _write_reads(self, reads: Mapping[tuple[str, str, str], Read]) -> None:
        rows = [(*key, read.read_at, read.row_count) for key, read in reads.items()]
        types = (pa.string(), pa.string(), pa.string(), pa.timestamp("us", "UTC"), pa.int64())
        columns = [pa.array([row[n] for row in rows], type_) for n, type_ in enumerate(types)]
        self._con.register("noted_reads", pa.table(columns, names=["a", "n", "s", "t", "c"]))
        self._con.execute("insert or replace into sync.reads select * from noted_reads")
        self._con.unregister("noted_reads")

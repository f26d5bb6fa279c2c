"""What one slice writes when its package is complete: the stamp.

A version counts as loaded when its stamp is written, in one transaction after the load package is complete: stamps,
tombstones, reads and dirty ledger slices together. A kill before the stamp means the slice is fetched again; nothing
else is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import duckdb
import pyarrow as pa

from pipelines.warehouse import ledger_pages
from pipelines.warehouse.connection import transaction
from pipelines.warehouse.dirty import LedgerTouch, mark_after
from pipelines.warehouse.referred import forget_referred, note_referred
from pipelines.warehouse.unread import forget_unread


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
    # resources (the list to look in first) → administration_id and id that records point at
    referred: dict[tuple[str, ...], pa.Table] = field(default_factory=dict)


def note_loading(connection: duckdb.DuckDBPyConnection, records: Mapping[str, pa.Table]) -> None:
    """Notes, before the load, whose rows a slice is about to replace; its stamp takes the note away."""
    for resource, stamps in records.items():
        connection.register("loading_records", stamps)
        connection.execute(
            "insert into sync.loading select administration_id, ?, id, scope from loading_records", [resource]
        )
        connection.unregister("loading_records")


def distrust_loading(connection: duckdb.DuckDBPyConnection) -> None:
    """After a kill between load and stamp: whatever those records say by now, they differ from what is known.

    Otherwise one that was loaded and then deleted would be missed by nobody and stay for ever, and one that was
    changed back would look as if it had never been loaded.
    """
    with transaction(connection):
        connection.execute(
            """insert into sync.record_versions
               select distinct on (administration_id, resource, id)
                      administration_id, resource, id, null, '', scope, null, null, null from sync.loading
               on conflict do update set version = null, fingerprint = '', deleted_at = null"""
        )
        connection.execute("truncate sync.loading")


def write_stamp(
    connection: duckdb.DuckDBPyConnection, stamp: Stamp, children: Mapping[str, Sequence[Children]], at: datetime
) -> int:
    """Writes the stamp in one transaction. Returns how many records were tombstoned."""
    with transaction(connection):
        for resource, records in stamp.records.items():
            _stamp_records(connection, resource, records, stamp.slice_id)
        for resource, fetched in stamp.fetched.items():
            _note_fetched(connection, resource, fetched)
        for (administration_id, resource), ids in stamp.gone.items():
            _tombstone(connection, administration_id, resource, ids, children.get(resource, ()), stamp.slice_id, at)
        for (administration_id, resource), ids in stamp.missed.items():
            _forget_versions(connection, administration_id, resource, ids)
        for touch, documents in stamp.touches:
            mark_after(connection, touch, documents)
            ledger_pages.forget(connection, documents.column("administration_id").unique().to_pylist())
        write_reads(connection, stamp.reads)
        lists = {(administration_id, name) for administration_id, name, _ in stamp.reads}
        forget_unread(connection, lists)
        forget_referred(connection, lists)
        for resources, pointed_at in stamp.referred.items():  # last: a list of this slice may be older than they are
            note_referred(connection, resources, pointed_at)
        connection.execute("truncate sync.loading")
    return sum(len(ids) for ids in stamp.gone.values())


def _stamp_records(connection: duckdb.DuckDBPyConnection, resource: str, records: pa.Table, slice_id: str) -> None:
    connection.register("stamped", records)
    connection.execute(
        """insert or replace into sync.record_versions
           select administration_id, ?, id, version, fingerprint, scope, ?, null, null from stamped""",
        [resource, slice_id],
    )
    connection.unregister("stamped")


def _note_fetched(
    connection: duckdb.DuckDBPyConnection, resource: str, fetched: Sequence[tuple[str, str, int]]
) -> None:
    """When each was last fetched, also where nothing of it changed: then it is not fetched once more."""
    columns = list(zip(*fetched, strict=True)) or [(), (), ()]
    types = (pa.string(), pa.string(), pa.int64())
    table = pa.table([pa.array(c, t) for c, t in zip(columns, types, strict=True)], names=["a", "i", "t"])
    connection.register("fetched_records", table)
    connection.execute(
        """update sync.record_versions as known set fetched_at = f.t from fetched_records as f
           where known.administration_id = f.a and known.resource = ? and known.id = f.i""",
        [resource],
    )
    connection.unregister("fetched_records")


def _tombstone(
    connection: duckdb.DuckDBPyConnection,
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
    connection.execute(f'update raw."{resource}" {change} where {where.format(key="id")}', [at, at, slice_id, *gone])
    for child in children:
        connection.execute(
            f'update raw."{child.table}" {change} where {where.format(key=child.parent_key)}',
            [at, at, slice_id, *gone],
        )
    connection.execute(
        f"update sync.record_versions set deleted_at = ?, slice_id = ? where resource = ? and {where.format(key='id')}",
        [at, slice_id, resource, *gone],
    )


def _forget_versions(
    connection: duckdb.DuckDBPyConnection, administration_id: str, resource: str, ids: set[str]
) -> None:
    """Without a version a record differs from any feed, so the next run asks for it again; without a fingerprint
    it is stamped then, also when it came back as it was."""
    connection.execute(
        """update sync.record_versions set version = null, fingerprint = ''
           where administration_id = ? and resource = ? and id in (select unnest(?::varchar[]))""",
        [administration_id, resource, sorted(ids)],
    )


def write_reads(connection: duckdb.DuckDBPyConnection, reads: Mapping[tuple[str, str, str], Read]) -> None:
    rows = [(*key, read.read_at, read.row_count) for key, read in reads.items()]
    types = (pa.string(), pa.string(), pa.string(), pa.timestamp("us", "UTC"), pa.int64())
    columns = [pa.array([row[n] for row in rows], type_) for n, type_ in enumerate(types)]
    connection.register("noted_reads", pa.table(columns, names=["a", "n", "s", "t", "c"]))
    connection.execute("insert or replace into sync.reads select * from noted_reads")
    connection.unregister("noted_reads")

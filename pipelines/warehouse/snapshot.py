"""The published snapshot: an immutable file of marts behind a symlink.

    warehouse (marts) ──ATTACH, table by table──▶ .writing-<id> ──rename──▶ marts-<id>.duckdb ◀── marts.duckdb (link)

Readers resolve the link once and keep that file for as long as they like. A crash or a full disk at any step leaves
the old link valid and never a half file under a final name: a file gets its name only when it is complete and on disk.
Deliberately absent: judging whether marts may be published; that is `run.publish`.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from pipelines.errors import WarehouseError
from pipelines.warehouse.connection import explain

KEEP_SNAPSHOTS = 3  # the newest ones, for readers that resolved the link before it moved
KEEP_YOUNGER = timedelta(hours=1)  # a page that is open longer resolves the link again anyway
INFO_TABLE = "snapshot_info"

log = logging.getLogger(__name__)

_ID_TIME = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"marts-(\d{8}T\d{6}Z-[0-9a-f]{4})\.duckdb")
_INFO = f"""
create table snapshot.marts.{INFO_TABLE} as
select
    ?::varchar as snapshot_id,
    ?::timestamptz as published_at,
    administrations.administration_id,
    administrations.administration_name,
    administrations.last_synced_at as synced_at,
    administrations.sync_status,
    administrations.sync_remark,
    administrations.business_date,
    count(*) filter (where checks.status = 'ok') as checks_ok,
    count(*) filter (where checks.status = 'break') as checks_broken,
    count(*) filter (where checks.status not in ('ok', 'break')) as checks_other
from marts.dim_administration as administrations
left join marts.recon_checks as checks using (administration_id)
group by all
order by administrations.administration_id
"""


@dataclass(frozen=True)
class Snapshot:
    """One published file. `snapshot_id` sorts by time of publication."""

    snapshot_id: str
    path: Path


def new_snapshot_id(now: datetime) -> str:
    """Such as 20261120T080211Z-ab12: sorts by second of `now` (aware), unique enough within one."""
    return f"{now.astimezone(UTC):{_ID_TIME}}-{secrets.token_hex(2)}"


def current_snapshot(link: Path) -> Snapshot | None:
    """What `link` points at, or None when nothing usable has been published."""
    try:
        path = link.resolve()
    except (OSError, RuntimeError):  # a link that points at itself; RuntimeError before Python 3.13
        return None
    match = _NAME.fullmatch(path.name)
    return Snapshot(match[1], path) if match and path.is_file() else None


def read_snapshot(snapshot: Snapshot) -> duckdb.DuckDBPyConnection:
    """A read-only connection to one published file; the caller closes it."""
    try:
        return duckdb.connect(str(snapshot.path), read_only=True)
    except duckdb.Error as error:
        raise WarehouseError(
            f"The published snapshot {snapshot.path} cannot be opened: {first_line(error)}; "
            "publish a new one with `dovecote build --accept-shrink`, which compares it with nothing."
        ) from None


def mart_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows per table of schema `marts`, in name order, without what publishing adds."""
    names = connection.execute(
        "select table_name from information_schema.tables where table_catalog = current_database() "
        "and table_schema = 'marts' and table_type = 'BASE TABLE' and table_name <> ? order by 1",
        [INFO_TABLE],
    ).fetchall()
    return {name: connection.execute(f'select count(*) from marts."{name}"').fetchall()[0][0] for (name,) in names}


def publish_marts(connection: duckdb.DuckDBPyConnection, link: Path, now: datetime) -> Snapshot:
    """Writes the marts of `connection` to a new file beside `link`, then moves the link to it; prunes old files.

    `now` (aware) becomes `published_at`. Raises WarehouseError, with the link as it was, when the disk is full or not
    writable. The caller holds the run lock.
    """
    directory = link.parent
    snapshot_id = new_snapshot_id(now)
    final = directory / f"marts-{snapshot_id}.duckdb"
    unfinished = directory / f".writing-{snapshot_id}"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _remove_leftovers(directory)
        _export(connection, unfinished, snapshot_id, now)
        _to_disk(unfinished)
        unfinished.rename(final)
        _to_disk(directory)
        move_link(link, final)
    except (duckdb.Error, OSError) as error:
        with suppress(OSError):
            _remove_leftovers(directory)
        if isinstance(error, duckdb.OutOfMemoryException):
            raise explain(error, final) from None
        raise WarehouseError(
            f"The snapshot could not be written to {directory}: {first_line(error)}; "
            "make room or correct the directory, then run `dovecote build`. What was published before still is."
        ) from None
    prune(link, now)
    return Snapshot(snapshot_id, final)


def move_link(link: Path, target: Path) -> None:
    """Points `link` at `target` (in the same directory) in one step: a reader sees the old file or the new one."""
    beside = link.with_name(f".writing-{link.name}")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target.name)  # relative: the home may be moved or mounted elsewhere
    os.replace(beside, link)
    _to_disk(link.parent)


def prune(link: Path, now: datetime, keep: int = KEEP_SNAPSHOTS, younger: timedelta = KEEP_YOUNGER) -> list[Path]:
    """Removes published files beyond the newest `keep` that are older than `younger`, never the one `link` names."""
    files = sorted((path for path in link.parent.iterdir() if _NAME.fullmatch(path.name)), reverse=True)
    removed = []
    for path in files[keep:]:
        if path != link.resolve() and now - _published_at(path) > younger:
            try:
                path.unlink()
            except OSError as error:  # an old file too many is no reason to call a published run failed
                log.warning("snapshot not removed path=%s cause=%s", path, first_line(error))
            else:
                removed.append(path)
    return removed


def _published_at(path: Path) -> datetime:
    """From the name: a file's own times change when a home is copied or restored."""
    return datetime.strptime(path.name, f"marts-{_ID_TIME}-{path.stem[-4:]}.duckdb").replace(tzinfo=UTC)


def first_line(error: BaseException) -> str:
    """An engine's or system's reason, without its hints on the following lines."""
    text = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return text.strip().splitlines()[0].rstrip(".")


def _export(connection: duckdb.DuckDBPyConnection, path: Path, snapshot_id: str, now: datetime) -> None:
    connection.execute(f"attach '{str(path).replace(chr(39), chr(39) * 2)}' as snapshot")
    try:
        connection.execute("create schema snapshot.marts")
        for name in mart_rows(connection):
            connection.execute(f'create table snapshot.marts."{name}" as from marts."{name}"')
        connection.execute(_INFO, [snapshot_id, now])
        _copy_comments(connection)
        connection.execute("checkpoint snapshot")
    finally:
        with suppress(duckdb.Error):  # after a full disk it may refuse; the first error is the one to tell
            connection.execute("detach snapshot")


def _copy_comments(connection: duckdb.DuckDBPyConnection) -> None:
    """Carries dbt's descriptions over, so that an analyst finds them in the file itself."""
    comments = connection.execute(
        """
        select 'table', table_name, null, comment from duckdb_tables()
        where database_name = current_database() and schema_name = 'marts' and comment is not null
        union all
        select 'column', table_name, column_name, comment from duckdb_columns()
        where database_name = current_database() and schema_name = 'marts' and comment is not null
        """
    ).fetchall()
    for kind, table, column, comment in comments:
        target = f'snapshot.marts."{table}"' + (f'."{column}"' if column else "")
        connection.execute(f"comment on {kind} {target} is '{comment.replace(chr(39), chr(39) * 2)}'")


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_leftovers(directory: Path) -> None:
    """Half files of a run that was killed; nobody else writes here while the run lock is held."""
    for path in directory.glob(".writing-*"):
        path.unlink()

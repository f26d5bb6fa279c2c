"""Published snapshot in, exact rows out: the only place where the dashboards open a database.

The link is resolved once per page run (`current`), and everything on that page is read from that file. Connections
are keyed by the resolved path: connecting again to a path whose file was replaced returns the old data while any
connection in this process is open. Deliberately absent: pandas' float conversion of amounts, and any way to write.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

LOCAL_ZONE = "Europe/Amsterdam"  # times on screen; dates of records come as dates
OPEN_SNAPSHOTS = 3  # publish keeps three files; a page that is still running may need the one before

_PUBLISHED = Path("published") / "marts.duckdb"
_PUBLISHED_AT = f"select max(published_at) at time zone '{LOCAL_ZONE}' as published_at from marts.snapshot_info"
_UNKNOWN = datetime(1970, 1, 1)  # noqa: DTZ001 - local time without a zone, like all times on screen
_lock = threading.Lock()
_connections: dict[Path, duckdb.DuckDBPyConnection] = {}


class NoSnapshot(Exception):
    """There is nothing to read; `str()` is one sentence that says what to do."""


@dataclass(frozen=True)
class Snapshot:
    """One immutable published file. `path` is the file itself, never the link; `published_at` is Dutch local time."""

    path: Path
    snapshot_id: str
    published_at: datetime


def published_link() -> Path:
    """Where publishing leaves its link: DOVECOTE_PUBLISHED, else inside DOVECOTE_HOME, else inside ./.dovecote."""
    named = os.environ.get("DOVECOTE_PUBLISHED")
    return Path(named) if named else Path(os.environ.get("DOVECOTE_HOME") or ".dovecote") / _PUBLISHED


def current() -> Snapshot:
    """The snapshot that is published now. Call once per page run and pass the result on.

    Raises NoSnapshot when nothing was published, or the file cannot be read.
    """
    link = published_link()
    try:
        path = link.resolve(strict=True)
    except (OSError, RuntimeError):
        raise NoSnapshot(f"Nothing has been published at {link} yet: run `dovecote run` first.") from None
    unread = Snapshot(path, path.stem.removeprefix("marts-"), _UNKNOWN)
    try:
        rows = query(unread, _PUBLISHED_AT)
    except duckdb.Error:
        raise NoSnapshot(f"{path.name} cannot be read: run `dovecote run` to publish again.") from None
    return replace(unread, published_at=records(rows)[0]["published_at"] or _UNKNOWN)


def query(snapshot: Snapshot, sql: str, params: Sequence[object] = ()) -> pd.DataFrame:
    """The rows of `sql` on `snapshot`, values exact: DECIMAL is Decimal, DATE is date, NULL is None.

    Safe from several threads: each call has its own cursor on the snapshot's one read-only connection.
    """
    with _connection(snapshot.path).cursor() as cursor:
        cursor.execute("set TimeZone = 'UTC'")  # a timestamp without zone in a snapshot is UTC
        cursor.execute(sql, list(params))
        columns = [column[0] for column in cursor.description or ()]
        return pd.DataFrame(cursor.fetchall(), columns=columns, dtype=object)


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as dicts, values as exact as in the frame."""
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def _connection(path: Path) -> duckdb.DuckDBPyConnection:
    with _lock:
        if path not in _connections:
            _connections[path] = duckdb.connect(str(path), read_only=True)
            _close_older()
        return _connections[path]


def _close_older() -> None:
    """Closes connections to files that vanished and all but the newest few; a page that needs one opens it again."""
    kept = [path for path in _connections if path.exists()][-OPEN_SNAPSHOTS:]
    for path in [path for path in _connections if path not in kept]:
        _connections.pop(path).close()

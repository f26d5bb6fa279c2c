"""The shared budget counter: how many requests are left in each window, for every process on this machine.

The rules (when a window begins, what the server's headers mean) are the caller's; here a window is read, changed and
written in one short transaction, so that of two processes the second sees what the first took. Nothing is held between
requests: a killed process leaves a row that is right but for one request nobody sent.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

import sqlalchemy as sa

from pipelines.operations.schema import request_windows
from pipelines.operations.store import Store

log = logging.getLogger(__name__)
T = TypeVar("T")
RETRY_SECONDS = 60.0  # a store that failed is left alone for so long; each try may wait out its busy timeout

_INSERT = sa.text(  # both engines understand it; two processes may meet a new origin together
    "insert into request_windows (origin, bucket, request_limit, remaining, number, updated_at) "
    "values (:origin, :bucket, :limit, :limit, 0, :at) on conflict do nothing"
).bindparams(sa.bindparam("at", type_=request_windows.c.updated_at.type))
_KEY = sa.and_(
    request_windows.c.origin == sa.bindparam("its_origin"), request_windows.c.bucket == sa.bindparam("its_bucket")
)
_SELECT = request_windows.select().where(_KEY).with_for_update()  # SQLite has its lock already and ignores this
_UPDATE = request_windows.update().where(_KEY)


@dataclass
class Window:
    """One bucket's window. `number` counts windows; `reset` is the server's own name for this one, once it told."""

    limit: int
    remaining: int
    ends_at: float | None = None  # seconds since 1970 on this machine's clock; None: not begun
    reset: int | None = None  # Unix seconds on the server's clock; compared with itself only
    number: int = 0


class SharedCounter:
    """The windows of one API host in the operations store, over one connection that stays open.

    Safe to share between threads. When the store fails in the middle of a run, the process counts for itself for a
    minute and says so: the server's own headers still hold it, and a figure nobody can write is no reason to stop.
    """

    def __init__(self, store: Store, origin: str, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self._origin = origin
        self._now = now
        self._lock = threading.Lock()
        self._connection: sa.Connection | None = None
        self._last: dict[str, Window] = {}
        self._alone_until = float("-inf")

    def now(self) -> float:
        """Seconds on the clock that `ends_at` is measured by."""
        return self._now()

    def change(self, bucket: str, limit: int, change: Callable[[Window], T]) -> T:
        """What `change` returns, after the window it was given is written. A bucket never seen begins at `limit`.

        `change` may be called twice and must touch nothing but its window.
        """
        with self._lock:
            if self._now() >= self._alone_until:
                try:
                    return self._in_store(bucket, limit, change)
                except sa.exc.SQLAlchemyError as error:
                    self._count_alone(error)
            return change(self._last.setdefault(bucket, Window(limit, limit)))

    def close(self) -> None:
        with self._lock:
            self._drop_connection()

    def _in_store(self, bucket: str, limit: int, change: Callable[[Window], T]) -> T:
        if self._connection is None:
            self._connection = self._store.connect_for_counting()
        connection = self._connection
        key = {"its_origin": self._origin, "its_bucket": bucket}
        with connection.begin():
            row = connection.execute(_SELECT, key).one_or_none()
            if row is None:
                first = {"origin": self._origin, "bucket": bucket, "limit": limit, "at": datetime.now(UTC)}
                connection.execute(_INSERT, first)
                row = connection.execute(_SELECT, key).one()
            window = _window(row)
            before = replace(window)
            result = change(window)
            if window != before:
                connection.execute(_UPDATE, {**key, **_columns(window), "updated_at": datetime.now(UTC)})
        self._last[bucket] = window
        return result

    def _count_alone(self, error: sa.exc.SQLAlchemyError) -> None:
        self._alone_until = self._now() + RETRY_SECONDS
        self._drop_connection()
        log.warning(
            "windows.counting_alone seconds=%.0f cause=%s; other processes are not seen, the server's headers are",
            RETRY_SECONDS,
            type(getattr(error, "orig", None) or error).__name__,
        )

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _window(row: sa.Row[tuple[object, ...]]) -> Window:
    ends_at = None if row.ends_at is None else row.ends_at.timestamp()
    return Window(row.request_limit, row.remaining, ends_at, row.reset, row.number)


def _columns(window: Window) -> dict[str, object]:
    return {
        "request_limit": window.limit,
        "remaining": window.remaining,
        "ends_at": None if window.ends_at is None else datetime.fromtimestamp(window.ends_at, UTC),
        "reset": window.reset,
        "number": window.number,
    }

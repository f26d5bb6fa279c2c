"""Locks that die with their process: a file lock beside SQLite, an advisory lock in PostgreSQL.

No lease and no clock: a killed worker frees its administration at once, and a living one that waits out a throttle for
minutes is never mistaken for a dead one.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32

import sqlalchemy as sa


@contextmanager
def held(engine: sa.Engine, name: str, *, wait: bool) -> Iterator[bool]:
    """True while this process holds the lock `name`; False, at once, when another has it and `wait` is off."""
    if engine.dialect.name == "sqlite":
        with _file_lock(_lock_path(engine, name), wait=wait) as got:
            yield got
    else:
        with _advisory_lock(engine, name, wait=wait) as got:
            yield got


def _lock_path(engine: sa.Engine, name: str) -> Path:
    database = Path(engine.url.database or "operations.sqlite")
    return database.with_name(f"{database.name}.{name}.lock")


@contextmanager
def _file_lock(path: Path, *, wait: bool) -> Iterator[bool]:
    # The file stays: removing it would let two processes lock two files of one name.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        yield False
        return
    try:
        yield True
    finally:
        os.close(descriptor)


@contextmanager
def _advisory_lock(engine: sa.Engine, name: str, *, wait: bool) -> Iterator[bool]:
    number = crc32(f"dovecote:{name}".encode())
    # Session level and autocommit: held without a transaction, gone when the connection or the process ends.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if wait:
            connection.execute(sa.select(sa.func.pg_advisory_lock(number)))
            got = True
        else:
            got = bool(connection.scalar(sa.select(sa.func.pg_try_advisory_lock(number))))
        try:
            yield got
        finally:
            if got:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(number)))

"""Opens the warehouse file, and says in one sentence why it cannot be opened or written."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from pipelines.errors import WarehouseError

LOCK_PATIENCE = 5.0  # seconds; `dovecote plan` and `status` hold the file for less than one
_HOLDER = re.compile(r"held in (?P<program>\S+) \(PID (?P<pid>\d+)\)")


def open_warehouse(path: Path, memory_limit: str = "1GB") -> duckdb.DuckDBPyConnection:
    """A writing connection to the warehouse at `path`, created if missing. Timestamps are shown in UTC.

    Waits a few seconds for another process that holds the file. Raises WarehouseError when it still does, when the disk
    is full or when the file is not a warehouse.
    """
    try:
        connection = _connect(path, time.monotonic() + LOCK_PATIENCE)
        connection.execute(f"set memory_limit = '{memory_limit}'; set timezone = 'UTC'")
        connection.execute("set enable_external_file_cache = false")  # dlt's files are read once, then deleted
    except duckdb.Error as error:
        raise explain(error, path) from None
    return connection


def read_warehouse(path: Path, memory_limit: str = "1GB") -> duckdb.DuckDBPyConnection:
    """A connection to the warehouse at `path` that changes nothing; also after a kill, whose log DuckDB reads on the
    side. Many may read at once, none while a process writes: raises WarehouseError then, as `open_warehouse` does."""
    try:
        connection = _connect(path, time.monotonic() + LOCK_PATIENCE, read_only=True)
        connection.execute(f"set memory_limit = '{memory_limit}'; set timezone = 'UTC'")
    except duckdb.Error as error:
        raise explain(error, path) from None
    return connection


def _connect(path: Path, until: float, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    while True:
        try:
            return duckdb.connect(str(path), read_only=read_only)
        except duckdb.IOException as error:
            if "Could not set lock" not in str(error) or time.monotonic() >= until:
                raise
        time.sleep(0.2)


@contextmanager
def warehouse_errors(path: Path) -> Iterator[None]:
    """Turns DuckDB's I/O errors inside the block into a WarehouseError with what to do."""
    try:
        yield
    except (
        duckdb.IOException,
        duckdb.OutOfMemoryException,
        duckdb.FatalException,
        duckdb.TransactionException,
    ) as error:
        raise explain(error, path) from None
    except OSError as error:
        raise WarehouseError(
            f"{path.parent} cannot be written: {error.strerror or str(error) or type(error).__name__}; "
            "free some space and run again."
        ) from None


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """One transaction for the block: committed at its end, rolled back when it raises.

    A commit that fails (a full disk) has already ended the transaction; the first error is the one that counts.
    """
    connection.begin()
    try:
        yield
        connection.commit()
    except BaseException:
        with suppress(duckdb.TransactionException):
            connection.rollback()
        raise


def explain(error: Exception, path: Path) -> WarehouseError:
    """One sentence for what DuckDB said about the warehouse file."""
    text = str(error)
    if "Could not set lock" in text:
        found = _HOLDER.search(text)
        holder = f"process {found['pid']} ({Path(found['program']).name})" if found else "another process"
        return WarehouseError(
            f"The warehouse {path} is locked by {holder}; wait until it ends or stop it, then run again. "
            "Readers should open the published snapshot instead."
        )
    if re.search(r"no space left|disk (is )?full|file too large|could not write", text, re.IGNORECASE):
        return WarehouseError(
            f"The disk is full while writing {path}; free some space and run again. What was stamped is kept."
        )
    if isinstance(error, duckdb.OutOfMemoryException):
        return WarehouseError(
            "DuckDB reached its memory limit; raise dovecote.memory_limit (for example DOVECOTE__MEMORY_LIMIT=2GB)."
        )
    first_line = text.splitlines()[0] if text else type(error).__name__
    return WarehouseError(
        f"The warehouse {path} cannot be used ({first_line[:200]}); move it away and run `dovecote run`, "
        "which fills a new one. What was published stays."
    )

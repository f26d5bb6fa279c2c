"""A PostgreSQL of a test's own: a private cluster in a directory, and a copy of what `dovecote sync` wrote.

    warehouse.duckdb (raw, raw_history, sync) ──CSV, typed──▶ the same schemas in PostgreSQL ──dbt build──▶ marts

No service of the system is touched: the server listens on a socket in its own directory only and ends with the test.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psycopg2
import psycopg2.extensions

SCHEMAS = ("raw", "raw_history", "sync")
OWNER = "postgres"  # Debian's unprivileged user; the server refuses to run as root
_TYPES = {"HUGEINT": "numeric(38, 0)", "BLOB": "bytea"}  # the others have the same name in both
_CSV = "format csv, header false, force_quote *"  # a quoted empty text is a text, an unquoted one is null
_SETTINGS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c listen_addresses="


def missing() -> str:
    """Why there can be no server here; empty when there can."""
    if _programs() is None:
        return "PostgreSQL is not installed; as root: apt-get update && apt-get install -y postgresql"
    return ""


def _programs() -> Path | None:
    """Where initdb and pg_ctl are: on the PATH, or where Debian puts each version."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    return max((path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")), default=None)


@dataclass(frozen=True)
class Server:
    """A running server, as libpq's own variables name it."""

    directory: Path

    @property
    def environment(self) -> dict[str, str]:
        """What dbt's output `postgres` and every client read."""
        return {"PGHOST": str(self.directory), "PGPORT": "5432", "PGUSER": OWNER, "PGDATABASE": OWNER, "PGTZ": "UTC"}

    @contextmanager
    def connected(self) -> Iterator[psycopg2.extensions.connection]:
        """A connection whose transaction is committed at the end."""
        connection = psycopg2.connect(host=str(self.directory), user=OWNER, dbname=OWNER, options="-c timezone=UTC")
        try:
            with connection:
                yield connection
        finally:
            connection.close()

    def query(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Names of the columns, and the rows."""
        with self.connected() as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return [column.name for column in cursor.description or ()], cursor.fetchall()


@contextmanager
def started() -> Iterator[Server]:
    """A new, empty server. Its directory is short because a socket's path may not be long."""
    programs, user = _programs(), OWNER if os.geteuid() == 0 else None
    assert programs is not None, missing()
    directory = Path(tempfile.mkdtemp(prefix="dovecote-pg-"))
    if user:
        shutil.chown(directory, user)

    def call(program: str, *arguments: str) -> None:
        log = directory / f"{program}.log"  # a pipe would be kept open by the server that pg_ctl leaves behind
        with log.open("ab") as output:
            subprocess.run(
                [programs / program, "-D", directory / "data", *arguments],
                user=user, cwd=directory, stdout=output, stderr=output, check=True,
            )  # fmt: skip

    try:
        call("initdb", "-U", OWNER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        call("pg_ctl", "start", "-w", "-l", str(directory / "server.log"), "-o", f"{_SETTINGS} -k {directory}")
        try:
            yield Server(directory)
        finally:
            call("pg_ctl", "stop", "-m", "immediate")
    finally:
        shutil.rmtree(directory)


def copy_warehouse(warehouse: Path, server: Server) -> None:
    """Copies every table of the schemas that dbt reads from, with its types."""
    with duckdb.connect(str(warehouse), read_only=True) as source, server.connected() as target:
        source.execute("set timezone = 'UTC'")
        cursor = target.cursor()
        for schema in SCHEMAS:
            cursor.execute(f"create schema {schema}")
        for schema, table in source.execute(
            "select table_schema, table_name from information_schema.tables where list_contains($1, table_schema)",
            [list(SCHEMAS)],
        ).fetchall():
            _copy_table(source, cursor, schema, table, server.directory / "rows.csv")
    with server.connected() as target:
        target.cursor().execute("analyze")


def _copy_table(
    source: duckdb.DuckDBPyConnection, cursor: psycopg2.extensions.cursor, schema: str, table: str, rows: Path
) -> None:
    name = f'{schema}."{table}"'
    columns = source.execute(f"describe {name}").fetchall()
    typed = ", ".join(f'"{column}" {_TYPES.get(type_, type_)}' for column, type_, *_ in columns)
    cursor.execute(f"create table {name} ({typed})")
    values = ", ".join(f"'\\x' || hex(\"{c}\")" if type_ == "BLOB" else f'"{c}"' for c, type_, *_ in columns)
    source.execute(f"copy (select {values} from {name}) to '{rows}' ({_CSV})")
    with rows.open() as lines:
        cursor.copy_expert(f"copy {name} from stdin (format csv)", lines)

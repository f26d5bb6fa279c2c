"""What the marts were last built from: our models and finance's tables. When either changed, old rows change too, which
an incremental model would not look at again."""

from __future__ import annotations

import hashlib
from contextlib import closing, suppress
from pathlib import Path

import duckdb

from pipelines.errors import WarehouseError
from pipelines.warehouse.connection import open_warehouse
from pipelines.warehouse.sync_state import SyncState

_READ_BY_DBT = {".sql", ".yml", ".csv"}
_WRITTEN_BY_DBT = {"target", "logs"}
_TABLE = "sync.last_build"


def fingerprint(project: Path, finance: str) -> str:
    """Of the dbt project and of finance's tables, whose own fingerprint is given."""
    digest = hashlib.sha256(finance.encode())
    for path in sorted(project.rglob("*")):
        part = path.relative_to(project)
        if path.suffix in _READ_BY_DBT and part.parts[0] not in _WRITTEN_BY_DBT:
            digest.update(f"\n{part.as_posix()}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


class LastBuild:
    """What the last complete build of a warehouse was made from; kept in it, so that a copy or a backup knows too."""

    def __init__(self, warehouse: Path) -> None:
        self._warehouse = warehouse

    def was(self, fingerprint: str) -> bool:
        """Whether nothing but data can have changed since. Forgets the last build if not: half of the new one and then
        the old again would look unchanged."""
        with closing(open_warehouse(self._warehouse)) as connection:
            SyncState(connection)  # a warehouse of an earlier version lacks tables that the models read
            connection.execute(f"create table if not exists {_TABLE} (made_from varchar)")
            known = connection.execute(f"select made_from from {_TABLE}").fetchall() == [(fingerprint,)]
            if not known:
                connection.execute(f"delete from {_TABLE}")
            return known

    def note(self, fingerprint: str) -> None:
        """The build is complete."""
        with closing(open_warehouse(self._warehouse)) as connection:
            connection.execute(f"delete from {_TABLE}")
            connection.execute(f"insert into {_TABLE} values (?)", [fingerprint])

    def forget(self) -> None:
        """The build failed, or is about to make everything: the next one makes everything anew, whatever was in the
        way."""
        with suppress(WarehouseError, duckdb.Error), closing(open_warehouse(self._warehouse)) as connection:
            connection.execute(f"delete from {_TABLE}")

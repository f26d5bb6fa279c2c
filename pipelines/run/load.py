"""Finished slices into the raw tables: one dlt package per slice, over the one open connection of the warehouse.

A dlt package is not one transaction; a failed child job leaves parents at the new version with old lines. That is why a
record only counts as loaded once it is stamped, and why pending packages are dropped at the start: what they hold was
never stamped and is fetched again.
"""

from __future__ import annotations

import gc
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb

from pipelines.errors import WarehouseError
from pipelines.moneybird.records import TableSlice
from pipelines.warehouse.connection import explain
from pipelines.warehouse.raw import RAW

# dlt raises it to 1 GB; what no checkpoint wrote yet stands in memory, and is read again after a kill.
_CHECKPOINT = "set global checkpoint_threshold = '128MB'"
_PENDING = ("normalize/extracted", "load/new", "load/normalized")  # where dlt keeps unfinished packages


class Loader:
    """Writes table slices. `rows` counts what was written per raw table in this run, erased rows not included."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, home: Path) -> None:
        self.rows: Counter[str] = Counter()
        self._connection = connection
        self._home = home
        self._pipeline: Any = None

    def load(self, tables: list[TableSlice], slice_id: str) -> None:
        """Loads all tables of a slice in one package; nothing to write means dlt is not called at all.

        Raises WarehouseError when the package could not be completed; its rows are then not stamped.
        """
        writing = [table for table in tables if table.rows.num_rows or (table.replaced and table.replaced.num_rows)]
        if not writing:
            return
        from pipelines.moneybird.source import slice_resources  # dlt takes a second to import; an idle run needs none

        try:
            fresh = {table.name for table in writing if self._is_fresh(table)}
            self._get_pipeline().run(list(slice_resources(writing, fresh)), loader_file_format="parquet")
        except Exception as error:
            raise self._explained(error, slice_id) from error
        finally:
            self._connection.execute(_CHECKPOINT)
            gc.collect()  # a package refers to itself in circles, and one slice after the other would stay in memory
        for table in writing:
            self.rows[table.name] += table.rows.num_rows

    def _is_fresh(self, table: TableSlice) -> bool:
        """Whether none of its keys stands in the raw table and none comes twice: then there is nothing to merge with.

        What a killed run left is found here too, so that it is replaced and not doubled.
        """
        columns = table.replace_by or table.key
        keys = table.replaced if table.replaced is not None else table.rows.select(list(columns))
        same = " and ".join(f'loaded."{column}" is not distinct from slice_keys."{column}"' for column in columns)
        self._connection.register("slice_keys", keys)
        found = self._connection.execute(
            f"""select (select count(*) = count(distinct slice_keys) from slice_keys)
                   and not exists (from {RAW}."{table.name}" as loaded semi join slice_keys on {same})"""
        ).fetchone()
        self._connection.unregister("slice_keys")
        return found == (True,)

    def drop_pending(self) -> None:
        """Forgets packages that a killed run left half loaded."""
        working = self._home / "dlt" / "dovecote"
        if any(path.is_dir() for stage in _PENDING for path in (working / stage).glob("*")):
            self._get_pipeline().abort_packages()

    def _get_pipeline(self) -> Any:
        if self._pipeline is None:
            from pipelines.run.dlt_pipeline import open_pipeline

            self._pipeline = open_pipeline(self._connection, self._home)
        return self._pipeline

    def _explained(self, error: Exception, slice_id: str) -> WarehouseError:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, duckdb.Error | OSError):
                return explain(cause, self._home / "warehouse.duckdb")
            cause = cause.__cause__ or cause.__context__
        innermost: BaseException = error
        while innermost.__cause__ or innermost.__context__:
            innermost = innermost.__cause__ or innermost.__context__ or innermost
        first_line = f"{type(innermost).__name__} {innermost}".strip().splitlines()[0][:200]
        return WarehouseError(
            f"Slice {slice_id} could not be loaded: {first_line}; nothing of it counts as loaded, run again."
        )

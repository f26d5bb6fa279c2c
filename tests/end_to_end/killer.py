"""A verb of ours in a process that ends itself with SIGKILL at a chosen moment.

    python tests/end_to_end/killer.py POINT NTH SLICE_RECORDS VERB…

A point is one function of the code and a side of it: the process dies as the function is entered for the NTH time, a
moment later inside it, as it is left, or (a context manager) when the block inside it is done and what it guards is
not. Nothing else is changed, so what the kill leaves behind is what the system would leave that ran out of memory.
`publish` is a verb here, because a kill while the snapshot is written needs no build before it.

Two points are moments instead: `dbt_parent` and `dbt_child` strike when dbt has made its NTH model."""

from __future__ import annotations

import functools
import importlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

PAGE_RECORDS = 20  # a page of 100 records would be more than a small slice


def _anything(*_arguments: Any, **_named: Any) -> bool:
    return True


def _of_the_ledger(_loader: Any, tables: list[Any], *_rest: Any) -> bool:
    return any(table.name == "journal_entries" for table in tables)


def _of_records(*arguments: Any) -> bool:
    return not _of_the_ledger(*arguments)


def _ledger_merge(job: Any, *_rest: Any) -> bool:
    return job.load_table_name == "journal_entries"


@dataclass(frozen=True)
class Point:
    """Where a process dies. `counts` says which calls are counted."""

    module: str
    function: str  # with the class it is in
    side: Literal["entry", "inside", "exit", "block"]
    what: str
    counts: Callable[..., bool] = _anything


_SNAPSHOT = "pipelines.warehouse.snapshot"
_DLT_JOBS = "dlt.destinations.job_client_impl"
POINTS = {
    "parse": Point("pipelines.moneybird.records", "Parser.parse", "inside", "in the middle of parsing"),
    "load": Point("pipelines.run.load", "Loader.load", "entry", "before the package", _of_records),
    "staged": Point("dlt.destinations.impl.duckdb.duck", "DuckDbCopyJob.run", "exit", "after a table was staged"),
    "merge": Point(_DLT_JOBS, "SqlLoadJob.maybe_transaction", "block", "before a table's merge is committed"),
    "merged": Point(_DLT_JOBS, "SqlLoadJob.run", "exit", "between two tables of a package"),
    "loaded": Point("pipelines.run.load", "Loader.load", "exit", "between package and stamp", _of_records),
    "stamp": Point("pipelines.warehouse.stamps", "transaction", "block", "inside the stamp, before its commit"),
    "stamped": Point("pipelines.run.slices", "write_stamp", "exit", "after the stamp"),
    "ledger_load": Point("pipelines.run.load", "Loader.load", "entry", "before the ledger's package", _of_the_ledger),
    "ledger_merged": Point(_DLT_JOBS, "SqlLoadJob.run", "exit", "inside the ledger's package", _ledger_merge),
    "ledger_loaded": Point("pipelines.run.load", "Loader.load", "exit", "between lines and notes", _of_the_ledger),
    "synced": Point("pipelines.run.sync", "sync", "exit", "between sync and build"),
    "snapshot": Point(_SNAPSHOT, "_copy_comments", "entry", "while the snapshot is written"),
    "switch": Point(_SNAPSHOT, "move_link", "entry", "before the link is switched"),
    "switched": Point(_SNAPSHOT, "move_link", "exit", "after the link was switched"),
}
MOMENTS = ("dbt_parent", "dbt_child")
_LOOK_SECONDS = 0.01
_INSIDE_SECONDS = 0.002  # after the entry; the shortest call takes longer, and one that did not dies as it returns


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def plant(point: Point, nth: int) -> None:
    """Wraps the point's function, so that its `nth` call that counts is the process's last."""
    module = importlib.import_module(point.module)
    *owners, name = point.function.split(".")
    owner = functools.reduce(getattr, owners, module)
    original = getattr(owner, name)
    left = [nth]

    def is_last(*arguments: Any, **named: Any) -> bool:
        if not point.counts(*arguments, **named):
            return False
        left[0] -= 1
        return left[0] == 0

    def deadly(*arguments: Any, **named: Any) -> Any:
        last = is_last(*arguments, **named)
        if last and point.side == "entry":
            _die()
        if last and point.side == "inside":
            threading.Timer(_INSIDE_SECONDS, _die).start()
        result = original(*arguments, **named)
        if last:
            _die()
        return result

    @contextmanager
    def deadly_block(*arguments: Any, **named: Any) -> Iterator[Any]:
        with original(*arguments, **named) as inside:
            yield inside
            if is_last(*arguments, **named):
                _die()

    wrapped = deadly_block if point.side == "block" else deadly
    setattr(owner, name, functools.wraps(original)(wrapped))


def watch_dbt(victim: str, nth: int) -> None:
    """Kills this process (`dbt_parent`) or only dbt's (`dbt_child`) when dbt's output says it made `nth` models."""
    output = Path(os.environ["DOVECOTE_HOME"]) / "logs" / "dbt-output.log"

    def strike() -> None:
        while not (children := _children()) or _models(output) < nth:
            time.sleep(_LOOK_SECONDS)
        if victim == "dbt_parent":
            _die()
        for child in children:
            os.kill(child, signal.SIGKILL)

    output.unlink(missing_ok=True)  # the one of an earlier build
    threading.Thread(target=strike, daemon=True).start()


def _children() -> list[int]:
    lists = Path("/proc/self/task").glob("*/children")
    return [int(child) for each in lists for child in each.read_text().split()]


def _models(output: Path) -> int:
    return output.read_text("utf-8", "replace").count(" OK created ") if output.exists() else 0


def _cut_small(slice_records: int) -> None:
    """Before anything else imports the numbers."""
    from pipelines.moneybird import pagination

    pagination.PER_PAGE = PAGE_RECORDS
    from pipelines.run import slices

    slices.SLICE_RECORDS = slice_records


def main() -> None:
    """Runs the verb with the kill planted. Returns only when the point was never reached."""
    where, nth, slice_records, verb, *arguments = sys.argv[1:]
    _cut_small(int(slice_records))
    if where in POINTS:
        plant(POINTS[where], int(nth))
    elif where in MOMENTS:
        watch_dbt(where, int(nth))
    if verb == "publish":
        from pipelines import config
        from pipelines.run.publish import publish

        publish(config.load())
    else:
        from pipelines.cli import main as dovecote

        sys.argv[1:] = [verb, *arguments]
        dovecote()


if __name__ == "__main__":
    main()

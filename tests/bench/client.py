"""One measured load in a process of its own: the client's CPU and memory, never the server's.

    python -m tests.bench.client dovecote|parquet|insert_values|floor '<the server's line of JSON>'

Prints one line of JSON: rows per table, CPU seconds of the load and of the imports before it, peak resident size.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb

OURS = ("sales_invoices", "details", "payments", "tax_totals", "custom_fields")


def main() -> None:
    kind, described = sys.argv[1], json.loads(sys.argv[2])
    home = tempfile.mkdtemp(prefix="dovecote-bench-")
    try:
        imports, cpu = _measure(kind, described, home)
        rows = _rows(Path(home) / "warehouse.duckdb")
    finally:
        shutil.rmtree(home)
    print(json.dumps({"kind": kind, "rows": rows, "cpu_seconds": cpu, "import_seconds": imports, "peak_kib": _peak()}))


def _measure(kind: str, described: dict[str, Any], home: str) -> tuple[float, float]:
    """CPU seconds of the imports and of the load."""
    administration_id = described["administration_id"]
    name, token = next((n, t) for n, t in described["tokens"].items() if administration_id in t["administrations"])
    if kind == "floor":
        from tests.bench import floor

        imports = _cpu()
        return imports, floor.load(home, described["invoices"])
    if kind == "dovecote":
        from pipelines.config import Settings
        from pipelines.moneybird import source
        from pipelines.run.sync import sync

        assert source  # imports dlt, which a sync does when there is something to load
        imports = _cpu()
        settings = Settings(
            api_url=described["api_url"],
            tokens={name: token["token"]},
            administrations=(administration_id,),
            home=Path(home),
        )
        report = sync(settings)
        assert report.status == "ok", report.to_json()
        return imports, _cpu() - imports
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    from dlt.sources.rest_api import rest_api_source

    from tests.bench import rest_api

    assert rest_api_source
    imports = _cpu()
    rest_api.load(
        described["api_url"], administration_id, token["token"], home, "parquet" if kind == "parquet" else None
    )
    return imports, _cpu() - imports


def _rows(warehouse: Path) -> dict[str, int]:
    """Table → rows, of the invoices and the nested lists that everybody loads."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = ["sales_invoices", *(f"sales_invoices__{name}" for name in OURS[1:])]
        counts = [connection.execute(f'select count(*) from raw."{table}"').fetchone() for table in tables]
    return {table: count[0] for table, count in zip(tables, counts, strict=True) if count}


def _peak() -> int:
    """KiB, as Linux shows it; the kernel's `ru_maxrss` would hold the size of the process that started this one."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main()

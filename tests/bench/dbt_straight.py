"""The same models without dbt: every compiled select as a table or view, in order, on one connection.

    python -m tests.bench.dbt_straight WAREHOUSE TARGET_FOLDER    prints {"seconds": …, "cpu_seconds": …, "models": {…}}

The folder is that of a full `dbt run`: what an incremental model compiled to is then its whole select. A process of its
own, so that its CPU is nobody else's; opening the warehouse counts, as it does for dbt.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

_VIEW = "view"


def main(path: Path, target: Path) -> None:
    manifest = json.loads((target / "manifest.json").read_bytes())
    models = {name: node for name, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    begun = time.perf_counter()
    taken: dict[str, float] = {}
    with duckdb.connect(str(path), config={"memory_limit": "1GB", "threads": 2}) as warehouse:
        warehouse.execute("set TimeZone = 'UTC'")
        for name in TopologicalSorter(
            {name: [one for one in node["depends_on"]["nodes"] if one in models] for name, node in models.items()}
        ).static_order():
            at = time.perf_counter()
            _create(warehouse, models[name], target)
            taken[models[name]["name"]] = round(time.perf_counter() - at, 3)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {"seconds": time.perf_counter() - begun, "cpu_seconds": used.ru_utime + used.ru_stime, "models": taken}
        )
    )


def _create(warehouse: duckdb.DuckDBPyConnection, node: dict[str, Any], target: Path) -> None:
    select = (target / "compiled" / node["package_name"] / node["original_file_path"]).read_text("utf-8")
    kind = "view" if node["config"]["materialized"] == _VIEW else "table"
    relation = f'"{node["schema"]}"."{node["alias"]}"'
    warehouse.execute(f"create schema if not exists {node['schema']}")
    warehouse.execute(f"create or replace {kind} {relation} as {select}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

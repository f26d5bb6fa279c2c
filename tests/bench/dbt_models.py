"""How fast the marts are made, beside the aims. Prints, and writes .cache/bench/dbt_models.json.

    make bench                                  10 000 and 100 000 invoices
    make bench BENCH_ROWS=1000000               and that many
    python -m tests.bench.dbt_models --quick    1 000, to see that it works

A synced company is copied to the size wanted (`dbt_rows`). Measured are `dbt run` of everything, `dbt run` after 1 % of
trade came again, and the same models as bare SQL on one connection (`dbt_straight`): each in a process of its own, by
the clock and by its own CPU, which is what the ratios are of: whatever else the machine does only adds to the clock.
Nothing here asserts a second.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

from pipelines.config import Settings
from pipelines.run.build import DBT, HOLDING_ROWS, copy_finance, dbt_environment, target_dir
from pipelines.run.sync import sync
from pipelines.sandbox.company import build_group
from pipelines.sandbox.serve import start
from pipelines.sandbox.throttle import Throttle
from tests.bench import dbt_rows

SIZES, QUICK = (10_000, 100_000), (1_000,)
CHANGED = 0.01
FULL_AIM, CHANGED_AIM = 1.5, 0.15
RESULTS = Path(__file__).parents[2] / ".cache" / "bench" / "dbt_models.json"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures dbt.")
    parser.add_argument("--quick", action="store_true", help="Small numbers, to see that it works.")
    parser.add_argument("--rows", type=int, help="This many invoices besides.")
    chosen = parser.parse_args()
    sizes = sorted({*(QUICK if chosen.quick else SIZES), *([chosen.rows] if chosen.rows else [])})
    print(f"dbt run at {', '.join(f'{n:,}' for n in sizes)} invoices, CPU seconds (and seconds by the clock)")
    results: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        synced = _sync(Path(folder))
        for size in sizes:
            results.append(_measure(synced, Path(folder) / str(size), size))
            _print(results[-1])
            RESULTS.parent.mkdir(parents=True, exist_ok=True)
            RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(f"\nwritten to {RESULTS.relative_to(Path(__file__).parents[2])}")


def _sync(folder: Path) -> Path:
    """The warehouse of a group that was synced and never built."""
    world = build_group(years=2)
    with start(world, throttle=Throttle.off()) as sandbox:
        tokens = {name: one["token"] for name, one in sandbox.describe()["tokens"].items()}
        settings = Settings(home=folder / "home", api_url=sandbox.api_url, tokens=tokens)
        assert sync(settings).status == "ok"
    return settings.warehouse_path


def _measure(synced: Path, home: Path, invoices: int) -> dict[str, Any]:
    """Full, 1 % changed and straight, on the same rows."""
    settings = Settings(home=home)
    home.mkdir()
    shutil.copy(synced, settings.warehouse_path)
    found = dbt_rows.multiply(settings.warehouse_path, invoices)
    bare = home / "bare" / settings.warehouse_path.name  # compiled SQL names the database, which is the file's name
    bare.parent.mkdir()
    shutil.copy(settings.warehouse_path, bare)
    copy_finance(settings)
    _dbt(settings, "seed")
    full = _dbt(settings, "run")
    nothing = _dbt(settings, "run", "--select", "dim_date")
    _copy_seeds(settings.warehouse_path, bare)
    straight = _straight(bare, target_dir(settings))
    changed = dbt_rows.change(settings.warehouse_path, CHANGED)
    again = _dbt(settings, "run", "--select", *HOLDING_ROWS)  # as `dovecote build` does when only data changed
    shutil.rmtree(home)
    return {
        "invoices": found,
        "changed_invoices": changed,
        "full": full,
        "changed": again,
        "straight": straight,
        "one_model": nothing,
        "full_ratio": full["cpu_seconds"] / straight["cpu_seconds"],
        "changed_share": again["cpu_seconds"] / full["cpu_seconds"],
    }


def _dbt(settings: Settings, *arguments: str) -> dict[str, float]:
    """Seconds of the clock and of CPU of a dbt of its own."""
    environment = dbt_environment(settings, settings.project_root / "dbt_project", os.environ)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # who sets it compiles dbt anew with every run
    command = [sys.executable, "-W", "ignore", "-c", DBT, *arguments]
    begun = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, said[-3000:]
    return {"seconds": time.perf_counter() - begun, "cpu_seconds": used.ru_utime + used.ru_stime}


def _copy_seeds(built: Path, bare: Path) -> None:
    """The models read finance's tables and lookups, which dbt has loaded."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{built}' as built (read_only); attach '{bare}' as bare")
        connection.execute("create schema if not exists bare.intermediate")
        folder = Settings().project_root / "dbt_project"
        for table in (path.stem for part in ("lookups", "seeds") for path in (folder / part).glob("*.csv")):
            connection.execute(f"create table bare.intermediate.{table} as from built.intermediate.{table}")


def _straight(bare: Path, target: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.dbt_straight", str(bare), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def _print(result: dict[str, Any]) -> None:
    def cost(name: str) -> str:
        return f"{result[name]['cpu_seconds']:.1f} s ({result[name]['seconds']:.1f})"

    print(f"  {result['invoices']:>9,} invoices, {result['changed_invoices']:,} of them changed")
    print(
        f"    full {cost('full')}, straight {cost('straight')}: {result['full_ratio']:.2f} times "
        f"(aim at 1,000,000: at most {FULL_AIM}), {_verdict(result['full_ratio'] <= FULL_AIM)}"
    )
    print(
        f"    1 % changed {cost('changed')}: {100 * result['changed_share']:.0f} % of full "
        f"(aim at 1,000,000: at most {100 * CHANGED_AIM:.0f} %), {_verdict(result['changed_share'] <= CHANGED_AIM)}"
    )
    print(f"    dbt for a single model {cost('one_model')}")


def _verdict(met: bool) -> str:
    return "met" if met else "missed"


if __name__ == "__main__":
    main()

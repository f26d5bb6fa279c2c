"""How economical and how fast the reading side is, beside the aims. Prints, and writes .cache/bench/extraction.json.

    make bench                                  up to 100 000 invoices; ten minutes, worth it on a quiet machine only
    make bench BENCH_ROWS=1000000               and a load of that many
    python -m tests.bench.extraction --quick    the same in small, to see that it works

Requests are counted against a floor (`counts`), hours simulated (`quota`), rows per second and memory measured in a
client process of its own (`client`) against a server that joins rendered bytes (`server`), DuckDB's own floor (`floor`)
and dlt's stock `rest_api` source (`rest_api`) on the same bytes. CPU is the client's alone, the least of three loads
where that is quick: whatever else runs on the machine only adds to it. Costs per row are what more rows cost more: a
load without invoices, which is the rest of the company, is taken off. Nothing here asserts a second.
"""

from __future__ import annotations

import argparse
import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tests.bench import counts, idle, quota
from tests.bench.floor import SLICE

TIMES = 3  # for the quick kinds, up to the largest default size
RESULTS = Path(__file__).parents[2] / ".cache" / "bench" / "extraction.json"


@dataclass(frozen=True)
class Size:
    """How much is measured. The default writer stops early: it is slow, and took 10 GB for 20 000 invoices."""

    administrations: int
    invoices: tuple[int, ...]
    floor: tuple[int, ...]
    parquet: tuple[int, ...]
    insert_values: tuple[int, ...]


FULL = Size(5, (0, 10_000, 40_000, 100_000), (10_000, 40_000, 100_000), (10_000, 100_000), (10_000,))
QUICK = Size(2, (0, 1_000), (1_000,), (1_000,), (500, 1_000))


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures the extraction.")
    parser.add_argument("--quick", action="store_true", help="Small numbers, to see that it works.")
    parser.add_argument("--rows", type=int, help="A load of this many invoices besides.")
    chosen = parser.parse_args()
    logging.getLogger("pipelines").setLevel(logging.ERROR)  # every simulated wait would be a line
    size = QUICK if chosen.quick else FULL
    if chosen.rows:
        size = replace(size, invoices=tuple(sorted({*size.invoices, chosen.rows})))
    print(
        f"Three syncs of {size.administrations} administrations for requests, {1 + idle.TIMES} for CPU, then first "
        f"loads of {', '.join(f'{n:,}' for n in size.invoices)} invoices."
    )
    results: dict[str, Any] = {}
    parts = {"requests": _requests, "unchanged": _unchanged, "loads": _loads}
    for name, measure in parts.items():
        results[name] = measure(size)
        _write(results)
    print(f"\nwritten to {RESULTS.relative_to(Path(__file__).parents[2])}")


def _write(results: dict[str, Any]) -> None:
    """After every part, so that a bench that is stopped leaves what it knows."""
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def _requests(size: Size) -> list[dict[str, Any]]:
    print(f"Requests of {size.administrations} administrations, asked/floor (aim: at most 2 % above the floor)")
    with tempfile.TemporaryDirectory() as home:
        runs = counts.count(Path(home), size.administrations)
    for run in runs:
        parts = "  ".join(f"{kind} {run.asked[kind]}/{run.floor[kind]}" for kind in counts.KINDS_OF_REQUEST)
        print(f"  {run.name:<12} {parts}  together {100 * (run.ratio - 1):+.1f} %")
    print("Simulated hours to fresh under the quota")
    found = []
    for run in runs:
        hours = {n: quota.hours(n, run.general, run.reports) for n in (10, 100, 500)}
        print(f"  {run.name:<12} " + "  ".join(f"{n} administrations {h:.1f} h" for n, h in hours.items()))
        found.append({**asdict(run), "ratio": run.ratio, "hours": hours})
    return found


def _unchanged(size: Size) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as home:
        first, again = idle.measure(Path(home), size.administrations)
    print(
        f"`dovecote sync` of {size.administrations} administrations, CPU seconds with imports (aim: under 3 unchanged)"
    )
    print(f"  first {first:.1f} s, unchanged {again:.1f} s, {_verdict(again < 3)}")
    return {"first_cpu_seconds": first, "unchanged_cpu_seconds": again}


def _loads(size: Size) -> list[dict[str, Any]]:
    print("Sandbox to warehouse, the client's CPU without imports")
    found: list[dict[str, Any]] = []
    for invoices in size.invoices:
        kinds = ["dovecote"]
        for kind, sizes in (("floor", size.floor), ("parquet", size.parquet), ("insert_values", size.insert_values)):
            kinds += [kind] if invoices in sizes else []
        with _server(invoices) as described:
            loads = [_least(kind, described) | {"invoices": invoices} for kind in kinds]
        _same_rows(loads)
        found += loads
        for load in loads:
            speed = f"{invoices / load['cpu_seconds']:8.0f} invoices per CPU second" if invoices else ""
            peak = load["peak_kib"] / 1024
            print(f"  {invoices:>9} {load['kind']:<14}{load['cpu_seconds']:8.1f} s  peak {peak:6.0f} MiB  {speed}")
    _print_ratios(found)
    return found


def _same_rows(loads: list[dict[str, Any]]) -> None:
    """Nothing is compared that did not load the same rows."""
    for load in loads:
        assert load["rows"] == loads[0]["rows"], f"{load['kind']} loaded {load['rows']}, not {loads[0]['rows']}"


def _print_ratios(loads: list[dict[str, Any]]) -> None:
    """CPU per invoice of each way against ours, at every size both were measured at, and how memory grows."""
    ours = {load["invoices"]: load for load in loads if load["kind"] == "dovecote"}
    rest = ours[0]["cpu_seconds"]
    aims = {
        "floor": ("DuckDB's own floor, aim: at most 2 times it", 2.0),
        "parquet": ("dlt rest_api with parquet, aim: a fifth of it", 1 / 5),
        "insert_values": ("dlt rest_api with its default writer, aim: a twentieth of it", 1 / 20),
    }
    print("CPU per invoice, the rest of the company taken off ours")
    for load in loads:
        if load["kind"] not in aims:
            continue
        words, aim = aims[load["kind"]]
        invoices = load["invoices"]
        own, other = (ours[invoices]["cpu_seconds"] - rest) / invoices, load["cpu_seconds"] / invoices
        print(
            f"  {invoices:>9} ours {own * 1e6:6.0f} µs, {other * 1e6:8.0f} µs {words}: "
            f"{own / other:.2f} times, {other / own:.1f} times faster, {_verdict(own / other <= aim)}"
        )
    sizes = sorted(n for n in ours if n)
    peaks = ", ".join(f"{n}: {ours[n]['peak_kib'] / 1024:.0f} MiB" for n in sizes)
    print(f"Peak memory by invoices (aim: flat beyond one slice of 20 000): {peaks}")
    beyond = [n for n in sizes if n > SLICE]
    if len(beyond) > 1:
        grown = (ours[beyond[-1]]["peak_kib"] - ours[beyond[0]]["peak_kib"]) * 1024 / (beyond[-1] - beyond[0])
        print(f"  {grown:.0f} bytes more for every invoice between {beyond[0]} and {beyond[-1]}")


def _verdict(met: bool) -> str:
    return "met" if met else "missed"


@contextmanager
def _server(invoices: int) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.bench.server", "--invoices", str(invoices)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            described: dict[str, Any] = json.loads(server.stdout.readline())
            yield described
        finally:
            server.terminate()


def _least(kind: str, described: dict[str, Any]) -> dict[str, Any]:
    """The load that took the least CPU."""
    often = kind in {"dovecote", "floor"} and described["invoices"] <= max(FULL.invoices)
    loads = [_load(kind, described) for _ in range(TIMES if often else 1)]
    return min(loads, key=lambda load: float(load["cpu_seconds"]))


def _load(kind: str, described: dict[str, Any]) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.client", kind, json.dumps(described)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # dlt explains itself on stderr
    assert done.returncode == 0, done.stderr
    loaded: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return loaded


if __name__ == "__main__":
    main()

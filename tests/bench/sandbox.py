"""How long it takes to make a group of companies and serve every invoice of it once, and how that grows.

    make bench

Prints one line per scale, and what an invoice costs at the largest scale against the smallest of the same run.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

EVER = {"filter": "period:20240101..20271231"}
SCALES = (12, 122)  # ten thousand and a hundred thousand invoices


@dataclass(frozen=True)
class Served:
    """What one sandbox did: `ready` is seconds until it accepted requests, `peak` its largest resident size."""

    scale: int
    invoices: int
    ready: float
    seconds: float
    peak_kibibytes: int


def serve_everything(scale: int) -> Served:
    """Starts a sandbox and fetches every invoice as a first synchronization does."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "pipelines", "sandbox", "--scale", str(scale), "--no-throttle", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sandbox:
        try:
            assert sandbox.stdout is not None
            described: dict[str, Any] = json.loads(sandbox.stdout.readline())
            ready = time.perf_counter() - started
            invoices = sum(_of_token(described["api_url"], token) for token in described["tokens"].values())
            seconds = time.perf_counter() - started
            status = Path(f"/proc/{sandbox.pid}/status").read_text(encoding="utf-8")  # Linux only, as CI is
        finally:
            sandbox.terminate()
    return Served(scale, invoices, ready, seconds, int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]))


def _of_token(api_url: str, token: dict[str, Any]) -> int:
    headers = {"Authorization": f"Bearer {token['token']}"}
    with httpx.Client(base_url=api_url, headers=headers, timeout=60) as client:
        return sum(
            _synchronize(client, f"/{administration}/{resource}/synchronization.json")
            for administration in token["administrations"]
            for resource in ("sales_invoices", "external_sales_invoices")
        )


def _synchronize(client: httpx.Client, path: str) -> int:
    """Fetches every record; how many there were."""
    ids = [row["id"] for row in client.get(path, params=EVER).json()]
    found = 0
    for start in range(0, len(ids), 100):
        answer = client.post(path, json={"ids": ids[start : start + 100]})
        found += answer.content.count(b'"payments":[')
    assert found == len(ids)
    return found


def main() -> None:
    served = [serve_everything(scale) for scale in SCALES]
    for one in served:
        print(
            f"scale {one.scale:>4}: {one.invoices:>7} invoices, ready after {one.ready:5.1f} s, all served after "
            f"{one.seconds:5.1f} s, at most {one.peak_kibibytes / 1024:.0f} MiB"
        )
    small, large = served[0], served[-1]
    ratio = (large.seconds / large.invoices) / (small.seconds / small.invoices)
    print(f"an invoice costs {ratio:.2f} times as much at scale {large.scale} as at scale {small.scale}")


if __name__ == "__main__":
    main()

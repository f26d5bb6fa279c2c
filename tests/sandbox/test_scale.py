"""A hundred thousand invoices: made and served, all of them, within a minute and four gibibytes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipelines.sandbox.identifiers import Identifiers

SCALE = 122
INVOICES, SECONDS, KIBIBYTES = 100_000, 60.0, 4 * 1024 * 1024
EVER = {"filter": "period:20240101..20271231"}


def synchronize(client: httpx.Client, administration: str, resource: str) -> int:
    """Fetches every record as a first synchronization does; how many there were."""
    path = f"/{administration}/{resource}/synchronization.json"
    ids = [row["id"] for row in client.get(path, params=EVER).json()]
    found = 0
    for start in range(0, len(ids), 100):
        answer = client.post(path, json={"ids": ids[start : start + 100]})
        found += answer.content.count(b'"payments":[')
    assert found == len(ids)
    return found


@pytest.mark.slow
def test_a_hundred_thousand_invoices_are_made_and_served_within_a_minute() -> None:
    started = time.perf_counter()
    command = [sys.executable, "-m", "pipelines", "sandbox", "--scale", str(SCALE), "--no-throttle", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sandbox:
        try:
            assert sandbox.stdout is not None
            described: dict[str, Any] = json.loads(sandbox.stdout.readline())
            found = 0
            for token in described["tokens"].values():
                headers = {"Authorization": f"Bearer {token['token']}"}
                with httpx.Client(base_url=described["api_url"], headers=headers, timeout=60) as client:
                    for administration in token["administrations"]:
                        for resource in ("sales_invoices", "external_sales_invoices"):
                            found += synchronize(client, administration, resource)
            took = time.perf_counter() - started
            status = Path(f"/proc/{sandbox.pid}/status").read_text(encoding="utf-8")  # Linux only, as CI is
        finally:
            sandbox.terminate()
    peak = int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])
    print(f"{found} invoices in {took:.0f} s, at most {peak / 1024:.0f} MiB")
    assert found >= INVOICES
    assert took < SECONDS
    assert peak < KIBIBYTES


def test_ids_never_come_twice_however_many_a_day_needs() -> None:
    """The sequence in an id has a million numbers; the postings of a day all have the same moment."""
    identifiers = Identifiers()
    day = 1_763_593_200_000
    ids = {identifiers.next(day) for _ in range(2**20 + 1000)}
    assert len(ids) == 2**20 + 1000
    assert {len(str(id_)) for id_ in ids} == {18}

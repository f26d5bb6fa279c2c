"""The connector reads every stream of RESOURCES from an independent server: Prism, serving Moneybird's own document.

Prism (npm, installed by `make test`) answers with the document's examples and checks every request against it. Nothing
of ours is behind it, so this fails when our reading of the contract and the contract part ways."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

from pipelines.moneybird.resources import RESOURCES, Feed
from tests.outside.official_contract import REPOSITORY, document_path, repaired

PRISM = REPOSITORY / ".cache" / "prism" / "node_modules" / ".bin" / "prism"
WITHOUT_PROOF = {Feed.LEDGER_LINES}  # the example is dated otherwise than any period that is asked, and is refused
EXAMPLES_WITHOUT_ROWS = {
    "contacts__custom_fields", "sales_invoices__payments", "sales_invoices__custom_fields",
    "external_sales_invoices__payments", "estimates__custom_fields", "recurring_sales_invoices__custom_fields",
    "recurring_sales_invoices__subscription", "purchase_invoices__payments", "purchase_invoices__fiscal_allocations",
    "receipts__payments", "receipts__fiscal_allocations", "financial_mutations__payments",
    "financial_mutations__ledger_account_bookings", "assets__sources", "products", "identities__custom_fields",
    "default_identity__custom_fields",
}  # fmt: skip


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    path = document_path()
    if path is None:
        pytest.skip("Moneybird's OpenAPI document is not in ../shared/moneybird; set DOVECOTE_SHARED to where it is")
    if not PRISM.exists():
        pytest.skip("Prism is not installed; `make test` installs it when npm is there")
    parsed: dict[str, Any] = json.loads(path.read_text())
    return parsed


@contextmanager
def prism(document: dict[str, Any], directory: Path) -> Iterator[str]:
    """A Prism mock server of `document`; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    file = directory / "openapi.json"
    file.write_text(json.dumps(document))
    with (directory / "prism.log").open("w") as log:
        server = subprocess.Popen([PRISM, "mock", "-p", str(port), str(file)], stdout=log, stderr=log)
        try:
            _wait_for(f"http://127.0.0.1:{port}/administrations.json", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert server.poll() is None, "Prism ended at once; see prism.log"
        try:
            httpx.get(url, headers={"Authorization": "Bearer x"})
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("Prism does not answer")


def dovecote(address: str, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "SOURCES__MONEYBIRD__API_URL": address,
        "SOURCES__MONEYBIRD__TOKENS__A": "any-token",
        "DOVECOTE_HOME": str(home),
        "DOVECOTE__BUDGET__GENERAL": "100000",
        "DOVECOTE__BUDGET__REPORTS": "100000",
    }
    return subprocess.run(
        [sys.executable, "-m", "pipelines", *arguments], env=environment, cwd=REPOSITORY, capture_output=True, text=True
    )


def test_every_stream_of_the_official_contract_is_loaded(document: dict[str, Any], tmp_path: Path) -> None:
    with prism(repaired(document), tmp_path) as address:
        first = dovecote(address, tmp_path / "home", "sync", "--json")
        again = dovecote(address, tmp_path / "home", "sync", "--json")

    assert (first.returncode, again.returncode) == (3, 3), first.stderr + again.stderr
    report, unchanged = json.loads(first.stdout), json.loads(again.stdout)
    for one in report["administrations"].values():  # the example's line has a date of its own, whatever was asked
        sentences = one["error"].split("were not loaded.")
        assert all("Asked for journal entries of" in sentence for sentence in sentences if sentence.strip())
    with duckdb.connect(str(tmp_path / "home" / "warehouse.duckdb"), read_only=True) as warehouse:
        unmapped = set()
        for resource in RESOURCES:
            tables = [resource.table, *(resource.child_table(child) for child in resource.children)]
            for table in tables:
                (rows,) = warehouse.execute(f'select count(*) from raw."{table}"').fetchone() or (0,)
                empty = table in EXAMPLES_WITHOUT_ROWS or resource.feed in WITHOUT_PROOF
                if resource.feed is not Feed.REPORT:  # an example of one period is answered for every period
                    assert (rows == 0) if empty else rows > 0, table
            if resource.feed in {Feed.ROOT, Feed.VERSIONS, Feed.LIST}:
                unmapped |= set(warehouse.execute(f'select distinct _unmapped from raw."{resource.table}"').fetchall())
    assert unmapped == {(None,)}, "the contract has keys that RESOURCES neither keeps nor names as ignored"
    assert report["ledger_proof"]["differences"] > 0, "the examples' ledger cannot agree, and sync must say so"
    assert all(one["rows"] == 0 for one in unchanged["administrations"].values()), unchanged


def test_records_that_were_not_asked_for_are_refused(document: dict[str, Any], tmp_path: Path) -> None:
    """Unrepaired, the document's POST answers with other records than its GET lists."""
    with prism(repaired(document, same_records=False), tmp_path) as address:
        result = dovecote(address, tmp_path / "home", "sync", "--json")

    assert result.returncode == 3, result.stderr
    report = json.loads(result.stdout)
    assert "was not asked for" in next(iter(report["administrations"].values()))["error"]
    with duckdb.connect(str(tmp_path / "home" / "warehouse.duckdb"), read_only=True) as warehouse:
        assert warehouse.execute("select count(*) from raw.contacts").fetchone() == (0,)
        assert warehouse.execute("select count(*) > 0 from raw.ledger_accounts").fetchone() == (True,)

"""Pages of ledger lines that wait in the warehouse: what of an answer reaches the disk, and for how long."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import duckdb
import httpx
import pytest

from pipelines.ledger.jobs import LedgerJob
from pipelines.ledger.pages_in_hand import KEPT, PagesInHand
from pipelines.moneybird.auth import TokenAuth
from pipelines.moneybird.budget import Budget
from pipelines.moneybird.client import Client
from pipelines.moneybird.pagination import has_next
from pipelines.moneybird.resources import BY_NAME
from pipelines.warehouse.connection import open_warehouse
from pipelines.warehouse.sync_state import SyncState

LINES = BY_NAME["journal_entries"]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LINK = "https://example.test/api/v2/1/reports/journal_entries.json?page=2&key=s3cret"
LINE = {"id": "5", "ledger_account_id": "7", "date": "2026-03-01", "amount": "12.50", "description": None}


def answer(_: httpx.Request) -> httpx.Response:
    unforeseen = {
        "download_url": "https://example.test/open/s3cret",
        "document": {"url": "https://example.test/s3cret"},
    }
    own = {"administration_id": "1"}
    headers = {"Link": f'<{LINK}>; rel="next"', "Date": NOW.strftime("%a, %d %b %Y %H:%M:%S GMT")}
    return httpx.Response(200, json=[LINE | own | unforeseen] * 100, headers=headers)


@pytest.fixture
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_warehouse(tmp_path_factory.mktemp("pages") / "warehouse.duckdb") as connection:
        SyncState(connection)
        yield connection


@pytest.fixture
def client() -> Iterator[Client]:
    budget = Budget(1000, 1000, 300, 0)
    with Client(
        "https://example.test/api/v2", TokenAuth("one", "secret"), budget, transport=httpx.MockTransport(answer)
    ) as one:
        yield one


def begun(warehouse: duckdb.DuckDBPyConnection, client: Client, administration_id: str, now: datetime) -> PagesInHand:
    pages = PagesInHand(warehouse, LINES)
    pages.begin([LedgerJob(administration_id, client, 2026, date(2026, 11, 23), now)])
    return pages


def read_before_a_wait(warehouse: duckdb.DuckDBPyConnection, client: Client, administration_id: str) -> None:
    pages = begun(warehouse, client, administration_id, NOW)
    pages.reader(client).get(administration_id, LINES.path, {"page": "1"}, bucket=LINES.bucket)
    pages.keep()


def test_of_a_page_no_address_nobody_foresaw_reaches_the_disk(
    warehouse: duckdb.DuckDBPyConnection, client: Client
) -> None:
    read_before_a_wait(warehouse, client, "1")

    ((body, link),) = warehouse.execute("select body, link from sync.ledger_pages").fetchall()

    masked = {"download_url": "masked address", "document": {"url": "masked address"}}
    assert json.loads(body) == [LINE | masked] * 100
    assert "s3cret" not in f"{body!r}{link}"


def test_the_next_run_goes_on_from_it(warehouse: duckdb.DuckDBPyConnection, client: Client) -> None:
    read_before_a_wait(warehouse, client, "1")

    again = begun(warehouse, client, "1", NOW + KEPT).take("1", "page=1")

    assert again is not None
    assert has_next(100, again.link)
    assert again.read_at == NOW


def test_what_is_old_goes_whosever_it_is(warehouse: duckdb.DuckDBPyConnection, client: Client) -> None:
    """An administration that its token reaches no more is never begun again."""
    read_before_a_wait(warehouse, client, "1")

    begun(warehouse, client, "2", NOW + KEPT)
    assert warehouse.execute("select count(*) from sync.ledger_pages").fetchone() == (1,)

    begun(warehouse, client, "2", NOW + KEPT + timedelta(seconds=1))
    assert warehouse.execute("select count(*) from sync.ledger_pages").fetchone() == (0,)

"""The parts of a sync that read the ledger, opened on a group's warehouse without the rest of a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import duckdb

from pipelines.ledger.fetching import Fetcher
from pipelines.ledger.jobs import LedgerJob
from pipelines.ledger.reading import LedgerReader
from pipelines.moneybird.budget import Budget
from pipelines.moneybird.records import Parser
from pipelines.moneybird.resources import BY_NAME
from pipelines.run.load import Loader
from pipelines.run.sync import new_slice_id
from pipelines.run.targets import Target, clients_for, find_targets, utc_now
from pipelines.warehouse.connection import open_warehouse
from pipelines.warehouse.sync_state import SyncState
from tests.end_to_end.conftest import AT_ONCE, Group


@dataclass
class LedgerParts:
    connection: duckdb.DuckDBPyConnection
    state: SyncState
    loader: Loader
    fetcher: Fetcher
    reader: LedgerReader
    targets: list[Target]
    jobs: list[LedgerJob]


@contextmanager
def ledger_parts(group: Group, administration: int, spare: int = 0) -> Iterator[LedgerParts]:
    """Of one administration; `spare` report requests may be spent on rotation."""
    settings = group.settings(administrations=(group.id(administration),))
    with ExitStack() as stack:
        connection = stack.enter_context(open_warehouse(settings.warehouse_path))
        parser = Parser()
        stack.callback(parser.close)
        clients = clients_for(settings, Budget(10**6, 10**6, 300, 0), lambda: None, AT_ONCE)
        for client in clients:
            stack.callback(client.close)
        targets = find_targets(settings, clients).targets
        state, loader, totals = SyncState(connection), Loader(connection, settings.home), BY_NAME["general_ledger"]
        fetcher = Fetcher(
            connection, state, parser, loader.load, totals, BY_NAME["journal_entries"], new_slice_id, utc_now
        )
        reader = LedgerReader(connection, state, fetcher, totals, lambda: spare)
        jobs = [LedgerJob(t.administration_id, t.client, t.period_start.year, t.today, t.now) for t in targets]
        yield LedgerParts(connection, state, loader, fetcher, reader, targets, jobs)

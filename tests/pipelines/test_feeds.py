"""What waits to be fetched while slices are loaded."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

from pipelines.config import Settings
from pipelines.moneybird.budget import Budget
from pipelines.moneybird.client import Backoff
from pipelines.moneybird.feeds import fetch_records
from pipelines.moneybird.resources import BY_NAME
from pipelines.run.targets import clients_for, find_targets
from pipelines.sandbox.app import create_app
from pipelines.sandbox.company import build_group
from pipelines.sandbox.in_process import transport
from pipelines.sandbox.throttle import Throttle

IDS, BYTES_AN_ID = 100_000, 40


def test_ids_that_wait_take_little_more_than_their_text_and_those_that_did_not_come_are_named(tmp_path: Path) -> None:
    """A first load has all ids at once, from the feed; as a dictionary they took 170 bytes each until the last came."""
    world = build_group(years=1, administrations=1)
    settings = Settings(
        api_url="http://127.0.0.1/api/v2",
        tokens={token.name: token.secret for token in world.tokens.values()},
        home=tmp_path / "home",
    )
    app = create_app(world, Throttle.off())
    (client,) = clients_for(settings, Budget(), lambda: transport(app), Backoff())
    (target,) = find_targets(settings, [client]).targets
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    due = {str(900_000_000_000_000_000 + n): "" for n in range(IDS)}

    fetched = fetch_records(client, target.administration_id, BY_NAME["sales_invoices"], due)
    next(fetched)
    waiting, _ = tracemalloc.get_traced_memory()

    tracemalloc.stop()
    client.close()
    assert (waiting - before) / IDS < BYTES_AN_ID
    assert min(due) == "900000000000000000"
    assert len(due) == 100, "the sandbox has none of them"

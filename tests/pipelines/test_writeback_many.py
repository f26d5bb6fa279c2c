"""A thousand orders, three worker processes, one request in ten going wrong: a thousand drafts, each once.

Of the creating requests 5 % hang and 5 % end in a server error, half of each after Moneybird acted. A hang ends after
half a second here, as a proxy would end it, not after the minute in which our client stops listening.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa
import uvicorn
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.operations import Command, State, Store, audit, commands, open_store
from pipelines.operations.schema import commands as table
from pipelines.sandbox import serve
from pipelines.sandbox.api.gateway import CutResponse
from pipelines.sandbox.app import create_app
from pipelines.sandbox.company import build_group
from pipelines.sandbox.throttle import Throttle
from tests.pipelines.writeback_bench import Bench, Clock, Moneybird, Wire, office, press

pytestmark = pytest.mark.slow

ORDERS = 1000
WORKERS = 3
SETTLE_SECONDS = 2
HANG_SECONDS = 0.5
PATIENCE = 600.0  # seconds, on a busy machine
NAMES = ("Holding", "Studio", "Advies")


@dataclass
class Breaking:
    """Between the workers and Moneybird: breaks creating requests by the dice, and counts what passes."""

    app: ASGIApp
    dice: Random
    seen: Counter[str] = field(default_factory=Counter)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        turn = self._turn(scope)
        self.seen["requests"] += 1
        self.seen[turn] += 1
        if turn == "straight":
            await self.app(scope, receive, send)
            return
        if turn.endswith(", made"):
            await self.app(scope, receive, _nowhere)
        else:
            await _read(receive)
        if turn.startswith("hang"):
            await asyncio.sleep(HANG_SECONDS)
        answer = CutResponse() if turn.startswith("hang") else Response(b"<html>Bad gateway</html>", 502)
        await answer(scope, receive, send)

    def _turn(self, scope: Scope) -> str:
        if scope["method"] != "POST":
            return "straight"
        turns = ["straight", "hang, made", "hang, not made", "502, made", "502, not made"]
        return self.dice.choices(turns, [90, 2.5, 2.5, 2.5, 2.5])[0]


async def _nowhere(_message: Message) -> None:
    pass


async def _read(receive: Receive) -> None:
    while (await receive()).get("more_body"):
        pass


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The address of `app`, served in a thread."""
    listener = serve.listen()
    server = uvicorn.Server(uvicorn.Config(app, http="h11", lifespan="off", log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield f"http://{serve.HOST}:{listener.getsockname()[1]}/api/v2"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


@pytest.fixture
def store(clean_environment: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{clean_environment / 'operations.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def companies() -> Iterator[list[Moneybird]]:
    """The group's three companies that one token reaches."""
    world = build_group(years=1, administrations=len(NAMES))
    made = [Moneybird(world=world, name=name) for name in NAMES]
    yield made
    for each in made:
        each.transport.close()


@pytest.mark.parametrize("written", [NAMES, ("Studio",)], ids=["three administrations", "one administration"])
def test_a_thousand_orders_become_a_thousand_drafts(
    store: Store,
    companies: list[Moneybird],
    project_root: Path,
    written: Sequence[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    chosen = [company for name, company in zip(NAMES, companies, strict=True) if name in written]
    before = {id_ for company in companies for id_ in company.books.invoices}
    pressed = _press(store, chosen)
    breaking = Breaking(create_app(companies[0].world, Throttle.off()), Random(20261120))
    began = time.monotonic()
    with served(breaking) as api_url:
        shares = _work(store, api_url, companies[0].token, project_root)
    seconds = time.monotonic() - began

    made = [each for c in companies for id_, each in c.books.invoices.items() if id_ not in before]
    with store.read() as connection:
        after = [commands.get(connection, command.id) for command in pressed]
        assert audit.broken_at(connection) is None
    assert {command.state for command in after} == {State.VERIFIED}
    assert Counter(str(each.reference) for each in made) == Counter(c.preview["reference"] for c in after)
    assert [_held(command) for command in after] == [_previewed(command) for command in after]
    assert sum(share["verified"] for share in shares) == ORDERS

    seen = breaking.seen
    per_draft = (seen["requests"] - WORKERS) / ORDERS  # each worker asks once what its token reaches
    with capsys.disabled():
        print(
            f"\n{ORDERS} drafts of {sum(_held(each) for each in after)} EUR in {len(chosen)} administration(s) by "
            f"{WORKERS} workers ({'/'.join(str(share['verified']) for share in shares)}) in {seconds:.0f} s: "
            f"{per_draft:.3f} requests per draft, of which 2 are the floor; {dict(seen)}"
        )
    unmade = seen["hang, not made"] + seen["502, not made"]
    made_unseen = seen["hang, made"] + seen["502, made"]
    assert made_unseen > 20
    assert unmade > 20
    # What was made is found by one look more; what was not takes a look at once, one when settled, and the create.
    assert seen["requests"] - WORKERS <= 2 * ORDERS + made_unseen + 4 * unmade


def _press(store: Store, companies: Sequence[Moneybird]) -> list[Command]:
    desks = [(Bench(each, Wire(each.transport), store, Clock()), office(each, datetime.now(UTC))) for each in companies]
    return [
        press(store, bench.draft(f"order-{number}", price=f"{number + 1}.35"), desk)
        for number, (bench, desk) in zip(range(ORDERS), cycle(desks), strict=False)
    ]


def _held(command: Command) -> Decimal:
    assert command.remote_totals is not None
    return Decimal(command.remote_totals["total_incl_amount"])


def _previewed(command: Command) -> Decimal:
    return Decimal(command.preview["total_incl_amount"])


def _work(store: Store, api_url: str, token: str, project_root: Path) -> list[Counter[str]]:
    """Starts the workers, waits until everything came to an end, tells them to stop. What each of them moved."""
    environ = {
        **os.environ,
        "PYTHONPATH": str(project_root),
        "SOURCES__MONEYBIRD__API_URL": api_url,
        "SOURCES__MONEYBIRD__TOKENS__HOLDING": token,
    }
    verb = [sys.executable, "-m", "pipelines", "worker", "--json", "--interval", "0.1", "--settle", str(SETTLE_SECONDS)]
    running = [subprocess.Popen(verb, env=environ, stdout=subprocess.PIPE, text=True) for _ in range(WORKERS)]
    try:
        _until_all_ended(store)
    finally:
        for process in running:
            process.send_signal(signal.SIGTERM)
        said = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0] * WORKERS
    return [Counter(json.loads(each)["moved"]) for each in said]


def _until_all_ended(store: Store) -> None:
    pending = sa.select(sa.func.count()).where(table.c.state.in_([State.QUEUED, State.SENDING, State.AMBIGUOUS]))
    end = time.monotonic() + PATIENCE
    while True:
        with store.read() as connection:
            left = connection.scalar(pending)
        if not left:
            return
        assert time.monotonic() < end, f"{left} commands did not come to an end"
        time.sleep(0.2)

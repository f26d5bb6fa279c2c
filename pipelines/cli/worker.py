"""`dovecote worker`: sends what is approved. The one process, beside a sync, that holds tokens."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.office import now, opened_store
from pipelines.errors import ConfigurationError

if TYPE_CHECKING:
    from pipelines.config import Settings
    from pipelines.moneybird.client import Client

INTERVAL_SECONDS = 2.0  # between two looks into the outbox; a local read, no request
SETTLE_MARGIN_SECONDS = 30.0  # for what Moneybird may still do after our client stopped listening


def register(app: typer.Typer) -> None:
    """Adds `worker`."""
    app.command()(worker)


def worker(
    once: Annotated[bool, typer.Option("--once", help="End when nothing is due.")] = False,
    interval: Annotated[
        float, typer.Option(help="Seconds between two looks into the outbox.", min=0.1)
    ] = INTERVAL_SECONDS,
    settle: Annotated[
        float | None, typer.Option(help="Seconds after a request without an answer before it may be sent again.", min=0)
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout, at the end.")] = False,
) -> None:
    """Send what is approved, until Ctrl-C or SIGTERM; the command at hand is always finished first."""
    from pipelines.cli import output
    from pipelines.writeback.courier import SETTLE_SECONDS
    from pipelines.writeback.policy import Policy
    from pipelines.writeback.worker import Worker

    with stopped_by_signal() as stop, opened_store() as (settings, store), clients(settings, stop) as client_for:
        _refuse_unsettled(settle, settings)
        sender = Worker(
            store=store,
            client_for=client_for,
            policy=Policy.of(settings),
            now=now,
            stop=stop.is_set,
            name=f"worker {os.getpid()}",
            settle_seconds=SETTLE_SECONDS if settle is None else settle,
        )
        moved = sender.run(sleep=stop.wait, interval=interval, idle_passes=1 if once else None)
    if json:
        output.print_json({"moved": {str(state): count for state, count in moved.items()}})
    else:
        print(", ".join(f"{count} {state.replace('_', ' ')}" for state, count in moved.items()) or "Nothing was due.")


def _refuse_unsettled(settle: float | None, settings: Settings) -> None:
    """The wait between a lost answer and the next request is what keeps Moneybird from acting on both."""
    from pipelines.moneybird.client import TIMEOUT

    shortest = (TIMEOUT.read or 0) + SETTLE_MARGIN_SECONDS
    if settle is not None and settle < shortest and not settings.is_local:
        raise ConfigurationError(
            f"--settle {settle:g} is shorter than the {shortest:g} seconds in which a request without an answer may "
            "still be acted upon, so it could be sent twice; leave it out, or make it longer."
        )


@contextmanager
def clients(settings: Settings, stop: threading.Event) -> Iterator[Callable[[str], Client]]:
    """Hands out the client whose token reaches an administration; asks Moneybird for the lists when first needed.

    What it hands out raises ConfigurationError when no token reaches the administration. A wait for quota, of minutes,
    ends with `stop`: nothing was sent then, and ThrottledError says so.
    """
    from pipelines.errors import ThrottledError
    from pipelines.moneybird.client import Backoff
    from pipelines.run.quota import shared_budget
    from pipelines.run.targets import clients_for

    known: dict[str, Client] = {}
    opened: list[Client] = []

    def wait(seconds: float) -> None:
        if stop.wait(seconds):
            raise ThrottledError("The worker was told to stop while it waited for quota; nothing was sent.")

    def client_for(administration_id: str) -> Client:
        if not opened:
            opened.extend(clients_for(settings, budget, lambda: None, Backoff()))
        if administration_id not in known:
            _learn(opened, known)
        if administration_id not in known:
            raise ConfigurationError(
                f"No token reaches administration {administration_id}; add one as SOURCES__MONEYBIRD__TOKENS__<NAME>."
            )
        return known[administration_id]

    with shared_budget(settings, writes=True, sleep=wait) as budget:
        try:
            yield client_for
        finally:
            for client in opened:
                client.close()


def _learn(opened: list[Client], known: dict[str, Client]) -> None:
    """Asks every token what it reaches; one that fails is passed over unless all of them do."""
    from pipelines.errors import ApiError

    failed: list[ApiError] = []
    for client in opened:
        try:
            for row in client.get(None, "administrations").json():
                known.setdefault(str(row["id"]), client)
        except ApiError as error:
            failed.append(error)
    if len(failed) == len(opened):
        raise failed[0]


@contextmanager
def stopped_by_signal() -> Iterator[threading.Event]:
    """An event that SIGTERM and Ctrl-C set; nothing is interrupted, so a request always gets its answer."""
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

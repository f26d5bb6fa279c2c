"""`dovecote worker` as real processes against the sandbox on a port: killed, or told to stop, during a request."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.operations import Command, State, Store, commands, open_store
from pipelines.sandbox import serve
from pipelines.sandbox.faults.requests import Fault
from pipelines.sandbox.throttle import Throttle
from pipelines.writeback import enqueue
from tests.pipelines.writeback_bench import Bench, Clock, Moneybird, Wire

pytestmark = pytest.mark.slow

START = Callable[..., subprocess.Popen[str]]
PATIENCE = 30.0  # seconds, for an import of everything on a busy machine


@pytest.fixture
def store(clean_environment: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{clean_environment / 'operations.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def bench(store: Store) -> Iterator[Bench]:
    moneybird = Moneybird()
    yield Bench(moneybird, Wire(moneybird.transport), store, Clock())
    moneybird.transport.close()


@pytest.fixture
def start(bench: Bench, project_root: Path) -> Iterator[START]:
    """Starts a worker process that speaks to this test's sandbox; what still runs at the end is killed."""
    running: list[subprocess.Popen[str]] = []
    with serve.start(bench.moneybird.world, throttle=Throttle.off()) as sandbox:

        def worker(*options: str) -> subprocess.Popen[str]:
            environ = {
                **os.environ,
                "PYTHONPATH": str(project_root),
                "SOURCES__MONEYBIRD__API_URL": sandbox.api_url,
                "SOURCES__MONEYBIRD__TOKENS__HOLDING": bench.moneybird.token,
            }
            command = [sys.executable, "-m", "pipelines", "worker", "--interval", "0.1", "--json", *options]
            running.append(
                subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            )
            return running[-1]

        yield worker
        for process in running:
            process.kill()
            process.communicate()


def press(bench: Bench, draft_id: str = "form-1") -> Command:
    return enqueue(
        bench.store, bench.draft(draft_id), bench.moneybird, may_write=lambda _: True, who="anna",
        at=datetime.now(UTC), approve=True,
    )  # fmt: skip


def until(bench: Bench, command: Command, state: State) -> None:
    end = time.monotonic() + PATIENCE
    while bench.now(command).state is not state:
        assert time.monotonic() < end, f"{bench.now(command).state}: {bench.now(command).last_error}"
        time.sleep(0.02)


def held_back(bench: Bench, kind: str, seconds: float) -> None:
    bench.moneybird.world.faults.add(Fault(kind, match="sales_invoices", method="POST", seconds=seconds))


def test_a_worker_killed_in_the_middle_of_a_request_is_followed_by_one_that_looks_first(
    bench: Bench, start: START
) -> None:
    command = press(bench)
    held_back(bench, "timeout", 20)
    first = start()
    until(bench, command, State.SENDING)
    while not bench.made_for(command):
        time.sleep(0.02)
    first.kill()
    first.communicate()
    start()
    until(bench, command, State.VERIFIED)
    assert bench.made_for(command) == 1
    assert bench.history(command)[1:] == [State.SENDING, State.AMBIGUOUS, State.VERIFIED]


def test_sigterm_finishes_the_request_at_hand_and_leaves_the_next(bench: Bench, start: START) -> None:
    first, second = press(bench, "form-1"), press(bench, "form-2")
    held_back(bench, "delay", 1)
    worker = start()
    until(bench, first, State.SENDING)
    worker.send_signal(signal.SIGTERM)
    out, err = worker.communicate(timeout=PATIENCE)
    assert (worker.returncode, out.strip(), err) == (0, '{"moved": {"verified": 1}}', "")
    assert (bench.now(first).state, bench.now(second).state) == (State.VERIFIED, State.QUEUED)


def test_two_worker_processes_send_nothing_twice(bench: Bench, start: START) -> None:
    pressed = [press(bench, f"form-{number}") for number in range(30)]
    for process in [start("--once"), start("--once")]:
        _, err = process.communicate(timeout=PATIENCE)
        assert (process.returncode, err) == (0, "")
    start()
    for command in pressed:
        until(bench, command, State.VERIFIED)
    assert {bench.made_for(command) for command in pressed} == {1}
    with bench.store.read() as connection:
        assert commands.due(connection, bench.moneybird.administration_id, now=datetime.now(UTC)) == []

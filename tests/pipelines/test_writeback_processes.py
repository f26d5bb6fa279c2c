"""`dovecote worker` as real processes against the sandbox on a port: killed, or told to stop, during a request."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines import config
from pipelines.operations import Command, State, Store, commands, open_store
from pipelines.run.quota import shared_budget
from pipelines.sandbox import serve
from pipelines.sandbox.faults.requests import Fault
from pipelines.sandbox.throttle import Throttle
from tests.pipelines.writeback_bench import Bench, Clock, Moneybird, Wire, office
from tests.pipelines.writeback_bench import press as pressed_at

pytestmark = pytest.mark.slow

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


@dataclass
class Workers:
    """Starts worker processes that speak to this test's sandbox."""

    api_url: str
    token: str
    project_root: Path
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def __call__(self, *options: str) -> subprocess.Popen[str]:
        environ = {
            **os.environ,
            "PYTHONPATH": str(self.project_root),
            "SOURCES__MONEYBIRD__API_URL": self.api_url,
            "SOURCES__MONEYBIRD__TOKENS__HOLDING": self.token,
        }
        command = [sys.executable, "-m", "pipelines", "worker", "--interval", "0.1", "--json", *options]
        self.running.append(
            subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        )
        return self.running[-1]


@contextmanager
def workers(bench: Bench, project_root: Path, throttle: Throttle) -> Iterator[Workers]:
    """What still runs at the end is killed."""
    with serve.start(bench.moneybird.world, throttle=throttle) as sandbox:
        made = Workers(sandbox.api_url, bench.moneybird.token, project_root)
        yield made
        for process in made.running:
            process.kill()
            process.communicate()


@pytest.fixture
def start(bench: Bench, project_root: Path) -> Iterator[Workers]:
    with workers(bench, project_root, Throttle.off()) as made:
        yield made


@pytest.fixture
def start_throttled(bench: Bench, project_root: Path) -> Iterator[Workers]:
    with workers(bench, project_root, Throttle()) as made:
        yield made


def press(bench: Bench, draft_id: str = "form-1") -> Command:
    return pressed_at(bench.store, bench.draft(draft_id), office(bench.moneybird, datetime.now(UTC)))


def until(bench: Bench, command: Command, state: State) -> None:
    end = time.monotonic() + PATIENCE
    while bench.now(command).state is not state:
        assert time.monotonic() < end, f"{bench.now(command).state}: {bench.now(command).last_error}"
        time.sleep(0.02)


def held_back(bench: Bench, kind: str, seconds: float) -> None:
    bench.moneybird.world.faults.add(Fault(kind, match="sales_invoices", method="POST", seconds=seconds))


def test_a_worker_killed_in_the_middle_of_a_request_is_followed_by_one_that_looks_first(
    bench: Bench, start: Workers
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
    assert bench.history(command)[2:] == [State.SENDING, State.AMBIGUOUS, State.VERIFIED]


def test_sigterm_finishes_the_request_at_hand_and_leaves_the_next(bench: Bench, start: Workers) -> None:
    first, second = press(bench, "form-1"), press(bench, "form-2")
    held_back(bench, "delay", 1)
    worker = start()
    until(bench, first, State.SENDING)
    worker.send_signal(signal.SIGTERM)
    out, err = worker.communicate(timeout=PATIENCE)
    assert (worker.returncode, out.strip(), err) == (0, '{"moved": {"verified": 1}}', "")
    assert (bench.now(first).state, bench.now(second).state) == (State.VERIFIED, State.QUEUED)


def test_two_worker_processes_send_nothing_twice(bench: Bench, start: Workers) -> None:
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


def _spent(api_url: str, *, reserve: bool) -> None:
    """Another process of this machine used up the window, or all of it but what a sync keeps back."""
    settings = config.load({**os.environ, "SOURCES__MONEYBIRD__API_URL": api_url})
    with shared_budget(settings, writes=not reserve) as of_another:
        while of_another.left("general"):
            of_another.spend("general", reserve=reserve)


def test_a_worker_spends_what_a_sync_keeps_back_for_it(bench: Bench, start_throttled: Workers) -> None:
    """The sync would wait five minutes for its next request."""
    pressed = [press(bench, f"form-{number}") for number in range(4)]
    _spent(start_throttled.api_url, reserve=True)
    _, err = start_throttled("--once").communicate(timeout=PATIENCE)
    assert err == ""
    assert {bench.now(command).state for command in pressed} == {State.VERIFIED}


def test_sigterm_ends_a_wait_for_quota_and_nothing_was_sent(bench: Bench, start_throttled: Workers) -> None:
    command = press(bench)
    _spent(start_throttled.api_url, reserve=False)
    worker = start_throttled()
    assert worker.stderr is not None
    assert "budget.wait" in worker.stderr.readline()
    worker.send_signal(signal.SIGTERM)
    out, _ = worker.communicate(timeout=PATIENCE)
    assert (worker.returncode, out.strip()) == (0, '{"moved": {}}')
    assert (bench.now(command).state, bench.made_for(command)) == (State.QUEUED, 0)
    assert "told to stop while it waited for quota; nothing was sent" in str(bench.now(command).last_error)

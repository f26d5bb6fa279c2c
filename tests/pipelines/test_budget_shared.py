"""Several processes share one budget: never more than the limit together, and nobody's end is everybody's.

The processes are real and so is the store; what does not pass here is time, which every test says itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from pipelines.config import Settings
from pipelines.errors import ConfigurationError
from pipelines.moneybird.budget import Budget
from pipelines.operations import SharedCounter, Store, open_store
from pipelines.run.quota import shared_budget
from pipelines.sandbox.company import build_group
from pipelines.sandbox.serve import start
from pipelines.sandbox.throttle import Throttle

HOST = "moneybird.com"
PROCESSES = 4
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC).timestamp()


class WouldWaitError(Exception):
    """Raised instead of sleeping."""


def would_wait(seconds: float) -> None:
    raise WouldWaitError(seconds)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'operations.sqlite'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture
def process(store: Store) -> Iterator[Callable[..., Budget]]:
    """A budget as another process has it: its own connection, its own memory, the same store and machine."""
    counters: list[SharedCounter] = []

    def make(now: Callable[[], float] = lambda: NOON, **settings: int) -> Budget:
        counters.append(SharedCounter(store, HOST, now))
        return Budget(**settings, counter=counters[-1], sleep=would_wait)

    yield make
    for counter in counters:
        counter.close()


def spend_all(budget: Budget, *, reserve: bool = True) -> int:
    count = 0
    try:
        while True:
            budget.spend("general", reserve=reserve)
            count += 1
    except WouldWaitError:
        return count


def headers(**seconds: int) -> dict[str, str]:
    """`left` requests, and moments so many seconds after the server's Date, which is not this machine's."""
    server = int(NOON) - 86_400
    left = {"RateLimit-RequestsRemaining": str(seconds.pop("left"))} if "left" in seconds else {}
    moments = {name.replace("_", "-"): str(server + value) for name, value in seconds.items()}
    return {"Date": format_datetime(datetime.fromtimestamp(server, UTC), usegmt=True), **left, **moments}


def test_processes_together_never_spend_more_than_a_window_holds(url: str, project_root: Path) -> None:
    """Four at once, window after window: each window gives exactly its limit, however they meet."""
    open_store(url).close()
    for window in range(3):
        now = NOON + 301 * window
        together = [_started(_SPEND, project_root, url, str(now), "syncs") for _ in range(PROCESSES)]
        spent = _numbers(together)
        assert sum(spent) == 140, "150 less the reserve of ten"
        writer = _started(_SPEND, project_root, url, str(now), "writes")
        assert _numbers([writer]) == [10], "the reserve is there for who writes, and only once"


def test_a_429_in_one_process_makes_the_others_wait_until_the_same_moment(process: Callable[..., Budget]) -> None:
    one, other = process(), process()
    other.spend("general")
    one.refused(one.spend("general"), headers(Retry_After=90))

    with pytest.raises(WouldWaitError) as wait:
        other.spend("general")
    assert wait.value.args == (91.0,)
    assert other.spend("reports"), "the other bucket has its own windows"


def test_what_the_server_tells_one_process_the_others_know(process: Callable[..., Budget]) -> None:
    one, other = process(), process()
    others_request = other.spend("general")
    one.learn(one.spend("general"), headers(left=12, RateLimit_Reset=60))
    other.learn(others_request, headers(left=149, RateLimit_Reset=60))

    assert other.left("general") == 2
    assert spend_all(one) + spend_all(other) == 2


def test_a_new_process_finds_the_window_as_the_last_one_left_it(url: str) -> None:
    def one_after_another() -> int:
        store = open_store(url)
        counter = SharedCounter(store, HOST, lambda: NOON)
        spent = spend_all(Budget(counter=counter, sleep=would_wait))
        counter.close()
        store.close()
        return spent

    assert (one_after_another(), one_after_another()) == (140, 0)


def test_hosts_have_budgets_of_their_own(store: Store, process: Callable[..., Budget]) -> None:
    spend_all(process())
    elsewhere = SharedCounter(store, "127.0.0.1:8080", lambda: NOON)
    assert Budget(counter=elsewhere, sleep=would_wait).left("general") == 140
    elsewhere.close()


def test_a_clock_that_was_set_back_does_not_make_anybody_wait_for_the_difference(
    process: Callable[..., Budget],
) -> None:
    spend_all(process())
    an_hour_earlier = process(lambda: NOON - 3600)

    assert spend_all(an_hour_earlier) == 140


def test_a_process_killed_in_the_middle_of_spending_leaves_nothing_behind(
    url: str, project_root: Path, process: Callable[..., Budget]
) -> None:
    ours = process()
    ours.spend("general")
    killed = _started(_HOLD, project_root, url, str(NOON))
    assert killed.stdout is not None
    assert killed.stdout.readline() == "inside\n"
    killed.kill()
    killed.communicate()

    assert ours.left("general") == 139, "what was not committed was not taken"
    assert spend_all(ours) == 139


def test_a_store_that_fails_on_the_way_is_said_and_each_counts_for_itself_for_a_while(
    store: Store, process: Callable[..., Budget], caplog: pytest.LogCaptureFixture
) -> None:
    now = NOON
    ours = process(lambda: now)
    for _ in range(100):
        ours.spend("general")
    with store.write() as connection:
        connection.execute(sa.text("alter table request_windows rename to elsewhere"))

    assert spend_all(ours) == 40, "it goes on from what it knew"
    assert caplog.text.count("windows.counting_alone") == 1

    with store.write() as connection:
        connection.execute(sa.text("alter table elsewhere rename to request_windows"))
    now += 61
    assert ours.left("general") == 40, "the store's word again"


def test_a_store_that_cannot_be_opened_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, operations_url="nonsense://nowhere")
    with pytest.raises(ConfigurationError, match="operations_url"), shared_budget(settings):
        pass


def test_processes_that_share_a_budget_are_never_refused_by_the_server(tmp_path: Path, project_root: Path) -> None:
    """With a counter each, and the server's headers, the last requests of some would be refused."""
    world = build_group(years=1, administrations=2)
    throttle = Throttle(general=41, window_seconds=86_400)  # one window, whenever this runs
    with start(world, throttle=throttle) as sandbox, httpx.Client(base_url=sandbox.url) as control:
        token = next(iter(sandbox.describe()["tokens"].values()))["token"]
        settings = {"api_url": sandbox.api_url, "tokens": {"t": token}, "home": str(tmp_path / "home")}
        given = json.dumps(settings | {"budget": {"write_reserve": 0}})
        together = [_started(_ASK, project_root, given) for _ in range(PROCESSES)]
        asked = sum(_numbers(together))
        counts = control.get("/_sandbox/requests/counts").json()

    assert counts["statuses"].keys() == {"200"}, counts
    assert asked == counts["total"] == 41


_SPEND = """
import sys
from pipelines.moneybird.budget import Budget
from pipelines.operations import SharedCounter, open_store

class WouldWait(Exception): ...

def would_wait(seconds):
    raise WouldWait

url, now, who = sys.argv[1:]
store = open_store(url)
counter = SharedCounter(store, "moneybird.com", lambda: float(now))
budget = Budget(counter=counter, sleep=would_wait)
spent = 0
print("ready", flush=True)
sys.stdin.readline()
try:
    while True:
        budget.spend("general", reserve=who == "syncs")
        spent += 1
except WouldWait:
    print(spent)
counter.close()
store.close()
"""

_HOLD = """
import sys, time
from pipelines.operations import SharedCounter, open_store

def take_and_stay(window):
    window.remaining -= 1
    print("inside", flush=True)
    time.sleep(60)

counter = SharedCounter(open_store(sys.argv[1]), "moneybird.com", lambda: float(sys.argv[2]))
counter.change("general", 150, take_and_stay)
"""

_ASK = """
import sys
from pathlib import Path
from pipelines.config import Settings, prepare_home
from pipelines.moneybird.client import Backoff
from pipelines.run.quota import shared_budget
from pipelines.run.targets import clients_for

class WouldWait(Exception): ...

def would_wait(seconds):
    raise WouldWait

settings = Settings.model_validate_json(sys.argv[1])
prepare_home(settings)
asked = 0
with shared_budget(settings) as budget:
    budget.sleep = would_wait
    (client,) = clients_for(settings, budget, lambda: None, Backoff())
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        while True:
            client.get(None, "administrations")
            asked += 1
    except WouldWait:
        print(asked)
    client.close()
"""


def _started(program: str, project_root: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program, *arguments],
        env={**os.environ, "PYTHONPATH": str(project_root)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _numbers(processes: list[subprocess.Popen[str]]) -> list[int]:
    """What each printed; all begin when the last one is ready."""
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [int(process.communicate(timeout=60)[0]) for process in processes]

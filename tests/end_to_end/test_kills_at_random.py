"""SIGKILL by the clock, wherever the run happens to be: the same promises as at chosen points."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.end_to_end import killer
from tests.end_to_end.aftermath import SLICE, Before, much_happens
from tests.end_to_end.conftest import Group, started_small_group

pytestmark = pytest.mark.slow

KILLS = 10


@pytest.fixture(scope="module")
def duration(tmp_path_factory: pytest.TempPathFactory, published_home: Path) -> float:
    """Seconds of such a run that nobody kills."""
    with started_small_group(published_home, tmp_path_factory.mktemp("measured") / "home") as group:
        much_happens(group)
        started = time.monotonic()
        run = _start(group)
        stderr = run.communicate()[1]
        assert run.returncode == 0, stderr
        return time.monotonic() - started


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_run_killed_at_a_random_moment_is_repaired_by_the_next(
    published_group: Group, duration: float, seed: int
) -> None:
    """The moments are spread: each seed has its own tenth of the run."""
    much_happens(published_group)
    before = Before.of(published_group)
    share = (seed + random.Random(seed).random()) / KILLS

    run = _start(published_group)
    try:
        run.wait(share * duration)
    except subprocess.TimeoutExpired:
        run.kill()
    stderr = run.communicate()[1]

    assert run.returncode in {-signal.SIGKILL, 0}, stderr
    before.readers_see_a_whole_snapshot()
    before.the_next_run_repairs()


def _start(group: Group) -> subprocess.Popen[str]:
    command = [sys.executable, killer.__file__, "never", "0", str(SLICE), "run"]
    return subprocess.Popen(
        command, env=group.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )

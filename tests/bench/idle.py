"""CPU seconds of `dovecote sync` over an unchanged group, imports included, by the kernel's account of the process."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from pipelines.sandbox.company import build_group
from pipelines.sandbox.serve import start
from pipelines.sandbox.throttle import Throttle

TIMES = 3


def measure(home: Path, administrations: int) -> tuple[float, float]:
    """CPU seconds of the first sync of a group, and the least of three unchanged ones an hour apart."""
    world = build_group(years=1, administrations=administrations)
    with start(world, throttle=Throttle.off()) as sandbox:
        tokens = {
            f"SOURCES__MONEYBIRD__TOKENS__{name.upper()}": one["token"]
            for name, one in sandbox.describe()["tokens"].items()
        }
        ours = {"DOVECOTE_HOME": str(home), "SOURCES__MONEYBIRD__API_URL": sandbox.api_url}
        environment = {**os.environ, **tokens, **ours}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # who sets it compiles Dovecote anew with every run
        first = _sync(environment)
        again = []
        for _ in range(TIMES):
            world.clock.advance(timedelta(hours=1))
            again.append(_sync(environment))
        return first, min(again)


def _sync(environment: dict[str, str]) -> float:
    command = [sys.executable, "-m", "pipelines", "sync", "--json"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, process.returncode
    return used.ru_utime + used.ru_stime

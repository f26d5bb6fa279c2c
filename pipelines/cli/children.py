"""Child processes that end when their parent does: the sandbox, the worker and the dashboard.

Each child leads its own process group, so that Ctrl-C reaches the parent alone, which ends the others in order. Their
output goes to a log file named after them.
"""

from __future__ import annotations

import ctypes
import select
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from pipelines.errors import DovecoteError

START_SECONDS = 60  # a cold import of Streamlit or of the company generator on a busy two-core machine
STOP_SECONDS = 5
_PR_SET_PDEATHSIG = 1  # prctl(2): the kernel signals the child when its parent is gone


class Family:
    """The children of this process, stopped youngest first."""

    def __init__(self) -> None:
        self._running: list[tuple[subprocess.Popen[bytes], Path]] = []

    def start(
        self, name: str, command: list[str], environ: Mapping[str, str], cwd: Path, logs: Path, *, talks: bool = False
    ) -> subprocess.Popen[bytes]:
        """Starts `command`; stderr (and stdout, unless the child `talks` to us) go to `<logs>/<name>.log`."""
        log = logs / f"{name}.log"
        with log.open("wb") as output:
            child = subprocess.Popen(
                command,
                env=dict(environ),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if talks else output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )
        self._running.append((child, log))
        return child

    def first_line(self, name: str, child: subprocess.Popen[bytes]) -> bytes:
        """The line a talking child says when it is ready."""
        assert child.stdout is not None
        if not select.select([child.stdout], [], [], START_SECONDS)[0]:
            raise DovecoteError(f"The {name} did not start within {START_SECONDS} seconds; see {self._log(child)}.")
        line = child.stdout.readline()
        if not line:
            raise self._ended(name, child)
        return line

    def wait_until_answers(self, name: str, child: subprocess.Popen[bytes], url: str) -> None:
        """Returns when `url` answers. Raises DovecoteError naming the log when the child ends or stays silent."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if child.poll() is not None:
                raise self._ended(name, child)
            with suppress(OSError), opener.open(url, timeout=2):
                return
            time.sleep(0.1)
        raise DovecoteError(f"The {name} did not start within {START_SECONDS} seconds; see {self._log(child)}.")

    def serve(self, child: subprocess.Popen[bytes], announce: Callable[[], None]) -> None:
        """Announces `child`, returns at its end, or at Ctrl-C and SIGTERM: serving is meant to end so."""
        with suppress(KeyboardInterrupt):
            announce()
            child.wait()

    def stop(self) -> None:
        """Ends every child: asks first, insists after STOP_SECONDS."""
        for child, _ in reversed(self._running):
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child, _ in reversed(self._running):
            try:
                child.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            if child.stdout is not None:
                child.stdout.close()
        self._running.clear()

    def _ended(self, name: str, child: subprocess.Popen[bytes]) -> DovecoteError:
        return DovecoteError(f"The {name} ended with code {child.wait(STOP_SECONDS)}; see {self._log(child)}.")

    def _log(self, child: subprocess.Popen[bytes]) -> Path:
        return next(log for known, log in self._running if known is child)


@contextmanager
def children() -> Iterator[Family]:
    """A family whose members are stopped at the end, also at Ctrl-C, SIGTERM and a closed terminal."""
    family = Family()
    before = {number: signal.signal(number, _interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield family
    finally:
        family.stop()
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _end_with_parent() -> None:
    """In the child, before it becomes its program: a worker must not outlive a killed demo and serve the next one."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

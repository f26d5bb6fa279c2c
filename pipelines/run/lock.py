"""One run at a time: an OS lock on a file that names its holder.

The kernel drops the lock when its holder dies, however it dies, so a file left behind by a killed run is no obstacle;
a row in a database would outlive it. The file stays: removing it would let two runs lock two different files.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pipelines.errors import RunLockedError, WarehouseError


@contextlib.contextmanager
def run_lock(path: Path, command: str, now: datetime | None = None) -> Iterator[None]:
    """Holds the lock of `path` for the length of a `with` block, under the name `command` (such as "dovecote run").

    `now` (aware) is what the file gives as the start. Never waits: raises RunLockedError, naming the holder, when
    another process has it, and WarehouseError when the disk is full. The directory must exist.
    """
    with _written(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunLockedError(_refusal(path, os.pread(descriptor, 4096, 0))) from None
        holder = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "command": command,
            "started_at": (now or datetime.now(UTC)).isoformat(timespec="seconds"),
        }
        with _written(path):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(holder).encode(), 0)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def refuse_during_a_run(path: Path, why: str) -> None:
    """Raises RunLockedError, naming the holder and `why` that matters, while a run holds the lock. Only reads, like
    `names_a_living_holder`."""
    if path.exists() and names_a_living_holder(path):
        who = _holder(path.read_bytes())
        raise RunLockedError(f"{who} holds {path}, and {why}; wait for it or stop it.")


def names_a_living_holder(path: Path) -> bool:
    """Whether the process that `path` names still lives. Only reads: trying the lock could refuse a run that starts."""
    try:
        holder = json.loads(path.read_bytes())
        if holder["host"] == socket.gethostname():
            os.kill(int(holder["pid"]), 0)
    except (ValueError, KeyError, TypeError, FileNotFoundError, ProcessLookupError):
        return False
    except PermissionError:  # another user's process lives
        return True
    return True


@contextlib.contextmanager
def _written(path: Path) -> Iterator[None]:
    """Turns a full or read-only disk into one sentence."""
    try:
        yield
    except OSError as error:
        raise WarehouseError(
            f"{path} cannot be written: {error.strerror or error}; free some space there, or set DOVECOTE_HOME to a "
            "directory you may write to, and run again. What was published stays."
        ) from None


def _refusal(path: Path, content: bytes) -> str:
    """The sentence for who came second."""
    return f"{_holder(content)} holds {path}; wait for it or stop it."


def _holder(content: bytes) -> str:
    """Who holds the lock. The content is empty for the instant between locking and writing."""
    try:
        holder = json.loads(content)
        started = datetime.fromisoformat(holder["started_at"]).astimezone()
        moment = started.strftime("%H:%M:%S" if started.date() == datetime.now(UTC).astimezone().date() else "%F %T")
        return f"another run (pid {holder['pid']} on {holder['host']} since {moment}, `{holder['command']}`)"
    except (ValueError, KeyError, TypeError):
        return "another run"

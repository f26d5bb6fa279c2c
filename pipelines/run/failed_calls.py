"""`logs/failed_calls.jsonl`: every call that failed, one JSON object a line, for whoever asks afterwards what happened.

Several processes append to it. A line is one write, and a full file is moved aside under a lock, so no line is torn or
lost; three older files are kept.
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import orjson

from pipelines.moneybird.failures import FailedCall

log = logging.getLogger(__name__)

FILE_BYTES = 5_000_000  # about 20 000 failed calls
KEPT = 3  # older files


class FailedCalls:
    """Appends to `path`, which only its owner may read. Never raises: a log that cannot be written stops no run."""

    def __init__(self, path: Path, file_bytes: int = FILE_BYTES) -> None:
        self._path = path
        self._file_bytes = file_bytes

    def __call__(self, call: FailedCall) -> None:
        line = orjson.dumps(asdict(call), option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z)
        try:
            with self._alone():
                if self._path.exists() and self._path.stat().st_size + len(line) > self._file_bytes:
                    self._move_aside()
                self._append(line)
        except OSError as error:
            log.warning("failed_calls.not_written path=%s cause=%s", self._path, error.strerror)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time, by a lock on the directory: the file itself may be moved."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _move_aside(self) -> None:
        for number in range(KEPT, 0, -1):
            older = self._numbered(number - 1)
            if older.exists():
                older.replace(self._numbered(number))

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}") if number else self._path

    def _append(self, line: bytes) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)

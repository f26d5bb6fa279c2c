"""The windows of the rate limit: how they are kept, and which of them the server's headers speak of.

Moneybird's headers have two traps: `RateLimit-Remaining` holds seconds, not requests (`RateLimit-RequestsRemaining`
holds those), and `Reset` and `Retry-After` are absolute epochs. Clocks are never compared across machines: a wait is
the server's `Reset` minus the server's `Date`.

Where windows are kept is a `Counter`: `OwnCounter` for one process, the operations store's for several."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Protocol, TypeVar

T = TypeVar("T")


class Window(Protocol):
    """One bucket's window as a counter keeps it. `number` counts windows; `reset` is the server's name for this one."""

    limit: int
    remaining: int
    ends_at: float | None  # on the counter's clock; None: not begun
    reset: int | None  # Unix seconds of the server; None: the server has not spoken about this window
    number: int


class Counter(Protocol):
    """Keeps the windows and lets one caller at a time change one."""

    def now(self) -> float: ...

    def change(self, bucket: str, limit: int, change: Callable[[Window], T]) -> T:
        """What `change` returns once its window is kept; `limit` is for a bucket never seen. May call it twice."""


@dataclass
class _OwnWindow:
    limit: int
    remaining: int
    ends_at: float | None = None
    reset: int | None = None
    number: int = 0


class OwnCounter:
    """The windows of this process alone. Safe to share between threads."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.now = monotonic
        self._windows: dict[str, _OwnWindow] = {}
        self._lock = threading.Lock()

    def change(self, bucket: str, limit: int, change: Callable[[Window], T]) -> T:
        with self._lock:
            return change(self._windows.setdefault(bucket, _OwnWindow(limit, limit)))


@dataclass(frozen=True)
class Stood:
    """How a window stood once a request was taken out of it."""

    number: int
    limit: int
    remaining: int
    ends_at: float | None
    reset: int | None

    @classmethod
    def of(cls, window: Window) -> Stood:
        return cls(window.number, window.limit, window.remaining, window.ends_at, window.reset)


@dataclass(frozen=True)
class Moment:
    """When a window ends: the server's epoch, and how many seconds after its own `Date` that is."""

    reset: int | None  # None: without a Date it has no name
    seconds: float

    @classmethod
    def read(cls, headers: Mapping[str, str], name: str) -> Moment | None:
        """From an epoch as documented, or from a small number of seconds as RFC 9110 has it."""
        value = whole(headers.get(name))
        date = _epoch(headers.get("Date"))
        if value is None:
            return None
        if value < 10_000_000:
            return cls(None if date is None else date + value, float(value))
        return None if date is None else cls(value, float(value - date))


def is_same(reset: int | None, other: int | None) -> bool:
    """Whether the server names the same window."""
    return reset is not None and other is not None and abs(reset - other) <= 1  # whole seconds, rounded somewhere


def concerns(window: Window, number: int, told: Moment | None) -> bool:
    """Whether an answer is about this window: its request was taken from it, or the server names the same one."""
    return number == window.number or (told is not None and is_same(window.reset, told.reset))


def rolled_over(window: Window, told: Moment | None) -> bool:
    """The server speaks of another window than before: ours ended while the request was under way."""
    return told is not None and window.reset is not None and not is_same(window.reset, told.reset)


def whole(text: str | None) -> int | None:
    """A header's number; None where there is none."""
    return int(text) if text and text.strip().isdigit() else None


def _epoch(date_header: str | None) -> int | None:
    try:
        return int(parsedate_to_datetime(date_header or "").timestamp())
    except (TypeError, ValueError):
        return None

"""The request budget: two buckets per egress address, shared by every administration and every process of a machine.

Moneybird counts 150 requests and 50 report requests per five minutes and address. Its headers say how it stands, with
two traps: `RateLimit-Remaining` holds seconds, not requests (`RateLimit-RequestsRemaining` holds those), and `Reset`
and `Retry-After` are absolute epochs. Clocks are never compared across machines: a wait is the server's `Reset` minus
the server's `Date`. A leaky bucket met 31 refusals in 90 requests against such a window and a counter with a margin
one, so this is a counter: spend freely until the window is empty, then wait for its reset.

Where the windows are kept is an argument: `OwnCounter` for one process, the operations store's for several. Answers of
several processes arrive in any order, so within one window the smaller number counts, and an answer to a request of a
window that is over says nothing about the one that follows it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Protocol, TypeVar

from pipelines.moneybird.resources import Bucket

log = logging.getLogger(__name__)
T = TypeVar("T")

MARGIN_SECONDS = 1.0  # the server's clock has whole seconds; arriving inside the old window costs a 429


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


class Watcher(Protocol):
    """Is told what is spent, and of a wait before it begins."""

    def spent(self, bucket: Bucket, administration_id: str | None) -> None: ...

    def waiting(self, bucket: Bucket, seconds: float, administration_id: str | None) -> None: ...


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


@dataclass(frozen=True)
class Taken:
    """One request taken out of a bucket; its answer's headers are learned with it."""

    bucket: Bucket
    stood: Stood
    waited: float  # seconds of waiting for it

    @property
    def window(self) -> int:
        return self.stood.number


@dataclass
class Budget:
    """Spends requests and waits when a window is empty. Safe to share between threads.

    `write_reserve` requests of the general bucket stay unspent by `spend(..., reserve=True)`, so that a sync never
    starves the worker, also one in another process. `spent` and `seconds_waited` are this process's own.
    """

    general: int = 150
    reports: int = 50
    window_seconds: int = 300
    write_reserve: int = 10
    counter: Counter = field(default_factory=OwnCounter)
    sleep: Callable[[float], None] = time.sleep
    watcher: Watcher | None = None
    spent: dict[Bucket, int] = field(default_factory=lambda: {"general": 0, "reports": 0})
    seconds_waited: float = 0.0
    _limits: dict[Bucket, int] = field(init=False)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._limits = {"general": self.general, "reports": self.reports}

    def spend(self, bucket: Bucket, *, reserve: bool = False, administration_id: str | None = None) -> Taken:
        """Takes one request out of `bucket`, waiting for the next window when it is empty."""
        waited = 0.0
        until: float | None = None
        while True:
            stood, until = self._change(bucket, partial(self._take, bucket, reserve, until))
            if until is None:
                break
            waited += self._wait(bucket, until - self.counter.now(), administration_id)
        with self._lock:
            self.spent[bucket] += 1
        if self.watcher:
            self.watcher.spent(bucket, administration_id)
        return Taken(bucket, stood, waited)

    def left(self, bucket: Bucket) -> int:
        """Requests that can be spent now without waiting, the reserve left aside."""

        def look(window: Window) -> int:
            left = window.remaining if self._is_open(window) else self._limits[bucket]
            return max(left - self._kept_back(bucket, window.limit), 0)

        return self._change(bucket, look)

    def learn(self, taken: Taken, headers: Mapping[str, str]) -> None:
        """Believes the server about limit, requests left and the end of the window."""
        limit = _whole(headers.get("RateLimit-Limit"))
        left = _whole(headers.get("RateLimit-RequestsRemaining"))
        told = _Moment.read(headers, "RateLimit-Reset")

        def believe(window: Window) -> None:
            if not _concerns(window, taken, told):
                return
            if limit:
                window.remaining += limit - window.limit
                window.limit = limit
            if _rolled_over(window, told):
                window.number += 1
                window.remaining = window.limit - 1 if left is None else left
            elif left is not None:
                window.remaining = min(window.remaining, left)
            if told:
                self._end(window, told.reset, told.seconds)

        if limit:
            self._limits[taken.bucket] = limit
        if not self._is_as_taken(taken.stood, limit, left, told):
            self._change(taken.bucket, believe)

    def _is_as_taken(self, stood: Stood, limit: int | None, left: int | None, told: _Moment | None) -> bool:
        """The server says what the window said: believing it would change nothing and cost a second transaction."""
        return (
            limit in {None, stood.limit}
            and (left is None or left >= stood.remaining)
            and (told is None or (told.reset == stood.reset and self._estimate(told.seconds) >= (stood.ends_at or 0)))
        )

    def refused(self, taken: Taken, headers: Mapping[str, str]) -> None:
        """After a 429: nobody spends from this bucket until the moment the server named, never more than two windows.

        `Retry-After` is an absolute epoch here. Read as seconds it would be a sleep of 56 years.
        """
        told = _Moment.read(headers, "Retry-After") or _Moment.read(headers, "RateLimit-Reset")

        def empty(window: Window) -> None:
            if not _concerns(window, taken, told):
                return
            window.number += _rolled_over(window, told)
            window.remaining = 0
            window.ends_at = None
            self._end(window, told.reset if told else None, told.seconds if told else float(self.window_seconds))

        self._change(taken.bucket, empty)

    def _change(self, bucket: Bucket, change: Callable[[Window], T]) -> T:
        return self.counter.change(bucket, self._limits[bucket], change)

    def _take(self, bucket: Bucket, reserve: bool, over: float | None, window: Window) -> tuple[Stood, float | None]:
        """How it stands then, and when to ask again if it is empty. `over` is the end that was just waited for."""
        if window.ends_at == over or not self._is_open(window):
            window.limit = window.remaining = self._limits[bucket]
            window.number += 1
            window.ends_at = window.reset = None
            self._end(window, None, self.window_seconds)
        if window.remaining > (self._kept_back(bucket, window.limit) if reserve else 0):
            window.remaining -= 1
            return _stood(window), None
        return _stood(window), window.ends_at

    def _kept_back(self, bucket: Bucket, limit: int) -> int:
        return min(self.write_reserve, limit - 1) if bucket == "general" else 0

    def _is_open(self, window: Window) -> bool:
        """Begun and not over. One that ends later than any window can was written before the clock was set back."""
        if window.ends_at is None:
            return False
        return 0 < window.ends_at - self.counter.now() <= 2 * self.window_seconds + MARGIN_SECONDS

    def _end(self, window: Window, reset: int | None, seconds: float) -> None:
        """Sets the end. Of one window the earliest estimate is the best: each is late by what its answer travelled."""
        ends_at = self._estimate(seconds)
        is_known = window.ends_at is not None and _is_same(window.reset, reset)
        window.ends_at = min(window.ends_at, ends_at) if is_known and window.ends_at else ends_at
        window.reset = reset

    def _estimate(self, seconds: float) -> float:
        """The moment that many seconds ahead, on the counter's clock."""
        return self.counter.now() + min(max(seconds, 0.0), 2 * self.window_seconds) + MARGIN_SECONDS

    def _wait(self, bucket: Bucket, seconds: float, administration_id: str | None) -> float:
        seconds = max(seconds, 0.0)
        level = logging.INFO if self.watcher else logging.WARNING
        log.log(level, "budget.wait bucket=%s seconds=%.0f administration=%s", bucket, seconds, administration_id)
        if self.watcher:
            self.watcher.waiting(bucket, seconds, administration_id)
        self.sleep(seconds)
        with self._lock:
            self.seconds_waited += seconds
        return seconds


def _stood(window: Window) -> Stood:
    return Stood(window.number, window.limit, window.remaining, window.ends_at, window.reset)


def _concerns(window: Window, taken: Taken, told: _Moment | None) -> bool:
    """Whether an answer is about this window: its request was taken from it, or the server names the same one."""
    return taken.window == window.number or (told is not None and _is_same(window.reset, told.reset))


def _rolled_over(window: Window, told: _Moment | None) -> bool:
    """The server speaks of another window than before: ours ended while the request was under way."""
    return told is not None and window.reset is not None and not _is_same(window.reset, told.reset)


def _is_same(reset: int | None, other: int | None) -> bool:
    return reset is not None and other is not None and abs(reset - other) <= 1  # whole seconds, rounded somewhere


@dataclass(frozen=True)
class _Moment:
    """When a window ends: the server's epoch, and how many seconds after its own `Date` that is."""

    reset: int | None  # None: without a Date it has no name
    seconds: float

    @classmethod
    def read(cls, headers: Mapping[str, str], name: str) -> _Moment | None:
        """From an epoch as documented, or from a small number of seconds as RFC 9110 has it."""
        value = _whole(headers.get(name))
        date = _epoch(headers.get("Date"))
        if value is None:
            return None
        if value < 10_000_000:
            return cls(None if date is None else date + value, float(value))
        return None if date is None else cls(value, float(value - date))


def _epoch(date_header: str | None) -> int | None:
    try:
        return int(parsedate_to_datetime(date_header or "").timestamp())
    except (TypeError, ValueError):
        return None


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.strip().isdigit() else None

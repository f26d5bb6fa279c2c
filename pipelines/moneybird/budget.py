"""The request budget: two buckets per egress address, shared by every administration and every process of a machine.

Moneybird counts 150 requests and 50 report requests per five minutes and address. A leaky bucket met 31 refusals in 90
requests against such a window and a counter with a margin one, so this is a counter: spend freely until the window is
empty, then wait for its reset. A wait is where a run is most likely to be ended, so whatever it holds is stored first.

Answers of several processes arrive in any order, so within one window the smaller number counts, and an answer to a
request of a window that is over says nothing about the one that follows it. How windows are kept: `windows`."""

from __future__ import annotations

import collections
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, TypeVar

from pipelines.moneybird.resources import Bucket
from pipelines.moneybird.windows import (
    Counter,
    Moment,
    OwnCounter,
    Stood,
    Window,
    concerns,
    is_same,
    rolled_over,
    whole,
)

log = logging.getLogger(__name__)
T = TypeVar("T")

MARGIN_SECONDS = 1.0  # the server's clock has whole seconds; arriving inside the old window costs a 429


class Watcher(Protocol):
    """Is told what is spent, and of a wait before it begins."""

    def spent(self, bucket: Bucket, administration_id: str | None) -> None: ...

    def waiting(self, bucket: Bucket, seconds: float, administration_id: str | None) -> None: ...


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
    spent_for: collections.Counter[tuple[str, Bucket]] = field(default_factory=collections.Counter)  # administration
    seconds_waited: float = 0.0
    _limits: dict[Bucket, int] = field(init=False)
    _stores: list[Callable[[], None]] = field(init=False, default_factory=list)
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
            waited += self._wait(bucket, until, administration_id)
        with self._lock:
            self.spent[bucket] += 1
            self.spent_for[(administration_id or "", bucket)] += 1
        if self.watcher:
            self.watcher.spent(bucket, administration_id)
        return Taken(bucket, stood, waited)

    @contextmanager
    def stored_before_waits(self, store: Callable[[], None]) -> Iterator[None]:
        """Inside the block every wait begins with `store`, on the thread that waits, and whatever it raises ends the
        request. It may run between any two requests, and must make none itself."""
        self._stores.append(store)
        try:
            yield
        finally:
            self._stores.remove(store)

    def left(self, bucket: Bucket) -> int:
        """Requests that can be spent now without waiting, the reserve left aside."""

        def look(window: Window) -> int:
            left = window.remaining if self._is_open(window) else self._limits[bucket]
            return max(left - self._kept_back(bucket, window.limit), 0)

        return self._change(bucket, look)

    def learn(self, taken: Taken, headers: Mapping[str, str]) -> None:
        """Believes the server about limit, requests left and the end of the window."""
        limit = whole(headers.get("RateLimit-Limit"))
        left = whole(headers.get("RateLimit-RequestsRemaining"))
        told = Moment.read(headers, "RateLimit-Reset")

        def believe(window: Window) -> None:
            if not concerns(window, taken.window, told):
                return
            if limit:
                window.remaining += limit - window.limit
                window.limit = limit
            if rolled_over(window, told):
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

    def _is_as_taken(self, stood: Stood, limit: int | None, left: int | None, told: Moment | None) -> bool:
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
        told = Moment.read(headers, "Retry-After") or Moment.read(headers, "RateLimit-Reset")

        def empty(window: Window) -> None:
            if not concerns(window, taken.window, told):
                return
            window.number += rolled_over(window, told)
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
            return Stood.of(window), None
        return Stood.of(window), window.ends_at

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
        is_known = window.ends_at is not None and is_same(window.reset, reset)
        window.ends_at = min(window.ends_at, ends_at) if is_known and window.ends_at else ends_at
        window.reset = reset

    def _estimate(self, seconds: float) -> float:
        """The moment that many seconds ahead, on the counter's clock."""
        return self.counter.now() + min(max(seconds, 0.0), 2 * self.window_seconds) + MARGIN_SECONDS

    def _wait(self, bucket: Bucket, until: float, administration_id: str | None) -> float:
        for store in self._stores:
            store()
        seconds = max(until - self.counter.now(), 0.0)
        level = logging.INFO if self.watcher else logging.WARNING
        log.log(level, "budget.wait bucket=%s seconds=%.0f administration=%s", bucket, seconds, administration_id)
        if self.watcher:
            self.watcher.waiting(bucket, seconds, administration_id)
        self.sleep(seconds)
        with self._lock:
            self.seconds_waited += seconds
        return seconds

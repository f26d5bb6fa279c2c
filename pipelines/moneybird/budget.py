"""The request budget: two buckets per egress address, shared by every administration.

Moneybird counts 150 requests and 50 report requests per five minutes and address. Its headers say how it stands, with
two traps: `RateLimit-Remaining` holds seconds, not requests (`RateLimit-RequestsRemaining` holds those), and `Reset`
and `Retry-After` are absolute epochs. Clocks are never compared across machines: a wait is the server's `Reset` minus
the server's `Date`. A leaky bucket met 31 refusals in 90 requests against such a window and a counter with a margin
one, so this is a counter: spend freely until the window is empty, then wait for its reset."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from pipelines.moneybird.resources import Bucket

log = logging.getLogger(__name__)

MARGIN_SECONDS = 1.0  # the server's clock has whole seconds; arriving inside the old window costs a 429
Waiting = Callable[[Bucket, float], None]


@dataclass
class Window:
    """One bucket's current window, in our own monotonic seconds."""

    limit: int
    remaining: int
    ends_at: float | None = None  # None: not started, nothing known


@dataclass
class Budget:
    """Spends requests and waits when a window is empty. Safe to share between threads.

    `reserve` requests of the general bucket stay unspent by `spend(..., reserve=True)`, so that a sync never starves
    the worker. `on_wait` is told the bucket and the seconds before a wait begins."""

    general: int = 150
    reports: int = 50
    window_seconds: int = 300
    write_reserve: int = 10
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    on_wait: Waiting | None = None
    spent: dict[Bucket, int] = field(default_factory=lambda: {"general": 0, "reports": 0})
    seconds_waited: float = 0.0
    _windows: dict[Bucket, Window] = field(init=False)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._windows = {
            "general": Window(self.general, self.general),
            "reports": Window(self.reports, self.reports),
        }

    def spend(self, bucket: Bucket, *, reserve: bool = False) -> None:
        """Takes one request out of `bucket`, waiting for the next window when it is empty."""
        kept_back = self.write_reserve if reserve and bucket == "general" else 0
        while True:
            with self._lock:
                window = self._windows[bucket]
                now = self.monotonic()
                if window.ends_at is None or now >= window.ends_at:
                    window.remaining = window.limit
                    window.ends_at = now + self.window_seconds
                if window.remaining > min(kept_back, window.limit - 1):
                    window.remaining -= 1
                    self.spent[bucket] += 1
                    return
                wait = window.ends_at - now + MARGIN_SECONDS
            self._wait(bucket, wait)

    def learn(self, bucket: Bucket, headers: Mapping[str, str]) -> None:
        """Believes the server about limit, requests left and the end of the window."""
        limit = _whole(headers.get("RateLimit-Limit"))
        left = _whole(headers.get("RateLimit-RequestsRemaining"))
        seconds = _seconds_until(headers.get("RateLimit-Reset"), headers.get("Date"))
        with self._lock:
            window = self._windows[bucket]
            if limit:
                window.limit = limit
            if left is not None:
                window.remaining = left
            if seconds is not None:
                window.ends_at = self.monotonic() + min(seconds, 2 * self.window_seconds)

    def wait_as_told(self, bucket: Bucket, headers: Mapping[str, str]) -> None:
        """After a 429: waits until the moment the server named, never longer than two windows.

        `Retry-After` is an absolute epoch here. Read as seconds it would be a sleep of 56 years.
        """
        seconds = _seconds_until(headers.get("Retry-After") or headers.get("RateLimit-Reset"), headers.get("Date"))
        if seconds is None:
            seconds = float(self.window_seconds)
        with self._lock:
            self._windows[bucket].ends_at = None
        self._wait(bucket, min(max(seconds, 0.0), 2 * self.window_seconds) + MARGIN_SECONDS)

    def _wait(self, bucket: Bucket, seconds: float) -> None:
        log.warning("budget.wait bucket=%s seconds=%.0f cause=window empty", bucket, seconds)
        if self.on_wait:
            self.on_wait(bucket, seconds)
        self.seconds_waited += seconds
        self.sleep(seconds)


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.strip().isdigit() else None


def _seconds_until(moment: str | None, date_header: str | None) -> float | None:
    """Seconds from the response's `Date` to `moment`: an epoch as documented, or a small number of seconds."""
    value = _whole(moment)
    if value is None:
        return None
    if value < 10_000_000:  # plain seconds, as RFC 9110 has it; Moneybird sends epochs
        return float(value)
    if not date_header:
        return None
    try:
        return value - parsedate_to_datetime(date_header).timestamp()
    except (TypeError, ValueError):
        return None

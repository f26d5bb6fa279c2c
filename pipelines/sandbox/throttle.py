"""The rate limit: fixed windows of five minutes, two buckets per client address, five headers.

Moneybird's contract calls `RateLimit-Remaining` the number of requests left; measured on the live service it is the
number of SECONDS until the window ends, and the requests left stand in `RateLimit-RequestsRemaining`. `RateLimit-Reset`
and `Retry-After` are moments in Unix seconds, not durations. Windows are aligned to the clock, as measured.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.sandbox.clock import Clock

GENERAL_LIMIT = 150
REPORTS_LIMIT = 50
WINDOW_SECONDS = 300
UNTHROTTLED = 1_000_000


@dataclass
class Verdict:
    """Whether a request may pass, and the headers its answer carries either way."""

    allowed: bool
    headers: dict[str, str]


@dataclass
class Throttle:
    """Counts requests per (client, bucket, window). `limits` may be changed while the sandbox runs."""

    general: int = GENERAL_LIMIT
    reports: int = REPORTS_LIMIT
    window_seconds: int = WINDOW_SECONDS
    _counts: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def off(cls) -> Throttle:
        """A limit nobody reaches, sent in the headers like any other."""
        return cls(UNTHROTTLED, UNTHROTTLED)

    def ask(self, clock: Clock, client: str, bucket: str) -> Verdict:
        """Counts one request and says whether it fits."""
        limit = self.reports if bucket == "reports" else self.general
        now = clock.seconds()
        window = now // self.window_seconds
        counted_window, count = self._counts.get((client, bucket), (window, 0))
        count = count + 1 if counted_window == window else 1
        self._counts[client, bucket] = (window, count)
        reset = self.window_end(clock)
        headers = {
            "RateLimit-Limit": str(limit),
            "RateLimit-Remaining": str(reset - now),
            "RateLimit-Reset": str(reset),
            "RateLimit-RequestsRemaining": str(max(limit - count, 0)),
        }
        if count > limit:
            headers["Retry-After"] = str(reset)
        return Verdict(count <= limit, headers)

    def window_end(self, clock: Clock) -> int:
        """Unix seconds at which counting starts again."""
        return (clock.seconds() // self.window_seconds + 1) * self.window_seconds

    def forget(self) -> None:
        """Starts counting again."""
        self._counts.clear()

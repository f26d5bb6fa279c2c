"""Simulated hours until many administrations are fresh: the real budget, a virtual clock, requests as counted.

Administrations take turns request by request, the general ones first, as a run does. The server is one that counts as
documented: the budget's own window is taken for it. Every request takes `ANSWER_SECONDS` besides.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.moneybird.budget import Budget
from pipelines.moneybird.resources import Bucket
from pipelines.moneybird.windows import OwnCounter

ANSWER_SECONDS = 0.3


@dataclass
class VirtualClock:
    """Seconds that pass only when somebody sleeps."""

    seconds: float = 0.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def hours(administrations: int, general: float, reports: float) -> float:
    """Until the last of `administrations` has had its requests, that many each on average."""
    clock = VirtualClock()
    budget = Budget(counter=OwnCounter(clock.now), sleep=clock.sleep)
    wanted: tuple[tuple[Bucket, float], ...] = (("general", general), ("reports", reports))
    for bucket, each in wanted:
        for _ in range(round(administrations * each)):
            budget.spend(bucket, reserve=True)
            clock.sleep(ANSWER_SECONDS)
    return clock.seconds / 3600

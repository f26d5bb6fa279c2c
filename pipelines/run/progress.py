"""What a long run tells while it works. The command line draws it; without a watcher nobody is told anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from pipelines.moneybird.budget import Watcher
from pipelines.moneybird.resources import Bucket


class Progress(Watcher, Protocol):
    """Events of one run, in order; each returns at once. What the budget tells itself stands in `Watcher`."""

    def plan(self, general: int, reports: int, names: Mapping[str, str]) -> None:
        """The requests that are planned per bucket, those already spent included; `names` by administration id."""

    def more(self, bucket: Bucket, requests: int) -> None:
        """Work was found that was not planned: changed records, ledger lines."""

    def stage(self, text: str) -> None:
        """What is being done now, as a person would say it: "contacts of Duivenhof Studio B.V."."""

    def done(self) -> None:
        """The run is over, well or not."""


class Silent:
    """Tells nobody."""

    def plan(self, general: int, reports: int, names: Mapping[str, str]) -> None: ...

    def more(self, bucket: Bucket, requests: int) -> None: ...

    def stage(self, text: str) -> None: ...

    def spent(self, bucket: Bucket, administration_id: str | None) -> None: ...

    def waiting(self, bucket: Bucket, seconds: float, administration_id: str | None) -> None: ...

    def done(self) -> None: ...

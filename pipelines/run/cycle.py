"""A whole run under the run lock: sync → build → gates → publish. The order is the promise: readers see a new snapshot
only when everything before it is done.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.config import Settings
from pipelines.run.build import build
from pipelines.run.history import recorded
from pipelines.run.lock import run_lock
from pipelines.run.report import BuildReport
from pipelines.run.sync import Options, sync
from pipelines.run.sync_report import SyncReport


@dataclass(frozen=True)
class RunReport:
    """What a run did. `build` is None when every administration failed and nothing was built."""

    sync: SyncReport
    build: BuildReport | None

    def to_json(self) -> dict[str, object]:
        return {
            "status": self.sync.status,
            "sync": self.sync.to_json(),
            "build": self.build.to_json() if self.build else None,
        }

    def to_history(self) -> dict[str, object]:
        """What the run history keeps: an hourly run must not grow it by every open check."""
        published = self.build.published if self.build else None
        return {
            "sync": self.sync.to_json(),
            "snapshot": published.snapshot.snapshot_id if published else None,
            "checks": published.by_status if published else None,
        }


def run(settings: Settings, options: Options | None = None, *, command: str) -> RunReport:
    """Reads, builds and publishes once; `command` is how the lock names this run to a second one.

    Administrations that failed keep their last data and date, the others are published. When all of them failed
    nothing is built. Raises RunLockedError, and what `sync` and `build` raise.
    """
    options = options or Options()
    with run_lock(settings.lock_path, command), recorded(settings) as outcome:
        synced = sync(settings, options)
        options.progress.stage("building the marts")
        built = None if synced.status == "failed" else build(settings, accept_shrink=options.accept_shrink)
        report = RunReport(synced, built)
        outcome.status, outcome.report = synced.status, report.to_history()
        return report

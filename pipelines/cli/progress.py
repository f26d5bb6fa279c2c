"""How a run looks while it works: bars on a terminal, plain lines otherwise, JSON lines with `--log-format json`.

Everything goes to stderr. Lines are few: how far a long run is, and every wait for quota, because a
run that says nothing for five minutes looks dead.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from rich.console import Console, RenderableType
from rich.progress import BarColumn, TaskID, TextColumn
from rich.progress import Progress as RichProgress
from rich.text import Text

from pipelines.cli import logs, output

if TYPE_CHECKING:
    from pipelines.moneybird.resources import Bucket
    from pipelines.run.progress import Progress

LINE_SECONDS = 10.0  # between two lines that are not waits
_NAMES = {"general": "requests", "reports": "report requests"}


@contextmanager
def shown() -> Iterator[Progress]:
    """What fits this stderr and `--log-format`, until the end of the block."""
    out = output.console(stderr=True)
    progress: Progress
    if logs.chosen() is logs.LogFormat.JSON:
        progress = Lines(logs.write_json)
    elif out.is_terminal:
        progress = Bars(out)
    else:
        progress = Lines(lambda event, **fields: print_line(out, event, fields))
    try:
        yield progress
    finally:
        progress.done()


class _Counts:
    """Requests done and planned, and who is who. What is spent beyond the plan counts as planned: pages of a list are
    told by `more` only when all have come."""

    def __init__(self) -> None:
        self.done_requests: dict[str, int] = {"general": 0, "reports": 0}
        self._planned: dict[str, int] = {"general": 0, "reports": 0}
        self.is_planned = False
        self._names: Mapping[str, str] = {}

    def plan(self, general: int, reports: int, names: Mapping[str, str]) -> None:
        self._planned = {"general": general, "reports": reports}
        self.is_planned = True
        self._names = names

    def more(self, bucket: Bucket, requests: int) -> None:
        self._planned[bucket] += requests

    def spent(self, bucket: Bucket, administration_id: str | None) -> None:  # noqa: ARG002
        self.done_requests[bucket] += 1

    @property
    def planned(self) -> dict[str, int]:
        return {bucket: max(count, self.done_requests[bucket]) for bucket, count in self._planned.items()}

    def name(self, administration_id: str | None) -> str:
        return self._names.get(administration_id, administration_id) if administration_id else "the administrations"


class Lines(_Counts):
    """One line for a wait, and at most one in ten seconds for what is being done; `write` takes an event and fields."""

    def __init__(self, write: Callable[..., None], monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._write = write
        self._monotonic = monotonic
        self._last_line = monotonic()  # a run that is over in ten seconds needs no words
        self._stage = ""

    def stage(self, text: str) -> None:
        self._stage = text
        self._line()

    def spent(self, bucket: Bucket, administration_id: str | None) -> None:
        super().spent(bucket, administration_id)
        self._line()

    def waiting(self, bucket: Bucket, seconds: float, administration_id: str | None) -> None:
        self._last_line = self._monotonic()
        until = datetime.now().astimezone() + timedelta(seconds=seconds)
        self._write(
            "waiting",
            bucket=bucket,
            seconds=round(seconds, 1),
            until=until.isoformat(timespec="seconds"),
            administration_id=administration_id,
            administration=self.name(administration_id),
        )

    def done(self) -> None: ...

    def _line(self) -> None:
        if self._monotonic() - self._last_line < LINE_SECONDS:
            return
        self._last_line = self._monotonic()
        planned = self.planned if self.is_planned else None
        self._write("progress", stage=self._stage, done=dict(self.done_requests), planned=planned)


def print_line(out: Console, event: str, fields: Mapping[str, Any]) -> None:
    """The same for people."""
    if event == "waiting":
        until = datetime.fromisoformat(fields["until"])
        out.print(Text(wait_text(fields["bucket"], until, fields["administration"])), soft_wrap=True)
        return
    planned = fields["planned"]
    counts = (
        f"{count} of {planned[bucket]} {_NAMES[bucket]}" if planned else f"{count} {_NAMES[bucket]}"
        for bucket, count in fields["done"].items()
    )
    out.print(Text(": ".join(filter(None, (fields["stage"], ", ".join(counts))))), soft_wrap=True)


def wait_text(bucket: str, until: datetime, administration: str) -> str:
    """Why nothing moves, until when on this machine's clock, and whose turn it is."""
    return f"waiting for the {bucket} quota until {until:%H:%M:%S}, for {administration}"


class Bars(_Counts):
    """A line that says what is done, a bar per bucket, and one that runs down while nothing may be asked."""

    def __init__(self, out: Console, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._monotonic = monotonic
        self._stage = "reading the lists of administrations"
        self._wait: tuple[str, float] | None = None  # why, and until when on our monotonic clock
        self._live = _Live(self._headline, out)
        self._rows: dict[str, TaskID] = {
            bucket: self._live.add_task(name, total=None, count="0") for bucket, name in _NAMES.items()
        }
        self._wait_row = self._live.add_task("waiting", visible=False, count="")
        self._live.start()

    def plan(self, general: int, reports: int, names: Mapping[str, str]) -> None:
        super().plan(general, reports, names)
        self._draw()

    def more(self, bucket: Bucket, requests: int) -> None:
        super().more(bucket, requests)
        self._draw()

    def stage(self, text: str) -> None:
        self._stage = text

    def spent(self, bucket: Bucket, administration_id: str | None) -> None:
        super().spent(bucket, administration_id)
        if self._wait:
            self._wait = None
            self._live.update(self._wait_row, visible=False)
        self._draw()

    def waiting(self, bucket: Bucket, seconds: float, administration_id: str | None) -> None:
        until = datetime.now().astimezone() + timedelta(seconds=seconds)
        self._wait = wait_text(bucket, until, self.name(administration_id)), self._monotonic() + seconds
        self._live.update(self._wait_row, total=seconds, completed=0, visible=True)

    def done(self) -> None:
        self._live.stop()

    def _draw(self) -> None:
        for bucket, row in self._rows.items():
            done, planned = self.done_requests[bucket], self.planned[bucket]
            if self.is_planned:
                self._live.update(row, completed=done, total=max(planned, 1), count=f"{done}/{planned}")
            else:
                self._live.update(row, completed=done, count=str(done))

    def _headline(self) -> str:
        """The line above the bars; looks at the clock, because it is asked for before each drawing."""
        if self._wait is None:
            return self._stage
        why, ends_at = self._wait
        left = max(ends_at - self._monotonic(), 0.0)
        minutes, seconds = divmod(math.ceil(left), 60)
        total = self._live.tasks[self._wait_row].total or 0.0
        self._live.update(self._wait_row, completed=total - left, count=f"{minutes}:{seconds:02d}")
        return why


class _Live(RichProgress):
    """Bars under a headline. Logs on stderr appear above them; stdout is left alone, for it may be a file."""

    def __init__(self, headline: Callable[[], str], out: Console) -> None:
        self._headline = headline
        super().__init__(
            TextColumn("  {task.description}"),
            BarColumn(),
            TextColumn("{task.fields[count]}"),
            console=out,
            refresh_per_second=4,
            transient=True,
            redirect_stdout=False,
        )

    def get_renderables(self) -> Iterable[RenderableType]:
        yield Text(self._headline())
        yield from super().get_renderables()

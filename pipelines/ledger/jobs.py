"""One administration's ledger in one run: what is asked of whom, and what was found so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from pipelines.errors import ApiError, RequestRefusedError
from pipelines.ledger.chart import Chart
from pipelines.ledger.choice import Slice
from pipelines.ledger.comparison import Reading
from pipelines.ledger.dialects import Dialects
from pipelines.moneybird.client import Client


@dataclass
class LedgerJob:
    """One administration's ledger in this run."""

    administration_id: str
    client: Client
    first_year: int
    today: date
    now: datetime  # the server's time of this run's first answer
    full: bool = False
    error: ApiError | None = None
    refused: set[str] = field(default_factory=set)  # accounts whose lines were not what was asked for
    problems: list[ApiError] = field(default_factory=list)  # … and why, for the run's report
    misfits: dict[Slice, ApiError] = field(default_factory=dict)  # slices with a line that does not fit, still unread
    years: dict[int, YearState] = field(default_factory=dict)
    chart: Chart = field(default_factory=lambda: Chart({}))
    dialects: Dialects = field(default_factory=lambda: Dialects("", {}))

    @property
    def is_read(self) -> bool:
        """Whether the totals of all years came, and the lines that they asked for."""
        return self.error is None and not any(isinstance(one, RequestRefusedError) for one in self.problems)


@dataclass
class YearState:
    """A calendar year: the report as last read, and its months where they were read in this run."""

    reading: Reading
    months: dict[date, Reading] = field(default_factory=dict)
    fetched: set[str] = field(default_factory=set)  # accounts whose whole year was fetched
    streams_tried: bool = False
    streamed: bool = False  # all lines of the year came as streams by project
    moved: list[datetime] = field(default_factory=list)  # read twice with another outcome: both times
    moved_months: dict[date, list[datetime]] = field(default_factory=dict)

    def settle(self) -> None:
        """The lines these readings asked for were fetched: from now on only a later change is a change."""
        self.reading = self.reading.settled()
        self.months = {first: one.settled() for first, one in self.months.items()}

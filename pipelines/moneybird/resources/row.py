"""What a row of RESOURCES says: types only, no endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Literal

Scope = Literal["sales_invoices", "documents", "estimates", "bank", "time_entries", "settings"]
Bucket = Literal["general", "reports"]

TEXT = "VARCHAR"
FLAG = "BOOLEAN"
COUNT = "INTEGER"
VERSION = "BIGINT"
DATE = "DATE"
MOMENT = "TIMESTAMP WITH TIME ZONE"
MONEY = "DECIMAL(18,2)"
PRECISE = "DECIMAL(18,6)"  # unit prices, quantities, percentages
TAXED = "taxed"  # in `Report.moved_by`: lines with a tax rate, whatever their account
JSON_TEXT = "JSON text"  # only in `columns(...)`: a TEXT column that holds a list or an object, kept as JSON


class Feed(Enum):
    """How we learn what changed."""

    ROOT = "root"  # the list of administrations itself: one call per token, no administration in the path
    VERSIONS = "versions"  # GET …/synchronization gives ids and versions, POST fetches 100 at a time
    LIST = "list"  # no feed: the whole list is read again and compared by its own fields
    CONTROL_TOTALS = "control totals"  # a report of sums per ledger account and period
    LEDGER_LINES = "ledger lines"  # the lines behind the control totals, one account and period at a time
    REPORT = "report"  # Moneybird's own sums of one period, read again when the ledger below them moved


class Cadence(Enum):
    """How often a feed is read when nobody asks for more; `--full` ignores it."""

    HOT = "every run"
    DAILY = "daily"
    WEEKLY = "weekly"

    def is_due(self, last_read: datetime | None, now: datetime) -> bool:
        """An hour early counts: a run every day at eight o'clock would otherwise read a daily list every other day."""
        return self is Cadence.HOT or last_read is None or now - last_read >= _SPANS[self] - timedelta(hours=1)


_SPANS = {Cadence.DAILY: timedelta(days=1), Cadence.WEEKLY: timedelta(days=7)}


@dataclass(frozen=True)
class Column:
    """One kept field. `path` is where it sits in the answer when it is not a top-level key of the same name.

    `structured` text is a list or an object, kept as JSON; anywhere else such a value does not fit its column.
    """

    name: str
    type: str
    path: tuple[str, ...] = ()
    structured: bool = False

    @property
    def source(self) -> tuple[str, ...]:
        return self.path or (self.name,)


@dataclass(frozen=True)
class Child:
    """A nested list that becomes the table `<resource>__<name>`; a row is found by its parent and its position."""

    name: str
    columns: tuple[Column, ...]
    ignored: Mapping[str, str] = field(default_factory=dict)  # `key.inner` inside an object that is read in part
    single: bool = False  # one nested object instead of a list: no row or one


@dataclass(frozen=True)
class Posting:
    """How a document reaches the ledger: its posting date, the lists of its lines and payments, and states without one.

    Says which ledger slices a changed document may have touched; never how it is booked.
    """

    date_column: str
    lines: str
    payments: str = ""  # a journal has none
    silent_states: tuple[str, ...] = ()  # empty also for documents that have no state


@dataclass(frozen=True)
class Section:
    """A part of a report's answer that becomes rows: the list at `path`, or the one amount there when `reads` is empty.

    `reads` are the keys of a list's rows, all of them expected, each the column of that name. `children` names a list
    of the same rows inside a row; they get the row's first key as `parent_<key>`. An amount alone goes to `value`."""

    path: tuple[str, ...]
    reads: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)  # column → what stands there in every row of the section
    children: str = ""


@dataclass(frozen=True)
class Report:
    """The shape of a report, and what its period means."""

    sections: tuple[Section, ...]
    as_of: bool = False  # what stands at the period's end, so it moves with every earlier month
    moved_by: tuple[str, ...] = ()  # the account types whose lines it adds up, or TAXED; empty: any line
    swept_daily: bool = False  # each month once a month, because rows can change that no ledger line tells of
    takes_a_year: bool = False  # took twelve months also before 2026-09-30, when the others took one


@dataclass(frozen=True)
class Resource:
    """One endpoint. See the module's docstring; every field is used by the code or by a test."""

    name: str
    path: str
    feed: Feed
    columns: tuple[Column, ...]
    why: str  # why this feed and not another
    docs: str  # the operation in Moneybird's reference
    scopes: tuple[tuple[Scope, ...], ...] = ()  # alternatives (or) of scopes that are all needed (and)
    bucket: Bucket = "general"
    children: tuple[Child, ...] = ()
    parent_key: str = ""  # name of the parent's id in child tables
    key: tuple[str, ...] = ("id",)
    query: Mapping[str, str] = field(default_factory=dict)
    filters: Mapping[str, str] = field(default_factory=dict)
    windowed: bool = False  # has a `period` filter that hides history unless it is given
    dated_by: str = ""  # of a windowed list: the moment that decides in which window a record is
    paged: bool = False
    single: bool = False  # answers one record instead of a list
    cadence: Cadence = Cadence.HOT
    history: bool = False  # superseded rows are kept in raw_history, so that marts can say what was known when
    posting: Posting | None = None
    report: Report | None = None
    ignored: Mapping[str, str] = field(default_factory=dict)  # key, or `key.inner` → why it is not kept

    @property
    def table(self) -> str:
        return self.name

    @property
    def reference(self) -> str:
        """The column by which other records point at this one, such as `tax_rate_id`."""
        singular = f"{self.name[:-3]}y" if self.name.endswith("ies") else self.name.removesuffix("s")
        return f"{singular}_id"

    def child_table(self, child: Child) -> str:
        return f"{self.name}__{child.name}"


def columns(**types: str) -> tuple[Column, ...]:
    """Columns that are top-level keys of the same name."""
    return tuple(
        Column(name, TEXT if type_ == JSON_TEXT else type_, structured=type_ == JSON_TEXT)
        for name, type_ in types.items()
    )

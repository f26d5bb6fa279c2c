"""The two reports the ledger is read from: sums per account (`general_ledger`) and single lines (`journal_entries`).

Both yield after every request, so that administrations take turns. Nothing here judges what an answer means; it is only
held against what was asked. A period the server finds too long is asked for month by month.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Generator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson

from pipelines.errors import MalformedAnswerError, RequestRefusedError
from pipelines.moneybird.client import Answer, Client
from pipelines.moneybird.control_totals import ControlTotal, added, control_totals, months, months_of_answer, new_keys
from pipelines.moneybird.feeds import Asker, pages
from pipelines.moneybird.records import Drift, NewKeys, Shape, shape_of
from pipelines.moneybird.records.drift import merged, shown
from pipelines.moneybird.resources import TEXT, Column, Resource

NO_PROJECT = "null"  # how Moneybird is asked for the lines without a project
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")  # the one form of ISO 8601 that is a date column's too
_OTHER_ACCOUNT = "a line of another account"
_DERIVED = {"month_date", "line_number", "line_source"}  # columns that are not in the answer
UNMAPPED = Column("_unmapped", TEXT)  # in the texts of `Lines`: JSON of a line's keys that are declared nowhere


@dataclass(frozen=True)
class Totals:
    """The general ledger over a period; `months` (first day → totals) only where the server answered by month too."""

    accounts: tuple[ControlTotal, ...]
    read_at: datetime
    months: Mapping[date, tuple[ControlTotal, ...]] = field(default_factory=dict)
    drift: tuple[Drift, ...] = ()  # keys that are declared nowhere


@dataclass(frozen=True)
class Wanted:
    """Which lines to ask for: those of one account, or those of one project (`NO_PROJECT`: of none)."""

    start: date
    end: date
    ledger_account_id: str = ""
    project_id: str = ""

    def __str__(self) -> str:
        of = f"ledger account {self.ledger_account_id}" if self.ledger_account_id else f"project {self.project_id}"
        return f"{of} from {self.start} to {self.end}"


@dataclass
class Lines:
    """Page texts of the lines asked for, and what came out about the server while reading them."""

    texts: list[str] = field(default_factory=list)
    read_at: datetime | None = None
    by_month: bool = False  # the whole period was refused as too long
    accounts: set[str] = field(default_factory=set)  # that the lines are of
    from_below: set[str] = field(default_factory=set)  # accounts below the asked one whose lines came along (left out)
    drift: tuple[Drift, ...] = ()  # keys that are declared nowhere


def line_columns(resource: Resource) -> tuple[Column, ...]:
    """The columns of ledger lines that come from the answer."""
    return tuple(column for column in resource.columns if column.name not in _DERIVED)


def line_shape(resource: Resource) -> Shape:
    """What a line may hold."""
    return shape_of(line_columns(resource), ignored=resource.ignored)


def read_control_totals(
    client: Client, administration_id: str, resource: Resource, start: date, end: date, *, by_month: bool = False
) -> Generator[None, None, Totals]:
    """Debit and credit per ledger account over whole months, at most twelve. One report request.

    `by_month` asks for the months in the same answer; a server that does not know the question ignores it, or refuses
    it with a RequestRefusedError that names `granularity`.
    """
    query = {"period": f"{start:%Y%m%d}..{end:%Y%m%d}"} | ({"granularity": "month"} if by_month else {})
    try:
        answer = client.get(administration_id, resource.path, query, bucket=resource.bucket)
    except RequestRefusedError as error:
        if "cannot exceed" not in str(error) or len(months(start, end)) == 1:
            raise
    else:
        yield
        content, new = answer.json(), new_keys()
        accounts = control_totals(content, administration_id, new)
        by_months = months_of_answer(content, administration_id, start, end, new) if by_month else {}
        return Totals(accounts, answer.server_time, by_months, new.drift(resource.name, administration_id))
    yield
    parts = {}
    for first, last in months(start, end):
        parts[first] = yield from read_control_totals(client, administration_id, resource, first, last)
    read_at = min(part.read_at for part in parts.values())
    return Totals(
        added([part.accounts for part in parts.values()]),
        read_at,
        {first: part.accounts for first, part in parts.items()},
        merged(one for part in parts.values() for one in part.drift),
    )


def read_ledger_lines(
    client: Asker,
    administration_id: str,
    resource: Resource,
    wanted: Wanted,
    *,
    below: Collection[str] = (),
    by_month: bool = False,
) -> Generator[None, None, Lines]:
    """Page texts of the lines `wanted`. `by_month` asks no longer period at once.

    `below` are the descendants of the asked account: a server may answer with their lines too, which are left out.
    Raises MalformedAnswerError when any other line comes than was asked for.
    """
    lines = Lines(by_month=by_month)
    new = NewKeys(line_shape(resource))
    if not by_month or _is_one_month(wanted):
        try:
            for answer in pages(client, administration_id, resource, _query(wanted)):
                lines.texts.append(_only_wanted(answer, administration_id, wanted, below, lines, new))
                lines.read_at = lines.read_at or answer.server_time
                yield
        except RequestRefusedError as error:
            if "cannot exceed" not in str(error) or _is_one_month(wanted):
                raise
            lines = Lines(by_month=True)
            yield
        else:
            lines.drift = new.drift(resource.name, administration_id)
            return lines
    for first, last in months(wanted.start, wanted.end):
        part = Wanted(first, last, wanted.ledger_account_id, wanted.project_id)
        more = yield from read_ledger_lines(client, administration_id, resource, part, below=below)
        lines.texts += more.texts
        lines.accounts |= more.accounts
        lines.from_below |= more.from_below
        lines.drift = merged([*lines.drift, *more.drift])
        lines.read_at = lines.read_at or more.read_at
    return lines


def _query(wanted: Wanted) -> dict[str, str]:
    of = (
        ("ledger_account_id", wanted.ledger_account_id)
        if wanted.ledger_account_id
        else ("project_id", wanted.project_id)
    )
    return dict([of]) | {"period": f"{wanted.start:%Y%m%d}..{wanted.end:%Y%m%d}"}


def _is_one_month(wanted: Wanted) -> bool:
    return (wanted.start.year, wanted.start.month) == (wanted.end.year, wanted.end.month)


def _only_wanted(
    answer: Answer, administration_id: str, wanted: Wanted, below: Collection[str], lines: Lines, new: NewKeys
) -> str:
    """The answer's text without the lines of accounts `below`, with what is declared nowhere under one key; notes in
    `lines` and `new` what came."""
    content = answer.json()
    rows = content if isinstance(content, list) else [None]
    kept: list[dict[str, Any]] = []
    as_it_is = True
    for row in rows:
        problem = _problem(row, wanted, new.shape)
        if problem == _OTHER_ACCOUNT and str(row["ledger_account_id"]) in below:
            lines.from_below.add(str(row["ledger_account_id"]))
            as_it_is = False
            continue
        if problem:
            raise MalformedAnswerError(
                f"Asked for journal_entries of administration {administration_id}, {wanted}, found {problem}; these "
                "lines were not loaded.",
                resource="journal_entries",
                administration_id=administration_id,
                part=str(wanted),
            )
        lines.accounts.add(str(row["ledger_account_id"]))
        unknown = new.of(row)
        if unknown:
            row = row | {UNMAPPED.name: orjson.dumps(unknown, option=orjson.OPT_SORT_KEYS).decode()}
            as_it_is = False
        kept.append(row)
    return answer.body.decode() if as_it_is else orjson.dumps(kept).decode()


def _problem(row: Any, wanted: Wanted, shape: Shape) -> str:
    """What is wrong with a line; nothing when it was asked for, and then it has a day and a ledger account."""
    if not isinstance(row, dict):
        return "something that is not a line"
    day = _day(row.get("date"))
    if day is None:
        return "a line without a date"
    if not wanted.start <= day <= wanted.end:
        return "a line of another period"
    account = row.get("ledger_account_id")
    if not account or not isinstance(account, str | int):
        return "a line without a ledger account"
    for key, column in shape.leaves.items():
        if column.type == TEXT and isinstance(row.get(key), dict | list):
            return f"a line whose {key} {shown(orjson.dumps(row[key]).decode())!r} is not text"
    if wanted.ledger_account_id:
        return "" if str(account) == wanted.ledger_account_id else _OTHER_ACCOUNT
    project = None if wanted.project_id == NO_PROJECT else wanted.project_id
    found = None if row.get("project_id") is None else str(row["project_id"])
    return "" if found == project else "a line of another project"


def _day(value: Any) -> date | None:
    """The day that is written there, if it is one: 30 February looks like a day."""
    try:
        return date.fromisoformat(value) if _DAY.fullmatch(str(value)) else None
    except ValueError:
        return None

"""A whole auditfile in temporary tables.

    auditfile_accounts (number, name, kind)   auditfile_opening (number, amount)
    auditfile_lines (position, number, date, amount, description)

Amounts are debit positive. The tables belong to the connection and hold one file at a time; half a million lines go
through in blocks and lie in DuckDB, which moves them to disk when its memory limit is reached.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.ledger.auditfile import Account, Company, Header, Line, Opening, Totals, read, refused

_ROWS = 20_000  # in Python at once
_MONEY = pa.decimal128(18, 2)
_CREATE = """
create or replace temp table auditfile_accounts (number varchar, name varchar, kind varchar);
create or replace temp table auditfile_opening (number varchar, amount decimal(18, 2));
create or replace temp table auditfile_lines (
    position integer, number varchar, date date, amount decimal(18, 2), description varchar);
"""
_SCHEMAS = {
    "auditfile_accounts": {"number": pa.string(), "name": pa.string(), "kind": pa.string()},
    "auditfile_opening": {"number": pa.string(), "amount": _MONEY},
    "auditfile_lines": {
        "position": pa.int32(), "number": pa.string(), "date": pa.date32(), "amount": _MONEY, "description": pa.string()
    },
}  # fmt: skip


@dataclass(frozen=True)
class Staged:
    """What the file says of itself; `totals` are those of its transactions."""

    header: Header
    company: Company
    totals: Totals


@dataclass
class _Heads:
    header: Header | None = None
    company: Company | None = None
    totals: Totals | None = None


def stage(connection: duckdb.DuckDBPyConnection, path: Path, what: str, year: int) -> Staged:
    """Fills the temporary tables from the file at `path`, which must be the auditfile of `year`, and all of it.

    Raises MalformedAnswerError, naming the file as `what`, when it is another year's, cut off or at odds with itself.
    """
    connection.execute(_CREATE)
    heads = _Heads()
    rows = _rows(path, what, year, heads)
    while block := list(islice(rows, _ROWS)):
        _insert(connection, block)
    if heads.header is None or heads.company is None or heads.totals is None:
        raise refused(what, "has no header, company or transactions")
    _check_accounts(connection, what)
    return Staged(heads.header, heads.company, heads.totals)


def _rows(path: Path, what: str, year: int, heads: _Heads) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """(table, row) of everything that is a row; the rest goes into `heads`."""
    position = 0
    for fact in read(path, what):
        if isinstance(fact, Line):
            if fact.day.year != year:
                raise refused(what, f"holds a line of {fact.day}")
            position += 1
            yield "auditfile_lines", (position, fact.number, fact.day, fact.amount, fact.description)
        elif isinstance(fact, Account):
            yield "auditfile_accounts", fact
        elif isinstance(fact, Opening):
            yield "auditfile_opening", fact
        elif isinstance(fact, Header):
            if (fact.start.year, fact.end.year) != (year, year):
                raise refused(what, f"is one from {fact.start} to {fact.end}")
            heads.header = fact
        elif isinstance(fact, Company):
            heads.company = fact
        elif fact.part == "transactions":
            heads.totals = fact


def _insert(connection: duckdb.DuckDBPyConnection, block: Sequence[tuple[str, tuple[Any, ...]]]) -> None:
    for table, schema in _SCHEMAS.items():
        rows = [row for name, row in block if name == table]
        if not rows:
            continue
        columns = zip(zip(*rows, strict=True), schema.values(), strict=True)
        connection.register("auditfile_block", pa.table([pa.array(c, t) for c, t in columns], names=list(schema)))
        connection.execute(f"insert into {table} select * from auditfile_block")
        connection.unregister("auditfile_block")


def _check_accounts(connection: duckdb.DuckDBPyConnection, what: str) -> None:
    """Every line must be of an account that the file describes, once."""
    found = connection.execute(
        """select 'describes account ' || number || ' more than once' from auditfile_accounts
           group by number having count(*) > 1
           union all
           select 'has lines of account ' || number || ', which it does not describe'
           from (select number from auditfile_lines union select number from auditfile_opening)
           where number not in (select number from auditfile_accounts)
           order by all limit 1"""
    ).fetchone()
    if found:
        raise refused(what, found[0])

"""The ledger's part of the sync state: which slices are due, when each was read, what was proved, what was learned.

A slice is (administration, account, month). It is *due* while `sync.dirty_ledger` names it; only the notes that its
lines were replaced take it out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

import duckdb
import pyarrow as pa

from pipelines.warehouse.connection import transaction

SCHEMA = """
create table if not exists sync.dirty_ledger (
    administration_id varchar, ledger_account_id varchar, month_date date,
    primary key (administration_id, ledger_account_id, month_date));
create table if not exists sync.ledger_slices (
    administration_id varchar, ledger_account_id varchar, month_date date, read_at timestamptz,
    changed_at timestamptz, primary key (administration_id, ledger_account_id, month_date));
alter table sync.ledger_slices add column if not exists changed_at timestamptz;
create table if not exists sync.ledger_proof (
    administration_id varchar, year integer, accounts integer, differences integer, state varchar, reason varchar,
    checked_at timestamptz, primary key (administration_id, year));
create table if not exists sync.ledger_month_proof (
    administration_id varchar, month_date date, accounts integer, differences integer, state varchar, reason varchar,
    proof varchar, checked_at timestamptz, primary key (administration_id, month_date));
create table if not exists sync.dimension_proof (
    administration_id varchar, dimension varchar, period_start_date date, period_end_date date, members integer,
    differences integer, state varchar, reason varchar, checked_at timestamptz,
    primary key (administration_id, dimension, period_start_date, period_end_date));
create table if not exists sync.dialects (
    administration_id varchar, question varchar, answer varchar, evidence varchar, learned_at timestamptz,
    checked_at timestamptz, primary key (administration_id, question));
"""

DimensionPeriod = tuple[str, date, date]  # the report's name, first and last day
LedgerSlice = tuple[str, str, date, datetime]  # administration, account, month, the server's time of its lines


@dataclass(frozen=True)
class LearnedAnswer:
    """What one administration answered to an open question of POSTINGS §3, and how we know."""

    answer: str
    evidence: str
    checked_at: datetime | None = None  # when it last showed itself; None: in this run


@dataclass(frozen=True)
class ProofRow:
    """One row of `sync.ledger_proof` or of `sync.ledger_month_proof`. `differences` counts accounts."""

    accounts: int
    differences: int
    state: str  # proved, differs, in_motion, not_provable
    reason: str


class LedgerState:
    """Reads and writes the ledger's tables of the `sync` schema; SyncState has made them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._con = connection

    def due_slices(self, administration_id: str) -> set[tuple[str, date]]:
        """(account, month); the account is '' where it is only known that something moved in the month."""
        rows = self._con.execute(
            "select ledger_account_id, month_date from sync.dirty_ledger where administration_id = ?",
            [administration_id],
        ).fetchall()
        return {(row[0], row[1]) for row in rows}

    def note_due(self, slices: Sequence[LedgerSlice]) -> None:
        """Makes slices due, before anything is loaded that would hide why."""
        with self._slices(slices):
            self._con.execute("insert or ignore into sync.dirty_ledger select distinct a, l, m from noted_slices")

    def replacing(self, slices: Sequence[LedgerSlice]) -> None:
        """Notes, before the load, that these slices get other lines of that moment: their months' totals are due again.

        A kill in between costs those totals once more; noted afterwards it would leave stale ones.
        """
        with self._slices(slices):
            self._con.execute(
                """insert into sync.ledger_slices
                   select a, l, m, max(t) as read_at, max(t) as changed_at from noted_slices group by all
                   on conflict do update set read_at = excluded.read_at, changed_at = excluded.changed_at"""
            )

    def replaced(self, slices: Sequence[LedgerSlice]) -> None:
        """Notes, after the load, that these slices were read, whether their lines changed or not: no longer due."""
        with self._slices(slices), transaction(self._con):
            self._con.execute(
                """insert into sync.ledger_slices
                   select a, l, m, max(t) as read_at, null from noted_slices group by all
                   on conflict do update set read_at = excluded.read_at"""
            )
            self._con.execute(
                """delete from sync.dirty_ledger as d using noted_slices as n
                   where d.administration_id = n.a and d.ledger_account_id = n.l and d.month_date = n.m"""
            )

    def forget_month_hints(self, administration_id: str) -> None:
        """Drops hints without an account, once the ledger of the administration was compared."""
        self._con.execute(
            "delete from sync.dirty_ledger where administration_id = ? and ledger_account_id = ''", [administration_id]
        )

    def note_year_proof(self, administration_id: str, year: int, row: ProofRow, at: datetime) -> None:
        self._con.execute(
            "insert or replace into sync.ledger_proof values (?, ?, ?, ?, ?, ?, ?)",
            [administration_id, year, row.accounts, row.differences, row.state, row.reason, at],
        )

    def note_month_proofs(
        self, administration_id: str, proof: str, rows: Mapping[date, ProofRow], at: datetime
    ) -> None:
        """`proof` is 'month' when the month's own totals were compared, 'year' when only those of its year were."""
        if rows:
            self._con.executemany(
                "insert or replace into sync.ledger_month_proof values (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    [administration_id, month, row.accounts, row.differences, row.state, row.reason, proof, at]
                    for month, row in rows.items()
                ],
            )

    def month_proofs(self, administration_id: str) -> dict[date, tuple[str, ProofRow]]:
        """Month → the kind of its last proof and its outcome."""
        rows = self._con.execute(
            """select month_date, proof, accounts, differences, state, reason from sync.ledger_month_proof
               where administration_id = ?""",
            [administration_id],
        ).fetchall()
        return {row[0]: (row[1], ProofRow(*row[2:])) for row in rows}

    def note_dimension_proofs(
        self, administration_id: str, proofs: Mapping[DimensionPeriod, ProofRow], at: datetime
    ) -> None:
        """`accounts` of a row counts contacts or projects."""
        rows = [(*key, row.accounts, row.differences, row.state, row.reason) for key, row in proofs.items()]
        types = (pa.string(), pa.date32(), pa.date32(), pa.int64(), pa.int64(), pa.string(), pa.string())
        with self._noted(rows, types):
            self._con.execute(
                "insert or replace into sync.dimension_proof select ?, c0, c1, c2, c3, c4, c5, c6, ? from noted",
                [administration_id, at],
            )

    def dimension_reasons(self, administration_id: str) -> dict[DimensionPeriod, str]:
        """In what each differed the last time; '' when it did not."""
        rows = self._con.execute(
            """select dimension, period_start_date, period_end_date, reason from sync.dimension_proof
               where administration_id = ?""",
            [administration_id],
        ).fetchall()
        return {(row[0], row[1], row[2]): row[3] for row in rows}

    def learned(self, administration_id: str) -> dict[str, LearnedAnswer]:
        """Question → answer."""
        rows = self._con.execute(
            "select question, answer, evidence, checked_at from sync.dialects where administration_id = ?",
            [administration_id],
        ).fetchall()
        return {row[0]: LearnedAnswer(row[1], row[2], row[3]) for row in rows}

    def note_learned(self, administration_id: str, learned: Mapping[str, LearnedAnswer], at: datetime) -> None:
        """Writes answers by question; the time one was learned stays while it does."""
        rows = [(question, one.answer, one.evidence) for question, one in learned.items()]
        with self._noted(rows, (pa.string(),) * 3):
            self._con.execute(
                """insert into sync.dialects select $a, c0, c1, c2, $at, $at from noted
                   on conflict (administration_id, question) do update set
                   learned_at = case when sync.dialects.answer = excluded.answer
                                     then sync.dialects.learned_at else excluded.learned_at end,
                   answer = excluded.answer, evidence = excluded.evidence, checked_at = excluded.checked_at""",
                {"a": administration_id, "at": at},
            )

    @contextmanager
    def _noted(self, rows: Sequence[tuple[object, ...]], types: Sequence[pa.DataType]) -> Iterator[None]:
        """The rows as table `noted` (c0, c1, …): one statement for all of them, for each costs two milliseconds."""
        columns = [pa.array([row[n] for row in rows], type_) for n, type_ in enumerate(types)]
        self._con.register("noted", pa.table(columns, names=[f"c{n}" for n in range(len(types))]))
        yield
        self._con.unregister("noted")

    @contextmanager
    def _slices(self, rows: Sequence[LedgerSlice]) -> Iterator[None]:
        table = pa.table(
            {
                "a": pa.array([r[0] for r in rows], pa.string()),
                "l": pa.array([r[1] for r in rows], pa.string()),
                "m": pa.array([r[2] for r in rows], pa.date32()),
                "t": pa.array([r[3] for r in rows], pa.timestamp("us", "UTC")),
            }
        )
        self._con.register("noted_slices", table)
        yield
        self._con.unregister("noted_slices")

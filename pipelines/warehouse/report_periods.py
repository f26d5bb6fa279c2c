"""Which periods of which reports the warehouse holds, and of which state of the ledger they are.

A report that answers nothing has no raw rows, so what was read stands here. `moves` is a fingerprint of the ledger
lines in the months a period depends on, taken when it was read; when the lines' fingerprint differs today, the report
is of older books and *stale*. It is a sum over lines, so the months add up to years and to everything before an end;
md5, so that it is the same with every version of the engine. Entry ids, dates inside a month and descriptions are left
out: they may change without any report moving."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import duckdb
import pyarrow as pa

from pipelines.warehouse.connection import transaction

SCHEMA = """
create table if not exists sync.report_periods (
    administration_id varchar, resource varchar, period_start_date date, period_end_date date, read_at timestamptz,
    row_count bigint, moves hugeint, is_stale boolean,
    primary key (administration_id, resource, period_start_date, period_end_date));
"""
_LINE = "concat_ws('|', ledger_account_id, coalesce(contact_id, ''), coalesce(project_id, ''), "
_LINE += "coalesce(tax_rate_id, ''), amount)"

PeriodKey = tuple[date, date]  # first and last day
Moves = Mapping[date, int]  # first day of a month → fingerprint of its ledger lines; a month without lines is left out
TAXED = "taxed"  # as in the connector's `Report.moved_by`
_RESULTS = ("revenue", "expenses", "direct_costs", "other_income_expenses")


@dataclass(frozen=True)
class ReadPeriod:
    """One reading of a report over one period."""

    read_at: datetime  # the server's time
    row_count: int
    moves: int
    is_stale: bool = False


def read_periods(
    connection: duckdb.DuckDBPyConnection, administration_id: str
) -> dict[str, dict[PeriodKey, ReadPeriod]]:
    """Resource → period → its last reading."""
    rows = connection.execute(
        """select resource, period_start_date, period_end_date, read_at, row_count, moves, is_stale
           from sync.report_periods where administration_id = ?""",
        [administration_id],
    ).fetchall()
    found: dict[str, dict[PeriodKey, ReadPeriod]] = defaultdict(dict)
    for resource, start, end, *reading in rows:
        found[resource][(start, end)] = ReadPeriod(*reading)
    return found


@dataclass(frozen=True)
class Ledger:
    """An administration's ledger lines as they are in the warehouse now, as fingerprints."""

    moves: Moves = field(default_factory=dict)
    parts: Mapping[str, Moves] = field(default_factory=dict)  # per account type, '' where it is not known; and TAXED
    is_seen: bool = False  # it was compared with the control totals, so that no lines means that there are none


def ledgers(connection: duckdb.DuckDBPyConnection) -> dict[str, Ledger]:
    """Administration → its ledger; one without lines and without a proof is left out."""
    rows = connection.execute(
        f"""select entries.administration_id, coalesce(account_type, ''), month_date,
                   sum(md5_number_lower({_LINE})::hugeint),
                   sum(md5_number_lower({_LINE})::hugeint) filter (tax_rate_id is not null)
            from raw.journal_entries as entries
            left join raw.ledger_accounts as accounts
              on accounts.administration_id = entries.administration_id and accounts.id = entries.ledger_account_id
            group by all"""
    ).fetchall()
    moves: dict[str, Counter[date]] = defaultdict(Counter)
    parts: dict[str, dict[str, Counter[date]]] = defaultdict(lambda: defaultdict(Counter))
    for administration_id, kind, month, fingerprint, taxed in rows:
        moves[administration_id][month] += fingerprint
        parts[administration_id][kind][month] += fingerprint
        if taxed is not None:
            parts[administration_id][TAXED][month] += taxed
    seen = connection.execute("select distinct administration_id from sync.ledger_proof where state <> 'not_provable'")
    proved = {row[0] for row in seen.fetchall()}
    return {a: Ledger(moves[a], parts[a], a in proved) for a in sorted({*moves, *proved})}


def foreseen(
    connection: duckdb.DuckDBPyConnection, administration_id: str, ledger: Ledger, slices: Collection[tuple[str, date]]
) -> Ledger:
    """The ledger with other lines in these slices (account, month); of result accounts with a tax rate on them."""
    if not slices or not ledger.moves:
        return ledger
    kinds: dict[str, str] = dict(
        connection.execute(
            "select id, coalesce(account_type, '') from raw.ledger_accounts where administration_id = ?",
            [administration_id],
        ).fetchall()
    )
    moves = Counter(ledger.moves)
    parts = {part: Counter(its) for part, its in ledger.parts.items()}
    for account, month in slices:
        kind = kinds.get(account, "")
        touched = {kind, TAXED} if kind in _RESULTS else {kind}
        moves[month] += 1
        for part in touched:
            parts.setdefault(part, Counter())[month] += 1
    return Ledger(moves, parts, ledger.is_seen)


def note_periods(
    connection: duckdb.DuckDBPyConnection,
    read: Mapping[tuple[str, str, PeriodKey], ReadPeriod],
    replaced: Sequence[tuple[str, str, PeriodKey]],
) -> None:
    """Writes readings, after their rows were loaded, and drops those whose rows gave way to others, such as a year's to
    those of its months. (administration, resource, period) → reading."""
    rows = [(*key[:2], *key[2], r.read_at, r.row_count, str(r.moves), r.is_stale) for key, r in read.items()]
    types = (
        pa.string(), pa.string(), pa.date32(), pa.date32(), pa.timestamp("us", "UTC"), pa.int64(), pa.string(),
        pa.bool_(),
    )  # fmt: skip
    columns = [pa.array([row[n] for row in rows], type_) for n, type_ in enumerate(types)]
    connection.register("noted_periods", pa.table(columns, names=list("arsetcmi")))
    with transaction(connection):
        connection.execute(
            "insert or replace into sync.report_periods select * replace (m::hugeint as m) from noted_periods"
        )
        for administration_id, resource, (start, end) in replaced:
            connection.execute(
                """delete from sync.report_periods
                   where administration_id = ? and resource = ? and period_start_date = ? and period_end_date = ?""",
                [administration_id, resource, start, end],
            )
    connection.unregister("noted_periods")


def learned(connection: duckdb.DuckDBPyConnection, administration_id: str) -> dict[str, tuple[str, str, datetime]]:
    """Question → answer, evidence, and when it was last seen to be so."""
    rows = connection.execute(
        "select question, answer, evidence, checked_at from sync.dialects where administration_id = ?",
        [administration_id],
    ).fetchall()
    return {row[0]: (row[1], row[2], row[3]) for row in rows}

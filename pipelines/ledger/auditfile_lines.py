"""Ledger lines out of the staged auditfile: a cheap first load of a large year, marked as such.

Equal to the report's lines as a multiset of (account, date, debit, credit), and nothing more: a line has no entry id,
document, contact, project, tax rate or financial account. That is why it is a switch (`dovecote.line_source`), why
`line_source` says it, and why report lines replace these from the newest month backwards with spare quota
(`rotation`). Whether they are right is proved as for any line, by the general ledger's control totals.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

import duckdb
import pyarrow as pa

from pipelines.errors import ApiError, MalformedAnswerError
from pipelines.ledger.auditfile_reading import AuditfileReader, NoEntriesError
from pipelines.moneybird.exports import Exports
from pipelines.moneybird.records import TableSlice
from pipelines.moneybird.resources import Resource

log = logging.getLogger(__name__)
LedgerSlice = tuple[str, str, date, datetime]  # administration, account, month, the server's time of its lines

REPORTS, AUDITFILE = "reports", "auditfile"
LINES_PER_LOAD = 20_000  # a month is never split, so a load may hold more
_KNOWN = {  # what the file knows of a line
    "ledger_account_id": "accounts.id",
    "month_date": "month_date",
    "line_number": "(row_number() over (partition by accounts.id, month_date order by position))::integer",
    "date": "date",
    "amount": "amount",
    "description": "description",
    "line_source": f"'{AUDITFILE}'",
}
_LINES = """
(select *, date_trunc('month', date)::date as month_date from auditfile_lines) as lines
join (select id, account_id from raw.ledger_accounts
      where administration_id = $administration_id and _deleted_at is null) as accounts
  on accounts.account_id = lines.number
"""


@dataclass
class AuditfileSource:
    """Fills years that have no lines yet. `load` writes table slices to the raw tables under a slice id; `replacing`
    and `replaced` note, before and after it, which ledger slices get new lines."""

    connection: duckdb.DuckDBPyConnection
    load: Callable[[list[TableSlice], str], None]
    replacing: Callable[[list[LedgerSlice]], None]
    replaced: Callable[[list[LedgerSlice]], None]
    resource: Resource
    reader: AuditfileReader
    new_slice_id: Callable[[], str]
    utc_now: Callable[[], datetime]
    rows: Counter[str] = field(default_factory=Counter)  # lines written per administration

    def fill(
        self, exports: Exports, administration_id: str, name: str, years: Iterable[int], today: date, read_at: datetime
    ) -> None:
        """Loads the lines of every year of `years` that has none. A year whose file cannot be had or used is left to
        the reports, which is slower and complains better."""
        for year in years:
            if _has_lines(self.connection, administration_id, year):
                continue
            try:
                self.reader.read(exports, administration_id, name, year, today)
                self.load_staged(administration_id, year, read_at)
            except NoEntriesError:
                continue
            except ApiError as error:
                log.warning("ledger.auditfile_left administration=%s year=%d cause=%s", administration_id, year, error)

    def load_staged(self, administration_id: str, year: int, read_at: datetime) -> None:
        """The staged file's lines in place of every line of that administration and year. `read_at`: not later than the
        moment of the file, by the server's clock; control totals older than that are due again.

        Raises MalformedAnswerError when a number of the file is not that of exactly one ledger account.
        """
        _refuse_ambiguous(self.connection, administration_id, year)
        for months in _portions(self.connection, administration_id, year):
            slice_id = self.new_slice_id()
            part = line_slice(self.connection, self.resource, administration_id, months, slice_id, self.utc_now())
            assert part.replaced is not None
            slices: list[LedgerSlice] = [
                (administration_id, row["ledger_account_id"], row["month_date"], read_at)
                for row in part.replaced.to_pylist()
            ]
            self.replacing(slices)
            self.load([part], slice_id)
            self.replaced(slices)
            self.rows[administration_id] += part.rows.num_rows


def line_slice(
    connection: duckdb.DuckDBPyConnection,
    resource: Resource,
    administration_id: str,
    months: list[date],
    slice_id: str,
    changed_at: datetime,
) -> TableSlice:
    """The staged lines of `months` as rows of the lines' table, with every slice of these months that has lines in the
    file or in the warehouse: what the file no longer has disappears."""
    known = {"administration_id": administration_id, "months": months}
    columns = ", ".join(f'{_KNOWN.get(c.name, f"null::{c.type}")} as "{c.name}"' for c in resource.columns)
    rows = connection.execute(
        f"""select $administration_id as administration_id, {columns}, $slice_id as _slice_id,
                   $changed_at::timestamptz as _changed_at, null::timestamptz as _deleted_at,
                   null::varchar as _unmapped, null::boolean as _erase
            from {_LINES} where list_contains($months::date[], month_date)
            order by month_date, accounts.id, position""",
        {**known, "slice_id": slice_id, "changed_at": changed_at},
    ).to_arrow_table()
    replaced: pa.Table = connection.execute(
        f"""select $administration_id as administration_id, accounts.id as ledger_account_id, month_date
            from {_LINES} where list_contains($months::date[], month_date)
            union
            select administration_id, ledger_account_id, month_date from raw.journal_entries
            where administration_id = $administration_id and list_contains($months::date[], month_date)
            order by all""",
        known,
    ).to_arrow_table()
    return TableSlice(resource.table, rows, replace_by=("administration_id", *resource.key), replaced=replaced)


def _has_lines(connection: duckdb.DuckDBPyConnection, administration_id: str, year: int) -> bool:
    found = connection.execute(
        "select 1 from raw.journal_entries where administration_id = ? and month_date between ? and ? limit 1",
        [administration_id, date(year, 1, 1), date(year, 12, 31)],
    ).fetchone()
    return found is not None


def _portions(connection: duckdb.DuckDBPyConnection, administration_id: str, year: int) -> Iterator[list[date]]:
    """The year's months with lines in the file or the warehouse, as many at a time as make up a load."""
    counts = connection.execute(
        """select month_date, count(*) from (
               select date_trunc('month', date)::date as month_date from auditfile_lines
               union all
               select month_date from raw.journal_entries
               where administration_id = ? and month_date between ? and ?)
           group by month_date order by month_date""",
        [administration_id, date(year, 1, 1), date(year, 12, 31)],
    ).fetchall()
    portion: list[date] = []
    waiting = 0
    for month, lines in counts:
        if portion and waiting + lines > LINES_PER_LOAD:
            yield portion
            portion, waiting = [], 0
        portion.append(month)
        waiting += lines
    if portion:
        yield portion


def _refuse_ambiguous(connection: duckdb.DuckDBPyConnection, administration_id: str, year: int) -> None:
    found = connection.execute(
        """select used.number, count(accounts.id)
           from (select distinct number from auditfile_lines) as used
           left join raw.ledger_accounts as accounts
             on accounts.administration_id = ? and accounts.account_id = used.number and accounts._deleted_at is null
           group by used.number having count(accounts.id) <> 1 order by used.number limit 1""",
        [administration_id],
    ).fetchone()
    if found:
        number, accounts = found
        raise MalformedAnswerError(
            f"The auditfile of {year} of administration {administration_id} has lines of number {number}, which "
            f"{'no ledger account has' if not accounts else f'{accounts} ledger accounts have'}; "
            "its lines were not loaded.",
            resource=AUDITFILE,
            administration_id=administration_id,
        )

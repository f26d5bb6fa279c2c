"""Pages of ledger lines that were paid for and are not lines yet: what they belong to counts only when it is whole.

They stand here while a run waits for quota, so that a kill then does not cost them, and go when their lines are loaded,
when a document of their administration changes, or when they are old. Whoever keeps one has masked what must not reach
a disk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

SCHEMA = """
create table if not exists sync.ledger_pages (
    administration_id varchar, question varchar, body blob, link varchar, read_at timestamptz,
    primary key (administration_id, question));
"""


@dataclass(frozen=True)
class LedgerPage:
    """One answer. `question` is its query, `link` what a header says of whether there are more."""

    administration_id: str
    question: str
    body: bytes
    link: str | None
    read_at: datetime  # the server's time


def keep(connection: duckdb.DuckDBPyConnection, pages: Iterable[LedgerPage]) -> None:
    rows = [(page.administration_id, page.question, page.body, page.link, page.read_at) for page in pages]
    types = (pa.string(), pa.string(), pa.binary(), pa.string(), pa.timestamp("us", "UTC"))
    columns = [pa.array([row[n] for row in rows], type_) for n, type_ in enumerate(types)]
    connection.register("kept_pages", pa.table(columns, names=list("aqblt")))
    connection.execute("insert or replace into sync.ledger_pages select * from kept_pages")
    connection.unregister("kept_pages")


def kept(connection: duckdb.DuckDBPyConnection, administrations: Iterable[str], since: datetime) -> list[LedgerPage]:
    """The pages of these administrations that were read since then. Older ones are dropped, whosever they are: an
    administration that is read no more would leave its own for good."""
    connection.execute("delete from sync.ledger_pages where read_at < ?", [since])
    rows = connection.execute(
        """select administration_id, question, body, link, read_at from sync.ledger_pages
           where list_contains(?::varchar[], administration_id)""",
        [sorted(administrations)],
    ).fetchall()
    return [LedgerPage(*row) for row in rows]


def forget(connection: duckdb.DuckDBPyConnection, administrations: Iterable[str]) -> None:
    connection.execute(
        "delete from sync.ledger_pages where list_contains(?::varchar[], administration_id)", [sorted(administrations)]
    )

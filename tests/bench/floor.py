"""DuckDB's own floor: parse, unnest and write the same bytes in slices of 20 000 records, and nothing else.

One connection, one thread, the declared columns with their types (a wrong type would become null in silence), one table
per nested list, plain inserts without keys, stamps, history or merging. What Dovecote does more is its price."""

from __future__ import annotations

import json
import resource
from collections.abc import Sequence

import duckdb
import pyarrow as pa

from pipelines.moneybird.resources import BY_NAME, Child, Column
from pipelines.sandbox.company import build_group
from tests.bench.server import FIRST_ID, PER_PAGE, Copies, company, models_of

SLICE = 20_000
INVOICES = BY_NAME["sales_invoices"]


def load(home: str, invoices: int) -> float:
    """Writes `invoices` into `home`/warehouse.duckdb; returns the CPU seconds DuckDB took."""
    copies = Copies(models_of(company(build_group(years=1, administrations=2))), 0)
    connection = duckdb.connect(f"{home}/warehouse.duckdb")
    connection.execute("set threads = 1; set timezone = 'UTC'; create schema raw")
    spent = 0.0
    for start in range(0, invoices, SLICE):
        ids = [str(FIRST_ID + n) for n in range(start, min(start + SLICE, invoices))]
        texts = [copies.render(ids[n : n + PER_PAGE]) for n in range(0, len(ids), PER_PAGE)]
        began = _cpu()
        _slice(connection, texts, first=start == 0)
        spent += _cpu() - began
    began = _cpu()
    connection.close()
    return spent + _cpu() - began


def _slice(connection: duckdb.DuckDBPyConnection, texts: list[bytes], *, first: bool) -> None:
    def write(table: str, query: str) -> None:
        connection.execute(f"create table raw.{table} as {query}" if first else f"insert into raw.{table} {query}")

    connection.register("pages", pa.table({"text": pa.array(texts, pa.string())}))
    structure = json.dumps([_structure(INVOICES.columns, INVOICES.children)])
    connection.execute(
        f"create or replace temp table slice as select unnest(from_json(text, '{structure}')) as r from pages"
    )
    lists = ", ".join(child.name for child in INVOICES.children)
    write("sales_invoices", f"select r.* exclude ({lists}) from slice")
    for child in INVOICES.children:
        rows = f"select r.id as sales_invoice_id, unnest(r.{child.name}) as row from slice"
        write(f"sales_invoices__{child.name}", f"select sales_invoice_id, row.* from ({rows})")
    connection.unregister("pages")


def _structure(columns: Sequence[Column], children: Sequence[Child] = ()) -> dict[str, object]:
    leaves: dict[str, object] = {column.name: column.type for column in columns}
    return leaves | {child.name: [_structure(child.columns)] for child in children}


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime

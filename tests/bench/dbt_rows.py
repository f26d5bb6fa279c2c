"""A synced warehouse with as many sales invoices as wanted: every record of trade is copied under ids of its own.

Copied are contacts, documents, payments, bank lines, hours and their ledger lines. Charts, rates, projects, journals
and Moneybird's reports stay those of one company: the checks then find differences, which costs what finding none does.
`change` does what a sync does after a busy day: the newest records come again, and their months of the ledger.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.moneybird.resources import BY_NAME

COPIED = (
    "contacts", "estimates", "external_sales_invoices", "financial_mutations", "general_documents", "purchase_invoices",
    "purchase_transactions", "receipts", "sales_invoices", "time_entries", "typeless_documents",
)  # fmt: skip
SALES = ("sales_invoices", "external_sales_invoices")
RECORDS_A_SLICE = 20_000  # what a sync loads under one moment

_DATES = {  # the records a busy day brings, by the date that says which are the newest
    "sales_invoices": "invoice_date",
    "external_sales_invoices": "date",
    "purchase_invoices": "date",
    "receipts": "date",
    "financial_mutations": "date",
    "time_entries": "started_at",
}
_COPIED_IDS = {
    "id", "contact_id", "contact_person_id", "sales_invoice_id", "external_sales_invoice_id", "purchase_invoice_id",
    "receipt_id", "estimate_id", "financial_mutation_id", "document_id", "invoice_id", "credit_invoice_id",
    "linked_payment_id", "payment_transaction_id", "original_sales_invoice_id", "original_estimate_id", "payable_id",
    "customer_id", "reference",
}  # fmt: skip
_COPIED_NAMES = {"company_name", "lastname", "tax_number", "chamber_of_commerce"}  # or a copy were the same company
_COPIED_LINES = """document_type in ('SalesInvoice', 'ExternalSalesInvoice', 'FinancialMutation', 'Payment')
    or document_id in (select id from raw.purchase_invoices union all select id from raw.receipts)"""


def multiply(path: Path, invoices: int) -> int:
    """Copies until there are about `invoices` sales invoices; how many there are then."""
    with _opened(path) as warehouse:
        copies = max(round(invoices / _invoices(warehouse)), 1)
        warehouse.execute(f"create temp table copies as select range as copy from range(1, {copies})")
        _spread_ledger(warehouse)
        # Before the documents: its lines are chosen by the ids of the first company.
        _copy(warehouse, "journal_entries", {"line_number": "line_number + copy * 100000"}, _COPIED_LINES)
        records = sum(_count(warehouse, name) for name in COPIED)
        moment = f"_changed_at + to_seconds(copy * {records} // {RECORDS_A_SLICE})"
        for name in COPIED:
            for table in _tables(name):
                _copy(warehouse, table, {"_changed_at": moment})
        return _invoices(warehouse)


def change(path: Path, share: float) -> int:
    """Loads the newest `share` of what trade brings once more, as a sync would; how many sales invoices that are."""
    with _opened(path) as warehouse:
        warehouse.execute(
            "create temp table moment as select max(_changed_at) + to_hours(1) as loaded_at from raw.contacts"
        )
        changed = {name: _reload(warehouse, name, date, share) for name, date in _DATES.items()}
        warehouse.execute(
            """create temp table months as select distinct administration_id, ledger_account_id, month_date
               from raw.journal_entries where month_date >= (
                   select date_trunc('month', min(invoice_date)) from raw.sales_invoices
                   where _changed_at = (select loaded_at from moment))"""
        )
        keys = ("administration_id", "ledger_account_id", "month_date")
        _replace(warehouse, "raw.journal_entries", "_changed_at", "months", dict(zip(keys, keys, strict=True)))
        _replace(warehouse, "sync.ledger_slices", "changed_at", "months", dict(zip(keys, keys, strict=True)))
        return sum(changed[name] for name in SALES)


def _opened(path: Path) -> duckdb.DuckDBPyConnection:
    warehouse = duckdb.connect(str(path), config={"preserve_insertion_order": False, "memory_limit": "2GB"})
    warehouse.execute("set TimeZone = 'UTC'")
    return warehouse


def _copy(warehouse: duckdb.DuckDBPyConnection, table: str, changed: dict[str, str], where: str = "true") -> None:
    """Inserts the rows of the table once per copy, every id of a copied record with the copy's number in front."""
    columns = [row[0] for row in warehouse.execute(f'describe raw."{table}"').fetchall()]
    values = [
        changed.get(name)
        or (f"copy || {name}" if name in _COPIED_IDS else None)
        or (f"{name} || ' ' || copy" if name in _COPIED_NAMES and table == "contacts" else f'"{name}"')
        for name in columns
    ]
    warehouse.execute(f'insert into raw."{table}" select {", ".join(values)} from raw."{table}", copies where {where}')


def _reload(warehouse: duckdb.DuckDBPyConnection, name: str, date: str, share: float) -> int:
    """Replaces the newest records of a resource and all that hangs from them by themselves, at another moment."""
    warehouse.execute(
        f"""create or replace temp table newest as select administration_id, id from raw."{name}"
            order by "{date}" desc nulls last, id limit {max(round(_count(warehouse, name) * share), 1)}"""
    )
    parent, *children = _tables(name)
    _replace(
        warehouse, f"raw.{parent}", "_changed_at", "newest", {"administration_id": "administration_id", "id": "id"}
    )
    for child in children:
        keys = {"administration_id": "administration_id", BY_NAME[name].parent_key: "id"}
        _replace(warehouse, f"raw.{child}", "_changed_at", "newest", keys)
    return _count(warehouse, "newest", schema="temp")


def _replace(warehouse: duckdb.DuckDBPyConnection, table: str, moment: str, listed: str, keys: dict[str, str]) -> None:
    """Deletes the rows of the listed keys and inserts them again under the new moment, as a load does."""
    same = " and ".join(f"kept.{own} = {listed}.{other}" for own, other in keys.items())
    warehouse.execute(
        f"""create or replace temp table again as select kept.* replace ((select loaded_at from moment) as {moment})
            from {table} as kept semi join {listed} on {same};
            delete from {table} as kept using {listed} where {same};
            insert into {table} select * from again"""
    )


def _spread_ledger(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Slices of the ledger are loaded month after month, not in one moment as with a small company."""
    before = "to_hours(datediff('month', month_date, date '2100-01-01'))"
    warehouse.execute(f"update raw.journal_entries set _changed_at = _changed_at - {before}")
    warehouse.execute(f"update sync.ledger_slices set changed_at = changed_at - {before}")


def _tables(name: str) -> list[str]:
    resource = BY_NAME[name]
    return [resource.table, *(resource.child_table(child) for child in resource.children)]


def _invoices(warehouse: duckdb.DuckDBPyConnection) -> int:
    return sum(_count(warehouse, name) for name in SALES)


def _count(warehouse: duckdb.DuckDBPyConnection, table: str, schema: str = "raw") -> int:
    found = warehouse.execute(f'select count(*) from {schema}."{table}"').fetchone()
    assert found is not None
    return int(found[0])

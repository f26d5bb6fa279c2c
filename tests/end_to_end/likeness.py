"""Is the warehouse what the sandbox says? Record for record and to the cent, without using the connector's parser.

The sandbox's `/_sandbox/records` gives every live record as the API would serve it; each declared column of each record
is compared with the raw table, and so are the nested lists and the ledger lines behind the reports."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import httpx

from pipelines.moneybird.resources import COUNT, DATE, FLAG, MONEY, PRECISE, RESOURCES, VERSION, Child, Column, Feed

PLACES = {MONEY: Decimal("0.01"), PRECISE: Decimal("0.000001")}


def differences(
    warehouse_path: Path, sandbox: httpx.Client, api: httpx.Client, administration_ids: list[str]
) -> list[str]:
    """What differs, in words; empty when the warehouse equals the sandbox. `api` carries a token that reaches all."""
    found: list[str] = []
    with duckdb.connect(str(warehouse_path), read_only=True) as warehouse:
        for administration_id in administration_ids:
            for resource in RESOURCES:
                if resource.feed not in {Feed.VERSIONS, Feed.LIST}:
                    continue
                records = _records(sandbox, api, administration_id, resource.name)
                found += _table(
                    warehouse,
                    administration_id,
                    resource.table,
                    resource.columns,
                    [(r["id"], r) for r in records],
                    ["id"],
                )
                for child in resource.children:
                    rows = [
                        (f"{r['id']}#{n}", row | {"_parent": r["id"], "_number": n})
                        for r in records
                        for n, row in enumerate(_nested(r, child), 1)
                    ]
                    found += _table(
                        warehouse,
                        administration_id,
                        resource.child_table(child),
                        child.columns,
                        rows,
                        [resource.parent_key, "row_number"],
                    )
            found += _ledger(warehouse, administration_id, api)
    return found


def _records(sandbox: httpx.Client, api: httpx.Client, administration_id: str, name: str) -> list[dict[str, Any]]:
    """Every live record that the API can give of a kind: closed accounts cannot be asked for, and the default identity
    is in no list."""
    kind = "identities" if name == "default_identity" else name
    records: list[dict[str, Any]] = sandbox.get(f"/_sandbox/records/{administration_id}/{kind}").json()
    if kind == "identities":
        default = api.get(f"/{administration_id}/identities/default.json").json()["id"]
        return [record for record in records if (record["id"] == default) == (name == "default_identity")]
    return [record for record in records if record["active"]] if name == "financial_accounts" else records


def _nested(record: Mapping[str, Any], child: Child) -> list[dict[str, Any]]:
    found = record[child.name]
    return ([found] if found else []) if child.single else found


def _table(
    warehouse: duckdb.DuckDBPyConnection,
    administration_id: str,
    table: str,
    columns: tuple[Column, ...],
    records: list[tuple[str, dict[str, Any]]],
    key: list[str],
) -> list[str]:
    names = ", ".join(f'"{column.name}"' for column in columns)
    stored = {
        "#".join(str(part) for part in row[: len(key)]): row[len(key) :]
        for row in warehouse.execute(
            f'select {", ".join(key)}, {names} from raw."{table}" where administration_id = ? and _deleted_at is null',
            [administration_id],
        ).fetchall()
    }
    expected = {identity: tuple(_value(record, column) for column in columns) for identity, record in records}
    drafts = {identity for identity, record in records if record.get("state") in {"draft", "scheduled"}}
    where = f"{table} of {administration_id}"
    found = [f"{where}: {identity} is missing" for identity in expected.keys() - stored.keys()]
    found += [f"{where}: {identity} should be gone" for identity in stored.keys() - expected.keys()]
    for identity in expected.keys() & stored.keys():
        for column, want, have in zip(columns, expected[identity], stored[identity], strict=True):
            if want != have and not (identity in drafts and column.source[0] == "contact"):  # live, without a version
                found.append(f"{where}: {identity}.{column.name} is {have!r}, the sandbox says {want!r}")
    return found


def _value(record: Mapping[str, Any], column: Column) -> object:
    value: Any = record
    for part in column.source:
        value = value.get(part) if isinstance(value, dict) else None
    if value is None or (value == "" and column.type != "VARCHAR"):
        return None
    if column.type in PLACES:
        return Decimal(str(value)).quantize(PLACES[column.type])
    if column.type in {COUNT, VERSION}:
        return int(value)
    if column.type == FLAG:
        return bool(value)
    if column.type == DATE:
        return date.fromisoformat(value)
    if column.type.startswith("TIMESTAMP"):
        return datetime.fromisoformat(value)
    return json.dumps(value, separators=(",", ":")) if isinstance(value, list) else str(value)


def _ledger(warehouse: duckdb.DuckDBPyConnection, administration_id: str, api: httpx.Client) -> list[str]:
    """Every line of every account the reports name, as a multiset without ids, over the years of the books."""
    served: Counter[tuple[object, ...]] = Counter()
    for year in range(2019, 2029):
        period = f"{year}0101..{year}1231"
        report = api.get(f"/{administration_id}/reports/general_ledger.json", params={"period": period}).json()
        accounts = {
            row["ledger_account_id"]
            for part in ("debit_sums", "credit_sums")
            for row in report[part]["ledger_accounts"]
        }
        for account in sorted(accounts):
            served += _served_lines(api, administration_id, account, period)
    stored = Counter(
        warehouse.execute(
            """select ledger_account_id, date, document_type, document_id, contact_id, project_id, tax_rate_id, amount
               from raw.journal_entries where administration_id = ? and _deleted_at is null""",
            [administration_id],
        ).fetchall()
    )
    lines = [f"journal_entries of {administration_id}: {line} is missing" for line in (served - stored)]
    return lines + [f"journal_entries of {administration_id}: {line} should be gone" for line in (stored - served)]


def _served_lines(api: httpx.Client, administration_id: str, account: str, period: str) -> Counter[tuple[object, ...]]:
    lines: Counter[tuple[object, ...]] = Counter()
    page = 1
    while True:
        params = {"period": period, "ledger_account_id": account, "per_page": "100", "page": str(page)}
        rows = api.get(f"/{administration_id}/reports/journal_entries.json", params=params).json()
        for row in rows:
            optional = (row["contact_id"], row["project_id"], row["tax_rate_id"])
            amount = Decimal(row["amount"]).quantize(Decimal("0.01"))
            lines[
                (account, date.fromisoformat(row["date"]), row["document_type"], row["document_id"], *optional, amount)
            ] += 1
        if len(rows) < 100:
            return lines
        page += 1

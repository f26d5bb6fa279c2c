"""A published snapshot and finance's tables of one small company, as the command line and its helpers find them.

Only the columns that the write path asks for; `tests/end_to_end` asks the same questions of really built marts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.writeback import MartsCatalogue, Office, Policy, Tables

MARTS = """
    create schema marts;
    create table marts.dim_administration as select '101' as administration_id, 'Duif' as administration_name,
        'EUR' as currency_code, date '2026-09-30' as period_locked_until_date, false as is_suspended,
        timestamptz '2026-11-20 08:00:00+00' as last_synced_at, 'ok' as sync_status,
        'Europe/Amsterdam' as time_zone;
    create table marts.dim_contact as select '101' as administration_id, '7' as contact_id, 'K-7' as customer_number,
        'Molen B.V.' as contact_name, false as is_archived, false as is_deleted, false as is_unknown,
        'NL' as country_code, '1011AB' as zipcode, 'Molen B.V.' as company_name, null::varchar as tax_number,
        null::boolean as is_tax_number_valid, null::timestamptz as tax_number_validated_at;
    create table marts.dim_tax_rate as select '101' as administration_id, '21' as tax_rate_id,
        '21% btw' as tax_rate_name, 21::decimal(18, 6) as percentage, 'sales_invoice' as tax_rate_type,
        true as is_active, null::varchar as country_code, 'confirmed' as box_source, 'NL/1a' as tax_report_reference;
    create table marts.dim_ledger_account as select '101' as administration_id, '8000' as ledger_account_id,
        'Omzet' as account_name, '80000' as account_number, true as is_active, true as is_sales_invoice_allowed;
    create table marts.dim_project as select '101' as administration_id, '5' as project_id, 'Kade' as project_name,
        'active' as project_state, false as is_deleted;
    create table marts.dim_product as
        select '101' as administration_id, product_id, product_name, product_code, null::varchar as description,
            unit_price, currency_code, product_id as product_key, false as is_deleted, false as is_unknown
        from (values ('31', 'Advies', 'ADV', 100::decimal(18, 6), 'EUR'), ('32', 'Thee', 'T', 5::decimal(18, 6), 'EUR'),
            ('33', 'Thee groen', 'T', 6::decimal(18, 6), 'EUR'), ('34', 'Boek', 'BOOK', 20::decimal(18, 6), 'USD'))
        as products(product_id, product_name, product_code, unit_price, currency_code);
    create table marts.fct_sales_invoice_line (
        administration_id varchar, sales_invoice_key varchar, product_key varchar, invoice_date date, is_draft boolean,
        net_base_amount decimal(18, 2)
    );
    create table marts.fct_sales_invoice (sales_invoice_key varchar, contact_version_key varchar);
    create table marts.dim_contact_version (
        contact_version_key varchar, country_code varchar, zipcode varchar, company_name varchar, tax_number varchar
    );
"""
SNAPSHOT = "marts-20261120T080000Z-ab12.duckdb"
FINANCE = {
    "vat_regimes": (
        "administration_id,valid_from_date,valid_to_date,scheme,filing_frequency,vat_entity,is_one_stop_shop,"
        "confirmed_by\n101,2020-01-01,,accrual,quarter,,false,Anna\n"
    ),
    "tax_rate_boxes": (
        "administration_id,tax_rate_id,valid_from_date,valid_to_date,tax_report_reference,rate_kinds,confirmed_by\n"
        "101,21,2020-01-01,,NL/1a,,Anna\n"
    ),
    "product_supplies": (
        "administration_id,product_id,valid_from_date,valid_to_date,product_type,vat_class,service_place,confirmed_by\n"
        "101,31,2020-01-01,,service,standard,,Anna\n"
    ),
    "ledger_mapping": (
        "administration_id,product_id,product_type,vat_rule_id,project_id,valid_from_date,valid_to_date,"
        "account_number,confirmed_by\n101,,,,,2020-01-01,,80000,Anna\n"
    ),
}


def publish(home: Path) -> None:
    """Puts the snapshot and finance's tables into `home`; tables that are not named become the project's examples."""
    published, finance = home / "published", home / "finance"
    published.mkdir(parents=True)
    finance.mkdir()
    with duckdb.connect(str(published / SNAPSHOT)) as connection:
        connection.execute(MARTS)
    (published / "marts.duckdb").symlink_to(SNAPSHOT)
    for name, text in FINANCE.items():
        (finance / f"{name}.csv").write_text(text)


@contextmanager
def small_office(project_root: Path, folder: Path, now: datetime, **finance: str) -> Iterator[Office]:
    """An office over the same marts and tables; `finance` replaces or adds tables."""
    for name, text in {**FINANCE, **finance}.items():
        (folder / f"{name}.csv").write_text(text)
    if "vat_rules" not in finance:
        (folder / "vat_rules.csv").write_bytes((project_root / "dbt_project/seeds/vat_rules.csv").read_bytes())
    tables = Tables.read(folder, project_root / "dbt_project" / "lookups")
    with duckdb.connect() as connection:
        connection.execute(MARTS)

        def ask(sql: str, params: Sequence[object]) -> list[dict[str, Any]]:
            cursor = connection.execute(sql, list(params))
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

        yield Office(MartsCatalogue(ask), tables, Policy(lambda administration_id: administration_id == "101"), now)

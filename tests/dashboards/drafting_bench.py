"""A bench for the pages that write: marts with the columns they look at, finance's tables, a page in its own session.

Holding may be written to; Molen is a Dutch business. Services are booked on 80501, goods on 80000.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from streamlit.testing.v1 import AppTest

from dashboards import db, desk
from dashboards.queries import drafting

HOLDING, SOFTWARE = "101", "202"
MARTS = """
    create or replace table marts.dim_contact (contact_key varchar, administration_id varchar, contact_id varchar,
        contact_name varchar, customer_number varchar, is_archived boolean, is_deleted boolean, is_unknown boolean,
        company_name varchar, zipcode varchar, country_code varchar, tax_number varchar, is_tax_number_valid boolean,
        tax_number_validated_at timestamptz);
    insert into marts.dim_contact values
        ('101-7', '101', '7', 'Molen B.V.', '1001', false, false, false, 'Molen B.V.', '1234 AB', 'NL', null, null,
         null),
        ('101-8', '101', '8', 'Weg B.V.', '1002', true, false, false, 'Weg B.V.', null, 'NL', null, null, null),
        ('101-10', '101', '10', 'Gewist B.V.', '1004', false, true, false, null, null, null, null, null, null),
        ('101-11', '101', '11', 'Contact 11', null, false, false, true, null, null, null, null, null, null),
        ('202-9', '202', '9', 'Sluis B.V.', '1003', false, false, false, 'Sluis B.V.', null, 'NL', null, null, null),
        ('101-none', '101', null, null, null, null, false, false, null, null, null, null, null, null);
    create or replace table marts.dim_tax_rate (tax_rate_key varchar, administration_id varchar, tax_rate_id varchar,
        tax_rate_name varchar, percentage decimal(18, 6), tax_rate_type varchar, country_code varchar,
        is_active boolean, tax_report_reference varchar, box_source varchar);
    insert into marts.dim_tax_rate values
        ('101-21', '101', '21', '21% btw', 21, 'sales_invoice', null, true, 'NL/1a', 'finance'),
        ('101-9', '101', '90', '9% btw', 9, 'sales_invoice', null, true, 'NL/1b', 'finance'),
        ('101-19', '101', '19', '19% btw', 19, 'sales_invoice', null, false, null, null),
        ('101-121', '101', '121', '21% btw', 21, 'purchase_invoice', null, true, null, null);
    create or replace table marts.dim_ledger_account (ledger_account_key varchar, administration_id varchar,
        ledger_account_id varchar, account_name varchar, account_number varchar, account_type varchar, role varchar,
        is_active boolean, is_sales_invoice_allowed boolean);
    insert into marts.dim_ledger_account values
        ('101-1', '101', '1300', 'Debiteuren', '13011', 'current_assets', 'debtors', true, false),
        ('101-2', '101', '8000', 'Omzet', '80000', 'revenue', null, true, true),
        ('101-3', '101', '8050', 'Omzet uren', '80501', 'revenue', null, true, true);
    create or replace table marts.dim_project (project_key varchar, administration_id varchar, project_id varchar,
        project_name varchar, project_state varchar, is_deleted boolean);
    insert into marts.dim_project values
        ('101-5', '101', '5', 'Kade', 'active', false), ('101-6', '101', '6', 'Oud', 'archived', false),
        ('101-7', '101', '7', 'Gewist', 'active', true);
    create or replace table marts.fct_sales_invoice (sales_invoice_key varchar, contact_version_key varchar);
    create or replace table marts.fct_sales_invoice_line (administration_id varchar, sales_invoice_key varchar,
        product_key varchar, invoice_date date, is_draft boolean, net_base_amount decimal(18, 2));
    create or replace table marts.dim_contact_version (contact_version_key varchar, country_code varchar,
        zipcode varchar, company_name varchar, tax_number varchar);
    create or replace table marts.dim_product (product_key varchar, product_id varchar);
"""
FINANCE = {
    "vat_regimes": """
administration_id,valid_from_date,valid_to_date,scheme,filing_frequency,vat_entity,is_one_stop_shop,confirmed_by
101,2024-01-01,,accrual,quarter,,false,finance
""",
    "tax_rate_boxes": """
administration_id,tax_rate_id,valid_from_date,valid_to_date,tax_report_reference,rate_kinds,confirmed_by
101,21,2024-01-01,,NL/1a,,finance
101,90,2024-01-01,,NL/1b,,finance
""",
    "ledger_mapping": """
administration_id,product_id,product_type,vat_rule_id,project_id,valid_from_date,valid_to_date,account_number,confirmed_by
,,service,,,2024-01-01,,80501,finance
,,product,,,2024-01-01,,80000,finance
""",
}


def prepare(snapshot: Path, home: Path) -> None:
    """Gives a published snapshot what drafting asks of it, and `home` the tables of finance."""
    with duckdb.connect(str(snapshot)) as connection:
        connection.execute(MARTS)
    (home / "finance").mkdir(parents=True, mode=0o700)
    for name, text in FINANCE.items():
        (home / "finance" / f"{name}.csv").write_text(text.lstrip(), encoding="utf-8")


def opened(view: Path) -> AppTest:
    """One view in a new session, as app.py would run it."""
    script = f"""
import runpy
from dashboards.components import page
from dashboards.queries import checks, snapshot
page.prepare(snapshot.administrations, checks.standing)
runpy.run_path({str(view)!r})
"""
    at = AppTest.from_string(script, default_timeout=30).run()
    assert not at.exception
    return at


def field(at: AppTest, kind: str, label: str, row: int = 0) -> Any:
    return [each for each in at.get(kind) if each.label == label][row]


def labels(at: AppTest, kind: str) -> list[str]:
    return [each.label for each in at.get(kind)]


def press(at: AppTest, label: str, row: int = 0) -> AppTest:
    field(at, "button", label, row).click()
    at.run()
    assert not at.exception
    return at


def draft(draft_id: str = "form-1", *, price: str = "100", rate: str | None = None, **supply: str) -> desk.Draft:
    """A service for Molen, as the form would give it."""
    line = {"description": "Advies", "unit_price": price, "tax_rate_id": rate}
    asked = {"supply": {"supply_kind": "services", **supply}}
    read, problems = desk.read(draft_id=draft_id, administration_id=HOLDING, contact_id="7", lines=[{**line, **asked}])
    assert read is not None, problems
    return read


def queue(request: desk.Draft) -> desk.Entry:
    """`request` as it waits in the outbox."""
    number = desk.queue(request, drafting.asker(db.current()))
    return next(each for each in desk.recent(100) if each.command_id == number)

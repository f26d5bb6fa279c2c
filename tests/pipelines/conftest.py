"""A warehouse with the fewest marts that can be published, and a dbt project that builds them from one raw table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from pipelines import config
from pipelines.config import Settings

_MARTS = """
create schema if not exists marts;
create or replace table marts.dim_administration as
select
    format('{}', id) as administration_id, format('Company {}', id) as administration_name, 'ok' as sync_status,
    null::varchar as sync_remark,
    timestamptz '2026-11-20 08:00:00+00' as last_synced_at, date '2026-11-20' as business_date
from range(1, $administrations + 1) as companies(id);
create or replace table marts.fct_sales_invoice as
select
    format('1-{}', id) as sales_invoice_key, '1' as administration_id, (id * 1.1)::decimal(18, 2) as total_incl_amount
from range($invoices) as invoices(id);
create or replace table marts.recon_checks as
select
    check_id, class, '1' as administration_id, '2026-10' as period, date '2026-10-31' as period_end_date,
    100.00::decimal(18, 2) as left_amount, 100.00::decimal(18, 2) - difference as right_amount,
    0.00::decimal(18, 2) as explained_amount, difference, status
from (
    values
        ('ledger_balanced', 'copy', 0.00::decimal(18, 2), 'ok'),
        ('ledger_equals_report', 'copy', $copy_difference::decimal(18, 2), $copy_status),
        ('debtors_equal_control_account', 'books', 1234.50::decimal(18, 2), 'break')
) as checks(check_id, class, difference, status);
"""

_PROJECT = {
    "dbt_project.yml": """
name: small
profile: small
model-paths: [models]
models: {small: {+schema: marts, +materialized: table}}
flags: {send_anonymous_usage_stats: false}
""",
    "profiles.yml": """
small:
  target: warehouse
  outputs:
    warehouse:
      type: duckdb
      path: "{{ env_var('DOVECOTE_WAREHOUSE') }}"
      threads: 1
""",
    "macros/schema.sql": """
{% macro generate_schema_name(custom_schema_name, node) %}{{ custom_schema_name or target.schema }}{% endmacro %}
""",
    "models/dim_administration.sql": """
select
    '1' as administration_id, 'Company 1' as administration_name, 'ok' as sync_status,
    null::varchar as sync_remark,
    timestamptz '2026-11-20 08:00:00+00' as last_synced_at, date '2026-11-20' as business_date
""",
    "models/fct_sales_invoice.sql": """
select id as sales_invoice_key, '1' as administration_id from raw.sales_invoices
""",
    "models/recon_checks.sql": """
select
    'ledger_balanced' as check_id, 'copy' as class, '1' as administration_id, '2026-10' as period,
    date '2026-10-31' as period_end_date, 1.00 as left_amount, 1.00 as right_amount, 0.00 as explained_amount,
    0.00 as difference, 'ok' as status
""",
    "models/models.yml": """
models:
  - name: fct_sales_invoice
    config: {contract: {enforced: true}}
    columns:
      - {name: sales_invoice_key, data_type: varchar, data_tests: [unique]}
      - {name: administration_id, data_type: varchar}
""",
}


@dataclass(frozen=True)
class SmallCompany:
    """The company's settings, and what its warehouse holds."""

    settings: Settings

    def marts(
        self,
        *,
        administrations: int = 2,
        invoices: int = 30,
        copy_status: str = "ok",
        copy_difference: str = "0.00",
    ) -> None:
        """Marts as dbt would leave them; a break of class books is always there."""
        values: dict[str, object] = {
            "administrations": administrations,
            "invoices": invoices,
            "copy_status": copy_status,
            "copy_difference": copy_difference,
        }
        with duckdb.connect(str(self.settings.warehouse_path)) as connection:
            for statement in filter(str.strip, _MARTS.split(";")):
                used = {name: value for name, value in values.items() if f"${name}" in statement}
                connection.execute(statement, used)

    def raw(self, *invoice_ids: str) -> None:
        """The one raw table the small dbt project reads."""
        with duckdb.connect(str(self.settings.warehouse_path)) as connection:
            connection.execute("create schema if not exists raw")
            connection.execute("create or replace table raw.sales_invoices as select unnest(?) as id", [[*invoice_ids]])

    def dbt_project(self, **replaced: str) -> Path:
        """The small project's directory; `replaced` gives other text for models by name."""
        directory = self.settings.home.parent / "dbt project"
        files = {**_PROJECT, **{f"models/{name}.sql": text for name, text in replaced.items()}}
        for name, text in files.items():
            file = directory / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return directory


@pytest.fixture
def small_company(clean_environment: Path) -> SmallCompany:
    """An empty warehouse of our own in this test's home."""
    settings = config.load()
    config.prepare_home(settings)
    assert settings.home == clean_environment
    return SmallCompany(settings)

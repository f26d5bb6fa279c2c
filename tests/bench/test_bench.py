"""The bench measures what it says: the clock is virtual, the copies are whole, nothing here is timed."""

from __future__ import annotations

from pathlib import Path

import duckdb
import orjson
import pytest

from pipelines.moneybird.records import read_page
from pipelines.moneybird.records.shape import Look
from pipelines.moneybird.resources import BY_NAME
from pipelines.run.tables import raw_tables
from pipelines.sandbox.company import build_group
from pipelines.warehouse.raw import create_tables
from tests.bench import dbt_rows, floor, quota
from tests.bench.server import Copies, company, models_of


def test_hours_are_windows_of_the_quota() -> None:
    windows = 3  # 100 of 140 general requests are free at once, of 120 report requests fifty a window
    seconds = quota.hours(10, general=10, reports=12) * 3600

    assert seconds == pytest.approx((windows - 1) * 301 + 20 * quota.ANSWER_SECONDS, abs=301)


def test_every_copy_is_a_record_that_is_loaded_as_declared() -> None:
    models = models_of(company(build_group(years=1, administrations=2)))
    copies = Copies(models, 250)

    body = copies.render(copies.ids)
    page = read_page(BY_NAME["sales_invoices"], "1", body)

    assert list(page.ids) == copies.ids
    assert [record.id for record in Look.of(BY_NAME["sales_invoices"]).decoder.decode(body)] == copies.ids, (
        "a copy that is not as declared would be measured on the slow path"
    )
    assert len(orjson.loads(copies.feed)) == 250


def test_the_floor_writes_every_invoice_and_its_lines(tmp_path: Path) -> None:
    models = models_of(company(build_group(years=1, administrations=2)))

    assert floor.load(str(tmp_path), len(models)) > 0

    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as warehouse:
        lines = warehouse.execute("select count(*) from raw.sales_invoices__details").fetchone()
        assert warehouse.execute("select count(distinct id) from raw.sales_invoices").fetchone() == (len(models),)
    assert lines == (sum(len(model["details"]) for model in models if isinstance(model["details"], list)),)


def test_a_copied_company_has_as_many_of_everything_and_no_id_twice(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as warehouse:
        create_tables(warehouse, raw_tables())
        warehouse.execute(
            """create schema sync; create table sync.ledger_slices (
                   administration_id varchar, ledger_account_id varchar, month_date date, read_at timestamptz,
                   changed_at timestamptz);
               insert into raw.contacts (administration_id, id, _changed_at) values ('1', '7', now());
               insert into raw.sales_invoices (administration_id, id, contact_id, invoice_date, _changed_at)
               values ('1', '10', '7', date '2026-01-05', now()), ('1', '11', '7', date '2026-02-05', now());
               insert into raw.sales_invoices__details
                   (administration_id, sales_invoice_id, row_number, id, _changed_at)
               values ('1', '10', 1, '20', now()), ('1', '10', 2, '21', now());
               insert into raw.journal_entries (administration_id, ledger_account_id, month_date, line_number, id,
                   document_type, document_id, _changed_at)
               values ('1', '5', date '2026-01-01', 1, '30', 'SalesInvoice', '10', now()),
                      ('1', '5', date '2026-01-01', 2, '31', 'Document', '99', now());
               insert into sync.ledger_slices values ('1', '5', date '2026-01-01', now(), now())"""
        )

    assert dbt_rows.multiply(path, 100) == 100
    changed = dbt_rows.change(path, 0.01)

    def count(sql: str) -> int:
        with duckdb.connect(str(path)) as warehouse:
            found = warehouse.execute(f"select count(*) from {sql}").fetchone()
            assert found is not None
            return int(found[0])

    assert count("(select distinct id from raw.sales_invoices)") == 100
    assert count("raw.sales_invoices join raw.contacts on contact_id = contacts.id") == 100
    assert count("(select distinct sales_invoice_id, id from raw.sales_invoices__details)") == 100
    assert count("(select distinct line_number from raw.journal_entries)") == 51, "a journal is not copied"
    newest = "(select max(_changed_at) from raw.sales_invoices)"
    assert changed == count(f"raw.sales_invoices where _changed_at = {newest}") == 1
    assert count("raw.sales_invoices") == 100, "what came again replaced what was there"

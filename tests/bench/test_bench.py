"""The bench measures what it says: the clock is virtual, the copies are whole, nothing here is timed."""

from __future__ import annotations

from pathlib import Path

import duckdb
import orjson
import pytest

from pipelines.moneybird.records import read_page
from pipelines.moneybird.records.shape import Look
from pipelines.moneybird.resources import BY_NAME
from pipelines.sandbox.company import build_group
from tests.bench import floor, quota
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

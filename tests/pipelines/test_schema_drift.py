"""What Moneybird changes without notice: new keys are kept and reported, new values pass, a new type is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

from pipelines.config import Settings
from pipelines.run.sync import Options, sync
from pipelines.run.sync_report import SyncReport
from pipelines.run.tables import raw_tables
from pipelines.sandbox.app import create_app
from pipelines.sandbox.company import build_group
from pipelines.sandbox.in_process import BASE_URL, transport
from pipelines.sandbox.throttle import Throttle
from pipelines.warehouse.raw import create_tables

Change = Callable[[dict[str, Any]], object]


class Altered(httpx.BaseTransport):
    """The sandbox with every record of one resource changed on its way."""

    def __init__(self, wire: httpx.BaseTransport, resource: str, change: Change | None) -> None:
        self._wire, self._resource, self._change = wire, resource, change

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._wire.handle_request(request)
        asked = request.url.path.removesuffix(".json").removesuffix("/synchronization")
        if self._change is None or not asked.endswith(f"/{self._resource}"):
            return answer
        content = json.loads(answer.read())
        for record in content if isinstance(content, list) else [content]:
            if set(record) != {"id", "version"}:
                self._change(record)
        kept = {name: answer.headers[name] for name in ("Date", "Link") if name in answer.headers}
        return httpx.Response(answer.status_code, headers=kept, json=content)

    def close(self) -> None:
        self._wire.close()


@dataclass
class Company:
    """One synced company and its sandbox."""

    app: Any
    settings: Settings
    administration_id: str
    control: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.control = httpx.Client(transport=transport(self.app), base_url=BASE_URL)

    def sync(self, resource: str = "", change: Change | None = None) -> SyncReport:
        return sync(self.settings, Options(transport=lambda: Altered(transport(self.app), resource, change)))

    def pays(self, invoices: int) -> None:
        for _ in range(invoices):
            body = {"type": "pay_invoice", "administration_id": self.administration_id, "amount": "1.00"}
            assert self.control.post("/_sandbox/events", json=body).status_code == 200

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.settings.warehouse_path), read_only=True) as warehouse:
            return warehouse.execute(sql).fetchall()


def company_in(home: Path) -> Company:
    world = build_group(years=1, administrations=2)
    studio = list(world.administrations)[1]
    token = next(t for t in world.tokens.values() if studio in t.administrations)
    settings = Settings(
        api_url="http://127.0.0.1/api/v2",
        tokens={token.name: token.secret},
        administrations=(str(studio),),
        home=home,
    )
    return Company(create_app(world, Throttle.off()), settings, str(studio))


@pytest.fixture(scope="module")
def synced_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """After a first sync; a sandbox made again is the same, so each test goes on from a copy."""
    made = company_in(tmp_path_factory.mktemp("synced") / "home")
    assert made.sync().status == "ok"
    made.control.close()
    return made.settings.home


@pytest.fixture
def company(tmp_path: Path, synced_home: Path) -> Iterator[Company]:
    shutil.copytree(synced_home, tmp_path / "home")
    made = company_in(tmp_path / "home")
    yield made
    made.control.close()


def test_a_new_key_is_kept_and_reported_until_it_is_declared(company: Company) -> None:
    report = company.sync("tax_rates", lambda record: record.update(color="blue"))
    assert report.drift == [], "a daily list was not read"

    company.pays(2)
    report = company.sync("sales_invoices", lambda record: record.update(mood="https://secret.example/x", rank=7))

    assert report.status == "ok"
    assert [(key.resource, key.path, key.type) for key in report.drift] == [
        ("sales_invoices", "mood", "string"),
        ("sales_invoices", "rank", "number"),
    ]
    kept = company.query("select distinct _unmapped from raw.sales_invoices where _unmapped is not null")
    assert kept
    assert all("secret" not in row[0] and '"rank":7' in row[0] for row in kept)
    assert [key.path for key in company.sync().drift] == ["mood", "rank"], "it is not forgotten when nothing changes"


def test_new_keys_of_the_ledger_are_kept_and_reported(company: Company) -> None:
    """In the slices that are read again because something was booked; the others keep their rows as they are."""
    company.pays(2)
    report = company.sync("reports/journal_entries", lambda line: line.update(vat_code="NL-H", rank=7))

    assert report.status == "ok"
    assert [(key.resource, key.path, key.type) for key in report.drift] == [
        ("journal_entries", "rank", "number"),
        ("journal_entries", "vat_code", "string"),
    ]
    kept = company.query("select _unmapped, count(*) from raw.journal_entries group by all order by all")
    assert [text for text, _ in kept] == ['{"rank":7,"vat_code":"NL-H"}', None]
    assert all(count > 0 for _, count in kept)


def test_new_keys_of_control_totals_are_kept_and_reported(company: Company) -> None:
    def counted(report: dict[str, Any]) -> None:
        for row in report["debit_sums"]["ledger_accounts"]:
            row["entries"] = 3
        report["closed"] = False

    report = company.sync("reports/general_ledger", counted)

    assert report.status == "ok"
    assert [(key.path, key.type) for key in report.drift] == [
        ("closed", "boolean"),
        ("debit_sums.ledger_accounts.entries", "number"),
    ]
    kept = company.query(
        """select month(period_end_date) - month(period_start_date), _unmapped, debit_sum <> 0
           from raw.general_ledger where _unmapped is not null group by all"""
    )
    assert {(months, text) for months, text, _ in kept} == {(11, '{"debit_sums":{"entries":3}}')}, "of the year alone"
    assert (11, '{"debit_sums":{"entries":3}}', True) in kept


def test_a_key_of_the_ledger_that_is_declared_later_is_filled_from_what_was_kept(company: Company) -> None:
    company.pays(1)
    assert company.sync("reports/journal_entries", lambda line: line.update(vat_code="NL-H")).status == "ok"
    (lines,) = next(iter(company.query("select count(*) from raw.journal_entries where _unmapped is not null")))
    shape = next(one for one in raw_tables() if one.name == "journal_entries")
    later = replace(shape, columns=(*shape.columns, ("vat_code", "VARCHAR")))

    with duckdb.connect(str(company.settings.warehouse_path)) as warehouse:
        create_tables(warehouse, [later])

    filled = company.query("select vat_code, count(*) from raw.journal_entries where vat_code is not null group by all")
    assert filled == [("NL-H", lines)]


def test_a_new_value_of_a_list_of_values_passes(company: Company) -> None:
    company.pays(1)

    report = company.sync("sales_invoices", lambda record: record.update(state="under_review"))

    assert report.status == "ok"
    assert company.query("select count(*) from raw.sales_invoices where state = 'under_review'")[0][0] > 0


def test_a_changed_type_fails_its_resource_loudly_and_keeps_the_last_good_rows(company: Company) -> None:
    before = company.query("select id, version, total_price_incl_tax from raw.sales_invoices order by id")
    company.pays(3)

    report = company.sync("sales_invoices", lambda record: record.update(total_price_incl_tax={"amount": "1.00"}))

    outcome = report.administrations[company.administration_id]
    assert outcome["status"] == "partly"
    assert outcome["error"] is not None
    assert "sales_invoices of administration" in outcome["error"]
    assert "total_price_incl_tax" in outcome["error"]
    assert company.query("select id, version, total_price_incl_tax from raw.sales_invoices order by id") == before
    assert company.query("select count(*) from sync.record_versions where version is null and resource = "
                         "'sales_invoices' and deleted_at is null")[0][0] > 0  # fmt: skip

    repaired = company.sync()

    assert repaired.status == "ok"
    assert company.query("select id, version, total_price_incl_tax from raw.sales_invoices order by id") != before


def test_a_list_in_another_shape_calls_nothing_deleted(company: Company) -> None:
    entries = company.query("select count(*) from raw.time_entries where _deleted_at is null")

    report = company.sync("time_entries", lambda record: record.update(started_at=["2026", "11", "20"]))

    assert report.administrations[company.administration_id]["status"] == "partly"
    assert report.administrations[company.administration_id]["tombstones"] == 0
    assert company.query("select count(*) from raw.time_entries where _deleted_at is null") == entries
    assert company.sync().status == "ok"

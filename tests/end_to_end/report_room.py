"""Reports read into a synced warehouse, and the same reports asked of the sandbox by hand to hold them against."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import duckdb
import httpx

from pipelines.moneybird.budget import Budget
from pipelines.moneybird.records import TableSlice
from pipelines.moneybird.report_rows import value_columns
from pipelines.run.load import Loader
from pipelines.run.report_plan import REPORTS, books_of, planned_reports
from pipelines.run.reports import Again, ReportReader
from pipelines.run.sync import new_slice_id
from pipelines.run.sync_report import told
from pipelines.run.tables import raw_tables
from pipelines.run.targets import Target, clients_for, find_targets, utc_now
from pipelines.warehouse.connection import open_warehouse
from pipelines.warehouse.raw import create_tables
from pipelines.warehouse.sync_state import SyncState
from tests.end_to_end.conftest import AT_ONCE, Group

Row = tuple[Any, ...]
Held = tuple[str, str, date, date]  # administration, report, first and last day
SECTIONS = {
    "debit": ("current_assets", "non_current_assets"),
    "credit": ("equity", "provisions", "non_current_liabilities", "current_liabilities"),
}
RESULTS = ("revenue", "direct_costs", "expenses", "other_income_expenses")
TOTALS = ("gross_profit", "operating_profit", "net_profit", "total_expenses", "total_revenue")


@dataclass
class Reading:
    """What one reading of the reports did."""

    planned: dict[str, dict[str, int]]
    reader: ReportReader
    targets: list[Target]
    asked: list[tuple[str, str, str]] = field(default_factory=list)  # administration, report, period

    @property
    def errors(self) -> list[str]:
        return [sentence for target in self.targets if (sentence := told(target.name, target.errors))]


@dataclass
class ReportRoom:
    """A synced group whose reports are read apart from the rest of a sync."""

    group: Group
    only: tuple[int, ...] = ()  # administrations that are read; all when empty

    def begin(self) -> None:
        """As after a first sync that read everything but reports."""
        with self._warehouse() as connection:
            SyncState(connection)
            create_tables(connection, raw_tables())
            for resource in REPORTS:
                connection.execute(f'delete from raw."{resource.table}"')
            connection.execute("drop table if exists sync.report_periods")
            connection.execute("delete from sync.reads where resource like 'report_%'")
            connection.execute("delete from sync.dialects where question like '%report_%'")

    def read(self, *, full: bool = False, again: Collection[Again] = (), killed: bool = False) -> Reading:
        """Plans and reads the reports; the sandbox's log of it is in `asked`. `killed` ends it right after a load."""
        settings = self.group.settings(administrations=tuple(map(self.group.id, self.only)))
        with self._warehouse() as connection:
            state = SyncState(connection)
            clients = clients_for(settings, Budget(100_000, 100_000), lambda: None, AT_ONCE)
            try:
                targets = find_targets(settings, clients).targets
                known = {t.administration_id: (t.period_start.year, t.today, t.now) for t in targets}
                planned = planned_reports(connection, state, books_of(connection, known, full))
                self.group.forget_requests()
                loader = Loader(connection, settings.home)

                def load(tables: list[TableSlice], slice_id: str) -> None:
                    loader.load(tables, slice_id)
                    if killed:
                        raise KeyboardInterrupt

                reader = ReportReader(connection, state, load, new_slice_id, utc_now, full=full)
                reader.run(targets, again)
            finally:
                for client in clients:
                    client.close()
        return Reading(planned, reader, targets, self.asked())

    def speak(self, report_period: str) -> None:
        """The server answers in another dialect of D11 from now on."""
        world = self.group.world
        world.dialect = replace(world.dialect, d11_report_period=report_period)

    @contextmanager
    def lines_moved(self, administration_id: str, month: date) -> Iterator[None]:
        """As when the ledger reader found a line of another contact in that month."""
        with self._warehouse() as connection:
            connection.execute(
                """update raw.journal_entries set contact_id = 'moved' where administration_id = ? and month_date = ?
                   and line_number = 1""",
                [administration_id, month],
            )
        yield

    def asked(self) -> list[tuple[str, str, str]]:
        log = self.group.control.get("/_sandbox/requests").json()
        return [
            (entry["administration_id"], entry["path"].split("/reports/")[1].removesuffix(".json"), _period(entry))
            for entry in log
            if "/reports/" in entry["path"]
        ]

    def held(self) -> dict[Held, list[Row]]:
        """Every held period of every report with its rows in the warehouse, without keys and traces, sorted."""
        found: dict[Held, list[Row]] = {period: [] for period in self.periods()}
        for resource in REPORTS:
            columns = ", ".join(column.name for column in value_columns(resource))
            rows = self.group.query(
                f"select administration_id, period_start_date, period_end_date, {columns} from raw.{resource.table}"
            )
            for administration_id, start, end, *row in rows:
                found[(administration_id, resource.name.removeprefix("report_"), start, end)].append(tuple(row))
        return {period: sorted(rows, key=str) for period, rows in found.items()}

    def periods(self) -> list[Held]:
        """administration, report, first and last day of everything held."""
        return self.group.query(
            """select administration_id, replace(resource, 'report_', ''), period_start_date, period_end_date
               from sync.report_periods order by all"""
        )

    def differences(self) -> list[str]:
        """Every held period of every report that is not what the sandbox answers for it now."""
        with self._api() as api:
            return [
                f"{name} of {administration_id} from {start} to {end}"
                for (administration_id, name, start, end), rows in self.held().items()
                if rows != asked_by_hand(api, administration_id, name, start, end)
            ]

    @contextmanager
    def _api(self) -> Iterator[dict[str, httpx.Client]]:
        clients: dict[str, httpx.Client] = {}
        tokens = self.group.described["tokens"].values()
        for token in tokens:
            client = httpx.Client(
                base_url=self.group.described["api_url"], headers={"Authorization": f"Bearer {token['token']}"}
            )
            clients |= dict.fromkeys(map(str, token["administrations"]), client)
        yield clients
        for client in clients.values():
            client.close()

    @contextmanager
    def _warehouse(self) -> Iterator[duckdb.DuckDBPyConnection]:
        connection = open_warehouse(self.group.settings().warehouse_path)
        try:
            yield connection
        finally:
            connection.close()


def asked_by_hand(api: dict[str, httpx.Client], administration_id: str, name: str, start: date, end: date) -> list[Row]:
    """The rows a report has by its answers, put together without the connector. One month at a time would do too."""
    rows: list[Row] = []
    page = 1
    while True:
        params = {"period": f"{start:%Y%m%d}..{end:%Y%m%d}", "page": str(page), "per_page": "100"}
        answer = api[administration_id].get(f"/{administration_id}/reports/{name}.json", params=params)
        assert answer.status_code == 200, answer.text
        new = list(_rows(name, answer.json()))
        rows += new
        if name not in answer.json() or len(new) < 100:
            return sorted(rows, key=str)
        page += 1


def _rows(name: str, answer: Any) -> Iterator[Row]:
    if name == "tax":
        for row in answer["tax_rates"]:
            texts = (row["tax_rate_id"], row["report_reference"], row["type"], row["name"])
            yield (
                *texts,
                Decimal(row["percentage"]).quantize(Decimal("0.000001")),
                _cents(row["amount"]),
                _cents(row["tax"]),
            )
    elif name == "profit_loss":
        for section in RESULTS:
            for row in answer[f"{section}_by_ledger_account"]["ledger_accounts"]:
                yield (section, "account", row["ledger_account_id"], _cents(row["value"]))
        yield from ((total, "total", None, _cents(answer[total])) for total in TOTALS)
    elif name == "balance_sheet":
        yield from _balance(answer)
    else:
        for row in answer[name]:
            yield (row["contact_id"] if "contact_id" in row else row["project_id"], _cents(row["amount"]))


def _balance(answer: Any) -> Iterator[Row]:
    for side, sections in SECTIONS.items():
        for section in sections:
            for top in answer[side][section]:
                own = top["ledger_account_id"]
                yield (side, section, "account", own, None, None, _cents(top["value"]))
                for child in top["children"]:
                    yield (side, section, "account", child["ledger_account_id"], own, None, _cents(child["value"]))
        yield (side, "total", "total", None, None, None, _cents(answer[side]["total"]))
    for year in answer["credit"]["open_years"]:
        yield ("credit", "open_years", "open_year", None, None, int(year["year"]), _cents(year["value"]))


def _cents(value: str) -> Decimal:
    return Decimal(value).quantize(Decimal("0.01"))


def _period(entry: dict[str, Any]) -> str:
    (period,) = parse_qs(entry["query"])["period"]
    return period

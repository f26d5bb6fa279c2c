"""The auditfile as a line source: equal to the report's lines, and nothing more claimed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

from pipelines.ledger.auditfile_lines import AuditfileSource, LedgerSlice
from pipelines.ledger.auditfile_reading import AuditfileReader
from pipelines.ledger.rotation import Owner, due_turns
from pipelines.moneybird import exports as exporting
from pipelines.moneybird.auth import TokenAuth
from pipelines.moneybird.budget import Budget
from pipelines.moneybird.client import Client
from pipelines.moneybird.exports import Exports
from pipelines.moneybird.resources import BY_NAME
from pipelines.run.load import Loader
from tests.end_to_end.conftest import AT_ONCE, Group

YEARS = (2024, 2025, 2026, 2027)  # the last one has nothing but what was spread into it
AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
_LINES = """
select administration_id, ledger_account_id, date, greatest(amount, 0) as debit, greatest(-amount, 0) as credit,
       count(*) as times
from raw.journal_entries where _deleted_at is null group by all order by all
"""
_DIFFERENCES = """
with lines as (
    select administration_id, ledger_account_id, year(month_date) as year,
           sum(greatest(amount, 0)) as debit, sum(greatest(-amount, 0)) as credit
    from raw.journal_entries group by all)
select totals.administration_id, totals.ledger_account_id, period_start_date
from raw.general_ledger as totals
full join lines on lines.administration_id = totals.administration_id
    and lines.ledger_account_id = totals.ledger_account_id and lines.year = year(period_start_date)
where (period_start_date is null or (month(period_start_date) = 1 and month(period_end_date) = 12))
  and (coalesce(debit, 0), coalesce(credit, 0)) <> (coalesce(debit_sum, 0), coalesce(credit_sum, 0))
"""


class Source:
    """An AuditfileSource over a synced warehouse of its own, whose loads are those of a sync."""

    def __init__(self, group: Group, home: Path) -> None:
        group.begin_synced()
        self.group = group
        self.connection = duckdb.connect(str(group.settings().warehouse_path))
        self.noted: dict[str, list[LedgerSlice]] = {"replacing": [], "replaced": []}
        ids = (f"slice-{number}" for number in count())
        self.source = AuditfileSource(
            connection=self.connection,
            load=Loader(self.connection, home).load,
            replacing=self.noted["replacing"].extend,
            replaced=self.noted["replaced"].extend,
            resource=BY_NAME["journal_entries"],
            reader=AuditfileReader(self.connection, home / "archive"),
            new_slice_id=lambda: next(ids),
            utc_now=lambda: AT,
        )

    def fill(self, *administrations: str, years: tuple[int, ...] = YEARS) -> None:
        """The years of these administrations, or of all."""
        for administration_id, exports in self._exports():
            if not administrations or administration_id in administrations:
                self.source.fill(exports, administration_id, self._name(administration_id), years, AT.date(), AT)

    def read(self, administration_id: str, year: int) -> None:
        """Exports and stages one file."""
        for one, exports in self._exports():
            if one == administration_id:
                self.source.reader.read(exports, one, self._name(one), year, AT.date())

    def _exports(self) -> Iterator[tuple[str, Exports]]:
        api_url = self.group.described["api_url"]
        for name, token in self.group.described["tokens"].items():
            auth = TokenAuth(name, token["token"])
            with Client(api_url, auth, Budget(10**6, 10**6), backoff=AT_ONCE) as client, httpx.Client() as storage:
                for one in token["administrations"]:
                    yield one, Exports(client, storage, api_url, backoff=AT_ONCE, sleep=self._sleep)

    def _name(self, administration_id: str) -> str:
        return str(self.group.world.administrations[int(administration_id)].name)

    def _sleep(self, seconds: float) -> None:
        self.group.world.clock.advance(timedelta(seconds=seconds))

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()


@pytest.fixture
def source(group: Group, tmp_path: Path) -> Source:
    return Source(group, tmp_path / "home")


def test_lines_of_the_auditfiles_are_those_of_the_reports_and_prove_the_ledger(source: Source) -> None:
    """Of three administrations, as a multiset of (account, date, debit, credit)."""
    three = [source.group.id(number) for number in (0, 1, 2)]
    source.connection.execute("delete from raw.journal_entries where not list_contains(?, administration_id)", [three])
    source.connection.execute("delete from raw.general_ledger where not list_contains(?, administration_id)", [three])
    from_reports = source.query(_LINES)
    assert {line[0] for line in from_reports} == set(three)
    source.connection.execute("delete from raw.journal_entries")
    assert source.query(_DIFFERENCES)

    source.fill(*three)

    assert source.query(_LINES) == from_reports
    assert source.query(_DIFFERENCES) == []
    assert source.query("select distinct line_source from raw.journal_entries") == [("auditfile",)]
    unknown = "id, document_type, document_id, project_id, contact_id, tax_rate_id, financial_account_id"
    assert source.query(f"select distinct {unknown} from raw.journal_entries") == [(None,) * 7]
    slices = "select administration_id, ledger_account_id, month_date, line_number from raw.journal_entries"
    assert source.query(f"select count(*) from ({slices} group by all having count(*) > 1)") == [(0,)]


def test_every_slice_is_noted_and_waits_for_its_report_newest_month_first(source: Source) -> None:
    studio = source.group.id(1)
    source.connection.execute("delete from raw.journal_entries where administration_id = ?", [studio])

    source.fill(studio)

    loaded = source.query(
        f"select distinct administration_id, ledger_account_id, month_date from raw.journal_entries "
        f"where administration_id = '{studio}'"
    )
    assert source.noted["replacing"] == source.noted["replaced"]
    assert sorted(one[:3] for one in source.noted["replaced"]) == sorted(loaded)
    assert {one[3] for one in source.noted["replaced"]} == {AT}
    turns = due_turns(source.connection, [Owner(studio, AT.date(), AT)], 1_000)
    assert [turn.start for turn in turns] == sorted((turn.start for turn in turns), reverse=True)
    newest = max(month for _, _, month in loaded)
    assert turns[0].start == newest, "within what a run may spend, the newest month goes first"


def test_a_year_that_has_lines_costs_nothing(source: Source) -> None:
    source.group.forget_requests()

    source.fill(years=YEARS[:3])

    assert source.group.requests() == {}
    assert source.noted == {"replacing": [], "replaced": []}


def test_a_file_replaces_its_year_and_nothing_else(source: Source) -> None:
    """A slice that a document left disappears, other years and administrations stay the reports'."""
    studio = source.group.id(1)
    before = source.query(_LINES)
    source.connection.execute(
        """insert into raw.journal_entries by name
           select ? as administration_id, 'left' as ledger_account_id, date '2025-03-01' as month_date,
                  date '2025-03-01' as date, 1.00 as amount""",
        [studio],
    )

    source.read(studio, 2025)
    source.source.load_staged(studio, 2025, AT)

    assert source.query(_LINES) == before
    marked = source.query(
        "select distinct administration_id, year(month_date) from raw.journal_entries where line_source = 'auditfile'"
    )
    assert marked == [(studio, 2025)]


def test_a_number_that_two_accounts_have_leaves_the_year_to_the_reports(
    source: Source, caplog: pytest.LogCaptureFixture
) -> None:
    holding = source.group.id(0)
    source.connection.execute("delete from raw.journal_entries where administration_id = ?", [holding])
    source.connection.execute(
        """update raw.ledger_accounts set account_id = (select max(account_id) from raw.ledger_accounts
               where administration_id = $a and id in (select ledger_account_id from raw.general_ledger))
           where administration_id = $a and id in (select ledger_account_id from raw.general_ledger)""",
        {"a": holding},
    )

    source.fill(holding, years=(2025,))

    assert source.query(f"select count(*) from raw.journal_entries where administration_id = '{holding}'") == [(0,)]
    assert "which no ledger account has; its lines were not loaded" in caplog.text


def test_a_sync_that_begins_with_auditfiles_is_proved_and_goes_over_to_the_reports(
    new_group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The switch end to end: marked lines, the same proof, and each run replaces the newest of them, as planned."""
    assert new_group.control.post("/_sandbox/exports", json={"seconds": 0}).status_code == 200
    monkeypatch.setattr(exporting, "FIRST_PAUSE", 0.01)
    first = new_group.sync(line_source="auditfile")

    def marked() -> int:
        return int(new_group.query("select count(*) from raw.journal_entries where line_source = 'auditfile'")[0][0])

    loaded = marked()
    assert first.status == "ok"
    assert first.ledger_proof["differences"] == 0
    assert loaded > 1_000
    states = {row[0] for row in new_group.query("select distinct state from sync.dimension_proof")}
    assert "differs" not in states, "a line without a contact is not a wrong contact"

    second = new_group.sync(line_source="auditfile")

    assert second.requests["reports"] == second.requests["planned_reports"]
    assert second.ledger_proof["differences"] == 0
    assert 0 < marked() < loaded

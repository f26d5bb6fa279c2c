"""Hours → lines: what is billed, how it is rounded, and that no entry is billed twice or forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import CommandRefusedError
from pipelines.money import ZERO, to_cents
from pipelines.operations import Command, State, Store, commands, open_store
from pipelines.writeback import DraftInvoice, Office, Policy, Tables, approve, cancel, examine, submit
from pipelines.writeback.billing_hours import HourLine, HourPolicy, lines_of
from pipelines.writeback.catalogue import MartsCatalogue
from pipelines.writeback.catalogue.hours import BillableHours
from pipelines.writeback.hour_words import description
from pipelines.writeback.sources.source import Asked, Taken
from pipelines.writeback.sources.unbilled_hours import UnbilledHours
from tests.pipelines.finance_rows import LOOKUPS
from tests.pipelines.test_writeback_decisions import DUTCH, FINANCE, GERMAN, MARTS, NOW, SWISS
from tests.pipelines.test_writeback_time_entries import Agency, HourBench
from tests.pipelines.writeback_bench import ANYBODY, Clock, Wire

HOURS = """
    alter table marts.dim_contact add column contact_key varchar;
    alter table marts.dim_project add column project_key varchar;
    update marts.dim_contact set contact_key = '101-' || contact_id;
    insert into marts.dim_project values
        ('101', '5', 'Kade', 'active', false, '101-5'), ('101', '6', 'Sluis', 'active', false, '101-6'),
        ('101', '7', 'Dijk', 'archived', false, '101-7'), ('101', null, 'No project', null, false, '101-none');
    create table marts.fct_time_entry (
        administration_id varchar, time_entry_id varchar, contact_key varchar, project_key varchar, user_key varchar,
        user_name varchar, started_at timestamptz, ended_at timestamptz, entry_date date, minutes integer,
        is_billable boolean, billing_state varchar, hourly_rate_amount decimal(18, 2),
        hourly_rate_currency_code varchar, description varchar
    );
"""
MAY = date(2026, 5, 4)


def policy(**changed: str) -> dict[str, str]:
    return {
        "administration_id": "101", "contact_id": "", "valid_from_date": "2000-01-01", "valid_to_date": "",
        "increment_minutes": "1", "mode": "nearest", "level": "line", "group_by_user": "false",
        "group_by_month": "false", "service_place": "general", **changed,
    }  # fmt: skip


@dataclass
class Company:
    """Marts with hours, an outbox, and finance's policies."""

    connection: duckdb.DuckDBPyConnection
    store: Store
    policies: list[dict[str, str]] = field(default_factory=lambda: [policy()])
    count: int = 0

    def works(
        self, minutes: int | None, *, contact: str = DUTCH, day: date = MAY, project: str = "5", **other: Any
    ) -> str:
        """A billable entry, and its id."""
        self.count += 1
        row = {
            "administration_id": "101", "time_entry_id": str(self.count), "contact_key": f"101-{contact}",
            "project_key": f"101-{project}", "user_key": "101-9", "user_name": "Sam", "entry_date": day,
            "minutes": minutes, "is_billable": True, "hourly_rate_amount": "95.00",
            "billing_state": "running" if minutes is None else "unbilled", **other,
        }  # fmt: skip
        names, marks = ", ".join(row), ", ".join("?" for _ in row)
        self.connection.execute(f"insert into marts.fct_time_entry ({names}) values ({marks})", list(row.values()))
        return str(self.count)

    def office(self) -> Office:
        tables = {name: tuple(table) for name, table in {**FINANCE, "hour_policies": self.policies}.items()}
        catalogue = MartsCatalogue(self._ask)
        return Office(catalogue, Tables(tables, LOOKUPS), Policy(lambda _: True), NOW, self.store)

    def take(self, **asked: Any) -> Taken:
        return UnbilledHours().take(Asked(**asked), self.office())

    def only(self) -> DraftInvoice:
        [(_, request)] = self.take().requests
        assert isinstance(request, DraftInvoice)
        return request

    def ask_for_all(self) -> list[Command]:
        taken = self.take().requests
        return [submit(self.store, request, self.office(), who="anna", origin=origin) for origin, request in taken]

    def moved(self, command: Command, to: State, **values: Any) -> Command:
        with self.store.write() as connection:
            return commands.move(connection, command, to, at=NOW, who="test", what="moved", **values)

    def _ask(self, sql: str, params: Sequence[object]) -> list[Mapping[str, Any]]:
        cursor = self.connection.execute(sql, list(params))
        columns = [column[0] for column in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    store = open_store(f"sqlite:///{tmp_path / 'operations.sqlite'}")
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(MARTS + HOURS)
        yield Company(connection, store)
    store.close()


# Rounding: DOMAIN R7.4 and R7.5


def hours(minutes: int, number: int = 1, **changed: Any) -> BillableHours:
    usual = BillableHours(
        str(number), "101", DUTCH, "NL", "5", "Kade", "9", "Sam", MAY, minutes, Decimal("95.00"), "EUR"
    )  # fmt: skip
    return replace(usual, **changed)


@pytest.mark.parametrize(
    ("agreed", "billed"),
    [
        (HourPolicy(15, "up", "entry"), 90),
        (HourPolicy(15, "up", "line"), 75),
        (HourPolicy(6, "nearest", "entry"), 66),
        (HourPolicy(6, "up", "entry"), 78),
        (HourPolicy(15, "down", "entry"), 45),
        (HourPolicy(15, "up", "day"), 75),
        (HourPolicy(), 67),
        (HourPolicy(0, "up"), 67),
    ],
)
def test_seven_twentytwo_and_thirtyeight_minutes_by_policy(agreed: HourPolicy, billed: int) -> None:
    """T-29: the same 67 minutes are 90, 75, 66 or 78, as finance agreed with the customer."""
    entries = tuple(hours(minutes, number) for number, minutes in enumerate((7, 22, 38)))
    assert HourLine(entries, agreed, Decimal(95)).billed_minutes == billed


def test_a_day_is_rounded_once_for_all_its_entries() -> None:
    entries = (hours(7, 1), hours(22, 2), hours(38, 3, entry_date=MAY + timedelta(days=1)))
    assert HourLine(entries, HourPolicy(15, "up", "day"), Decimal(95)).billed_minutes == 30 + 45


def test_the_hours_that_are_sent_are_what_is_charged(company: Company) -> None:
    """R7.5: 67 minutes would be 106.08, but 1.12 hours are sent and printed, so 106.40 is asked and shown before."""
    company.works(67)
    request = company.only()
    shown = examine(request, company.office()).preview
    assert shown is not None
    assert (request.lines[0].quantity, shown.total_excl_amount) == (Decimal("1.12"), Decimal("106.40"))
    assert request.lines[0].description == (
        "Kade, 04-05-2026: 67 minuten gewerkt, niet afgerond: 67 minuten = 1,12 uur, afgerond op honderdsten van uren"
    )


def test_the_invoice_says_at_which_level_was_rounded() -> None:
    agreed = HourPolicy(15, "up", "entry", group_by_user=True)
    entries = (hours(7, 1), hours(22, 2, entry_date=MAY + timedelta(days=1)))
    assert description(HourLine(entries, agreed, Decimal(95))) == (
        "Kade, Sam, 04-05-2026 t/m 05-05-2026: 29 minuten gewerkt, per urenregel naar boven afgerond op 15 minuten: "
        "45 minuten = 0,75 uur"
    )
    german = tuple(replace(each, contact_country_code="DE", project_name="", project_id=None) for each in entries)
    assert description(HourLine(german, replace(agreed, level="line"), Decimal(95))) == (
        "Work, Sam, 04-05-2026 to 05-05-2026: 29 minutes worked, rounded up to 15 minutes per invoice line: "
        "30 minutes = 0.50 hours"
    )


def test_the_customers_own_policy_holds_on_its_days(company: Company) -> None:
    company.policies = [
        policy(increment_minutes="15", mode="up", level="entry"),
        policy(contact_id=GERMAN, increment_minutes="6", mode="up", level="entry", valid_from_date="2026-05-04"),
    ]
    for contact, day in ((DUTCH, MAY), (GERMAN, MAY), (GERMAN, MAY - timedelta(days=1))):
        company.works(7, contact=contact, day=day)
    requests = {request.contact_id: request for _, request in company.take().requests}
    assert [line.quantity for line in requests[DUTCH].lines] == [Decimal("0.25")]
    assert [line.quantity for line in requests[GERMAN].lines] == [Decimal("0.25"), Decimal("0.20")]


# Grouping: DOMAIN R7.3


def _worked(number: int, minutes: int, project: str | None, user: str, rate: Decimal, day: int) -> BillableHours:
    when = date(2012, 9, 28) + timedelta(days=day)
    return hours(minutes, number, project_id=project, user_id=user, hourly_rate_amount=rate, entry_date=when)


ENTRY = st.builds(
    _worked,
    number=st.integers(1, 10**6),
    minutes=st.integers(0, 900),
    project=st.sampled_from(["5", "6", None]),
    user=st.sampled_from(["8", "9"]),
    rate=st.sampled_from([Decimal("95.00"), Decimal("112.50")]),
    day=st.integers(0, 40),
)
ENTRIES = st.lists(ENTRY, unique_by=lambda each: each.time_entry_id, min_size=1, max_size=25)
POLICIES = st.fixed_dictionaries(
    {
        "increment_minutes": st.sampled_from(["0", "1", "5", "6", "15", "60"]),
        "mode": st.sampled_from(["up", "down", "nearest"]),
        "level": st.sampled_from(["entry", "day", "line"]),
        "group_by_user": st.sampled_from(["true", "false"]),
        "group_by_month": st.sampled_from(["true", "false"]),
    }
)


@given(ENTRIES, POLICIES)
def test_every_entry_is_in_one_line_and_no_minute_is_lost_or_mixed(
    entries: list[BillableHours], agreed: dict[str, str]
) -> None:
    changes = date(2012, 10, 1)  # the Dutch rate went from 19 to 21 %
    row = policy(**agreed)
    lines = lines_of(entries, [row], lambda day: (Decimal(day >= changes),))
    found = [each.time_entry_id for line in lines for each in line.entries]
    assert sorted(found) == sorted(each.time_entry_id for each in entries)
    assert sum(line.worked_minutes for line in lines) == sum(each.minutes or 0 for each in entries)
    step = max(int(agreed["increment_minutes"]), 1)
    for line in lines:
        assert {(each.project_id, each.hourly_rate_amount) for each in line.entries} == {
            (line.entries[0].project_id, line.rate)
        }
        assert len({each.entry_date >= changes for each in line.entries}) == 1
        assert agreed["group_by_user"] == "false" or len({each.user_id for each in line.entries}) == 1
        assert agreed["group_by_month"] == "false" or len({each.entry_date.month for each in line.entries}) == 1
        roundings = {"entry": len(line.entries), "day": len({each.entry_date for each in line.entries}), "line": 1}
        assert line.billed_minutes % step == 0
        assert abs(line.billed_minutes - line.worked_minutes) < step * roundings[agreed["level"]] or step == 1
        assert abs(line.quantity * 60 - line.billed_minutes) <= Decimal("0.3")


def test_a_change_of_the_vat_rate_parts_the_hours_before_and_after(company: Company) -> None:
    for day in (date(2012, 9, 29), date(2012, 9, 30), date(2012, 10, 1)):
        company.works(60, day=day)
    lines = company.only().lines
    assert [(line.quantity, line.supply and line.supply.supplied_on) for line in lines] == [
        (Decimal(2), date(2012, 9, 30)),
        (Decimal(1), date(2012, 10, 1)),
    ]


def test_what_is_sent_is_the_sum_of_the_lines_and_links_every_entry(company: Company) -> None:
    ids = [
        company.works(67), company.works(20, project="6"), company.works(31, project="none"),
        company.works(45, hourly_rate_amount="110.00"), company.works(60, day=MAY + timedelta(days=40)),
    ]  # fmt: skip
    request = company.only()
    shown = examine(request, company.office()).preview
    assert shown is not None
    assert sorted(request.time_entry_ids) == ids
    assert shown.request.body is not None
    sent = shown.request.body["sales_invoice"]
    assert sorted(sent["time_entry_ids"]) == ids
    details = [(Decimal(each["amount"]), Decimal(each["price"])) for each in sent["details_attributes"]]
    assert details == [
        (Decimal("2.12"), Decimal(95)), (Decimal("0.33"), Decimal(95)), (Decimal("0.52"), Decimal(95)),
        (Decimal("0.75"), Decimal(110)),
    ]  # fmt: skip
    assert shown.total_excl_amount == sum((to_cents(amount * price) for amount, price in details), ZERO)
    assert [each.name for each in shown.claims if each.is_exclusive] == [
        f"time_entry:{each}" for each in request.time_entry_ids
    ]


# VAT is decided by the rules


def test_each_customer_gets_the_vat_of_its_country(company: Company) -> None:
    for contact in (DUTCH, GERMAN, SWISS):
        company.works(120, contact=contact)
    found = {}
    for _, request in company.take().requests:
        assert isinstance(request, DraftInvoice)
        shown = examine(request, company.office()).preview
        assert shown is not None
        found[request.contact_id] = (shown.rate_totals[0].name, shown.total_incl_amount)
    assert found == {
        DUTCH: ("21% btw", Decimal("229.90")),
        GERMAN: ("Verlegd EU", Decimal("190.00")),
        SWISS: ("Buiten EU", Decimal("190.00")),
    }


def test_where_finance_did_not_say_where_the_work_is_taxed_nothing_goes_abroad(company: Company) -> None:
    company.policies = []
    company.works(60, contact=GERMAN)
    with pytest.raises(CommandRefusedError, match="it is not known where the service is taxed"):
        company.ask_for_all()


# What is left out is said


def test_what_cannot_be_billed_is_counted_with_the_reason(company: Company) -> None:
    company.works(None)
    company.works(30, contact="none")
    company.works(40, contact="none")
    company.works(50, hourly_rate_amount=None)
    company.works(60, hourly_rate_currency_code="USD")
    company.works(70, project="7")
    company.works(80, is_billable=False, billing_state="not_billable")
    company.works(90, billing_state="billed")
    billed = company.works(100)
    taken = company.take()
    assert [request.time_entry_ids for _, request in taken.requests] == [(billed,)]  # type: ignore[attr-defined]
    assert sorted(taken.remarks) == [
        "Duif: 1 entry of 0 minutes left out, still running.",
        "Duif: 1 entry of 50 minutes left out, without an hourly rate; add a row to hourly_rates and build.",
        "Duif: 1 entry of 60 minutes left out, with a rate in USD, while drafts here are in EUR.",
        "Duif: 1 entry of 70 minutes left out, of project 'Dijk', which is archived; restore it or move the hours.",
        "Duif: 2 entries of 70 minutes left out, without a contact to bill.",
    ]


def test_what_rounds_to_nothing_waits_for_more(company: Company) -> None:
    company.policies = [policy(increment_minutes="15", mode="down")]
    company.works(7)
    taken = company.take()
    assert (taken.requests, taken.remarks) == (
        (), ("Duif: 1 entry of 7 minutes left out, too short to bill after rounding.",),
    )  # fmt: skip
    company.works(8)
    assert company.only().lines[0].quantity == Decimal("0.25")


def test_more_lines_than_a_draft_has_are_said(company: Company) -> None:
    for number in range(201):
        company.works(60, hourly_rate_amount=f"{100 + number}.00")
    taken = company.take()
    assert taken.requests == ()
    assert taken.remarks == (
        "Duif: 201 entries of 12060 minutes left out, in more than 200 lines for one customer; group them wider in "
        "hour_policies.",
    )


def test_only_hours_until_the_day_and_of_the_administration(company: Company) -> None:
    first, _ = company.works(60), company.works(60, day=MAY + timedelta(days=1))
    [(_, request)] = company.take(until=MAY).requests
    assert request.time_entry_ids == (first,)  # type: ignore[attr-defined]
    assert company.take(administration_id="102") == Taken()


def test_todays_hours_are_those_of_the_day_in_the_administration(company: Company) -> None:
    """Half past midnight on 5 May in Amsterdam is 4 May in UTC."""
    company.works(60, day=MAY + timedelta(days=1))
    for hour, found in ((22, 1), (21, 0)):
        at = replace(company.office(), now=datetime(2026, 5, 4, hour, 30, tzinfo=UTC))
        assert len(UnbilledHours().take(Asked(), at).requests) == found


def test_hours_where_nobody_may_write_are_said(company: Company) -> None:
    company.works(60)
    office = replace(company.office(), policy=Policy(lambda _: False))
    assert UnbilledHours().take(Asked(), office) == Taken(
        (), (), ("Administration 101 has hours, but may not be written to.",)
    )


# Asking again


def test_the_same_hours_are_the_same_command_and_more_of_them_take_its_place(company: Company) -> None:
    company.works(60)
    [first] = company.ask_for_all()
    approve(company.store, first.id, company.office(), who="anna", seen=first.preview_hash, reviewed=True)
    [again] = company.ask_for_all()
    assert (again.id, again.state) == (first.id, State.QUEUED)
    company.works(30, day=MAY - timedelta(days=9))
    [more] = company.ask_for_all()
    assert (more.id, more.state, more.approved_by) == (first.id, State.AWAITING_APPROVAL, None)
    assert len(more.request["time_entry_ids"]) == 2


@pytest.mark.parametrize("sent", [True, False])
def test_after_it_was_sent_or_cancelled_what_is_left_comes_under_the_next_number(company: Company, sent: bool) -> None:
    old = company.works(60)
    [first] = company.ask_for_all()
    if sent:
        queued = approve(company.store, first.id, company.office(), who="anna", seen=first.preview_hash, reviewed=True)
        company.moved(company.moved(queued, State.SENDING, sent_at=NOW, attempts=1), State.VERIFIED, remote_id="1")
    else:
        cancel(company.store, first.id, ANYBODY, who="anna", at=NOW)
    new = company.works(30)
    [second] = company.ask_for_all()
    assert second.id != first.id
    assert second.request["draft_id"] == f"hours {DUTCH} 2"
    assert second.request["time_entry_ids"] == ([new] if sent else [old, new])
    if sent:
        assert company.take().remarks == (f"Duif: 1 entry of 60 minutes left out, already in command {first.id}.",)


def test_hours_that_another_command_bills_are_left_to_it(company: Company) -> None:
    taken, free = company.works(60), company.works(30)
    by_hand = company.only().model_copy(update={"draft_id": "form-1", "time_entry_ids": (taken,)})
    other = submit(company.store, by_hand, company.office(), who="bas")
    found = company.take()
    assert [request.time_entry_ids for _, request in found.requests] == [(free,)]  # type: ignore[attr-defined]
    assert found.remarks == (f"Duif: 1 entry of 60 minutes left out, already in command {other.id}.",)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("update marts.fct_time_entry set billing_state = 'in_draft'", "Of 1 time entries 1 is in draft"),
        ("delete from marts.fct_time_entry", "Of 1 time entries 1 is not there"),
    ],
)
def test_hours_that_were_billed_elsewhere_meanwhile_are_refused_at_approval(
    company: Company, change: str, said: str
) -> None:
    company.works(60)
    [command] = company.ask_for_all()
    company.connection.execute(change)
    with pytest.raises(CommandRefusedError, match=said):
        approve(company.store, command.id, company.office(), who="anna", seen=command.preview_hash, reviewed=True)


# At Moneybird


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[HourBench]:
    store = open_store(f"sqlite:///{tmp_path / 'bench.sqlite'}")
    moneybird = Agency()
    made = HourBench(moneybird, Wire(moneybird.transport), store, Clock())
    yield made
    for client in made.clients:
        client.close()
    moneybird.transport.close()
    store.close()


def test_the_entries_are_linked_to_the_draft(bench: HourBench) -> None:
    entry = bench.moneybird.by_hand(bench.hours())
    command = bench.press(bench.draft(time_entry_ids=[str(entry.id)]))
    bench.work()
    after = bench.now(command)
    assert after.state is State.VERIFIED
    assert str(bench.moneybird.books.time_entries[entry.id].invoice_id) == after.remote_id


def test_a_draft_without_its_entries_is_flagged_and_taken_back(bench: HourBench) -> None:
    """Else the same hours would be billed once more after the next sync."""
    entry = bench.moneybird.by_hand(bench.hours())
    command = bench.press(bench.draft(time_entry_ids=[str(entry.id)]))
    bench.wire.posts.append(_forgetful)
    bench.work()
    after = bench.now(command)
    assert after.state is State.FAILED
    assert f"time entries: expected {entry.id}, found none" in (after.last_error or "")
    assert bench.made_for(command) == 0


def _forgetful(inner: httpx.BaseTransport, request: httpx.Request) -> httpx.Response:
    """Moneybird makes the draft and leaves the hours where they were."""
    body = json.loads(request.content)
    del body["sales_invoice"]["time_entry_ids"]
    headers = {key: value for key, value in request.headers.items() if key != "content-length"}
    return inner.handle_request(httpx.Request("POST", request.url, json=body, headers=headers))

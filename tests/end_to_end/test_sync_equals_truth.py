"""Whatever happens to the books and to the process, after the next sync the warehouse equals the sandbox."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from pipelines.run.planning import make_plan
from tests.end_to_end.conftest import Group

STUDIO, ADVIES, WEBSHOP = 1, 2, 3


def test_a_first_sync_holds_everything_and_the_ledger_is_proved(group: Group) -> None:
    report = group.sync()

    assert report.status == "ok"
    assert group.differences() == []
    assert report.ledger_proof["accounts"] > 100
    assert report.ledger_proof["differences"] == 0
    assert {proof.state for proof in report.proofs} == {"proved"}


def test_the_plan_is_the_request_log_of_an_unchanged_sync_that_writes_nothing(group: Group) -> None:
    group.begin_synced()
    group.forget_requests()

    plan = make_plan(group.settings()).to_json()
    assert group.requests() == {}, "a plan spends nothing"
    report = group.sync()

    planned = {(None, "general"): plan["tokens"]["general"]}
    for administration_id, one in plan["administrations"].items():
        planned |= {(administration_id, bucket): one[bucket] for bucket in ("general", "reports")}
    assert group.requests() == planned
    assert report.requests["general"] == report.requests["planned_general"]
    assert report.requests["reports"] == report.requests["planned_reports"]
    assert report.tables == {}
    assert {one["rows"] for one in report.administrations.values()} == {0}


CHANGES: list[tuple[str, int, dict[str, Any]]] = [
    ("remove_invoice_line", STUDIO, {}),
    ("change_invoice_line", STUDIO, {}),
    ("empty_payments", WEBSHOP, {}),
    ("delete_invoice", ADVIES, {}),
    ("pay_invoice", STUDIO, {}),
    ("create_and_send_invoice", WEBSHOP, {}),
    ("create_and_send_invoice", STUDIO, {"period": "20261201..20270228"}),
    ("mark_uncollectible", WEBSHOP, {}),
    ("book_on_control_account", STUDIO, {}),
    ("change_contact", STUDIO, {}),
    ("archive_contact", ADVIES, {}),
    ("delete_contact", ADVIES, {}),
    ("move_time_entry", STUDIO, {}),
    ("delete_time_entry", STUDIO, {}),
    ("stop_time_entry", STUDIO, {}),
]


def test_changes_of_every_kind_arrive_and_cost_little(group: Group) -> None:
    group.begin_synced()
    group.control.post(
        "/_sandbox/events", json={"administration_id": group.id(STUDIO), "type": "advance_clock", "seconds": 60}
    )
    for kind, administration, fields in CHANGES:
        group.happens(kind, administration, **fields)

    report = group.sync()

    assert group.differences() == []
    assert report.ledger_proof["differences"] == 0
    assert report.administrations[group.id(ADVIES)]["tombstones"] == 2
    assert report.administrations[group.id(STUDIO)]["tombstones"] == 1


@pytest.mark.parametrize("kind", ["remove_invoice_line", "empty_payments"])
def test_a_list_that_became_shorter_or_empty_does_not_keep_its_old_rows(group: Group, kind: str) -> None:
    group.begin_synced()
    group.happens("advance_clock", STUDIO, seconds=60)
    changed = group.happens(kind, STUDIO)

    report = group.sync()

    assert group.differences() == []
    if kind == "empty_payments":
        payments = f"raw.sales_invoices__payments where sales_invoice_id = '{changed['sales_invoice_id']}'"
        assert group.query(f"select count(*) from {payments}") == [(0,)]
    assert report.administrations[group.id(WEBSHOP)]["rows"] == 0


def test_a_deleted_invoice_is_a_tombstone_with_its_last_values_and_returns_at_its_old_version(group: Group) -> None:
    group.begin_synced()
    deleted = group.happens("delete_invoice", STUDIO)["sales_invoice_id"]
    row = (
        f"select _deleted_at is not null, total_price_incl_tax, version from raw.sales_invoices where id = '{deleted}'"
    )
    (before,) = group.query(row)

    report = group.sync()
    (gone,) = group.query(row)
    assert report.administrations[group.id(STUDIO)]["tombstones"] == 1
    assert gone == (True, *before[1:])
    assert group.query(
        f"select count(*) = count(_deleted_at) from raw.sales_invoices__details where sales_invoice_id = '{deleted}'"
    ) == [(True,)]
    assert group.differences() == []

    group.happens("restore_invoice", STUDIO)
    group.sync()
    assert group.query(row) == [before]
    assert group.differences() == []


def test_two_saves_in_one_second_are_both_seen(group: Group) -> None:
    """A version is a whole second: what was saved again inside the poll's second keeps its version."""
    group.begin_synced()
    changed = group.happens("change_contact", STUDIO, company_name="Eerste naam B.V.")
    group.sync()
    _saved_again(group, changed["contact_id"])
    group.happens("advance_clock", STUDIO, seconds=60)

    group.sync()

    assert group.differences() == []


KILLED = """
import os, signal, sys
from pipelines.warehouse.proofs import LedgerState
from pipelines.warehouse.stamps import SyncState
{method} = lambda *arguments, **named: os.kill(os.getpid(), signal.SIGKILL)
from pipelines.cli import main
sys.argv[1:] = ["sync"]
main()
"""


@pytest.mark.parametrize("method", ["SyncState.write", "LedgerState.replaced"])
def test_a_kill_between_load_and_stamp_loses_nothing(group: Group, method: str) -> None:
    group.begin_synced()
    group.happens("advance_clock", STUDIO, seconds=60)
    for kind, administration, fields in CHANGES:
        group.happens(kind, administration, **fields)
    killed = subprocess.run([sys.executable, "-c", KILLED.format(method=method)], env=group.environment(), check=False)
    assert killed.returncode == -signal.SIGKILL

    report = group.sync()

    assert report.status == "ok"
    assert report.ledger_proof["differences"] == 0
    assert group.differences() == []


@pytest.mark.parametrize("group", ["D11=one_month"], indirect=True)
def test_a_server_that_answers_one_month_at_a_time_is_read_month_by_month(group: Group) -> None:
    report = group.sync(administrations=(group.id(ADVIES),))

    assert report.ledger_proof["differences"] == 0


def test_rows_with_a_date_of_next_year_and_before_the_books_are_read(group: Group) -> None:
    group.begin_synced()
    group.happens("create_and_send_invoice", STUDIO, invoice_date="2027-03-01")
    group.happens("create_and_send_invoice", STUDIO, invoice_date="2019-05-01")

    group.sync(full=True)

    assert group.differences() == []


def test_a_feed_that_shrinks_at_once_marks_nothing_deleted(group: Group) -> None:
    group.begin_synced()
    before = group.query("select count(*) from raw.sales_invoices where _deleted_at is null")
    webshop = group.id(WEBSHOP)
    invoices = group.control.get(f"/_sandbox/records/{webshop}/sales_invoices").json()
    for invoice in invoices[: len(invoices) // 2]:
        group.happens("delete_invoice", WEBSHOP, sales_invoice_id=invoice["id"])

    report = group.sync()

    assert report.status == "partly"
    assert "vanished from the feed at once" in str(report.administrations[webshop]["error"])
    assert group.query("select count(*) from raw.sales_invoices where _deleted_at is null") == before


def test_an_invoice_of_a_year_without_any_lines_reaches_the_ledger(group: Group) -> None:
    """Before the books and after this year: a document's date says which years are compared."""
    group.begin_synced()
    group.happens("advance_clock", STUDIO, seconds=60)
    group.happens("create_and_send_invoice", WEBSHOP, invoice_date="2027-03-27")
    group.happens("create_and_send_invoice", WEBSHOP, invoice_date="2020-05-01")

    report = group.sync(full=True)

    assert {2020, 2027} <= {proof.year for proof in report.proofs if proof.accounts}
    assert report.ledger_proof["differences"] == 0
    years = (
        f"select distinct year(date) from raw.journal_entries where administration_id = '{group.id(WEBSHOP)}' "
        "and document_type = 'SalesInvoice' and year(date) in (2020, 2027) order by 1"
    )
    assert group.query(years) == [(2020,), (2027,)]
    assert make_plan(group.settings()).requests("reports") == group.sync().requests["reports"]


def test_a_later_month_that_loses_its_last_line_does_not_keep_its_totals(group: Group) -> None:
    group.begin_synced()
    group.happens("advance_clock", STUDIO, seconds=60)
    added = group.happens("create_and_send_invoice", WEBSHOP, invoice_date="2027-03-27")
    group.sync()
    totals = (
        f"select count(*) from raw.general_ledger where administration_id = '{group.id(WEBSHOP)}' "
        "and period_start_date = '2027-03-01' and (debit_sum <> 0 or credit_sum <> 0)"
    )
    assert group.query(totals) != [(0,)]

    group.happens("advance_clock", STUDIO, seconds=60)
    group.happens("delete_invoice", WEBSHOP, sales_invoice_id=added["sales_invoice_id"])
    group.sync()

    assert group.query(totals) == [(0,)]


def _saved_again(group: Group, contact_id: str) -> None:
    """A second save in the second of the first: another name under the same version."""
    contact = group.world.administrations[int(group.id(STUDIO))].contacts[int(contact_id)]
    contact.card = replace(contact.card, company_name="Tweede naam B.V.")


def test_a_record_missed_inside_the_polls_second_is_asked_for_again(group: Group) -> None:
    """Its version does not differ, so nothing but the miss itself says that it is still due."""
    group.begin_synced()
    changed = group.happens("change_contact", STUDIO, company_name="Eerste naam B.V.")
    group.sync()
    _saved_again(group, changed["contact_id"])
    group.happens("advance_clock", STUDIO, seconds=60)
    group.fault("wrong_records", match=f"{group.id(STUDIO)}/contacts/synchronization", method="POST")
    assert "was not asked for" in str(group.sync().administrations[group.id(STUDIO)]["error"])

    group.sync()

    assert group.differences() == []


def test_an_invoice_whose_date_leaves_every_window_is_not_deleted(group: Group) -> None:
    group.begin_synced()
    group.happens("advance_clock", STUDIO, seconds=60)
    scheduled = group.happens("schedule_invoice", STUDIO, date="2031-01-01")["sales_invoice_id"]

    report = group.sync()

    assert report.administrations[group.id(STUDIO)]["tombstones"] == 0
    assert group.query(f"select year(invoice_date) from raw.sales_invoices where id = '{scheduled}'") == [(2031,)]
    assert group.differences() == []

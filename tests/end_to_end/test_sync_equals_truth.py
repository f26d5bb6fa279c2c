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

HOLDING, STUDIO, ADVIES, WEBSHOP = range(4)


def test_a_first_sync_holds_everything_and_the_ledger_is_proved(group: Group) -> None:
    group.begin_synced()

    assert group.differences() == []
    assert group.query("select distinct status, error from sync.administrations") == [("ok", None)]
    proofs = "select sum(accounts) > 100, sum(differences), min(state), max(state) from sync.ledger_proof"
    assert group.query(proofs) == [(True, 0, "proved", "proved")]


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
def test_a_list_that_became_shorter_or_empty_does_not_keep_its_old_rows(small_group: Group, kind: str) -> None:
    small_group.happens("advance_clock", STUDIO, seconds=60)
    changed = small_group.happens(kind, STUDIO)

    report = small_group.sync()

    assert small_group.differences() == []
    if kind == "empty_payments":
        payments = f"raw.sales_invoices__payments where sales_invoice_id = '{changed['sales_invoice_id']}'"
        assert small_group.query(f"select count(*) from {payments}") == [(0,)]
    assert report.administrations[small_group.id(HOLDING)]["rows"] == 0


def test_a_deleted_invoice_is_a_tombstone_with_its_last_values_and_returns_at_its_old_version(
    small_group: Group,
) -> None:
    deleted = small_group.happens("delete_invoice", STUDIO)["sales_invoice_id"]
    row = (
        f"select _deleted_at is not null, total_price_incl_tax, version from raw.sales_invoices where id = '{deleted}'"
    )
    (before,) = small_group.query(row)

    report = small_group.sync()
    (gone,) = small_group.query(row)
    assert report.administrations[small_group.id(STUDIO)]["tombstones"] == 1
    assert gone == (True, *before[1:])
    assert small_group.query(
        f"select count(*) = count(_deleted_at) from raw.sales_invoices__details where sales_invoice_id = '{deleted}'"
    ) == [(True,)]
    assert small_group.differences() == []

    small_group.happens("restore_invoice", STUDIO)
    small_group.sync()
    assert small_group.query(row) == [before]
    assert small_group.differences() == []


def test_two_saves_in_one_second_are_both_seen(small_group: Group) -> None:
    """A version is a whole second: what was saved again inside the poll's second keeps its version."""
    changed = small_group.happens("change_contact", STUDIO, company_name="Eerste naam B.V.")
    small_group.sync()
    _saved_again(small_group, changed["contact_id"])
    small_group.happens("advance_clock", STUDIO, seconds=60)

    small_group.sync()

    assert small_group.differences() == []


KILLED = """
import os, signal, sys
from pipelines.run import slices
from pipelines.warehouse.proofs import LedgerState
{method} = lambda *arguments, **named: os.kill(os.getpid(), signal.SIGKILL)
from pipelines.cli import main
sys.argv[1:] = ["sync"]
main()
"""


@pytest.mark.parametrize("method", ["slices.write_stamp", "LedgerState.replaced"])
def test_a_kill_between_load_and_stamp_loses_nothing(small_group: Group, method: str) -> None:
    small_group.happens("advance_clock", STUDIO, seconds=60)
    for kind, administration, fields in CHANGES:
        if administration == STUDIO:
            small_group.happens(kind, administration, **fields)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED.format(method=method)], env=small_group.environment(), check=False
    )
    assert killed.returncode == -signal.SIGKILL

    report = small_group.sync()

    assert report.status == "ok"
    assert report.ledger_proof["differences"] == 0
    assert small_group.differences() == []


@pytest.mark.parametrize("new_group", ["D11=one_month"], indirect=True)
def test_a_server_that_answers_one_month_at_a_time_is_read_month_by_month(new_group: Group) -> None:
    report = new_group.sync(administrations=(new_group.id(STUDIO),))

    assert report.ledger_proof["differences"] == 0


def test_rows_with_a_date_of_next_year_and_before_the_books_are_read(small_group: Group) -> None:
    small_group.happens("create_and_send_invoice", STUDIO, invoice_date="2027-03-01")
    small_group.happens("create_and_send_invoice", STUDIO, invoice_date="2019-05-01")

    small_group.sync(full=True)

    assert small_group.differences() == []


def test_a_feed_that_shrinks_at_once_marks_nothing_deleted(small_group: Group) -> None:
    before = small_group.query("select count(*) from raw.sales_invoices where _deleted_at is null")
    studio = small_group.id(STUDIO)
    invoices = small_group.control.get(f"/_sandbox/records/{studio}/sales_invoices").json()
    for invoice in invoices[: len(invoices) // 2]:
        small_group.happens("delete_invoice", STUDIO, sales_invoice_id=invoice["id"])

    report = small_group.sync()

    assert report.status == "partly"
    assert "vanished from the feed at once" in str(report.administrations[studio]["error"])
    assert small_group.query("select count(*) from raw.sales_invoices where _deleted_at is null") == before


def test_an_invoice_of_a_year_without_any_lines_reaches_the_ledger(small_group: Group) -> None:
    """Before the books and after this year: a document's date says which years are compared."""
    small_group.happens("advance_clock", STUDIO, seconds=60)
    small_group.happens("create_and_send_invoice", HOLDING, invoice_date="2027-03-27")
    small_group.happens("create_and_send_invoice", HOLDING, invoice_date="2020-05-01")

    report = small_group.sync(full=True)

    assert {2020, 2027} <= {proof.year for proof in report.proofs if proof.accounts}
    assert report.ledger_proof["differences"] == 0
    years = (
        f"select distinct year(date) from raw.journal_entries where administration_id = '{small_group.id(HOLDING)}' "
        "and document_type = 'SalesInvoice' and year(date) in (2020, 2027) order by 1"
    )
    assert small_group.query(years) == [(2020,), (2027,)]
    assert make_plan(small_group.settings()).requests("reports") == small_group.sync().requests["reports"]


def test_a_later_month_that_loses_its_last_line_does_not_keep_its_totals(small_group: Group) -> None:
    small_group.happens("advance_clock", STUDIO, seconds=60)
    added = small_group.happens("create_and_send_invoice", HOLDING, invoice_date="2027-03-27")
    small_group.sync()
    totals = (
        f"select count(*) from raw.general_ledger where administration_id = '{small_group.id(HOLDING)}' "
        "and period_start_date = '2027-03-01' and (debit_sum <> 0 or credit_sum <> 0)"
    )
    assert small_group.query(totals) != [(0,)]

    small_group.happens("advance_clock", STUDIO, seconds=60)
    small_group.happens("delete_invoice", HOLDING, sales_invoice_id=added["sales_invoice_id"])
    small_group.sync()

    assert small_group.query(totals) == [(0,)]


def _saved_again(group: Group, contact_id: str) -> None:
    """A second save in the second of the first: another name under the same version."""
    contact = group.world.administrations[int(group.id(STUDIO))].contacts[int(contact_id)]
    contact.card = replace(contact.card, company_name="Tweede naam B.V.")


def test_a_record_missed_inside_the_polls_second_is_asked_for_again(small_group: Group) -> None:
    """Its version does not differ, so nothing but the miss itself says that it is still due."""
    changed = small_group.happens("change_contact", STUDIO, company_name="Eerste naam B.V.")
    small_group.sync()
    _saved_again(small_group, changed["contact_id"])
    small_group.happens("advance_clock", STUDIO, seconds=60)
    small_group.fault("wrong_records", match=f"{small_group.id(STUDIO)}/contacts/synchronization", method="POST")
    assert "was not asked for" in str(small_group.sync().administrations[small_group.id(STUDIO)]["error"])

    small_group.sync()

    assert small_group.differences() == []


def test_an_invoice_whose_date_leaves_every_window_is_not_deleted(small_group: Group) -> None:
    small_group.happens("advance_clock", STUDIO, seconds=60)
    scheduled = small_group.happens("schedule_invoice", STUDIO, date="2031-01-01")["sales_invoice_id"]

    report = small_group.sync()

    assert report.administrations[small_group.id(STUDIO)]["tombstones"] == 0
    assert small_group.query(f"select year(invoice_date) from raw.sales_invoices where id = '{scheduled}'") == [(2031,)]
    assert small_group.differences() == []

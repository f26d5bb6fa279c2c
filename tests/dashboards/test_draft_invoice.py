"""The Draft invoice page: what it offers, the exact request it shows, one command however often one presses."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from dashboards import db, desk
from dashboards.components import line_editor
from dashboards.queries import drafting

HOLDING, SOFTWARE = "101", "202"
SECRET = "a-token-nobody-may-see"
MARTS = """
    create or replace table marts.dim_contact (contact_key varchar, administration_id varchar, contact_id varchar,
        contact_name varchar, customer_number varchar, is_archived boolean, is_deleted boolean, is_unknown boolean);
    insert into marts.dim_contact values
        ('101-7', '101', '7', 'Molen B.V.', '1001', false, false, false),
        ('101-8', '101', '8', 'Weg B.V.', '1002', true, false, false),
        ('101-10', '101', '10', 'Gewist B.V.', '1004', false, true, false),
        ('101-11', '101', '11', 'Contact 11', null, false, false, true),
        ('202-9', '202', '9', 'Sluis B.V.', '1003', false, false, false),
        ('101-none', '101', null, null, null, null, false, false);
    create or replace table marts.dim_tax_rate (tax_rate_key varchar, administration_id varchar, tax_rate_id varchar,
        tax_rate_name varchar, percentage decimal(18, 6), tax_rate_type varchar, country_code varchar,
        is_active boolean);
    insert into marts.dim_tax_rate values
        ('101-21', '101', '21', '21% btw', 21, 'sales_invoice', null, true),
        ('101-9', '101', '90', '9% btw', 9, 'sales_invoice', null, true),
        ('101-19', '101', '19', '19% btw', 19, 'sales_invoice', null, false),
        ('101-121', '101', '121', '21% btw', 21, 'purchase_invoice', null, true);
    create or replace table marts.dim_ledger_account (ledger_account_key varchar, administration_id varchar,
        ledger_account_id varchar, account_name varchar, account_number varchar, account_type varchar, role varchar,
        is_active boolean, is_sales_invoice_allowed boolean);
    insert into marts.dim_ledger_account values
        ('101-1', '101', '1300', 'Debiteuren', '13011', 'current_assets', 'debtors', true, false),
        ('101-2', '101', '8000', 'Omzet', '80000', 'revenue', null, true, true);
    create or replace table marts.dim_project (project_key varchar, administration_id varchar, project_id varchar,
        project_name varchar, project_state varchar, is_deleted boolean);
    insert into marts.dim_project values
        ('101-5', '101', '5', 'Kade', 'active', false), ('101-6', '101', '6', 'Oud', 'archived', false),
        ('101-7', '101', '7', 'Gewist', 'active', true);
"""


@pytest.fixture
def open_page(
    publish: Callable[..., Path], group: dict[str, Any], project_root: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], AppTest]:
    """The page in a new session, over a published snapshot, where only Holding may be written to."""
    with duckdb.connect(str(publish(group))) as connection:
        connection.execute(MARTS)
    monkeypatch.setenv("DOVECOTE__WRITABLE_ADMINISTRATIONS", HOLDING)
    monkeypatch.setenv("SOURCES__MONEYBIRD__TOKENS__HOLDING", SECRET)
    view = project_root / "dashboards" / "views" / "draft_invoice.py"
    script = f"""
import runpy
from dashboards.components import page
from dashboards.queries import checks, snapshot
page.prepare(snapshot.administrations, checks.standing)
runpy.run_path({str(view)!r})
"""

    def start() -> AppTest:
        at = AppTest.from_string(script, default_timeout=30).run()
        assert not at.exception
        return at

    return start


def field(at: AppTest, kind: str, label: str, row: int = 0) -> Any:
    return [each for each in at.get(kind) if each.label == label][row]


def filled(at: AppTest, *, price: str = "1.250,50") -> AppTest:
    field(at, "selectbox", "Contact").select("7")
    field(at, "text_input", "Customer's reference").input("PO 30052")
    field(at, "text_input", "Description").input("Advies")
    field(at, "text_input", "Price").input(price)
    field(at, "selectbox", "VAT rate").select("21")
    field(at, "selectbox", "Ledger account").select("8000")
    return press(at.run(), "Preview")


def press(at: AppTest, label: str) -> AppTest:
    field(at, "button", label).click()
    at.run()
    assert not at.exception
    return at


def confirm(at: AppTest) -> AppTest:
    field(at, "checkbox", "This is what should be sent").check().run()
    return press(at, "Put it in the outbox")


def commands() -> list[desk.Sent]:
    return desk.recent()


def test_only_what_may_be_written_and_used_is_offered(open_page: Callable[[], AppTest]) -> None:
    at = open_page()
    assert field(at, "selectbox", "Administration").options == ["Duif Holding B.V."]
    assert field(at, "selectbox", "Contact").options == ["Molen B.V. · 1001"]
    assert field(at, "selectbox", "VAT rate").options == ["21% btw", "9% btw"]
    assert field(at, "selectbox", "Ledger account").options == ["80000 Omzet"]
    assert field(at, "selectbox", "Project").options == ["Kade"]


def test_nothing_is_chosen_beforehand_and_what_is_missing_is_named(open_page: Callable[[], AppTest]) -> None:
    at = press(open_page(), "Preview")
    said = [each.value for each in at.warning]
    assert "Contact: not filled in yet." in said
    assert "Line 1, VAT rate: not filled in yet." in said
    assert "Line 1, price: not filled in yet." in said
    assert not [each for each in at.button if each.label == "Put it in the outbox"]


def test_the_preview_shows_the_exact_request_and_dutch_totals(open_page: Callable[[], AppTest]) -> None:
    at = filled(open_page())
    request = json.loads(at.code[0].value)["sales_invoice"]
    assert request["details_attributes"] == [
        {"description": "Advies", "price": "1250.5", "amount": "1", "tax_rate_id": "21", "ledger_account_id": "8000"}
    ]
    assert request["reference"].startswith("PO 30052 · ")
    assert [each.value for each in at.metric][-3:] == ["€ 1.250,50", "€ 262,61", "€ 1.513,11"]
    assert field(at, "button", "Put it in the outbox").disabled
    assert commands() == []


def test_a_confirmed_draft_is_one_command_with_what_was_shown(open_page: Callable[[], AppTest]) -> None:
    at = filled(open_page())
    shown = json.loads(at.code[0].value)["sales_invoice"]["reference"]
    at = confirm(at)
    (sent,) = commands()
    assert (sent.reference, sent.state, sent.total_incl_amount) == (shown, "queued", Decimal("1513.11"))
    assert shown in at.success[0].value
    listed = at.markdown[-1].value
    assert ":gray-badge[queued] **PO 30052 · " in listed
    assert "€ 1\\.513,11" in listed
    assert "Waits for the worker" in listed
    assert field(at, "text_input", "Description").value == ""  # the next draft starts empty


def test_pressing_twice_makes_one_command(open_page: Callable[[], AppTest]) -> None:
    """A double click runs the page twice with the same session; the second run finds the form as the first did."""
    at = filled(open_page())
    before = {name: at.session_state[name] for name in ("draft_id", "draft-previewed")}
    at = confirm(at)
    (sent,) = commands()
    assert desk.queue(before["draft-previewed"], drafting.asker(db.current())) == sent.command_id
    assert len(commands()) == 1


def test_a_change_after_the_preview_takes_the_preview_away(open_page: Callable[[], AppTest]) -> None:
    at = filled(open_page())
    field(at, "text_input", "Price").input("99").run()
    assert not at.code
    assert not [each for each in at.button if each.label == "Put it in the outbox"]


def test_lines_are_added_and_removed(open_page: Callable[[], AppTest]) -> None:
    at = press(open_page(), "Add a line")
    field(at, "text_input", "Description", 1).input("Tweede")
    field(at, "text_input", "Price", 1).input("10")
    field(at, "selectbox", "VAT rate", 1).select("90")
    field(at, "selectbox", "Ledger account", 1).select("8000")
    at = filled(at.run(), price="100")
    assert len(json.loads(at.code[0].value)["sales_invoice"]["details_attributes"]) == 2
    assert [each.value for each in at.metric][-1:] == ["€ 131,90"]
    remove = [each for each in at.button if each.help == "Remove this line"]
    remove[0].click()
    at.run()
    assert [each.value for each in at.text_input if each.label == "Description"] == ["Tweede"]


def test_without_a_writable_administration_the_page_says_so(
    open_page: Callable[[], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DOVECOTE__WRITABLE_ADMINISTRATIONS")
    at = open_page()
    assert "dovecote.writable_administrations" in at.info[-1].value
    assert not at.button


def test_the_desk_refuses_what_the_form_would_not_offer(open_page: Callable[[], AppTest]) -> None:
    open_page()
    ask = drafting.asker(db.current())
    line = {"description": "x", "unit_price": Decimal(1), "tax_rate_id": "21", "ledger_account_id": "8000"}
    given: dict[str, Any] = {"draft_id": "x", "customer_reference": "", "invoice_date": None, "lines": [line]}
    elsewhere, _ = desk.read(administration_id=SOFTWARE, contact_id="9", **given)
    archived, _ = desk.read(administration_id=HOLDING, contact_id="8", **given)
    assert elsewhere is not None
    assert archived is not None
    assert desk.look(elsewhere, ask)[1] is None
    with pytest.raises(desk.Refused, match="may not be written to"):
        desk.queue(elsewhere, ask)
    with pytest.raises(desk.Refused, match=r"Weg B\.V\. is archived"):
        desk.queue(archived, ask)


def test_nothing_the_desk_does_or_keeps_holds_a_token(open_page: Callable[[], AppTest]) -> None:
    at = confirm(filled(open_page()))
    assert os.environ["SOURCES__MONEYBIRD__TOKENS__HOLDING"] == SECRET
    assert desk._settings().tokens == {}
    seen = [repr(each) for each in at.main] + [repr(desk.recent()), repr(desk.writable({HOLDING: "x"}))]
    assert SECRET not in "".join(seen)
    home = Path(os.environ["DOVECOTE_HOME"])
    assert not [file for file in home.rglob("*") if file.is_file() and SECRET.encode() in file.read_bytes()]


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("129,95", Decimal("129.95")),
        ("129.95", Decimal("129.95")),
        ("1.250,50", Decimal("1250.50")),
        ("1.250", Decimal("1250")),
        ("€ 12", Decimal("12")),
        ("-3,5", Decimal("-3.5")),
        ("0,0125", Decimal("0.0125")),
        ("1,250.50", "1,250.50"),
        ("tien", "tien"),
        ("", ""),
    ],
)
def test_amounts_are_read_as_dutch_people_write_them(typed: str, amount: Decimal | str) -> None:
    assert line_editor.amount(typed) == amount


def test_a_date_is_shown_and_sent_as_typed(open_page: Callable[[], AppTest]) -> None:
    at = open_page()
    field(at, "date_input", "Invoice date").set_value(date(2026, 11, 19))
    at = filled(at.run())
    assert json.loads(at.code[0].value)["sales_invoice"]["invoice_date"] == "2026-11-19"

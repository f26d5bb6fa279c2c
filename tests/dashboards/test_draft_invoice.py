"""The Draft invoice page: what it offers, what it shows before anything is asked, one command that then waits."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import db, desk
from dashboards.components import line_editor, supply_fields
from dashboards.queries import drafting
from pipelines.writeback import Supply
from pipelines.writeback.vat.dimensions import DIMENSIONS
from tests.dashboards.drafting_bench import HOLDING, SOFTWARE, draft, field, labels, opened, prepare, press, queue

SECRET = "a-token-nobody-may-see"
BUTTON = "Put it in the outbox"


@pytest.fixture
def open_page(
    publish: Callable[..., Path],
    group: dict[str, Any],
    project_root: Path,
    clean_environment: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[], AppTest]:
    """The page in a new session, over a published snapshot, where only Holding may be written to."""
    prepare(publish(group), clean_environment)
    monkeypatch.setenv("DOVECOTE__WRITABLE_ADMINISTRATIONS", HOLDING)
    monkeypatch.setenv("SOURCES__MONEYBIRD__TOKENS__HOLDING", SECRET)
    return lambda: opened(project_root / "dashboards" / "views" / "draft_invoice.py")


def filled(at: AppTest, *, price: str = "1.250,50") -> AppTest:
    """A service, of which the rules decide VAT and account."""
    field(at, "selectbox", "Contact").select("7")
    field(at, "text_input", "Customer's reference").input("PO 30052")
    field(at, "text_input", "Description").input("Advies")
    field(at, "text_input", "Price").input(price)
    field(at, "selectbox", "What is sold").select("services")
    return press(at.run(), "Preview")


def request(at: AppTest) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(at.code[0].value)["sales_invoice"]
    return body


def test_only_what_may_be_written_and_used_is_offered(open_page: Callable[[], AppTest]) -> None:
    at = open_page()
    assert field(at, "selectbox", "Administration").options == ["Duif Holding B.V."]
    assert field(at, "selectbox", "Contact").options == ["Molen B.V. · 1001"]
    assert field(at, "selectbox", "VAT rate").options == ["21% btw", "9% btw"]
    assert field(at, "selectbox", "Ledger account").options == ["80000 Omzet", "80501 Omzet uren"]
    assert field(at, "selectbox", "Project").options == ["Kade"]


def test_nothing_is_chosen_beforehand_and_what_is_missing_is_named(open_page: Callable[[], AppTest]) -> None:
    at = press(open_page(), "Preview")
    said = [each.value for each in at.warning]
    assert "Contact: not filled in yet." in said
    assert "Line 1, price: not filled in yet." in said
    assert [field(at, "selectbox", label).value for label in ("What is sold", "VAT rate", "Ledger account")] == [
        None
    ] * 3
    assert BUTTON not in labels(at, "button")


def test_the_words_of_the_form_are_those_of_the_rules() -> None:
    """A word that the rules do not know would leave every line undecided."""
    offered = {"supply_kind": supply_fields.KINDS, "movement": supply_fields.MOVEMENTS}
    for name, options in offered.items():
        assert set(options) <= set(DIMENSIONS[name])
    assert set(supply_fields.CLASSES) - {"stay"} <= set(DIMENSIONS["vat_class"])
    assert set(supply_fields.PLACES) - {"where_it_happens"} <= set(DIMENSIONS["service_place"])
    assert set(supply_fields.KINDS) == set(get_args(get_args(Supply.model_fields["supply_kind"].annotation)[0]))


def test_the_rules_decide_rate_and_account_and_say_why(open_page: Callable[[], AppTest]) -> None:
    at = filled(open_page())
    assert request(at)["details_attributes"] == [
        {"description": "Advies", "price": "1250.5", "amount": "1", "tax_rate_id": "21", "ledger_account_id": "8050"}
    ]
    assert request(at)["reference"].startswith("PO 30052 · ")
    assert [each.value for each in at.metric][-3:] == ["€ 1.250,50", "€ 262,61", "€ 1.513,11"]
    (why,) = [each.value for each in at.markdown if "rule V020" in each.value]
    assert "80501 Omzet uren, by the row for product type service" in why
    assert desk.recent() == []


def test_a_rate_other_than_the_rules_is_marked_to_look_at(open_page: Callable[[], AppTest]) -> None:
    at = open_page()
    field(at, "selectbox", "VAT rate").select("90")
    at = filled(at.run(), price="100")
    assert [each.value for each in at.metric][-1] == "€ 109,00"
    assert "but rule V020 says" in at.warning[0].value


def test_further_questions_appear_where_the_rules_ask_them(open_page: Callable[[], AppTest]) -> None:
    at = open_page()
    assert not {"Where it is taxed", "Where the goods go", "First night"} & {*labels(at, "selectbox")}
    field(at, "selectbox", "What is sold").select("goods").run()
    field(at, "selectbox", "Where the goods go").select("leaves").run()
    assert {"Delivered in", "Postcode"} <= {*labels(at, "text_input")}
    field(at, "selectbox", "What is sold").select("services").run()
    field(at, "selectbox", "VAT class").select("stay").run()
    assert {"First night", "Last night"} <= {*labels(at, "date_input")}
    field(at, "date_input", "First night").set_value(date(2025, 12, 30))
    field(at, "date_input", "Last night").set_value(date(2026, 1, 2))
    at = filled(at.run())
    assert "have more than one rate; split the line" in at.error[0].value.replace("\\", "")
    assert BUTTON not in labels(at, "button")
    field(at, "date_input", "Last night").set_value(date(2025, 12, 31))
    at = press(at.run(), "Preview")
    assert request(at)["details_attributes"][0]["tax_rate_id"] == "90"  # the rate of the nights, not of the invoice


def test_what_is_put_in_the_outbox_waits_for_approval(open_page: Callable[[], AppTest]) -> None:
    at = filled(open_page())
    shown = request(at)["reference"]
    at = press(at, BUTTON)
    (waits,) = desk.recent()
    assert (waits.preview.reference, waits.state) == (shown, "awaiting approval")
    assert waits.preview.total_incl_amount == Decimal("1513.11")
    assert shown in at.success[0].value
    listed = at.markdown[-1].value
    assert ":gray-badge[awaiting approval] **PO 30052 · " in listed
    assert "€ 1\\.513,11" in listed
    assert field(at, "text_input", "Description").value == ""  # the next draft starts empty


def test_pressing_twice_makes_one_command(open_page: Callable[[], AppTest]) -> None:
    """A double click runs the page twice with the same session; the second run finds the form as the first did."""
    at = filled(open_page())
    before = at.session_state["draft-previewed"]
    press(at, BUTTON)
    (waits,) = desk.recent()
    assert desk.queue(before, drafting.asker(db.current())) == waits.command_id
    assert len(desk.recent()) == 1


def test_a_draft_changed_under_its_id_takes_the_place_of_the_one_that_waits(open_page: Callable[[], AppTest]) -> None:
    first, second = queue(draft(price="100")), queue(draft(price="200"))
    assert first.command_id == second.command_id
    assert first.seen != second.seen
    assert [each.preview.total_incl_amount for each in desk.recent()] == [Decimal("242.00")]


def test_a_draft_like_one_that_waits_is_shown_to_meet_it(open_page: Callable[[], AppTest]) -> None:
    number = queue(draft(price="1250.50")).command_id
    at = filled(open_page())
    assert f"Command {number} \\(awaiting approval\\) looks like the same invoice" in at.warning[0].value


def test_a_change_after_the_preview_takes_the_preview_away(open_page: Callable[[], AppTest]) -> None:
    at = filled(open_page())
    field(at, "text_input", "Price").input("99").run()
    assert not at.code
    assert BUTTON not in labels(at, "button")


def test_lines_are_added_and_removed(open_page: Callable[[], AppTest]) -> None:
    at = press(open_page(), "Add a line")
    field(at, "text_input", "Description", 1).input("Tweede")
    field(at, "text_input", "Price", 1).input("10")
    field(at, "selectbox", "What is sold", 1).select("goods")
    field(at, "selectbox", "VAT class", 1).select("reduced")
    at = filled(at.run(), price="100")
    assert [line["tax_rate_id"] for line in request(at)["details_attributes"]] == ["21", "90"]
    assert [line["ledger_account_id"] for line in request(at)["details_attributes"]] == ["8050", "8000"]
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


def test_a_person_is_offered_only_their_own_administrations(
    open_page: Callable[[], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOVECOTE__WRITABLE_ADMINISTRATIONS", f"{HOLDING},{SOFTWARE}")
    monkeypatch.setenv("DOVECOTE__PERSON", "anna")
    monkeypatch.setenv("DOVECOTE__PEOPLE__ANNA__MAY", "draft")
    monkeypatch.setenv("DOVECOTE__PEOPLE__ANNA__ADMINISTRATIONS", SOFTWARE)
    assert field(open_page(), "selectbox", "Administration").options == ["Duif Software B.V."]


def test_a_table_that_cannot_be_read_is_said_on_the_page(
    open_page: Callable[[], AppTest], clean_environment: Path
) -> None:
    (clean_environment / "finance" / "vat_regimes.csv").write_text("not,a,table\n", encoding="utf-8")
    at = filled(open_page())
    assert "vat_regimes.csv" in at.error[0].value


def test_the_desk_refuses_what_the_form_would_not_offer(open_page: Callable[[], AppTest]) -> None:
    ask = drafting.asker(db.current())
    line = {"description": "x", "unit_price": Decimal(1), "tax_rate_id": "21", "ledger_account_id": "8000"}
    given: dict[str, Any] = {"draft_id": "x", "lines": [line]}
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
    at = press(filled(open_page()), BUTTON)
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
    assert request(at)["invoice_date"] == "2026-11-19"

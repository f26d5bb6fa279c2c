"""Faults for reconciliations: one record is served wrongly, the books are not touched, a check is named."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipelines.sandbox.faults.planted import PLANTED
from tests.sandbox.conftest import Desk

CHECKS = Path(__file__).parents[2] / "dbt_project" / "macros" / "checks.sql"
WHOLE = "20240101..20261231"


def answers(desk: Desk, kind: str, planted: dict[str, str]) -> list[Any]:
    """What a client gets of the record: by its id where that can be asked, else in its list."""
    plant = PLANTED[kind]
    name = next(name for name, a in desk.names.items() if str(a.id) == planted["administration_id"])
    administration = desk.names[name]
    path = plant.paths[0]
    if path == "reports/journal_entries":
        account = administration.roles["debtors"]
        line = next(x for x in administration.ledger.every_line() if str(x.id) == planted["id"])
        query = {"period": f"{line.day:%Y%m}", "ledger_account_id": account, "per_page": 100}
        return [desk.get(name, f"{path}.json", **query).json()]
    if path.startswith("reports/"):
        return [desk.get(name, f"{path}.json", period="202601..202611").json()]
    if path in ("ledger_accounts", "tax_rates"):  # have no version feed
        return [desk.get(name, f"{path}.json", per_page=100).json()]
    if path == "time_entries":
        answer = desk.get(name, "time_entries.json", filter=f"period:{WHOLE}", per_page=100)
        return [[row for row in answer.json() if row["id"] == planted["id"]] or answer.json()]
    id_ = planted[plant.key]
    return [desk.post(name, f"{path}/synchronization.json", {"ids": [id_]}).json()]


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_fault_is_served_until_it_is_cleared_and_leaves_books_and_truth_alone(desk: Desk, kind: str) -> None:
    planted = desk.fault(kind)
    wrong = answers(desk, kind, planted)
    again = answers(desk, kind, planted)
    assert [row["kind"] for row in desk.control.get("/_sandbox/faults").json()] == [kind]
    desk.clear_faults()
    right = answers(desk, kind, planted)
    assert wrong == again
    assert wrong != right
    assert desk.control.get("/_sandbox/faults").json() == []


def test_every_planted_fault_names_a_check_that_is_there_or_the_row_it_will_come_from() -> None:
    found = re.findall(r"^        '(\w+)': {.*'class': '(\w+)'", CHECKS.read_text(encoding="utf-8"), re.MULTILINE)
    there = {check for check, _ in found}
    provable = {check for check, kind in found if kind != "definition"}  # those only say what is not decided yet
    assert len(there) >= 4
    for kind, plant in PLANTED.items():
        assert plant.check in there or plant.check.startswith("R-"), kind
    assert provable <= {plant.check for plant in PLANTED.values()}, "every check has a fault that it must find"


def test_a_fault_says_what_it_does_and_who_must_find_it(desk: Desk) -> None:
    planted = desk.fault("invoice_missing")
    desk.clear_faults()
    assert planted["what"] == "an open invoice is in no list"
    assert planted["check"] == "debtors_equal_control_account"
    assert int(planted["id"]) in desk.world.administrations[int(planted["administration_id"])].invoices


def test_what_is_missing_is_missing_everywhere_but_under_its_own_id(desk: Desk) -> None:
    name, administration = "Studio", desk.names["Studio"]
    planted = desk.fault("invoice_missing", administration_id=str(administration.id))
    gone, ever = planted["id"], {"filter": f"period:{WHOLE}"}
    versions = desk.get(name, "sales_invoices/synchronization.json", **ever).json()
    contact = administration.invoices[int(gone)].contact_id
    listed = desk.get(name, "sales_invoices.json", filter=f"contact_id:{contact}", per_page=100).json()
    single = desk.get(name, f"sales_invoices/{gone}.json")
    desk.clear_faults()
    assert gone not in {row["id"] for row in versions} | {row["id"] for row in listed}
    assert len(versions) == len(administration.invoices) - 1
    assert single.json()["id"] == gone


def test_a_fault_stays_in_its_administration(desk: Desk) -> None:
    advies = desk.names["Advies"]
    planted = desk.fault("report_figure_off", administration_id=str(advies.id))
    elsewhere = desk.get("Studio", "reports/general_ledger.json", period="202601..202611").json()
    wrong = desk.get("Advies", "reports/general_ledger.json", period="202601..202611").json()
    desk.clear_faults()
    assert elsewhere == desk.get("Studio", "reports/general_ledger.json", period="202601..202611").json()
    right = desk.get("Advies", "reports/general_ledger.json", period="202601..202611").json()
    account = planted["ledger_account_id"]
    for part in right:
        for was, now in zip(right[part]["ledger_accounts"], wrong[part]["ledger_accounts"], strict=True):
            off = float(now["value"]) - float(was["value"])
            assert round(off, 2) == (10 if was["ledger_account_id"] == account else 0)


def test_a_fault_that_needs_what_is_not_there_is_refused(desk: Desk) -> None:
    body = {"kind": "payout_missing", "administration_id": str(desk.names["Studio"].id)}
    answer = desk.control.post("/_sandbox/faults", json=body)
    assert (answer.status_code, answer.json()["error"]) == (400, "nothing to serve wrongly for 'payout_missing'")


def test_a_hanging_answer_and_json_of_another_shape(fresh_desk: Desk) -> None:
    fresh_desk.fault("hang", match="contacts")
    with pytest.raises(httpx.ReadTimeout):
        fresh_desk.get("Studio", "contacts.json")
    fresh_desk.fault("wrong_json", match="contacts")
    (wrong,) = fresh_desk.get("Studio", "contacts.json").json()
    right = fresh_desk.get("Studio", "contacts.json").json()
    assert set(wrong) == {"data", "meta"}
    assert wrong["data"] == right

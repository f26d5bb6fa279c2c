"""A tool's hours → time entries → draft invoices, for a customer here, one in the EU and one outside it.

    hours.csv ──submit, approve, worker──▶ time entries ──run──▶ marts
              ──submit, approve, worker──▶ drafts ──run──▶ hours in draft

Every figure below was worked out by hand from the file, the rates and the policies in this module.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipelines.sandbox.company import build_group
from pipelines.sandbox.serve import start
from pipelines.sandbox.throttle import Throttle
from tests.end_to_end.conftest import Group

pytestmark = pytest.mark.slow

HOURS = """\
tool_id,user,contact,started_at,ended_at,day,minutes,paused_minutes,description,billable
T-101,Marit Duivenhof,Küstenlicht Systeme GmbH,2026-11-03 09:00,2026-11-03 09:07,,,,Abstimmung Schnittstelle,true
T-102,Marit Duivenhof,Küstenlicht Systeme GmbH,2026-11-04 10:00,2026-11-04 10:22,,,,Durchsicht Entwurf,true
T-103,marit duivenhof,14,2026-11-05 13:00,2026-11-05 13:38,,,,Workshop,true
T-104,Koen Rasmussen,14,2026-11-06T08:00+01:00,2026-11-06T12:30+01:00,,,30,Implementierung,true
T-201,Marit Duivenhof,17,,,2026-11-10,67,,Analysis of stock data,true
T-202,Marit Duivenhof,17,2026-10-28 15:00,2026-10-28 17:15,,,15,Kick-off call,true
T-301,Koen Rasmussen,Bergvliet Notarissen,2026-11-11 09:00,2026-11-11 11:30,,,,Advies inkoop,true
T-302,Koen Rasmussen,Bergvliet Notarissen,2026-11-12 09:00,2026-11-12 10:05,,,,Advies inkoop,true
T-303,Koen Rasmussen,Bergvliet Notarissen,2026-11-12 10:00,2026-11-12 10:20,,,,Overleg,false
T-304,Koen Rasmussen,Nergens B.V.,2026-11-12 13:00,2026-11-12 14:20,,,,Overleg,true
"""

EXPECTED: dict[str, tuple[str, str, list[tuple[str, ...]], list[str]]] = {
    # customer: total without VAT, with VAT, lines (hours, rate, amount, VAT rate, box, account), the tool's entries
    "Bergvliet Notarissen": (
        # 150 and 65 minutes, each to the nearest 6: 150 + 66 = 216 = 3.60 hours at 110.00; 21 % of 396.00 is 83.16
        "396.00", "479.16", [("3.6", "110", "396.00", "21% btw", "NL/1a", "80501")],
        ["Advies inkoop", "Advies inkoop"],
    ),
    "Küstenlicht Systeme GmbH": (
        # Marit: 7, 22 and 38 minutes are 6 + 24 + 36 = 66 = 1.10 hours; Koen: 270 less 30 of pause = 240 = 4.00 hours
        "561.00", "561.00",
        [("1.1", "110", "121.00", "Btw verlegd binnen de EU", "NL/3b", "80535"),
         ("4", "110", "440.00", "Btw verlegd binnen de EU", "NL/3b", "80535")],
        ["Abstimmung Schnittstelle", "Durchsicht Entwurf", "Implementierung", "Workshop"],
    ),
    "Larkspur Analytics Inc.": (
        # as worked, per month: 120 minutes in October = 2.00 hours; 67 in November = 1.12 hours sent, so 106.40
        "296.40", "296.40",
        [("2", "95", "190.00", "Diensten buiten de EU", "", "80530"),
         ("1.12", "95", "106.40", "Diensten buiten de EU", "", "80530")],
        ["Analysis of stock data", "Kick-off call"],
    ),
}  # fmt: skip


class Office:
    """The group's consultancy, through the verbs and the API."""

    def __init__(self, group: Group, directory: Path) -> None:
        self.group, self.directory = group, directory
        self.books = next(each for each in group.world.administrations.values() if "Advies" in each.name)
        self.administration_id = str(self.books.id)

    def dovecote(self, *arguments: str, expect: int = 0) -> dict[str, Any]:
        done = self.group.dovecote(*arguments, "--json")
        assert done.returncode == expect, done.stdout + done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def agree(self) -> None:
        """What finance writes into its tables: rates of this consultancy, and one customer billed as worked."""
        [abroad] = [str(key) for key, each in self.books.contacts.items() if each.card.name.startswith("Larkspur")]
        folder = self.group.home / "finance"
        here = self.administration_id
        with (folder / "hourly_rates.csv").open("a") as rates:
            rates.write(f"{here},,,,2026-01-01,,110.00,EUR\n{here},{abroad},,,2026-01-01,,95.00,EUR\n")
        with (folder / "hour_policies.csv").open("a") as policies:
            policies.write(f"{here},{abroad},2026-01-01,,1,nearest,entry,true,true,general\n")

    def approve_all(self) -> list[str]:
        """Each as it is shown; what became another since is shown once more. The sentences a person had to read."""
        looked: list[str] = []
        for _ in range(2):
            for command in reversed(self.dovecote("drafts", "list", "--state", "awaiting_approval")["commands"]):
                shown = self.dovecote("drafts", "show", str(command["id"]))
                reviews = shown["preview"]["reviews"]
                seen = ("--seen", shown["preview_hash"], *(["--reviewed"] if reviews else []))
                done = self.group.dovecote("drafts", "approve", str(command["id"]), *seen)
                assert done.returncode == 0 or "would be sent differently by now" in done.stderr, done.stderr
                looked += reviews if done.returncode == 0 else []
        return looked

    def work(self) -> None:
        done = self.group.dovecote("worker", "--once")
        assert done.returncode == 0, done.stdout + done.stderr

    def states(self) -> set[str]:
        return {each["state"] for each in self.dovecote("drafts", "list")["commands"]}

    def draft(self, reference: str) -> dict[str, Any]:
        """As Moneybird has it, each entry of hours read on its own."""
        described = self.group.described
        token = next(
            each["token"] for each in described["tokens"].values() if self.administration_id in each["administrations"]
        )
        at = f"{described['api_url']}/{self.administration_id}"
        with httpx.Client(headers={"Authorization": f"Bearer {token}"}) as api:
            found: dict[str, Any] = api.get(f"{at}/sales_invoices/find_by_reference/{reference}.json").json()
            linked = [api.get(f"{at}/time_entries/{each['id']}.json").json() for each in found["time_entries"]]
        return found | {"time_entries": linked}


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    world = build_group()  # as the demo: the examples of finance name its companies and people
    with start(world, throttle=Throttle.off()) as sandbox, httpx.Client(base_url=sandbox.url) as control:
        group = Group(world, sandbox.describe(), control, tmp_path / "home", tmp_path / "home")
        made = Office(group, tmp_path)
        monkeypatch.setenv("DOVECOTE__WRITABLE_ADMINISTRATIONS", made.administration_id)
        yield made


def test_hours_of_a_tool_become_drafts_that_were_worked_out_by_hand(office: Office) -> None:
    assert office.dovecote("run")["status"] == "ok"
    office.agree()
    file = office.directory / "hours.csv"
    file.write_text(HOURS)
    asked = ("drafts", "submit", str(file), "--from", "hours", "--administration", office.administration_id)

    submitted = office.dovecote(*asked, expect=3)
    assert len(submitted["commands"]) == 9
    assert [row["where"] for row in submitted["bad_rows"]] == ["hours.csv line 11"]
    overlaps = office.approve_all()
    assert [sentence[:20] for sentence in overlaps] == ["It overlaps command "] * 2, "each says that it meets the other"
    office.work()
    assert office.states() == {"verified"}
    assert len(office.dovecote(*asked, expect=3)["commands"]) == 9, "the same file asks for nothing new"
    office.work()
    assert len([each for each in office.books.time_entries.values() if each.invoice_id is None]) == 9

    assert office.dovecote("run")["status"] == "ok"
    billed = ("drafts", "submit", "--from", "unbilled_hours", "--administration", office.administration_id)
    submitted = office.dovecote(*billed)
    assert (len(submitted["commands"]), submitted["remarks"]) == (3, [])
    looked = office.approve_all()
    assert all("DE998433531 was confirmed on 01-01-2024" in sentence for sentence in looked)
    assert len(looked) == 2, "a VAT number that was confirmed long ago is looked at, line by line"
    office.work()
    assert office.states() == {"verified"}

    drafts = [office.draft(each["reference"]) for each in submitted["commands"]]
    assert {draft["contact"]["company_name"]: _read(office, draft) for draft in drafts} == EXPECTED
    left = office.dovecote(*billed)
    assert left["commands"] == []
    assert len(left["remarks"]) == 3, "until they were read again, the hours are in the three commands"

    assert office.dovecote("run")["status"] == "ok"
    states = office.group.query(
        "select billing_state, count(*) from marts.fct_time_entry "
        f"where administration_id = '{office.administration_id}' group by 1 order by 1"
    )
    assert states == [("in_draft", 8), ("not_billable", 1)]
    again = office.dovecote(*billed)
    assert (again["commands"], again["remarks"]) == ([], [])


def _read(office: Office, draft: dict[str, Any]) -> tuple[str, str, list[tuple[str, ...]], list[str]]:
    """A draft in the shape of what was expected, with names for ids."""
    books = office.books
    assert (draft["state"], draft["currency"]) == ("draft", "EUR")
    assert all(each["sales_invoice_id"] == draft["id"] for each in draft["time_entries"])
    lines = [
        (
            each["amount"],
            f"{Decimal(each['price']):f}".removesuffix(".0"),
            f"{Decimal(each['total_price_excl_tax_with_discount']):.2f}",
            books.tax_rates[int(each["tax_rate_id"])].name,
            ", ".join(each["tax_report_reference"]),
            books.accounts[int(each["ledger_account_id"])].number,
        )
        for each in draft["details"]
    ]
    totals = [f"{Decimal(draft[name]):.2f}" for name in ("total_price_excl_tax", "total_price_incl_tax")]
    return totals[0], totals[1], lines, sorted(each["description"] for each in draft["time_entries"])

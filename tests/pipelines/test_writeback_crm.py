"""A CRM beside the contacts: who owns a field decides, and what nobody can decide goes to a person."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.finance.tables import CONTACT_FIELDS
from pipelines.operations import State
from pipelines.writeback import Office, Policy, approve, submit
from pipelines.writeback.contact import same
from pipelines.writeback.sources import SOURCES, Asked
from pipelines.writeback.sources.crm_compare import Comparison, compare
from tests.pipelines.contacts_bench import (
    Cards,
    ContactBench,
    Published,
    card_columns,
    contact_bench,
    owners,
    tables,
)
from tests.pipelines.writeback_bench import Moneybird

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BEFORE, AFTER = NOON - timedelta(hours=1), NOON + timedelta(hours=1)
OF_THE_MART = {
    "country": "country_code",
    "chamber_of_commerce": "chamber_of_commerce_number",
    "bank_account": "bank_account_number",
}
FREE = tuple(name for name in CONTACT_FIELDS if name not in ("country", "bank_account") and "email" not in name)
"""Fields that hold any text."""


@pytest.fixture
def cards() -> Iterator[Cards]:
    made = Cards()
    yield made
    made.close()


@pytest.fixture(scope="module")
def moneybird() -> Iterator[Moneybird]:
    made = Moneybird()
    yield made
    made.transport.close()


@pytest.fixture
def bench(tmp_path: Path, moneybird: Moneybird) -> Iterator[ContactBench]:
    with contact_bench(tmp_path, moneybird) as made:
        yield made


def card(customer_id: str = "C-1", administration_id: str = "101", **values: Any) -> dict[str, Any]:
    """A row of the mart, last changed at noon."""
    named = {OF_THE_MART.get(name, name): value for name, value in values.items()}
    given = {
        "administration_id": administration_id,
        "contact_id": f"7{customer_id[-1]}",
        "customer_number": customer_id,
    }
    return {**given, "contact_name": "Molen", "company_name": "Molen", "updated_at": NOON, **named}


def row(customer_id: str = "C-1", **values: Any) -> dict[str, Any]:
    return {"customer_id": customer_id, "administration_ids": ["101"], "company_name": "Molen", **values}


def office(cards: Cards, *rows: tuple[str, str, str], everything: str | None = None) -> Office:
    asked = tables(owners(*rows, everything=everything))
    return Office(Published(cards), asked, Policy(lambda _: True), NOON)  # type: ignore[arg-type]


def compared(at_office: Office, *rows: Mapping[str, Any], administration: str | None = None) -> Comparison:
    return compare(Asked(json.dumps(rows, default=str).encode(), "crm.json", administration), at_office)


def sides(found: Comparison) -> dict[str, str]:
    """Field → where it goes."""
    there = {name: "to_moneybird" for _, request in found.requests for name in request.stated}
    return there | {each.field: each.goes for each in (*found.to_crm, *found.conflicts)}


def test_the_owner_of_a_field_decides_where_a_difference_goes(cards: Cards) -> None:
    cards.put(card(city="Delft", phone="1", tax_number="NL1", address1="Kade 1", zipcode="2611 AB"))
    found = compared(
        office(cards, ("", "city", "crm"), ("", "tax_number", "moneybird"), ("", "phone", "newest")),
        row(city="Leiden", phone="2", tax_number="NL2", address1="Kade 2", zipcode="2611ab", changed_at=AFTER),
    )
    assert sides(found) == {
        "city": "to_moneybird", "phone": "to_moneybird", "tax_number": "to_crm", "address1": "conflict",
    }  # fmt: skip
    [(where, request)] = found.requests
    assert (where, request.customer_id, request.stated) == ("crm.json item 1", "C-1", {"city": "Leiden", "phone": "2"})
    [handed] = found.to_crm
    assert (handed.crm_value, handed.moneybird_value, handed.moneybird_changed_at) == ("NL2", "NL1", NOON)
    [unowned] = found.conflicts
    assert unowned.sentence == (
        "crm.json item 1, C-1 in administration 101, address1: the CRM has Kade 2, Moneybird Kade 1; "
        "nobody owns it: give it a row in contact_field_owners."
    )


def test_an_administrations_own_row_wins_over_the_one_for_all(cards: Cards) -> None:
    cards.put(card(city="Delft"), card(administration_id="102", city="Gouda"))
    found = compared(
        office(cards, ("", "city", "crm"), ("102", "city", "moneybird"), ("", "company_name", "crm")),
        row(city="Leiden", administration_ids="101"),
        row("C-1", city="Leiden", administration_ids="102"),
    )
    assert [request.administration_id for _, request in found.requests] == ["101"]
    assert [(each.administration_id, each.moneybird_value) for each in found.to_crm] == [("102", "Gouda")]


@pytest.mark.parametrize(
    ("moments", "goes", "reason"),
    [
        ({"changed_at": AFTER}, "to_moneybird", "the CRM's is newer"),
        ({"changed_at": BEFORE}, "to_crm", "Moneybird's is newer"),
        ({"changed_at": NOON}, "conflict", "both changed at the same moment"),
        ({}, "conflict", "the CRM does not say when it changed there"),
        ({"changed_at": BEFORE, "phone_changed_at": AFTER}, "to_moneybird", "the CRM's is newer"),
        ({"changed_at": AFTER, "phone_changed_at": BEFORE, "city_changed_at": AFTER}, "to_crm", "Moneybird's is newer"),
        (
            {"changed_at": AFTER, "agreed_at": BEFORE - timedelta(hours=9)},
            "conflict",
            "both changed since they last agreed",
        ),
        ({"changed_at": AFTER, "agreed_at": NOON}, "to_moneybird", "only the CRM's changed since they last agreed"),
        ({"changed_at": BEFORE, "agreed_at": BEFORE}, "to_crm", "only Moneybird's changed since they last agreed"),
        (
            {"changed_at": BEFORE, "agreed_at": AFTER},
            "conflict",
            "they differ, though neither changed since they last agreed",
        ),
    ],
)
def test_the_newest_holds_only_when_it_is_certain_which_that_is(
    cards: Cards, moments: dict[str, Any], goes: str, reason: str
) -> None:
    cards.put(card(phone="1"))
    found = compared(office(cards, everything="newest"), row(phone="2", **moments))
    assert sides(found) == {"phone": goes}
    if goes != "to_moneybird":
        assert [each.reason for each in (*found.to_crm, *found.conflicts)] == [reason]


def test_a_contact_without_a_moment_is_a_conflict_too(cards: Cards) -> None:
    cards.put(card(phone="1", updated_at=None))
    found = compared(office(cards, everything="newest"), row(phone="2", changed_at=AFTER))
    assert [each.reason for each in found.conflicts] == ["Moneybird does not say when it changed there"]


def test_what_the_crm_says_nothing_about_is_never_taken_off_but_handed_over(cards: Cards) -> None:
    """An empty cell is nothing said; an empty text in JSON is said. A field no row fills is not the CRM's to know."""
    cards.put(card(city="Delft", phone="1", tax_number="NL1", zipcode="2611 AB"), card("C-2", city="Gouda"))
    content = (
        "customer_id;administration_ids;company_name;city;phone;tax_number;zipcode;address1\n"
        "C-1;101;Molen;;;;;\n"
        "C-2;101;Molen;Gouda;2;NL2;;\n"
    )
    asked = Asked(content.encode(), "crm.csv")
    owned = office(cards, ("", "tax_number", "moneybird"), ("", "phone", "newest"), ("", "city", "crm"))
    found = compare(asked, owned)
    assert {(each.customer_id, each.field, each.crm_value, each.moneybird_value) for each in found.to_crm} == {
        ("C-1", "phone", "", "1"), ("C-1", "tax_number", "", "NL1"), ("C-2", "tax_number", "NL2", ""),
    }  # fmt: skip
    assert {each.field for each in found.conflicts} == {"phone"}
    [(_, cleared)] = compared(owned, row(city="")).requests
    assert cleared.stated == {"city": ""}


def test_a_customer_nobody_has_yet_becomes_a_contact_with_all_the_crm_says(cards: Cards) -> None:
    cards.put(card("C-2", is_deleted=True))
    found = compared(office(cards, everything="moneybird"), row(phone="2", city=""), row("C-2"))
    assert [request.stated for _, request in found.requests] == [
        {"company_name": "Molen", "phone": "2"}, {"company_name": "Molen"},
    ]  # fmt: skip
    assert (found.to_crm, found.conflicts) == ((), ())


def test_an_archived_contact_is_not_written_to(cards: Cards) -> None:
    cards.put(card(city="Delft", phone="1", is_archived=True))
    found = compared(office(cards, ("", "city", "crm"), ("", "phone", "moneybird")), row(city="Leiden", phone="2"))
    assert sides(found) == {"city": "conflict", "phone": "to_crm"}
    assert found.conflicts[0].reason == "the contact is archived at Moneybird"


def test_administrations_that_disagree_hand_nothing_over(cards: Cards) -> None:
    """The CRM has one telephone number for both; whichever it took over, the other would differ the next day."""
    cards.put(card(phone="1", city="Delft"), card(administration_id="102", phone="2", city="Delft"))
    both = row(phone="2", city="Leiden", administration_ids="101 102")
    found = compared(office(cards, everything="moneybird"), both)
    assert {(each.administration_id, each.field) for each in found.conflicts} == {("101", "phone")}
    assert {(each.administration_id, each.field) for each in found.to_crm} == {("101", "city"), ("102", "city")}
    assert "differ among themselves" in found.conflicts[0].reason
    only = compared(office(cards, everything="moneybird"), both, administration="102")
    assert ({each.administration_id for each in only.to_crm}, only.conflicts) == ({"102"}, ())


def test_bad_rows_are_named_and_the_good_ones_go_on(cards: Cards) -> None:
    content = (
        "customer_id,administration_ids,company_name,country,send_invoices_to_email,bank_account,changed_at\n"
        "C-1,101,Molen,NL,a@b.nl,,2026-11-20T09:30:00+01:00\n"
        "C-2,101,Molen,UK,a@b.nl,,\n"
        "C-3,101,Molen,NL,a@b,,\n"
        "C-4,101,Molen,NL,,NL91ABNA0417164301,\n"
        "C-5,101,Molen,NL,,,2026-11-20T09:30:00\n"
        "C-6,klant,Molen,NL,,,\n"
        ",101,Molen,NL,,,\n"
        "C-1,101 102,Molen,NL,,,\n"
        "C-9,101\n"
        "C-10,102,Molen,,,,\n"
    )
    found = compare(Asked(content.encode(), "crm.csv"), office(cards, everything="crm"))
    assert [request.customer_id for _, request in found.requests] == ["C-1", "C-10"]
    named = {(bad.where.rpartition(" ")[2], bad.field) for bad in found.bad}
    assert named == {
        ("3", "country"), ("4", "send_invoices_to_email"), ("5", "bank_account"), ("6", "changed_at"),
        ("7", "administration_ids.1"), ("8", "customer_id"), ("9", "customer_id"), ("10", "the row"),
    }  # fmt: skip
    sentences = " ".join(bad.sentence for bad in found.bad)
    assert "line 3, country: expected two letters of ISO 3166, such as NL or DE, found 'UK'; correct it" in sentences
    assert "crm.csv line 9, customer_id: expected each customer once, found 'C-1', as in crm.csv line 2" in sentences


@pytest.mark.parametrize(
    ("extra", "field"),
    [
        ({"naam": "x"}, "naam"),
        ({"naam_changed_at": "2026-11-20T09:30:00Z"}, "naam_changed_at"),
        ({"city_changed_at": "gisteren"}, "city_changed_at"),
        ({"administration_ids": []}, "administration_ids"),
    ],
)
def test_a_row_with_what_nobody_knows_is_bad(cards: Cards, extra: dict[str, Any], field: str) -> None:
    found = compared(office(cards, everything="crm"), row(**extra))
    assert [bad.field for bad in found.bad] == [field]
    assert found.requests == ()


def test_ids_may_be_numbers_in_json(cards: Cards) -> None:
    found = compared(office(cards, everything="crm"), row(administration_ids=[101, 102]))
    assert [request.administration_id for _, request in found.requests] == ["101", "102"]


# Back and forth


Sides = Mapping[str, str]
VALUES = st.sampled_from(["", "Delft", "Leiden", "delft", "1234 AB", "1234ab", "0"])
SOME = st.dictionaries(st.sampled_from(FREE[1:]), VALUES, max_size=6)
MOMENT = st.none() | st.integers(-3, 3).map(lambda hours: NOON + timedelta(hours=hours))


@settings(max_examples=80, deadline=None)
@given(
    crm=SOME, moneybird=SOME, changed_at=MOMENT, agreed_at=MOMENT,
    owned=st.dictionaries(st.sampled_from(FREE), st.sampled_from(["crm", "moneybird", "newest"])),
)  # fmt: skip
def test_applying_both_directions_leaves_only_what_a_person_decides(
    crm: Sides, moneybird: Sides, changed_at: datetime | None, agreed_at: datetime | None, owned: Sides
) -> None:
    cards = Cards()
    rules = [("", name, who) for name, who in owned.items()]
    at_office = office(cards, *rules, everything=None if rules else "crm")
    cards.put(card(**{name: value or None for name, value in moneybird.items()}))
    said = row(**crm, changed_at=changed_at, agreed_at=agreed_at)
    first = compared(at_office, said)

    for each in first.to_crm:
        said[each.field] = each.moneybird_value
    after = {**moneybird, **{name: value for _, request in first.requests for name, value in request.stated.items()}}
    cards.put(card(**{name: value or None for name, value in after.items()}))
    second = compared(replace(at_office, catalogue=Published(cards)), said)  # type: ignore[arg-type]

    assert (second.requests, second.to_crm) == ((), ())
    left = {each.field for each in first.conflicts}
    assert {each.field for each in second.conflicts} == left
    silent = {name for name in moneybird if name not in crm and owned.get(name, "") == "crm"} if rules else set(FREE)
    for name in CONTACT_FIELDS:
        if name in said and name not in left | silent:
            assert same(name, said[name], after.get(name, "Molen" if name == "company_name" else ""))
    cards.close()


def test_both_directions_through_moneybird_leave_no_difference(bench: ContactBench) -> None:
    """Two contacts that differ and one that is new; the CRM takes over its part, the worker writes the other."""
    bench.made("C-1", city="Delft", phone="1", tax_number="NL004495445B01")
    bench.made("C-2", city="Gouda")
    bench.sync()
    crm = {
        "C-1": {"city": "Leiden", "phone": "2", "tax_number": "NL2", "changed_at": str(BEFORE - timedelta(days=9))},
        "C-2": {"city": "Gouda"},
        "C-3": {"city": "Breda", "phone": "3", "tax_number": "NL3"},
    }

    def asked() -> Asked:
        said = [row(each, **values, administration_ids=bench.administration_id) for each, values in crm.items()]
        return Asked(json.dumps([{**each, "company_name": "Molen B.V."} for each in said]).encode(), "crm.json")

    found = compare(asked(), bench.office())
    assert found.conflicts == ()
    for each in found.to_crm:
        crm[each.customer_id][each.field] = each.moneybird_value
    taken = SOURCES["crm"].take(asked(), bench.office())
    assert [origin for origin, _ in taken.requests] == ["crm.json item 1", "crm.json item 3"]
    for origin, request in taken.requests:
        command = submit(bench.store, request, bench.office(), who="anna", origin=origin)
        seen = command.preview_hash
        approve(bench.store, command.id, bench.office(), who="bert", seen=seen, reviewed=True)
    assert bench.worker().pass_once() == {State.VERIFIED: 2}
    bench.sync()

    again = SOURCES["crm"].take(asked(), bench.office())
    assert (again.requests, again.bad) == ((), ())
    assert again.remarks == ("3 contacts are the same on both sides.",)
    assert crm["C-1"]["phone"] == "1"
    assert [(each["city"], each["phone"]) for each in bench.with_id("C-1")] == [("Leiden", "1")]
    assert [(each["city"], each["tax_number"]) for each in bench.with_id("C-3")] == [("Breda", "NL3")]


def test_an_event_of_one_field_asks_for_that_field_alone(bench: ContactBench) -> None:
    bench.made("C-1", city="Delft", phone="1")
    bench.sync()
    event = {"customer_id": "C-1", "administration_ids": bench.administration_id, "city": "Leiden"}
    taken = SOURCES["crm"].take(Asked(json.dumps(event).encode(), "event 17"), bench.office())
    assert [request.stated for _, request in taken.requests] == [{"city": "Leiden"}]
    assert taken.remarks == ()


# The verb


@pytest.fixture
def published(clean_environment: Path) -> Path:
    """A snapshot with one contact of one administration; finance's tables are the examples."""
    folder = clean_environment / "published"
    folder.mkdir(parents=True)
    columns = ", ".join(f"{name} {kind}" for name, kind in card_columns().items())
    with duckdb.connect(str(folder / "marts-20261120T080000Z-ab12.duckdb")) as connection:
        connection.execute(f"create schema marts; create table marts.dim_contact_card ({columns})")
        connection.execute(
            "insert into marts.dim_contact_card by name select '101-7' as contact_key, '101' as administration_id,"
            " '7' as contact_id, 'Molen' as contact_name, 'C-1' as customer_number, 'Molen' as company_name,"
            " 'Delft' as city, '+31 1' as phone, 'NL1' as tax_number, false as is_archived, false as is_deleted,"
            " timestamptz '2026-11-20 12:00:00+00' as updated_at"
        )
    (folder / "marts.duckdb").symlink_to("marts-20261120T080000Z-ab12.duckdb")
    return clean_environment


def test_the_verb_writes_both_exports(published: Path, tmp_path: Path) -> None:
    file, to_crm, conflicts = tmp_path / "crm.csv", tmp_path / "to_crm.csv", tmp_path / "conflicts.csv"
    file.write_text("customer_id,administration_ids,company_name,city,phone,tax_number\nC-1,101,Molen,Leiden,2,NL2\n")
    arguments = ["contacts", "compare", str(file), "--to-crm", str(to_crm), "--conflicts", str(conflicts)]

    shown = CliRunner().invoke(app, arguments)

    assert shown.exit_code == 0, shown.output
    assert "1 contacts to make or change here" in shown.stdout
    assert "LOOK crm.csv line 2, C-1 in administration 101, phone: the CRM has 2, Moneybird +31 1;" in shown.stdout
    with to_crm.open(encoding="utf-8", newline="") as opened:
        [handed] = csv.DictReader(opened)
    with conflicts.open(encoding="utf-8", newline="") as opened:
        [decide] = csv.DictReader(opened)
    assert handed == {
        "where": "crm.csv line 2", "customer_id": "C-1", "administration_id": "101", "field": "tax_number",
        "crm_value": "NL2", "crm_changed_at": "", "moneybird_value": "NL1",
        "moneybird_changed_at": "2026-11-20T12:00:00+00:00", "goes": "to_crm", "reason": "Moneybird owns it",
    }  # fmt: skip
    assert (decide["field"], decide["reason"]) == ("phone", "the CRM does not say when it changed there")
    assert to_crm.stat().st_mode & 0o777 == 0o600
    told = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)
    assert told["requests"][0]["request"]["city"] == "Leiden"
    assert {key: len(value) for key, value in told.items() if isinstance(value, list)} == {
        "requests": 1, "to_crm": 1, "conflicts": 1, "bad_rows": 0,
    }  # fmt: skip


def test_the_verb_ends_with_3_when_rows_are_bad(published: Path, tmp_path: Path) -> None:
    file = tmp_path / "crm.csv"
    file.write_text("customer_id,administration_ids,country\nC-1,101,UK\n")
    shown = CliRunner().invoke(app, ["contacts", "compare", str(file)])
    assert shown.exit_code == 3
    assert (
        "NO  crm.csv line 2, country: expected two letters of ISO 3166, such as NL or DE, found 'UK'; correct it"
        in shown.stdout
    )


def test_a_file_that_is_not_there_and_one_that_cannot_be_written(published: Path, tmp_path: Path) -> None:
    missing = CliRunner().invoke(app, ["contacts", "compare", "nowhere.csv"])
    assert "nowhere.csv cannot be read: No such file" in str(missing.exception)
    file = tmp_path / "crm.csv"
    file.write_text("customer_id,administration_ids,city\nC-1,101,Delft\n")
    nowhere = str(tmp_path / "no" / "out.csv")
    closed = CliRunner().invoke(app, ["contacts", "compare", str(file), "--to-crm", nowhere])
    assert "out.csv cannot be written: No such file" in str(closed.exception)

"""The group: the same from the same seed, believable, and with at least three of every situation."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

import orjson
import pytest
from stdnum import iban
from stdnum.be import vat as belgian
from stdnum.de import vat as german
from stdnum.nl import bsn, btw

from pipelines.errors import ConfigurationError
from pipelines.sandbox import chart, reports
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.cards import NO_MANDATE
from pipelines.sandbox.company import build_group
from pipelines.sandbox.group.numbers import Numbers
from pipelines.sandbox.ledger import month_of
from pipelines.sandbox.records import KINDS, records
from pipelines.sandbox.situations import situations
from pipelines.sandbox.truth import CREDITORS, DEBTORS, Truth
from pipelines.sandbox.world import World

TRADING = ("Studio", "Advies", "Webwinkel")


def fingerprint(world: World) -> str:
    digest = hashlib.sha256()
    for administration in world.administrations.values():
        for resource in KINDS:
            digest.update(orjson.dumps(records(administration, resource)))
        for year in range(2023, 2028):
            first, last = month_of(date(year, 1, 1)), month_of(date(year, 12, 1))
            digest.update(orjson.dumps(reports.general_ledger(administration, first, last)))
            for line in reports.journal_entries(administration, first, last, administration.accounts):
                digest.update(orjson.dumps(reports.line(administration, line)))
    return digest.hexdigest()


def named(world: World) -> dict[str, Administration]:
    return {a.name.split()[1]: a for a in world.administrations.values()}


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(make_group: Callable[..., World]) -> None:
    assert fingerprint(make_group()) == fingerprint(make_group())
    assert fingerprint(make_group(seed=2)) != fingerprint(make_group())


def test_the_default_group_keeps_its_size() -> None:
    world = build_group()
    administrations = world.administrations.values()
    assert [a.name for a in administrations] == [
        f"Duivenhof {name} B.V." for name in ("Holding", "Studio", "Advies", "Webwinkel", "Vastgoed", "Export")
    ]
    assert (
        1_200
        < sum(
            len(held) for a in administrations for held in (a.invoices, a.external_invoices, a.purchases, a.estimates)
        )
        < 1_800
    )
    assert 800 <= sum(len(a.time_entries) for a in administrations) <= 1500
    assert sum(1 for a in administrations for _ in a.ledger.every_line()) <= 20_000


@pytest.mark.parametrize("seed", [20261120, 7])
def test_the_group_earns_one_to_two_million_a_year_and_nobody_is_in_the_red(
    make_group: Callable[..., World], seed: int
) -> None:
    """Among themselves the companies earn nothing: management fees are left out."""
    administrations = make_group(seed=seed).administrations.values()
    earned = -sum(
        line.amount
        for a in administrations
        for line in a.ledger.every_line()
        if line.day.year == 2025 and not line.closing and a.accounts[line.account_id].kind == "revenue"
        and line.account_id != a.roles.get(chart.FEES)
    )  # fmt: skip
    assert 1_000_000_00 < earned < 2_000_000_00
    for a in administrations:
        ends = [date(year, month, 28) for year in (2024, 2025, 2026) for month in range(1, 12)]
        assert min(a.ledger.balance(a.roles[chart.BANK], day) for day in ends) >= 0, a.name


def test_a_general_ledger_of_a_year_takes_well_under_twenty_milliseconds(make_group: Callable[..., World]) -> None:
    administration = named(make_group())["Webwinkel"]
    first, last = month_of(date(2026, 1, 1)), month_of(date(2026, 12, 1))
    started = time.perf_counter()
    for _ in range(10):
        reports.general_ledger(administration, first, last)
    assert (time.perf_counter() - started) / 10 < 0.020


@pytest.mark.parametrize("seed", [20261120, 7, 99])
def test_every_situation_occurs_three_times_at_least(make_group: Callable[..., World], seed: int) -> None:
    found = situations(make_group(seed=seed))
    assert len(found) > 160
    assert not {name: count for name, count in found.items() if count < 3}


@pytest.mark.slow
def test_every_situation_occurs_in_any_seed(make_group: Callable[..., World]) -> None:
    for seed in range(1_000, 1_040):
        found = situations(make_group(seed=seed))
        assert not {name: count for name, count in found.items() if count < 3}, seed


def test_the_inventory_counts_what_is_there_and_not_what_was_planned(make_group: Callable[..., World]) -> None:
    """An invoice more in a state, one contact less with a mandate: the counts follow the facts."""
    world = make_group()
    before = situations(world)
    studio = named(world)["Studio"]
    invoice = next(i for i in studio.invoices.values() if studio.state(i) == "late")
    invoice.uncollectible_on = studio.clock.today()
    contact = next(c for c in studio.contacts.values() if c.card.mandate.mandate_id)
    contact.card = replace(contact.card, mandate=NO_MANDATE)
    after = situations(world)
    changed = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert changed["invoice uncollectible"] == 1
    assert changed["invoice late"] == -1
    assert changed["contact with a mandate"] == -1


def test_particular_companies_have_their_own_situations(make_group: Callable[..., World]) -> None:
    companies = named(make_group())
    studio, advies, shop = (companies[name] for name in TRADING)
    assert any(line.period for invoice in studio.invoices.values() for line in invoice.lines)
    assert len(studio.projects) > 25  # more than a default page
    hours = Truth(studio).hours()
    assert hours["running"] == 3
    assert min(hours[state] for state in ("billed", "in_draft", "unbilled", "not_billable")) > 0
    dollars = [invoice for invoice in advies.invoices.values() if invoice.currency == "USD"]
    assert [invoice.rate for invoice in dollars] == [Decimal("0.92"), Decimal("0.875")]
    assert any(invoice.discount for invoice in shop.invoices.values())
    assert sum(invoice.prices_are_incl_tax for invoice in shop.external_invoices.values()) > 200
    assert companies["Export"].currency == "USD"
    assert {rate.country for rate in shop.tax_rates.values() if rate.country} == {"DE", "BE", "FR"}
    vastgoed = companies["Vastgoed"]
    assert not vastgoed.contacts
    assert not vastgoed.invoices
    assert not vastgoed.purchases
    assert vastgoed.accounts


def test_what_the_payment_provider_holds_goes_to_the_bank_every_week(make_group: Callable[..., World]) -> None:
    """P-19, DOMAIN T-26: after a payout nothing is left with the provider, and two days later nothing in transit."""
    shop = named(make_group())["Webwinkel"]
    psp, transit = shop.roles[chart.PSP], shop.roles[chart.TRANSIT]
    payouts = [m for m in shop.mutations.values() if m.account_id == psp and m.bookings]
    assert len(payouts) > 100
    for payout in payouts:
        before = payout.day - timedelta(days=1)
        assert payout.amount == -shop.ledger.balance(psp, before)
        assert shop.ledger.balance(transit, payout.day) == -payout.amount
        assert shop.ledger.balance(transit, payout.day + timedelta(days=1)) == 0 or payout.day == payouts[-1].day


def test_tax_of_consumers_abroad_is_declared_apart_from_the_return(make_group: Callable[..., World]) -> None:
    """Per quarter: OSS journal = tax on external invoices at a rate with a country (DOMAIN R1.12)."""
    shop = named(make_group())["Webwinkel"]
    declared = {j.day: j.entries[0].debit for j in shop.journals.values() if j.reference.startswith("OSS")}
    assert len(declared) == 11
    for day, amount in declared.items():
        owed = 0
        for invoice in shop.external_invoices.values():
            same_quarter = (invoice.day.year, (invoice.day.month - 1) // 3) == (day.year, (day.month - 1) // 3)
            if same_quarter and not invoice.is_new:
                owed += sum(
                    total.tax for total in shop.figures(invoice).tax_totals if shop.tax_rates[total.tax_rate_id].country
                )
        assert amount == owed


def test_a_merged_contact_lives_on_in_the_other(make_group: Callable[..., World]) -> None:
    for name in TRADING:
        administration = named(make_group())[name]
        survivor = next(contact for contact in administration.contacts.values() if contact.merged)
        old = survivor.merged[0][1]
        mine = [i for i in administration.invoices.values() if i.contact_id == survivor.id]
        assert any(invoice.card and invoice.card.name == old for invoice in mine)
        assert all(contact.card.name != old for contact in administration.contacts.values())


@pytest.mark.parametrize("day", ["2026-01-01", "2026-03-31", "2028-02-29", "2026-12-31"])
def test_any_day_can_be_today(make_group: Callable[..., World], day: str) -> None:
    world = make_group(business_date=date.fromisoformat(day), years=1)
    today = world.clock.today()
    for administration in world.administrations.values():
        told = Truth(administration)
        assert sum(line.amount for line in administration.ledger.every_line()) == 0
        for side in (DEBTORS, CREDITORS):
            assert administration.ledger.balance(administration.roles[side.role], today) == told.control_balance(
                today, side
            )


def test_invoice_numbers_run_with_the_calendar(make_group: Callable[..., World]) -> None:
    for administration in make_group().administrations.values():
        sent = [i for i in administration.invoices.values() if i.number and i.invoice_date]
        by_number = sorted(sent, key=lambda i: i.number or "")
        days = [i.invoice_date for i in by_number]
        assert days == sorted(d for d in days if d)
        for year in {d.year for d in days if d}:
            numbers = [i.number for i in by_number if i.invoice_date and i.invoice_date.year == year]
            assert numbers == [f"{year}-{n:04d}" for n in range(1, len(numbers) + 1)]


def test_ids_are_18_digits_and_unique_over_the_group(make_group: Callable[..., World]) -> None:
    """What is inside a record has ids of its own too; payments on a bank line are those of the documents."""
    ids: list[str] = []
    for administration in make_group().administrations.values():
        for resource in KINDS:
            for record in records(administration, resource):
                ids.append(record["id"])
                if resource != "financial_mutations":
                    inside = ("details", "payments", "contact_people", "general_journal_document_entries")
                    ids += [row["id"] for key in inside for row in record.get(key, [])]
    assert len(ids) == len(set(ids))
    assert {len(id_) for id_ in ids} == {18}


def test_a_version_is_the_second_of_the_last_change(make_group: Callable[..., World]) -> None:
    for record in records(named(make_group())["Advies"], "sales_invoices"):
        moment = record["updated_at"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", moment)
        assert record["version"] == int(datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp())


def test_numbers_pass_their_checks_and_belong_to_nobody(make_group: Callable[..., World]) -> None:
    """Asked of python-stdnum, which knows both kinds of Dutch VAT numbers."""
    taken: dict[str, set[str]] = {"iban": set(), "tax": set()}
    checks = {"NL": btw.is_valid, "DE": german.is_valid, "BE": belgian.is_valid}
    for administration in make_group().administrations.values():
        cards = [contact.card for contact in administration.contacts.values()]
        identity = administration.identities[administration.identity_id]
        accounts = [card.bank_account for card in cards] + [identity.bank_account_number]
        for account in filter(None, accounts):
            assert iban.is_valid(account)
            assert account[4:8] == "TEST"
            taken["iban"].add(account)
        for card in cards:
            if card.tax_number:
                assert checks[card.country](card.tax_number), card
                taken["tax"].add(card.tax_number)
            if card.chamber_of_commerce:
                assert re.fullmatch(r"00\d{6}", card.chamber_of_commerce)
            assert card.email is None or card.email.endswith(".example")
        assert identity.tax_number
        assert btw.is_valid(identity.tax_number)
    dutch = {number for number in taken["tax"] if number.startswith("NL")}
    assert any(number.startswith("NL999") for number in dutch)
    assert any(number.startswith("NL0000") and not bsn.is_valid(number[2:11]) for number in dutch)


def test_no_number_is_given_out_twice() -> None:
    numbers = Numbers(Random(3))
    for give in (numbers.vat_of_company, numbers.vat_of_sole_trader, numbers.chamber_of_commerce, numbers.iban):
        given = [give() for _ in range(3_000)]
        assert len(set(given)) == len(given)


def test_a_group_member_has_the_same_numbers_everywhere(make_group: Callable[..., World]) -> None:
    companies = named(make_group())
    holding = companies["Holding"]
    for name in ("Studio", "Advies", "Webwinkel", "Export"):
        sister = companies[name]
        mine = sister.identities[sister.identity_id]
        seen = [c.card for c in holding.contacts.values() if c.card.chamber_of_commerce == mine.chamber_of_commerce]
        assert [(card.tax_number, card.bank_account) for card in seen] == [(mine.tax_number, mine.bank_account_number)]


def test_size_can_be_chosen(make_group: Callable[..., World]) -> None:
    small = make_group(administrations=2, years=1)
    assert [a.name for a in small.administrations.values()] == ["Duivenhof Holding B.V.", "Duivenhof Studio B.V."]
    assert min(a.period_start_date for a in small.administrations.values()) == date(2024, 1, 1)
    large = make_group(scale=2)
    plain = make_group()
    assert sum(len(a.invoices) for a in large.administrations.values()) > 1.6 * sum(
        len(a.invoices) for a in plain.administrations.values()
    )
    assert list(large.administrations) == list(plain.administrations)
    assert [a.name for a in make_group(administrations=5, years=1).administrations.values()][-1].startswith(
        "Duivenhof Vastgoed"
    )
    names = [a.name for a in make_group(administrations=9, years=1).administrations.values()]
    assert len(set(names)) == 9
    with pytest.raises(ConfigurationError):
        make_group(scale=0)


def test_the_first_books_have_ids_of_digits_only_and_older_ones_are_refused(make_group: Callable[..., World]) -> None:
    world = make_group(business_date=date(2014, 3, 3), years=2)
    assert (
        min(min(a.id, *a.contacts, *a.accounts, *a.invoices, *a.journals) for a in world.administrations.values()) > 0
    )
    for day, years in ((date(2014, 3, 3), 3), (date(1990, 2, 28), 1), (date(1, 1, 1), 1), (date(9999, 12, 31), 1)):
        with pytest.raises(ConfigurationError, match="the sandbox knows the years 2012 to 2199"):
            make_group(business_date=day, years=years)


def test_one_token_reaches_several_administrations_and_one_only_its_own(make_group: Callable[..., World]) -> None:
    tokens = {token.name: token for token in make_group().tokens.values()}
    assert len(tokens["holding"].administrations) == 5
    assert len(tokens["webshop"].administrations) == 1
    assert not set(tokens["holding"].administrations) & set(tokens["webshop"].administrations)
    assert json.dumps([token.secret for token in tokens.values()]).count("sandbox-") == 2

"""The group: the same from the same seed, believable, and with at least one of every situation."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import orjson
import pytest

from pipelines.errors import ConfigurationError
from pipelines.sandbox import inventory, reports, truth
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.company import build_group
from pipelines.sandbox.ledger import month_of
from pipelines.sandbox.world import World

TRADING = ("Studio", "Advies", "Webwinkel")


def fingerprint(world: World) -> str:
    digest = hashlib.sha256()
    for administration in world.administrations.values():
        for resource in inventory.RESOURCES:
            digest.update(orjson.dumps(inventory.records(administration, resource)))
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


def test_the_default_group_is_made_within_three_seconds_and_keeps_its_size() -> None:
    started = time.perf_counter()
    world = build_group()
    assert time.perf_counter() - started < 3
    administrations = world.administrations.values()
    assert len(administrations) == 5
    assert sum(len(a.invoices) for a in administrations) <= 1500
    assert 800 <= sum(len(a.time_entries) for a in administrations) <= 1500
    assert sum(1 for a in administrations for _ in a.ledger.every_line()) <= 13_000


def test_a_general_ledger_of_a_year_takes_well_under_twenty_milliseconds(make_group: Callable[..., World]) -> None:
    administration = named(make_group())["Webwinkel"]
    first, last = month_of(date(2026, 1, 1)), month_of(date(2026, 12, 1))
    started = time.perf_counter()
    for _ in range(10):
        reports.general_ledger(administration, first, last)
    assert (time.perf_counter() - started) / 10 < 0.020


@pytest.mark.parametrize("seed", [20261120, 7, 99])
def test_every_situation_occurs_in_every_trading_company(make_group: Callable[..., World], seed: int) -> None:
    companies = named(make_group(seed=seed))
    for name in TRADING:
        found = situations(companies[name])
        assert not [situation for situation, count in found.items() if count == 0], (name, found)


def situations(administration: Administration) -> Counter[str]:
    found: Counter[str] = Counter(dict.fromkeys(("part", "over", "early", "unmatched", "settled", "credit_linked"), 0))
    found.update(dict.fromkeys(("credit_unlinked", "dubious", "archived_owing", "diacritics", "unprocessed"), 0))
    linked = {p.mutation_id for i in administration.invoices.values() for p in i.payments}
    for invoice in administration.invoices.values():
        found[administration.state(invoice)] += 1
        total = administration.figures(invoice).incl
        paid = sum(payment.price for payment in invoice.payments)
        found["part"] += 0 < paid < total
        found["over"] += 0 < total < paid
        found["early"] += any(invoice.invoice_date and p.day < invoice.invoice_date for p in invoice.payments)
        found["unmatched"] += any(p.mutation_id is None and not p.settlement for p in invoice.payments)
        found["settled"] += any(p.settlement for p in invoice.payments)
        found["credit_linked"] += invoice.original_id is not None
        found["credit_unlinked"] += total < 0 and invoice.original_id is None
        found["dubious"] += invoice.dubious_on is not None
        contact = administration.contacts[invoice.contact_id]
        found["archived_owing"] += contact.card.archived and administration.state(invoice) in ("late", "reminded")
        found["diacritics"] += not contact.card.name.isascii()
    found["unprocessed"] += sum(not m.bookings and m.id not in linked for m in administration.mutations.values())
    return found


def test_particular_companies_have_their_own_situations(make_group: Callable[..., World]) -> None:
    companies = named(make_group())
    studio, advies, shop = (companies[name] for name in TRADING)
    assert any(line.period for invoice in studio.invoices.values() for line in invoice.lines)
    assert len(studio.projects) > 25  # more than a default page
    hours = inventory.of(studio, studio.clock.today())["hours"]
    assert hours["running"] == 2
    assert min(hours[state] for state in ("billed", "in_draft", "unbilled", "not_billable")) > 0
    dollars = [invoice for invoice in advies.invoices.values() if invoice.currency == "USD"]
    assert [invoice.rate for invoice in dollars] == [Decimal("0.92"), Decimal("0.875")]
    rates = {advies.tax_rates[line.tax_rate_id].references for i in advies.invoices.values() for line in i.lines}
    assert ("NL/3b",) in rates
    shop_rates = {shop.tax_rates[line.tax_rate_id].percentage for i in shop.invoices.values() for line in i.lines}
    assert {Decimal(21), Decimal(9)} <= shop_rates
    assert sum(invoice.prices_are_incl_tax for invoice in shop.invoices.values()) > 300
    assert any(invoice.discount for invoice in shop.invoices.values())
    assert not companies["Vastgoed"].contacts
    assert not companies["Vastgoed"].invoices
    assert companies["Vastgoed"].accounts


@pytest.mark.parametrize("day", ["2026-01-01", "2026-03-31", "2028-02-29", "2026-12-31"])
def test_any_day_can_be_today(make_group: Callable[..., World], day: str) -> None:
    world = make_group(business_date=date.fromisoformat(day), years=1)
    for administration in world.administrations.values():
        assert sum(line.amount for line in administration.ledger.every_line()) == 0
        debtors = administration.ledger.balance(administration.roles["debtors"], world.clock.today())
        assert debtors == truth.debtors_balance(administration, world.clock.today())


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
    ids: list[str] = []
    for administration in make_group().administrations.values():
        for resource in inventory.RESOURCES:
            for record in inventory.records(administration, resource):
                ids.append(record["id"])
                ids += [row["id"] for key in ("details", "payments", "contact_people") for row in record.get(key, [])]
    assert len(ids) == len(set(ids))
    assert {len(id_) for id_ in ids} == {18}


def test_a_version_is_the_second_of_the_last_change(make_group: Callable[..., World]) -> None:
    for record in inventory.records(named(make_group())["Advies"], "sales_invoices"):
        moment = record["updated_at"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", moment)
        assert record["version"] == int(datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp())


def test_numbers_pass_their_checks_and_belong_to_nobody(make_group: Callable[..., World]) -> None:
    for administration in make_group().administrations.values():
        for contact in administration.contacts.values():
            card = contact.card
            if card.bank_account:
                moved = card.bank_account[4:] + card.bank_account[:4]
                assert int("".join(str(int(c, 36)) for c in moved)) % 97 == 1
                assert card.bank_account[4:8] == "TEST"
            if card.tax_number and card.country == "NL":
                digits = [int(c) for c in card.tax_number[2:11]]
                weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
                assert sum(w * d for w, d in zip(weights, digits, strict=True)) % 11 == 0
            assert card.email is None or card.email.endswith(".example")


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
    names = [a.name for a in make_group(administrations=9, years=1).administrations.values()]
    assert len(set(names)) == 9
    with pytest.raises(ConfigurationError):
        make_group(scale=0)


def test_one_token_reaches_several_administrations_and_one_only_its_own(make_group: Callable[..., World]) -> None:
    tokens = {token.name: token for token in make_group().tokens.values()}
    assert len(tokens["holding"].administrations) == 4
    assert len(tokens["webshop"].administrations) == 1
    assert not set(tokens["holding"].administrations) & set(tokens["webshop"].administrations)
    assert json.dumps([token.secret for token in tokens.values()]).count("sandbox-") == 2

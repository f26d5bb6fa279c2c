"""What a line of a sale gets: rate, tax rate, box, text, action, and one sentence that says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from pipelines.writeback.vat import ConfirmedBox, ConsumerSales, Customer, Sale, Seller, box_map
from pipelines.writeback.vat.rules import Action
from tests.pipelines.vat_tables import (
    BOXES,
    DUTCH,
    GERMAN,
    GERMAN_PERSON,
    NOW,
    RATES,
    SELLER,
    SWISS,
    decide,
    goods,
    rate,
    sale,
)  # fmt: skip

D = Decimal
AUTO, REVIEW, BLOCK = Action.AUTO, Action.REVIEW, Action.BLOCK
OSS = replace(SELLER, is_one_stop_shop=True)
OVER = replace(SELLER, consumer_sales=ConsumerSales(D(9950)))
KOR = Seller("101", "kor")
NUMBERLESS = replace(GERMAN, tax_number=None)
REFUSED = replace(GERMAN, is_tax_number_valid=False)
NEVER_CHECKED = replace(GERMAN, is_tax_number_valid=None, tax_number_validated_at=None)
CANARIES = Customer("ES", "35001", "Paloma SL")
BELFAST = Customer("GB", "BT1 1AA", "Dove Ltd")
DUTCH_FIRM = Customer("NL", "1012 AB", "Duif B.V.", "NL004495445B01", True, NOW)
STAY = {"vat_class": "stay", "service_place": None, "happens_in": "NL"}


@pytest.mark.parametrize(
    ("line", "customer", "seller", "expected"),
    [
        (sale(), DUTCH, SELLER, ("V020", AUTO, 21, "1a", "high", "")),
        (sale(vat_class="reduced"), DUTCH, SELLER, ("V021", AUTO, 9, "1b", "low", "")),
        (sale(vat_class="zero"), DUTCH, SELLER, ("V025", AUTO, 0, "1e", "zero", "0% btw")),
        (sale(vat_class="exempt"), DUTCH, SELLER, ("V015", AUTO, 0, "none", "exempt", "Vrijgesteld van btw")),
        (sale(), DUTCH, Seller("101", "exempt"), ("V015", AUTO, 0, "none", "exempt", "Vrijgesteld van btw")),
        (sale(vat_class="reverse_work"), DUTCH_FIRM, SELLER, ("V030", REVIEW, 0, "1e", "zero", "Btw verlegd")),
        (sale(vat_class="reverse_work"), DUTCH, SELLER, ("V032", AUTO, 21, "1a", "high", "")),
        (goods(), GERMAN, SELLER,
         ("V040", AUTO, 0, "3b", "eu", "Intracommunautaire levering, artikel 138, lid 1, Richtlijn 2006/112")),
        (sale(), GERMAN, SELLER, ("V050", AUTO, 0, "3b", "eu", "Btw verlegd")),
        (goods(movement="stays"), GERMAN, SELLER, ("V042", REVIEW, 21, "1a", "high", "")),
        (goods(), NUMBERLESS, SELLER, ("V041", BLOCK, 21, "1a", "high", "")),
        (goods(), REFUSED, SELLER, ("V041", BLOCK, 21, "1a", "high", "")),
        (goods(), NEVER_CHECKED, SELLER, ("V044", BLOCK, 0, "3b", "eu", None)),
        (sale(), NUMBERLESS, SELLER, ("V051", BLOCK, 21, "1a", "high", "")),
        (sale(), NEVER_CHECKED, SELLER, ("V053", BLOCK, 0, "3b", "eu", "Btw verlegd")),
        (goods(), GERMAN_PERSON, SELLER, ("V060", AUTO, 21, "1a", "high", "")),
        (goods(vat_class="reduced"), GERMAN_PERSON, SELLER, ("V060", AUTO, 9, "1b", "low", "")),
        (goods(), GERMAN_PERSON, OSS, ("V061", AUTO, 19, "none", "german", "")),
        (goods(), Customer("MC", "98000"), OSS, ("V061", AUTO, 20, "none", "french", "")),
        (goods(), Customer("BE", "1000"), OSS, ("V061", AUTO, 21, "none", "belgian", "")),
        (sale(service_place="where_it_happens", happens_in="BE"), GERMAN_PERSON, SELLER,
         ("V066", REVIEW, 21, "none", "belgian", "")),
        (goods(vat_class="reduced"), GERMAN_PERSON, OSS, ("V061", BLOCK, None, "none", None, "")),
        (goods(), GERMAN_PERSON, OVER, ("V062", BLOCK, 19, "3c", None, "")),
        (goods(), GERMAN_PERSON, replace(OVER, consumer_sales=ConsumerSales(D(9900))),
         ("V060", AUTO, 21, "1a", "high", "")),
        (sale(supply_kind="digital"), GERMAN_PERSON, SELLER, ("V063", AUTO, 21, "1a", "high", "")),
        (sale(supply_kind="digital"), GERMAN_PERSON, OSS, ("V064", AUTO, 19, "none", "german", "")),
        (sale(), GERMAN_PERSON, OSS, ("V065", AUTO, 21, "1a", "high", "")),
        (goods(movement="stays"), GERMAN_PERSON, OSS, ("V068", REVIEW, 21, "1a", "high", "")),
        (goods(), SWISS, SELLER, ("V070", AUTO, 0, "3a", "export", "Export, 0% btw")),
        (goods(movement="stays"), SWISS, SELLER, ("V071", BLOCK, 21, "1a", "high", "")),
        (sale(), SWISS, SELLER,
         ("V072", AUTO, 0, "none", "outside", "Btw verlegd / niet onderworpen aan Nederlandse btw")),
        (sale(), Customer("CH", "8001"), SELLER, ("V075", REVIEW, 21, "1a", "high", "")),
        (sale(service_place="listed"), Customer("CH", "8001"), SELLER, ("V074", REVIEW, 0, "none", "outside", "")),
        (goods(), BELFAST, SELLER, ("V041", BLOCK, 21, "1a", "high", "")),
        (sale(), BELFAST, SELLER,
         ("V072", AUTO, 0, "none", "outside", "Btw verlegd / niet onderworpen aan Nederlandse btw")),
        (goods(), CANARIES, SELLER, ("V082", AUTO, 0, "3a", "export", "Export, 0% btw")),
        (goods(movement="stays"), CANARIES, SELLER, ("V084", BLOCK, None, None, None, "")),
        (sale(), replace(DUTCH_FIRM, in_fiscal_unity=True), SELLER,
         ("V090", AUTO, 0, "none", "outside", "Prestatie binnen fiscale eenheid, geen btw")),
        (sale(), DUTCH, KOR,
         ("V010", AUTO, 0, "none", "exempt", "Vrijgesteld van btw op grond van de kleineondernemersregeling")),
        (sale(), GERMAN, KOR, ("V011", REVIEW, 0, None, None, "")),
        (sale(), SWISS, KOR, ("V012", BLOCK, None, None, None, "")),
        (goods(is_margin=True), DUTCH, SELLER,
         ("V018", REVIEW, None, "1a", None, "Bijzondere regeling - gebruikte goederen")),
        (sale(service_place="where_it_happens", happens_in="BE"), GERMAN, SELLER,
         ("V052", REVIEW, None, None, None, "")),
        (sale(service_place="where_it_happens", happens_in="BE"), DUTCH, SELLER, ("V005", BLOCK, None, None, None, "")),
        (sale(service_place="where_it_happens", happens_in="NL"), GERMAN, SELLER,
         ("V020", AUTO, 21, "1a", "high", "")),
        (sale(), Customer(None), SELLER, ("V001", BLOCK, None, None, None, "")),
        (sale(vat_class=None), DUTCH, SELLER, ("V099", BLOCK, None, None, None, "")),
        (sale(), DUTCH, Seller("101", None), ("V099", BLOCK, None, None, None, "")),
    ],
)  # fmt: skip
def test_the_core_cases(line: Sale, customer: Customer, seller: Seller, expected: tuple[Any, ...]) -> None:
    """DOMAIN 1.3 and what its table leaves open: rule, action, percentage, box, tax rate, legal text."""
    answer = decide(line, customer, seller)
    rule_id, action, percentage, box, tax_rate_id, text = expected

    assert (answer.rule_id, answer.action) == (rule_id, action), answer.sentence
    assert (answer.percentage, answer.box, answer.tax_rate_id) == (percentage, box, tax_rate_id), answer.sentence
    assert text is None or answer.legal_text == text


@pytest.mark.parametrize(
    ("line", "customer", "seller", "sentence"),
    [
        (sale(), DUTCH, SELLER,
         "21 % because it is taxed in the Netherlands and the product has the standard rate, rule V020."),
        (sale(), GERMAN, SELLER,
         "0 % because the customer is in another EU country, the customer is a business, its VAT number is confirmed, "
         "a service is sold and it follows the general rule for services, rule V050."),
        (goods(), NUMBERLESS, SELLER,
         "Blocked because the customer is in another EU country, the customer is a business, it has no VAT number and "
         "goods are sold, rule V041: the buyer has no valid number: no zero rate."),
        (sale(vat_class=None, supply_kind=None), GERMAN_PERSON, SELLER,
         "Blocked because it is not known whether goods or a service are sold and the product's VAT class is not known"
         ", rule V099: something this table decides by is not known or contradictory: say it."),
        (goods(vat_class="reduced"), GERMAN_PERSON, OSS,
         "Blocked because the customer is in another EU country, the customer is a consumer, goods are sold, the goods "
         "leave the Netherlands and the seller declares consumers elsewhere in the EU through the one-stop shop, rule "
         "V061: only standard rates of DE are known here."),
    ],
)  # fmt: skip
def test_one_sentence_says_why(line: Sale, customer: Customer, seller: Seller, sentence: str) -> None:
    assert decide(line, customer, seller).sentence == sentence


@pytest.mark.parametrize(
    ("first", "last", "rule_id", "percentage"),
    [
        (date(2025, 12, 30), date(2025, 12, 31), "V023", 9),
        (date(2026, 1, 1), None, "V022", 21),
        (date(2025, 12, 31), date(2026, 1, 2), "V099", None),
        (None, None, "V099", None),
    ],
)
def test_the_night_decides_the_rate_of_a_stay(
    first: date | None, last: date | None, rule_id: str, percentage: int | None
) -> None:
    """Paid in 2025 for 2026 is 21 % (R1.2), for a German guest too: a room is taxed where it is."""
    for guest in (DUTCH, GERMAN_PERSON):
        line = sale(**STAY, first_night=first, last_night=last, invoice_date=date(2025, 11, 1))
        answer = decide(line, guest)

        assert (answer.rule_id, answer.percentage) == (rule_id, percentage)
        if last == date(2026, 1, 2):
            assert "the nights 2025-12-31 to 2026-01-02 have more than one rate; split the line" in answer.sentence


def test_t1_in_the_answer() -> None:
    """Reduced goods supplied in November 2018 and invoiced in January 2019 still have 6 %."""
    line = goods(vat_class="reduced", supplied_on=date(2018, 11, 14), invoice_date=date(2019, 1, 5))

    answer = decide(line, DUTCH_FIRM)

    assert (answer.percentage, answer.tax_rate_id, answer.evidence.tax_point) == (6, "old-low", date(2018, 12, 15))
    assert decide(replace(line, supplied_on=date(2018, 12, 28)), DUTCH_FIRM).percentage == 9


@pytest.mark.parametrize(
    ("customer", "seller", "changed", "tax_point"),
    [
        (DUTCH, SELLER, {}, date(2018, 11, 14)),
        (DUTCH_FIRM, SELLER, {}, date(2018, 12, 15)),
        (DUTCH_FIRM, SELLER, {"received_on": date(2019, 2, 1)}, date(2018, 12, 15)),
        (DUTCH_FIRM, replace(SELLER, scheme="cash"), {"received_on": date(2019, 2, 1)}, date(2019, 2, 1)),
        (DUTCH_FIRM, SELLER, {"original_tax_point": date(2018, 5, 1)}, date(2018, 5, 1)),
    ],
)
def test_whose_rate_day_it_is(customer: Customer, seller: Seller, changed: Any, tax_point: date) -> None:
    """A consumer's supply, a firm's invoice when it was due, a cash seller's receipt, a credit's original."""
    line = goods(vat_class="reduced", supplied_on=date(2018, 11, 14), invoice_date=date(2019, 1, 5), **changed)

    answer = decide(line, customer, seller)

    assert answer.evidence.tax_point == tax_point
    assert answer.percentage == (9 if tax_point.year == 2019 else 6)


def test_a_confirmation_of_over_a_month_ago_is_for_a_person_to_look_up_again() -> None:
    old = replace(GERMAN, tax_number_validated_at=datetime(2026, 10, 22, 11, tzinfo=UTC))

    services, shipped, collected = (decide(line, old) for line in (sale(), goods(), goods(movement="stays")))

    assert (services.rule_id, services.action, services.tax_rate_id) == ("V054", REVIEW, "eu")
    assert (shipped.rule_id, shipped.action, shipped.tax_rate_id) == ("V045", REVIEW, "eu")
    assert (collected.rule_id, collected.percentage) == ("V042", 21)
    assert services.sentence.startswith("0 %, to be reviewed, because")
    assert services.sentence.endswith(
        "rule V054: the number was confirmed over 30 days ago: look it up again before VAT is left out; "
        "DE136695976 was confirmed on 22-10-2026."
    )


def test_a_consumer_with_a_valid_number_is_a_contradiction() -> None:
    answer = decide(sale(), replace(GERMAN, is_business=False))

    assert (answer.rule_id, answer.action) == ("V099", BLOCK)
    assert "it is not known whether the customer is a business" in answer.sentence
    assert "called a consumer, but DE136695976 was confirmed on 01-11-2026" in answer.sentence


def test_without_a_postcode_a_person_looks() -> None:
    """Spain without a postcode may be the Canaries."""
    answer = decide(sale(), replace(GERMAN_PERSON, country_code="ES", postcode=None))

    assert (answer.rule_id, answer.action, answer.tax_rate_id) == ("V065", REVIEW, "high")
    assert "without a postcode" in answer.sentence


def test_goods_go_by_where_they_are_delivered() -> None:
    assert decide(goods(delivered_to=("NL", "1012AB")), GERMAN).rule_id == "V020"
    assert decide(goods(delivered_to=("ES", "38400")), DUTCH).rule_id == "V082"


def test_the_sale_that_ends_the_small_business_scheme_is_taxed_and_looked_at() -> None:
    """R1.13: the crossing supply is taxed at once."""
    below = decide(sale(), DUTCH, replace(KOR, kor_turnover=D(19_900)))
    above = decide(sale(), DUTCH, replace(KOR, kor_turnover=D("19900.01")))

    assert (below.rule_id, below.action) == ("V010", AUTO)
    assert (above.rule_id, above.action, above.percentage) == ("V020", REVIEW, 21)
    assert "with this sale the year's turnover is 20000.01" in above.sentence
    assert above.sentence.endswith("change vat_regimes.")


def test_an_unconfirmed_box_blocks_and_says_which_rate_to_confirm() -> None:
    """The name says it, and is not believed (R2.1, R2.2)."""
    answer = decide(sale(), DUTCH, boxes={key: box for key, box in BOXES.items() if key != "high"})

    assert (answer.action, answer.tax_rate_id) == (BLOCK, None)
    assert answer.sentence.endswith(
        "rule V020: no tax rate is confirmed as 21 % in box 1a; confirm the box of 'high' (high) in tax_rate_boxes."
    )


def test_two_rates_with_one_box_block_until_finance_says_which() -> None:
    rates = [*RATES, rate("high too", "21")]
    boxes = {**BOXES, "high too": ConfirmedBox("1a")}

    undecided = decide(sale(), DUTCH, rates=rates, boxes=boxes)
    decided = decide(sale(), DUTCH, rates=rates, boxes={**boxes, "high too": ConfirmedBox("1a", ("NL_STANDARD",))})
    excluded = decide(sale(), DUTCH, rates=rates, boxes={**boxes, "high too": ConfirmedBox("1a", ("MARGIN",))})

    assert undecided.action is BLOCK
    assert "'high' (high), 'high too' (high too) all are 21 % in box 1a; write in tax_rate_boxes" in undecided.sentence
    assert (decided.tax_rate_id, excluded.tax_rate_id) == ("high too", "high")


def test_a_rate_that_is_not_there_blocks() -> None:
    inactive = [replace(found, is_active=False) if found.tax_rate_id == "eu" else found for found in RATES]

    answer = decide(sale(), GERMAN, rates=inactive)

    assert answer.action is BLOCK
    assert "confirm the box of" not in answer.sentence
    assert "no active sales tax rate for 0 % in box 3b; make it in Moneybird" in answer.sentence


def test_the_evidence_is_kept_as_text() -> None:
    answer = decide(sale(), GERMAN)

    kept = answer.evidence.as_json()

    assert kept["inputs"] == {
        "seller_scheme": "normal", "customer_zone": "EU", "customer_type": "business", "vat_number_status": "valid",
        "supply_kind": "services", "vat_class": "standard", "movement": "stays", "service_place": "general",
        "consumer_sales": "below",
    }  # fmt: skip
    assert (kept["tax_number"], kept["is_tax_number_valid"]) == ("DE136695976", True)
    assert kept["tax_number_validated_at"] == "2026-11-01T00:00:00+00:00"
    assert (kept["decided_at"], kept["tax_point"]) == ("2026-11-22T12:00:00+00:00", "2026-11-22")
    assert answer.icp_kind == "services"


def test_boxes_are_those_of_the_administration_and_the_day() -> None:
    row = {
        "administration_id": "101", "tax_rate_id": "7", "valid_from_date": "2024-01-01", "valid_to_date": "2025-12-31",
        "tax_report_reference": "NL/3b", "rate_kinds": "REVERSE_EU|INTRA_EU_GOODS",
    }  # fmt: skip
    later = {
        **row,
        "valid_from_date": "2026-01-01",
        "valid_to_date": "",
        "tax_report_reference": "none",
        "rate_kinds": "",
    }

    assert box_map([row, later], "101", date(2025, 12, 31)) == {
        "7": ConfirmedBox("3b", ("REVERSE_EU", "INTRA_EU_GOODS"))
    }
    assert box_map([row, later], "101", date(2026, 1, 1)) == {"7": ConfirmedBox("none")}
    assert box_map([row, later], "102", date(2026, 1, 1)) == {}

"""Figures the law gives: days whose rate holds, packages, rounding, VAT numbers, zones and limits (DOMAIN §1)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban

from pipelines.writeback.vat.counters import ConsumerSale, ConsumerSales, count_consumer_sales, crosses_kor
from pipelines.writeback.vat.numbers import judge, normalised
from pipelines.writeback.vat.rounding import in_gross, on_net, on_total, per_line, split_package
from pipelines.writeback.vat.tax_point import last_day_to_invoice, tax_point
from tests.pipelines.vat_tables import LOOKUPS, NOW, TODAY

D = Decimal
cents = st.integers(-10_000_000, 10_000_000).map(lambda value: D(value) / 100)


@pytest.mark.parametrize(
    ("supplied", "invoiced", "percentage"),
    [(date(2018, 12, 28), date(2019, 1, 5), "9"), (date(2018, 11, 14), date(2019, 1, 5), "6")],
)
def test_t1_a_late_invoice_keeps_the_rate_of_the_day_it_was_due(
    supplied: date, invoiced: date, percentage: str
) -> None:
    assert LOOKUPS.percentage("NL", "reduced", tax_point(invoiced, supplied)) == D(percentage)


def test_the_day_whose_rate_holds() -> None:
    """A consumer needs no invoice, a cash seller owes on receipt, a credit keeps the original's day."""
    assert last_day_to_invoice(date(2018, 12, 31)) == date(2019, 1, 15)
    assert tax_point(date(2019, 1, 5)) == date(2019, 1, 5)
    assert tax_point(date(2019, 1, 5), date(2018, 12, 28), is_consumer=True) == date(2018, 12, 28)
    assert tax_point(date(2019, 1, 5), date(2018, 12, 28), received_on=date(2019, 3, 1)) == date(2019, 3, 1)
    assert tax_point(date(2019, 1, 5), original=date(2012, 1, 1)) == date(2012, 1, 1)


def test_every_standard_rate_of_2026() -> None:
    """DOMAIN 1.6."""
    told = "AT 20 BE 21 BG 20 CY 19 CZ 21 DE 19 DK 25 EE 24 ES 21 FI 25.5 FR 20 GR 24 HR 25 HU 27 IE 23 IT 22 LT 21 "
    told += "LU 17 LV 21 MT 18 NL 21 PL 23 PT 23 RO 21 SE 25 SI 22 SK 23"
    words = told.split()
    for country, percentage in zip(words[::2], words[1::2], strict=True):
        assert LOOKUPS.percentage(country, "standard", TODAY) == D(percentage), country
    assert LOOKUPS.percentage("NL", "standard", date(2012, 9, 30)) == 19
    assert LOOKUPS.percentage("NL", "standard", date(2012, 10, 1)) == 21
    assert LOOKUPS.stay_kind(date(2025, 12, 31)) == "reduced"
    assert LOOKUPS.stay_kind(date(2026, 1, 1)) == "standard"


def test_t2_a_package_is_split_by_market_value() -> None:
    lodging, breakfast = split_package(D(150), [D(280), D(70)])

    assert (lodging, breakfast) == (D("120.00"), D("30.00"))
    assert (on_net(lodging, D(21)), on_net(breakfast, D(9))) == (D("25.20"), D("2.70"))
    assert lodging + breakfast + D("25.20") + D("2.70") == D("177.90")
    with pytest.raises(ValueError, match="market values of a package"):
        split_package(D(150), [D(0), D(0)])


@given(cents, st.lists(st.integers(0, 100_000).map(D), min_size=1, max_size=6).filter(any))
def test_the_parts_of_a_package_are_the_package(price: Decimal, values: list[Decimal]) -> None:
    parts = split_package(price, values)

    assert sum(parts) == price
    for part, value in zip(parts, values, strict=True):
        assert abs(part - price * value / sum(values)) <= D("0.005") * (1 + len(values))


def test_t3_to_t5_cents_per_line_and_on_the_total() -> None:
    assert per_line([D("0.50")] * 5, D(21)) == D("0.55")
    assert on_total([D("0.50")] * 5, D(21)) == D("0.53")
    assert per_line([D("9.99")] * 3, D(21), with_vat=True) == D("5.19")
    assert on_total([D("9.99")] * 3, D(21), with_vat=True) == D("5.20")
    assert in_gross(D(100), D(21)) == D("17.36")
    assert D(100) - in_gross(D(100), D(21)) == D("82.64")


@given(st.lists(cents, max_size=8), st.sampled_from([D(0), D(6), D(9), D("25.5"), D(21)]))
def test_both_ways_of_rounding_stay_half_a_cent_a_line_apart(amounts: list[Decimal], percentage: Decimal) -> None:
    for with_vat in (False, True):
        lines = per_line(amounts, percentage, with_vat=with_vat)
        total = on_total(amounts, percentage, with_vat=with_vat)
        assert abs(lines - total) <= D("0.005") * (len(amounts) + 1)


def number(text: str | None, country: str = "NL", **changed: object) -> str:
    told = {"is_valid": True, "validated_at": NOW, "now": NOW, **changed}
    zone = str(told.pop("zone", "NL" if country == "NL" else "EU"))
    return judge(text, country, zone, lookups=LOOKUPS, **told).status  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("case", "text", "status"),
    [
        ("T-6, the 11-test of companies", "NL004495445B01", "valid"),
        ("T-7, the 97-test of sole traders", "NL002455799B11", "valid"),
        ("T-8, neither", "NL123456789B90", "invalid"),
        ("T-9", "NL000099998B57", "valid"),
        ("typed by hand", "nl.0044.95.445.b01", "valid"),
        ("without its country", "004495445B01", "valid"),
        ("too short", "NL00449544B01", "invalid"),
        ("nothing", " ", "missing"),
        ("nothing", None, "missing"),
    ],
)
def test_t6_to_t9_dutch_numbers_pass_either_checksum(case: str, text: str | None, status: str) -> None:
    """T-7 is 23210024557991111 mod 97 = 1; T-6 is 132 = 12 × 11."""
    assert number(text) == status


def test_t31_an_iban_passes_its_97_test() -> None:
    assert iban.is_valid("NL91ABNA0417164300")


def test_a_number_counts_only_where_it_is_asked() -> None:
    """A Dutch number does not make a German buyer, and only XI is Northern Ireland's."""
    assert normalised("gr 094.259.216", "GR", LOOKUPS) == "EL094259216"
    assert number("gr 094.259.216", "GR") == "valid"
    assert number("NL004495445B01", "DE") == "invalid"
    assert number("DE136695976", "GB", zone="XI") == "invalid"
    assert number("DE136695976", "CH", zone="NON_EU") == "unchecked"


@pytest.mark.parametrize(
    ("is_valid", "days", "status"),
    [(True, 0, "valid"), (True, 30, "valid"), (True, 31, "stale"), (False, 1, "invalid"), (None, 1, "unchecked"),
     (True, None, "unchecked")],
)  # fmt: skip
def test_a_confirmation_is_worth_thirty_days(is_valid: bool | None, days: int | None, status: str) -> None:
    """Null is never asked, not invalid (R1.15)."""
    validated = None if days is None else NOW - timedelta(days=days)

    assert number("DE136695976", "DE", is_valid=is_valid, validated_at=validated) == status


@pytest.mark.parametrize(
    ("country", "postcode", "zone"),
    [
        ("NL", "1012 AB", "NL"), ("DE", "10115", "EU"), ("MC", "98000", "EU"), ("FR", "98000", "EU"),
        ("ES", "35001", "EU_OUTSIDE_VAT"), ("ES", "38 400", "EU_OUTSIDE_VAT"), ("ES", "28001", "EU"),
        ("ES", "51001", "EU_OUTSIDE_VAT"), ("FI", "FI-22100", "EU_OUTSIDE_VAT"), ("FI", "00100", "EU"),
        ("DE", "78266", "EU_OUTSIDE_VAT"), ("DE", "27498", "EU_OUTSIDE_VAT"), ("IT", "23041", "EU_OUTSIDE_VAT"),
        ("IT", "22061", "EU_OUTSIDE_VAT"), ("FR", "97110", "EU_OUTSIDE_VAT"), ("GB", "BT1 1AA", "XI"),
        ("GB", "EC1A 1BB", "NON_EU"), ("CH", "8001", "NON_EU"), ("NO", "", "NON_EU"), ("", "1012", "unknown"),
        (None, None, "unknown"), ("gr", "105 57", "EU"),
    ],
)  # fmt: skip
def test_a_zone_is_a_country_and_a_postcode(country: str | None, postcode: str | None, zone: str) -> None:
    assert LOOKUPS.zone(country, postcode, TODAY).name == zone


def test_a_zone_is_of_a_day_and_unsure_without_the_postcode() -> None:
    assert LOOKUPS.zone("GB", "EC1A 1BB", date(2020, 6, 1)).name == "EU"
    assert not LOOKUPS.zone("ES", None, TODAY).is_certain
    assert LOOKUPS.zone("BE", None, TODAY).is_certain


def consumer_sale(country_amount: str, **changed: object) -> ConsumerSale:
    told: dict[str, object] = {
        "administration_id": "101", "day": TODAY, "customer_zone": "EU", "customer_type": "consumer",
        "supply_kind": "goods", "movement": "leaves", "amount": D(country_amount),
    }  # fmt: skip
    return ConsumerSale(**{**told, **changed})  # type: ignore[arg-type]


def test_one_limit_for_all_countries_and_the_sale_that_crosses_it() -> None:
    """R1.11: 4 000 to Germany, 3 500 to Belgium and 3 000 to France are over; 10 000 itself is not."""
    counted = count_consumer_sales(
        [
            consumer_sale("4000"),
            consumer_sale("3500", supply_kind="digital", movement="stays"),
            consumer_sale("900", supply_kind="services"),
            consumer_sale("900", customer_type="business"),
            consumer_sale("900", movement="stays"),
            consumer_sale("900", customer_zone="NON_EU"),
            consumer_sale("900", customer_zone="XI", supply_kind="digital"),
            consumer_sale("900", administration_id="102"),
            consumer_sale("900", day=date(2025, 12, 31)),
        ]
    )
    sales = ConsumerSales.of(counted, "101", 2026)

    assert sales == ConsumerSales(D(7500), D(900))
    assert sales.state(D(3000), is_one_stop_shop=False) == "over"
    assert sales.state(D(2500), is_one_stop_shop=False) == "below"
    assert sales.state(D("2500.01"), is_one_stop_shop=False) == "over"
    assert sales.state(D(-4000), is_one_stop_shop=False) == "below"
    assert sales.state(D(1), is_one_stop_shop=True) == "oss"
    assert ConsumerSales(last_year=D("10000.01")).state(D(1), is_one_stop_shop=False) == "over"


def test_the_small_business_scheme_ends_with_the_sale_that_crosses_it() -> None:
    assert not crosses_kor(D(19_900), D(100))
    assert crosses_kor(D(19_900), D("100.01"))
    assert not crosses_kor(D(20_000), D(-50))


def test_a_moment_in_another_zone_counts_by_its_instant() -> None:
    assert number("DE136695976", "DE", validated_at=datetime(2026, 10, 23, 12, tzinfo=UTC)) == "valid"

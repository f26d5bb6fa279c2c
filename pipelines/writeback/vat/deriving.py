"""From facts to the nine words, with the reason for every one; what two facts contradict stays unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pipelines.writeback.vat.counters import crosses_kor
from pipelines.writeback.vat.dimensions import UNKNOWN
from pipelines.writeback.vat.facts import Customer, Sale, Seller
from pipelines.writeback.vat.inputs import Inputs
from pipelines.writeback.vat.lookups import Lookups, Zone
from pipelines.writeback.vat.numbers import NumberStatus, judge
from pipelines.writeback.vat.tax_point import tax_point

_SCHEMES = {"accrual": "normal", "cash": "normal", "exempt": "normal", "kor": "kor"}


@dataclass(frozen=True)
class Derived:
    """`reasons` explain the words; `cautions` are why a person must look although the words are clear."""

    inputs: Inputs
    tax_point: date
    number: NumberStatus
    destination: str | None  # the country whose own VAT would be due, where that is another
    reasons: Mapping[str, str]  # of a word, where there is more to say than the word
    cautions: tuple[str, ...]


@dataclass(frozen=True)
class _Word:
    word: str
    reason: str = ""
    caution: str = ""


def derive(sale: Sale, customer: Customer, seller: Seller, lookups: Lookups, now: datetime) -> Derived:
    """The words for one line of a sale, as of `now`."""
    country, postcode = _address(sale, customer)
    zone = lookups.zone(country, postcode, sale.invoice_date)
    number = _number(customer, zone, lookups, now)
    kind = _type(customer, number)
    place = _place(sale)
    words = {
        "seller_scheme": _scheme(sale, seller),
        "customer_zone": _zone(customer, zone, place),
        "customer_type": kind,
        "vat_number_status": _Word(number.status, number.reason),
        "supply_kind": _Word(sale.supply_kind or UNKNOWN),
        "vat_class": _vat_class(sale, seller, lookups),
        "movement": _Word(sale.movement if sale.supply_kind == "goods" else "stays"),
        "service_place": _Word("general") if place.word == "here" else place,
        "consumer_sales": _Word(seller.consumer_sales.state(sale.amount, is_one_stop_shop=seller.is_one_stop_shop)),
    }
    return Derived(
        inputs=Inputs(**{name: word.word for name, word in words.items()}),
        tax_point=_day(sale, kind.word, seller),
        number=number,
        destination=lookups.taxed_as(sale.happens_in if place.word == "elsewhere" else country),
        reasons={name: word.reason for name, word in words.items() if word.reason},
        cautions=tuple(word.caution for word in words.values() if word.caution),
    )


def _address(sale: Sale, customer: Customer) -> tuple[str | None, str | None]:
    if sale.delivered_to and sale.supply_kind == "goods":
        return sale.delivered_to
    return customer.country_code, customer.postcode


def _number(customer: Customer, zone: Zone, lookups: Lookups, now: datetime) -> NumberStatus:
    return judge(
        customer.tax_number,
        customer.country_code,
        zone.name,
        is_valid=customer.is_tax_number_valid,
        validated_at=customer.tax_number_validated_at,
        now=now,
        lookups=lookups,
    )


def _scheme(sale: Sale, seller: Seller) -> _Word:
    """The crossing supply of a small business is taxed at once (DOMAIN R1.13); a person has the scheme ended."""
    if seller.scheme is None:
        return _Word(UNKNOWN, f"vat_regimes has no row for administration {seller.administration_id} on that day")
    if seller.scheme == "kor" and crosses_kor(seller.kor_turnover, sale.amount):
        total = seller.kor_turnover + sale.amount
        reason = f"with this sale the year's turnover is {total:.2f}, so the small business scheme (KOR) ends with it"
        return _Word("normal", reason, f"{reason}; change vat_regimes")
    word = _SCHEMES[seller.scheme]
    return _Word("margin") if sale.is_margin and word == "normal" else _Word(word)


def _zone(customer: Customer, zone: Zone, place: _Word) -> _Word:
    if customer.in_fiscal_unity:
        return _Word("FISCAL_UNITY")
    if place.word == "here":
        return _Word("NL", place.reason)
    return _Word(zone.name, zone.reason, "" if zone.is_certain else zone.reason)


def _type(customer: Customer, number: NumberStatus) -> _Word:
    if customer.is_business is not None:
        if not customer.is_business and number.status == "valid":
            return _Word(UNKNOWN, f"called a consumer, but {number.reason}")
        return _Word("business" if customer.is_business else "consumer", "told by a person")
    if (customer.company_name or "").strip() or number.number:
        return _Word("business", "it has a company name or a VAT number")
    return _Word("consumer", "it has neither a company name nor a VAT number")


def _vat_class(sale: Sale, seller: Seller, lookups: Lookups) -> _Word:
    if seller.scheme == "exempt":
        return _Word("exempt", "the seller is exempt")
    if sale.vat_class != "stay":
        return _Word(sale.vat_class or UNKNOWN)
    if sale.first_night is None:
        return _Word(UNKNOWN, "a stay without its nights has no rate")
    last = sale.last_night or sale.first_night
    kinds = {lookups.stay_kind(sale.first_night), lookups.stay_kind(last)}
    if len(kinds) > 1 or None in kinds:
        return _Word(UNKNOWN, f"the nights {sale.first_night} to {last} have more than one rate; split the line")
    return _Word(f"stay_{kinds.pop()}", f"nights {sale.first_night} to {last}")


def _place(sale: Sale) -> _Word:
    """`here` for what happens in the Netherlands: then the customer's country does not matter."""
    if sale.supply_kind in ("goods", "digital"):
        return _Word("general")
    if sale.service_place != "where_it_happens" and sale.vat_class != "stay":
        return _Word(sale.service_place or UNKNOWN)
    if sale.happens_in is None:
        return _Word(UNKNOWN, "it is taxed where it happens, and nobody said where")
    if sale.happens_in == "NL":
        return _Word("here", "it happens in the Netherlands, so the customer's country does not matter")
    return _Word("elsewhere", f"it happens in {sale.happens_in}")


def _day(sale: Sale, customer_type: str, seller: Seller) -> date:
    return tax_point(
        sale.invoice_date,
        sale.supplied_on,
        is_consumer=customer_type == "consumer",
        received_on=sale.received_on if seller.scheme == "cash" else None,
        original=sale.original_tax_point,
    )

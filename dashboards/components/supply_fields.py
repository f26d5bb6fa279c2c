"""What is sold on a line, in the words of the VAT rules: further questions appear only where the rules ask them."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from dashboards.components.choosing import choose

KINDS = {"goods": "Goods", "services": "A service", "digital": "A digital service"}
CLASSES = {
    "standard": "Standard rate",
    "reduced": "Reduced rate",
    "zero": "Listed at 0 %",
    "exempt": "Exempt",
    "stay": "Nights in accommodation",
    "reverse_work": "Subcontracted work, lent staff",
    "reverse_listed": "Listed for shifted VAT",
    "other": "A rate of its own",
}
MOVEMENTS = {
    "stays": "Stay in the Netherlands, or no proof",
    "leaves": "Leave the Netherlands, with proof",
    "chain": "Middle of a chain of sellers",
}
PLACES = {
    "general": "By the general rule",
    "listed": "Advice, IT, data or a licence",
    "where_it_happens": "Where it happens, as with property",
}


def edit(kind: Any, vat_class: Any, place: Any, key: str) -> dict[str, Any]:
    """The fields of a line's `supply`, those left empty left out; the first three are drawn where the caller says."""
    sold = choose(kind, "What is sold", KINDS, f"{key}-kind")
    asked: dict[str, Any] = {
        "supply_kind": sold,
        "vat_class": choose(vat_class, "VAT class", CLASSES, f"{key}-class", index=0),
    }
    if sold == "goods":
        asked["movement"] = choose(place, "Where the goods go", MOVEMENTS, f"{key}-movement", index=0)
    if sold == "services":
        asked["service_place"] = choose(
            place, "Where it is taxed", PLACES, f"{key}-place", "Asked for customers abroad"
        )
    return {name: value for name, value in (asked | _further(asked, key)).items() if value not in (None, "")}


def _further(asked: dict[str, Any], key: str) -> dict[str, Any]:
    """One more row where a place or nights have to be named."""
    stay, elsewhere = asked["vat_class"] == "stay", asked.get("service_place") == "where_it_happens"
    leaves = asked.get("movement") == "leaves"
    if not (stay or elsewhere or leaves):
        return {}
    first, second, third, _ = st.columns((2.4, 2.4, 2.4, 3.4))
    further: dict[str, Any] = {}
    if stay or elsewhere:
        further["happens_in"] = _country(first, "Happens in", f"{key}-happens", "NL")
    if stay:
        further["first_night"] = _day(second, "First night", f"{key}-first")
        further["last_night"] = _day(third, "Last night", f"{key}-last")
    if leaves:
        further["delivered_to_country"] = _country(first, "Delivered in", f"{key}-country", "As the contact's address")
        further["delivered_to_postcode"] = second.text_input(
            "Postcode", key=f"{key}-postcode", placeholder="As the contact's address"
        )
    return further


def _country(where: Any, label: str, key: str, empty: str) -> str:
    typed: str = where.text_input(label, key=key, placeholder=empty, max_chars=2, help="Two letters, such as NL or DE.")
    return typed.strip().upper()


def _day(where: Any, label: str, key: str) -> date | None:
    picked: date | None = where.date_input(label, None, key=key, format="DD-MM-YYYY")
    return picked

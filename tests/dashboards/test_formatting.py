"""Dutch notation, and text of others shown as typed."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from dashboards import formatting


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("48213.07", "EUR", "€ 48.213,07"),
        ("0", "EUR", "€ 0,00"),
        ("-1200", "EUR", "€ -1.200,00"),
        ("-0.00", "EUR", "€ 0,00"),
        ("1234567.8", "USD", "$ 1.234.567,80"),
        ("12", "CHF", "CHF 12,00"),
        (None, "EUR", "–"),
    ],
)
def test_money(amount: str | None, currency: str, text: str) -> None:
    assert formatting.money(None if amount is None else Decimal(amount), currency) == text


@pytest.mark.parametrize(
    ("share", "signed", "text"),
    [("0.21", False, "21,0 %"), ("0.857", True, "+85,7 %"), ("-0.05", True, "-5,0 %"), ("0", True, "0,0 %")],
)
def test_percentage(share: str, signed: bool, text: str) -> None:
    assert formatting.percentage(Decimal(share), signed=signed) == text


def test_a_share_of_nothing_is_a_dash() -> None:
    assert formatting.percentage(None) == "–"


def test_dates_and_times() -> None:
    assert formatting.day(date(2026, 11, 20)) == "20-11-2026"
    assert formatting.moment(datetime(2026, 11, 20, 8, 2)) == "08:02 on 20-11-2026"  # noqa: DTZ001 - local on screen
    assert formatting.moment(None) == "never"
    assert formatting.month(date(2026, 11, 1)) == "November 2026"
    assert formatting.period("2026-10") == "October 2026"
    assert formatting.period("2026-11-20") == "20-11-2026"
    assert formatting.period("never synced") == "never synced"
    assert formatting.months_to(date(2026, 10, 1)) == "Jan–Oct"
    assert formatting.months_to(date(2026, 1, 1)) == "Jan"


def test_counts_and_lists() -> None:
    assert formatting.count(1, "item") == "1 item"
    assert formatting.count(1204, "item") == "1.204 items"
    assert formatting.listing([]) == ""
    assert formatting.listing(["A"]) == "A"
    assert formatting.listing(["A", "B", "C"]) == "A, B and C"
    assert formatting.listing(["A", "B", "C", "D", "E"]) == "A, B, C and 2 more"


def test_a_name_cannot_draw_markdown() -> None:
    assert formatting.plain("A*B* [x](http://y) :red[z] $1$\nnext") == (
        r"A\*B\* \[x\]\(http\://y\) \:red\[z\] \$1\$ next"
    )

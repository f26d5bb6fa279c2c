"""The tax rate of an administration that carries what a rule decided, found by box and percentage, never by name.

A percentage does not say its box (0 % can be five) and names are whatever people typed, so a rate counts only where
finance confirmed its box in `tax_rate_boxes`; which of two with the same box is meant stands there in `rate_kinds`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pipelines.writeback.catalogue import TaxRate


@dataclass(frozen=True)
class ConfirmedBox:
    """What finance confirmed of a rate. `rate_kinds` is empty when it may stand for every kind with that box."""

    box: str
    rate_kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """The rate, or why there is none."""

    rate: TaxRate | None
    problem: str = ""


def box_map(rows: Iterable[Mapping[str, str]], administration_id: str, day: date) -> dict[str, ConfirmedBox]:
    """Tax rate → what finance's `tax_rate_boxes` says of it on `day`."""
    return {
        row["tax_rate_id"]: ConfirmedBox(
            row["tax_report_reference"].replace("NL/", ""), tuple(filter(None, row.get("rate_kinds", "").split("|")))
        )
        for row in rows
        if row["administration_id"] == administration_id
        and row["valid_from_date"] <= day.isoformat() <= (row["valid_to_date"] or "9999-12-31")
    }


def find_rate(
    rates: Iterable[TaxRate],
    boxes: Mapping[str, ConfirmedBox],
    *,
    rate_kind: str,
    percentage: Decimal | None,
    box: str,
    country_code: str | None,
) -> Found:
    """The one active sales rate of that kind, box, percentage (None: any) and country (None: domestic)."""
    alike = [
        rate
        for rate in rates
        if rate.is_active
        and rate.tax_rate_type == "sales_invoice"
        and rate.country_code == country_code
        and (percentage is None or (rate.percentage or Decimal(0)) == percentage)
    ]
    fitting = [rate for rate in alike if _carries(boxes.get(rate.tax_rate_id), box, rate_kind)]
    named = [rate for rate in fitting if boxes[rate.tax_rate_id].rate_kinds]
    chosen = named or fitting
    if len(chosen) == 1:
        return Found(chosen[0])
    wanted = _wanted(percentage, box, country_code)
    if chosen:
        return Found(
            None,
            f"{_names(chosen)} all are {wanted}; write in tax_rate_boxes, column rate_kinds, which is for {rate_kind}",
        )
    unconfirmed = [rate for rate in alike if rate.tax_rate_id not in boxes]
    if unconfirmed:
        return Found(
            None, f"no tax rate is confirmed as {wanted}; confirm the box of {_names(unconfirmed)} in tax_rate_boxes"
        )
    return Found(None, f"there is no active sales tax rate for {wanted}; make it in Moneybird and confirm its box")


def _carries(confirmed: ConfirmedBox | None, box: str, rate_kind: str) -> bool:
    return (
        confirmed is not None
        and confirmed.box == box
        and (not confirmed.rate_kinds or rate_kind in confirmed.rate_kinds)
    )


def _wanted(percentage: Decimal | None, box: str, country_code: str | None) -> str:
    parts = (
        "" if percentage is None else spoken(percentage),
        f"of {country_code}" if country_code else "",
        "in no box" if box == "none" else f"in box {box}",
    )
    return " ".join(filter(None, parts))


def _names(rates: Iterable[TaxRate]) -> str:
    return ", ".join(f"'{rate.name}' ({rate.tax_rate_id}{_learned(rate)})" for rate in rates)


def _learned(rate: TaxRate) -> str:
    return f", used for {rate.learned_box} so far" if rate.learned_box else ""


def spoken(percentage: Decimal) -> str:
    """21.000000 → `21 %`, 25.5 → `25.5 %`."""
    return f"{percentage.normalize():f} %"

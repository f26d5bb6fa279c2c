"""The golden cases of assets (POSTINGS P-20 and P-20b), amounts typed by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from pipelines.sandbox import chart
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.books import assets
from pipelines.sandbox.dialect import parse
from pipelines.sandbox.model import Asset, ValueChange
from tests.sandbox.bookkeeping import balance, company, lines

TODAY = date(2026, 6, 15)


def asset(administration: Administration, **changes: Any) -> Asset:
    """Bought on 1 January for 1,230.00, over one year, 30.00 stays: 100.00 a month."""
    roles = administration.roles
    made = Asset(
        10, roles[chart.FIXTURES], "Bureau", date(2026, 1, 1), 1230_00, 0, 0, 1, 30_00,
        written_down_account_id=roles[chart.FIXTURES_WRITTEN_DOWN], depreciation_account_id=roles[chart.DEPRECIATION],
    )  # fmt: skip
    return replace(made, **changes)


def test_p20_the_value_falls_by_equal_parts_at_month_ends_that_have_passed() -> None:
    administration = company(today=TODAY)
    administration.put_asset(asset(administration))
    assert lines(administration, "asset") == [
        each
        for day in ("01-31", "02-28", "03-31", "04-30", "05-31")
        for each in ((day, "depreciation", "100.00"), (day, "fixtures_written_down", "-100.00"))
    ]
    assert {p.document_type for p in administration.ledger.of(("asset", 10))} == {"ValueChange"}


def test_p20_the_rest_over_the_months_that_are_left() -> None:
    """12,345.67 less 10.00 over 60 months: 205.59, and 205.60 as soon as the lost cents weigh half a cent a month."""
    administration = company(today=date(2031, 3, 1))
    made = asset(
        administration, purchase_day=date(2026, 3, 1), purchase_value=12345_67, lifespan_years=5, residual=1000
    )
    parts = [-change.amount for change in assets.value_changes(made, date(2031, 3, 1))]
    assert (len(parts), sum(parts), parts[0], set(parts)) == (60, 12335_67, 205_59, {205_59, 205_60})


def test_p20_the_example_of_the_api() -> None:
    """Four changes of 50.00 by hand and none of the plan yet: 12,145.67 − 10.00 over 56 months is 216.71."""
    administration = company(today=date(2026, 8, 21))
    by_hand = [ValueChange(n, "arbitrary", date(2026, 3 + n, 1), -50_00) for n in (1, 2, 3, 4)]
    made = asset(
        administration, purchase_day=date(2026, 3, 1), purchase_value=12345_67, lifespan_years=5, residual=1000,
        changes=by_hand, unwritten=(date(2026, 3, 1), date(2026, 8, 21)),
    )  # fmt: skip
    assert assets.value(made, date(2026, 8, 21)) == 12145_67
    assert assets.monthly(made, date(2026, 8, 21)) == 216_71
    asked = replace(made, unwritten=(date(2026, 3, 1), date(2026, 7, 1)))
    assert [(c.day, c.amount) for c in assets.value_changes(asked, date(2026, 8, 21))][-1] == (
        date(2026, 7, 31),
        -216_71,
    )


def test_p20_a_month_end_that_passes_is_booked_and_earlier_lines_keep_their_ids() -> None:
    administration = company(today=TODAY)
    administration.put_asset(asset(administration))
    heard: list[str] = []
    administration.listen(lambda _, event, __: heard.append(event))
    before = [posting.id for posting in administration.ledger.of(("asset", 10))]
    assert administration.clock.today() < date(2026, 6, 30)
    administration.clock.advance(timedelta(days=15))
    administration.catch_up()
    after = [posting.id for posting in administration.ledger.of(("asset", 10))]
    assert after[: len(before)] == before
    assert len(after) == len(before) + 2
    assert lines(administration, "asset")[-1] == ("06-30", "fixtures_written_down", "-100.00")
    assert heard == ["company_assets_value_changes_linear_created"]
    administration.catch_up()
    assert len(administration.ledger.of(("asset", 10))) == len(after)


def test_p20b_a_divestment_of_a_day_to_come_is_booked_on_that_day() -> None:
    administration = company(today=TODAY)
    administration.put_asset(asset(administration, changes=[ValueChange(1, "divestment", date(2026, 6, 17), 0)]))
    assert balance(administration, chart.FIXTURES) == 0
    for _ in range(2):
        administration.clock.advance(timedelta(days=1))
        assert administration.next_scheduled() <= administration.clock.milliseconds()
        administration.catch_up()
    assert balance(administration, chart.FIXTURES) == -1230_00


def test_p20_what_was_booked_elsewhere_posts_nothing_but_counts() -> None:
    administration = company(today=TODAY)
    by_hand = ValueChange(1, "manual", date(2026, 2, 10), -110_00, booked_elsewhere=True)
    administration.put_asset(asset(administration, changes=[by_hand]))
    parts = [each for each in lines(administration, "asset") if each[1] == "depreciation"]
    assert [amount for _, _, amount in parts] == ["100.00", "90.00", "90.00", "90.00", "90.00"]


def test_p20_land_has_one_account_and_no_plan() -> None:
    administration = company(today=TODAY)
    given = ValueChange(1, "manual", date(2026, 2, 10), -110_00)
    made = asset(administration, lifespan_years=None, plan_active=False, written_down_account_id=None, changes=[given])
    administration.put_asset(made)
    assert lines(administration, "asset") == [("02-10", "depreciation", "110.00"), ("02-10", "fixtures", "-110.00")]


@pytest.mark.parametrize("kind", ["divestment", "full_depreciation"])
def test_p20b_what_it_was_worth_is_the_book_result(kind: str) -> None:
    administration = company(today=TODAY)
    gone = ValueChange(1, kind, date(2026, 4, 10), 0, "Verkocht")
    administration.put_asset(asset(administration, changes=[gone], disposed_on=date(2026, 4, 10)))
    assert lines(administration, "asset")[-3:] == [
        ("04-10", "book_result", "930.00"),
        ("04-10", "fixtures", "-1230.00"),
        ("04-10", "fixtures_written_down", "300.00"),
    ]
    assert balance(administration, chart.FIXTURES_WRITTEN_DOWN) == 0


def test_p20b_a_disposal_of_what_is_worth_nothing_any_more() -> None:
    administration = company(parse(""), today=date(2027, 2, 1))
    worn = asset(administration, residual=0, purchase_value=1200_00, disposed_on=date(2027, 1, 20))
    administration.put_asset(worn)
    assert [each for each in lines(administration, "asset") if each[0] == "01-20"] == [
        ("01-20", "fixtures", "-1200.00"),
        ("01-20", "fixtures_written_down", "1200.00"),
    ]
    administration.put_asset(replace(worn, disposal_booked_elsewhere=True))
    assert not [each for each in lines(administration, "asset") if each[0] == "01-20"]

"""What an administration's answers mean is learned from all its accounts, or not at all."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from pipelines.ledger.chart import Account, Chart
from pipelines.ledger.comparison import Comparison, Difference, Reading
from pipelines.ledger.dialects import (
    CLOSING,
    DEBIT_POSITIVE,
    EXCLUDED,
    INCLUDED,
    LONGEST,
    NATURAL_SIDE,
    NO_RULE,
    ONE_MONTH,
    OTHER_SIDE,
    REVERSALS,
    SAME_SIDE,
    SIGN,
    Dialects,
)
from pipelines.ledger.learning import learn_closing, learn_reversals
from pipelines.ledger.signs import learn_sign, turned_accounts
from pipelines.moneybird.control_totals import ControlTotal
from pipelines.warehouse.proofs import LearnedAnswer

CREDIT = [f"revenue {number}" for number in range(10)]
CHART = Chart(
    {"bank": Account("10510", "Bank", "current_assets", ""), "costs": Account("4000", "Kosten", "expenses", "")}
    | {account: Account("8000", account, "revenue", "") for account in CREDIT}
)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
DECEMBER = date(2025, 12, 1)


def euros(amount: int) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.01"))


def dialects(**known: str) -> Dialects:
    return Dialects("1", {question: LearnedAnswer(answer, "") for question, answer in known.items()})


def learned_sign(served: dict[str, int], before: str = "") -> Dialects:
    """After reading accounts whose report says −100 each, debit positive."""
    known = dialects(**({SIGN: before} if before else {}))
    report = {(account, 2025): euros(-100) for account in served}
    learn_sign(known, CHART, {(account, 2025): euros(amount) for account, amount in served.items()}, report)
    return known


def test_the_sign_is_one_rule_over_all_credit_accounts() -> None:
    straight, turned = learned_sign(dict.fromkeys(CREDIT, -100)), learned_sign(dict.fromkeys(CREDIT, 100))

    assert straight.answer(SIGN) == DEBIT_POSITIVE
    assert turned.answer(SIGN) == NATURAL_SIDE
    assert turned_accounts(straight, CHART) == set()
    assert turned_accounts(turned, CHART) == set(CREDIT)


def test_one_account_that_is_served_wrongly_does_not_change_the_rule_for_the_others() -> None:
    known = learned_sign({account: 100 if account != CREDIT[0] else -100 for account in CREDIT})

    assert known.answer(SIGN) == NATURAL_SIDE
    assert "1 add up debit positive, 9 on their own side" in known.known[SIGN].evidence


def test_accounts_that_obey_neither_rule_are_not_adapted_to() -> None:
    known = learned_sign({account: 100 if number % 2 else -100 for number, account in enumerate(CREDIT)})

    assert known.answer(SIGN) == NO_RULE
    assert turned_accounts(known, CHART) == set()


@pytest.mark.parametrize(("accounts", "expected"), [(2, DEBIT_POSITIVE), (3, NATURAL_SIDE)])
def test_a_stored_rule_gives_way_to_several_accounts_only(accounts: int, expected: str) -> None:
    assert learned_sign(dict.fromkeys(CREDIT[:accounts], 100), before=DEBIT_POSITIVE).answer(SIGN) == expected


def test_accounts_with_lines_missing_teach_nothing_about_signs() -> None:
    assert learned_sign(dict.fromkeys(CREDIT, -40)).answer(SIGN) is None


def reversals(*differences: tuple[str, int, int], before: str = "") -> str | None:
    known = dialects(**({REVERSALS: before} if before else {}))
    found = Comparison(12, tuple(Difference(a, euros(debit), euros(credit)) for a, debit, credit in differences))
    sums = {"bank": (euros(50), euros(10)), CREDIT[0]: (euros(5), euros(100))}
    learn_reversals(known, CHART, [found], [sums])
    return known.answer(REVERSALS)


def test_sides_that_agree_with_a_reversal_on_the_other_side_can_be_compared() -> None:
    assert reversals() == OTHER_SIDE


def test_larger_sides_in_the_lines_of_several_accounts_are_reversals_on_their_own_side() -> None:
    assert reversals((CREDIT[0], 5, 5), ("bank", 5, 5)) == SAME_SIDE
    assert reversals((CREDIT[0], 5, 5), ("bank", 5, 5), before=OTHER_SIDE) == SAME_SIDE


def test_a_pair_of_lines_that_is_missing_or_doubled_on_one_account_is_no_dialect() -> None:
    assert reversals((CREDIT[0], -5, -5), ("bank", -5, -5)) is None
    assert reversals((CREDIT[0], 5, 5)) is None
    assert reversals((CREDIT[0], 5, 5), ("bank", 5, 0)) is None, "and while a net differs nothing is learned"


def closing(report: int, lines: int) -> str | None:
    """D15 from one closed account: 1,000 of costs, taken out by the year-end journal."""
    known = dialects()
    total = ControlTotal("costs", euros(0), euros(report), euros(0), euros(report))
    reading = Reading(date(2025, 1, 1), date(2025, 12, 31), (total,), NOW)
    sums = {DECEMBER: {"costs": (euros(lines), euros(0))}}
    learn_closing(known, CHART, reading, sums, {DECEMBER: {"costs": (euros(0), euros(1000))}})
    return known.answer(CLOSING)


def test_year_end_journals_are_left_out_when_the_difference_is_exactly_they() -> None:
    assert closing(report=1000, lines=0) == EXCLUDED
    assert closing(report=0, lines=0) == INCLUDED
    assert closing(report=990, lines=0) is None


def test_a_limit_that_was_met_is_asked_about_again_after_a_month() -> None:
    young = Dialects("1", {LONGEST: LearnedAnswer(ONE_MONTH, "", datetime(2026, 11, 1, tzinfo=UTC))}, NOW)
    old = Dialects("1", {LONGEST: LearnedAnswer(ONE_MONTH, "", datetime(2026, 10, 1, tzinfo=UTC))}, NOW)

    assert young.by_month
    assert not old.by_month

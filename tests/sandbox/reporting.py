"""What the tests of reports share: periods, amounts, accounts by role."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import number
from pipelines.sandbox.ledger import Month, first_day, month_of

APRIL = date(2026, 4, 2)
YEAR = (month_of(date(2026, 1, 1)), month_of(date(2026, 12, 1)))
CLOSED_YEAR = (YEAR[0] - 12, YEAR[1] - 12)


def month(number_: int) -> tuple[Month, Month]:
    """A month of 2026 as a period."""
    return YEAR[0] + number_ - 1, YEAR[0] + number_ - 1


def end_of(each: Month) -> date:
    return date.fromordinal(first_day(each + 1).toordinal() - 1)


def months_of(administration: Administration) -> Iterator[tuple[Month, Month]]:
    """Every month of the books until today's."""
    for each in range(month_of(administration.period_start_date), month_of(administration.clock.today()) + 1):
        yield each, each


def cents(text: str) -> int:
    value = number(text)
    assert value is not None
    return int(value * 100)


def by_role(administration: Administration, data: dict[str, Any]) -> dict[str, str]:
    """`ledger_account_data` with the roles of its accounts."""
    roles = {str(account): role for role, account in administration.roles.items()}
    return {roles[row["ledger_account_id"]]: row["value"] for row in data["ledger_accounts"]}

"""What each open question changes in the reports, and what it leaves alone."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from functools import cache
from typing import Any

import pytest

from pipelines.sandbox import reports
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.dialect import CHOICES, parse
from pipelines.sandbox.ledger import Month
from tests.sandbox.conftest import frozen_group
from tests.sandbox.reporting import CLOSED_YEAR, YEAR

_EVERYTHING = {
    "assets", "balance_sheet", "cash_flow", "creditors", "creditors_aging", "debtors", "debtors_aging",
    "expenses_by_contact", "expenses_by_project", "general_ledger", "journal_entries", "profit_loss",
    "revenue_by_contact", "revenue_by_project", "subscriptions", "tax",
}  # fmt: skip
_RESULTS = {
    "expenses_by_contact", "expenses_by_project", "profit_loss", "revenue_by_contact", "revenue_by_project",
}  # fmt: skip
CHANGED = {  # question → the reports that must come out otherwise, and all that may
    "d1": ({"journal_entries"}, {"journal_entries"}),
    "d2": ({"general_ledger"}, {"general_ledger"}),
    "d3": ({"journal_entries"}, {"journal_entries"}),
    "d4": ({"journal_entries"}, {"journal_entries"}),
    "d5": ({"journal_entries"}, {"journal_entries"}),
    "d6": ({"journal_entries"}, {"journal_entries", "general_ledger", "balance_sheet", *_RESULTS}),
    "d7": ({"journal_entries", "general_ledger"}, {"journal_entries", "general_ledger"}),
    "d8": ({"journal_entries", "general_ledger"}, {"journal_entries", "general_ledger"}),
    "d9": ({"creditors", "debtors"}, {"creditors", "debtors"}),
    "d10": (set(), set()),  # read of external invoices
    "d11": (set(), set()),  # periods, see above
    "d12": (set(), set()),  # ids after an edit
    "d13": (set(), set()),  # a filter
    "d14": (set(), set()),  # `price_base` of payments
    "d15": ({"general_ledger"}, {"general_ledger"}),
    "d16": ({"profit_loss", "revenue_by_contact"}, _RESULTS),
    "d17": ({"tax"}, {"tax"}),
    "d18": ({"tax"}, _EVERYTHING - {"assets", "subscriptions"}),
}


@cache
def served(dialect: str) -> dict[str, Any]:
    """Every report over two periods, with names for ids: posting more or fewer lines moves the ids of what follows."""
    found: dict[str, Any] = defaultdict(list)
    for administration in frozen_group(dialect=parse(dialect), years=1, administrations=4).administrations.values():
        names = _names(administration)
        for period in (YEAR, (CLOSED_YEAR[1], CLOSED_YEAR[1])):
            for name, answer in _reports(administration, period).items():
                found[name].append(_named(answer, names))
    return found


def _reports(administration: Administration, period: tuple[Month, Month]) -> dict[str, Any]:
    plain = ("general_ledger", "balance_sheet", "profit_loss", "tax", "cash_flow", "assets", "subscriptions")
    found = {name: getattr(reports, name)(administration, *period) for name in plain}
    for side in (reports.DEBTORS, reports.CREDITORS):
        found[side.name] = reports.balances(administration, side, *period)
        found[f"{side.name}_aging"] = reports.aging(administration, side, date(2026, 6, 30))
    for name, kinds in (("revenue", reports.REVENUE), ("expenses", reports.EXPENSES)):
        found[f"{name}_by_contact"] = reports.by_contact(administration, kinds, *period)
        found[f"{name}_by_project"] = reports.by_project(administration, kinds, *period)
    lines = reports.journal_entries(administration, *period, administration.accounts)
    rows = [reports.line(administration, line) | {"id": "", "document_id": ""} for line in lines]
    found["journal_entries"] = sorted(rows, key=json.dumps)
    return found


def _names(administration: Administration) -> dict[str, str]:
    kept: list[Any] = [*administration.accounts.values(), *administration.projects.values()]
    kept += [*administration.tax_rates.values(), *administration.assets.values()]
    kept += administration.financial_accounts.values()
    contacts = {str(contact.id): contact.card.customer_id for contact in administration.contacts.values()}
    return {str(record.id): record.name for record in kept} | contacts


def _named(value: Any, names: dict[str, str]) -> Any:
    """The same with names, in an order that has nothing to do with ids."""
    if isinstance(value, dict):
        return {key: _named(item, names) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return sorted((_named(item, names) for item in value), key=json.dumps)
    return names.get(str(value), value)


@pytest.mark.parametrize("question", CHOICES)
def test_an_open_question_changes_what_it_is_about_and_nothing_else(question: str) -> None:
    short = question.split("_")[0]
    must, may = CHANGED[short]
    for value in CHOICES[question][1:]:
        before, after = served(""), served(f"{short}={value}")
        assert before.keys() == after.keys() == _EVERYTHING
        changed = {name for name in before if before[name] != after[name]}
        assert must <= changed <= may, value

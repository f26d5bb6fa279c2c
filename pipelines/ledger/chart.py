"""The accounts of one administration, as far as reading the ledger needs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import duckdb

CREDIT_KINDS = frozenset({"revenue", "equity", "current_liabilities", "non_current_liabilities", "provisions"})
REVENUE_KINDS = frozenset({"revenue"})
EXPENSE_KINDS = frozenset({"expenses", "direct_costs"})
RESULT_KINDS = REVENUE_KINDS | EXPENSE_KINDS | {"other_income_expenses"}


@dataclass(frozen=True)
class Account:
    number: str
    name: str
    kind: str
    parent_id: str


@dataclass(frozen=True)
class Chart:
    """Account id → account, deleted ones included: their lines stay in the books."""

    accounts: Mapping[str, Account]

    def title(self, account_id: str) -> str:
        """Number and name, as the user knows the account."""
        account = self.accounts.get(account_id)
        return f"{account.number} {account.name}".strip() if account else f"account {account_id}"

    def of(self, kinds: frozenset[str]) -> set[str]:
        return {account_id for account_id, account in self.accounts.items() if account.kind in kinds}

    def below(self, account_id: str) -> set[str]:
        """The accounts under this one, at any depth."""
        found: set[str] = set()
        waiting = [account_id]
        while waiting:
            new = set(self._children.get(waiting.pop(), ())) - found
            found |= new
            waiting += new
        return found

    @cached_property
    def _children(self) -> Mapping[str, list[str]]:
        children: dict[str, list[str]] = {}
        for account_id, account in self.accounts.items():
            if account.parent_id:
                children.setdefault(account.parent_id, []).append(account_id)
        return children


def read_chart(connection: duckdb.DuckDBPyConnection, administration_id: str) -> Chart:
    rows = connection.execute(
        """select id, coalesce(account_id, ''), coalesce(name, ''), coalesce(account_type, ''), coalesce(parent_id, '')
           from raw.ledger_accounts where administration_id = ?""",
        [administration_id],
    ).fetchall()
    return Chart({row[0]: Account(*row[1:]) for row in rows})

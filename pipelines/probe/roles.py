"""Which ledger account plays which part (POSTINGS §1), found by default number, name and RGS code.

A role that is not found, or found twice, is None: its questions then have no example.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.probe.records import Account


@dataclass(frozen=True)
class Role:
    """`name` is a pattern; `rgs` only where no other default account shares the code."""

    type: str
    number: str = ""
    name: str = ""
    rgs: str = ""


DEBTORS = Role("current_assets", "13011", "^Debiteuren$", "BVorDebHad")
CREDITORS = Role("current_liabilities", "16011", "^Crediteuren$", "BSchCreHac")
VAT_OUT = Role("current_liabilities", "16221.03", "^Te betalen btw$", "BSchBepBtwOlo")
VAT_IN = Role("current_liabilities", "16221.04", "^Te vorderen btw$", "BSchBepBtwVoo")
DEFERRED = Role("current_liabilities", "17250", "^Vooruitgefactureerde omzet$", "BSchOpaVgo")
UNPROCESSED = Role("current_assets", "10510.04", "^Te rubriceren transacties$")
UNMATCHED_RECEIPTS = Role("current_assets", "10510.03", "^Te rubriceren ontvangen betalingen$")
LOST = Role("", name="oninba|uncollectible|bad debt", rgs="WBedVkkAdd")
DOUBTED = Role("expenses", name="dubieuze|doubtful", rgs="WBedVkkDvd")
WEAR = Role("expenses", name="^afschrijving", rgs="WAfs")


def find(accounts: Iterable[Account], role: Role) -> Account | None:
    """The one account with this role: by number and name, else by name, number or code alone."""
    fitting = [account for account in accounts if not role.type or account.type == role.type]
    for match in (_number_and_name, _name, _number, _rgs):
        found = [account for account in fitting if match(account, role)]
        if len(found) == 1:
            return found[0]
    return None


def find_all(accounts: Iterable[Account], role: Role) -> list[Account]:
    """Every account that may have this role, by name or code."""
    fitting = [account for account in accounts if not role.type or account.type == role.type]
    return [account for account in fitting if _name(account, role) or _rgs(account, role)]


def _number_and_name(account: Account, role: Role) -> bool:
    return _number(account, role) and _name(account, role)


def _name(account: Account, role: Role) -> bool:
    return bool(role.name) and re.search(role.name, account.name, re.IGNORECASE) is not None


def _number(account: Account, role: Role) -> bool:
    return bool(role.number) and account.number == role.number


def _rgs(account: Account, role: Role) -> bool:
    return bool(role.rgs) and account.rgs.startswith(role.rgs)

"""What a rule of the books is, and the mark that code sets where it follows one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

KINDS = ("scope", "sign", "date", "account", "label", "rounding")
WITNESSES = {
    "S": "the API's specification: field, text or example",
    "H": "Moneybird's help pages or blog, numbered as in POSTINGS §6",
    "C": "the default chart in the specification's example of GET /ledger_accounts",
    "B": "a Dutch bookkeeper's page about Moneybird",
    "A": "an assumption of ours",
}

FOLLOWED: dict[str, tuple[Rule, ...]] = {}  # the qualified name of a function → what it follows

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Evidence:
    """Who says so (`WITNESSES`) and where precisely."""

    witness: str
    place: str


@dataclass(frozen=True)
class Rule:
    """One thing the books do that Moneybird was not seen doing. `scope` says what posts at all, `label` what a line
    shows beside its amount. `dialect` is the switch that asks for the other answer."""

    id: str
    says: str
    kind: str
    posting: str  # the row of POSTINGS §2
    evidence: tuple[Evidence, ...]
    dialect: str | None = None

    @property
    def is_sampled(self) -> bool:
        """Whether the specification shows it."""
        return any(evidence.witness == "S" for evidence in self.evidence)

    @property
    def is_assumed(self) -> bool:
        """Whether nobody but us says so."""
        return all(evidence.witness == "A" for evidence in self.evidence)


def rule(id_: str, kind: str, posting: str, says: str, *evidence: str, dialect: str | None = None) -> Rule:
    """A row; evidence is written as `S samples/payment.json` or just `A`."""
    found = tuple(Evidence(text[0], text[2:] or f"POSTINGS {posting}") for text in evidence)
    return Rule(id_, says, kind, posting, found, dialect)


def follows(*rules: Rule) -> Callable[[Function], Function]:
    """Marks the function in which these rules act; nothing else changes about it."""

    def mark(function: Function) -> Function:
        FOLLOWED[f"{function.__module__}.{function.__qualname__}"] = rules
        return function

    return mark

"""The answer for one line of a sale: rate, box, text, whether a person must look, and the evidence it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from pipelines.writeback.catalogue import TaxRate
from pipelines.writeback.vat.books import ConfirmedBox, Found, find_rate, spoken
from pipelines.writeback.vat.deriving import Derived, derive
from pipelines.writeback.vat.dimensions import DIMENSIONS, UNKNOWN
from pipelines.writeback.vat.facts import Customer, Sale, Seller
from pipelines.writeback.vat.lookups import Lookups
from pipelines.writeback.vat.outcome import Outcome, outcome_of
from pipelines.writeback.vat.rules import Action, Rule, RuleTable

_ASKS_WHY = (UNKNOWN, "invalid", "unchecked", "stale")
_GOES_WITHOUT_SAYING = ("seller_scheme", "normal")


@dataclass(frozen=True)
class Evidence:
    """What the answer rests on, as it was then (DOMAIN R1.15): kept with the draft."""

    inputs: Mapping[str, str]
    reasons: tuple[str, ...]
    tax_point: date
    tax_number: str
    is_tax_number_valid: bool | None
    tax_number_validated_at: datetime | None
    decided_at: datetime

    def as_json(self) -> dict[str, object]:
        """Dates and moments as text."""
        validated = self.tax_number_validated_at
        return {
            "inputs": dict(self.inputs),
            "reasons": list(self.reasons),
            "tax_point": self.tax_point.isoformat(),
            "tax_number": self.tax_number,
            "is_tax_number_valid": self.is_tax_number_valid,
            "tax_number_validated_at": validated.isoformat() if validated else None,
            "decided_at": self.decided_at.isoformat(),
        }


@dataclass(frozen=True)
class Answer:
    """`percentage` is 21 for 21 %. With action review `tax_rate_id` may be None: then a person chooses it too.

    With action block, rate and box say what it would have been, where that is known; nothing may be written.
    """

    action: Action
    rule_id: str
    rate_kind: str | None
    percentage: Decimal | None
    tax_rate_id: str | None
    box: str | None
    icp_kind: str
    legal_text: str
    sentence: str
    evidence: Evidence


@dataclass(frozen=True)
class Engine:
    """Finance's rules and the facts of law, ready for any administration."""

    rules: RuleTable
    lookups: Lookups

    def decide(
        self,
        sale: Sale,
        customer: Customer,
        seller: Seller,
        *,
        rates: Sequence[TaxRate],
        boxes: Mapping[str, ConfirmedBox],
        now: datetime,
    ) -> Answer:
        """The answer for one line; `rates` and `boxes` are those of the seller's administration."""
        derived = derive(sale, customer, seller, self.lookups, now)
        rule = self.rules.first(derived.inputs)
        rate = outcome_of(rule, derived, sale, self.lookups)
        found = _in_books(rate, rates, boxes)
        action = _action(rule, rate, found, derived)
        return Answer(
            action=action,
            rule_id=rule.rule_id,
            rate_kind=rate.kind,
            percentage=rate.percentage,
            tax_rate_id=found.rate.tax_rate_id if found.rate else None,
            box=rate.box,
            icp_kind=rule.icp_kind,
            legal_text=rule.legal_text,
            sentence=_sentence(action, rule, self.rules.net, rate, found, derived),
            evidence=Evidence(
                inputs=derived.inputs.words(),
                reasons=tuple(derived.reasons.values()),
                tax_point=derived.tax_point,
                tax_number=derived.number.number,
                is_tax_number_valid=customer.is_tax_number_valid,
                tax_number_validated_at=customer.tax_number_validated_at,
                decided_at=now,
            ),
        )


def _in_books(rate: Outcome, rates: Sequence[TaxRate], boxes: Mapping[str, ConfirmedBox]) -> Found:
    """The tax rate for what the rule came to; none, and no problem, where the rule leaves rate or box to a person."""
    if rate.kind is None or rate.box is None or rate.problem or rate.kind in ("LOCAL", "MARGIN"):
        return Found(None)
    return find_rate(
        rates,
        boxes,
        rate_kind=rate.kind,
        percentage=rate.percentage,
        box=rate.box,
        country_code=rate.country_code,
    )


def _action(rule: Rule, rate: Outcome, found: Found, derived: Derived) -> Action:
    if rule.action is Action.BLOCK or rate.problem or found.problem:
        return Action.BLOCK
    return Action.REVIEW if derived.cautions or found.rate is None else rule.action


def _sentence(action: Action, rule: Rule, net: Rule, rate: Outcome, found: Found, derived: Derived) -> str:
    looked_at = _looked_at(rule, net, derived.inputs.words())
    because = _joined([DIMENSIONS[name][word] for name, word in looked_at.items()]) or rule.condition
    problems = [derived.reasons.get(name, "") for name, word in looked_at.items() if word in _ASKS_WHY]
    problems += [rate.problem, found.problem, *derived.cautions]
    if rule.action is not Action.AUTO:
        problems.insert(0, rule.condition)
    more = "; ".join(filter(None, problems))
    return f"{_verdict(action, rate)} because {because}, rule {rule.rule_id}{f': {more}' if more else ''}."


def _verdict(action: Action, rate: Outcome) -> str:
    if action is Action.BLOCK:
        return "Blocked"
    if rate.percentage is None:
        return "A person decides"
    return spoken(rate.percentage) if action is Action.AUTO else f"{spoken(rate.percentage)}, to be reviewed,"


def _looked_at(rule: Rule, net: Rule, words: Mapping[str, str]) -> dict[str, str]:
    """Dimension → word, of what decided; for the net that is what nobody knows."""
    if rule is net:
        return {name: word for name, word in words.items() if word == UNKNOWN}
    return {name: words[name] for name in rule.looks_at() if (name, words[name]) != _GOES_WITHOUT_SAYING}


def _joined(parts: Sequence[str]) -> str:
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)

"""Finance's table of VAT rules, read and held against itself: no gaps, no dead rows, one order.

The last row is the net: it blocks whatever no row above it decides. What only the net catches although everything is
known is a gap, and a table with a gap is refused: nobody decided there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from pipelines.errors import ConfigurationError
from pipelines.writeback.vat import coverage
from pipelines.writeback.vat.coverage import EVERYTHING, KNOWN, Block
from pipelines.writeback.vat.dimensions import ANY, DIMENSIONS
from pipelines.writeback.vat.inputs import Inputs

RATE_KINDS = (
    "NONE", "EXEMPT", "MARGIN", "NL_STANDARD", "NL_REDUCED", "NL_OTHER", "NL_ZERO", "REVERSE_NL", "REVERSE_EU",
    "INTRA_EU_GOODS", "LOCAL", "DESTINATION", "EXPORT", "OUTSIDE_SCOPE",
)  # fmt: skip


class VatRulesError(ConfigurationError):
    """Finance's table of VAT rules cannot decide every sale; nothing is decided with it."""


class Action(Enum):
    """auto: may be written without a person deciding the VAT; review: a person decides; block: not written."""

    AUTO = "auto"
    REVIEW = "review"
    BLOCK = "block"


@dataclass(frozen=True, eq=False)
class Rule:
    """One row. `rate_kinds` and `boxes` are in the same order; one box may stand for all kinds."""

    rule_id: str
    priority: int
    action: Action
    block: Block
    condition: str
    rate_kinds: tuple[str, ...]
    boxes: tuple[str, ...]
    icp_kind: str
    legal_text: str

    def holds_for(self, inputs: Inputs) -> bool:
        return all(word in self.block[name] for name, word in inputs.words().items())

    def looks_at(self) -> tuple[str, ...]:
        """The dimensions the row says something about."""
        return tuple(name for name in DIMENSIONS if self.block[name] != EVERYTHING[name])


class RuleTable:
    """The rules by priority. Raises VatRulesError, with one sentence, when they cannot decide every sale."""

    def __init__(self, rows: Sequence[Mapping[str, str]]) -> None:
        self.rules = tuple(sorted((_rule(row) for row in rows), key=lambda rule: rule.priority))
        _refuse_equal_priorities(self.rules)
        _refuse_without_net(self.rules)
        _refuse_gaps_and_dead_rows(self.rules)

    @property
    def net(self) -> Rule:
        """The row that blocks what no other decides."""
        return self.rules[-1]

    def first(self, inputs: Inputs) -> Rule:
        """The first row that holds; there is always one."""
        return next(rule for rule in self.rules if rule.holds_for(inputs))


def _rule(row: Mapping[str, str]) -> Rule:
    rule = Rule(
        rule_id=row["rule_id"],
        priority=int(row["priority"]),
        action=Action(row["action"]),
        block={name: _words(row, name) for name in DIMENSIONS},
        condition=row["condition"],
        rate_kinds=_listed(row["rate_kind"]),
        boxes=_listed(row["box"]),
        icp_kind=row["icp_kind"],
        legal_text=row["invoice_text"],
    )
    _check_result(rule)
    return rule


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|")) if cell else ()


def _words(row: Mapping[str, str], name: str) -> frozenset[str]:
    """The words of the cell; nothing or `any` holds for all, also for what nobody knows."""
    words = _listed(row.get(name, ""))
    if not words or words == (ANY,):
        return EVERYTHING[name]
    for word in words:
        if word not in DIMENSIONS[name]:
            raise _wrong(row["rule_id"], name, f"any, or some of {', '.join(DIMENSIONS[name])}", repr(word))
    return frozenset(words)


def _check_result(rule: Rule) -> None:
    for kind in rule.rate_kinds:
        if kind not in RATE_KINDS:
            raise _wrong(rule.rule_id, "rate_kind", f"some of {', '.join(RATE_KINDS)}", repr(kind))
    if rule.action is Action.AUTO and (not rule.rate_kinds or len(rule.boxes) not in (1, len(rule.rate_kinds))):
        raise _wrong(
            rule.rule_id, "box", "a kind of rate with a box for each, as its action is auto", "|".join(rule.boxes)
        )


def _wrong(rule_id: str, column: str, expected: str, found: str) -> VatRulesError:
    return VatRulesError(
        f"vat_rules, rule {rule_id}, column {column}: expected {expected}, found {found or 'nothing'}; correct it. "
        "No VAT was decided."
    )


def _refuse_equal_priorities(rules: Sequence[Rule]) -> None:
    for one, next_one in pairwise(rules):
        if one.priority == next_one.priority:
            raise VatRulesError(
                f"vat_rules: {one.rule_id} and {next_one.rule_id} both have priority {one.priority}, and the first row "
                "that fits decides; give one of them another number. No VAT was decided."
            )


def _refuse_without_net(rules: Sequence[Rule]) -> None:
    if not rules or rules[-1].action is not Action.BLOCK or rules[-1].looks_at():
        last = f"{rules[-1].rule_id} ({rules[-1].action.value})" if rules else "nothing"
        raise VatRulesError(
            "vat_rules: expected as last row one that blocks whatever no other row decides (action block, any in every "
            f"column), found {last}; put it back. No VAT was decided."
        )


def _refuse_gaps_and_dead_rows(rules: Sequence[Rule]) -> None:
    left: list[Block] = [EVERYTHING]
    for rule in rules[:-1]:
        if not any(coverage.overlap(block, rule.block) for block in left):
            raise _dead(rule, rules)
        left = coverage.without(left, rule.block)
    for block in left:
        if gap := coverage.overlap(block, KNOWN):
            raise VatRulesError(
                f"vat_rules: no row decides a sale with {_spoken(gap)}, so only the last row ({rules[-1].rule_id}) "
                "would catch it; add a row for it or widen one. No VAT was decided."
            )


def _dead(rule: Rule, rules: Sequence[Rule]) -> VatRulesError:
    before = [other for other in rules if other.priority < rule.priority]
    alone = [other.rule_id for other in before if not any(coverage.minus(rule.block, other.block))]
    who = f"{alone[0]} holds" if alone else "rows before it hold"
    return VatRulesError(
        f"vat_rules: {rule.rule_id} can never decide, because {who} first for everything it is for; give it a lower "
        "priority number, or narrow the row before it. No VAT was decided."
    )


def _spoken(gap: Block) -> str:
    """The gap's first input, only where the gap does not hold for every word."""
    chosen = coverage.example(gap)
    return ", ".join(f"{name} {word}" for name, word in chosen.items() if gap[name] != KNOWN[name]) or "any input"

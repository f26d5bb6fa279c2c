"""Which VAT rate and ledger account every line of a document gets, why, and whether a person must look.

A rate or account on the line is a person's choice; without one, the VAT rules and finance's mapping decide. A chosen
rate is held against the rules wherever the draft or finance says what is sold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from pipelines.writeback.catalogue import LedgerAccount, TaxRate
from pipelines.writeback.draft import Document, DraftLine
from pipelines.writeback.ledger_mapping import LineOfSale, choose_ledger_account
from pipelines.writeback.near_limits import with_other_drafts
from pipelines.writeback.office import Office
from pipelines.writeback.pricing import line_amount
from pipelines.writeback.sale_facts import SaleFacts, after
from pipelines.writeback.vat import Answer, Seller
from pipelines.writeback.vat.facts import PRODUCT_TYPES
from pipelines.writeback.vat.rules import Action

_PRODUCT_TYPE_OF = {kind: product_type for product_type, kind in PRODUCT_TYPES.items()}


@dataclass(frozen=True)
class Decided:
    """One line with what was decided for it. `problems` stand in the way; then rate or account may be None.

    `evidence` is what the VAT rules answered and rest on, None where they were not asked; `box` what finance confirmed
    of the rate, `none` for no box, None where nobody did.
    """

    line: DraftLine
    net: Decimal
    rate: TaxRate | None
    account: LedgerAccount | None
    sentences: tuple[str, ...] = ()
    reviews: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    evidence: Mapping[str, Any] | None = None
    box: str | None = None

    @property
    def chosen_rate(self) -> TaxRate:
        assert self.rate is not None, "asked for before the checklist was good"
        return self.rate

    @property
    def chosen_account(self) -> LedgerAccount:
        assert self.account is not None, "asked for before the checklist was good"
        return self.account


def decide(document: Document, day: date, office: Office) -> tuple[Decided, ...]:
    """Every line, in order; `day` is the document's, today where it has none. Asks nothing more of the office than the
    lines leave open. Raises VatRulesError when finance's rules cannot decide every sale."""
    return tuple(_lines(document, day, office))


def _lines(document: Document, day: date, office: Office) -> Iterator[Decided]:
    catalogue, where = office.catalogue, document.administration_id
    contact = catalogue.contact(where, document.contact_id)
    facts = SaleFacts(document, contact, day, office) if contact else None
    seller: Seller | None = None
    for number, line in enumerate(document.lines, 1):
        decided = Decided(
            line,
            line_amount(line.quantity, line.unit_price),
            catalogue.tax_rate(where, line.tax_rate_id) if line.tax_rate_id else None,
            catalogue.ledger_account(where, line.ledger_account_id) if line.ledger_account_id else None,
        )
        if facts is None:  # the checklist says that the contact does not exist
            yield decided
            continue
        answer = None
        if sale := facts.sale(line, decided.net):
            seller = seller or facts.seller
            answer = office.tables.engine.decide(
                sale, facts.customer, seller, rates=facts.rates, boxes=facts.boxes, now=office.now
            )
            answer = with_other_drafts(answer, facts, seller, decided.net)
            seller = after(seller, answer, decided.net, day)
        decided = _with_vat(number, decided, answer, facts) if answer else _without_rules(number, decided)
        decided = _with_account(number, decided, answer, facts)
        confirmed = facts.boxes.get(decided.rate.tax_rate_id) if decided.rate else None
        yield replace(decided, box=confirmed.box if confirmed else None)


def _without_rules(number: int, decided: Decided) -> Decided:
    """Nobody said what is sold."""
    line = decided.line
    unknown = f"product {line.product_id} is not in product_supplies" if line.product_id else "it names no product"
    if line.tax_rate_id is None:
        return _blocked(
            decided,
            f"Line {number}: no VAT rate was chosen, and the VAT rules cannot decide: {unknown} and nothing says what "
            "is supplied; choose a rate, or say what is supplied.",
        )
    if decided.rate is None:  # the checklist says that it does not exist
        return decided
    return _to_review(
        decided,
        f"Line {number}: VAT '{decided.rate.name}' was chosen on the draft, and the VAT rules cannot tell whether that "
        f"is right: {unknown} and nothing says what is supplied.",
    )


def _with_vat(number: int, decided: Decided, answer: Answer, facts: SaleFacts) -> Decided:
    decided = replace(decided, evidence=_evidence(number, answer))
    if answer.action is Action.BLOCK:
        return _blocked(decided, f"Line {number}: {answer.sentence}")
    decision = next((rate for rate in facts.rates if rate.tax_rate_id == answer.tax_rate_id), None)
    if decided.line.tax_rate_id is not None:
        return _held_against(number, decided, answer, decision, facts)
    if decision is None:
        return _blocked(decided, f"Line {number}: {answer.sentence} Choose a VAT rate on the line.")
    decided = replace(decided, rate=decision)
    said = f"Line {number}: VAT '{decision.name}': {answer.sentence}"
    return _to_review(decided, said) if answer.action is Action.REVIEW else _saying(decided, said)


def _held_against(number: int, decided: Decided, answer: Answer, decision: TaxRate | None, facts: SaleFacts) -> Decided:
    """A person's rate beside the rules': the same, another, or one where they leave it to a person."""
    chosen = decided.rate
    if chosen is None:  # the checklist says that it does not exist
        return decided
    confirmed = facts.boxes.get(chosen.tax_rate_id)
    if confirmed is None:
        return _blocked(
            decided,
            f"Line {number}: nobody confirmed the box of VAT rate '{chosen.name}', so where it is declared is not "
            "known; confirm it in tax_rate_boxes.",
        )
    if decision is not None and decision.tax_rate_id == chosen.tax_rate_id:
        said = f"Line {number}: VAT '{chosen.name}', chosen on the draft as the rules have it: {answer.sentence}"
        return _to_review(decided, said) if answer.action is Action.REVIEW else _saying(decided, said)
    if decision is not None:
        return _to_review(
            decided,
            f"Line {number}: VAT '{chosen.name}' ({_box(confirmed.box)}) was chosen, but rule {answer.rule_id} says "
            f"'{decision.name}' ({_box(answer.box)}): {answer.sentence}",
        )
    if answer.box is not None and answer.box != confirmed.box:  # DOMAIN §2.6: mapped box = rule's box
        return _blocked(
            decided,
            f"Line {number}: VAT '{chosen.name}' is for {_box(confirmed.box)}, and rule {answer.rule_id} belongs in "
            f"{_box(answer.box)}; choose another rate. {answer.sentence}",
        )
    return _to_review(decided, f"Line {number}: VAT '{chosen.name}' was chosen on the draft. {answer.sentence}")


def _with_account(number: int, decided: Decided, answer: Answer | None, facts: SaleFacts) -> Decided:
    if decided.line.ledger_account_id is not None:
        return _as_chosen(number, decided)
    if decided.problems:  # which account may depend on the rule, so first things first
        return decided
    where, line = facts.document.administration_id, decided.line
    kind = answer.evidence.inputs["supply_kind"] if answer else ""
    choice = choose_ledger_account(
        LineOfSale(
            administration_id=where,
            day=facts.day,
            vat_rule_id=answer.rule_id if answer else "",
            product_id=line.product_id,
            product_type=_PRODUCT_TYPE_OF.get(kind),
            project_id=line.project_id,
        ),
        facts.office.tables.of("ledger_mapping"),
        facts.office.catalogue.ledger_accounts(where),
    )
    said = f"Line {number}: {choice.sentence}"
    return _saying(replace(decided, account=choice.account), said) if choice.account else _blocked(decided, said)


def _as_chosen(number: int, decided: Decided) -> Decided:
    """The words for what a person chose; whether it exists and may be used is the checklist's to say."""
    account = decided.account
    if account is None:
        return decided
    spoken = " ".join(part for part in (account.number, account.name) if part)
    if decided.rate is not None and decided.line.tax_rate_id is not None:
        return _saying(
            decided,
            f"Line {number}: VAT '{decided.rate.name}' and ledger account '{spoken}', as chosen on the draft; both are "
            "active there and meant for sales invoices.",
        )
    return _saying(decided, f"Line {number}: ledger account '{spoken}', as chosen on the draft.")


def _evidence(number: int, answer: Answer) -> Mapping[str, Any]:
    """What the rules said and rest on (DOMAIN R1.15), as JSON can hold it."""
    return {
        "line": number,
        "rule_id": answer.rule_id,
        "action": answer.action.value,
        "tax_rate_id": answer.tax_rate_id,
        "rate_kind": answer.rate_kind,
        "percentage": f"{answer.percentage:f}" if answer.percentage is not None else None,
        "box": answer.box,
        "icp_kind": answer.icp_kind,
        "legal_text": answer.legal_text,
        **answer.evidence.as_json(),
    }


def _box(box: str | None) -> str:
    return "no box" if box == "none" else f"box {box}"


def _saying(decided: Decided, sentence: str) -> Decided:
    return replace(decided, sentences=(*decided.sentences, sentence))


def _to_review(decided: Decided, sentence: str) -> Decided:
    return replace(decided, reviews=(*decided.reviews, sentence))


def _blocked(decided: Decided, sentence: str) -> Decided:
    return replace(decided, problems=(*decided.problems, sentence))

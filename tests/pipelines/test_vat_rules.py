"""Finance's table of VAT rules decides every sale once, and an edit that breaks this is refused with a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from itertools import product
from operator import and_
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.writeback.vat.coverage import EVERYTHING, KNOWN, minus, overlap
from pipelines.writeback.vat.dimensions import DIMENSIONS, UNKNOWN
from pipelines.writeback.vat.facts import Customer, Sale, Seller
from pipelines.writeback.vat.inputs import Inputs
from pipelines.writeback.vat.rules import Action, RuleTable, VatRulesError
from tests.pipelines.vat_tables import ENGINE, NOW, RULE_ROWS, TODAY, decide

Row = dict[str, str]
TABLE = ENGINE.rules
any_input = st.builds(Inputs, **{name: st.sampled_from(sorted(words)) for name, words in EVERYTHING.items()})
known_input = st.builds(Inputs, **{name: st.sampled_from(sorted(words)) for name, words in KNOWN.items()})


@given(any_input)
def test_every_input_has_exactly_one_first_rule(inputs: Inputs) -> None:
    fitting = sorted((rule for rule in TABLE.rules if rule.holds_for(inputs)), key=lambda rule: rule.priority)

    assert fitting
    assert TABLE.first(inputs) is fitting[0]
    assert all(rule.priority > fitting[0].priority for rule in fitting[1:])


def test_everything_known_is_decided_by_a_row_of_its_own() -> None:
    """All of it, tried one by one with a bit per row: the sums of coverage.py are not trusted with themselves."""
    rows_with = {
        (name, word): sum(1 << place for place, rule in enumerate(TABLE.rules) if word in rule.block[name])
        for name, words in KNOWN.items()
        for word in words
    }
    deciding = set()
    for words in product(*([(name, word) for word in words] for name, words in KNOWN.items())):
        fitting = reduce(and_, (rows_with[word] for word in words))
        deciding.add((fitting & -fitting).bit_length() - 1)

    decided_by = {TABLE.rules[place].rule_id for place in deciding}
    assert decided_by == {rule.rule_id for rule in TABLE.rules} - {"V001", TABLE.net.rule_id}


@given(any_input)
def test_nothing_is_sold_to_an_unknown_country(inputs: Inputs) -> None:
    blocked = TABLE.first(replace(inputs, customer_zone=UNKNOWN))

    assert blocked.action is Action.BLOCK


countries = st.sampled_from(["NL", "DE", "ES", "GB", "CH", "MC", "GR", "XX", "", None])
postcodes = st.sampled_from(["1012AB", "35001", "BT1 1AA", "78266", "", None])
numbers = st.sampled_from(["NL004495445B01", "DE136695976", "gr094259216", "nonsense", "", None])
moments = st.sampled_from([None, NOW, NOW.replace(year=2025)])


@given(
    customer=st.builds(
        Customer, country_code=countries, postcode=postcodes, company_name=st.sampled_from([None, "Duif"]),
        tax_number=numbers, is_tax_number_valid=st.sampled_from([None, True, False]), tax_number_validated_at=moments,
        is_business=st.sampled_from([None, True, False]), in_fiscal_unity=st.booleans(),
    ),
    line=st.builds(
        Sale, amount=st.decimals(-20_000, 20_000, places=2), invoice_date=st.just(TODAY),
        supply_kind=st.sampled_from([None, "goods", "services", "digital"]),
        vat_class=st.sampled_from([None, "stay", *DIMENSIONS["vat_class"]]),
        movement=st.sampled_from(["leaves", "stays", "chain"]),
        service_place=st.sampled_from([None, "general", "listed", "where_it_happens"]),
        happens_in=st.sampled_from([None, "NL", "BE"]), first_night=st.sampled_from([None, TODAY]),
        is_margin=st.booleans(),
    ),
    seller=st.builds(
        Seller, administration_id=st.just("101"), scheme=st.sampled_from([None, "accrual", "cash", "kor", "exempt"]),
        is_one_stop_shop=st.booleans(),
    ),
)  # fmt: skip
def test_every_sale_gets_an_answer(customer: Customer, line: Sale, seller: Seller) -> None:
    """Automatic only with a rate, a tax rate and a box; leaving VAT out for a buyer only by a confirmed number."""
    answer = decide(line, customer, seller)

    assert answer.sentence.endswith(".")
    assert f"rule {answer.rule_id}" in answer.sentence
    if answer.action is Action.AUTO:
        assert None not in (answer.percentage, answer.tax_rate_id, answer.box)
    if answer.box == "3b" and answer.action is not Action.BLOCK:
        confirmed = ("valid",) if answer.action is Action.AUTO else ("valid", "stale")
        assert answer.evidence.inputs["vat_number_status"] in confirmed


def edited(change: Callable[[dict[str, Row]], Any]) -> list[Row]:
    by_id = {row["rule_id"]: dict(row) for row in RULE_ROWS}
    change(by_id)
    return list(by_id.values())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda rules: rules["V021"].update(priority="20"),
         "V020 and V021 both have priority 20, and the first row that fits decides; give one of them another number."),
        (lambda rules: rules.pop("V065"),
         "no row decides a sale with seller_scheme normal, customer_zone EU, customer_type consumer, "
         "supply_kind services, "),
        (lambda rules: rules["V042"].update(movement="stays|chain"),
         "V043 can never decide, because V042 holds first for everything it is for; give it a lower priority number"),
        (lambda rules: rules["V020"].update(vat_class="any"), "V021 can never decide, because V020 holds first"),
        (lambda rules: rules["V020"].update(vat_class=""), "V021 can never decide, because V020 holds first"),
        (lambda rules: rules.pop("V099"), "expected as last row one that blocks whatever no other row decides"),
        (lambda rules: rules["V099"].update(action="review"), "found V099 (review); put it back."),
        (lambda rules: rules["V099"].update(customer_zone="EU"), "found V099 (block); put it back."),
        (lambda rules: rules.clear(), "found nothing; put it back."),
        (lambda rules: rules["V040"].update(movement="leave"),
         "V040, column movement: expected any, or some of leaves, stays, chain, unknown, found 'leave'; correct it."),
        (lambda rules: rules["V020"].update(rate_kind="HIGH"), "rule V020, column rate_kind: expected some of NONE,"),
        (lambda rules: rules["V020"].update(rate_kind=""), "rule V020, column box: expected a kind of rate with a box"),
        (lambda rules: rules["V060"].update(box="1a|1b|1c"), "as its action is auto, found 1a|1b|1c; correct it."),
    ],
)  # fmt: skip
def test_a_table_that_does_not_decide_every_sale_is_refused(
    change: Callable[[dict[str, Row]], Any], sentence: str
) -> None:
    with pytest.raises(VatRulesError, match=re.escape(sentence)) as caught:
        RuleTable(edited(change))

    assert str(caught.value).startswith("vat_rules")
    assert str(caught.value).endswith("No VAT was decided.")


@given(st.sampled_from(RULE_ROWS), st.sampled_from(sorted(DIMENSIONS)), st.data())
def test_an_edit_leaves_no_gap_or_is_refused(row: Row, name: str, data: st.DataObject) -> None:
    """A cell changed at random: either a sentence, or still a row for everything that is known."""
    cell = data.draw(st.sampled_from(["any", *sorted(DIMENSIONS[name])]))
    known = data.draw(known_input)
    changed = edited(lambda rules: rules[row["rule_id"]].update({name: cell}))
    try:
        table = RuleTable(changed)
    except VatRulesError:
        return
    assert table.first(known) is not table.net


blocks = st.fixed_dictionaries(
    {name: st.frozensets(st.sampled_from(sorted(words)), min_size=1) for name, words in EVERYTHING.items()}
)


@given(blocks, blocks, any_input)
def test_what_is_left_of_a_block_is_the_rest_of_it_once(one: Any, other: Any, inputs: Inputs) -> None:
    def inside(block: Any) -> bool:
        return all(word in block[name] for name, word in inputs.words().items())

    parts = list(minus(one, other))

    assert sum(inside(part) for part in parts) == (inside(one) and not inside(other))
    both = overlap(one, other)
    assert (both is not None and inside(both)) == (inside(one) and inside(other))


def test_a_word_nobody_declared_is_refused() -> None:
    with pytest.raises(ValueError, match="movement is one of leaves, stays, chain, unknown, not 'flies'"):
        Inputs(movement="flies")

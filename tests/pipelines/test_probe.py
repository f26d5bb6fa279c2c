"""The probe against the sandbox: it finds the dialect that is spoken, whichever it is, and that one only."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from pipelines.probe.questions.catalogue import CANNOT_BE_ASKED, QUESTIONS
from pipelines.sandbox import rules
from pipelines.sandbox.dialect import CHOICES
from tests.pipelines.probe_group import Found, answers, group, probed

FLIPS = [f"{name.split('_')[0].upper()}={value}" for name, values in CHOICES.items() for value in values[1:]]

# Where a flip changes what another question sees: flip → company → question → what it finds then.
TRULY_OTHER: dict[str, dict[str, Found]] = {
    "D6=by_days": {"Studio": {"A1": ("refuted", "other")}},  # whole months get parts by their days too
    "D11=one_month": {"Studio": {"A1": ("no_example", None)}},  # only the months that say most are read one by one
}


@cache
def by_default() -> dict[str, Found]:
    with group() as companies:
        return probed(companies)


def test_everything_with_an_example_is_confirmed_in_the_default_dialect() -> None:
    found = by_default()

    assert {verdict for answers in found.values() for verdict, _ in answers.values()} == {"confirmed", "no_example"}
    unseen = [q.id for q in QUESTIONS if all(answers[q.id][0] == "no_example" for answers in found.values())]
    assert unseen == ["A14"]  # asked in a test of its own


@pytest.mark.parametrize("flip", FLIPS)
def test_a_flipped_dialect_refutes_its_own_question_and_no_other(flip: str) -> None:
    question, value = flip.split("=")
    with group(flip) as companies:
        found = probed(companies)

    for name, expected in by_default().items():
        if expected[question][0] == "confirmed":
            assert found[name][question] == ("refuted", value), name
        else:
            assert found[name][question] == expected[question], name
        others = {id_: was for id_, was in expected.items() if id_ != question}
        moved = {id_: found[name][id_] for id_, was in others.items() if found[name][id_] != was}
        assert moved == TRULY_OTHER.get(flip, {}).get(name, {}), name
    assert any(expected[question][0] == "confirmed" for expected in by_default().values())


@pytest.mark.parametrize("seed", [1, 7])
def test_other_companies_refute_nothing_either(seed: int) -> None:
    with group(seed=seed, years=2) as companies:
        for name, company in companies.items():
            found = company.probe()
            assert found.summary["refuted"] == found.summary["not_asked"] == 0, (name, answers(found))


@pytest.mark.parametrize(("flip", "expected"), [("", ("confirmed", "new")), ("D12", ("no_example", None))])
def test_an_edit_that_books_the_same_again_shows_new_ids_but_never_kept_ones(
    flip: str, expected: tuple[str, str | None]
) -> None:
    with group(flip) as companies:
        studio = companies["Studio"]
        first = studio.probe()
        studio.edit(min(first.memory["documents"]), {"reference": "Een ander kenmerk"})

        assert answers(studio.probe(first.memory))["D12"] == expected


def test_reverse_charged_tax_that_is_not_deductible_is_found_on_the_cost_account() -> None:
    """A rate of box 4b without 5b, as a small business has it; the group has none."""
    with group() as companies:
        export = companies["Export"]
        administration = export.administration
        rates = administration.tax_rates
        shifted = next(rate for rate in rates.values() if "NL/2a" in rate.references)
        rates[shifted.id] = replace(shifted, references=("NL/2a",))
        for purchase in administration.purchases.values():
            administration.forget_figures(purchase.id)
            administration.put_purchase(purchase)

        assert answers(export.probe())["A14"] == ("confirmed", "cost_of_the_lines")


def test_every_rule_that_nobody_but_us_says_is_asked_or_named_as_one_that_cannot_be() -> None:
    asked = {rule for question in QUESTIONS for rule in question.rules}
    unproven = {rule.id for rule in rules.unproven()}

    assert unproven == asked | CANNOT_BE_ASKED.keys()
    assert not asked & CANNOT_BE_ASKED.keys()
    switches = {rule.id: rule.dialect for rule in rules.unproven() if rule.dialect}
    assert {rule: q.id for q in QUESTIONS for rule in q.rules if rule in switches} == switches


def test_questions_and_readings_are_those_of_the_dialects() -> None:
    """Another list of the same words, because the probe may not know the sandbox."""
    choices = {name.split("_")[0].upper(): set(values) for name, values in CHOICES.items()}
    ours = {question.id: set(question.readings) for question in QUESTIONS if question.id.startswith("D")}

    assert ours == choices
    assert {q.id: q.readings[0] for q in QUESTIONS if q.id in choices} == {
        name.split("_")[0].upper(): values[0] for name, values in CHOICES.items()
    }

"""What the documentation leaves open can be answered both ways, and each answer is visible."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import ConfigurationError
from pipelines.sandbox import chart, reports
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.dialect import CHOICES, Dialect, parse
from pipelines.sandbox.ledger import month_of
from pipelines.sandbox.world import World

YEAR = (month_of(date(2026, 1, 1)), month_of(date(2026, 12, 1)))


def studio(make_group: Callable[..., World], text: str = "") -> Administration:
    world = make_group(dialect=parse(text), years=1, administrations=2)
    return next(a for a in world.administrations.values() if "Studio" in a.name)


def lines(administration: Administration, role: str) -> list[dict[str, Any]]:
    postings = reports.journal_entries(administration, *YEAR, [administration.roles[role]])
    return [reports.line(administration, posting) for posting in postings]


def test_a_term_without_value_takes_the_second_choice() -> None:
    assert parse("") == parse("default") == Dialect()
    assert parse("D1, d11=one_month") == Dialect(d1_amount_sign="natural_side", d11_report_period="one_month")
    assert parse("D11=granularity").d11_report_period == "granularity"
    assert {name: getattr(Dialect(), name) for name in CHOICES} == {name: values[0] for name, values in CHOICES.items()}


def test_there_is_a_switch_for_every_question_of_the_postings_and_code_that_asks_it() -> None:
    assert [name.split("_")[0] for name in CHOICES] == [f"d{number}" for number in range(1, 19)]
    sources = [path for path in Path(chart.__file__).parent.rglob("*.py") if path.name != "dialect.py"]
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    assert not [name for name in CHOICES if f"dialect.{name}" not in text]


@pytest.mark.parametrize("text", ["D99", "D1=sideways", "d17=three", "native"])
def test_an_unknown_question_or_answer_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"(?i)dialect|value"):
        parse(text)


def test_d1_the_sign_follows_the_account(make_group: Callable[..., World]) -> None:
    default, natural = lines(studio(make_group), chart.SERVICES), lines(studio(make_group, "D1"), chart.SERVICES)
    assert sum(float(x["amount"]) for x in default) == -sum(float(x["amount"]) for x in natural) < 0
    assert [x["amount"] for x in lines(studio(make_group), chart.AR)] == [
        x["amount"] for x in lines(studio(make_group, "D1"), chart.AR)
    ]


def test_d2_reversals_lower_the_gross_sums(make_group: Callable[..., World]) -> None:
    role = chart.SERVICES
    default, negative = studio(make_group), studio(make_group, "D2")
    first, second = (a.ledger.sums(a.roles[role], *YEAR) for a in (default, negative))
    assert first[0] - first[1] == second[0] - second[1]
    assert first[0] > second[0]


def test_d3_a_receipt_stands_on_debtors_as_the_invoice(make_group: Callable[..., World]) -> None:
    assert {x["document_type"] for x in lines(studio(make_group, "D3"), chart.BANK_UNM)} == {"FinancialMutation"}
    kinds = [{x["document_type"] for x in lines(studio(make_group, text), chart.AR)} for text in ("", "D3")]
    assert "Payment" in kinds[0]
    assert "Payment" not in kinds[1]


def test_d4_and_d5_say_where_rate_and_contact_stand(make_group: Callable[..., World]) -> None:
    assert all(x["tax_rate_id"] is None for x in lines(studio(make_group, "D4"), chart.SERVICES))
    vat = [x for x in lines(studio(make_group, "D4=net"), chart.VAT_OUT) if x["document_type"] == "SalesInvoice"]
    assert vat
    assert all(x["tax_rate_id"] is None for x in vat)
    assert all(x["contact_id"] is None for x in lines(studio(make_group, "D5"), chart.SERVICES))
    assert all(
        x["contact_id"] for x in lines(studio(make_group), chart.SERVICES) if x["document_type"] == "SalesInvoice"
    )


def test_d12_entry_ids_survive_an_edit_when_they_are_kept(make_group: Callable[..., World]) -> None:
    for text, survive in (("", False), ("D12", True)):
        administration = studio(make_group, text)
        owner = next(owner for owner in administration.ledger.owners() if owner[0] == "invoice")
        before = [posting.id for posting in administration.ledger.of(owner)]
        administration.put_invoice(administration.invoices[owner[1]])
        after = [posting.id for posting in administration.ledger.of(owner)]
        assert (before == after) is survive


def test_d13_a_parent_can_answer_for_its_children(make_group: Callable[..., World]) -> None:
    for text, more in (("", False), ("D13", True)):
        administration = studio(make_group, text)
        parent = next(a.id for a in administration.accounts.values() if a.name == "Btw")
        assert (len(reports.with_children(administration, parent)) > 1) is more


def test_d15_closing_journals_can_stay_out(make_group: Callable[..., World]) -> None:
    december = month_of(date(2025, 12, 1))
    january = month_of(date(2025, 1, 1))
    for text, closed in (("", True), ("D15", False)):
        administration = studio(make_group, text)
        report = reports.general_ledger(administration, january, december)
        id_ = str(administration.roles[chart.SERVICES])
        final = {row["ledger_account_id"]: row["value"] for row in report["final_balance"]["ledger_accounts"]}[id_]
        assert (final == "0.0") is closed


def test_d16_bad_debt_can_be_negative_revenue(make_group: Callable[..., World]) -> None:
    administration = studio(make_group, "D16")
    assert administration.accounts[administration.roles[chart.BAD]].kind == "revenue"


def test_records_keep_their_ids_in_every_dialect(make_group: Callable[..., World]) -> None:
    """D7, D8 and D12 book another number of lines, which once moved the ids of everything made after them."""
    for text in ("D7", "D8", "D12"):
        assert set(studio(make_group, text).invoices) == set(studio(make_group).invoices)

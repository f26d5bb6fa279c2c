"""Which ledger account a line goes to: the most specific row of finance's table, held against the administration."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.writeback.catalogue import LedgerAccount
from pipelines.writeback.ledger_mapping import SPECIFIC_FIRST, LineOfSale, choose_ledger_account
from tests.pipelines.vat_tables import rows

HOURS = LedgerAccount("1", "Omzet uren", "80501", True, True)
ABROAD = LedgerAccount("2", "Omzet diensten binnen de EU", "80535", True, True)
OLD = LedgerAccount("3", "Oude omzet", "80999", False, True)
DEBTORS = LedgerAccount("4", "Debiteuren", "13011", True, False)
UNNUMBERED = LedgerAccount("5", "Zonder nummer", None, True, True)
ACCOUNTS = (HOURS, ABROAD, OLD, DEBTORS, UNNUMBERED)
LINE = LineOfSale("101", date(2026, 11, 22), "V050", "7", "service", "9")


def row(account_number: str = "80501", **named: str) -> dict[str, str]:
    empty = dict.fromkeys(SPECIFIC_FIRST, "")
    days = {"valid_from_date": "2024-01-01", "valid_to_date": "", "confirmed_by": "Anna"}
    return {**empty, **days, "account_number": account_number, **named}


def chosen(*table: dict[str, str], line: LineOfSale = LINE) -> Any:
    return choose_ledger_account(line, table, ACCOUNTS)


@pytest.mark.parametrize(
    ("specific", "general"),
    [
        ({"product_id": "7"}, {"product_type": "service", "vat_rule_id": "V050", "project_id": "9"}),
        ({"product_type": "service"}, {"vat_rule_id": "V050", "project_id": "9", "administration_id": "101"}),
        ({"vat_rule_id": "V050"}, {"project_id": "9", "administration_id": "101"}),
        ({"project_id": "9"}, {"administration_id": "101"}),
        ({"administration_id": "101"}, {}),
        ({"product_type": "service", "vat_rule_id": "V050"}, {"product_type": "service", "project_id": "9"}),
    ],
)
def test_the_most_specific_row_wins(specific: dict[str, str], general: dict[str, str]) -> None:
    narrow, wide = row("80535", **specific), row(**general)

    for table in ((narrow, wide), (wide, narrow)):
        answer = chosen(*table)
        assert (answer.account, answer.row) == (ABROAD, narrow)


def test_one_sentence_names_the_row_that_decided() -> None:
    assert chosen(row(product_type="service", vat_rule_id="V050")).sentence == (
        "Ledger account 80501 Omzet uren, by the row for product type service, VAT rule V050."
    )
    assert chosen(row()).sentence == "Ledger account 80501 Omzet uren, by the row for every line."


def test_rows_hold_on_their_days() -> None:
    before = row(valid_to_date="2026-11-21")
    after = row("80535", valid_from_date="2026-11-22")

    assert chosen(before, after).account == ABROAD
    assert chosen(before).account is None


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ([row(product_type="product")],
         "No row of ledger_mapping holds for product 7, product type service, VAT rule V050, project 9, "
         "administration 101; add one."),
        ([row("80999")],
         "The row of ledger_mapping from 2024-01-01 says every line → 80999 Oude omzet, which is no longer active; "
         "correct it or add a more specific one."),
        ([row("13011", product_type="service")],
         "The row of ledger_mapping from 2024-01-01 says product type service → 13011 Debiteuren, which does not allow "
         "sales invoices; correct it or add a more specific one."),
        ([row("99999")],
         "The row of ledger_mapping from 2024-01-01 says every line → 99999, but administration 101 has no account "
         "99999; correct it or add a more specific one."),
    ],
)  # fmt: skip
def test_without_an_account_it_says_what_to_do(table: list[dict[str, str]], sentence: str) -> None:
    """A wrong specific row is not passed over for a wider one: finance meant something by it."""
    answer = chosen(*table, row(administration_id="102"))

    assert (answer.account, answer.sentence) == (None, sentence)


named = st.fixed_dictionaries(
    {name: st.sampled_from(["", value, "other"]) for name, value in (
        ("product_id", "7"), ("product_type", "service"), ("vat_rule_id", "V050"), ("project_id", "9"),
        ("administration_id", "101"))}
)  # fmt: skip


@given(st.lists(named, max_size=12, unique_by=lambda row: tuple(row.values())), st.randoms())
def test_one_row_wins_in_whatever_order_they_stand(table: list[dict[str, str]], random: Any) -> None:
    given_rows = [row(**columns) for columns in table]
    shuffled = random.sample(given_rows, len(given_rows))

    assert chosen(*given_rows) == chosen(*shuffled)


def test_the_examples_know_the_demo_groups_hours() -> None:
    """Advice at home, within and outside the EU goes to three accounts (RGS Odh, Odi, Odb)."""
    table = rows("seeds/ledger_mapping.csv")

    def number(rule_id: str) -> str:
        line = LineOfSale("408814593815609347", date(2026, 11, 22), rule_id, product_type="service")
        accounts = [LedgerAccount(n, n, n, True, True) for n in ("80501", "80530", "80535")]
        answer = choose_ledger_account(line, table, accounts)
        assert answer.account is not None, answer.sentence
        return answer.account.ledger_account_id

    assert [number(rule) for rule in ("V020", "V050", "V072")] == ["80501", "80535", "80530"]


def test_a_number_that_was_given_again_is_the_active_account_and_two_of_them_are_refused() -> None:
    again = LedgerAccount("9", "Nieuwe omzet", "80999", True, True)
    table = [row("80999")]
    assert choose_ledger_account(LINE, table, (OLD, again)).account == again
    twice = choose_ledger_account(LINE, table, (OLD, again, LedgerAccount("10", "Nog een", "80999", True, True)))
    assert twice.account is None
    assert "every line → 80999, and 2 active accounts have that number; correct it" in twice.sentence

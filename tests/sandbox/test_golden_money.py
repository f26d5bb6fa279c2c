"""The golden cases of external invoices and of money (POSTINGS P-5, P-9 to P-12b, P-14 and P-15; D8)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date

import pytest

from pipelines.sandbox import chart
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.dialect import parse
from pipelines.sandbox.model import Booking, Entry, Journal
from tests.sandbox.bookkeeping import balance, company, external, invoice, lines, mutation, paid, purchase

DAY = date(2026, 3, 1)


def test_p5_an_external_invoice_books_like_one_of_ours_and_may_have_no_contact() -> None:
    administration = company()
    administration.put_external(external(administration, 100_00, DAY))
    assert lines(administration, "external") == [
        ("03-01", "debtors", "121.00"),
        ("03-01", "services_revenue", "-100.00"),
        ("03-01", "vat_out", "-21.00"),
    ]
    posted = administration.ledger.of(("external", 10))
    assert {(p.document_type, p.contact_id) for p in posted} == {("ExternalSalesInvoice", None)}


def test_p5_a_new_one_posts_nothing_and_a_removed_one_is_gone() -> None:
    administration = company()
    administration.put_external(external(administration, 100_00, DAY, is_new=True))
    assert lines(administration, "external") == []
    administration.put_external(external(administration, 100_00, DAY))
    administration.remove_external(10)
    assert balance(administration, chart.AR) == 0


def test_p9_money_beyond_the_total_stays_on_debtors() -> None:
    administration = company()
    mutation(administration, 130_00)
    administration.put_external(external(administration, 100_00, DAY, payments=[paid(130_00, mutation_id=30)]))
    assert balance(administration, chart.AR) == -9_00
    assert balance(administration, chart.BANK_UNM) == 0


@pytest.mark.parametrize(
    ("action", "role"),
    [
        ("private_payment", chart.PRIVATE),
        ("cash_payment", chart.CASH),
        ("rounding_error", chart.ROUND),
        ("balance_settlement", chart.GENERAL),
        ("payment_without_proof", chart.IN_UNM),
    ],
)
def test_p10b_the_account_that_the_payment_names_is_booked(action: str, role: str) -> None:
    administration = company()
    payment = paid(121_00, action=action, account_id=administration.roles[role])
    administration.put_invoice(invoice(administration, 100_00, DAY, payments=[payment]))
    assert ("04-02", role, "121.00") in lines(administration, "invoice")
    assert balance(administration, chart.AR) == 0


def test_p10b_settling_a_sale_against_a_purchase_leaves_nothing_on_settlements() -> None:
    administration = company()
    settled = paid(121_00, action="invoices_settlement", settlement=True)
    administration.put_invoice(invoice(administration, 100_00, DAY, payments=[settled]))
    administration.put_purchase(purchase(administration, 100_00, DAY, id=12, payments=[replace(settled, id=21)]))
    assert ("04-02", "settlements", "121.00") in lines(administration, "invoice")
    assert ("04-02", "settlements", "-121.00") in lines(administration, "purchase", 12)
    assert [balance(administration, role) for role in (chart.SETTLE, chart.AR, chart.AP)] == [0, 0, 0]


def test_p10c_a_payment_found_on_the_bank_later_moves_on_the_day_of_the_transaction() -> None:
    administration = company()
    mutation(administration, 121_00, day=date(2026, 4, 9))
    administration.put_invoice(invoice(administration, 100_00, DAY, payments=[paid(121_00, matched_mutation_id=30)]))
    moved = [each for each in lines(administration, "invoice") if each[0] == "04-09"]
    assert moved == [
        ("04-09", "unmatched_receipts", "-121.00"),
        ("04-09", "unprocessed_transactions", "121.00"),
    ]
    assert ("04-02", "unmatched_receipts", "121.00") in lines(administration, "invoice")
    assert balance(administration, chart.BANK_UNM) == balance(administration, chart.IN_UNM) == 0


def test_p11_a_provision_is_released_as_money_comes_in_but_not_after_the_write_off() -> None:
    administration = company()
    made = external(administration, 100_00, DAY, dubious_on=date(2026, 3, 20))
    administration.put_external(replace(made, payments=[paid(60_50)]))
    assert balance(administration, chart.DUB_BAL) == -50_00
    lost = replace(made, uncollectible_on=date(2026, 5, 1), payments=[paid(60_50), paid(60_50, day=date(2026, 6, 1))])
    administration.put_external(lost)
    assert balance(administration, chart.DUB_BAL) == 0
    assert balance(administration, chart.DUB_PL) == 50_00
    assert balance(administration, chart.AR) == -60_50  # what came in after the write-off is owed to nobody's invoice


def test_p12_an_external_invoice_is_written_off_alike() -> None:
    administration = company()
    lost = external(administration, 100_00, DAY, uncollectible_on=date(2026, 6, 10), uncollectible_as_revenue=True)
    administration.put_external(lost)
    assert lines(administration, "external")[-3:] == [
        ("06-10", "bad_debts", "100.00"),
        ("06-10", "debtors", "-121.00"),
        ("06-10", "vat_out", "21.00"),
    ]


def filed(administration: Administration) -> Journal:
    """The return of POSTINGS P-14: 1,136.40 owed, 700.65 deducted, 435 to pay."""
    amounts = ((chart.VAT_OUT, 1136_40), (chart.VAT_IN, -700_65), (chart.VAT_SETTLE, -435_00), (chart.ROUND, -75))
    entries = [Entry(administration.roles[role], max(x, 0), max(-x, 0), "Aangifte") for role, x in amounts]
    return Journal(40, date(2026, 3, 31), "Btw-aangifte", entries, 0, 0, is_vat_return=True)


def test_p14_and_p15_a_return_is_filed_and_paid() -> None:
    administration = company()
    administration.put_journal(filed(administration))
    assert {p.document_type for p in administration.ledger.of(("journal", 40))} == {"VatDocument"}
    booking = Booking(31, administration.roles[chart.GENERAL], -435_00, "Belastingdienst", vat_return_id=40)
    mutation(administration, -435_00, bookings=[booking])
    assert ("04-02", "vat_settled", "435.00") in lines(administration, "mutation", 30)
    assert balance(administration, chart.VAT_SETTLE) == balance(administration, chart.GENERAL) == 0


def test_no_line_is_without_description() -> None:
    """The contract's `description` is a string; what nobody described says what kind of document it is."""
    administration = company()
    mutation(administration, 10_00, message="", contra_name="Jansen", bookings=[Booking(31, 1, 10_00, "")])
    made = invoice(administration, 100_00, DAY)
    administration.put_invoice(replace(made, lines=[replace(made.lines[0], description="")]))
    assert {p.description for p in administration.ledger.every_line()} == {"Jansen", "Factuur 2026-0001"}


def linked(text: str) -> Administration:
    """A receipt half linked to an invoice and half booked, a purchase paid, a payment found on the bank."""
    administration = company(parse(text))
    mutation(administration, 141_00, bookings=[Booking(35, administration.roles[chart.GENERAL], 20_00, "Rente")])
    mutation(administration, -121_00, id=31)
    mutation(administration, 121_00, id=32, day=date(2026, 4, 9))
    mutation(administration, 50_00, id=33)
    made = invoice(administration, 100_00, DAY, payments=[paid(121_00, mutation_id=30)])
    administration.put_invoice(made)
    administration.put_purchase(purchase(administration, 100_00, DAY, id=12, payments=[paid(121_00, mutation_id=31)]))
    found = paid(121_00, matched_mutation_id=32)
    administration.put_external(external(administration, 100_00, DAY, id=13, payments=[found]))
    return administration


def test_d8_a_link_can_replace_the_line_on_unprocessed_transactions() -> None:
    transferred, replaced = linked(""), linked("D8")
    for role in (chart.BANK_UNM, chart.BANK, chart.AR, chart.AP, chart.IN_UNM, chart.GENERAL):
        assert balance(transferred, role) == balance(replaced, role)
    account = replaced.roles[chart.BANK_UNM]
    gross = [a.ledger.sums(a.roles[chart.BANK_UNM], 0, 99_999) for a in (transferred, replaced)]
    assert gross == [(383_00, 433_00), (0, 50_00)]
    assert [p.document_id for p in replaced.ledger.every_line() if p.account_id == account] == [33]
    for administration in (transferred, replaced):
        assert_balanced(administration)


def test_d8_what_is_unlinked_becomes_unprocessed_again() -> None:
    administration = linked("D8")
    administration.put_invoice(replace(administration.invoices[10], payments=[]))
    administration.remove_purchase(12)
    assert balance(administration, chart.BANK_UNM) == -121_00 + 121_00 - 50_00
    assert lines(administration, "mutation", 31) == [
        ("04-02", "bank", "-121.00"),
        ("04-02", "unprocessed_transactions", "121.00"),
    ]
    assert_balanced(administration)


def assert_balanced(administration: Administration) -> None:
    sums: dict[object, int] = defaultdict(int)
    for posting in administration.ledger.every_line():
        sums[posting.day] += posting.amount
        sums[posting.document_type, posting.document_id] += posting.amount
    assert not {key: rest for key, rest in sums.items() if rest}

"""Any use of the API, in any order: the books stay right, refusals change nothing, versions tell what changed.

Below the two runs is what they and a look at the group's books brought to light, each as small as it gets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from pipelines.sandbox import chart
from pipelines.sandbox.render.bank import mutation as render
from pipelines.sandbox.truth import Truth
from pipelines.sandbox.world import World
from tests.sandbox.office import Office, open_office
from tests.sandbox.random_steps import Use
from tests.sandbox.sales_office import bank_line, credit, draft, now, pay, sent


def run(examples: int, steps: int, *, derandomize: bool) -> None:
    chosen = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=derandomize,
        suppress_health_check=list(HealthCheck), database=None,
    )  # fmt: skip
    run_state_machine_as_test(Use, settings=chosen)


def test_the_books_stay_right_whatever_a_client_does() -> None:
    run(30, 50, derandomize=True)


@pytest.mark.slow
def test_they_also_do_for_longer_and_differently_every_time() -> None:
    run(500, 60, derandomize=False)


@pytest.fixture
def office() -> Iterator[Office]:
    yield from open_office()


def settling(office: Office, **more: Any) -> dict[str, Any]:
    """One invoice settled against another's credit; the payment on the first."""
    invoice = sent(office)
    other = sent(office, {"description": "Terug", "price": "-300"})
    body = {"manual_payment_action": "invoices_settlement", "invoice_id": other["id"], **more}
    answer = pay(office, invoice, "363", **body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_settlement_moves_no_money_whatever_transaction_it_names(office: Office) -> None:
    payment = settling(office, financial_mutation_id=str(bank_line(office, 363_00).id))
    assert payment["financial_mutation_id"] is None
    assert payment["ledger_account_id"] == office.account(chart.SETTLE)
    assert office.balance(chart.SETTLE) == 0


def test_in_the_own_currency_the_base_price_is_the_price(office: Office) -> None:
    """Else a settlement left 33.00 behind, and a plain receipt an exchange difference of an invoice in euros."""
    assert settling(office, price_base="330")["price_base"] == "363.0"
    assert pay(office, sent(office), "363", price_base="330").json()["price_base"] == "363.0"
    invoice, mutation = sent(office), bank_line(office, 363_00)
    body = {"booking_type": "SalesInvoice", "booking_id": invoice["id"], "price_base": "363", "price": "330"}
    assert office.patch(f"financial_mutations/{mutation.id}/link_booking", body).status_code == 200
    assert now(office, invoice)["payments"][0]["price"] == "363.0"
    assert (office.balance(chart.SETTLE), office.balance(chart.FX)) == (0, 0)


def test_no_bank_transaction_is_found_for_a_settlement(office: Office) -> None:
    payment, mutation = settling(office), bank_line(office, 363_00)
    body = {"booking_type": "Payment", "booking_id": payment["id"], "price_base": "363"}
    with office.unchanged():
        assert office.patch(f"financial_mutations/{mutation.id}/link_booking", body).status_code == 400


def test_what_a_transaction_paid_moves_to_another_day_with_it(office: Office) -> None:
    rows = [{"date": "2026-11-18", "amount": "363", "message": "Factuur"}]
    body = {"reference": "1", "financial_mutations_attributes": rows}
    statement = office.post("financial_statements", {"financial_statement": body}).json()
    mutation, invoice = statement["financial_mutations"][0]["id"], sent(office)
    linked = {"booking_type": "SalesInvoice", "booking_id": invoice["id"], "price_base": "363"}
    office.patch(f"financial_mutations/{mutation}/link_booking", linked)
    office.advance(1)
    moved = {"financial_mutations_attributes": [{"id": mutation, "date": "2026-10-31"}]}
    office.patch(f"financial_statements/{statement['id']}", {"financial_statement": moved})
    shown = now(office, invoice)
    assert shown["payments"][0]["payment_date"] == "2026-10-31"
    assert shown["version"] > invoice["version"]
    days = {line.day.isoformat() for line in office.administration.ledger.of(("invoice", int(invoice["id"])))}
    assert days == {"2026-10-31", "2026-11-20"}


def test_a_transaction_does_not_move_out_of_the_locked_period(office: Office) -> None:
    rows = [{"date": "2026-09-18", "amount": "363", "message": "Factuur"}]
    body = {"reference": "1", "financial_mutations_attributes": rows}
    statement = office.post("financial_statements", {"financial_statement": body}).json()
    office.administration.locked_until = date(2026, 9, 30)
    moved = [{"id": statement["financial_mutations"][0]["id"], "date": "2026-10-31"}]
    path, body = f"financial_statements/{statement['id']}", {"financial_mutations_attributes": moved}
    with office.unchanged():
        assert office.patch(path, {"financial_statement": body}).status_code in (400, 422)


def test_a_transaction_shows_its_payments_in_the_same_order_after_an_edit(office: Office) -> None:
    mutation, invoices = bank_line(office, 726_00), [sent(office), sent(office)]
    for invoice in invoices:
        body = {"booking_type": "SalesInvoice", "booking_id": invoice["id"], "price_base": "363"}
        office.patch(f"financial_mutations/{mutation.id}/link_booking", body)
    shown = render(office.administration, mutation)
    office.patch(f"sales_invoices/{invoices[0]['id']}", {"sales_invoice": {"reference": "anders"}})
    assert render(office.administration, mutation) == shown


def test_a_credit_invoice_keeps_its_history_when_the_original_is_deleted(office: Office) -> None:
    original = sent(office)
    made = credit(office, original)
    assert office.delete(f"sales_invoices/{original['id']}").status_code == 204
    assert now(office, made)["events"] == made["events"]
    assert draft(office)["events"][0]["action"] == "sales_invoice_created"


def test_nothing_is_lost_on_an_invoice_of_nothing(office: Office) -> None:
    """Money sent back on it opened it again, and the write-off then had no other side."""
    invoice = sent(office, {"description": "Gratis", "price": "0"})
    assert pay(office, invoice, "-121").status_code == 201
    assert now(office, invoice)["state"] == "open"
    for name in ("dubious", "uncollectible"):
        with office.unchanged():
            assert office.patch(f"sales_invoices/{invoice['id']}/mark_as_{name}", {}).status_code == 400


def test_what_was_given_up_balances_when_the_invoice_becomes_one_of_nothing(office: Office) -> None:
    invoice = sent(office)
    pay(office, invoice, "121")
    office.patch(f"sales_invoices/{invoice['id']}/mark_as_uncollectible", {})
    lines = [{"id": invoice["details"][0]["id"], "price": "0"}]
    body = {"sales_invoice": {"details_attributes": lines}}
    assert office.patch(f"sales_invoices/{invoice['id']}", body).status_code == 200
    booked = office.administration.ledger.of(("invoice", int(invoice["id"])))
    assert sum(line.amount for line in booked) == 0
    assert office.balance(chart.BAD) == -121_00
    told = Truth(office.administration).balances(date(2026, 12, 31))
    assert told[int(office.account(chart.BAD))] == -121_00


def test_a_return_is_filed_in_whole_euros_per_box(make_group: Callable[..., World]) -> None:
    """DOMAIN R3.1, by hand for one quarter: 17,882.34 in 1a, 93.74 in 4a, 388.40 in 4b, 8,267.54 in 5b."""
    studio = next(a for a in make_group().administrations.values() if "Studio" in a.name)
    filed = next(j for j in studio.journals.values() if j.reference == "Btw-aangifte 2024 kwartaal 1")
    roles = {account: role for role, account in studio.roles.items()}
    booked = {roles[entry.account_id]: entry.debit - entry.credit for entry in filed.entries}
    assert booked == {
        chart.VAT_OUT: 1_788_234 + 9_374 + 38_840, chart.VAT_IN: -826_754,
        chart.VAT_SETTLE: -(17_882 + 93 + 388 - 8_268) * 100, chart.ROUND: -194,
    }  # fmt: skip

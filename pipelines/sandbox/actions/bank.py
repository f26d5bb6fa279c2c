"""Bank transactions: they come in with statements and are linked to what they pay, or booked on an account.

A link to a document is a payment on that document (P-9); everything else is a booking of the transaction (P-9b, P-15).
"""

from __future__ import annotations

from datetime import date

from pipelines.sandbox import chart
from pipelines.sandbox.actions import payments
from pipelines.sandbox.actions.payments import Remittance
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.model import Booking, Cents, Journal, Mutation, Payment, Purchase, Statement
from pipelines.sandbox.payers import Payable


def open_amount(administration: Administration, mutation: Mutation) -> Cents:
    """What of the transaction nothing is linked to yet, signed as the transaction."""
    linked = sum(
        -payment.price_base if isinstance(document, Purchase) else payment.price_base
        for document, payment in administration.payments_from(mutation.id)
    )
    return mutation.amount - linked - sum(booking.price for booking in mutation.bookings)


def link_document(
    administration: Administration, mutation: Mutation, document: Payable, price: Cents, base: Cents,
) -> Payment:  # fmt: skip
    """A payment on the document. Amounts are positive; which way the money went is the transaction's to say."""
    pays = (mutation.amount > 0) != isinstance(document, Purchase)
    sign = 1 if pays else -1
    remittance = Remittance(mutation.day, sign * price, sign * base, mutation_id=mutation.id)
    payment = payments.register(administration, document, remittance)
    _settle(administration, mutation)
    return payment


def match_payment(administration: Administration, mutation: Mutation, document: Payable, payment: Payment) -> None:
    """P-10c: a payment that was registered before its bank transaction was there. ValueError when it has one, or when
    no money came through the bank: settled, in cash, rounded off."""
    if payment.mutation_id is not None or payment.matched_mutation_id is not None:
        raise ValueError("the payment has a bank transaction already")
    if payment.account_id not in (administration.roles[chart.IN_UNM], administration.roles[chart.OUT_UNM]):
        raise ValueError("only money whose transaction is not known yet has one to be found")
    payment.matched_mutation_id = mutation.id
    payments.put(administration, document)
    _settle(administration, mutation)
    administration.announce("payment_linked_to_financial_mutation", document)


def book(
    administration: Administration, mutation: Mutation, account_id: int, price: Cents, description: str,
    project_id: int | None = None,
) -> Booking:  # fmt: skip
    """A booking straight on an account, without VAT. `price` is positive in the direction of the transaction.

    The exception is the contract's: once an incoming transaction has more booked than its amount, signs swap.
    """
    now = administration.clock.milliseconds()
    direction = 1 if mutation.amount >= 0 else -1
    if mutation.amount > 0 and open_amount(administration, mutation) < 0:
        direction = -1
    booking = Booking(
        administration.new_id(now), account_id, direction * price, description, project_id=project_id, created=now
    )
    return _add(administration, mutation, booking)


def pay_return(administration: Administration, mutation: Mutation, vat_return: Journal, price: Cents) -> Booking:
    """P-15: the amount as it stands on the return, positive when VAT is payable."""
    now = administration.clock.milliseconds()
    booking = Booking(
        administration.new_id(now), administration.roles[chart.VAT_SETTLE], -price, vat_return.reference, created=now,
        vat_return_id=vat_return.id,
    )  # fmt: skip
    return _add(administration, mutation, booking)


def _add(administration: Administration, mutation: Mutation, booking: Booking) -> Booking:
    mutation.bookings.append(booking)
    _settle(administration, mutation)
    administration.announce("ledger_account_booking_created", mutation)
    return booking


def unlink_payment(administration: Administration, mutation: Mutation, document: Payable, payment: Payment) -> None:
    """A payment made from the transaction goes; one that was only matched stays without it."""
    if payment.matched_mutation_id == mutation.id:
        payment.matched_mutation_id = None
        payments.put(administration, document)
    else:
        payments.remove(administration, document, payment)
    _settle(administration, mutation)


def unbook(administration: Administration, mutation: Mutation, booking: Booking) -> None:
    mutation.bookings.remove(booking)
    _settle(administration, mutation)
    administration.announce("ledger_account_booking_destroyed", mutation)


def _settle(administration: Administration, mutation: Mutation) -> None:
    """Marks the change; a transaction is processed once nothing of it is open."""
    now = administration.clock.milliseconds()
    mutation.updated = max(mutation.updated, now)
    if open_amount(administration, mutation):
        mutation.processed = None
    elif mutation.processed is None:
        mutation.processed = now
    administration.put_mutation(mutation)


def receive_statement(administration: Administration, statement: Statement, mutations: list[Mutation]) -> Statement:
    """A statement with its transactions, each on its own day."""
    now = administration.clock.milliseconds()
    statement.id = statement.id or administration.new_id(now)
    administration.statements[statement.id] = statement
    add_to_statement(administration, statement, mutations)
    administration.announce("financial_statement_created", statement)
    return statement


def add_to_statement(administration: Administration, statement: Statement, mutations: list[Mutation]) -> None:
    now = administration.clock.milliseconds()
    for mutation in mutations:
        mutation.id = mutation.id or administration.new_id(now)
        mutation.statement_id = statement.id
        administration.put_mutation(mutation)


def change_mutation(administration: Administration, mutation: Mutation) -> None:
    """Stores an edited transaction. What was paid from it was paid on its day (P-9), so documents are booked anew."""
    administration.put_mutation(mutation)
    for document, payment in administration.payments_from(mutation.id):
        if payment.mutation_id == mutation.id and payment.day != mutation.day:
            payment.day = mutation.day
            document.updated = max(document.updated, mutation.updated)
        payments.put(administration, document)


def remove_mutation(administration: Administration, mutation: Mutation) -> None:
    """Takes the transaction out; documents that were paid from it are open again."""
    for document, payment in administration.payments_from(mutation.id):
        unlink_payment(administration, mutation, document, payment)
    administration.remove_mutation(mutation.id)


def remove_statement(administration: Administration, statement: Statement) -> None:
    for mutation in of_statement(administration, statement):
        remove_mutation(administration, mutation)
    del administration.statements[statement.id]
    administration.announce("financial_statement_destroyed", statement)


def of_statement(administration: Administration, statement: Statement) -> list[Mutation]:
    return [found for found in administration.mutations.values() if found.statement_id == statement.id]


def days_of(administration: Administration, statement: Statement) -> list[date]:
    return [mutation.day for mutation in of_statement(administration, statement)]

"""Money on a document (P-4, P-9 to P-10c, P-18 and P-19)."""

from __future__ import annotations

from pipelines.sandbox import chart
from pipelines.sandbox.amounts import open_base
from pipelines.sandbox.books.bill import Bill
from pipelines.sandbox.books.desk import Desk
from pipelines.sandbox.model import Cents, Payment
from pipelines.sandbox.page import Page
from pipelines.sandbox.rules import follows, money

Document = tuple[str, int]  # document_type and document_id of a journal entry


def post(desk: Desk, page: Page, bill: Bill) -> None:
    """The control account goes down by the document's own value; what the bank saw more or less is exchange (P-18)."""
    paid = 0
    for payment in bill.paid_in_order:
        before = open_base(bill.figures, paid, bill.rate)
        paid += payment.price
        _payment(desk, page, bill, payment, before - open_base(bill.figures, paid, bill.rate))


def linked(desk: Desk, bill: Bill) -> dict[int, Cents]:
    """What of which bank transaction was linked to this document and takes the place of its own line (D8)."""
    amounts: dict[int, Cents] = {}
    for payment in bill.payments if desk.replaces else ():
        mutation_id = payment.mutation_id or payment.matched_mutation_id
        if mutation_id is not None and _in_its_place(desk, payment):
            amounts[mutation_id] = amounts.get(mutation_id, 0) + bill.side.sign * payment.price_base
    return amounts


@follows(money.CONTROL_GOES_DOWN, money.PAYMENT_DATE, money.PAYMENT_DOCUMENT, money.EXCHANGE)
def _payment(desk: Desk, page: Page, bill: Bill, payment: Payment, value: Cents) -> None:
    title = f"Betaling {bill.title}"
    sign, control = bill.side.sign, desk.roles[bill.side.control]
    document: Document = ("Payment", payment.id)
    if payment.mutation_id is not None:
        document = ("FinancialMutation", payment.mutation_id)
    if payment.mutation_id is None or not _in_its_place(desk, payment):
        source = _source(desk, bill, payment)
        page.move(
            payment.day,
            source,
            sign * payment.price_base,
            title,
            document=document,
            contact_id=desk.contact(bill.contact_id, source),
            financial_account_id=None if payment.mutation_id else payment.financial_account_id,
        )
    page.move(
        payment.day,
        control,
        -sign * value,
        title,
        document=document,
        settles=(bill.kind, bill.id),
        contact_id=bill.contact_id,
    )
    page.move(
        payment.day,
        desk.roles[chart.FX],
        sign * (value - payment.price_base),
        title,
        document=document,
        contact_id=desk.contact(bill.contact_id, desk.roles[chart.FX]),
    )
    if payment.matched_mutation_id is not None:
        _match(desk, page, bill, payment, title)


@follows(money.NAMED_ACCOUNT, money.MANUAL_ACTIONS, money.SETTLEMENT)
def _source(desk: Desk, bill: Bill, payment: Payment) -> int:
    """A bank transaction that waits (P-9), or the account that the payment names (P-10, P-10b)."""
    if payment.mutation_id is not None:
        return desk.roles[chart.BANK_UNM]
    if payment.account_id:
        return payment.account_id
    return desk.roles[chart.SETTLE if payment.settlement else bill.side.unmatched]


@follows(money.MATCHED_LATER, money.MATCHED_DATE)
def _match(desk: Desk, page: Page, bill: Bill, payment: Payment, title: str) -> None:
    """P-10c: on the day of the bank transaction that turned out to be this payment."""
    mutation_id = payment.matched_mutation_id
    assert mutation_id is not None
    mutation = desk.mutations.get(mutation_id)
    day = mutation.day if mutation else payment.day
    amount, document = bill.side.sign * payment.price_base, ("FinancialMutation", mutation_id)
    if not _in_its_place(desk, payment):
        page.move(day, desk.roles[chart.BANK_UNM], amount, title, document=document)
    page.move(day, _source(desk, bill, payment), -amount, title, document=document)


def _in_its_place(desk: Desk, payment: Payment) -> bool:
    """D8, for a transaction that is there. A payment of another day than its transaction's is moved all the same."""
    if not desk.replaces:
        return False
    mutation = desk.mutations.get(payment.mutation_id or payment.matched_mutation_id or 0)
    return mutation is not None and (payment.mutation_id is None or mutation.day == payment.day)

"""Money on a document: registered, settled against another document, taken back (POSTINGS P-4, P-9 to P-10b).

The ledger account of a payment is decided here, once: the bank's for a linked transaction, settlements, rounding or the
given account for the manual actions that name one, else the account of money whose transaction is not known yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipelines.sandbox import amounts, chart, states, states_documents
from pipelines.sandbox.actions.history import happened
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.model import Cents, ExternalInvoice, Invoice, Payment, Purchase
from pipelines.sandbox.payers import Payable

MANUAL_ACTIONS = (
    "private_payment", "payment_without_proof", "cash_payment", "rounding_error", "bank_transfer",
    "balance_settlement", "invoices_settlement",
)  # fmt: skip


@dataclass(frozen=True)
class Remittance:
    """What is known of the money. `price` is in the document's currency and has the sign of the document's total.

    `price_base` is what the bank saw; left out it follows the document's own rate. `other` is the document to settle
    against; it gets a payment of its own.
    """

    day: date
    price: Cents
    price_base: Cents | None = None
    action: str | None = None  # one of MANUAL_ACTIONS
    mutation_id: int | None = None
    financial_account_id: int | None = None
    account_id: int | None = None  # for balance_settlement
    transaction_identifier: str | None = None
    other: Payable | None = None


def accepts(document: Payable) -> bool:
    """Whether money can be registered: sent, or processed when it came from elsewhere."""
    if isinstance(document, Invoice):
        return states.is_posted(document)
    if isinstance(document, Purchase) and document.is_saved:
        return False
    return not document.is_new


def register(
    administration: Administration, document: Payable, remittance: Remittance, at: int | None = None
) -> Payment:
    """Books the money on the document and answers with the payment; settling books the other document too.

    A payment from a bank transaction takes the transaction's date, account and financial account (P-9).
    """
    if not accepts(document):
        raise ValueError("only a sent invoice or a processed document can be paid")
    at = administration.at(at)
    payment = _payment(administration, document, remittance, at)
    if remittance.other is not None:
        _settle_against(administration, document, payment, remittance.other, at)
    _book(administration, document, payment, at)
    if payment.mutation_id is not None:
        _linked(administration, document, payment.mutation_id, at)
    return payment


def remove(administration: Administration, document: Payable, payment: Payment, at: int | None = None) -> None:
    """Takes the payment off; the other half of a settlement goes with it, a bank transaction becomes unprocessed."""
    at = administration.at(at)
    _take_off(administration, document, payment.id, at)
    undo_elsewhere(administration, payment, at)


def undo_elsewhere(administration: Administration, payment: Payment, at: int) -> None:
    """What a payment that is gone leaves behind on other records."""
    other = owner(administration, payment.counterpart_id) if payment.counterpart_id else None
    if other is not None and payment.counterpart_id is not None:
        _take_off(administration, other, payment.counterpart_id, at)
    for mutation_id in (payment.mutation_id, payment.matched_mutation_id):
        mutation = administration.mutations.get(mutation_id or 0)
        if mutation is not None:
            mutation.updated = max(mutation.updated, at)
            mutation.processed = None
            administration.put_mutation(mutation)


def settle_credit(administration: Administration, credit: Invoice, original: Invoice) -> None:
    """P-4: one payment on each, today, of the whole credit invoice, through settlements."""
    at = administration.clock.milliseconds()
    total = administration.figures(credit).incl
    day = administration.clock.today()
    first = _payment(administration, original, Remittance(day, -total, other=credit), at)
    second = _payment(administration, credit, Remittance(day, total, other=original), at)
    first.counterpart_id, second.counterpart_id = second.id, first.id
    _book(administration, original, first, at)
    _book(administration, credit, second, at)


def owner(administration: Administration, payment_id: int) -> Payable | None:
    """The document that carries the payment."""
    families = (administration.invoices, administration.external_invoices, administration.purchases)
    for family in families:
        for document in family.values():
            if any(payment.id == payment_id for payment in document.payments):
                return document
    return None


def put(administration: Administration, document: Payable) -> None:
    """Stores and posts a document of any kind that can be paid."""
    if isinstance(document, Invoice):
        administration.put_invoice(document)
    elif isinstance(document, ExternalInvoice):
        administration.put_external(document)
    else:
        administration.put_purchase(document)


def _payment(administration: Administration, document: Payable, remittance: Remittance, at: int) -> Payment:
    base = remittance.price_base
    mutation = administration.mutations.get(remittance.mutation_id or 0)
    return Payment(
        id=administration.new_id(at),
        day=mutation.day if mutation else remittance.day,
        price=remittance.price,
        price_base=amounts.to_int(remittance.price * document.rate) if base is None else base,
        account_id=_account(administration, document, remittance),
        created=at,
        mutation_id=mutation.id if mutation else None,
        financial_account_id=mutation.financial_account_id if mutation else remittance.financial_account_id,
        settlement=remittance.other is not None,
        transaction_identifier=remittance.transaction_identifier,
        action=remittance.action,
    )


def _account(administration: Administration, document: Payable, remittance: Remittance) -> int:
    """The ledger account the payment names (P-10, P-10b).

    A financial account without an action that needs it is only mentioned: the money still has no bank transaction.
    """
    mutation = administration.mutations.get(remittance.mutation_id or 0)
    if mutation is not None:
        return mutation.account_id
    if remittance.other is not None:
        return administration.roles[chart.SETTLE]
    if remittance.action == "rounding_error":
        return administration.roles[chart.ROUND]
    if remittance.action == "balance_settlement" and remittance.account_id is not None:
        return remittance.account_id
    if remittance.action in ("private_payment", "cash_payment") and remittance.financial_account_id is not None:
        return administration.financial_accounts[remittance.financial_account_id].account_id
    return administration.roles[chart.OUT_UNM if isinstance(document, Purchase) else chart.IN_UNM]


def _settle_against(
    administration: Administration, document: Payable, payment: Payment, other: Payable, at: int
) -> None:
    """The payment on the other document; both together leave nothing on settlements (P-10b, EUR only)."""
    same_side = isinstance(document, Purchase) == isinstance(other, Purchase)
    price = -payment.price if same_side else payment.price
    counterpart = _payment(
        administration, other, Remittance(payment.day, price, action=payment.action, other=document), at
    )
    counterpart.counterpart_id, payment.counterpart_id = payment.id, counterpart.id
    _book(administration, other, counterpart, at)


def _book(administration: Administration, document: Payable, payment: Payment, at: int) -> None:
    _with_payments(administration, document, [*document.payments, payment], "payment_registered", at)


def _take_off(administration: Administration, document: Payable, payment_id: int, at: int) -> None:
    kept = [payment for payment in document.payments if payment.id != payment_id]
    _with_payments(administration, document, kept, "payment_destroyed", at)


def _linked(administration: Administration, document: Payable, mutation_id: int, at: int) -> None:
    mutation = administration.mutations[mutation_id]
    mutation.updated = max(mutation.updated, at)
    administration.put_mutation(mutation)
    administration.announce("payment_linked_to_financial_mutation", document)


def _with_payments(
    administration: Administration, document: Payable, payments: list[Payment], event: str, at: int
) -> None:
    """Stores the document with these payments; an invoice of ours that changes state because of it says so."""
    before = _state(administration, document)
    document.payments = payments
    document.pending = False
    document.updated = max(document.updated, at)
    put(administration, document)
    administration.announce(event, document)
    after = _state(administration, document)
    if after == before:
        return
    if isinstance(document, Invoice):
        happened(administration, document, f"sales_invoice_state_changed_to_{after}", at)
    elif isinstance(document, ExternalInvoice):
        administration.announce(f"external_sales_invoice_state_changed_to_{after}", document)


def _state(administration: Administration, document: Payable) -> str:
    if isinstance(document, Invoice):
        return administration.state(document)
    return states_documents.state(document, administration.figures(document), administration.clock.today())

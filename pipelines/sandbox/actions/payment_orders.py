"""Orders to pay a supplier: made, sent to the bank, carried out, taken back. They post nothing; the bank line does."""

from __future__ import annotations

from pipelines.sandbox import states
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.model import PaymentOrder, Purchase


def order(
    administration: Administration,
    purchase: Purchase,
    financial_account_id: int,
) -> PaymentOrder:
    """An order for what is open, to the bank account of the supplier. ValueError without a supplier or an amount."""
    at = administration.clock.milliseconds()
    contact = administration.contacts.get(purchase.contact_id or 0)
    rest = administration.figures(purchase).incl - states.paid(purchase)
    if contact is None or rest <= 0:
        raise ValueError(f"nothing to pay on document {purchase.id}")
    reference = purchase.reference or str(purchase.entry_number)
    made = PaymentOrder(
        administration.new_id(at), financial_account_id, contact.id, purchase.id, rest, purchase.due_date,
        reference, reference, "open", at, at, iban=contact.card.bank_account or "", iban_name=contact.card.name,
    )  # fmt: skip
    administration.payment_orders[made.id] = made
    administration.announce("purchase_transaction_created", made)
    return made


def send(administration: Administration, made: PaymentOrder, batch_id: int | None = None) -> None:
    """The bank has it: its document waits for the payment. ValueError when it is not open."""
    if made.state != "open":
        raise ValueError(f"purchase transaction {made.id} is {made.state}")
    made.batch_id = batch_id or made.batch_id
    _move(administration, made, "pending_payment", True)
    administration.announce("purchase_transaction_pending", made)


def carry_out(administration: Administration, made: PaymentOrder) -> None:
    """The bank paid. The document is paid when the bank's transaction is linked to it."""
    _move(administration, made, "paid", False)
    administration.announce("purchase_transaction_paid", made)


def can_be_removed(made: PaymentOrder) -> bool:
    """Pending, in the words of the contract, and in no batch: what the bank does not have yet."""
    return made.state in ("open", "awaiting_authorization", "preparing") and made.batch_id is None


def remove(administration: Administration, made: PaymentOrder) -> None:
    """ValueError when the bank has it already."""
    if not can_be_removed(made):
        raise ValueError(f"purchase transaction {made.id} is {made.state}")
    del administration.payment_orders[made.id]
    administration.announce("purchase_transaction_deleted", made)


def _move(administration: Administration, made: PaymentOrder, state: str, pending: bool) -> None:
    at = administration.clock.milliseconds()
    made.state, made.updated = state, max(made.updated, at)
    purchase = administration.purchases.get(made.purchase_id or 0)
    if purchase is not None:
        purchase.pending = pending
        purchase.updated = max(purchase.updated, at)

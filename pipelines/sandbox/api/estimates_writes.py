"""Writing estimates: made as a draft, edited, sent, decided on, billed, deleted.

Everything is checked before anything is stored: a refused request leaves nothing behind.
"""

from __future__ import annotations

from pipelines.sandbox import states_estimates
from pipelines.sandbox.actions import estimates
from pipelines.sandbox.actions.limits import count_down
from pipelines.sandbox.actions.sending import Sending
from pipelines.sandbox.api import estimates_fields, fields, sending_fields
from pipelines.sandbox.api.answer import Call, Complaints, RefusalError, Reply, refuse, refuse_unknown
from pipelines.sandbox.api.limits import refuse_at_limit
from pipelines.sandbox.api.routing import ESTIMATE, Operation, row
from pipelines.sandbox.cards import Card
from pipelines.sandbox.model import Estimate
from pipelines.sandbox.render.estimates import estimate as render
from pipelines.sandbox.render.invoices import sales_invoice

_SENDING_KEYS = frozenset({"delivery_method", "email_address", "email_message", "sign_online"})
_BESIDE_KEYS = frozenset({"estimate_sending", "sender", "signature_output", "audit_trail", "ip_address"})


def found(call: Call) -> Estimate:
    return call.find(call.administration.estimates)


def create(call: Call) -> Reply:
    parsed = estimates_fields.of_new(call)
    made = "estimate_created_from_original_invoice" if parsed.from_invoice else "estimate_created"
    return _answer(call, estimates.create(call.administration, parsed.estimate, made), 201)


def update(call: Call) -> Reply:
    administration = call.administration
    before = found(call)
    parsed = estimates_fields.of_edit(call, before)
    estimate = parsed.estimate
    if before.sent_on is not None:
        if not estimate.lines:
            raise _empty()
        if parsed.update_contact or estimate.contact_id != before.contact_id:
            estimates.snapshot(administration, estimate)
    return _answer(call, estimates.change(administration, estimate))


def delete(call: Call) -> Reply:
    estimates.delete(call.administration, found(call))
    return Reply(204)


def change_state(call: Call) -> Reply:
    """Both refusals of a state are the contract's; that a missing one is `required` is by analogy."""
    estimate = found(call)
    given = call.object()
    refuse_unknown(given, {"state"})
    wanted = given.get("state")
    if wanted in (None, ""):
        raise refuse(400, "State is required", {"state": "required"})
    if wanted not in estimates.MARKS:
        raise refuse(400, "State isn't an option", {"state": "in"})
    state = states_estimates.state(estimate, call.administration.clock.today())
    if not estimates.may_become(state, wanted):
        raise refuse(400, "State is invalid", {"state": f"can_not_change_{state}_to_{wanted}"})
    return _answer(call, estimates.mark(call.administration, estimate, wanted))


def bill(call: Call) -> Reply:
    """A draft invoice. One of the contract's examples bills an open estimate and gets it; another, of that name, is
    refused for its state: the sentence of the changes of state decides ("open to billed is accepted")."""
    administration = call.administration
    estimate = found(call)
    refuse_unknown(call.object(), ())
    if states_estimates.state(estimate, administration.clock.today()) not in estimates.BILLABLE:
        raise refuse(400, "Invalid estimate state", {"id": "state"})
    refuse_at_limit(administration, "sales_invoices")
    invoice = estimates.bill(administration, estimate)
    count_down(administration, "sales_invoices")
    return Reply(200, sales_invoice(administration, invoice))


def send(call: Call) -> Reply:
    """Sends a draft, or what was sent before once more and as it was sent then."""
    administration, complaints = call.administration, Complaints()
    estimate = found(call)
    given = call.object()
    wanted = given.get("estimate_sending") or {}
    if not isinstance(wanted, dict):
        raise refuse(400, "Estimate Sending isn't a hash", {"estimate_sending": "hash"})
    fields.unknown(complaints, given, _BESIDE_KEYS, "")
    fields.unknown(complaints, wanted, _SENDING_KEYS, "")
    card = administration.contacts[estimate.contact_id or 0].card
    method = wanted.get("delivery_method") or _usual(estimate, card)
    if wanted.get("delivery_method") and method not in ("Email", "Manual"):
        raise refuse(400, "Delivery Method isn't an option", {"estimate_sending": {"delivery_method": "in"}})
    if not estimate.lines:
        raise _empty()
    address = None
    if method == "Email":
        address = sending_fields.address(wanted, estimates.addressees(estimate, card), complaints)
        sending_fields.check_sender(administration, estimate, complaints)
    message = fields.text(wanted, "email_message", complaints)
    sign = fields.flag(wanted.get("sign_online"), "sign_online", complaints)
    fields.flag(given.get("sender"), "sender", complaints)
    complaints.refuse_if_any()
    how = Sending(method, address, message)
    estimates.send(administration, estimate, how, sign if wanted.get("sign_online") is not None else None)
    return _answer(call, estimate)


def _usual(estimate: Estimate, card: Card) -> str:
    """As it went before, else as the contact wants its post; over Peppol no estimate goes."""
    if estimate.sent_on is not None:
        return estimate.delivery_method
    return card.delivery_method if card.delivery_method in ("Manual", "Post") else "Email"


def _empty() -> RefusalError:
    return refuse(400, "details cannot be empty", {"estimate": "details_cannot_be_empty"})


def _answer(call: Call, estimate: Estimate, status: int = 200) -> Reply:
    return Reply(status, render(call.administration, estimate))


OPERATIONS: tuple[Operation, ...] = (
    row("POST", "estimates", ESTIMATE, create),
    row("PATCH", "estimates/{id}", ESTIMATE, update),
    row("DELETE", "estimates/{id}", ESTIMATE, delete),
    row("PATCH", "estimates/{id}/change_state", ESTIMATE, change_state),
    row("PATCH", "estimates/{id}/bill_estimate", ESTIMATE, bill),
    row("PATCH", "estimates/{id}/send_estimate", ESTIMATE, send),
)

"""Mandates of Moneybird Payments. Where the contract lists a refusal, it is the bare number of its status here."""

from __future__ import annotations

from pipelines.sandbox.actions import contacts as actions
from pipelines.sandbox.api import fields
from pipelines.sandbox.api.answer import Call, Complaints, RefusalError, Reply, not_found
from pipelines.sandbox.api.routing import CONTACT, Operation, Scopes, row
from pipelines.sandbox.cards import Contact
from pipelines.sandbox.clock import iso
from pipelines.sandbox.render.contacts import BASE_URL, secret

_COLLECTING: Scopes = (("sales_invoices", "settings"),)


def _contact(call: Call, *, listed: bool = False) -> Contact:
    """403 where the administration does not use Moneybird Payments, 404 for a contact that is not there.

    Only the GET lists the 404; elsewhere it is the usual object.
    """
    if not call.administration.payments_enabled:
        raise RefusalError(403, 403)
    return call.find(
        call.administration.contacts, RefusalError(404, 404) if listed else not_found("contact_id"), name="contact_id"
    )


def _check(call: Call, keys: frozenset[str]) -> None:
    """Refuses what the contract's body does not know, and an identity or workflow that is not there."""
    complaints, administration = Complaints(), call.administration
    fields.unknown(complaints, call.object(), frozenset({"mandate_request"}), "")
    wanted = call.below("mandate_request") or {}
    fields.unknown(complaints, wanted, keys, "")
    fields.record_id(wanted.get("identity_id"), administration.identities, "identity_id", complaints)
    fields.record_id(wanted.get("workflow_id"), administration.workflows, "workflow_id", complaints)
    complaints.refuse_if_any()


def single(call: Call) -> Reply:
    mandate = _contact(call, listed=True).card.payments_mandate
    if mandate is None:
        raise RefusalError(404, 404)
    month, year, digits = mandate.card or (None, None, None)
    shown = {
        "type": mandate.kind,
        "sepa_mandate": mandate.iban is not None,
        "bank": mandate.bank,
        "iban": mandate.iban,
        "bic": mandate.bic,
        "iban_account_name": mandate.iban_name,
        "card_expiry_month": month,
        "card_expiry_year": year,
        "card_final_digits": digits,
        "created_at": iso(mandate.created),
    }
    return Reply(200, shown)


def request(call: Call) -> Reply:
    """The e-mail is never sent; the contact has to be given a mandate by other means."""
    contact = _contact(call)
    _check(call, frozenset({"email_message", "identity_id", "workflow_id"}))
    call.administration.announce("contact_mandate_request_initiated", contact)
    return Reply(204)


def url(call: Call) -> Reply:
    """A link that leads nowhere."""
    contact = _contact(call)
    _check(call, frozenset({"identity_id", "workflow_id"}))
    call.administration.announce("contact_mandate_request_url_obtained", contact)
    path = f"{call.administration.id}/mandate_requests/{secret('mandate', contact.id)}"
    return Reply(201, {"url": f"{BASE_URL}/{path}"})


def delete(call: Call) -> Reply:
    contact = _contact(call)
    if contact.card.payments_mandate is not None:
        actions.change(call.administration, contact, payments_mandate=None)
        call.administration.announce("contact_mandate_destroyed", contact)
    return Reply(204)


_PATH = "contacts/{contact_id}/moneybird_payments_mandate"

OPERATIONS: tuple[Operation, ...] = (
    row("GET", _PATH, CONTACT, single),
    row("POST", _PATH, _COLLECTING, request),
    row("DELETE", _PATH, CONTACT, delete),
    row("POST", f"{_PATH}/url", _COLLECTING, url),
)

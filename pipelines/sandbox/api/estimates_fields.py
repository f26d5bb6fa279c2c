"""The body of a new or an edited estimate: an estimate comes out, nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from pipelines.sandbox import currencies
from pipelines.sandbox.actions.billing import due_days
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api import fields, offer_fields
from pipelines.sandbox.api.answer import Call, Complaints
from pipelines.sandbox.model import Estimate

LANGUAGES = (
    "bg", "cs", "da", "de", "el", "en", "es", "fr", "hr", "hu", "it", "no", "nl", "nl-be", "pl", "pt", "ro", "sv", "tr",
    "uk",
)  # fmt: skip
PRE_TEXT = (
    "Geachte {recipient.name},\n\nHierbij ontvangt u van ons de prijsopgave {document.estimate_id} voor de "
    "onderstaande diensten."
)
POST_TEXT = "We hopen u hiermee voldoende geïnformeerd te hebben.\n\nMet vriendelijke groet,\n\n{company.company_name}"
_KEYS = frozenset({
    "contact_id", "contact_person_id", "document_style_id", "workflow_id", "reference", "estimate_date",
    "estimate_sequence_id", "remove_estimate_sequence_id", "language", "currency", "prices_are_incl_tax", "show_tax",
    "first_due_interval", "pre_text", "post_text", "discount", "original_sales_invoice_id", "details_attributes",
    "custom_fields_attributes",
})  # fmt: skip
_EDIT_KEYS = _KEYS | {"update_contact"}


@dataclass(frozen=True)
class Parsed:
    """The estimate as it would become. `from_invoice`: it was made of a sales invoice, which only its event tells."""

    estimate: Estimate
    from_invoice: bool = False
    update_contact: bool = False


def of_new(call: Call) -> Parsed:
    """Defaults come from the workflow: the named one, else the contact's, else the administration's."""
    administration, complaints = call.administration, Complaints()
    given = offer_fields.wanted(call, "estimate", "Estimate", _KEYS, complaints)
    now = administration.clock.milliseconds()
    estimate = Estimate(
        id=0, contact_id=None, due_date=administration.clock.today(), created=now, updated=now, lines=[],
        document_style_id=administration.document_style_id, pre_text=PRE_TEXT, post_text=POST_TEXT, sign_online=True,
    )  # fmt: skip
    offer_fields.contact(administration, given, estimate, complaints)
    _follow_workflow(administration, given, estimate, complaints)
    return _parsed(administration, given, estimate, complaints)


def of_edit(call: Call, before: Estimate) -> Parsed:
    """A copy of `before` with what the request names; the rest stays."""
    administration, complaints = call.administration, Complaints()
    given = offer_fields.wanted(call, "estimate", "Estimate", _EDIT_KEYS, complaints)
    estimate = replace(before)
    offer_fields.contact(administration, given, estimate, complaints)
    if given.get("workflow_id") not in (None, ""):
        estimate.workflow_id = offer_fields.workflow(
            administration, given, "EstimateWorkflow", estimate.contact_id, complaints
        )
    update_contact = fields.flag(given.get("update_contact"), "update_contact", complaints)
    return replace(_parsed(administration, given, estimate, complaints), update_contact=update_contact)


def _follow_workflow(
    administration: Administration, given: dict[str, Any], estimate: Estimate, complaints: Complaints
) -> None:
    estimate.workflow_id = offer_fields.workflow(
        administration, given, "EstimateWorkflow", estimate.contact_id, complaints
    )
    workflow = administration.workflows.get(estimate.workflow_id)
    estimate.due_days = due_days(workflow)
    estimate.currency = workflow.currency if workflow else administration.currency
    estimate.rate = currencies.rate(estimate.currency, administration.currency)
    estimate.language = workflow.language if workflow else administration.language
    estimate.prices_are_incl_tax = workflow.prices_are_incl_tax if workflow else False
    estimate.due_date += timedelta(days=estimate.due_days)


def _parsed(
    administration: Administration, given: dict[str, Any], estimate: Estimate, complaints: Complaints
) -> Parsed:
    offer_fields.common(administration, given, estimate, complaints)
    _texts(given, estimate, complaints)
    _dates(administration, given, estimate, complaints)
    sequence = offer_fields.named(given, "estimate_sequence_id", administration.estimate_sequences, complaints)
    if fields.flag(given.get("remove_estimate_sequence_id"), "remove_estimate_sequence_id", complaints):
        estimate.sequence_id = None
    elif sequence is not None:
        estimate.sequence_id = sequence
    invoice = offer_fields.named(given, "original_sales_invoice_id", administration.invoices, complaints)
    if given.get("show_tax") is not None:
        estimate.show_tax = fields.flag(given["show_tax"], "show_tax", complaints)
    complaints.refuse_if_any()
    offer_fields.custom(administration, given, estimate, "estimate")
    return Parsed(estimate, invoice is not None)


def _texts(given: dict[str, Any], estimate: Estimate, complaints: Complaints) -> None:
    for name in ("pre_text", "post_text"):
        if name in given:
            setattr(estimate, name, fields.text(given, name, complaints))
    if given.get("language") not in (None, ""):
        estimate.language = str(given["language"])
        if estimate.language not in LANGUAGES:
            complaints.add("language", "is not included in the list", "inclusion", value=given["language"])


def _dates(administration: Administration, given: dict[str, Any], estimate: Estimate, complaints: Complaints) -> None:
    """The due date follows; without an estimate date it counts from today, as the contract's drafts do."""
    if "first_due_interval" in given:
        estimate.due_days = fields.whole(given, "first_due_interval", estimate.due_days, complaints)
    if "estimate_date" in given:
        chosen = fields.day(given.get("estimate_date"), "estimate_date", complaints)
        if chosen is not None or estimate.sent_on is None:
            estimate.estimate_date = chosen
    if {"first_due_interval", "estimate_date"} & given.keys():
        try:
            start = estimate.estimate_date or administration.clock.today()
            estimate.due_date = start + timedelta(days=estimate.due_days)
        except OverflowError:
            complaints.add("first_due_interval", "is invalid", "invalid")

"""Estimates with their lines, and the same on paper."""

from __future__ import annotations

from typing import Any

from pipelines.sandbox import amounts, states_estimates
from pipelines.sandbox.actions.estimates import with_lateness
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import Figures, text
from pipelines.sandbox.clock import iso
from pipelines.sandbox.model import Estimate, Line
from pipelines.sandbox.render import pdf
from pipelines.sandbox.render.contacts import BASE_URL, custom_values, embedded, event, person, secret
from pipelines.sandbox.render.invoices import code_ends, day, detail, identity_id, tax_totals
from pipelines.sandbox.render.notes import attachments, notes


def estimate(administration: Administration, record: Estimate) -> dict[str, Any]:
    """The full object, as every read and the answer to a write give it."""
    figures = states_estimates.figures(administration, record)
    updated = states_estimates.updated(record, administration.clock.milliseconds())
    contact = administration.contacts.get(record.contact_id or 0)
    return {
        "id": str(record.id),
        "administration_id": str(administration.id),
        "contact_id": str(record.contact_id),
        "contact": embedded(administration, contact, record.card or contact.card) if contact else None,
        "contact_person_id": str(record.person.id) if record.person else None,
        "contact_person": person(administration, contact.id, record.person, record.sent_on is not None)
        if contact and record.person
        else None,
        "estimate_id": record.number,
        "estimate_sequence_id": record.number and record.number.rpartition("-")[2],
        "workflow_id": str(record.workflow_id),
        "document_style_id": str(record.document_style_id),
        "identity_id": str(identity_id(administration, record)),
        "draft_id": record.draft_number,
        "state": states_estimates.state(record, administration.clock.today()),
        "estimate_date": day(record.estimate_date),
        "due_date": day(record.due_date),
        "reference": record.reference,
        "language": record.language,
        "currency": record.currency,
        "exchange_rate": amounts.decimal_text(record.rate),
        "discount": amounts.decimal_text(record.discount),
        "original_estimate_id": str(record.original_id) if record.original_id else None,
        "show_tax": record.show_tax,
        "sign_online": record.sign_online,
        "sent_at": day(record.sent_on),
        "accepted_at": day(record.accepted_on),
        "rejected_at": day(record.rejected_on),
        "archived_at": day(record.archived_on),
        "created_at": iso(record.created),
        "updated_at": iso(updated),
        "public_view_code": f"{int(secret('code', record.id), 16) % 10**6:06d}" if record.sent_on else None,
        "public_view_code_expires_at": code_ends(record.created, record.sent_on),
        "version": updated // 1000,
        "pre_text": record.pre_text,
        "post_text": record.post_text,
        "details": [_detail(administration, line, figures, position) for position, line in enumerate(record.lines)],
        "prices_are_incl_tax": record.prices_are_incl_tax,
        "total_price_excl_tax": text(figures.excl),
        "total_price_excl_tax_base": text(figures.excl_base),
        "total_price_incl_tax": text(figures.incl),
        "total_price_incl_tax_base": text(figures.incl_base),
        "total_discount": text(figures.discount) if record.lines else 0,  # a number, in the example without lines
        "url": f"{BASE_URL}/{administration.id}/external/{secret('estimate', record.id)}/estimate",
        "custom_fields": custom_values(administration, record.custom_fields),
        "notes": notes(administration, record.id),
        "attachments": attachments(administration, record.id),
        "events": [
            event(administration, happening.action, happening.at, happening.data)
            for happening in with_lateness(administration, record)
        ],
        "tax_totals": tax_totals(figures),
    }


def _detail(administration: Administration, line: Line, figures: Figures, position: int) -> dict[str, Any]:
    return detail(administration, line, figures, position) | {
        "is_optional": line.is_optional,
        "is_selected": line.is_selected,
    }


def name_of(record: Estimate) -> str:
    """What a file of this estimate is called, without its ending."""
    return record.number or f"concept-offerte-{record.draft_number}"


def estimate_pdf(administration: Administration, record: Estimate, stationery: bool = False) -> bytes:
    """`stationery` leaves out the sender, for paper that has it printed."""
    figures = states_estimates.figures(administration, record)
    contact = administration.contacts.get(record.contact_id or 0)
    card = record.card or (contact and contact.card)
    lines = [] if stationery else [administration.name, ""]
    lines += [card.name if card else "", "", f"Offerte {name_of(record)}", f"Geldig tot {record.due_date}", ""]
    lines += [record.pre_text or "", ""]
    for line, net in zip(record.lines, figures.nets, strict=True):
        optional = " (optioneel)" if line.is_optional else ""
        lines.append(f"{line.amount or '':<12} {line.description}{optional}   {record.currency} {text(net)}")
    return pdf.page([*lines, "", f"Totaal {record.currency} {text(figures.incl)}", "", record.post_text or ""])

"""The preview of a document that is made of decided lines: a draft invoice or a draft estimate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.operations import Claim
from pipelines.writeback.decisions import Decided
from pipelines.writeback.draft import Document
from pipelines.writeback.findings import Finding, to_review
from pipelines.writeback.keys import business_key, reference
from pipelines.writeback.kinds import documents
from pipelines.writeback.office import Office
from pipelines.writeback.preview import Preview, Sending
from pipelines.writeback.pricing import totals


def preview(
    request: Document,
    lines: Sequence[Decided],
    office: Office,
    *,
    path: str,
    own: Mapping[str, Any],
    looks_like: str,
    findings: Sequence[Finding] = (),
    claims: Sequence[Claim] = (),
) -> Preview:
    """`own` are the body's fields that only this kind has; what `looks_like` the same is shown to meet.

    `currency` and `prices_are_incl_tax` are always sent: left out, the contact's workflow would decide them.
    """
    administration = office.catalogue.administration(request.administration_id)
    contact = office.catalogue.contact(request.administration_id, request.contact_id)
    assert administration is not None, "the checklist was good"
    assert contact is not None, "the checklist was good"
    amounts = totals((line.net, line.chosen_rate) for line in lines)
    name = reference(request, request.customer_reference)
    due = {} if request.due_days is None else {"first_due_interval": request.due_days}
    body = {
        "contact_id": request.contact_id,
        "reference": name,
        **due,
        "currency": administration.currency_code,
        "prices_are_incl_tax": False,
        "details_attributes": documents.details(lines),
        **own,
    }
    return Preview(
        kind=request.kind,
        administration_id=request.administration_id,
        contact_name=contact.name,
        business_key=business_key(request),
        reference=name,
        request=Sending("POST", path, {path.removesuffix("s"): body}),
        currency_code=administration.currency_code,
        line_amounts=tuple(line.net for line in lines),
        rate_totals=amounts.rate_totals,
        total_excl_amount=amounts.total_excl_amount,
        tax_amount=amounts.tax_amount,
        total_incl_amount=amounts.total_incl_amount,
        reasons=tuple(sentence for line in lines for sentence in line.sentences),
        reviews=(*to_review(findings), *(sentence for line in lines for sentence in line.reviews)),
        expected=documents.expected(lines),
        evidence=tuple(line.evidence for line in lines if line.evidence is not None),
        claims=(*claims, Claim(f"{looks_like}:{request.contact_id}:{amounts.total_incl_amount}")),
    )

"""A draft sales invoice: POST sales_invoices leaves a draft; found again by its whole reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.errors import LookFirstError
from pipelines.operations import Claim, Command
from pipelines.writeback.checklist import checklist
from pipelines.writeback.decisions import Decided, decide
from pipelines.writeback.draft import DraftInvoice
from pipelines.writeback.findings import Finding, to_review
from pipelines.writeback.keys import business_key, reference
from pipelines.writeback.kinds import documents
from pipelines.writeback.kinds.kind import Client, OneRequest, Remote, send
from pipelines.writeback.linked_hours import not_linked, still_unbilled
from pipelines.writeback.office import Office
from pipelines.writeback.preview import Examined, Preview, Sending
from pipelines.writeback.pricing import totals

PATH = "sales_invoices"


class DraftInvoiceKind(OneRequest):
    """`currency` and `prices_are_incl_tax` are always sent: left out, the contact's workflow would decide them."""

    name = DraftInvoice.kind
    request = DraftInvoice
    scope = "sales_invoices"
    posts = False

    def examine(self, request: DraftInvoice, office: Office) -> Examined:
        lines = decide(request, request.invoice_date or office.today(request.administration_id), office)
        findings = [*checklist(request, request.invoice_date, lines, office), *still_unbilled(request, office)]
        good = all(finding.is_good for finding in findings)
        return Examined(tuple(findings), _preview(request, lines, findings, office) if good else None)

    def find(self, client: Client, command: Command, taken: frozenset[str]) -> Remote | None:  # noqa: ARG002
        """By reference alone: `taken` says nothing that the key does not."""
        wanted = command.payload["body"]["sales_invoice"]["reference"]
        found = documents.with_reference(client, command.administration_id, wanted, "a sales invoice")
        if found is not None and found.record.get("original_sales_invoice_id"):  # Moneybird copies the reference
            raise LookFirstError(
                f"Expected an invoice with the reference {wanted}, found credit invoice {found.id}: this was made and "
                "credited already; look there, and cancel this command."
            )
        return found

    def create(self, client: Client, command: Command) -> Remote:
        return documents.read(send(client, command).json(), command.administration_id, "a sales invoice")

    def differences(self, command: Command, remote: Remote) -> list[str]:
        return [
            *documents.differences(command.payload, command.preview, remote),
            *not_linked(command.payload, remote.record),
        ]

    def take_back(self, client: Client, command: Command, remote: Remote) -> bool:
        return documents.take_back(client, command.administration_id, PATH, remote)


def _preview(request: DraftInvoice, lines: tuple[Decided, ...], findings: Sequence[Finding], office: Office) -> Preview:
    administration = office.catalogue.administration(request.administration_id)
    contact = office.catalogue.contact(request.administration_id, request.contact_id)
    assert administration is not None, "the checklist was good"
    assert contact is not None, "the checklist was good"
    amounts = totals((line.net, line.chosen_rate) for line in lines)
    return Preview(
        kind=request.kind,
        administration_id=request.administration_id,
        contact_name=contact.name,
        business_key=business_key(request),
        reference=reference(request, request.customer_reference),
        request=Sending("POST", PATH, {"sales_invoice": _body(request, lines, administration.currency_code)}),
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
        claims=(
            *(Claim(f"time_entry:{entry}", is_exclusive=True) for entry in request.time_entry_ids),
            Claim(f"invoice:{request.contact_id}:{amounts.total_incl_amount}"),
        ),
    )


def _body(request: DraftInvoice, lines: tuple[Decided, ...], currency_code: str) -> Mapping[str, Any]:
    invoice: dict[str, Any] = {
        "contact_id": request.contact_id,
        "reference": reference(request, request.customer_reference),
    }
    if request.invoice_date is not None:
        invoice["invoice_date"] = request.invoice_date.isoformat()
    if request.due_days is not None:
        invoice["first_due_interval"] = request.due_days
    invoice["currency"] = currency_code
    invoice["prices_are_incl_tax"] = False
    invoice["details_attributes"] = documents.details(lines)
    if request.time_entry_ids:
        invoice["time_entry_ids"] = list(request.time_entry_ids)
    return invoice

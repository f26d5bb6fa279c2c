"""A draft sales invoice: POST sales_invoices leaves a draft; found again by its whole reference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipelines.errors import LookFirstError
from pipelines.operations import Claim, Command
from pipelines.writeback.checklist import checklist
from pipelines.writeback.decisions import Decided, decide
from pipelines.writeback.draft import DraftInvoice
from pipelines.writeback.findings import Finding
from pipelines.writeback.kinds import documents
from pipelines.writeback.kinds.document_preview import preview
from pipelines.writeback.kinds.kind import Client, OneRequest, Remote, send
from pipelines.writeback.linked_hours import not_linked, still_unbilled
from pipelines.writeback.meeting import TIME_ENTRY
from pipelines.writeback.office import Office
from pipelines.writeback.preview import Examined, Preview

PATH = "sales_invoices"


class DraftInvoiceKind(OneRequest):
    """A draft that a person sends from Moneybird; the hours it bills are linked to it."""

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
    own: dict[str, Any] = {}
    if request.invoice_date is not None:
        own["invoice_date"] = request.invoice_date.isoformat()
    if request.time_entry_ids:
        own["time_entry_ids"] = list(request.time_entry_ids)
    hours = [Claim(f"{TIME_ENTRY}{entry}", is_exclusive=True) for entry in request.time_entry_ids]
    return preview(request, lines, office, path=PATH, own=own, looks_like="invoice", findings=findings, claims=hours)

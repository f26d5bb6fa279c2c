"""A draft estimate: POST estimates leaves a draft; there is no look-up by reference, so the contact's are listed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pipelines.errors import LookFirstError
from pipelines.operations import Command
from pipelines.writeback.checklist import checklist
from pipelines.writeback.decisions import Decided, decide
from pipelines.writeback.draft import DraftEstimate
from pipelines.writeback.findings import Finding
from pipelines.writeback.kinds import documents
from pipelines.writeback.kinds.document_preview import preview
from pipelines.writeback.kinds.kind import Client, OneRequest, Remote, send
from pipelines.writeback.kinds.listing import listed, periods
from pipelines.writeback.office import Office
from pipelines.writeback.preview import Examined, Preview

PATH = "estimates"


class DraftEstimateKind(OneRequest):
    """`currency` and `prices_are_incl_tax` are always sent: left out, the contact's workflow would decide them."""

    name = DraftEstimate.kind
    request = DraftEstimate
    scope = "estimates"
    posts = False

    def examine(self, request: DraftEstimate, office: Office) -> Examined:
        lines = decide(request, request.estimate_date or office.today(request.administration_id), office)
        findings = [*_without_date(checklist(request, None, lines, office)), _not_booked(request)]
        good = all(finding.is_good for finding in findings)
        return Examined(tuple(findings), _preview(request, lines, office) if good else None)

    def find(self, client: Client, command: Command, taken: frozenset[str]) -> Remote | None:
        """By reference among all estimates of the contact, whatever became of them since."""
        wanted = command.payload["body"]["estimate"]
        found = [
            record
            for period in periods(*_days(command, wanted))
            for record in listed(
                client, command.administration_id, PATH, state="all", period=period, contact_id=wanted["contact_id"]
            )
            if record.get("reference") == wanted["reference"] and str(record["id"]) not in taken
        ]
        ids = sorted({str(record["id"]) for record in found})
        if len(ids) > 1:
            raise LookFirstError(
                f"{len(ids)} estimates at Moneybird carry the reference {wanted['reference']} ({', '.join(ids)}); "
                "expected one. Give the copies another reference there, then retry."
            )
        return documents.read(found[0], command.administration_id, "an estimate") if found else None

    def create(self, client: Client, command: Command) -> Remote:
        return documents.read(send(client, command).json(), command.administration_id, "an estimate")

    def differences(self, command: Command, remote: Remote) -> list[str]:
        return documents.differences(command.payload, command.preview, remote)

    def take_back(self, client: Client, command: Command, remote: Remote) -> bool:
        return documents.take_back(client, command.administration_id, PATH, remote)


def _without_date(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.check != "invoice date"]


def _not_booked(request: DraftEstimate) -> Finding:
    day = f"{request.estimate_date:%d-%m-%Y}" if request.estimate_date else "None: Moneybird fills it in"
    return Finding(
        "estimate date", True, f"Date {day}; an estimate is not booked, so no locked period stands in the way."
    )


def _days(command: Command, wanted: Mapping[str, Any]) -> list[date]:
    """The days the estimate can be found at: its own, or today while it has none."""
    own = [date.fromisoformat(wanted["estimate_date"])] if "estimate_date" in wanted else []
    return [command.updated_at.date(), *own]


def _preview(request: DraftEstimate, lines: tuple[Decided, ...], office: Office) -> Preview:
    own: dict[str, Any] = {}
    if request.estimate_date is not None:
        own["estimate_date"] = request.estimate_date.isoformat()
    if request.pre_text:
        own["pre_text"] = request.pre_text
    return preview(request, lines, office, path=PATH, own=own, looks_like="estimate")

"""What each kind of command does at Moneybird: look it up, create it, compare it. The worker knows no endpoint.

A new kind is one object here with these three methods; how an unknown outcome is looked up is part of its kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from pipelines.errors import MalformedAnswerError, NotFoundError
from pipelines.operations import Command
from pipelines.writeback.outbox import DRAFT_INVOICE
from pipelines.writeback.verify import Remote, differences


class Answer(Protocol):
    def json(self) -> Any: ...


class Client(Protocol):
    """What writing needs of `pipelines.moneybird.client.Client`."""

    def get(self, administration_id: str, path: str, params: Mapping[str, str] | None = None) -> Answer: ...
    def post(self, administration_id: str, path: str, json: object) -> Answer: ...


class Kind(Protocol):
    """One kind of command."""

    def find(self, client: Client, command: Command) -> Remote | None:
        """What stands at Moneybird under the command's business key; None only when Moneybird says there is none."""

    def create(self, client: Client, command: Command) -> Remote:
        """Sends the payload, once."""

    def differences(self, command: Command, remote: Remote) -> list[str]:
        """How `remote` differs from what was approved."""


class DraftInvoiceKind:
    """POST /sales_invoices, which leaves a draft; found again by its whole reference."""

    def find(self, client: Client, command: Command) -> Remote | None:
        reference = command.payload["sales_invoice"]["reference"]
        try:
            answer = client.get(command.administration_id, f"sales_invoices/find_by_reference/{reference}")
        except NotFoundError as error:
            if error.symbolic.get("reference") == "not_found":
                return None
            raise MalformedAnswerError(
                "Moneybird's 404 does not say that no invoice has this reference, so nothing is created; look there.",
                status=error.status,
                resource="sales_invoices/find_by_reference",
                administration_id=command.administration_id,
            ) from None
        return Remote.read(answer.json())

    def create(self, client: Client, command: Command) -> Remote:
        return Remote.read(client.post(command.administration_id, "sales_invoices", command.payload).json())

    def differences(self, command: Command, remote: Remote) -> list[str]:
        return differences(command.payload, command.preview, remote)


KINDS: Mapping[str, Kind] = {DRAFT_INVOICE: DraftInvoiceKind()}

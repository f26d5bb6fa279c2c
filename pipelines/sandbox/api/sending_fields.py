"""What bodies that send invoices, reminders and estimates share: where an e-mail goes and whom it is from."""

from __future__ import annotations

import re
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api import fields
from pipelines.sandbox.api.answer import Complaints
from pipelines.sandbox.model import Estimate, Invoice
from pipelines.sandbox.render.invoices import identity_id


def address(wanted: dict[str, Any], usual: str | None, complaints: Complaints) -> str | None:
    """The named address or addresses, else the usual one; without any nothing can be sent."""
    chosen = fields.text(wanted, "email_address", complaints) or usual
    if not chosen:
        complaints.add("email_address", "can't be blank", "blank")
    elif not all(fields.ADDRESS.match(part.strip()) for part in re.split(r"[;,]", chosen)):
        complaints.add("email_address", "is invalid", "invalid")  # wording not in any example
    return chosen


def check_sender(administration: Administration, document: Invoice | Estimate, complaints: Complaints) -> None:
    """An e-mail needs a sender with an address."""
    sender = administration.identities.get(identity_id(administration, document))
    if sender is not None and not sender.email:
        complaints.add("delivery_method", "The sender address must contain an email address", "need_identity_email")

"""Which other commands claim the same as one, and still do: what the published data tell of is nobody's claim any more.

The moment of a sync alone proves little: it may have left out the invoices, and old hours are read once a week. What an
invoice or a credit took is its own until the data hold that document, or are whole and do not; and the hours it bills
for as long as it stands there.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from pipelines.operations import Claim, Collision, claims
from pipelines.writeback.credit import CreditInvoice
from pipelines.writeback.draft import DraftInvoice
from pipelines.writeback.office import Office

TIME_ENTRY = "time_entry:"
"""How the claim to a time entry begins."""

_MAKE_INVOICES = (DraftInvoice.kind, CreditInvoice.kind)


def met(
    connection: sa.Connection,
    administration_id: str,
    wanted: Sequence[Claim],
    office: Office | None,
    *,
    but: int | None = None,
) -> list[Collision]:
    """Other commands with one of these claims, oldest first; without an office also what was made long ago."""
    found = claims.collisions(connection, administration_id, wanted, but=but)
    return [each for each in found if office is None or _counts(each, administration_id, office)]


def _counts(each: Collision, administration_id: str, office: Office) -> bool:
    known = office.catalogue.administration(administration_id)
    if each.made_at is None or known is None or known.synced_at is None or each.made_at >= known.synced_at:
        return True
    if each.kind not in _MAKE_INVOICES or each.remote_id is None:
        return False
    if office.catalogue.sales_invoice(administration_id, each.remote_id) is not None:
        return each.claim.startswith(TIME_ENTRY)
    return not known.is_wholly_synced

"""The one door from the dashboards to the pipelines: look at a draft, put it into the outbox, see what became of it.

This process holds no token and sends nothing; `dovecote worker` does. Settings are read with the tokens left out. What
is published comes in as an `ask` function (see `queries/drafting.py`), because desk and db do not know each other.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from pipelines import config, operations, writeback

AskMarts = writeback.AskMarts
Draft = writeback.DraftInvoice
Finding = writeback.Finding
Preview = writeback.Preview
Refused = writeback.CommandRefusedError

RECENT = 10  # commands listed on the page; `dovecote drafts list` has all of them
_TOKENS = "SOURCES__MONEYBIRD__TOKENS"
_ZONE = ZoneInfo("Europe/Amsterdam")
_LABELS = {
    "contact_id": "contact",
    "customer_reference": "customer's reference",
    "unit_price": "price",
    "tax_rate_id": "VAT rate",
    "ledger_account_id": "ledger account",
}


@dataclass(frozen=True)
class Sent:
    """One command of the outbox for the page. `updated_at` is Dutch local time; `explanation` says what to do next."""

    command_id: int
    administration_id: str
    contact_name: str
    reference: str
    total_incl_amount: Decimal
    currency_code: str
    state: str
    explanation: str
    updated_at: datetime


_EXPLANATIONS = {
    "awaiting_approval": "Waits for `dovecote drafts approve`.",
    "queued": "Waits for the worker.",
    "sending": "Being sent now.",
    "verified": "Draft {remote_id} stands in Moneybird and equals the preview.",
    "ambiguous": "We do not know whether it was made; the worker looks it up before anything else.",
    "cancelled": "Taken back.",
}


def writable(names: Mapping[str, str]) -> dict[str, str]:
    """Those of `names` (id to name) that may be written to."""
    settings = _settings()
    return {key: name for key, name in names.items() if settings.may_write(key)}


def read(
    *,
    draft_id: str,
    administration_id: str,
    contact_id: str | None,
    customer_reference: str,
    invoice_date: date | None,
    lines: Sequence[Mapping[str, Any]],
) -> tuple[Draft | None, list[str]]:
    """The form as a draft, or None and one sentence per thing that is missing or wrong."""
    try:
        draft = Draft.model_validate(
            {
                "draft_id": draft_id,
                "administration_id": administration_id,
                "contact_id": contact_id,
                "customer_reference": customer_reference,
                "invoice_date": invoice_date,
                "lines": lines,
            }
        )
    except ValidationError as error:
        return None, list(dict.fromkeys(_sentence(each) for each in error.errors()))
    return draft, []


def look(draft: Draft, ask: AskMarts) -> tuple[list[Finding], Preview | None]:
    """The checklist, and what would be sent when the whole checklist is good."""
    catalogue = writeback.MartsCatalogue(ask)
    findings = writeback.checklist(draft, catalogue, may_write=_settings().may_write(draft.administration_id))
    good = all(finding.is_good for finding in findings)
    return findings, writeback.preview(draft, catalogue) if good else None


def queue(draft: Draft, ask: AskMarts) -> int:
    """The number of the draft's one command in the outbox; pressing again gives the same. Raises Refused."""
    command = writeback.enqueue(
        _store(),
        draft,
        writeback.MartsCatalogue(ask),
        may_write=_settings().may_write,
        who=person(),
        at=datetime.now(UTC),
        approve=True,
    )
    return command.id


def recent(limit: int = RECENT) -> list[Sent]:
    """The newest commands first."""
    store = _store()
    with store.read() as connection:
        return [_sent(command) for command in operations.recent(connection, limit=limit)]


def person() -> str:
    """Who sits here, for the audit log: this machine's user until people sign in."""
    try:
        return f"{getpass.getuser()} (dashboard)"
    except (KeyError, OSError):  # a container's user without a name
        return "dashboard"


def _settings() -> config.Settings:
    environ = {name: value for name, value in os.environ.items() if not name.upper().startswith(_TOKENS)}
    return config.load(environ, with_tokens=False)


def _store() -> operations.Store:
    settings = _settings()
    config.prepare_home(settings)
    return _opened(settings.operations_database)


@lru_cache(maxsize=4)
def _opened(url: str) -> operations.Store:
    return operations.open_store(url)


def _sent(command: operations.Command) -> Sent:
    explanation = _EXPLANATIONS.get(command.state, "").format(remote_id=command.remote_id)
    return Sent(
        command_id=command.id,
        administration_id=command.administration_id,
        contact_name=command.preview["contact_name"],
        reference=command.preview["reference"],
        total_incl_amount=Decimal(command.preview["total_incl_amount"]),
        currency_code=command.preview["currency_code"],
        state=command.state.replace("_", " "),
        explanation=command.last_error or explanation,
        updated_at=command.updated_at.astimezone(_ZONE),
    )


def _sentence(error: Mapping[str, Any]) -> str:
    """What is wrong, in the words of the form."""
    place = [str(part) for part in error["loc"]]
    field = place[-1] if place else ""
    name = _LABELS.get(field, field.replace("_", " "))
    where = f"Line {int(place[1]) + 1}, {name}" if place[:1] == ["lines"] and len(place) > 2 else name.capitalize()
    if error["input"] in (None, ""):
        return f"{where}: not filled in yet."
    return f"{where}: {error['msg'].removeprefix('Value error, ')}."

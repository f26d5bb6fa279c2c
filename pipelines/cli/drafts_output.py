"""How commands, previews and the audit log are shown, to people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pipelines.cli import output

if TYPE_CHECKING:
    from pipelines.operations import AuditEntry, Collision, Command
    from pipelines.writeback import Examined, Preview
    from pipelines.writeback.request import Request
    from pipelines.writeback.sources import BadRow

_LEFT_OUT = ("payload", "preview", "request")


def as_json(command: Command) -> dict[str, Any]:
    """A command without its request and preview."""
    kept = {key: value for key, value in asdict(command).items() if key not in _LEFT_OUT}
    return {**plain(kept), "reference": command.preview["reference"]}


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in values.items()}


def examined_json(origin: str, request: Request, examined: Examined) -> dict[str, Any]:
    """One request looked at: its checklist, what would be sent, and what should become of it."""
    shown = examined.preview
    return {
        "origin": origin,
        "kind": request.kind,
        "checks": [asdict(finding) for finding in examined.findings],
        "request": shown and shown.request.as_json(),
        "preview": shown and shown.as_json(),
    }


def say(command: Command) -> None:
    print(f"Command {command.id} is {command.state.replace('_', ' ')}: {command.preview['reference']}.")


def print_fields(found: Iterable[Mapping[str, Any]]) -> None:
    for field in found:
        print(f"    {field['name']}{'' if field['is_required'] else ' (optional)'}: {field['expected']}")


def print_bad(bad: Iterable[BadRow]) -> None:
    for row in bad:
        print(f"NO  {row.sentence}")


def print_examined(origin: str, examined: Examined) -> None:
    """The checklist, then the preview when all of it is good."""
    print(f"{origin}:")
    for finding in examined.findings:
        print(f"{'ok ' if finding.is_good else 'NO '} {finding.sentence}")
    if examined.preview is not None:
        _print_preview(examined.preview)


def _print_preview(shown: Preview) -> None:
    _print_shown(shown.as_json())
    print(f"{shown.reference}; seen as {shown.hash[:12]}.")


def _print_shown(preview: Mapping[str, Any]) -> None:
    """Why it is as it is, what to look at, and what it comes to; `preview` as the outbox keeps it."""
    for reason in preview["reasons"]:
        print(reason)
    for review in preview.get("reviews", ()):
        print(f"LOOK {review}")
    if preview.get("total_incl_amount") is None:
        return
    for rate in preview.get("rate_totals", ()):
        print(f"VAT {_amount(rate['tax_amount'])} over {_amount(rate['taxable_amount'])} by '{rate['name']}'.")
    without = f"{_amount(preview['total_excl_amount'])} without VAT"
    print(f"Total {preview['currency_code']} {_amount(preview['total_incl_amount'])} with VAT, {without}.")


def print_list(found: Sequence[Command]) -> None:
    from rich.markup import escape

    columns = [("no.", "right"), ("kind", "left"), ("state", "left"), ("reference", "left"), ("contact", "left")]
    rows = (
        (
            str(command.id),
            command.kind.replace("_", " "),
            command.state.replace("_", " "),
            escape(command.preview["reference"]),
            escape(command.preview["contact_name"]),
            _amount(command.preview.get("total_incl_amount")),
            escape(command.last_error or ""),
        )
        for command in found
    )
    more = [("incl. VAT", "right"), ("what happened", "left")]
    output.console().print(output.table("Outbox", [*columns, *more], rows))


def print_one(command: Command, collisions: Sequence[Collision], history: Sequence[AuditEntry]) -> None:
    """A command's story: what it is, what it meets, what is sent, what was done to it."""
    say(command)
    if command.last_error:
        print(command.last_error)
    print(f"Asked for by {command.created_by}{f', {command.origin}' if command.origin else ''}.")
    contact = command.preview["contact_name"]
    print(f"{f'For {contact} in' if contact else 'In'} administration {command.administration_id}.")
    _print_shown(command.preview)
    for each in collisions:
        what = each.claim.replace(":", " ").replace("_", " ")
        print(f"MEETS command {each.command_id} ({each.state.replace('_', ' ')}): {what}.")
    if command.preview.get("before"):
        print(f"Now: {json.dumps(command.preview['before'], ensure_ascii=False)}")
    print(json.dumps(command.payload, indent=2, ensure_ascii=False))
    if command.state == "awaiting_approval":
        print(f"Approve it as seen with: dovecote drafts approve {command.id} --seen {command.preview_hash[:12]}")
    print_log(history)


def print_log(history: Sequence[AuditEntry]) -> None:
    for entry in history:
        which = f" command {entry.command_id}" if entry.command_id is not None else ""
        state = f" → {entry.after_state}" if entry.after_state and entry.after_state != entry.what else ""
        print(f"{entry.at:%Y-%m-%d %H:%M:%S} UTC  {entry.who}:{which} {entry.what}{state}")


def _amount(text: str | None) -> str:
    return "" if text is None else output.amount(Decimal(text))

"""From a typed request to one command in the outbox, and what a person may do to it afterwards.

Every function is one short writing transaction. Who may do what is asked here, again in the worker, and never taken
from a form. What is approved is the hash of a preview: whatever changes the request, changes the hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from pydantic import ValidationError

from pipelines.errors import CommandRefusedError
from pipelines.operations import Collision, Command, NewCommand, State, Store, claims, commands, entering
from pipelines.operations.hashing import SHOWN
from pipelines.writeback.findings import refuse_unless_good
from pipelines.writeback.keys import as_kept, business_key
from pipelines.writeback.kinds import KINDS
from pipelines.writeback.meeting import met
from pipelines.writeback.office import Office
from pipelines.writeback.policy import Policy
from pipelines.writeback.preview import Examined, Preview
from pipelines.writeback.request import Request


def examine(request: Request, office: Office) -> Examined:
    """The checklist of `request`, and what would be sent when all of it is good.

    It is examined as the outbox keeps it, so that 1.50 and 1.5 have one preview, now and when it is approved.
    """
    return KINDS[request.kind].examine(type(request).model_validate(as_kept(request)), office)


def submit(store: Store, request: Request, office: Office, *, who: str, origin: str | None = None) -> Command:
    """The request's one command, waiting for approval: new, the one that stands there, or that one with new content.

    Raises CommandRefusedError with every reason when the checklist is not good, `who` may not ask for it, or another
    command has taken what only one may.
    """
    _refuse_if(office.policy.against_asking(who, request.administration_id, posts=KINDS[request.kind].posts))
    new = _new(request, _good(request, office), who, origin)
    with store.write() as connection:
        command = entering.add(connection, new, at=office.now)
        if command.state is State.AWAITING_APPROVAL:
            _refuse_if_taken(connection, command, office)
        return command


def approve(store: Store, command_id: int, office: Office, *, who: str, seen: str, reviewed: bool = False) -> Command:
    """Lets a waiting command be sent. `seen` is the preview's hash, or its beginning, as `who` was shown it.

    The request is examined once more: where it would now become something else, the command gets the new preview,
    waits on, and CommandRefusedError says so. `reviewed` says that `who` looked at what needs a person's decision.
    """
    with store.read() as connection:
        command = commands.get(connection, command_id)
    _refuse_unless_waiting(command)
    _refuse_if(office.policy.against_approving(who, command, posts=KINDS[command.kind].posts))
    _refuse_unless_seen(command, seen)
    request = _request(command)
    shown = _good(request, office)
    if shown.hash != command.preview_hash:
        new = _new(request, shown, command.created_by, command.origin)
        with store.write() as connection:
            entering.replace(connection, command, new, at=office.now, who=who, what="data changed; shown anew")
        raise CommandRefusedError(
            f"Command {command_id} would be sent differently by now, as data or tables changed; its preview is "
            f"{shown.hash[:SHOWN]}: look at that and approve it."
        )
    if shown.needs_review and not reviewed:
        raise CommandRefusedError(f"A person must look first: {' '.join(shown.reviews)} Approve it as reviewed.")
    with store.write() as connection:
        _refuse_if_taken(connection, command, office)
        return commands.move(
            connection, command, State.QUEUED, at=office.now, who=who,
            what="approved as reviewed" if shown.needs_review else "approved",
            details={"preview_hash": command.preview_hash, "reviews": list(shown.reviews)},
            approved_by=who, approved_at=office.now, approved_hash=command.preview_hash,
        )  # fmt: skip


def retry(store: Store, command_id: int, policy: Policy, *, who: str, at: datetime) -> Command:
    """Puts a rejected, failed or ambiguous command back in the queue; it is looked up before it is ever sent again."""
    with store.write() as connection:
        command = commands.get(connection, command_id)
        _refuse_if(policy.against_handling(who, command.administration_id))
        if command.state not in {State.REJECTED, State.FAILED, State.AMBIGUOUS}:
            raise CommandRefusedError(f"Command {command_id} is {command.state}; there is nothing to retry.")
        # What Moneybird rejected held its claims no longer; another may have come in between.
        _refuse_if_taken(connection, command, None, moved_since=command.updated_at)
        # An unknown outcome stays unknown: `sent_at` is kept, so only the next look comes at once, not the next create.
        to = State.AMBIGUOUS if command.state is State.AMBIGUOUS else State.QUEUED
        return commands.move(
            connection, command, to, at=at, who=who, what="put back", attempts=0, not_before_at=None, last_error=None
        )


def cancel(store: Store, command_id: int, policy: Policy, *, who: str, at: datetime) -> Command:
    """Takes a command out before it was sent, or gives up one that Moneybird refused. Deletes nothing at Moneybird."""
    with store.write() as connection:
        command = commands.get(connection, command_id)
        _refuse_if(policy.against_handling(who, command.administration_id))
        return commands.move(connection, command, State.CANCELLED, at=at, who=who, what="cancelled")


@dataclass(frozen=True)
class Waiting:
    """A command with the others that claim the same things."""

    command: Command
    collisions: tuple[Collision, ...]


def with_collisions(store: Store, command_id: int, office: Office | None = None) -> Waiting:
    """One command, and what it meets; without an office also what was made long ago."""
    with store.read() as connection:
        command = commands.get(connection, command_id)
        wanted = claims.of_command(connection, command_id)
        others = met(connection, command.administration_id, wanted, office, but=command_id)
    return Waiting(command, tuple(others))


def collisions(store: Store, shown: Preview, office: Office) -> tuple[Collision, ...]:
    """What a preview that is not in the outbox meets there, other than the command it would replace."""
    with store.read() as connection:
        standing = commands.with_key(connection, shown.administration_id, shown.kind, shown.business_key)
        but = standing.id if standing else None
        return tuple(met(connection, shown.administration_id, shown.claims, office, but=but))


def is_made(store: Store, request: Request) -> bool:
    """Whether the command of `request` may have reached Moneybird already; then asking again asks for nothing."""
    with store.read() as connection:
        found = commands.with_key(connection, request.administration_id, request.kind, business_key(request))
    return found is not None and (found.state is State.VERIFIED or found.sent_at is not None)


def against_approving(command: Command, office: Office, *, who: str) -> str | None:
    """Why `who` may not approve `command`; None when they may."""
    if command.kind not in KINDS:
        return f"Command {command.id} is a {command.kind}, which this version does not know; update, or cancel it."
    return office.policy.against_approving(who, command, posts=KINDS[command.kind].posts)


def _new(request: Request, shown: Preview, created_by: str, origin: str | None) -> NewCommand:
    return NewCommand(
        kind=request.kind,
        administration_id=request.administration_id,
        business_key=shown.business_key,
        request=as_kept(request),
        payload=shown.request.as_json(),
        preview=shown.as_json(),
        created_by=created_by,
        origin=origin,
        claims=shown.claims,
    )


def _request(command: Command) -> Request:
    """What was asked for, as its kind reads it."""
    try:
        request: Request = KINDS[command.kind].request.model_validate(command.request)
    except ValidationError:
        raise CommandRefusedError(
            f"Command {command.id} cannot be examined again: an earlier version of Dovecote kept its request; cancel "
            "it and submit the request again."
        ) from None
    return request


def _good(request: Request, office: Office) -> Preview:
    examined = examine(request, office)
    refuse_unless_good(examined.findings)
    assert examined.preview is not None, "a good checklist has a preview"
    return examined.preview


def _refuse_if(sentence: str | None) -> None:
    if sentence:
        raise CommandRefusedError(sentence)


def _refuse_unless_waiting(command: Command) -> None:
    if command.state is not State.AWAITING_APPROVAL:
        raise CommandRefusedError(f"Command {command.id} is {command.state}; only one that waits can be approved.")


def _refuse_unless_seen(command: Command, seen: str) -> None:
    if len(seen) < SHOWN or not command.preview_hash.startswith(seen):
        raise CommandRefusedError(
            f"Command {command.id} is not what was looked at ({seen or 'nothing'}): its preview is "
            f"{command.preview_hash[:SHOWN]}; look at it again."
        )


def _refuse_if_taken(
    connection: sa.Connection, command: Command, office: Office | None, *, moved_since: datetime | None = None
) -> None:
    """Without an office (to put one back) only what moved since the command did can have come in between."""
    where, wanted = command.administration_id, claims.of_command(connection, command.id)
    if office is None:
        others = claims.collisions(connection, where, wanted, but=command.id, moved_since=moved_since)
    else:
        others = met(connection, where, wanted, office, but=command.id)
    first = next((each for each in others if each.is_exclusive), None)
    if first is None:
        return
    advice = "cancel one of them" if first.made_at is None else "sync first, or take it off what that one made"
    raise CommandRefusedError(
        f"{first.claim.replace('_', ' ').replace(':', ' ')} is already in command {first.command_id}, which is "
        f"{first.state.replace('_', ' ')}; {advice}."
    )

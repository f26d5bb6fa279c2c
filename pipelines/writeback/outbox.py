"""From a previewed draft to one command in the outbox, and what a person may do to it afterwards.

Every function is one short writing transaction. Whether the administration may be written to is asked here, again in
the worker, and never taken from the form.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pipelines.errors import CommandRefusedError
from pipelines.operations import Command, NewCommand, State, Store, commands
from pipelines.writeback.catalogue import Catalogue
from pipelines.writeback.draft import DraftInvoice
from pipelines.writeback.preview import preview
from pipelines.writeback.validate import checklist, not_writable, refuse_unless_good

DRAFT_INVOICE = "draft_invoice"

MayWrite = Callable[[str], bool]
"""`settings.may_write`: is writing on for this administration id?"""


def enqueue(
    store: Store,
    draft: DraftInvoice,
    catalogue: Catalogue,
    *,
    may_write: MayWrite,
    who: str,
    at: datetime,
    approve: bool,
) -> Command:
    """The draft's one command: new, or the one that pressing before already made.

    With `approve` the person who made it also approves it and the worker may send it; without, it waits.
    Raises CommandRefusedError with every reason when the checklist is not good.
    """
    refuse_unless_good(checklist(draft, catalogue, may_write=may_write(draft.administration_id)))
    shown = preview(draft, catalogue)
    new = NewCommand(
        kind=DRAFT_INVOICE,
        administration_id=draft.administration_id,
        business_key=shown.business_key,
        payload=shown.request,
        preview=shown.as_json(),
        created_by=who,
        approved_by=who if approve else None,
    )
    with store.write() as connection:
        return commands.add(connection, new, at=at)


def approve(store: Store, command_id: int, *, may_write: MayWrite, who: str, at: datetime) -> Command:
    """Lets a waiting command be sent. Raises CommandRefusedError when it does not wait."""
    with store.write() as connection:
        command = commands.get(connection, command_id)
        if command.state is not State.AWAITING_APPROVAL:
            raise CommandRefusedError(f"Command {command_id} is {command.state}; only one that waits can be approved.")
        if not may_write(command.administration_id):
            raise CommandRefusedError(not_writable(command.administration_id))
        return commands.move(
            connection, command, State.QUEUED, at=at, who=who, what="approved", approved_by=who, approved_at=at
        )


def retry(store: Store, command_id: int, *, who: str, at: datetime) -> Command:
    """Puts a rejected, failed or ambiguous command back in the queue; it is looked up before it is ever sent again."""
    with store.write() as connection:
        command = commands.get(connection, command_id)
        if command.state not in {State.REJECTED, State.FAILED, State.AMBIGUOUS}:
            raise CommandRefusedError(f"Command {command_id} is {command.state}; there is nothing to retry.")
        # An unknown outcome stays unknown: `sent_at` is kept, so only the next look comes at once, not the next create.
        to = State.AMBIGUOUS if command.state is State.AMBIGUOUS else State.QUEUED
        return commands.move(
            connection, command, to, at=at, who=who, what="put back", attempts=0, not_before_at=None, last_error=None
        )


def cancel(store: Store, command_id: int, *, who: str, at: datetime) -> Command:
    """Takes a command out before it was sent, or gives up one that Moneybird refused. Deletes nothing at Moneybird."""
    with store.write() as connection:
        command = commands.get(connection, command_id)
        return commands.move(connection, command, State.CANCELLED, at=at, who=who, what="cancelled")

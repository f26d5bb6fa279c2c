"""The operations store: outbox, inbox, audit log, history of runs, shared budget counter.

Small functions over one connection; the caller opens the transaction (`store.write()` or `store.read()`) and keeps it
short. Nothing here knows Moneybird.
"""

from pipelines.operations.audit import AuditEntry
from pipelines.operations.audit import of_command as history
from pipelines.operations.claims import Claim, Collision
from pipelines.operations.commands import Command, recent
from pipelines.operations.entering import NewCommand
from pipelines.operations.inbox import Event, EventState, NewEvent
from pipelines.operations.runs import Run
from pipelines.operations.states import ALLOWED, State
from pipelines.operations.store import Store, open_store
from pipelines.operations.windows import SharedCounter

__all__ = [
    "ALLOWED",
    "AuditEntry",
    "Claim",
    "Collision",
    "Command",
    "Event",
    "EventState",
    "NewCommand",
    "NewEvent",
    "Run",
    "SharedCounter",
    "State",
    "Store",
    "history",
    "open_store",
    "recent",
]

"""The operations store: outbox, audit log, history of runs, shared budget counter.

Small functions over one connection; the caller opens the transaction (`store.write()` or `store.read()`) and keeps it
short. Nothing here knows Moneybird. Deliberately absent until their issues: inbox, roles.
"""

from pipelines.operations.audit import AuditEntry
from pipelines.operations.commands import Command, NewCommand, recent
from pipelines.operations.runs import Run
from pipelines.operations.states import State
from pipelines.operations.store import Store, open_store
from pipelines.operations.windows import SharedCounter

__all__ = ["AuditEntry", "Command", "NewCommand", "Run", "SharedCounter", "State", "Store", "open_store", "recent"]

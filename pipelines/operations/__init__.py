"""The operations store: outbox, audit log, history of runs.

Small functions over one connection; the caller opens the transaction (`store.write()` or `store.read()`) and keeps it
short. Nothing here knows Moneybird. Deliberately absent until their issues: inbox, shared budget counter, roles.
"""

from pipelines.operations.audit import AuditEntry
from pipelines.operations.commands import Command, NewCommand, recent
from pipelines.operations.runs import Run
from pipelines.operations.states import State
from pipelines.operations.store import Store, open_store

__all__ = ["AuditEntry", "Command", "NewCommand", "Run", "State", "Store", "open_store", "recent"]

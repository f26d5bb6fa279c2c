"""Which bank transactions documents were paid from, so that a link can replace a transaction's own line (D8)."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.sandbox.ledger import Owner
from pipelines.sandbox.model import Cents


class Links:
    """Amounts linked to bank transactions, by the document that is paid; signed as the transaction is."""

    def __init__(self) -> None:
        self._by_mutation: dict[int, dict[Owner, Cents]] = {}
        self._by_owner: dict[Owner, Mapping[int, Cents]] = {}

    def put(self, owner: Owner, amounts: Mapping[int, Cents]) -> set[int]:
        """Notes the owner's links (transaction id → amount) in place of those before; ids of those that changed."""
        before = self._by_owner.pop(owner, {})
        changed = {id_ for id_ in {*before, *amounts} if before.get(id_) != amounts.get(id_)}
        for id_ in changed:
            linked = self._by_mutation.setdefault(id_, {})
            linked.pop(owner, None)
            if id_ in amounts:
                linked[owner] = amounts[id_]
        if amounts:
            self._by_owner[owner] = amounts
        return changed

    def total(self, mutation_id: int) -> Cents:
        """What of the transaction is linked to documents."""
        return sum(self._by_mutation.get(mutation_id, {}).values())

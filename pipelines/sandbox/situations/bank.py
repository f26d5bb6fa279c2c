"""Lines on accounts at banks and payment providers, and the statements they came in with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pipelines.sandbox import chart
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.model import Mutation

NAMES = (
    "bank line unprocessed", "bank line linked to an invoice", "bank line linked to an external invoice",
    "bank line linked to a purchase", "bank line booked on an account", "bank line booked on debtors",
    "payment provider: captured", "payment provider: paid back", "payment provider: fees withheld",
    "payment provider: paid out", "payout received", "statement with a balance", "bank line with a statement",
)  # fmt: skip


def count(administrations: Sequence[Administration]) -> dict[str, int]:
    found: Counter[str] = Counter(dict.fromkeys(NAMES, 0))
    for administration in administrations:
        sold, external, bought = (
            _paid_from(documents)
            for documents in (administration.invoices, administration.external_invoices, administration.purchases)
        )
        for mutation in administration.mutations.values():
            linked = {
                "bank line linked to an invoice": mutation.id in sold,
                "bank line linked to an external invoice": mutation.id in external,
                "bank line linked to a purchase": mutation.id in bought,
            }
            found.update(name for name, is_so in linked.items() if is_so)
            if not any(linked.values()) and not mutation.bookings:
                found["bank line unprocessed"] += 1
            found.update(_of_provider(administration, mutation, bought))
            found["bank line booked on an account"] += bool(mutation.bookings)
            found["bank line booked on debtors"] += _books_on(administration, mutation, chart.AR)
            found["bank line with a statement"] += mutation.statement_id in administration.statements
        found["statement with a balance"] += sum(
            statement.official_balance is not None for statement in administration.statements.values()
        )
    return dict(found)


def _of_provider(administration: Administration, mutation: Mutation, bought: set[int]) -> Iterator[str]:
    in_transit = _books_on(administration, mutation, chart.TRANSIT)
    if mutation.account_id != administration.roles.get(chart.PSP):
        if in_transit and mutation.amount > 0:
            yield "payout received"
    elif in_transit:
        yield "payment provider: paid out"
    elif mutation.id in bought:
        yield "payment provider: fees withheld"
    else:
        yield "payment provider: captured" if mutation.amount > 0 else "payment provider: paid back"


def _books_on(administration: Administration, mutation: Mutation, role: str) -> bool:
    return any(booking.account_id == administration.roles[role] for booking in mutation.bookings)


def _paid_from(documents: object) -> set[int]:
    """Ids of the bank lines that the documents were paid from."""
    assert isinstance(documents, dict)
    payments = (payment for document in documents.values() for payment in document.payments)
    return {id_ for payment in payments for id_ in (payment.mutation_id, payment.matched_mutation_id) if id_}

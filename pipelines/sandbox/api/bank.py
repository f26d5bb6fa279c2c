"""Financial accounts, bank transactions and payments read. Transactions are not paged: up to a hundred, or an error."""

from __future__ import annotations

from pipelines.sandbox.actions import payments as payment_actions
from pipelines.sandbox.actions.bank import open_amount
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import number
from pipelines.sandbox.api import filters, periods
from pipelines.sandbox.api.answer import Call, Reply, not_found, refuse
from pipelines.sandbox.api.routing import ADMIN, ANY, BANK, Operation, row
from pipelines.sandbox.api.synchronization import asked_ids
from pipelines.sandbox.model import Mutation
from pipelines.sandbox.render import bank as render
from pipelines.sandbox.render.payments import payment as render_payment

MOST = 100
DEFAULT_FILTER = "period:this_year"
_STATES = ("all", "unprocessed", "processed", "auto_booked")


def financial_accounts(call: Call) -> Reply:
    """Active ones only."""
    administration = call.administration
    active = [account for account in administration.financial_accounts.values() if account.active]
    return Reply(200, [render.financial_account(administration, account) for account in active])


def listed(call: Call) -> Reply:
    """More than a hundred are refused instead of paged."""
    found = _filtered(call)
    if len(found) > MOST:
        raise refuse(400, "Too many financial mutations to return, please use sync API")
    return Reply(200, [render.mutation(call.administration, mutation) for mutation in found])


def versions(call: Call) -> Reply:
    return Reply(200, [{"id": str(found.id), "version": found.updated // 1000} for found in _filtered(call)])


def by_ids(call: Call) -> Reply:
    known = call.administration.mutations
    asked = [known[id_] for id_ in asked_ids(call) if id_ in known]
    return Reply(200, [render.mutation(call.administration, mutation) for mutation in asked])


def single(call: Call) -> Reply:
    return Reply(200, render.mutation(call.administration, found(call)))


def found(call: Call) -> Mutation:
    return call.find(call.administration.mutations)


def _filtered(call: Call) -> list[Mutation]:
    """The transactions that match, newest first."""
    administration = call.administration
    matching = list(administration.mutations.values())
    for key, value in filters.terms(call, DEFAULT_FILTER).items():
        matching = _narrowed(administration, matching, key, value)
    return sorted(matching, key=lambda mutation: (mutation.day, mutation.id), reverse=True)


def _narrowed(administration: Administration, matching: list[Mutation], key: str, value: str) -> list[Mutation]:
    if key == "period":
        start, end = periods.for_list(value, administration.clock.today())
        return [mutation for mutation in matching if start <= mutation.day <= end]
    if key == "state":
        chosen = filters.one_of(value, _STATES)
        return matching if "all" in chosen else [m for m in matching if _state(administration, m) in chosen]
    if key == "mutation_type":
        chosen = filters.one_of(value, ("all", "debit", "credit"), "Mutation type")
        return [m for m in matching if "all" in chosen or ("credit" if m.amount >= 0 else "debit") in chosen]
    if key == "financial_account_id":
        return [mutation for mutation in matching if mutation.financial_account_id == filters.number(value)]
    if key in ("amount_from", "amount_to"):
        bound = number(value)
        if bound is None:
            raise refuse(400, f"{key.replace('_', ' ').capitalize()} is invalid", {"filter": "invalid"})  # our wording
        cents = abs(bound * 100)
        return [m for m in matching if (abs(m.amount) >= cents if key == "amount_from" else abs(m.amount) <= cents)]
    return matching


def _state(administration: Administration, mutation: Mutation) -> str:
    """Nothing here is booked by itself, so `auto_booked` never matches."""
    return "unprocessed" if open_amount(administration, mutation) else "processed"


def single_payment(call: Call) -> Reply:
    """A payment on any document; there is no list of payments."""
    id_ = call.id() or 0
    document = payment_actions.owner(call.administration, id_)
    for payment in document.payments if document else ():
        if document is not None and payment.id == id_:
            return Reply(200, render_payment(call.administration, document, payment))
    raise not_found()


OPERATIONS: tuple[Operation, ...] = (
    row("GET", "financial_accounts", ADMIN, financial_accounts),
    row("GET", "financial_mutations", BANK, listed),
    row("GET", "financial_mutations/synchronization", BANK, versions),
    row("POST", "financial_mutations/synchronization", BANK, by_ids),
    row("GET", "financial_mutations/{id}", BANK, single),
    row("GET", "payments/{id}", ANY, single_payment),
)

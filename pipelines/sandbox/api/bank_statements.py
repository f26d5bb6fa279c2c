"""Bank statements brought in with their transactions; they can be written and never read back."""

from __future__ import annotations

from typing import Any

from pipelines.sandbox.actions import bank
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api import fields
from pipelines.sandbox.api.answer import Call, Complaints, Reply, not_found, not_there, refuse
from pipelines.sandbox.api.locks import refuse_locked
from pipelines.sandbox.api.routing import BANK, Operation, row
from pipelines.sandbox.identifiers import id_of
from pipelines.sandbox.model import Mutation, Statement
from pipelines.sandbox.render import bank as render

_STATEMENT_KEYS = frozenset({
    "financial_account_id", "reference", "official_date", "official_balance", "importer_key",
    "financial_mutations_attributes",
})  # fmt: skip
_MUTATION_KEYS = frozenset({
    "id", "date", "valutation_date", "message", "amount", "code", "contra_account_name", "contra_account_number",
    "batch_reference", "offset", "account_servicer_transaction_id", "account_servicer_metadata",
    "adyen_payment_instrument_id", "_destroy", "smart_transfer",
})  # fmt: skip


def create_statement(call: Call) -> Reply:
    """Its transactions come with it; the reference is needed and the first account is the default."""
    administration = call.administration
    wanted = _statement_body(call)
    now = administration.clock.milliseconds()
    complaints = Complaints()
    first = next(iter(administration.financial_accounts), 0)
    known = administration.financial_accounts
    account_id = fields.record_id(wanted.get("financial_account_id"), known, "financial_account_id", complaints)
    statement = Statement(
        0, account_id or first, "", now, now, importer=fields.text(wanted, "importer_key", complaints)
    )
    _fill(statement, wanted, complaints)
    fresh, _, _ = _mutations(administration, statement, wanted, complaints)
    complaints.refuse_if_any()
    refuse_locked(administration, *(mutation.day for mutation in fresh), what="Financial statement")
    bank.receive_statement(administration, statement, fresh)
    return Reply(201, render.statement(administration, statement))


def update_statement(call: Call) -> Reply:
    administration = call.administration
    statement = call.find(administration.statements, not_there("Financial statement"))
    wanted = _statement_body(call)
    complaints = Complaints()
    changed = Statement(
        statement.id, statement.financial_account_id, statement.reference, statement.created, statement.updated,
        statement.official_day, statement.official_balance, statement.importer,
    )  # fmt: skip
    _fill(changed, wanted, complaints)
    fresh, gone, edited = _mutations(administration, changed, wanted, complaints)
    complaints.refuse_if_any()
    before = [administration.mutations[mutation.id] for mutation in edited]
    refuse_locked(administration, *(m.day for m in (*fresh, *gone, *before, *edited)), what="Financial statement")
    administration.statements[statement.id] = changed
    for mutation in gone:
        bank.remove_mutation(administration, mutation)
    for mutation in edited:
        bank.change_mutation(administration, mutation)
    bank.add_to_statement(administration, changed, fresh)
    administration.touch(changed)
    administration.announce("financial_statement_updated", changed)
    return Reply(200, render.statement(administration, changed))


def delete_statement(call: Call) -> Reply:
    administration = call.administration
    statement = call.find(administration.statements)
    refuse_locked(administration, *bank.days_of(administration, statement), status=422, what="Financial statement")
    bank.remove_statement(administration, statement)
    return Reply(204)


def _statement_body(call: Call) -> dict[str, Any]:
    wanted = call.below("financial_statement")
    if wanted is None:
        raise refuse(400, "Financial statement is required", {"financial_statement": "required"})  # by analogy
    complaints = Complaints()
    fields.unknown(complaints, call.object(), frozenset({"financial_statement"}), "")
    fields.unknown(complaints, wanted, _STATEMENT_KEYS, "")
    complaints.refuse_if_any()
    return wanted


def _fill(statement: Statement, wanted: dict[str, Any], complaints: Complaints) -> None:
    if "reference" in wanted or not statement.id:
        statement.reference = fields.text(wanted, "reference", complaints) or ""
        if not statement.reference:
            complaints.add("reference", "can't be blank", "blank")
    if "official_date" in wanted:
        statement.official_day = fields.day(wanted["official_date"], "official_date", complaints)
    if "official_balance" in wanted:
        statement.official_balance = fields.cents(wanted["official_balance"], "official_balance", complaints)


def _mutations(
    administration: Administration, statement: Statement, wanted: dict[str, Any], complaints: Complaints
) -> tuple[list[Mutation], list[Mutation], list[Mutation]]:
    """New, removed and changed transactions; a changed one is a copy that is only put when nothing is refused."""
    given = wanted.get("financial_mutations_attributes") or None
    fresh: list[Mutation] = []
    gone: list[Mutation] = []
    edited: list[Mutation] = []
    for each in fields.rows(given, "financial_mutations", complaints):
        fields.unknown(complaints, each, _MUTATION_KEYS, "financial_mutations.")
        if each.get("id") in (None, ""):
            fresh.append(_mutation(administration, statement, None, each, complaints))
            continue
        known = administration.mutations.get(id_of(each["id"]))
        if known is None or known.statement_id != statement.id:
            raise not_found()
        if fields.flag(each.get("_destroy"), "financial_mutations._destroy", complaints):
            gone.append(known)
        else:
            edited.append(_mutation(administration, statement, known, each, complaints))
    return fresh, gone, edited


def _mutation(
    administration: Administration, statement: Statement, known: Mutation | None, row_: dict[str, Any],
    complaints: Complaints,
) -> Mutation:  # fmt: skip
    now = administration.clock.milliseconds()
    amount = fields.cents(row_.get("amount"), "financial_mutations.amount", complaints)
    day = fields.day(row_.get("date"), "financial_mutations.date", complaints)
    account = administration.financial_accounts.get(statement.financial_account_id)
    if known is None:
        for name, value in (("amount", amount), ("date", day)):
            if value is None and f"financial_mutations.{name}" not in complaints.error:
                complaints.add(f"financial_mutations.{name}", "can't be blank", "blank")
    return Mutation(
        id=known.id if known else 0,
        day=day or (known.day if known else administration.clock.today()),
        amount=amount if amount is not None else known.amount if known else 0,
        message=str(row_.get("message", known.message if known else "") or ""),
        account_id=account.account_id if account else known.account_id if known else 0,
        financial_account_id=statement.financial_account_id,
        created=known.created if known else now,
        updated=now,
        bookings=known.bookings if known else [],
        statement_id=statement.id,
        code=row_.get("code", known.code if known else None),
        contra_name=row_.get("contra_account_name", known.contra_name if known else None),
        contra_number=str(row_.get("contra_account_number", known.contra_number if known else "") or ""),
        batch_reference=row_.get("batch_reference", known.batch_reference if known else None),
        servicer_id=row_.get("account_servicer_transaction_id", known.servicer_id if known else None),
        sepa_fields=known.sepa_fields if known else None,
        processed=known.processed if known else None,
    )


OPERATIONS: tuple[Operation, ...] = (
    row("POST", "financial_statements", BANK, create_statement),
    row("PATCH", "financial_statements/{id}", BANK, update_statement),
    row("DELETE", "financial_statements/{id}", BANK, delete_statement),
)

"""Ledger accounts and projects written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import Document
from pipelines.sandbox.api import fields
from pipelines.sandbox.api.answer import Call, Complaints, Reply, refuse
from pipelines.sandbox.api.routing import ADMIN, Operation, row
from pipelines.sandbox.model import Account, Project
from pipelines.sandbox.render import settings as render
from pipelines.sandbox.taxonomy import RGS

KINDS = (
    "non_current_assets", "current_assets", "equity", "provisions", "non_current_liabilities", "current_liabilities",
    "revenue", "direct_costs", "expenses", "other_income_expenses",
)  # fmt: skip
DOCUMENT_TYPES = ("sales_invoice", "purchase_invoice", "general_journal_document", "financial_mutation", "payment")
_ACCOUNT_KEYS = frozenset({"name", "account_type", "account_id", "parent_id", "allowed_document_types", "description"})
_RESULT_TYPES = ("financial_mutation", "general_journal_document")


def create_account(call: Call) -> Reply:
    """Needs a name, a type and a code of RGS 3.5 (since 2024-07-01)."""
    body, wanted = _account_body(call)
    for key in ("name", "account_type"):
        if key not in wanted:
            words = f"{key.replace('_', ' ').capitalize()} is required"
            raise refuse(400, words, {"ledger_account": {key: "required"}})
    if not body.get("rgs_code"):
        raise refuse(400, "Rgs code is required", {"rgs_code": "required"})  # by analogy with the name
    administration = call.administration
    now = administration.clock.milliseconds()
    blank = Account(0, "", "", "", "", "", "", "", None, None, (), now, now)
    made = replace(_account(administration, blank, body, wanted), id=administration.new_id(now))
    administration.accounts[made.id] = made
    administration.announce("ledger_account_created", made)
    return Reply(201, render.ledger_account(administration, made))


def update_account(call: Call) -> Reply:
    administration = call.administration
    body, wanted = _account_body(call)
    made = _account(administration, _found_account(call), body, wanted)
    administration.accounts[made.id] = made
    administration.announce("ledger_account_updated", made)
    return Reply(200, render.ledger_account(administration, made))


def delete_account(call: Call) -> Reply:
    """Deactivates it, or deletes it when it cannot be; always 204. Accounts Moneybird books to itself stay."""
    administration = call.administration
    account = _found_account(call)
    if account.role is None:
        administration.accounts[account.id] = replace(
            account, active=False, updated=administration.clock.milliseconds()
        )
        administration.announce("ledger_account_deactivated", administration.accounts[account.id])
    return Reply(204)


def _found_account(call: Call) -> Account:
    return call.find(call.administration.accounts)


def _account_body(call: Call) -> tuple[dict[str, Any], dict[str, Any]]:
    wanted = call.below("ledger_account")
    if wanted is None:
        raise refuse(400, "Ledger account is required", {"ledger_account": "required"})  # wording not in any example
    return call.object(), wanted


def _account(administration: Administration, account: Account, body: dict[str, Any], wanted: dict[str, Any]) -> Account:
    complaints = Complaints()
    fields.unknown(complaints, body, frozenset({"ledger_account", "rgs_code"}), "")
    fields.unknown(complaints, wanted, _ACCOUNT_KEYS, "")
    changes: dict[str, Any] = {"updated": administration.clock.milliseconds()}
    if "name" in wanted:
        changes["name"] = fields.text(wanted, "name", complaints) or ""
        if not changes["name"]:
            complaints.add("name", "can't be blank", "blank")
    if "account_type" in wanted:
        changes["kind"] = wanted["account_type"]
        if wanted["account_type"] not in KINDS:
            complaints.add("account_type", "is not included in the list", "inclusion", value=wanted["account_type"])
    if "account_id" in wanted:
        changes["number"] = str(wanted["account_id"] or "")
    if "parent_id" in wanted:
        changes["parent_id"] = fields.record_id(wanted["parent_id"], administration.accounts, "parent_id", complaints)
    if body.get("rgs_code"):
        changes |= _taxonomy(str(body["rgs_code"]))
    made = replace(account, **changes)
    parent = administration.accounts.get(made.parent_id or 0)
    if parent is not None and parent.kind != made.kind:
        complaints.add("parent_id", "is invalid", "invalid")  # the description asks for equal types, without words
    allowed = _allowed(wanted.get("allowed_document_types"), complaints)
    complaints.refuse_if_any()
    return replace(made, allowed=allowed or made.allowed or _default_types(made.kind))


def _taxonomy(code: str) -> dict[str, Any]:
    """Only the codes the group's chart uses are known here; the real taxonomy has thousands."""
    found = RGS.get(code)
    if found is None:
        words = "Given RGS code does not belong to a taxonomy item of version 3.5"
        raise refuse(404, words, {"rgs_code": "not_found"})
    return {"rgs": code, "rgs_reference": found[0], "rgs_name": found[1], "rgs_name_english": found[2]}


def _allowed(given: Any, complaints: Complaints) -> tuple[str, ...]:
    chosen = given if isinstance(given, list) else [given] if given else []
    for kind in chosen:
        if kind not in DOCUMENT_TYPES:
            complaints.add("allowed_document_types", "is not included in the list", "inclusion", value=kind)
    return tuple(str(kind) for kind in chosen)


def _default_types(kind: str) -> tuple[str, ...]:
    """As the examples of a revenue and an expense account show; others take bank lines and journals."""
    own = {"revenue": ("sales_invoice",), "expenses": ("purchase_invoice",), "direct_costs": ("purchase_invoice",)}
    return (*own.get(kind, ()), *_RESULT_TYPES)


def create_project(call: Call) -> Reply:
    administration = call.administration
    made = _project(call, Project(0, "", "active", None))
    made.id = administration.new_id()
    administration.projects[made.id] = made
    administration.announce("project_created", made)
    return Reply(201, render.project(made))


def update_project(call: Call) -> Reply:
    made = _project(call, _found_project(call))
    call.administration.projects[made.id] = made
    call.administration.announce("project_updated", made)
    return Reply(200, render.project(made))


def delete_project(call: Call) -> Reply:
    """A project that documents or hours refer to is archived instead."""
    administration = call.administration
    project = _found_project(call)
    if _is_used(administration, project.id):
        project.state = "archived"
        administration.announce("project_archived", project)
    else:
        del administration.projects[project.id]
        administration.announce("project_destroyed", project)
    return Reply(204)


def _is_used(administration: Administration, project_id: int) -> bool:
    held: tuple[Mapping[int, Document], ...] = (
        administration.invoices, administration.external_invoices, administration.purchases, administration.estimates,
        administration.recurring,
    )  # fmt: skip
    return (
        any(line.project_id == project_id for kind in held for document in kind.values() for line in document.lines)
        or any(entry.project_id == project_id for entry in administration.time_entries.values())
        or any(e.project_id == project_id for journal in administration.journals.values() for e in journal.entries)
    )


def _found_project(call: Call) -> Project:
    return call.find(call.administration.projects)


def _project(call: Call, project: Project) -> Project:
    """The name is unique in the administration; the budget is whole hours."""
    wanted = call.below("project") or {}
    complaints = Complaints()
    fields.unknown(complaints, wanted, frozenset({"name", "budget"}), "")
    name = fields.text(wanted, "name", complaints) if "name" in wanted else project.name
    if not name:
        complaints.add("name", "can't be blank", "blank")
    others = call.administration.projects.values()
    if any(other.name == name and other.id != project.id for other in others):
        complaints.add("name", "has already been taken", "taken", value=name)  # wording not in any example
    budget = project.budget
    if "budget" in wanted:
        amount = fields.amount(wanted["budget"], "budget", complaints)
        budget = None if amount is None else int(amount)
    complaints.refuse_if_any()
    return replace(project, name=name or "", budget=budget)


OPERATIONS: tuple[Operation, ...] = (
    row("POST", "ledger_accounts", ADMIN, create_account),
    row("PATCH", "ledger_accounts/{id}", ADMIN, update_account),
    row("DELETE", "ledger_accounts/{id}", ADMIN, delete_account),
    row("POST", "projects", ADMIN, create_project),
    row("PATCH", "projects/{id}", ADMIN, update_project),
    row("DELETE", "projects/{id}", ADMIN, delete_project),
)

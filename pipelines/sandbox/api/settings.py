"""Administrations, ledger accounts, tax rates, projects and users: small lists without a version feed."""

from __future__ import annotations

from pipelines.sandbox.amounts import number
from pipelines.sandbox.api import filters
from pipelines.sandbox.api.answer import Call, Reply, not_there, refuse
from pipelines.sandbox.api.paging import paginate
from pipelines.sandbox.api.routing import ADMIN, SETTING, Operation, row
from pipelines.sandbox.model import TaxRate
from pipelines.sandbox.render import settings as render
from pipelines.sandbox.world import Token, World

PROJECTS_PER_PAGE = 25
_RATE_KINDS = ("all", "general_journal_document", "purchase_invoice", "sales_invoice")
_HIDDEN_USERS = {
    "accountant": "include_accountants",
    "api_user": "include_api_users",
    "deleted_api_user": "include_inactive",
    "deleted_end_user": "include_inactive",
}


def administrations(world: World, token: Token) -> Reply:
    """The administrations the token reaches; the only call without an administration in its path."""
    return Reply(200, [render.administration(world.administrations[id_]) for id_ in token.administrations])


def ledger_accounts(call: Call) -> Reply:
    """All of them by name, never paged."""
    accounts = sorted(call.administration.accounts.values(), key=lambda account: account.name)
    return Reply(200, [render.ledger_account(call.administration, account) for account in accounts])


def ledger_account(call: Call) -> Reply:
    account = call.find(call.administration.accounts, not_there("Category"))
    return Reply(200, render.ledger_account(call.administration, account))


def tax_rates(call: Call) -> Reply:
    found = list(call.administration.tax_rates.values())
    for key, value in filters.terms(call).items():
        found = _narrowed(found, key, value)
    return paginate(call, found, lambda rate: render.tax_rate(call.administration, rate))


def _narrowed(found: list[TaxRate], key: str, value: str) -> list[TaxRate]:
    if key == "tax_rate_type":
        kinds = filters.one_of(value, _RATE_KINDS, "Tax rate type")
        return found if "all" in kinds else [rate for rate in found if rate.kind in kinds]
    if key == "name":
        return [rate for rate in found if rate.name == value]
    if key == "partial_name":
        return [rate for rate in found if value.lower() in rate.name.lower()]
    if key == "percentage":
        wanted = number(value)
        if wanted is None:
            raise refuse(400, "Percentage is invalid", {"filter": "invalid"})  # wording not in any example
        return [rate for rate in found if rate.percentage == wanted]
    if key == "country":
        return [rate for rate in found if rate.country == value]
    if key == "active":
        return [rate for rate in found if rate.active == filters.is_true(value)]
    if key == "show_tax":
        return [rate for rate in found if rate.show == filters.is_true(value)]
    if key in ("created_after", "updated_after"):
        moment = filters.after(value, key.replace("_", " ").capitalize())
        return [rate for rate in found if (rate.created if key == "created_after" else rate.updated) > moment]
    return found


def projects(call: Call) -> Reply:
    """Active ones unless a filter is given; 25 on a page."""
    found = list(call.administration.projects.values())
    state = filters.terms(call, "state:active").get("state", "all")
    filters.one_of(state, ("all", "archived", "active"), "State")
    return paginate(
        call,
        [project for project in found if state in ("all", project.state)],
        render.project,
        size=PROJECTS_PER_PAGE,
        family="symbolic",
    )


def project(call: Call) -> Reply:
    found = call.find(call.administration.projects, not_there("Project"))
    return Reply(200, render.project(found))


def users(call: Call) -> Reply:
    """Owner and employees; accountants, API users and people who left only with their switch."""
    found = [
        user
        for user in call.administration.users.values()
        if user.kind not in _HIDDEN_USERS or call.flag(_HIDDEN_USERS[user.kind])
    ]
    return Reply(200, [render.user(user) for user in found])


OPERATIONS: tuple[Operation, ...] = (
    row("GET", "ledger_accounts", SETTING, ledger_accounts),
    row("GET", "ledger_accounts/{id}", SETTING, ledger_account),
    row("GET", "tax_rates", SETTING, tax_rates),
    row("GET", "projects", ADMIN, projects),
    row("GET", "projects/{id}", ADMIN, project),
    row("GET", "users", ADMIN, users),
)

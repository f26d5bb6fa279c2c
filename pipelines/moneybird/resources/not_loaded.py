"""What the API would answer and no row of RESOURCES asks for, and why not. Paths as in Moneybird's OpenAPI document.

One record by its id (`…/{id}`) needs no word here when its collection is loaded, and neither does a file.
"""

from __future__ import annotations

from collections.abc import Mapping

_ONE_CONTACT = "asks for one contact at a time: hundreds of requests a run for what few contacts have"
_TASKS = "somebody's to-do list about the bookkeeping, not the bookkeeping"
_PORTAL = "a capability URL for a customer: whoever holds it sees that customer's invoices"
_AGING = "buckets with names in the user's language, whose rules are not published; marts age open items themselves"
_LOOKUP = "finds a contact for somebody who types; all of them are loaded from their version feed"

NOT_LOADED: Mapping[str, str] = {
    "contacts/filter": _LOOKUP,
    "contacts/{contact_id}/contact_people/{id}": "contact people come with their contact",
    "contacts/{contact_id}/moneybird_payments_mandate": _ONE_CONTACT,
    "contacts/{id}/additional_charges": _ONE_CONTACT,
    "customer_contact_portal/{contact_id}": _PORTAL,
    "customer_contact_portal/{contact_id}/invoices": _PORTAL,
    "customer_contact_portal/{contact_id}/subscriptions/{id}": _PORTAL,
    "downloads": "exports that somebody asked for, as files; the auditfile is fetched by its own command",
    "payments/{id}": "no list; payments come with their invoice, document or bank transaction",
    "reports/assets": "what assets and their value_changes say already, summed per period",
    "reports/cash_flow": "sums of the bank's ledger lines by counter account, whose rules are not published",
    "reports/creditors_aging": _AGING,
    "reports/debtors_aging": _AGING,
    "reports/ledger_accounts/{ledger_account_id}": "deprecated since 2025-10-21; journal_entries gives the same lines",
    "reports/subscriptions": "four figures of today (revenue, churn, lifetime value) whose rules are not published",
    "subscription_templates/{id}/checkout_identifier": "makes a link for one customer and one start date",
    "subscriptions": "wants a contact_id; subscriptions come with their recurring invoice",
    "subscriptions/{id}": "no list without a contact; subscriptions come with their recurring invoice",
    "subscriptions/{id}/additional_charges": "asks for one subscription at a time",
    "task_list_groups/{id}": _TASKS,
    "task_list_tasks/{id}": _TASKS,
    "task_list_templates": _TASKS,
    "task_list_templates/{id}": _TASKS,
    "task_lists": _TASKS,
    "task_lists/{id}": _TASKS,
    "verifications": "which addresses and account numbers Moneybird has checked; the identities hold them",
    "webhooks": "holds the token that every push repeats; the receiver keeps its own record of webhooks",
}

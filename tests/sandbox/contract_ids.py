"""Where the ids in a path come from: the lists of the same administration, by the shape of the path.

`things/{id}` from the list of things; `things/{id}/parts/{part_id}` from the parts of each; `things/find_by_x/{x}` from
the field x of each; anything else from `SPECIAL`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from pipelines.sandbox.api.operations import OPERATIONS
from tests.sandbox.contract import Documented

Record = dict[str, Any]
Query = dict[str, str]
Records = Callable[[str], list[Record]]  # everything of one list in one administration

SINGLES = 6  # records of one list that are also fetched one by one, in each administration
SERVED = {"administrations"} | {"/".join(row.path).replace("*", "") for row in OPERATIONS if row.method == "GET"}


def found_ids(operation: Documented, records: Records) -> Iterator[Query]:
    """Values for the placeholders of the path, one set per call."""
    special = SPECIAL.get(operation.path)
    if special:
        yield from special(records)
        return
    placeholders = operation.placeholders
    before, _, rest = operation.path.partition("/{")
    if len(placeholders) > 1:
        part = rest.partition("}/")[2].partition("/")[0]
        for record in spread([record for record in records(before) if record.get(part)]):
            yield {placeholders[0]: record["id"], placeholders[1]: record[part][0]["id"]}
    elif before in SERVED:
        yield from ({placeholders[0]: record["id"]} for record in spread(records(before)))
    else:
        key = placeholders[0]
        held = [record for record in records(before.rpartition("/")[0]) if record.get(key)]
        yield from ({key: record[key]} for record in spread(held))


def spread(records: list[Record]) -> list[Record]:
    """The first record of every state, and some from begin to end; archived ones last."""
    records = sorted(records, key=lambda record: bool(record.get("archived")))
    states = {str(record.get("state")): record for record in reversed(records)}
    step = max(1, len(records) // SINGLES)
    return list({str(record["id"]): record for record in [*states.values(), *records[::step]]}.values())


def _contacts(records: Records) -> Iterator[Query]:
    yield from ({"contact_id": record["id"]} for record in spread(records("contacts")))


def _mandates(records: Records) -> Iterator[Query]:
    held = [record for record in records("contacts") if record["moneybird_payments_mandate"]]
    yield from ({"contact_id": record["id"]} for record in held)


def _subscriptions(records: Records) -> Iterator[Query]:
    yield from ({"contact_id": one["contact_id"], "id": one["id"]} for one in spread(records("subscriptions")))


def _payments(records: Records) -> Iterator[Query]:
    """Some payments of every kind of document that has them."""
    for path in ("sales_invoices", "external_sales_invoices", "documents/purchase_invoices", "documents/receipts"):
        held = [record for record in records(path) if record["payments"]]
        yield from ({"id": record["payments"][0]["id"]} for record in spread(held))


def _accounts(records: Records) -> Iterator[Query]:
    """All of them: which ones have lines is what the report is to say."""
    yield from ({"ledger_account_id": record["id"]} for record in records("ledger_accounts"))


def _groups(records: Records) -> Iterator[Query]:
    yield from ({"id": group["id"]} for record in records("task_lists") for group in record["groups"])


def _tasks(records: Records) -> Iterator[Query]:
    groups = [group for record in records("task_lists") for group in record["groups"]]
    yield from ({"id": task["id"]} for group in groups for task in group["tasks"])


SPECIAL: dict[str, Callable[[Records], Iterator[Query]]] = {
    "contacts/{contact_id}/moneybird_payments_mandate": _mandates,
    "customer_contact_portal/{contact_id}": _contacts,
    "customer_contact_portal/{contact_id}/invoices": _contacts,
    "customer_contact_portal/{contact_id}/subscriptions/{id}": _subscriptions,
    "payments/{id}": _payments,
    "reports/ledger_accounts/{ledger_account_id}": _accounts,
    "task_list_groups/{id}": _groups,
    "task_list_tasks/{id}": _tasks,
}

"""RESOURCES: one frozen row per endpoint. Everything else about an endpoint is derived from its row.

A row says where the endpoint is, how its news reaches us (`feed`), which columns are kept under which type, which
nested lists become child tables, which keys are left out on purpose and why. The client, the plan, the raw tables, the
stamps and dbt's sources follow; `tests/test_complete.py` names what is missing.

Source: Moneybird's OpenAPI document of 2026-08-21 and its behaviour as measured by other clients. What is marked
"unverified" below was not seen on a live administration by us.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.moneybird.resources import (
    administrations,
    bank,
    contacts,
    documents,
    hours,
    ledger,
    reports,
    sales,
    settings,
)
from pipelines.moneybird.resources.row import (
    COUNT,
    DATE,
    FLAG,
    JSON_TEXT,
    MOMENT,
    MONEY,
    PRECISE,
    TEXT,
    VERSION,
    Bucket,
    Cadence,
    Child,
    Column,
    Feed,
    Posting,
    Report,
    Resource,
    Scope,
    Section,
)

__all__ = [
    "BY_NAME", "COUNT", "DATE", "FLAG", "JSON_TEXT", "MOMENT", "MONEY", "PRECISE", "RESOURCES", "TEXT", "VERSION",
    "Bucket",
    "Cadence", "Child", "Column", "Feed", "Posting", "Report", "Resource", "Scope", "Section",
]  # fmt: skip

RESOURCES: tuple[Resource, ...] = (
    *administrations.ROWS, *contacts.ROWS, *sales.ROWS, *documents.ROWS, *bank.ROWS, *settings.ROWS, *hours.ROWS,
    *ledger.ROWS, *reports.ROWS,
)  # fmt: skip

BY_NAME: Mapping[str, Resource] = {resource.name: resource for resource in RESOURCES}

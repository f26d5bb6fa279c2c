"""A session of the published `moneybird-mcp`, run by its own Python: what an MCP client got from it, as JSON.

Tools are called through the protocol, as an assistant calls them; only the constant for the base URL is set. The
argument names the session.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any

import moneybird_mcp.config
from fastmcp import Client

EVERYTHING = "20230101..20261231"  # every year of the group: without it a list is this year's
moneybird_mcp.config.BASE_URL = os.environ["SANDBOX_API_URL"]


class Assistant:
    """Calls tools; an error is an answer too."""

    def __init__(self, client: Client[Any]) -> None:
        self.client = client

    async def call(self, tool: str, **arguments: Any) -> Any:
        result = await self.client.call_tool(tool, arguments, raise_on_error=False)
        return {"refused": result.content[0].text} if result.is_error else result.structured_content

    async def pages(self, tool: str, key: str, size: int, **arguments: Any) -> list[list[str]]:
        """The ids of every page up to the first one that is not full."""
        found: list[list[str]] = []
        while not found or len(found[-1]) == size:
            page = await self.call(tool, limit=size, page=len(found) + 1, **arguments)
            found.append([record["id"] for record in page[key]])
        return found


async def lists_and_draft(assistant: Assistant) -> dict[str, Any]:
    seen: dict[str, Any] = {
        "administrations": (await assistant.call("list_administrations"))["administrations"],
        "contacts": await assistant.pages("list_contacts", "contacts", 5),
        "invoices": await assistant.pages("list_sales_invoices", "sales_invoices", 100, period=EVERYTHING),
    }
    lines = [{"description": "Advies", "price": "95.00", "amount": "3"}, {"description": "Reiskosten", "price": "12.5"}]
    contact = seen["contacts"][0][0]
    prepared = await assistant.call(
        "prepare_create_sales_invoice_draft", contact_id=contact, details=lines, reference="MCP-1"
    )
    seen["prepared"] = prepared
    seen["executed"] = await assistant.call("execute_approved_action", approval_id=prepared["approval_id"])
    seen["draft"], seen["read_back"] = draft(prepared["payload"])
    seen["status"] = await assistant.call("get_server_status")
    return seen


def draft(prepared: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The prepared draft without the two keys that the contract refuses, created through the server's own client."""
    from moneybird_mcp.client import get_client

    client = get_client()
    body = {key: value for key, value in prepared.items() if key not in ("fingerprint", "identity_id", "language")}
    created = client.create_sales_invoice(body)
    return created, client.get_sales_invoice(created["id"])


async def sync(assistant: Assistant) -> dict[str, Any]:
    """Six version feeds, three at a time; then what changed, by ids. The index stays in the data directory."""
    period = f"period:{EVERYTHING}"
    return await assistant.call(
        "sync_search_index",
        invoice_filter=f"state:all,{period}", document_filter=period, financial_mutation_filter=period,
    )  # fmt: skip


async def until_refused(assistant: Assistant) -> dict[str, Any]:
    answers = [await assistant.call("list_contacts", limit=1) for _ in range(int(os.environ["REQUESTS"]))]
    return {"refusals": [answer["refused"] for answer in answers if "refused" in answer]}


SESSIONS = {"lists_and_draft": lists_and_draft, "sync": sync, "until_refused": until_refused}


async def main() -> None:
    from moneybird_mcp.tools import mcp  # reads the base URL while it is imported

    async with Client(mcp) as client:
        print(json.dumps(await SESSIONS[sys.argv[1]](Assistant(client))))


asyncio.run(main())

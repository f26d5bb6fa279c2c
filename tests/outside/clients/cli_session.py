"""A session of the published `moneybird-cli`, run by its own Python: what it saw, as JSON.

Its commands run as typed in a shell; only its module constant for the base URL is set. It has no command for
synchronization or for an invoice's lines: those go through the class its commands are made of.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import moneybird_cli.client as moneybird
from click.testing import CliRunner
from moneybird_cli.main import cli

EVERYTHING = "20230101..20261231"  # every year of the group: without it a list is this year's
moneybird.API_BASE = os.environ["SANDBOX_API_URL"]


def command(*arguments: str) -> Any:
    """What one command prints, as JSON when it is."""
    config = ["--config", os.environ["CLIENT_CONFIG"], "--timezone", "Europe/Amsterdam", "--output", "json"]
    result = CliRunner().invoke(cli, [*config, *arguments])
    if result.exit_code:
        return {"exit_code": result.exit_code, "said": result.output.strip()}
    return json.loads(result.output) if result.output.startswith(("[", "{")) else result.output.strip()


def ids(records: list[dict[str, Any]]) -> list[str]:
    return [record["id"] for record in records]


def synchronized(client: moneybird.MoneybirdClient) -> dict[str, Any]:
    """Ids and versions of every invoice, then the invoices themselves, forty at a time."""
    listed = client.get("sales_invoices/synchronization", {"filter": f"period:{EVERYTHING}"})
    fetched: list[dict[str, Any]] = []
    for start in range(0, len(listed), 40):
        fetched += client.post("sales_invoices/synchronization", {"ids": ids(listed[start : start + 40])})
    return {
        "listed": {record["id"]: record["version"] for record in listed},
        "fetched": {record["id"]: record["version"] for record in fetched},
    }


def main() -> None:
    several, token = os.environ["TOKEN_OF_SEVERAL"], os.environ["TOKEN_OF_ONE"]
    seen: dict[str, Any] = {
        "administrations": ids(moneybird.MoneybirdClient.list_administrations(several)),
        "login_with_several": command("login", "--token", several),
        "login": command("login", "--token", token),  # finds the token's only administration by itself
        "contacts": ids(command("contacts", "list", "--all", "--per-page", "20")),
        "second_page": ids(command("contacts", "list", "--page", "2", "--per-page", "20")),
        "invoices": ids(command("sales-invoices", "list", "--all", "--per-page", "20", "--period", EVERYTHING)),
        "too_big_a_page": command("contacts", "list", "--per-page", "101"),
    }
    client = moneybird.MoneybirdClient(token, *administration_of(token), timezone="Europe/Amsterdam")
    seen["synchronized"] = synchronized(client)
    contact = seen["contacts"][0]
    seen["empty_draft"] = command("sales-invoices", "create", "--contact-id", contact, "--reference", "CLI-1")
    lines = [{"description": "Zadeltas", "price": "64.95", "amount": "2"}, {"description": "Montage", "price": "17.5"}]
    body = {"contact_id": contact, "reference": "CLI-2", "details_attributes": lines}
    seen["draft"] = client.post("sales_invoices", {"sales_invoice": body})
    seen["read_back"] = command("sales-invoices", "get", seen["draft"]["id"])
    print(json.dumps(seen))


def administration_of(token: str) -> list[str]:
    """What `login` wrote down must be what the token reaches."""
    (only,) = ids(moneybird.MoneybirdClient.list_administrations(token))
    assert only in Path(os.environ["CLIENT_CONFIG"]).read_text()
    return [only]


main()

"""Two published Moneybird clients talk to the sandbox as they talk to Moneybird: only their base URL is set.

`moneybird-cli` is a command line on requests, `moneybird-mcp` an MCP server on httpx that was measured against the
live service; `make clients` installs both. The scripts in clients/ say what the clients saw, and that is held against
the sandbox's own world. The sandbox listens on a socket and throttles.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipelines.sandbox import serve
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.company import build_group
from pipelines.sandbox.serve import Sandbox
from pipelines.sandbox.throttle import GENERAL_LIMIT, WINDOW_SECONDS, Throttle
from pipelines.sandbox.world import World
from tests.outside.official_contract import REPOSITORY

CLIENTS = REPOSITORY / ".cache" / "clients"
SESSIONS = Path(__file__).parent / "clients"

pytestmark = pytest.mark.skipif(
    not (CLIENTS / "installed").exists(),
    reason="the published clients are not installed; `make clients` does it where the package index is in reach",
)


def session(script: str, home: Path, *arguments: str, **environment: str) -> Any:
    """What the script in clients/ saw, run by the clients' own Python with nothing of ours in its environment."""
    home.mkdir(exist_ok=True)
    result = subprocess.run(
        [CLIENTS / "bin" / "python", "-P", SESSIONS / script, *arguments],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "dumb", **environment},
        capture_output=True, text=True, timeout=120, check=False, cwd=home,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr[-4000:]
    return json.loads(result.stdout)


def mcp_session(name: str, sandbox: Sandbox, company: Administration, home: Path, **environment: str) -> Any:
    """A session of the MCP server with the settings its users write into its environment."""
    settings = {
        "SANDBOX_API_URL": sandbox.api_url,
        "MONEYBIRD_ACCESS_TOKEN": token(sandbox.world, "holding"),
        "MONEYBIRD_ADMINISTRATION_ID": str(company.id),
        "MONEYBIRD_CAPABILITY_MODE": "write_enabled",
        "MONEYBIRD_MCP_DATA_DIR": str(home),
    }
    return session("mcp_session.py", home, name, **settings, **environment)


def company(world: World, name: str) -> Administration:
    return next(found for found in world.administrations.values() if name in found.name)


def token(world: World, name: str) -> str:
    return next(token.secret for token in world.tokens.values() if token.name == name)


def known(ids: Iterable[int]) -> list[str]:
    return sorted(str(id_) for id_ in ids)


def invoice_versions(found: Administration) -> dict[str, int]:
    return {str(invoice.id): found.updated(invoice) // 1000 for invoice in found.invoices.values()}


def contact_versions(found: Administration) -> dict[str, int]:
    return {str(contact.id): contact.card.updated // 1000 for contact in found.contacts.values()}


def active(found: Administration) -> list[str]:
    return known(contact.id for contact in found.contacts.values() if not contact.card.archived)


def answers(world: World) -> Counter[int | None]:
    return Counter(request.status for request in world.requests)


def test_the_command_line_lists_pages_syncs_and_drafts(tmp_path: Path) -> None:
    world = build_group()
    shop = company(world, "Webwinkel")
    invoices, versions = known(shop.invoices), invoice_versions(shop)
    with serve.start(world) as sandbox:
        seen = session(
            "cli_session.py", tmp_path, SANDBOX_API_URL=sandbox.api_url, CLIENT_CONFIG=str(tmp_path / "cli.toml"),
            TOKEN_OF_SEVERAL=token(world, "holding"), TOKEN_OF_ONE=token(world, "webshop"),
        )  # fmt: skip

    assert seen["administrations"] == [str(id_) for id_ in world.administrations if id_ != shop.id]
    assert all(id_ in seen["login_with_several"]["said"] for id_ in seen["administrations"])
    assert f"Auto-detected administration: {shop.name}" in seen["login"]

    assert len(seen["contacts"]) > 40, "fewer contacts than three pages of twenty need"
    assert sorted(seen["contacts"]) == active(shop)
    assert seen["second_page"] == seen["contacts"][20:40]
    assert len(seen["invoices"]) > 40, "fewer invoices than three pages of twenty need"
    assert sorted(seen["invoices"]) == invoices
    refusal = {"exit_code": 1, "said": "Error: API error 400: per_page does not have a valid value"}
    assert seen["too_big_a_page"] == refusal
    assert seen["synchronized"] == {"listed": versions, "fetched": versions}

    drafts = [shop.invoices[int(seen[name]["id"])] for name in ("empty_draft", "draft")]
    assert known(shop.invoices) == sorted([*invoices, *(str(draft.id) for draft in drafts)])
    assert [(draft.reference, draft.number) for draft in drafts] == [("CLI-1", None), ("CLI-2", None)]
    assert [[(line.description, line.price, line.amount) for line in draft.lines] for draft in drafts] == [
        [],
        [("Zadeltas", 6495, "2"), ("Montage", 1750, None)],
    ]
    assert seen["read_back"] == seen["draft"]
    assert seen["read_back"]["total_price_excl_tax"] == "147.4"
    assert answers(world).keys() == {200, 201, 400}


def test_the_mcp_server_lists_pages_and_drafts(tmp_path: Path) -> None:
    world = build_group()
    studio = company(world, "Studio")
    invoices = known(studio.invoices)
    with serve.start(world) as sandbox:
        seen = mcp_session("lists_and_draft", sandbox, studio, tmp_path)

    reached = world.tokens[token(world, "holding")].administrations
    assert [found["id"] for found in seen["administrations"]] == [str(id_) for id_ in reached]
    assert [found["id"] for found in seen["administrations"] if found["is_default"]] == [str(studio.id)]
    for pages, expected in ((seen["contacts"], active(studio)), (seen["invoices"], invoices)):
        assert len(pages) > 2
        assert sorted(id_ for page in pages for id_ in page) == expected

    # Its draft tool always sends `language`, a key that creating a sales invoice does not have: a definite no.
    assert "HTTP 422" in seen["executed"]["refused"]
    assert all(key in seen["executed"]["refused"] for key in ("identity_id", "language"))
    log = (tmp_path / f".moneybird_audit_log_{studio.id}.jsonl").read_text().splitlines()
    assert [json.loads(line)["result"] for line in log] == ["failed"]

    (made,) = (invoice for id_, invoice in studio.invoices.items() if str(id_) not in invoices)
    assert (str(made.id), made.reference, made.number) == (seen["draft"]["id"], "MCP-1", None)
    lines = [(line.description, line.price, line.amount) for line in made.lines]
    assert lines == [("Advies", 9500, "3"), ("Reiskosten", 1250, "1")]
    assert seen["read_back"] == seen["draft"]
    totals = [found["total_price_incl_tax"] for found in (seen["read_back"], seen["prepared"]["preview"])]
    assert [Decimal(total) for total in totals] == [Decimal("359.98"), Decimal("359.98")]

    spent = len(world.requests)
    assert answers(world) == {200: spent - 2, 201: 1, 422: 1}
    budget = seen["status"]["rate_budget"]["observed"]["general"]
    assert (budget["limit"], budget["remaining"]) == (GENERAL_LIMIT, GENERAL_LIMIT - spent)


def test_the_mcp_server_syncs_and_then_only_what_changed(tmp_path: Path) -> None:
    world = build_group()
    studio = company(world, "Studio")
    with serve.start(world) as sandbox:
        first = mcp_session("sync", sandbox, studio, tmp_path)
        assert "refused" not in first, first
        index = json.loads((tmp_path / f".moneybird_sync_index_{studio.id}.json").read_text())
        expected = {
            "contacts": known(studio.contacts),  # it asks for the archived ones too
            "sales_invoices": known(studio.invoices),
            "purchase_invoices": known(p.id for p in studio.purchases.values() if p.kind == "purchase_invoice"),
            "receipts": known(p.id for p in studio.purchases.values() if p.kind == "receipt"),
            "general_journal_documents": known(j.id for j in studio.journals.values() if not j.is_vat_return),
            "financial_mutations": known(studio.mutations),
        }
        assert {bucket: sorted(index[bucket]["records"]) for bucket in expected} == expected
        assert {bucket: first[bucket]["changed"] for bucket in expected} == {b: len(i) for b, i in expected.items()}
        assert index["contacts"]["versions"] == contact_versions(studio)
        assert index["sales_invoices"]["versions"] == invoice_versions(studio)

        for kind in ("change_contact", "delete_invoice"):
            event = {"administration_id": str(studio.id), "type": kind}
            httpx.post(f"{sandbox.url}/_sandbox/events", json=event).raise_for_status()
        again = mcp_session("sync", sandbox, studio, tmp_path)

    assert (again["contacts"]["changed"], again["contacts"]["removed"]) == (1, 0)
    assert (again["sales_invoices"]["changed"], again["sales_invoices"]["removed"]) == (0, 1)
    index = json.loads((tmp_path / f".moneybird_sync_index_{studio.id}.json").read_text())
    assert index["contacts"]["versions"] == contact_versions(studio)
    assert index["sales_invoices"]["versions"] == invoice_versions(studio)
    assert answers(world).keys() == {200}


def test_the_mcp_server_understands_the_throttle(tmp_path: Path) -> None:
    """`Retry-After` is a moment, not a duration: the client names the seconds until then and does not try again."""
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    world = build_group(administrations=2, years=1, business_date=yesterday)
    opens = (int(time.time()) // WINDOW_SECONDS + 1) * WINDOW_SECONDS  # a fresh window: the wait is longer than it
    world.clock.advance(timedelta(milliseconds=opens * 1000 - world.clock.milliseconds()))
    with serve.start(world, throttle=Throttle(general=3)) as sandbox:
        before = time.time()
        seen = mcp_session("until_refused", sandbox, company(world, "Studio"), tmp_path, REQUESTS="4")
        after = time.time()

    (refusal,) = seen["refusals"]
    wait = re.search(r"rate limit reached for general requests .* Retry in about (\d+) seconds", refusal)
    assert wait is not None, refusal
    reset = opens + WINDOW_SECONDS
    assert int(reset - after) <= int(wait[1]) <= reset - before
    assert [request.status for request in world.requests] == [200, 200, 200, 429]

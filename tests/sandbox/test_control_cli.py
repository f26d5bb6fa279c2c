"""`dovecote sandbox …`: the control surface of a sandbox that runs, from the command line."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.errors import ConfigurationError
from pipelines.sandbox.serve import Sandbox, start
from pipelines.sandbox.throttle import Throttle
from tests.sandbox.conftest import frozen_group


@pytest.fixture
def running() -> Iterator[Sandbox]:
    with start(frozen_group(years=1, administrations=2), throttle=Throttle.off()) as sandbox:
        yield sandbox


def dovecote(*arguments: str) -> Any:
    """What the command prints, read as JSON."""
    result = CliRunner().invoke(app, ["sandbox", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def administration(sandbox: Sandbox) -> str:
    return str(list(sandbox.world.administrations)[1])


def test_inventory_and_truth_are_printed(running: Sandbox) -> None:
    assert dovecote("inventory", "--url", running.url)["invoice late"] >= 3
    told = dovecote("truth", "--url", running.url, "--administration", administration(running))
    assert told["administration_name"] == "Duivenhof Studio B.V."
    assert len(dovecote("truth", "--url", running.url, "--as-of", "2026-01-31")) == 2


def test_things_happen_now_or_before_a_request(running: Sandbox) -> None:
    id_ = administration(running)
    assert dovecote("event", "day_of_business", "--url", running.url)["today"] == "2026-11-23"
    world = running.world.administrations[int(id_)]
    contact = next(iter(world.contacts))
    edit = ("resource=contacts", f"id={contact}", 'fields={"city": "Zwolle"}')
    dovecote("event", "edit_record", *edit, "--url", running.url, "--administration", id_)
    assert world.contacts[contact].card.city == "Zwolle"
    later = ("--administration", id_, "--before", "contacts", "--page", "2", "--url", running.url)
    assert dovecote("event", "archive_contact", *later)["before"] == {"path": "contacts", "page": 2}
    planned = dovecote(
        "event", "delete_invoice", "--administration", id_, "--after-requests", "3", "--url", running.url
    )
    assert planned["after_requests"] == 3
    assert len(running.world.planned) == 2


def test_faults_are_planted_listed_and_cleared(running: Sandbox) -> None:
    assert dovecote("fault", "invoice_missing", "--url", running.url)["check"] == "debtors_equal_control_account"
    dovecote("fault", "status", "match=contacts", "status=503", "times=2", "--url", running.url)
    assert [row["kind"] for row in dovecote("fault", "--url", running.url)] == ["status", "invoice_missing"]
    assert dovecote("fault", "--clear", "--url", running.url) == []


def test_the_throttle_and_the_log(running: Sandbox) -> None:
    assert dovecote("throttle", "general=5", "--url", running.url) == {"general": 5, "reports": 1_000_000}
    httpx.get(f"{running.api_url}/administrations.json")
    assert dovecote("requests", "--url", running.url)[0]["status"] == 401
    assert dovecote("requests", "--counts", "--url", running.url)["buckets"] == {"general": 1}
    assert dovecote("requests", "--forget", "--url", running.url) == {"forgotten": 1}


def test_what_cannot_be_done_is_said_in_one_sentence(running: Sandbox) -> None:
    for arguments, complaint in (
        (("event", "celebrate", "--administration", administration(running)), "unknown event 'celebrate'"),
        (("event", "pay_invoice", "price"), "'price' is not name=value"),
        (("fault", "gremlin"), "unknown fault 'gremlin'"),
    ):
        with pytest.raises(ConfigurationError, match=complaint):
            dovecote(*arguments, "--url", running.url)
    with pytest.raises(ConfigurationError, match=r"No sandbox answers on http://127\.0\.0\.1:9"):
        dovecote("inventory", "--url", "http://127.0.0.1:9")
    for nowhere in ("", "nothing"):
        with pytest.raises(ConfigurationError, match=f"--url '{nowhere}' is no address; write it as the sandbox said"):
            dovecote("inventory", "--url", nowhere)


def test_another_server_is_not_taken_for_a_sandbox() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as stranger:
        thread = threading.Thread(target=stranger.handle_request)
        thread.start()
        with pytest.raises(ConfigurationError, match=r"No sandbox answers on .*, or it failed: 501 and no JSON\."):
            dovecote("inventory", "--url", f"http://127.0.0.1:{stranger.server_port}")
        thread.join()


def test_a_sandbox_starts_with_faults_and_names_those_it_does_not_know() -> None:
    with pytest.raises(ConfigurationError, match=r"--faults knows line_missing, .*; not 'gremlin'"):
        dovecote("--faults", "gremlin")

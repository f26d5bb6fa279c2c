"""The pages in a real browser: nothing leaves this machine, a row opens its items, a narrow window fits."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from dashboards import desk
from tests.dashboards import drafting_bench

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PAGES = {
    "": "Debtors", "revenue": "Revenue", "checks": "Reconciliation", "draft_invoice": "Draft invoice",
    "approvals": "Approvals",
}  # fmt: skip
PATIENCE = 30  # seconds for a first paint on two busy cores


@pytest.fixture
def served(
    publish: Any,
    group: dict[str, list[Any]],
    project_root: Path,
    tmp_path: Path,
    clean_environment: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """The address of the dashboards over the group of conftest, where Holding may be written to."""
    drafting_bench.prepare(publish(group), clean_environment)
    monkeypatch.setenv("DOVECOTE__WRITABLE_ADMINISTRATIONS", drafting_bench.HOLDING)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "dashboards/app.py", "--server.port", str(port)]
    log = (tmp_path / "streamlit.log").open("w")
    server = subprocess.Popen(command, cwd=project_root, env={**os.environ}, stdout=log, stderr=log)
    try:
        _wait(f"http://127.0.0.1:{port}/_stcore/health", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(PATIENCE)
        log.close()


@pytest.fixture
def window(served: str) -> Iterator[Page]:
    """A window on the first page; asks for anything outside this machine are collected on `page.context`."""
    if CHROMIUM is None:
        pytest.skip("Chromium is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = browser.new_page(viewport={"width": 1440, "height": 1600})
        page.set_default_timeout(PATIENCE * 1000)
        yield page
        browser.close()


def test_nothing_is_fetched_from_elsewhere(served: str, window: Page) -> None:
    outside: list[str] = []
    window.on("request", lambda request: None if _inside(request.url, served) else outside.append(request.url))
    for path, title in PAGES.items():
        window.goto(f"{served}/{path}")
        expect(window.get_by_role("heading", name=title, level=1)).to_be_visible()
        expect(window.get_by_text("Ledger proved")).to_be_visible()
    assert outside == []


def test_choosing_an_administration_and_a_customer(served: str, window: Page) -> None:
    window.goto(served)
    expect(window.get_by_test_id("stMetricValue").first).to_have_text("€ 4.114,00")
    window.get_by_role("combobox", name="Administrations").click()
    window.get_by_role("option", name="Duif Holding B.V.").click()
    expect(window.get_by_test_id("stMetricValue").first).to_have_text("€ 1.694,00")
    assert window.url.endswith("/?administration=101")
    window.keyboard.press("Escape")
    table = window.get_by_test_id("stDataFrame").first
    expect(table.locator("canvas").first).to_be_visible()
    table.click(position={"x": 16, "y": 52})  # the box of the first row
    expect(window.get_by_role("heading", name="Open items of Molen")).to_be_visible()


def test_a_command_is_opened_looked_at_and_approved(served: str, window: Page) -> None:
    """What needs a look cannot be approved before it is opened and ticked; then the worker may send it."""
    waits = drafting_bench.queue(drafting_bench.draft(rate="90"))
    window.goto(f"{served}/approvals")
    approve = window.get_by_role("button", name="Approve", exact=True)
    headline = window.get_by_text(f"#{waits.command_id} draft invoice")
    expect(headline).to_be_visible()
    expect(approve).not_to_be_visible()
    headline.click()
    expect(approve).to_be_disabled()
    window.get_by_text("I looked at what is marked above").click()
    expect(approve).to_be_enabled()
    approve.click()
    expect(window.get_by_text(f"Command {waits.command_id} is approved; the worker sends it.")).to_be_visible()
    assert [each.state for each in desk.recent()] == ["queued"]


def test_a_narrow_window_does_not_overflow(served: str, window: Page) -> None:
    window.set_viewport_size({"width": 900, "height": 900})
    window.goto(served)
    expect(window.get_by_test_id("stMetricValue").first).to_have_text("€ 4.114,00")
    main = window.get_by_test_id("stMain")
    assert main.evaluate("element => element.scrollWidth <= element.clientWidth")


def _inside(url: str, served: str) -> bool:
    return url.startswith((served, served.replace("http", "ws"), "data:", "blob:"))


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("Streamlit did not start; see streamlit.log in this test's directory.")

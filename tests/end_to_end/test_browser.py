"""A manager's browser over the sandbox's books: totals are the books', a new snapshot arrives, a draft is made once."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.end_to_end.conftest import Group

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE = 30  # seconds, on two busy cores
STIR = 300  # milliseconds until a changed field has started its rerun, which replaces the fields after it
STUDIO = 1


@pytest.fixture
def address(published_group: Group, tmp_path: Path) -> Iterator[str]:
    """A published group's dashboard and worker, as `dovecote demo` leaves them."""
    group = published_group
    with ExitStack() as stack:
        log = stack.enter_context((tmp_path / "processes.log").open("w"))

        def start(stdout: Any, *verb: str) -> subprocess.Popen[str]:
            command = [sys.executable, "-u", "-m", "pipelines", *verb]
            process = stack.enter_context(
                subprocess.Popen(command, env=group.environment(), stdout=stdout, stderr=log, text=True)
            )
            stack.callback(process.terminate)  # before the wait of the process's own exit
            return process

        start(log, "worker", "--interval", "1")
        dashboard = start(subprocess.PIPE, "dashboard", "--port", "0")
        assert dashboard.stdout is not None
        line = next(line for line in dashboard.stdout if line.startswith("Dashboard"))
        yield line.split()[1]


@pytest.fixture
def window(address: str) -> Iterator[Page]:
    if CHROMIUM is None:
        pytest.skip("Chromium is missing: apt-get install chromium chromium-driver")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = browser.new_page(viewport={"width": 1440, "height": 1400})
        page.set_default_timeout(PATIENCE * 1000)
        expect.set_options(timeout=PATIENCE * 1000)
        page.goto(address)
        yield page
        browser.close()


def euros(amount: Decimal) -> str:
    return f"€ {amount:,.2f}".translate(str.maketrans(",.", ".,"))


def open_total(group: Group, *administrations: int) -> str:
    """What the sandbox's own books say is open."""
    return euros(sum((Decimal(group.truth(one)["debtors"]["total"]) for one in administrations), Decimal(0)))


def choose(window: Page, name: str) -> None:
    window.get_by_role("combobox", name="Administrations").click()
    window.get_by_role("option", name=name).click()
    window.keyboard.press("Escape")


def test_totals_are_the_books_and_a_new_snapshot_arrives_in_the_open_session(
    published_group: Group, window: Page
) -> None:
    group = published_group
    everyone = range(len(group.described["administrations"]))
    first_metric = window.get_by_test_id("stMetricValue").first
    expect(first_metric).to_have_text(open_total(group, *everyone))
    expect(window.get_by_text("Ledger proved").first).to_be_visible()

    choose(window, group.described["administrations"][STUDIO]["name"])
    before = open_total(group, STUDIO)
    assert before != open_total(group, *everyone), "the other company has customers too"
    expect(first_metric).to_have_text(before)

    group.happens("advance_clock", STUDIO, seconds=26 * 3600)
    group.happens("create_and_send_invoice", STUDIO, price="1000.00")
    done = group.dovecote("run")
    assert done.returncode == 0, done.stderr
    after = open_total(group, STUDIO)
    assert after != before
    window.get_by_role("link", name="Revenue").click()
    expect(window.get_by_role("heading", name="Revenue", level=1)).to_be_visible()
    window.get_by_role("link", name="Debtors").click()
    expect(first_metric).to_have_text(after)
    expect(window.get_by_text(re.compile("21-11-2026|21 Nov")).first).to_be_visible()


def test_a_draft_is_decided_by_the_rules_approved_twice_and_made_once(published_group: Group, window: Page) -> None:
    group = published_group
    confirm(group, group.id(STUDIO))
    window.get_by_role("link", name="Draft invoice").click()
    expect(window.get_by_role("heading", name="Draft invoice", level=1)).to_be_visible()
    pick(window, "Administration", group.described["administrations"][STUDIO]["name"])
    contact = group.control.get(f"/_sandbox/records/{group.id(STUDIO)}/contacts").json()
    dutch = [one for one in contact if one["company_name"] and one["country"] == "NL" and not one["archived"]]
    name = dutch[0]["company_name"]
    pick(window, "Contact", name)
    window.get_by_role("textbox", name="Customer's reference").fill("PO 30052")
    window.get_by_role("textbox", name="Description").fill("Advies in oktober")
    window.get_by_role("textbox", name="Quantity").fill("2")
    window.get_by_role("textbox", name="Price").fill("1.250,50")
    pick(window, "What is sold", "A service")
    window.get_by_role("button", name="Preview").click()
    expect(window.get_by_text("3.026,21").first).to_be_visible()  # 2 × 1.250,50 and 21 %
    expect(window.get_by_text("21 % because it is taxed in the Netherlands").first).to_be_visible()
    window.get_by_role("button", name="Put it in the outbox").dblclick()
    expect(window.get_by_text("awaiting approval").first).to_be_visible()

    window.get_by_role("link", name="Approvals").click()
    window.get_by_text("PO 30052").first.click()
    settle(window)
    window.get_by_role("button", name="Approve", exact=True).dblclick()
    expect(window.get_by_text("verified").first).to_be_visible()
    invoices = group.control.get(f"/_sandbox/records/{group.id(STUDIO)}/sales_invoices").json()
    (made,) = [one for one in invoices if str(one["reference"]).startswith("PO 30052")]
    assert made["state"] == "draft"
    assert Decimal(made["total_price_incl_tax"]) == Decimal("3026.21")


def confirm(group: Group, administration_id: str) -> None:
    """What finance has to say once of a company before the rules may decide: its VAT scheme, and the box of a rate."""
    rates = group.control.get(f"/_sandbox/records/{administration_id}/tax_rates").json()
    high = next(one["id"] for one in rates if (one["name"], one["tax_rate_type"]) == ("21% btw", "sales_invoice"))
    for table, row in (
        ("vat_regimes", f"{administration_id},2024-01-01,,accrual,quarter,,false,test"),
        ("tax_rate_boxes", f"{administration_id},{high},2024-01-01,,NL/1a,,test"),
    ):
        file = group.home / "finance" / f"{table}.csv"
        file.write_text(f"{file.read_text().rstrip()}\n{row}\n")


def pick(window: Page, label: str, option: str) -> None:
    """Types into a selectbox and takes the first option it offers; long lists are not all drawn."""
    box = window.get_by_test_id("stMain").get_by_role("combobox", name=label).first
    box.click()
    box.fill(option)
    window.get_by_role("option", name=option).first.click()
    settle(window)


def settle(window: Page) -> None:
    """A page that is drawn again takes the button away that is being clicked."""
    window.wait_for_timeout(STIR)
    expect(window.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")

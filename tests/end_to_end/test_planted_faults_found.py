"""Every fault the sandbox can plant breaks its check, and beside it only the checks that follow from it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from pipelines.sandbox.company import build_group
from pipelines.sandbox.faults.planted import PLANTED
from pipelines.sandbox.serve import start
from pipelines.sandbox.throttle import Throttle
from pipelines.sandbox.world import World
from tests.end_to_end.conftest import Group

HOLDING, STUDIO = 0, 1
MODELS = Path(__file__).parents[2] / "dbt_project" / "models" / "marts" / "reconciliation" / "checks"

# What an analyst has to look at in the demo group too, whatever is planted: questions of definition.
OF_THE_DEMO = ("clearing_accounts_cleared", "intercompany_pairs_match", "invoice_vat_follows_rules")

# One side of an entry on debtors: its other side still stands, so the day and the balance sheet are out of balance, and
# what customers owe by the ledger differs from the report, from the open invoices and from the balance sheet's report.
HALF_AN_ENTRY = {
    "ledger_balanced", "ledger_equals_report", "balance_sheet_balances", "balance_sheet_equals_report",
    "debtors_equal_control_account", "debtors_equal_report",
}  # fmt: skip
# The entry stands and the document does not (or stands twice): its revenue and its VAT have no lines, nor has its box.
ENTRY_WITHOUT_DOCUMENT = {"revenue_equals_invoice_lines", "vat_accounts_explained", "tax_equals_report"}
# What a purchase says beyond its lines is its VAT.
VAT_OF_A_PURCHASE = {"vat_accounts_explained", "tax_equals_report"}
FOLLOWS = {
    "line_missing": HALF_AN_ENTRY,
    "line_doubled": HALF_AN_ENTRY,
    "line_moved": HALF_AN_ENTRY,  # a line of no month that was asked for is refused; then it is missing
    "line_amount": HALF_AN_ENTRY,
    # The report still has the account; nothing says any more which group account it belongs to.
    "account_missing": {"balance_sheet_equals_report", "accounts_in_group_chart"},
    "invoice_missing": ENTRY_WITHOUT_DOCUMENT,
    "external_invoice_missing": ENTRY_WITHOUT_DOCUMENT,
    "invoice_doubled": {"debtors_equal_control_account"} | ENTRY_WITHOUT_DOCUMENT,  # open twice, posted once
    "invoice_total_changed": {"debtors_equal_control_account"},  # more is open than was posted
    "invoice_tax_changed": {"invoice_vat_equals_rate"},  # more than a cent a line from what its lines make at the rate
    "purchase_missing": VAT_OF_A_PURCHASE,
    "purchase_total_changed": VAT_OF_A_PURCHASE,
}
# Sums that cancel out are compared only where a sync has seen that both sides of the report mean the same (D2), and
# the months of a report only when they are read again.
AFTER_A_SYNC = ("report_figure_off", "line_pair")
AT_FIRST = [kind for kind in PLANTED if kind not in AFTER_A_SYNC]


def each_in_its_own(world: World, kinds: list[str]) -> dict[str, str]:
    """fault → an administration that has such a record and no other fault; who has least choice comes first."""
    able = {kind: [id_ for id_, a in world.administrations.items() if PLANTED[kind].choose(a)] for kind in kinds}
    chosen: dict[str, int] = {}
    for kind in sorted(kinds, key=lambda kind: len(able[kind])):
        free = [id_ for id_ in able[kind] if id_ not in chosen.values()]
        chosen[kind] = min(free, key=lambda id_: sum(id_ in ids for ids in able.values()))
    return {kind: str(id_) for kind, id_ in chosen.items()}


@contextmanager
def group_for(kinds: list[str], home: Path) -> Iterator[tuple[Group, dict[str, str]]]:
    """A group with as many companies as there are faults, and two that have none."""
    world = build_group(years=1, administrations=len(kinds) + 2)
    with start(world, throttle=Throttle.off()) as sandbox, httpx.Client(base_url=sandbox.url) as control:
        yield Group(world, sandbox.describe(), control, home, home), each_in_its_own(world, kinds)


def finds_them_all(group: Group, where: dict[str, str]) -> None:
    built = group.dovecote("build")
    assert built.returncode == 0, built.stdout + built.stderr
    expected = {
        (id_, check) for kind, id_ in where.items() for check in {PLANTED[kind].check} | FOLLOWS.get(kind, set())
    }
    other = f"check_id not in {OF_THE_DEMO}"
    broken = f"select distinct administration_id, check_id from marts.recon_checks where status = 'break' and {other}"
    assert set(group.query(broken)) == expected
    named = set(group.query("select administration_id, check_id from marts.recon_items where not is_explained"))
    itemised = {one for one in expected if (MODELS / f"items_{one[1]}.sql").exists()}
    assert itemised <= named, "the documents behind each break are named"


@pytest.mark.slow
def test_faults_that_come_after_a_sync_are_found(published_group: Group) -> None:
    where = dict(zip(AFTER_A_SYNC, (published_group.id(HOLDING), published_group.id(STUDIO)), strict=True))
    published_group.happens("advance_clock", STUDIO, seconds=60)
    for kind, id_ in where.items():
        published_group.fault(kind, administration_id=id_)
    published_group.happens("create_and_send_invoice", STUDIO, invoice_date="2026-10-20")

    assert published_group.sync().status == "ok"

    finds_them_all(published_group, where)


@pytest.mark.slow
def test_every_fault_breaks_its_check_and_only_what_follows(tmp_path: Path) -> None:
    with group_for(AT_FIRST, tmp_path / "home") as (group, where):
        for kind, id_ in where.items():
            group.fault(kind, administration_id=id_)

        report = group.sync()

        refused = {id_ for id_, one in report.administrations.items() if one["status"] != "ok"}
        assert refused == {where["line_moved"]}
        finds_them_all(group, where)

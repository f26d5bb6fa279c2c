"""Marts over an auditfile's lines: built, published, and silent about what such lines do not say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipelines.run.build import build
from tests.end_to_end.conftest import Group
from tests.end_to_end.test_auditfile_lines import Source

_BOOKED = """
select lines.administration_id, month_date, sum(-amount) from raw.journal_entries as lines
join raw.ledger_accounts as accounts
  on accounts.administration_id = lines.administration_id and accounts.id = lines.ledger_account_id
where account_type = 'revenue' group by all
"""
_SHOWN = "select administration_id, month_date, sum(revenue_amount) from marts.rpt_revenue_by_month group by all"
_DEBTORS = "select distinct status, difference from marts.recon_checks where check_id = 'debtors_equal_control_account'"


@pytest.mark.slow
def test_marts_of_auditfile_lines_show_what_is_known_and_reconcile_what_can_be(group: Group, tmp_path: Path) -> None:
    source = Source(group, tmp_path / "home")
    booked = set(source.query(_BOOKED))
    source.connection.execute("delete from raw.journal_entries")
    source.fill()
    source.connection.close()

    report = build(group.settings())

    assert report.published.copy_breaks == 0
    shown = set(group.query(_SHOWN))
    assert shown <= booked
    assert {month for _, month, _ in booked - shown} == {date(2025, 12, 1)}  # closed, by a journal nobody can tell
    assert group.query(_DEBTORS) == [("not_computable", None)]

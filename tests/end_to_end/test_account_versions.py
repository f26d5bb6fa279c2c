"""A chart that changes between two syncs: last year's statement as it was signed, and as the accounts are now."""

from __future__ import annotations

import httpx
import pytest

from tests.end_to_end.conftest import Group

TRADER = 1
AN_EXPENSE = """
    select accounts.id, accounts.name
    from raw.ledger_accounts as accounts
    inner join raw.journal_entries as lines
        on accounts.administration_id = lines.administration_id and accounts.id = lines.ledger_account_id
    where accounts.administration_id = '{}' and accounts.account_type = 'expenses' and accounts.parent_id is null
        and lines.date between '2025-01-01' and '2025-11-30' and lines.amount > 0
    order by accounts.id
    limit 1
"""
LAST_YEAR = """
    select versions.account_name, versions.account_type, sum(entries.amount)
    from marts.fct_ledger_entry as entries
    inner join marts.dim_ledger_account_version as versions
        on entries.ledger_account_key = versions.ledger_account_key and {}
    where entries.ledger_account_key = '{}' and year(entries.entry_date) = 2025 and entries.closing_evidence is null
    group by versions.account_name, versions.account_type
"""
ON_THE_DAY = "entry_date >= valid_from_date and (valid_to_date is null or entry_date < valid_to_date)"


def change_account(group: Group, account: str, **fields: str) -> None:
    """As a bookkeeper does in Moneybird, a day later: a chart is read once a day."""
    group.happens("advance_clock", TRADER, days=1)
    (token,) = (token["token"] for token in group.described["tokens"].values())
    path = f"{group.described['api_url']}/{group.id(TRADER)}/ledger_accounts/{account}.json"
    answer = httpx.patch(path, headers={"Authorization": f"Bearer {token}"}, json={"ledger_account": fields})
    assert answer.status_code == 200, answer.text


@pytest.mark.slow
def test_a_renamed_and_retyped_account_is_read_under_either(small_group: Group) -> None:
    """Two versions, however often the chart is read again; the lines of last year belong to the first."""
    ((account, name),) = small_group.query(AN_EXPENSE.format(small_group.id(TRADER)))
    key = f"{small_group.id(TRADER)}-{account}"
    change_account(small_group, account, name="Relatiegeschenken", account_type="direct_costs")
    assert small_group.sync().status == "ok"
    small_group.happens("advance_clock", TRADER, days=1)
    assert small_group.sync().status == "ok"
    built = small_group.dovecote("build")
    assert built.returncode == 0, built.stdout + built.stderr

    versions = small_group.query(
        "select version_number, account_name, account_type, is_current from marts.dim_ledger_account_version"
        f" where ledger_account_key = '{key}' order by version_number"
    )
    (*then, amount), (*now, same_amount) = (
        small_group.query(LAST_YEAR.format(which, key))[0] for which in (ON_THE_DAY, "is_current")
    )

    assert versions == [(1, name, "expenses", False), (2, "Relatiegeschenken", "direct_costs", True)]
    assert (then, now) == ([name, "expenses"], ["Relatiegeschenken", "direct_costs"])
    assert amount == same_amount > 0

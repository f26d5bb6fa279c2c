"""Consolidation: the worked case of a holding with two companies, number for number.

B is owned for 80 % until 30 June and wholly from 1 July: June shows H and A together with B outside, July all three.
Amounts are whole euros where the case has thousands.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from .conftest import Dbt, build_company

Query = Callable[..., list[tuple[Any, ...]]]
H, A, B = "101", "102", "103"
OWNERSHIP = f"""\
parent_administration_id,administration_id,percentage,valid_from_date,valid_to_date
{H},{A},100,2026-01-01,
{H},{B},80,2026-01-01,2026-06-30
{H},{B},100,2026-07-01,
"""
MARTS = (
    "+rpt_group_trial_balance", "+rpt_group_profit_loss", "+rpt_group_balance_sheet", "+rpt_group_elimination",
    "+rpt_intercompany_pair", "+dim_group_member", "+dim_intercompany_contact",
    "assert_group_columns_add_up_to_nothing",
)  # fmt: skip


@pytest.fixture(scope="module")
def group(dbt: Dbt, project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Query]:
    """Rows of a query on the group's marts."""
    folder = tmp_path_factory.mktemp("group")
    shutil.copytree(project / "seeds", folder / "finance")
    (folder / "finance" / "ownership.csv").write_text(OWNERSHIP)
    path = folder / "group.duckdb"
    build_company(path, ("group.sql",))
    outcome = dbt(
        path, "build", "--indirect-selection", "cautious", "--select", *MARTS,
        environment={"DOVECOTE_FINANCE": str(folder / "finance"), "DBT_TARGET_PATH": str(folder / "target")},
    )  # fmt: skip
    assert outcome.returncode == 0, outcome.stdout[-6000:] + outcome.stderr
    with duckdb.connect(str(path), read_only=True) as connection:
        yield lambda sql, *parameters: connection.execute(sql, parameters).fetchall()


def column(group: Query, month: str, column_key: str) -> dict[str, Decimal]:
    """Amounts by group account of one column of the trial balance, debit positive, without zeros."""
    return dict(
        group(
            "select group_account_code, amount from marts.rpt_group_trial_balance"
            " where month_date = ? and column_key = ? and amount <> 0",
            f"{month}-01",
            column_key,
        )
    )


def test_a_company_owned_in_part_stays_outside(group: Query) -> None:
    """H 14 and A 20 make 34: what A sold to B and what B paid H is with an outsider. A's 100 stands against H's 180."""
    assert column(
        group, "2026-06", "group"
    ) == {"BLimBanRba": 44, "BVorDebHad": 150, "BFvaDigNev": 80, "BSchCreHac": -40, "BEivOvrOrs": -300,
            "participations": 100, "WOmzNodOdh": -320, "WOvbOnmOnm": -12, "WBedAlkOal": 298}  # fmt: skip
    assert [(Decimal(34),)] == group(
        "select sum(year_to_date_result_amount) from marts.rpt_group_profit_loss"
        " where month_date = '2026-06-01' and column_key = 'group'"
    )


def test_everything_between_companies_is_eliminated_and_the_rest_is_named(group: Query) -> None:
    """Revenue 450, costs 388, result 62 and 2 of income that B did not book: 64. Bank 164, debtors 180, debt 62."""
    amounts = column(group, "2026-07", "group")
    amounts.pop("ic_difference")  # one code on both statements, looked at below

    assert amounts == {
        "BLimBanRba": 164, "BVorDebHad": 180, "BSchCreHac": -62, "BEivOvrOrs": -400, "participations": 180,
        "WOmzNodOdh": -450, "WBedAlkOal": 388,
    }  # fmt: skip
    assert group(
        "select statement, amount from marts.rpt_group_trial_balance"
        " where month_date = '2026-07-01' and column_key = 'eliminations' and group_account_code = 'ic_difference'"
        " order by 1"
    ) == [("balance_sheet", Decimal(2)), ("profit_loss", Decimal(-2))]
    assert group(
        "select sum(year_to_date_result_amount) from marts.rpt_group_profit_loss"
        " where month_date = '2026-07-01' and column_key = 'group'"
    ) == [(Decimal(64),)]


def test_the_balance_sheet_carries_the_result(group: Query) -> None:
    """Assets 344 and the open claim of 2; equity 220 after the participations and the result of 64; debt 62."""
    rows = group(
        "select balance_side, sum(statement_amount) from marts.rpt_group_balance_sheet"
        " where month_date = '2026-07-01' and column_key = 'group' group by 1 order by 1"
    )

    assert rows == [("credit", Decimal(346)), ("debit", Decimal(346))]


def test_pairs_show_both_sides(group: Query) -> None:
    """The loan and the fees agree; of the sale and its invoice B has booked 18 of 20. Flows stand in their month."""
    assert group(
        "select claimant_administration_id, debtor_administration_id, kind, claim_amount, debt_amount, matched_amount,"
        " difference, status from marts.rpt_intercompany_pair where month_date = '2026-06-01' order by 3, 1, 2"
    ) == [
        (H, A, "loan", 30, 30, 30, 0, "match"),
        (H, A, "management_fee", 12, 12, 12, 0, "match"),
        (H, B, "management_fee", 12, 12, 12, 0, "match"),
        (A, B, "sales", 20, 18, 18, 2, "break"),
        (A, B, "trade", 20, 18, 18, 2, "break"),
    ]


def test_members_say_since_when_and_why(group: Query) -> None:
    assert group(
        "select administration_id, cast(valid_from_date as varchar), consolidation from marts.dim_group_member"
        " where group_id = ? order by 1, 2", H
    ) == [
        (H, "0001-01-01", "consolidated"),
        (A, "2026-01-01", "consolidated"),
        (B, "2026-01-01", "not wholly owned"),
        (B, "2026-07-01", "consolidated"),
    ]  # fmt: skip


def test_a_sister_is_known_by_its_chamber_of_commerce_number(group: Query) -> None:
    """100101 typed for 00100101 is the same number."""
    assert group("select distinct method, confidence, is_intercompany from marts.dim_intercompany_contact") == [
        ("chamber_of_commerce", Decimal("1.00"), True)
    ]

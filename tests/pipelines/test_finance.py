"""Finance's tables: what a spreadsheet may make of them, and what is said about what it may not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from pipelines.finance.folder import copy_clean, ensure
from pipelines.finance.reading import FinanceTableError, read
from pipelines.finance.tables import TABLES, Kind, Table

REGIMES = next(table for table in TABLES if table.name == "vat_regimes")
DIFFERENCES = next(table for table in TABLES if table.name == "accepted_differences")
HEADER = (
    "administration_id,valid_from_date,valid_to_date,scheme,filing_frequency,vat_entity,is_one_stop_shop,confirmed_by"
)
SQL_TYPES = {
    Kind.TEXT: {"varchar"}, Kind.ID: {"varchar"}, Kind.DATE: {"date"}, Kind.BOOLEAN: {"boolean"},
    Kind.DECIMAL: {"decimal(18,2)", "decimal(18,6)", "decimal(9,6)"}, Kind.INTEGER: {"integer"},
}  # fmt: skip


def written(tmp_path: Path, text: str, name: str = "vat_regimes", encoding: str = "utf-8") -> Path:
    path = tmp_path / f"{name}.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_a_dutch_spreadsheet_is_read_like_a_plain_file(tmp_path: Path) -> None:
    """Semicolons, a byte order mark, 31-12-2026, 17,18 and WAAR are what Excel writes in the Netherlands."""
    regime = written(
        tmp_path, f"\ufeff{HEADER.replace(',', ';')}\r\n12;1-1-2025;;Accrual;quarter;;WAAR;Anna\r\n;;;;;;;\r\n"
    )
    difference = written(
        tmp_path,
        "check_id;administration_id;period;amount;reason;accepted_by;accepted_on;expires_on\n"
        "ledger_balanced;12;2026-10;-17,18;rounding;Anna;2026-11-01;31-12-2026\n",
        "accepted_differences",
    )

    [row] = read(regime, REGIMES)
    [accepted] = read(difference, DIFFERENCES)

    assert (row["valid_from_date"], row["scheme"], row["is_one_stop_shop"], row["vat_entity"]) == (
        "2025-01-01", "accrual", "true", "",
    )  # fmt: skip
    assert (accepted["amount"], accepted["expires_on"]) == ("-17.18", "2026-12-31")


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            "12,2025-13-01,,accrual,quarter,,true,A",
            "line 2, column valid_from_date: expected a date such as 2026-12-31, found '2025-13-01'",
        ),
        (
            "12,2025-01-01,,btw,quarter,,true,A",
            "column scheme: expected one of accrual, cash, kor, exempt, found 'btw'",
        ),
        (
            "4.08E+17,2025-01-01,,cash,quarter,,true,A",
            "column administration_id: expected the digits of an id of Moneybird, found '4.08E+17'",
        ),
        ("12,2025-01-01,,cash,quarter,,yes,A", "column is_one_stop_shop: expected true or false, found 'yes'"),
        ("12,2025-01-01,,cash,quarter,,true,", "column confirmed_by: expected text, found nothing"),
        ("12,2025-01-01,,cash,quarter,,true", "line 2: expected 8 cells, found 7"),
        (
            "12,2025-01-01,,cash,quarter,,true,A\n12,2025-01-01,,kor,year,,true,A",
            "line 3: expected one row per administration_id, valid_from_date, found the same as on line 2",
        ),
        (
            "12,2025-01-01,,cash,quarter,,true,A\n12,2026-01-01,,kor,year,,true,A",
            "line 3: expected a first day after 9999-12-31, where line 2 ends, found 2026-01-01",
        ),
        (
            "12,2025-01-01,2024-01-01,cash,quarter,,true,A",
            "line 2: expected a last day that is not before the first, found 2025-01-01 to 2024-01-01",
        ),
    ],
)
def test_a_wrong_cell_is_named(tmp_path: Path, rows: str, sentence: str) -> None:
    with pytest.raises(FinanceTableError, match=re.escape(sentence) + r".*correct it\. Nothing was built\.$") as caught:
        read(written(tmp_path, f"{HEADER}\n{rows}\n"), REGIMES)

    assert "vat_regimes.csv" in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (HEADER.replace("scheme", "regime"), "without scheme; with regime"),
        (HEADER + ",scheme", "a column that comes twice"),
        ("", "without administration_id, valid_from_date"),
    ],
)
def test_a_wrong_header_says_which_column(tmp_path: Path, header: str, found: str) -> None:
    with pytest.raises(FinanceTableError, match=f"line 1: expected the columns administration_id, .*found {found}"):
        read(written(tmp_path, header + "\n"), REGIMES)


def test_a_table_from_before_a_column_existed_is_read_with_that_column_empty(tmp_path: Path) -> None:
    boxes = next(table for table in TABLES if table.name == "tax_rate_boxes")
    header = "administration_id,tax_rate_id,valid_from_date,valid_to_date,tax_report_reference,confirmed_by"
    old = written(tmp_path, f"{header}\n12,7,2024-01-01,,NL/1a,Anna\n", "tax_rate_boxes")

    [row] = read(old, boxes)

    assert (row["rate_kinds"], row["confirmed_by"]) == ("", "Anna")


def test_two_vat_rules_have_no_one_priority(tmp_path: Path, project_root: Path) -> None:
    rules = next(table for table in TABLES if table.name == "vat_rules")
    text = (project_root / "dbt_project" / "seeds" / "vat_rules.csv").read_text().replace("V021,21,", "V021,20,")

    with pytest.raises(FinanceTableError, match="expected one row per priority, found the same as on line"):
        read(written(tmp_path, text, "vat_rules"), rules)


def test_another_encoding_is_refused_with_its_name(tmp_path: Path) -> None:
    text = f"{HEADER}\n12,2025-01-01,,cash,quarter,,true,Daniëlle\n"

    with pytest.raises(FinanceTableError, match="not written in UTF-8; save it as"):
        read(written(tmp_path, text, encoding="cp1252"), REGIMES)


def test_one_account_of_a_company_has_a_role(tmp_path: Path) -> None:
    """Two debtors accounts would double what is joined by role; accounts without one are as many as there are."""
    roles = next(table for table in TABLES if table.name == "ledger_roles")
    header = "administration_id,ledger_account_id,role,confirmed_by,note"
    fine = written(
        tmp_path, f"{header}\n12,1,none,A,\n12,2,none,A,\n12,3,debtors,A,\n13,3,debtors,A,\n", "ledger_roles"
    )
    assert len(read(fine, roles)) == 4

    with pytest.raises(FinanceTableError, match="line 3: expected one row per administration_id, role, found the same"):
        read(written(tmp_path, f"{header}\n12,1,debtors,A,\n12,2,debtors,A,\n", "ledger_roles"), roles)


def test_a_difference_of_today_has_no_period(tmp_path: Path) -> None:
    """One stands beside those of months; a second for the same check would be another amount for the same row."""
    header = "check_id,administration_id,period,amount,reason,accepted_by,accepted_on,expires_on"
    today, month = (
        f"numbering_has_no_gaps,12,{period},2,old gap,Anna,2026-11-01,2026-12-31" for period in ("", "2026-10")
    )

    fine = read(written(tmp_path, f"{header}\n{today}\n{month}\n", "accepted_differences"), DIFFERENCES)

    assert [row["period"] for row in fine] == ["", "2026-10"]
    with pytest.raises(FinanceTableError, match="line 3: expected one row per check_id, administration_id, period"):
        read(written(tmp_path, f"{header}\n{today}\n{today}\n", "accepted_differences"), DIFFERENCES)


def test_rows_that_follow_each_other_in_time_are_fine(tmp_path: Path) -> None:
    rows = (
        "12,2026-01-01,,kor,year,,false,A",
        "12,2024-01-01,2025-12-31,cash,quarter,,true,A",
        "13,2025-06-01,,cash,month,,true,A",
    )

    assert len(read(written(tmp_path, "\n".join((HEADER, *rows))), REGIMES)) == 3


def test_the_folder_is_made_once_and_never_overwritten(tmp_path: Path, project_root: Path) -> None:
    """What a person changed stays; a table that a newer version brings is added."""
    folder, examples = tmp_path / "finance", project_root / "dbt_project" / "seeds"
    ensure(folder, examples)
    mine = folder / "vat_regimes.csv"
    mine.write_text(f"{HEADER}\n12,2025-01-01,,cash,quarter,,true,Anna\n")
    (folder / "ownership.csv").unlink()

    ensure(folder, examples)

    assert "Anna" in mine.read_text()
    assert (folder / "ownership.csv").read_bytes() == (examples / "ownership.csv").read_bytes()
    assert folder.stat().st_mode & 0o777 == 0o700


def test_copies_are_the_same_whatever_the_spreadsheet_wrote(tmp_path: Path, project_root: Path) -> None:
    """The fingerprint moves with a value, not with a semicolon; one wrong table leaves the copies as they were."""
    folder, target = tmp_path / "finance", tmp_path / "copies"
    ensure(folder, project_root / "dbt_project" / "seeds")
    table = folder / "vat_regimes.csv"
    table.write_text(f"{HEADER}\n12,2025-01-01,,cash,quarter,,true,Anna\n")
    plain = copy_clean(folder, target)
    table.write_text(f"{HEADER}\n12,1-1-2025,,CASH,quarter,,true,Anna\n".replace(",", ";"))
    dutch = copy_clean(folder, target)
    table.write_text(f"{HEADER}\n12,2025-01-01,,kor,quarter,,true,Anna\n")
    changed = copy_clean(folder, target)
    before = {path.name: path.read_bytes() for path in target.iterdir()}
    table.write_text(f"{HEADER}\nnonsense\n")

    with pytest.raises(FinanceTableError):
        copy_clean(folder, target)

    assert plain == dutch != changed
    assert before == {path.name: path.read_bytes() for path in target.iterdir()}


def test_dbt_is_told_the_same_columns(project_root: Path) -> None:
    """Names and types stand once for people and once for dbt; they may not part."""
    described = yaml.safe_load((project_root / "dbt_project" / "lookups" / "_finance.yml").read_text())["seeds"]
    types = {seed["name"]: seed["config"]["column_types"] for seed in described}

    assert (
        set(types)
        == {table.name for table in TABLES}
        == {path.stem for path in (project_root / "dbt_project" / "seeds").glob("*.csv")}
    )
    for table in TABLES:
        assert list(types[table.name]) == [column.name for column in table.columns], table.name
        for column in table.columns:
            assert types[table.name][column.name] in SQL_TYPES[column.kind], f"{table.name}.{column.name}"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_example_is_right(project_root: Path, table: Table) -> None:
    """Reading raises for the first cell that is wrong; every line below the header is a row."""
    path = project_root / "dbt_project" / "seeds" / f"{table.name}.csv"

    assert len(read(path, table)) == len(path.read_text().splitlines()) - 1

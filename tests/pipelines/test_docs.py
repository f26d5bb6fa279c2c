"""`dovecote docs`: one page from real dbt, over the smallest project; refusals leave what was there."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pipelines.errors import WarehouseError
from pipelines.run.docs import write_docs

if TYPE_CHECKING:
    from .conftest import SmallCompany


def test_the_page_describes_the_marts_and_names_no_place(small_company: SmallCompany) -> None:
    """Models, their SQL and the columns of the warehouse, without a server; no path of this machine, no row."""
    small_company.marts()
    small_company.raw("an-id-of-an-invoice")
    project = small_company.dbt_project()
    output = small_company.settings.home / "elsewhere" / "marts.html"

    assert write_docs(small_company.settings, output, project) == output
    assert write_docs(small_company.settings, None, project) == small_company.settings.home / "docs" / "index.html"
    page = output.read_text("utf-8")
    assert page.lstrip().lower().startswith("<!doctype html>")
    for known in ("model.small.fct_sales_invoice", "select id as sales_invoice_key", '"total_incl_amount"'):
        assert known in page
    assert str(project) not in page
    assert "an-id-of-an-invoice" not in page


def test_a_project_that_does_not_parse_keeps_the_page(small_company: SmallCompany) -> None:
    small_company.marts()
    small_company.raw("a")
    project = small_company.dbt_project(fct_sales_invoice="select * from {{ ref('nothing') }}")
    output = small_company.settings.home / "marts.html"
    output.write_text("the page before", "utf-8")

    with pytest.raises(
        WarehouseError, match=r"docs could not be written: .*a node named 'nothing'.*No page was changed"
    ):
        write_docs(small_company.settings, output, project)
    assert output.read_text("utf-8") == "the page before"


def test_without_a_warehouse_it_says_what_to_run() -> None:
    said = subprocess.run([sys.executable, "-m", "pipelines", "docs"], capture_output=True, text=True, check=False)

    assert said.returncode == 2
    assert "There is nothing to describe" in said.stderr
    assert "dovecote run" in said.stderr

"""Writes what dbt knows of the marts (tables, columns, judgements, where each comes from) as one page."""

from __future__ import annotations

import os
from pathlib import Path

from pipelines.config import Settings
from pipelines.errors import ConfigurationError, WarehouseError
from pipelines.run.build import copy_finance, dbt_environment, last_error, start_dbt, target_dir
from pipelines.warehouse.connection import open_warehouse, warehouse_errors


def write_docs(settings: Settings, output: Path | None = None, project: Path | None = None) -> Path:
    """The page that was written: `output`, by default docs/index.html in DOVECOTE_HOME. The caller holds the run lock.

    Names and types are those of the warehouse as it was built last; the page holds no row of it. Raises
    ConfigurationError when there is no warehouse, WarehouseError when it is locked, the disk full or dbt ends early.
    """
    if not settings.warehouse_path.exists():
        raise ConfigurationError(
            f"There is nothing to describe: {settings.warehouse_path} does not exist; run `dovecote run` first."
        )
    open_warehouse(settings.warehouse_path).close()  # a lock is explained better here than by dbt
    copy_finance(settings)
    made = target_dir(settings) / "static_index.html"
    made.unlink(missing_ok=True)
    project = project or settings.project_root / "dbt_project"
    environ = dbt_environment(settings, project, os.environ)
    if start_dbt(settings, ["docs", "generate", "--static"], environ) != 0 or not made.exists():
        log = settings.logs_dir / "dbt-output.log"
        raise WarehouseError(f"The docs could not be written: {last_error(log)}; see {log}. No page was changed.")
    page = output or settings.home / "docs" / "index.html"
    with warehouse_errors(page):
        page.parent.mkdir(parents=True, exist_ok=True)
        # A page is passed on; where this machine keeps the project is nobody's business.
        page.write_text(made.read_text("utf-8").replace(str(project), project.name), "utf-8")
    return page

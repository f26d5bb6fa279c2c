"""dlt as this program runs it: its settings stand here, and nothing else of the machine decides.

dlt would also read the environment, `.dlt/secrets.toml` and `.dlt/config.toml` of the directory a run is started in and
of the home directory, and import Streamlit to look for secrets there: a third of a second of every run that loads."""

from __future__ import annotations

from pathlib import Path

import dlt
import duckdb
from dlt.common.configuration.container import Container
from dlt.common.configuration.providers.doc import CustomLoaderDocProvider
from dlt.common.configuration.providers.provider import ConfigProvider
from dlt.common.configuration.specs.pluggable_run_context import PluggableRunContext
from dlt.common.runtime.run_context import RunContext

from pipelines.warehouse.raw import RAW

NAME = "dovecote"
# No telemetry, no copies of personal data left behind, no state read back from the destination.
SETTINGS = {
    "runtime": {"dlthub_telemetry": False, "log_level": "CRITICAL"},
    "load": {"delete_completed_jobs": True, "workers": 1},
    "restore_from_destination": False,
}


class _OwnSettings(RunContext):  # type: ignore[misc]  # dlt is Any to mypy, see pyproject.toml
    def initial_providers(self) -> list[ConfigProvider]:
        return [CustomLoaderDocProvider(NAME, lambda: SETTINGS, supports_secrets=False)]


def open_pipeline(connection: duckdb.DuckDBPyConnection, home: Path) -> dlt.Pipeline:
    """The pipeline that writes to the raw tables over `connection` and keeps its packages under `home`/dlt."""
    Container()[PluggableRunContext] = PluggableRunContext(_OwnSettings(str(home)))
    return dlt.pipeline(
        NAME,
        pipelines_dir=str(home / "dlt"),
        destination=dlt.destinations.duckdb(connection),
        dataset_name=RAW,
    )

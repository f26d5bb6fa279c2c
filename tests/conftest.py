"""Every test starts from the same machine: no settings, no tokens, an empty home, no telemetry.

Settings come from the environment and from `.dlt/` in the working directory; a developer's own token in either must
never reach a test, so both are taken away.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

_OURS = ("SOURCES__", "DOVECOTE", "DESTINATION__", "DBT_")
_FIRST = ("tests/dbt/test_checks.py", "tests/end_to_end/test_credits_from_marts.py")
_TELEMETRY_OFF = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
}

# A shell that starts the suite in the background has it ignore ctrl-C, and every child would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Two files make the marts that many others read (`built_once`): each process of a run begins with one of them, so
    that none has to wait for the other."""
    items.sort(key=lambda item: item.location[0] not in _FIRST)


@pytest.fixture(scope="session", autouse=True)
def _no_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """For the session: nobody's settings; session fixtures run in an empty directory too."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.upper().startswith(_OURS)]:
            patch.delenv(name)
        for name, value in _TELEMETRY_OFF.items():
            patch.setenv(name, value)
        empty = tmp_path_factory.mktemp("working_directory")
        patch.setenv("DOVECOTE_HOME", str(empty / "home"))
        patch.chdir(empty)
        yield


@pytest.fixture(autouse=True)
def clean_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """DOVECOTE_HOME of this test: a path that does not exist yet, inside its own working directory."""
    home = tmp_path / "home"
    monkeypatch.setenv("DOVECOTE_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    return home


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The clone."""
    return Path(__file__).resolve().parents[1]

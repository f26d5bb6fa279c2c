"""The dashboards' own settings: nothing is reported, nothing is fetched, nothing is served to the network."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest


@pytest.fixture
def settings(project_root: Path) -> dict[str, dict[str, object]]:
    return tomllib.loads((project_root / "dashboards" / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def test_usage_statistics_are_off(settings: dict[str, dict[str, object]]) -> None:
    assert settings["browser"]["gatherUsageStats"] is False


def test_a_traceback_is_not_shown_and_the_server_is_for_this_machine(settings: dict[str, dict[str, object]]) -> None:
    assert settings["client"]["showErrorDetails"] == "none"
    assert settings["server"]["address"] == "127.0.0.1"


def test_the_settings_are_honoured_from_the_repository_root(project_root: Path) -> None:
    """Streamlit finds the folder beside the script, whatever the working directory."""
    program = (
        "from streamlit import config\n"
        "config._main_script_path = 'dashboards/app.py'\n"
        "config.get_config_options(force_reparse=True)\n"
        "print(config.get_option('browser.gatherUsageStats'), config.get_option('theme.primaryColor'))"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, cwd=project_root, env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["False", "#14506e"]


def test_the_tab_icon_is_our_own_file(project_root: Path) -> None:
    """A `:material/…:` tab icon is fetched from the internet by the browser."""
    app = (project_root / "dashboards" / "app.py").read_text(encoding="utf-8")
    assert re.search(r"page_icon=str\(LOGO\)", app)
    assert "http" not in (project_root / "dashboards" / "logo.svg").read_text().replace(
        "http://www.w3.org/2000/svg", ""
    )

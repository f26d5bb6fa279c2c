"""`dovecote demo`: the whole product on this machine, without an account.

    sandbox (child) ──▶ sync ──▶ build ──▶ publish ──▶ summary ──▶ worker (child) + dashboard (child)

The demo uses the sandbox's address and tokens for itself and its worker only: whatever the environment or `.dlt/` say
about the real API is left aside. Twice is safe: the second finds everything loaded, and is refused while the first
still serves.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.errors import DovecoteError

if TYPE_CHECKING:
    from pipelines.cli.children import Family
    from pipelines.config import Settings
    from pipelines.run.cycle import RunReport

_REAL_API = ("SOURCES__MONEYBIRD__", "DOVECOTE__WRITABLE_ADMINISTRATIONS", "DOVECOTE__HOME")
_QUERY = (
    "select administration_name, sum(revenue_amount) from marts.rpt_revenue_by_month "
    "join marts.dim_administration using (administration_id) group by 1 order by 1"
)


def register(app: typer.Typer) -> None:
    """Adds `demo`."""
    app.command()(demo)


def demo(
    dashboard: Annotated[bool, typer.Option(help="Serve the dashboard after the summary, until Ctrl-C.")] = True,
    port: Annotated[int, typer.Option(help="The dashboard's port; 0 takes a free one.", min=0, max=65535)] = 8501,
) -> None:
    """Show everything on invented companies: sandbox, sync, build, checks, dashboard. No account needed."""
    from pipelines import config
    from pipelines.cli import children, output, progress
    from pipelines.cli import dashboard as dashboards
    from pipelines.run import cycle
    from pipelines.run.lock import run_lock
    from pipelines.run.sync import Options

    home = config.prepare_home(config.load()).resolve()
    if dashboard:
        dashboards.choose_port(port)  # a port that is taken is said before two minutes of work
    out = output.console()
    with run_lock(home / "demo.lock", "dovecote demo"), children.children() as family:
        out.print("Starting the sandbox: invented companies, served on this machine, [bold]without throttling[/].")
        sandbox = _start_sandbox(family, home)
        environ = environment(sandbox, home)
        settings = config.load(environ, home)
        with progress.shown() as shown:
            report = cycle.run(settings, Options(progress=shown), command="dovecote demo")
        if report.build is None:
            output.print_run(report)
            raise DovecoteError(f"The sandbox could not be synced; see {settings.logs_dir}.")
        _summarise(report, settings)
        env_file = write_environment(home, sandbox)
        if dashboard:
            family.start("worker", _verb("worker"), environ, home, settings.logs_dir)
            verb = shlex.join([output.path(Path(sys.executable)), "-m", "pipelines", "run"])
            out.print(f"Elsewhere  . {shlex.quote(str(env_file))} && {verb}    (another terminal)", soft_wrap=True)
            dashboards.serve(settings, family, dashboards.choose_port(port), environ, home, out)
            out.print("Stopped the dashboard, the worker and the sandbox.")


def _start_sandbox(family: Family, home: Path) -> dict[str, Any]:
    """The sandbox's own description: address, tokens, administrations."""
    command = [*_verb("sandbox"), "--no-throttle", "--json"]
    child = family.start("sandbox", command, _without_real_api(), home, home / "logs", talks=True)
    line = family.first_line("sandbox", child)
    try:
        described: dict[str, Any] = json.loads(line)
    except ValueError:
        raise DovecoteError(f"The sandbox did not say where it is; see {home / 'logs' / 'sandbox.log'}.") from None
    return described


def _summarise(report: RunReport, settings: Settings) -> None:
    from pipelines.cli import output

    assert report.build is not None
    published = report.build.published
    out = output.console()
    rows = {key: int(known["rows"]) for key, known in report.sync.administrations.items()}
    out.print(output.administrations_table(published.administrations, rows))
    out.print(output.rows_table(published.tables))
    output.print_sync(out, report.sync)
    output.print_build(report.build)
    output.print_places(out, settings)
    out.print(f"Query      {query_command(settings.published_link)}", soft_wrap=True, markup=False)


def query_command(link: Path) -> str:
    """A line to paste into a shell, whatever the path holds; double quotes outside where that is enough."""
    from pipelines.cli import output

    python = f"import duckdb; duckdb.connect({str(link)!r}, read_only=True).sql('{_QUERY}').show()"
    quoted = shlex.quote(python) if set(python) & set('"$`\\!') else f'"{python}"'
    return f"{shlex.quote(output.path(Path(sys.executable)))} -c {quoted}"


def environment(sandbox: dict[str, Any], home: Path) -> dict[str, str]:
    """What the demo and its children run with: everything of this terminal but the real API's settings."""
    return {**_without_real_api(), **_sandbox_settings(sandbox, home)}


def _without_real_api() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.upper().startswith(_REAL_API)}


def _sandbox_settings(sandbox: dict[str, Any], home: Path) -> dict[str, str]:
    tokens = {f"SOURCES__MONEYBIRD__TOKENS__{name.upper()}": held["token"] for name, held in sandbox["tokens"].items()}
    return {"SOURCES__MONEYBIRD__API_URL": str(sandbox["api_url"]), **tokens, "DOVECOTE_HOME": str(home)}


def write_environment(home: Path, sandbox: dict[str, Any]) -> Path:
    """A file to source in another terminal; the tokens in it open nothing but the sandbox."""
    file = home / "sandbox.env"
    file.touch(mode=0o600)
    lines = (f"export {name}={shlex.quote(value)}" for name, value in _sandbox_settings(sandbox, home).items())
    file.write_text(
        "# The sandbox of `dovecote demo`, for as long as that runs.\n" + "\n".join(lines) + "\n", encoding="utf-8"
    )
    return file


def _verb(name: str) -> list[str]:
    return [sys.executable, "-m", "pipelines", name]

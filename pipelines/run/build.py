"""Builds the marts with dbt and holds them against its tests, in a process of its own.

dbt keeps the warehouse open until its process ends (measured), and publishing needs it next; a child process also
returns dbt's memory and costs nothing extra, because the import dominates either way. Everything dbt writes goes into
DOVECOTE_HOME: the clone may be read-only and shared.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipelines.config import Settings
from pipelines.errors import ConfigurationError, GateFailedError, WarehouseError
from pipelines.finance.folder import copy_clean, ensure
from pipelines.run import built_from
from pipelines.run.built_from import LastBuild
from pipelines.run.publish import publish
from pipelines.run.report import BuildReport, DbtResult

_FAILED = ("error", "fail", "runtime error", "partial success")
_NOT_OUR_WORK = re.compile(r"no space left|file too large|disk is full|could not set lock|out of memory", re.IGNORECASE)
_BUILD = ("build", "--exclude-resource-type", "unit_test")  # those test our SQL on typed rows, not anybody's data
HOLDING_ROWS = ("config.materialized:table", "config.materialized:incremental", "resource_type:test")
"""What new data change. Views and seeds stand as the build before made them, and to make 180 views costs 7 s of CPU."""

# What dbt makes lives to its end: to look through all of it at every 700 new objects is 7 % of its CPU (measured).
DBT = "import gc; gc.set_threshold(50_000, 20, 50); from dbt.cli.main import cli; cli()"
"""The program that is dbt, for `python -c`."""
if sys.platform == "linux":  # PR_SET_PDEATHSIG: left behind by a killed run it would keep the warehouse from the next
    DBT = f"import ctypes; ctypes.CDLL(None).prctl(1, {signal.SIGKILL.value}); {DBT}"
_ROWS = re.compile(r"Got (\d+) results?")


def build(
    settings: Settings, *, accept_shrink: bool = False, full_refresh: bool = False, project: Path | None = None
) -> BuildReport:
    """Builds, tests and publishes; the report of what readers see now. The caller holds the run lock.

    `project` is the dbt project's directory, by default the one of this clone. Raises GateFailedError when one of our
    own checks failed (the previous snapshot stays), WarehouseError when the warehouse is locked, the disk full or dbt
    killed.
    """
    result = run_dbt(settings, full_refresh=full_refresh, project=project)
    return BuildReport(result, publish(settings, accept_shrink=accept_shrink))


def run_dbt(settings: Settings, *, full_refresh: bool = False, project: Path | None = None) -> DbtResult:
    """Runs `dbt build` over the warehouse: models, contracts and data tests."""
    if not settings.warehouse_path.exists():
        raise ConfigurationError(
            f"There is nothing to build: {settings.warehouse_path} does not exist; run `dovecote sync` first."
        )
    last_build = LastBuild(settings.warehouse_path)
    results_path = target_dir(settings) / "run_results.json"
    results_path.unlink(missing_ok=True)  # a dbt that dies early must not be judged by the build before
    started = time.monotonic()
    project = project or settings.project_root / "dbt_project"
    fingerprint = built_from.fingerprint(project, copy_finance(settings))
    is_same = last_build.was(fingerprint)  # a lock is explained better here than by forty failing models
    if full_refresh:
        last_build.forget()  # killed half-way, it is no build to go on from
    extent = ["--select", *HOLDING_ROWS] if is_same and not full_refresh else ["--full-refresh"]
    code = start_dbt(settings, [*_BUILD, *extent], dbt_environment(settings, project, os.environ))
    if code < 0:
        raise WarehouseError(
            f"The marts could not be built: dbt was killed from outside ({signal.Signals(-code).name}), as the system "
            "does when memory runs out; free some memory or lower dovecote.memory_limit, then run `dovecote build`. "
            "What was published before still is."
        )
    results = _read_results(results_path)
    failed = [result for result in results if result["status"] in _FAILED]
    if code != 0 or failed or not results:
        last_build.forget()
        raise _explain(settings, failed)
    last_build.note(fingerprint)
    return DbtResult(
        models=_by_status(results, "model"),
        tests=_by_status(results, "test", "unit_test"),
        seconds=time.monotonic() - started,
    )


def copy_finance(settings: Settings) -> str:
    """Hands dbt the tables of finance, whole and checked; their fingerprint."""
    ensure(settings.finance_dir, settings.project_root / "dbt_project" / "seeds")
    return copy_clean(settings.finance_dir, target_dir(settings) / "finance")


def dbt_environment(settings: Settings, project: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """What dbt gets to know: where the warehouse is. No token, no telemetry."""
    kept = {name: value for name, value in environ.items() if not name.upper().startswith(("SOURCES__", "DBT_"))}
    return {
        **kept,
        "DOVECOTE_WAREHOUSE": str(settings.warehouse_path.resolve()),
        "DOVECOTE_MEMORY_LIMIT": settings.memory_limit,
        "DOVECOTE_FINANCE": str(target_dir(settings) / "finance"),
        "DBT_PROJECT_DIR": str(project),
        "DBT_PROFILES_DIR": str(project),
        "DBT_TARGET_PATH": str(target_dir(settings)),
        "DBT_LOG_PATH": str(settings.logs_dir.resolve()),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
        "DBT_USE_COLORS": "false",
        "DBT_LOG_FORMAT": "text",
    }


def start_dbt(settings: Settings, arguments: list[str], environ: dict[str, str]) -> int:
    """dbt's exit code. Its output goes to `logs/dbt-output.log`."""
    settings.logs_dir.mkdir(parents=True, exist_ok=True)
    with (settings.logs_dir / "dbt-output.log").open("wb") as output:
        return subprocess.run(
            [sys.executable, "-P", "-c", DBT, *arguments],
            env=environ,
            cwd=settings.home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode


def _explain(settings: Settings, failed: list[dict[str, Any]]) -> GateFailedError | WarehouseError:
    log = settings.logs_dir / "dbt-output.log"
    reason = _one_line(failed[0].get("message") or "") if failed else last_error(log)
    if _NOT_OUR_WORK.search(reason):
        return WarehouseError(
            f"The marts could not be built: {reason}; make room or stop the other process, then run `dovecote build`. "
            "What was published before still is."
        )
    what = _name(failed[0], reason) if failed else f"dbt could not start: {reason}"
    others = f" ({len(failed) - 1} more failed)" if len(failed) > 1 else ""
    return GateFailedError(f"Nothing was published: {what}{others}; see {log}. What was published before still is.")


def _name(result: dict[str, Any], reason: str) -> str:
    """Which test or model failed, and by how much."""
    kind, _, name = result["unique_id"].split(".")[:3]
    if kind == "test" and (rows := _ROWS.search(reason)):
        number = int(rows[1])
        return f"test {name} found {number} row{'' if number == 1 else 's'} that must not be there"
    if kind == "unit_test":
        return f"unit test {result['unique_id'].split('.')[-1]} of model {name} failed: {reason}"
    return f"{kind} {name} failed: {reason}"


def _one_line(message: str) -> str:
    """dbt's message without its heading and layout, short enough for a sentence."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    if len(lines) > 1 and re.match(r"(Runtime|Compilation|Database|Parsing) Error", lines[0]):
        lines = lines[1:]
    if broken := _contract_columns(lines):
        return f"it breaks its contract: {', '.join(broken)}"
    return " ".join(lines)[:300].rstrip(". ") or "no reason was given"


def _contract_columns(lines: list[str]) -> list[str]:
    """The columns of dbt's table of broken contracts: name, type found, type promised, what is wrong."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [
        f"{name} is {found or 'absent'} ({reason})" for name, found, _, reason in (r for r in rows[2:] if len(r) == 4)
    ]


def last_error(log: Path) -> str:
    """What dbt said last, when it ended before it could write results."""
    with suppress(OSError):
        lines = [re.sub(r"^[\d:.]+\s+", "", line) for line in log.read_text("utf-8", "replace").splitlines()]
        start = next((at for at, line in enumerate(lines) if "error" in line.lower()), max(len(lines) - 3, 0))
        return _one_line("\n".join(lines[start : start + 6]))
    return "it left no log"


def _read_results(path: Path) -> list[dict[str, Any]]:
    try:
        results: list[dict[str, Any]] = json.loads(path.read_bytes())["results"]
    except (OSError, ValueError, KeyError):
        return []
    return results


def _by_status(results: list[dict[str, Any]], *kinds: str) -> dict[str, int]:
    """How many nodes of these kinds ended with which status."""
    return dict(sorted(Counter(result["status"] for result in results if _kind(result) in kinds).items()))


def _kind(result: dict[str, Any]) -> str:
    return str(result["unique_id"]).split(".", 1)[0]


def target_dir(settings: Settings) -> Path:
    """Where dbt writes what it makes."""
    return settings.home.resolve() / "dbt"

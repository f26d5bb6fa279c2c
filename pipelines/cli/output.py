"""What the verbs print: tables and sentences on stdout for people, one JSON object on stdout for scripts.

Progress and logs go to stderr, so that `--json` output can be piped.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines.config import Settings
from pipelines.ledger.proving import proof_sentences
from pipelines.run.report import CHECK_STATUSES, Administration, BuildReport, Check, Published

if TYPE_CHECKING:
    from pipelines.run.cycle import RunReport
    from pipelines.run.sync_report import SyncReport

_WIDTH_WITHOUT_TERMINAL = 140  # columns; a log file has no width, and ids must not be cut
_LISTED_CHECKS = 20  # on a screen; --json has all of them
_LISTED_KEYS = 5  # undeclared keys on a screen; --json has all of them
_WHOLE = ("id", "last synced", "difference")  # half an id or amount is worse than a wrapped name
_STYLES = {"ok": "green", "break": "bold red", "failed": "bold red"}


def console(stderr: bool = False) -> Console:
    """A console that does not cut lines when its output is a file."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, width=None if stream.isatty() else _WIDTH_WITHOUT_TERMINAL, highlight=False)


def print_json(value: Mapping[str, object]) -> None:
    """One object on stdout, ended by a newline."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def table(title: str, columns: Iterable[tuple[str, str]], rows: Iterable[Iterable[str]]) -> Table:
    """A table with (heading, justify) columns. Cells may carry markup; escape what comes from data."""
    result = Table(title=title, title_justify="left", title_style="bold")
    for heading, justify in columns:
        result.add_column(heading, justify=justify, no_wrap=heading in _WHOLE)  # type: ignore[arg-type]
    for row in rows:
        result.add_row(*row)
    return result


def styled(status: str) -> str:
    """A status, red when it needs somebody."""
    style = _STYLES.get(status, "yellow")
    return f"[{style}]{escape(status)}[/]"


def number(value: int) -> str:
    """1.234, as Dutch readers group thousands."""
    return f"{value:,}".replace(",", ".")


def amount(value: Decimal | None) -> str:
    """1.234,56, or nothing for an amount that could not be computed."""
    return "" if value is None else f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


def moment(value: datetime | None) -> str:
    """A time on this machine's clock, to the second."""
    return "never" if value is None else value.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def path(value: Path) -> str:
    """Relative to the working directory when that is shorter."""
    here = Path.cwd()
    return str(value.relative_to(here)) if value.is_relative_to(here) else str(value)


def administrations_table(administrations: Iterable[Administration], rows: Mapping[str, int] | None = None) -> Table:
    """Name, last sync and checks per administration; `rows` adds what the last sync loaded per id."""
    columns = [("administration", "left"), ("id", "left"), ("last synced", "left"), ("sync", "left")]
    columns += [("rows loaded", "right")] if rows is not None else []
    columns += [("checks ok", "right"), ("broken", "right"), ("other", "right")]
    return table(
        "Administrations",
        columns,
        (
            [
                escape(known.name),
                known.administration_id,
                moment(known.synced_at),
                styled(known.sync_status or "unknown"),
                *([number(rows.get(known.administration_id, 0))] if rows is not None else []),
                number(known.checks_ok),
                f"[bold red]{known.checks_broken}[/]" if known.checks_broken else "0",
                number(known.checks_other),
            ]
            for known in administrations
        ),
    )


def checks_table(published: Published) -> Table:
    """Checks per class and status."""
    return table(
        "Checks",
        [("class", "left"), *((status.replace("_", " "), "right") for status in CHECK_STATUSES)],
        (
            [name, *(styled_count(status, counts[status]) for status in CHECK_STATUSES)]
            for name, counts in published.counts.items()
            if any(counts.values())
        ),
    )


def open_checks_table(checks: tuple[Check, ...]) -> Table:
    """The checks that are not ok, breaks first: per administration how many periods, and the last one's difference."""
    of_one = [
        list(group) for _, group in groupby(checks, lambda one: (one.status, one.check_id, one.administration_id))
    ]
    rest = len(of_one) - _LISTED_CHECKS
    result = table(
        "Not ok",
        [
            ("check", "left"),
            ("class", "left"),
            ("administration", "left"),
            ("periods", "right"),
            ("last", "left"),
            ("difference", "right"),
            ("status", "left"),
        ],
        (
            [
                last.check_id,
                last.check_class,
                escape(last.administration_name),
                number(len(group)),
                last.period or "",
                amount(last.difference),
                styled(last.status),
            ]
            for group in of_one[:_LISTED_CHECKS]
            for last in group[-1:]
        ),
    )
    if rest > 0:
        result.caption = f"… and {rest} more: dovecote check --json"
    return result


def styled_count(status: str, count: int) -> str:
    """A count that is red when it counts breaks."""
    return f"[bold red]{count}[/]" if status == "break" and count else number(count)


@contextmanager
def working(what: str, *, quiet: bool) -> Iterator[None]:
    """A spinner on stderr while the block runs; nothing when `quiet` or when nobody watches."""
    out = console(stderr=True)
    if quiet or not out.is_terminal:
        yield
    else:
        with out.status(what):
            yield


def print_run(report: RunReport) -> None:
    """What a run did, for people."""
    out = console()
    print_sync(out, report.sync)
    if report.build:
        print_build(report.build)
    else:
        out.print("[bold red]Every administration failed; nothing was built or published.[/]")


def print_sync(out: Console, report: SyncReport) -> None:
    """Requests spent against the plan, rows loaded, and who failed with what."""
    spent = report.requests
    out.print(
        f"Requests   {spent['general']} general (planned {spent['planned_general']}), "
        f"{spent['reports']} for reports (planned {spent['planned_reports']})"
    )
    if any(spent[bucket] > spent[f"planned_{bucket}"] for bucket in ("general", "reports")):
        out.print(
            "           (planned once the records were read; what their ledger lines and reports cost is an estimate)"
        )
    loaded = sum(report.tables.values())
    out.print(f"Loaded     {number(loaded)} rows" if loaded else "Loaded     nothing: no record has changed")
    names = {administration_id: known["name"] for administration_id, known in report.administrations.items()}
    for sentence in proof_sentences(report.proofs, names):
        out.print(f"Proof      {escape(sentence)}")
    if report.drift:
        new = ", ".join(f"{key.resource}.{key.path} ({key.type})" for key in report.drift[:_LISTED_KEYS])
        more = f" and {len(report.drift) - _LISTED_KEYS} more" if len(report.drift) > _LISTED_KEYS else ""
        out.print(f"New keys   {escape(new)}{more}: kept in _unmapped until a column is declared for them")
    for known in report.administrations.values():
        if known["status"] != "ok":
            word = "[bold red]Failed[/]    " if known["status"] == "failed" else "[yellow]Partly[/]    "
            out.print(f"{word} {escape(known['name'])}: {escape(known['error'] or '')}", soft_wrap=True)
        for remark in known["remarks"]:
            out.print(f"Assumed    {escape(remark)}", soft_wrap=True)


def print_build(report: BuildReport) -> None:
    """What a build made and published, for people."""
    out = console()
    published = report.published
    models, tests = (
        ", ".join(f"{count} {status}" for status, count in counts.items()) or "none"
        for counts in (report.dbt.models, report.dbt.tests)
    )
    out.print(f"Built      models: {models}; tests: {tests}; {report.dbt.seconds:.0f} s")
    out.print(checks_table(published))
    if published.open_checks:
        out.print(open_checks_table(published.open_checks))
    out.print(f"Published  snapshot {published.snapshot.snapshot_id}: {path(published.snapshot.path)}")


def rows_table(rows: Mapping[str, int]) -> Table:
    """Rows per published table."""
    return table(
        "Marts", [("table", "left"), ("rows", "right")], ([name, number(count)] for name, count in rows.items())
    )


def print_places(out: Console, settings: Settings) -> None:
    """Where the data are."""
    out.print(
        f"Data       {path(settings.home.resolve())}: warehouse.duckdb, published/marts.duckdb, logs/", soft_wrap=True
    )

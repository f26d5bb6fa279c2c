"""`probe`: asks a real administration what Moneybird's documentation leaves open. Read-only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipelines.probe.report import Report


def register(app: typer.Typer) -> None:
    """Adds `probe`."""
    app.command()(probe)


def probe(
    administration: Annotated[str, typer.Option("--administration", help="The administration's id.")],
    output: Annotated[Path | None, typer.Option("--output", help="Also write the file here, to send it.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Ask a real administration what the books assume: read-only, at most 40 requests.

    The answers hold counts and verdicts, nothing personal. Exit 0 also when an assumption is refuted: that is an
    answer.
    """
    from pipelines import config
    from pipelines.cli import output as out
    from pipelines.cli import progress
    from pipelines.errors import ConfigurationError
    from pipelines.probe import asking, report
    from pipelines.run.failed_calls import FailedCalls
    from pipelines.run.quota import shared_budget
    from pipelines.run.targets import origin

    settings = config.load()
    if not settings.tokens:
        raise ConfigurationError(
            "No Moneybird token is set; put one in the environment as SOURCES__MONEYBIRD__TOKENS__<NAME>."
        )
    if not administration.isdigit():
        raise ConfigurationError(
            f"{administration!r} is no administration id; it is the number in Moneybird's address."
        )
    config.prepare_home(settings)
    failed = FailedCalls(settings.logs_dir / "failed_calls.jsonl")
    with progress.shown() as shown, shared_budget(settings, shown) as budget:
        shown.stage(f"questions to administration {administration}")
        reach = asking.Reach(settings.api_url, settings.tokens, budget, on_failure=failed)
        found = asking.probe(reach, administration, report.recall(settings.home, administration))
    found = replace(found, asked=origin(settings))
    path = report.keep(settings.home, found)
    if output is not None:
        report.write(output, found.to_json())
    if json:
        out.print_json({**found.to_json(), "file": str(output or path)})
    else:
        _print(found, output or path)


def _print(found: Report, path: Path) -> None:
    from rich.markup import escape

    from pipelines.cli import output as out

    styles = {"confirmed": "green", "refuted": "bold red", "no_example": "dim", "not_asked": "yellow"}
    screen = out.console()
    screen.print(
        out.table(
            "Questions",
            [("id", "left"), ("question", "left"), ("verdict", "left"), ("found", "left"), ("evidence", "left")],
            (
                [
                    answer.question.id,
                    escape(answer.question.asks),
                    f"[{styles[answer.verdict]}]{answer.verdict.replace('_', ' ')}[/]",
                    escape(answer.finding.value or ""),
                    escape(answer.reason or ", ".join(f"{k} {v}" for k, v in answer.finding.evidence.items())),
                ]
                for answer in found.answers
            ),
        )
    )
    counts = ", ".join(f"{count} {verdict.replace('_', ' ')}" for verdict, count in found.summary.items())
    screen.print(f"Answers    {counts}")
    if any(answer.question.id == "D12" and answer.verdict == "no_example" for answer in found.answers):
        screen.print("D12        is told by two probes: edit an invoice line in Moneybird and probe again")
    screen.print(f"Requests   {found.requests_used} of {found.requests_most}, all of them reads")
    screen.print(f"File       {out.path(path.resolve())}: nothing personal is in it", soft_wrap=True)

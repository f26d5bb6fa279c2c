"""`dovecote contacts compare`: a CRM's file beside Moneybird's contacts, and what goes to the CRM. Writes no contact.

What goes the other way is submitted with `dovecote drafts submit FILE --from crm`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.cli import office as doors
from pipelines.errors import ConfigurationError

if TYPE_CHECKING:
    from pipelines.writeback.sources.crm_compare import Comparison, Difference

PARTLY = 3
_MODE = 0o600  # addresses and telephone numbers are in it

contacts = typer.Typer(no_args_is_help=True, help="Contacts beside those of a CRM.")


def register(app: typer.Typer) -> None:
    """Adds `contacts`."""
    app.add_typer(contacts, name="contacts")


@contacts.callback()
def _family() -> None:
    """Contacts beside those of a CRM."""


@contacts.command()
def compare(
    file: Annotated[
        Path, typer.Argument(help="CSV, JSON or JSON lines of the CRM; `drafts sources` tells its fields.")
    ],
    to_crm: Annotated[Path | None, typer.Option(help="Write here, as CSV, what the CRM should take over.")] = None,
    conflicts: Annotated[Path | None, typer.Option(help="Write here, as CSV, what a person decides.")] = None,
    administration: Annotated[str | None, typer.Option(help="Only this administration.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Say which fields differ and which way each goes, by contact_field_owners. Ends with 3 when rows are bad."""
    from pipelines.cli import output
    from pipelines.writeback.sources import Asked
    from pipelines.writeback.sources.crm_compare import compare as compared

    with doors.opened_store() as (settings, store), doors.opened_office(settings, store) as office:
        found = compared(Asked(_content(file), file.name, administration), office)
    if to_crm is not None:
        _write(to_crm, found.to_crm)
    if conflicts is not None:
        _write(conflicts, found.conflicts)
    if json:
        output.print_json(_as_json(found))
    else:
        _print(found, file)
    if found.bad:
        raise typer.Exit(PARTLY)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}.") from None


def _write(path: Path, differences: Iterable[Difference]) -> None:
    from pipelines.writeback.sources.crm_compare import Difference

    try:
        path.touch(_MODE)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(field.name for field in fields(Difference))
            writer.writerows(_plain(each).values() for each in differences)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}.") from None


def _plain(difference: Difference) -> dict[str, Any]:
    moments = {"crm_changed_at": difference.crm_changed_at, "moneybird_changed_at": difference.moneybird_changed_at}
    return {**asdict(difference), **{name: moment.isoformat() if moment else "" for name, moment in moments.items()}}


def _as_json(found: Comparison) -> dict[str, Any]:
    return {
        "requests": [
            {"origin": where, "request": request.model_dump(mode="json", exclude_none=True)}
            for where, request in found.requests
        ],
        "to_crm": [_plain(each) for each in found.to_crm],
        "conflicts": [_plain(each) for each in found.conflicts],
        "bad_rows": [asdict(row) for row in found.bad],
        "same": found.same,
    }


def _print(found: Comparison, file: Path) -> None:
    from pipelines.cli import drafts_output

    drafts_output.print_bad(found.bad)
    for conflict in found.conflicts:
        print(f"LOOK {conflict.sentence}")
    print(f"{len(found.requests)} contacts to make or change here: `dovecote drafts submit {file} --from crm`.")
    print(f"{len(found.to_crm)} fields for the CRM to take over: `--to-crm OUT.csv` writes them out.")
    print(f"{len(found.conflicts)} fields for a person to decide. {found.same} contacts are the same on both sides.")

"""One auditfile from Moneybird into the archive and the temporary tables: exported, checked, only then kept.

    DOVECOTE_HOME/archive/<administration>/<year>-<date>.xaf  .xaf.sha256

The archive is statutory: mode 0600, never overwritten, never removed by us. A second file of the same year and day gets
a number behind its date. What was cut off, at odds with itself or another company's never gets a name there.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

import duckdb

from pipelines.errors import ConfigurationError, RequestRefusedError
from pipelines.ledger.auditfile import Company, refused
from pipelines.ledger.auditfile_staging import Staged, stage
from pipelines.moneybird.exports import Exports, Fetched

ARCHIVE = "archive"  # inside DOVECOTE_HOME
_INCOMING = ".incoming-"


@dataclass(frozen=True)
class Kept:
    """An auditfile in the archive, whose lines are in the temporary tables until the next one is read."""

    path: Path
    fetched: Fetched
    staged: Staged


class NoEntriesError(RequestRefusedError):
    """Moneybird has no entries in that year, so there is no auditfile of it."""


@dataclass(frozen=True)
class AuditfileReader:
    """Reads auditfiles one at a time; the caller holds the run lock."""

    connection: duckdb.DuckDBPyConnection
    archive: Path

    def read(self, exports: Exports, administration_id: str, name: str, year: int, today: date) -> Kept:
        """Raises NoEntriesError, another ApiError when there is no file or not the one that was asked for, or
        ConfigurationError when the archive cannot be written."""
        what = f"The auditfile of {year} of administration {administration_id}"
        incoming = self._incoming(administration_id)
        try:
            fetched = _exported(exports, administration_id, year, incoming)
            staged = stage(self.connection, incoming, what, year)
            if not _is_of(staged.company, name, exports, administration_id):
                raise refused(what, f"is of {staged.company.name!r}, and the administration is {name!r}")
            return Kept(_keep(incoming, fetched.sha256, year, today), fetched, staged)
        finally:
            incoming.unlink(missing_ok=True)

    def _incoming(self, administration_id: str) -> Path:
        """Where a download is written, beside its later name; what a killed run left there is removed."""
        directory = self.archive / administration_id
        try:
            directory.mkdir(parents=True, exist_ok=True)
            for place in (self.archive, directory):
                place.chmod(0o700)
            for left in directory.glob(f"{_INCOMING}*"):
                left.unlink()
        except OSError as error:
            raise ConfigurationError(
                f"The archive {directory} cannot be used: {error.strerror}; make it a directory you may write to."
            ) from None
        return directory / f"{_INCOMING}{secrets.token_hex(4)}"


def _exported(exports: Exports, administration_id: str, year: int, path: Path) -> Fetched:
    """The export, with what Moneybird's two refusals mean."""
    try:
        return exports.auditfile(administration_id, year, path)
    except RequestRefusedError as error:
        where = f"of {year} of administration {administration_id}"
        fields = {"status": error.status, "resource": error.resource, "administration_id": administration_id}
        if "no journal entries" in str(error):
            raise NoEntriesError(f"There is no auditfile {where}: Moneybird has no entries in it.", **fields) from None
        if "duplicate account" in str(error):
            raise RequestRefusedError(
                f"Moneybird makes no auditfile {where} while ledger accounts have no number, or that of another one; "
                "give each its own under Settings, Categories in Moneybird.",
                **fields,
            ) from None
        raise


def _is_of(company: Company, name: str, exports: Exports, administration_id: str) -> bool:
    """Whether the file is this administration's. Its default identity is asked only when the name does not say it
    already: an administration may be called otherwise than its company."""
    if _plain(company.name) == _plain(name):
        return True
    identity = exports.default_identity(administration_id)
    printed = {
        "company_name": company.name,
        "chamber_of_commerce": company.chamber_of_commerce,
        "tax_number": company.tax_number,
    }
    return any(text and _plain(text) == _plain(identity.get(field)) for field, text in printed.items())


def _plain(text: object) -> str:
    return "".join(str(text or "").split()).casefold()


def _keep(incoming: Path, sha256: str, year: int, today: date) -> Path:
    """Gives the file its name, with its hash beside it as `sha256sum -c` reads it. A name that is taken stays with the
    file that has it; the same file once more is that file."""
    for number in count(1):
        path = incoming.with_name(f"{year}-{today}{'' if number == 1 else f'-{number}'}.xaf")
        beside = path.with_name(f"{path.name}.sha256")
        if path.exists():
            if beside.exists() and beside.read_text(encoding="ascii").startswith(sha256):
                return path
            continue
        beside.touch(mode=0o600)
        beside.write_text(f"{sha256}  {path.name}\n", encoding="ascii")
        incoming.rename(path)
        return path
    raise AssertionError("unreachable: there is always another number")

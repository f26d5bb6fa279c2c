"""Exports: asked for, ready some seconds later, fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.exports import Year, auditfile, bridge, ledger_cards
from pipelines.sandbox.exports.ledger_cards import CONTENT_TYPE as EXCEL
from pipelines.sandbox.model import Download

Content = Callable[[], bytes | Iterator[bytes]]
UNKNOWN, OCTETS = "Unknown", "application/octet-stream"  # the name and type of what never became a file (S: downloads)


@dataclass(frozen=True)
class Kind:
    """A kind of export that the sandbox makes. Names and types of files are guesses."""

    filename: str
    content_type: str
    write: Callable[[Year, str | None], bytes | Iterator[bytes]]


KINDS: dict[str, Kind] = {
    "auditfile": Kind("auditfile-{}.xaf", "application/xml", lambda year, version: auditfile(year, version or "3.2")),
    "brugstaat": Kind("brugstaat-{}.xml", "application/xml", lambda year, _: bridge(year)),
    "export_ledger_account_report": Kind("grootboekkaarten-{}.xlsx", EXCEL, lambda year, _: ledger_cards(year)),
}


def ask(
    administration: Administration, kind: str, year: int, seconds: float, *, version: str | None = None,
    fails: bool = False, at: int | None = None,
) -> Download | None:  # fmt: skip
    """An export of the books as they are now; None when the same one is being prepared."""
    now = administration.at(at)
    wanted = (kind, year, version)
    for other in administration.downloads.values():
        if (other.kind, other.year, other.version) == wanted and other.ready > now:
            return None
    made = Download(
        id=administration.new_id(now),
        kind=kind,
        filename=UNKNOWN if fails else KINDS[kind].filename.format(year),
        content_type=OCTETS if fails else KINDS[kind].content_type,
        year=year,
        user_id=administration.owner_id,
        created=now,
        ready=now + int(seconds * 1000),
        version=version,
        failed=fails,
        content=None if fails else partial(KINDS[kind].write, Year.of(administration, year), version),
    )
    administration.downloads[made.id] = made
    return made


def fetch(administration: Administration, download: Download, at: int | None = None) -> Content:
    """Marks it as downloaded and gives the file. ValueError when there is none: it failed, or nobody here made it."""
    if download.failed or (download.content is None and download.kind not in KINDS):
        raise ValueError("the export has no file")
    download.downloaded = True
    download.fetched = max(download.fetched, administration.at(at))
    if download.content is not None:
        return download.content
    return lambda: KINDS[download.kind].write(Year.of(administration, download.year), download.version)

"""Exports that are ready, as far as the token may see them, and the way to their files.

Each kind of download needs what the export itself needs; kinds that only the website makes need what they hold.
"""

from __future__ import annotations

from typing import Any

from pipelines.sandbox.actions import exports
from pipelines.sandbox.api import exports as asking
from pipelines.sandbox.api.answer import Call, Reply, not_there, refuse
from pipelines.sandbox.api.links import LINK_SECONDS
from pipelines.sandbox.api.paging import paginate
from pipelines.sandbox.api.routing import ANY, BOOKKEEPING, CONTACT, DOCUMENT, INVOICE, Operation, Scopes, row
from pipelines.sandbox.clock import iso
from pipelines.sandbox.model import Download

_SENTENCE = b'{"message":"Use the Location header to download the file"}'

# Kind → the scopes it takes, and how a refusal calls them. The last three are made on the website only.
ACCESS: dict[str, tuple[Scopes, str]] = {
    "auditfile": (asking.AUDITFILE, asking.AUDITFILE_ACCESS),
    "brugstaat": (asking.BRIDGE, asking.BRIDGE_ACCESS),
    "export_ledger_account_report": (BOOKKEEPING, asking.CARDS_ACCESS),
    "export_sales_invoices": (INVOICE, "sales_invoices"),
    "export_documents": (DOCUMENT, "documents"),
    "export_contacts": (CONTACT, "contacts"),
}


def listed(call: Call) -> Reply:
    """Newest first. What is being prepared is not there yet; what failed is."""
    administration = call.administration
    kind = call.query.get("download_type", "")
    if kind and kind not in ACCESS:
        raise refuse(400, "download_type does not have a valid value")
    flags = {name: _flag(call, name) for name in ("downloaded", "failed")}
    now = administration.clock.milliseconds()
    wanted = [
        download
        for download in administration.downloads.values()
        if download.ready <= now
        and _may_see(call, download)
        and (not kind or download.kind == kind)
        and all(asked is None or getattr(download, name) is asked for name, asked in flags.items())
    ]
    wanted.sort(key=lambda download: download.id, reverse=True)
    return paginate(call, wanted, _render, counted=True)


def _flag(call: Call, name: str) -> bool | None:
    value = call.query.get(name, "")
    if value not in ("", "true", "false"):
        raise refuse(400, f"{name} is invalid")  # wording not in any example
    return None if not value else value == "true"


def _may_see(call: Call, download: Download) -> bool:
    scopes, _ = ACCESS[download.kind]
    return any(set(alternative) <= call.token.scopes for alternative in scopes)


def _render(download: Download) -> dict[str, Any]:
    return {
        "id": str(download.id),
        "user_id": str(download.user_id),
        "download_type": download.kind,
        "filename": download.filename,
        "content_type": download.content_type,
        "failed": download.failed,
        "downloaded": download.downloaded,
        "created_at": iso(download.created),
        "updated_at": iso(max(download.ready, download.fetched)),
    }


def download(call: Call) -> Reply:
    """302 to a link that needs no token. What is not ready, or failed, is not there (a guess)."""
    administration = call.administration
    found = administration.downloads.get(call.id() or 0)
    if found is None or found.ready > administration.clock.milliseconds():
        raise not_there("Download")
    if not _may_see(call, found):
        raise refuse(401, f"No access to {ACCESS[found.kind][1]}")
    try:
        content = exports.fetch(administration, found)
    except ValueError:
        raise not_there("Download") from None
    path = call.world.storage.offer(found.filename, found.content_type, content, LINK_SECONDS)
    return call.moved(path, _SENTENCE)


OPERATIONS: tuple[Operation, ...] = (
    row("GET", "downloads", ANY, listed),
    row("POST", "downloads/{id}/download", ANY, download),
)

"""Files on a record: upload as multipart field `file`, download through a short-lived link, delete."""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message
from functools import partial
from typing import Any

from pipelines.sandbox.api.answer import Call, RefusalError, Reply, not_found, not_there, refuse
from pipelines.sandbox.api.bearers import Bearer
from pipelines.sandbox.api.routing import Operation, row
from pipelines.sandbox.model import Attachment

_ANY = "application/octet-stream"
DOWNLOAD = b'{"message":"Use the Location header to download the attachment"}'


def operations(bearer: Bearer, *, record_id: str, file_id: str, upload: str = "attachments") -> tuple[Operation, ...]:
    """Upload, download and delete. The contract names the two ids differently per kind of record."""
    path = f"{bearer.path}/{{{record_id}}}/attachments/{{{file_id}}}"
    return (
        row("POST", f"{bearer.path}/{{id}}/{upload}", bearer.scopes, partial(_upload, bearer)),
        row("GET", f"{path}/download", bearer.scopes, partial(_download, bearer, record_id, file_id)),
        row("DELETE", path, bearer.scopes, partial(_delete, bearer, record_id, file_id)),
    )


def uploaded(call: Call) -> tuple[str, str, bytes]:
    """File name, type and bytes of the multipart field `file`; 400 when there is none."""
    message = message_from_bytes(b"Content-Type: " + call.content_type.encode() + b"\r\n\r\n" + call.body)
    for part in message.get_payload() if message.is_multipart() else ():
        if isinstance(part, Message) and _read(part).get_param("name", header="content-disposition") == "file":
            content = part.get_payload(decode=True)
            name = part.get_filename() or "bestand"
            kind = part.get_content_type()
            return (
                name.replace("/", "_"),
                kind if kind.isascii() else _ANY,
                content if isinstance(content, bytes) else b"",
            )
    raise refuse(400, "File is required", {"file": "required"})


def _read(part: Message) -> Message:
    """The part with its disposition as UTF-8, as clients send names of files; e-mail would have ASCII."""
    for name, value in list(part.raw_items()):
        if name.lower() == "content-disposition":
            part.replace_header(name, str(value).encode("ascii", "surrogateescape").decode("utf-8", "replace"))
    return part


def attach(call: Call, entity_type: str, record: Any) -> None:
    """Keeps the uploaded file with the record."""
    administration = call.administration
    name, kind, content = uploaded(call)
    now = administration.clock.milliseconds()
    made = Attachment(administration.new_id(now), entity_type, record.id, name, kind, content, now)
    administration.attachments.setdefault(record.id, []).append(made)


def _upload(bearer: Bearer, call: Call) -> Reply:
    """Answers with the bare number 200, as the contract says."""
    record = bearer.find(call, "id")
    attach(call, bearer.entity_type, record)
    bearer.touch(call.administration, record)
    return Reply(200, 200)


def _found(bearer: Bearer, record_id: str, file_id: str, call: Call) -> tuple[Any, Attachment]:
    record = bearer.find(call, record_id)
    for kept in call.administration.attachments.get(record.id, ()):
        if kept.id == call.id(file_id):
            return record, kept
    raise not_found(file_id)


def _download(bearer: Bearer, record_id: str, file_id: str, call: Call) -> Reply:
    try:
        _, kept = _found(bearer, record_id, file_id, call)
    except RefusalError:
        raise not_there("Attachment") from None  # as the example of external invoices says
    location = call.world.storage.offer(kept.filename, kept.content_type, lambda: kept.content)
    return call.moved(location, DOWNLOAD)


def _delete(bearer: Bearer, record_id: str, file_id: str, call: Call) -> Reply:
    record, kept = _found(bearer, record_id, file_id, call)
    call.administration.attachments[record.id].remove(kept)
    bearer.touch(call.administration, record)
    return Reply(204)

"""A time entry: POST time_entries; found again by person, time and words, because it has no key of ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.errors import LookFirstError, MalformedAnswerError, NotFoundError
from pipelines.operations import Claim, Command
from pipelines.writeback.checklist import administration, contact, writable
from pipelines.writeback.findings import Finding
from pipelines.writeback.keys import business_key, reference
from pipelines.writeback.kinds.documents import texts
from pipelines.writeback.kinds.kind import Client, OneRequest, Remote, send
from pipelines.writeback.office import Office
from pipelines.writeback.overlaps import LONGEST, Overlaps, claim, overlaps
from pipelines.writeback.preview import Examined, Preview, Sending
from pipelines.writeback.time_entry import NewTimeEntry

PATH = "time_entries"
PAGE = 100  # rows; Moneybird's maximum

AHEAD = timedelta(minutes=15)
"""How far the tool's clock may be ahead of ours before an end counts as one that has not come yet."""

_COMPARED = ("user_id", "contact_id", "project_id", "paused_duration", "billable")


class TimeEntryKind(OneRequest):
    """Nothing is ever taken back: an entry without a key of ours may be a person's own.

    A look-up asks for a day more on either side, because it is not documented in which time zone Moneybird's days are.
    """

    name = NewTimeEntry.kind
    request = NewTimeEntry
    scope = "time_entries"
    posts = False

    def examine(self, request: NewTimeEntry, office: Office) -> Examined:
        findings = tuple(_findings(request, office))
        good = all(finding.is_good for finding in findings)
        return Examined(findings, _preview(request, office) if good else None)

    def find(self, client: Client, command: Command, taken: frozenset[str]) -> Remote | None:
        """The one that was made before, else one alike that came to stand there since this command was first sent.

        One alike that stood there before is a person's own: LookFirstError, unless the preview named it.
        """
        if command.remote_id is not None:
            try:
                made = client.get(command.administration_id, f"{PATH}/{command.remote_id}")
                return _read(made.json(), command.administration_id)
            except NotFoundError:
                pass  # somebody deleted it
        seen = taken | frozenset((command.preview["expected"] or {}).get("standing", ()))
        alike = [each for each in _listed(client, command) if each.id not in seen and _is_alike(command, each)]
        if not alike:
            return None
        first = min(alike, key=lambda each: int(each.id))
        if command.sent_at is None:
            raise LookFirstError(
                f"Time entry {first.id} stands in Moneybird with the same person, times and words, and this command "
                "was not sent yet. If it is the same work, cancel this command; if not, note these hours by hand."
            )
        return first

    def create(self, client: Client, command: Command) -> Remote:
        return _read(send(client, command).json(), command.administration_id)

    def differences(self, command: Command, remote: Remote) -> list[str]:
        sent, found = _sent(command), remote.record
        return [
            *(said for name in _COMPARED for said in _texts(name, sent, found)),
            *(each for name in ("started_at", "ended_at") for each in _moments(name, sent, found)),
            *texts("description", _words(sent["description"]), _words(found.get("description"))),
        ]


def _findings(request: NewTimeEntry, office: Office) -> Iterator[Finding]:
    where, catalogue = request.administration_id, office.catalogue
    yield writable(where, office)
    yield administration(where, catalogue)
    yield _user(request, office)
    if request.contact_id is not None:
        yield contact(where, request.contact_id, catalogue)
    if request.project_id is not None:
        yield _project(request, office)
    yield _times(request, office)


def _user(request: NewTimeEntry, office: Office) -> Finding:
    found = office.catalogue.user(request.administration_id, request.user_id)
    if found is None:
        return Finding("user", False, f"User {request.user_id} does not exist there; choose another.")
    if not found.is_active:
        return Finding("user", False, f"{found.name} is no longer active; choose another user.")
    return Finding("user", True, f"{found.name} may have hours.")


def _project(request: NewTimeEntry, office: Office) -> Finding:
    found = office.catalogue.project(request.administration_id, request.project_id or "")
    if found is None:
        return Finding("project", False, f"Project {request.project_id} does not exist there; choose another.")
    if not found.is_active:
        return Finding("project", False, f"Project '{found.name}' is archived; choose another.")
    return Finding("project", True, f"Project '{found.name}' is active.")


def _times(request: NewTimeEntry, office: Office) -> Finding:
    said = _when(request, office)
    wrong = None
    if request.ended_at <= request.started_at:
        wrong = "ends within the minute it starts in, or before; correct the times."
    elif request.ended_at - request.started_at >= LONGEST:
        wrong = "is a day or longer; split it at midnight."
    elif request.minutes < 1:
        wrong = f"has a pause of {request.paused_seconds // 60} minutes, which leaves nothing; correct it."
    elif request.ended_at > office.now + AHEAD:
        wrong = "has not ended yet; note it when it has."
    return Finding("times", wrong is None, f"{said} {wrong}" if wrong else f"{said}: {request.minutes} minutes.")


def _preview(request: NewTimeEntry, office: Office) -> Preview:
    catalogue = office.catalogue
    customer = catalogue.contact(request.administration_id, request.contact_id) if request.contact_id else None
    met = overlaps(request, office) if request.is_clocked else Overlaps((), ())
    user = catalogue.user(request.administration_id, request.user_id)
    assert user is not None, "the checklist was good"
    billed = "billable" if request.billable else "not billable"
    said = (
        f"{user.name}, {_when(request, office)}: {request.minutes} minutes, {billed}. Times are cut to whole minutes."
    )
    return Preview(
        kind=request.kind,
        administration_id=request.administration_id,
        contact_name=customer.name if customer else "",
        business_key=business_key(request),
        reference=reference(request, request.draft_id),
        request=Sending("POST", PATH, {"time_entry": _body(request)}),
        reasons=(said,),
        reviews=met.sentences(_zone(request, office)),
        expected={"standing": [each.time_entry_id for each in met.entries]},
        claims=(Claim(claim(request.user_id, request.started_at)),),
    )


def _body(request: NewTimeEntry) -> dict[str, Any]:
    optional = {"contact_id": request.contact_id, "project_id": request.project_id}
    return {
        "user_id": request.user_id,
        "started_at": _written(request.started_at),
        "ended_at": _written(request.ended_at),
        "paused_duration": request.paused_seconds,  # seconds: assumed, Moneybird names no unit (DOMAIN R7.1)
        "description": request.description,
        "billable": request.billable,
        **{key: value for key, value in optional.items() if value is not None},
    }


def _zone(request: NewTimeEntry, office: Office) -> ZoneInfo:
    return ZoneInfo(office.catalogue.time_zone(request.administration_id))


def _when(request: NewTimeEntry, office: Office) -> str:
    zone = _zone(request, office)
    begun, ended = request.started_at.astimezone(zone), request.ended_at.astimezone(zone)
    return f"{begun:%d-%m-%Y %H:%M} to {ended:%H:%M}"


def _listed(client: Client, command: Command) -> Iterator[Remote]:
    sent = _sent(command)
    begun = datetime.fromisoformat(sent["started_at"])
    terms = {
        "period": f"{begun - LONGEST:%Y%m%d}..{begun + LONGEST:%Y%m%d}",
        "user_id": sent["user_id"],
        "state": "all",
        "include_nil_contacts": "true",
        "include_active": "true",
    }
    asked = ",".join(f"{key}:{value}" for key, value in terms.items())
    page = 1
    while True:
        params = {"filter": asked, "per_page": str(PAGE), "page": str(page)}
        try:
            rows = client.get(command.administration_id, PATH, params).json()
        except NotFoundError as error:
            if error.symbolic.get("user_id") == "not_found":
                return  # nobody can have noted hours for a person that is not there
            raise
        yield from (_read(row, command.administration_id) for row in rows)
        if len(rows) < PAGE:
            return
        page += 1


def _read(record: Any, administration_id: str) -> Remote:
    """The entry Moneybird answered with; the invoice in it is left out. Raises MalformedAnswerError if it is none."""
    try:
        kept = {name: record[name] for name in ("started_at", "ended_at", "sales_invoice_id")}
        _ = datetime.fromisoformat(record["started_at"]), record["user_id"], record["description"]
        return Remote(str(record["id"]), {key: record[key] for key in record if key != "sales_invoice"}, kept)
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedAnswerError(
            f"Moneybird's answer is not a time entry ({type(error).__name__} {error}); look there what was made.",
            resource=PATH,
            administration_id=administration_id,
        ) from None


def _is_alike(command: Command, remote: Remote) -> bool:
    """Person, start, end and words tell an entry; what else differs is compared afterwards, not made once more."""
    sent, found = _sent(command), remote.record
    return (
        str(found["user_id"]) == sent["user_id"]
        and _words(found["description"]) == _words(sent["description"])
        and not [*_moments("started_at", sent, found), *_moments("ended_at", sent, found)]
    )


def _sent(command: Command) -> Mapping[str, Any]:
    entry: Mapping[str, Any] = command.payload["body"]["time_entry"]
    return entry


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _moments(name: str, sent: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    stands = found.get(name)
    if not stands or datetime.fromisoformat(stands) != datetime.fromisoformat(sent[name]):
        yield f"{_spoken(name)}: expected {sent[name]}, found {stands or 'none'}"


def _texts(name: str, sent: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    yield from texts(_spoken(name), _text(sent.get(name)), _text(found.get(name)))


def _spoken(name: str) -> str:
    return name.removesuffix("_id").replace("_", " ")


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _words(value: object) -> str:
    return " ".join(_text(value).split())

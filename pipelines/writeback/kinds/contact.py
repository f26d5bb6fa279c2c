"""A contact made, or brought up to date: POST contacts, or PATCH contacts/{id} with the changed fields alone.

Found by its customer id through the address made for that, never by the search, which lags behind what was written
(QUIRKS 21). Customer ids are unique, and an archived contact keeps its own (QUIRKS 51): two systems that race for one
get one contact, and the second a refusal that the next look explains.

    there as wanted ───────────────────────────────────────→ verified, nothing is sent
    there as it was when it was looked at, and not yet so ─→ PATCH
    anything else there, or gone ──────────────────────────→ a person must look

Moneybird takes no condition with a PATCH, so between that look and the change lies the time of one request; a person
who saves the same field in it loses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.errors import LookFirstError, MalformedAnswerError, NotFoundError
from pipelines.finance.tables import CONTACT_FIELDS
from pipelines.operations import Claim, Command
from pipelines.writeback.catalogue.contacts import TWIN_KEYS, ContactCard
from pipelines.writeback.checklist import administration, writable
from pipelines.writeback.contact import NAMES, UpsertContact, changes, form, same
from pipelines.writeback.findings import Finding
from pipelines.writeback.keys import business_key
from pipelines.writeback.kinds.contact_reviews import reviews
from pipelines.writeback.kinds.kind import Client, OneRequest, Remote, send
from pipelines.writeback.office import Office
from pipelines.writeback.preview import Examined, Preview, Sending

PATH = "contacts"


class UpsertContactKind(OneRequest):
    """Deletes and archives nothing; what came out different stays and is named."""

    name = UpsertContact.kind
    request = UpsertContact
    scope = "sales_invoices"
    posts = False

    def examine(self, request: UpsertContact, office: Office) -> Examined:
        card = office.catalogue.contact_card(request.administration_id, request.customer_id)
        changed = changes(request.stated, _standing(card))
        findings = [
            writable(request.administration_id, office),
            administration(request.administration_id, office.catalogue),
            *_checks(request, card, changed),
        ]
        good = all(finding.is_good for finding in findings)
        return Examined(tuple(findings), _preview(request, card, changed, office) if good else None)

    def find(self, client: Client, command: Command, taken: frozenset[str]) -> Remote | None:  # noqa: ARG002
        """By customer id alone: `taken` says nothing that it does not."""
        remote = _looked_up(client, command)
        if command.payload["method"] == "POST":
            return None if remote is None else self._as_made(command, remote)
        return self._as_changed(command, remote)

    def create(self, client: Client, command: Command) -> Remote:
        return _read(send(client, command).json(), command.administration_id)

    def differences(self, command: Command, remote: Remote) -> list[str]:
        expected = command.preview["expected"]
        return [*_different(expected, remote.record), *_other_contact(command, remote)]

    def _as_made(self, command: Command, remote: Remote) -> Remote:
        if different := self.differences(command, remote):
            raise LookFirstError(
                f"Customer id {command.preview['reference']} belongs to contact {remote.id} by now, which is not as "
                f"approved: {'; '.join(different[:3])}. "
                "Nothing was written; cancel this command, sync and submit again."
            )
        return remote

    def _as_changed(self, command: Command, remote: Remote | None) -> Remote | None:
        """None when it stands as it did when it was approved, so that the change may be sent."""
        name, before = command.preview["reference"], command.preview["before"]
        if remote is None or remote.id != before["contact_id"] or remote.record.get("archived"):
            found = "no contact" if remote is None else f"contact {remote.id}"
            state = ", archived" if remote is not None and remote.record.get("archived") else ""
            raise LookFirstError(
                f"Customer id {name}: expected contact {before['contact_id']}, found {found}{state}. "
                "Nothing was written; cancel this command, sync and submit again."
            )
        if not self.differences(command, remote):
            return remote
        expected = command.preview["expected"]
        moved = [
            clause
            for field in expected
            if not same(field, remote.record.get(field), expected[field])
            for clause in _different({field: before[field]}, remote.record)
        ]
        if moved:
            raise LookFirstError(
                f"Contact {name} was changed by somebody since it was looked at: {'; '.join(moved[:3])}. "
                "Nothing was written; cancel this command, sync and submit again."
            )
        return None


def _looked_up(client: Client, command: Command) -> Remote | None:
    wanted = command.preview["reference"]
    try:
        answer = client.get(command.administration_id, f"{PATH}/customer_id/{wanted}")
    except NotFoundError as error:
        if error.symbolic.get("customer_id") == "not_found":
            return None
        raise MalformedAnswerError(
            "Moneybird's 404 does not say that no contact has this customer id, so nothing is written; look there.",
            status=error.status,
            resource=f"{PATH}/customer_id",
            administration_id=command.administration_id,
        ) from None
    remote = _read(answer.json(), command.administration_id)
    if remote.record["customer_id"] != wanted:
        raise LookFirstError(
            f"Moneybird answered for customer id {wanted} with contact {remote.id}, whose customer id is "
            f"{remote.record['customer_id'] or 'none'}. Nothing was written; look there which of them is meant."
        )
    return remote


def _read(record: Any, administration_id: str) -> Remote:
    try:
        kept = {"customer_id": record["customer_id"], "updated_at": record["updated_at"]}
        _ = [record[field] for field in CONTACT_FIELDS]
        return Remote(str(record["id"]), record, kept)
    except (KeyError, TypeError) as error:
        raise MalformedAnswerError(
            f"Moneybird's answer is not a contact ({type(error).__name__} {error}); look there what was written.",
            resource=PATH,
            administration_id=administration_id,
        ) from None


def _different(expected: Mapping[str, str], record: Mapping[str, Any]) -> Iterator[str]:
    for field, value in expected.items():
        if not same(field, value, record.get(field)):
            yield f"{_words(field)}: expected {value or 'nothing'}, found {record.get(field) or 'nothing'}"


def _other_contact(command: Command, remote: Remote) -> Iterator[str]:
    wanted, found = command.preview["reference"], remote.record["customer_id"]
    if wanted != found:
        yield f"customer id: expected {wanted}, found {found or 'none'}"
    if remote.record.get("archived"):
        yield "expected a contact in use, found it archived"


def _checks(request: UpsertContact, card: ContactCard | None, changed: Mapping[str, str]) -> Iterator[Finding]:
    there = _there(card)
    after = {**_standing(card), **changed}
    if there is not None and there.is_archived:
        sentence = f"{there.name} is archived and keeps customer id {request.customer_id}; restore it in Moneybird."
        yield Finding("customer id", False, sentence)
        return
    found = f"No contact has customer id {request.customer_id} yet, so one is made."
    if there is not None:
        found = f"Customer id {request.customer_id} is {there.name}."
    yield Finding("customer id", True, found)
    if not changed:
        sentence = f"Nothing of contact {request.customer_id} would change; all of it stands there already."
        yield Finding("changes", False, sentence)
    if not any(after.get(name) for name in NAMES):
        sentence = f"Contact {request.customer_id} would have no name; give {', '.join(NAMES[:2])} or {NAMES[2]}."
        yield Finding("name", False, sentence)


def _preview(
    request: UpsertContact, card: ContactCard | None, changed: Mapping[str, str], office: Office
) -> Preview:  # fmt: skip
    there, standing = _there(card), _standing(card)
    after = {**standing, **changed}
    return Preview(
        kind=request.kind,
        administration_id=request.administration_id,
        contact_name=there.name if there else _name(after),
        business_key=_key(request, card),
        reference=request.customer_id,
        request=_sending(request, there, changed),
        reasons=tuple(_reasons(there, standing, changed, after)),
        reviews=tuple(reviews(request.administration_id, there, changed, after, office)),
        before={"contact_id": there.contact_id, **{field: standing[field] for field in changed}} if there else None,
        expected=dict(changed),
        claims=(
            Claim(f"contact:{request.customer_id}", is_exclusive=True),
            *(Claim(f"{field}:{form(field, changed[field])}") for field in TWIN_KEYS if changed.get(field)),
        ),
    )


def _sending(request: UpsertContact, there: ContactCard | None, changed: Mapping[str, str]) -> Sending:
    if there is not None:
        return Sending("PATCH", f"{PATH}/{there.contact_id}", {"contact": dict(changed)})
    return Sending("POST", PATH, {"contact": {"customer_id": request.customer_id, **changed}})


def _reasons(
    there: ContactCard | None, standing: Mapping[str, str], changed: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[str]:
    for field, value in changed.items():
        was = f"{standing[field] or 'nothing'} → " if there else ""
        yield f"{_words(field)[0].upper()}{_words(field)[1:]}: {was}{value.rstrip('.') or 'nothing'}."
    if after.get("company_name") and any(name in changed and changed[name] for name in NAMES[1:]):
        yield "Beside a company's name Moneybird may also make a contact person of first and last name."


def _key(request: UpsertContact, card: ContactCard | None) -> str:
    """Over the contact as it stands: the same wish is a new command once the contact was changed again.

    One that waits is replaced by a corrected one, as long as the contact is the one it was made for.
    """
    version = card.updated_at.isoformat() if card is not None and card.updated_at is not None else "new"
    return business_key(request.model_copy(update={"draft_id": f"{request.customer_id}@{version}"}))


def _there(card: ContactCard | None) -> ContactCard | None:
    """None where it was deleted: then its customer id is free again."""
    return None if card is None or card.is_deleted else card


def _standing(card: ContactCard | None) -> Mapping[str, str]:
    there = _there(card)
    return there.values if there else {}


def _name(values: Mapping[str, str]) -> str:
    person = " ".join(filter(None, (values.get("firstname"), values.get("lastname"))))
    return values.get("company_name") or person


def _words(field: str) -> str:
    return _WORDS.get(field, field.replace("_", " "))


_WORDS = {
    "company_name": "company name", "firstname": "first name", "lastname": "last name", "address1": "address",
    "address2": "second line of the address", "zipcode": "postcode", "tax_number": "VAT number",
    "chamber_of_commerce": "KvK number", "bank_account": "bank account",
    "send_invoices_to_attention": "attention of invoices", "send_invoices_to_email": "e-mail for invoices",
    "send_estimates_to_attention": "attention of estimates", "send_estimates_to_email": "e-mail for estimates",
}  # fmt: skip

"""The company as it shows itself: identities, custom fields, verifications."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from pipelines.sandbox.api import fields
from pipelines.sandbox.api.answer import Call, Complaints, Reply, not_found, refuse
from pipelines.sandbox.api.custom_values import custom_values
from pipelines.sandbox.api.routing import ADMIN, Operation, Scopes, row
from pipelines.sandbox.model import Identity
from pipelines.sandbox.render import company as render

_ANY: Scopes = (("settings",), ("sales_invoices",), ("documents",), ("estimates",), ("bank",))
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s.]+$")
_REQUIRED = ("company_name", "address1", "zipcode", "city", "country")
_TEXTS = frozenset({
    *_REQUIRED, "address2", "email", "phone", "bank_account_name", "bank_account_number", "bank_account_bic",
})  # fmt: skip
_KEYS = _TEXTS | {"custom_fields_attributes"}
_OF_THE_DEFAULT = frozenset({
    "legal_entity_type", "chamber_of_commerce", "tax_number", "tax_number_absence_reason", "administration_attributes",
})  # fmt: skip
_KEPT_OF_THE_DEFAULT = ("chamber_of_commerce", "tax_number")


def listed(call: Call) -> Reply:
    """The identities beside the default one."""
    administration = call.administration
    others = [found for id_, found in administration.identities.items() if id_ != administration.identity_id]
    return Reply(200, [render.identity(administration, found) for found in others])


def _found(call: Call, default_too: bool = True) -> Identity:
    id_ = call.id() or 0
    found = call.administration.identities.get(id_)
    if found is None or (id_ == call.administration.identity_id and not default_too):
        raise not_found()
    return found


def _default(call: Call) -> Identity:
    return call.administration.identities[call.administration.identity_id]


def single(call: Call) -> Reply:
    return Reply(200, render.identity(call.administration, _found(call)))


def default(call: Call) -> Reply:
    return Reply(200, render.identity(call.administration, _default(call)))


def create(call: Call) -> Reply:
    """Registration numbers are those of the default identity: one company, several names."""
    administration = call.administration
    now = administration.clock.milliseconds()
    own = administration.identities.get(administration.identity_id)
    blank = Identity(
        administration.new_id(now), "", None, None, None, "", None, None, None, None, None,
        own.chamber_of_commerce if own else None, own.tax_number if own else None, now, now,
    )  # fmt: skip
    made = _changed(call, blank, _KEYS)
    administration.identities[made.id] = made
    administration.announce("identity_created", made)
    return Reply(201, render.identity(administration, made))


def update(call: Call) -> Reply:
    return _update(call, _found(call), _KEYS)


def update_default(call: Call) -> Reply:
    return _update(call, _default(call), _KEYS | _OF_THE_DEFAULT)


def _update(call: Call, record: Identity, keys: frozenset[str]) -> Reply:
    administration = call.administration
    made = _changed(call, record, keys)
    administration.identities[made.id] = made
    is_default = made.id == administration.identity_id
    administration.announce("default_identity_updated" if is_default else "identity_updated", made)
    return Reply(200, render.identity(administration, made))


def delete(call: Call) -> Reply:
    """204 also when it stays because a document style uses it; the default identity is not found here."""
    administration = call.administration
    found = _found(call, default_too=False)
    if all(style.identity_id != found.id for style in administration.document_styles.values()):
        del administration.identities[found.id]
        administration.announce("identity_destroyed", found)
    return Reply(204)


def _changed(call: Call, record: Identity, keys: frozenset[str]) -> Identity:
    wanted = call.below("identity")
    if wanted is None:
        raise refuse(400, "Identity is required", {"identity": "required"})  # wording not in any example
    complaints = Complaints()
    fields.unknown(complaints, wanted, keys, "")
    kept = {*_TEXTS, *(_KEPT_OF_THE_DEFAULT if keys > _KEYS else ())}
    changes: dict[str, Any] = {key: fields.text(wanted, key, complaints) or None for key in kept if key in wanted}
    if "custom_fields_attributes" in wanted:
        given = wanted["custom_fields_attributes"]
        changes["custom_values"] = custom_values(call.administration, given, "identity", record.custom_values)
    made = replace(record, **changes, updated=call.administration.clock.milliseconds())
    _validate(made, complaints)
    complaints.refuse_if_any()
    return made


def _validate(made: Identity, complaints: Complaints) -> None:
    for key in _REQUIRED:
        if not getattr(made, key):
            complaints.add(key, "can't be blank", "blank")
    if not made.country or len(made.country) != 2:
        complaints.add("country", "is invalid", "invalid", value=made.country or None)
    if not made.email or not _EMAIL.match(made.email):
        complaints.add("email", "is not a valid email address", "invalid_email")


def custom_fields(call: Call) -> Reply:
    administration = call.administration
    return Reply(200, [render.custom_field(administration, found) for found in administration.custom_fields.values()])


def verifications(call: Call) -> Reply:
    return Reply(200, render.verifications(call.administration))


OPERATIONS: tuple[Operation, ...] = (
    row("GET", "identities", ADMIN, listed),
    row("POST", "identities", ADMIN, create),
    row("GET", "identities/default", ADMIN, default),
    row("PATCH", "identities/default", ADMIN, update_default),
    row("GET", "identities/{id}", ADMIN, single),
    row("PATCH", "identities/{id}", ADMIN, update),
    row("DELETE", "identities/{id}", ADMIN, delete),
    row("GET", "custom_fields", _ANY, custom_fields),
    row("GET", "verifications", ADMIN, verifications),
)

"""Bodies of documents and external invoices: unwrapped, one field at a time, everything complained about at once.

Dates are refused in the words of the external invoices' example. The contract lists no 404 for making a document, so
what names nothing there is a 400, as the same example shows for a contact.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from pipelines.sandbox import currencies
from pipelines.sandbox.actions.limits import count_down
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api import fields
from pipelines.sandbox.api.answer import Call, Complaints, RefusalError, refuse
from pipelines.sandbox.api.limits import refuse_at_limit
from pipelines.sandbox.identifiers import id_of


@dataclass
class Body:
    """The object below `name` of a request, and what is wrong with it so far. `rest` is what stands beside it."""

    administration: Administration
    name: str
    given: dict[str, Any]
    rest: dict[str, Any]
    complaints: Complaints = field(default_factory=Complaints)

    def has(self, key: str) -> bool:
        return key in self.given

    def text(self, key: str) -> str | None:
        return fields.text(self.given, key, self.complaints)

    def flag(self, key: str, default: bool) -> bool:
        """A flag; null and nothing are the default."""
        value = self.given.get(key)
        return default if value is None else fields.flag(value, key, self.complaints)

    def day(self, key: str) -> date | None:
        return day(self.given.get(key), key, self.complaints)

    def required_day(self, key: str, default: date) -> date:
        """The day, `default` when the key is not there; a blank one is refused."""
        if self.has(key) and self.given[key] in (None, ""):
            self.complaints.add(key, "can't be blank", "blank")  # wording not in any example
        return self.day(key) or default

    def contact(self, *, making: bool) -> int | None:
        """The contact's id. One that does not exist is a 400 while making (documented) and a 404 in a change."""
        value = self.given.get("contact_id")
        if making and value not in (None, "") and id_of(value) not in self.administration.contacts:
            raise refuse(400, "Contact ID is invalid", {self.name: {"contact_id": "contact_invalid"}})
        return fields.record_id(value, self.administration.contacts, "contact_id", self.complaints)

    def currency(self, default: str) -> tuple[str, Decimal]:
        """The currency and what one unit of it is worth in the administration's."""
        wanted = self.given.get("currency") or default
        if not isinstance(wanted, str) or wanted not in currencies.KNOWN:
            self.complaints.add("currency", "is not included in the list", "inclusion", value=wanted)
            return default, Decimal(1)
        return wanted, currencies.rate(wanted, self.administration.currency)


def opened(call: Call, name: str, known: frozenset[str], *, making: bool, beside: frozenset[str] = frozenset()) -> Body:
    """The body of a request. Making needs the object below `name`; a change without it changes nothing."""
    whole = call.object()
    given = whole.get(name)
    if making and not isinstance(given, dict):
        raise refuse(400, f"{name.replace('_', ' ').title()} is required", {name: "required"})
    body = Body(call.administration, name, given if isinstance(given, dict) else {}, whole)
    if given is not None and not isinstance(given, dict):
        body.complaints.add(name, "is invalid", "invalid")
    fields.unknown(body.complaints, whole, beside | {name}, "")
    fields.unknown(body.complaints, body.given, known, "")
    return body


def day(value: Any, name: str, complaints: Complaints) -> date | None:
    """A date, also out of a moment as requests of the contract send one."""
    return fields.day(value, name, complaints, "is not a valid date", "is not a valid date")


@contextmanager
def without_404() -> Iterator[None]:
    """Turns a 404 into a 400 with the same body, for operations whose contract has no 404."""
    try:
        yield
    except RefusalError as refusal:
        if refusal.reply.status != 404:
            raise
        raise RefusalError(400, refusal.reply.body) from None


def spend(administration: Administration, plural: str) -> None:
    """Counts one down of what the plan still allows of these, or refuses with 402 when that is none."""
    refuse_at_limit(administration, plural)
    count_down(administration, plural)

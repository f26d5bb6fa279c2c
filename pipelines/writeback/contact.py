"""A contact to be made or brought up to date, and when two spellings of one of its values mean the same.

Only the fields of a card: names, address, telephone, numbers, who gets invoices. Deliberately absent: SEPA mandates,
trust, direct debit and delivery, which decide about money and not about who somebody is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from stdnum import iban

from pipelines.finance.tables import CONTACT_FIELDS
from pipelines.writeback.countries import country
from pipelines.writeback.fields import Reference, Text
from pipelines.writeback.request import Request

NAMES = ("company_name", "firstname", "lastname")
"""Moneybird wants at least one of them filled."""

_EMAIL = re.compile(r"[^@\s,;<>()\"]+@[^@\s,;<>()\".]+(\.[^@\s,;<>()\".]+)+")


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _emails(value: str) -> str:
    """Moneybird takes several, separated by commas; semicolons are what a CRM writes."""
    found = [each.strip() for each in re.split(r"[,;]", value) if each.strip()]
    for each in found:
        if not _EMAIL.fullmatch(each):
            raise ValueError(f"{each!r} is not an e-mail address; several are separated by commas")
    return ",".join(found)


def _iban(value: str) -> str:
    account = re.sub(r"\s", "", value).upper()
    # Without the countries' own checks: those know the banks of the day the library was made, and refuse a new one.
    if account and not iban.is_valid(account, check_country=False):
        raise ValueError("not an IBAN: its check digits (mod 97) or its length are wrong for its country")
    return account


def _filled(value: str) -> str:
    if not value:
        raise ValueError("empty; Moneybird would number the contact itself and nobody could find it again")
    return value


CustomerId = Annotated[Reference, Field(max_length=80), AfterValidator(_filled)]
Line = Annotated[Text, AfterValidator(_one_line)]
Country = Annotated[str, AfterValidator(country)]
Emails = Annotated[Line, AfterValidator(_emails)]
Iban = Annotated[str, AfterValidator(_iban)]


class ContactFields(BaseModel):
    """The fields of a card. None says nothing about a field; an empty text takes its value off."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    company_name: Line | None = Field(None, description="name of the company; empty for a person")
    firstname: Line | None = Field(None, description="first name")
    lastname: Line | None = Field(None, description="last name")
    address1: Line | None = Field(None, description="street and number")
    address2: Line | None = Field(None, description="second line of the address")
    zipcode: Line | None = Field(None, description="postcode")
    city: Line | None = Field(None, description="place")
    country: Country | None = Field(None, description="two letters of ISO 3166, such as NL or DE")
    phone: Line | None = Field(None, description="telephone number")
    tax_number: Line | None = Field(None, description="VAT number with its country's letters, such as NL123456789B01")
    chamber_of_commerce: Line | None = Field(None, description="number at the chamber of commerce (KvK)")
    bank_account: Iban | None = Field(
        None, description="IBAN, whose check digits (mod 97) and length are right for its country"
    )
    send_invoices_to_attention: Line | None = Field(None, description="for whose attention invoices are")
    send_invoices_to_email: Emails | None = Field(None, description="e-mail addresses for invoices, with commas")
    send_estimates_to_attention: Line | None = Field(None, description="for whose attention estimates are")
    send_estimates_to_email: Emails | None = Field(None, description="e-mail addresses for estimates, with commas")

    @property
    def stated(self) -> dict[str, str]:
        """What is said, by Moneybird's name of the field, in its order."""
        return {name: value for name in CONTACT_FIELDS if (value := getattr(self, name)) is not None}


class UpsertContact(ContactFields, Request):
    """The contact with this customer id should hold these values; made when there is none.

    The customer id says which contact is meant, unique in the administration, and is the `draft_id` whatever is given:
    a corrected wish takes the place of the one that waits. Fields that are left out stay as they are.
    """

    kind: ClassVar[str] = "upsert_contact"
    customer_id: CustomerId = Field(description="the contact's own number, customer_id at Moneybird")

    @model_validator(mode="before")
    @classmethod
    def _known_by_customer_id(cls, given: Any) -> Any:
        if isinstance(given, Mapping) and isinstance(customer_id := given.get("customer_id"), str):
            return {**given, "draft_id": _one_line(customer_id)}
        return given

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.stated:
            raise ValueError(f"no field to write; expected at least one of {', '.join(CONTACT_FIELDS)}")
        return self


def same(field: str, left: str | None, right: str | None) -> bool:
    """Whether two values of a field mean the same: `1234 ab` and `1234AB` are one postcode, nothing is empty text."""
    return form(field, left) == form(field, right)


def form(field: str, value: str | None) -> str:
    """The value as it is compared, never as it is written."""
    return _FORMS.get(field, _one_line)(value or "")


def changes(wanted: Mapping[str, str], standing: Mapping[str, str]) -> dict[str, str]:
    """The wanted values that do not stand there yet."""
    return {name: value for name, value in wanted.items() if not same(name, value, standing.get(name))}


def _compact(value: str) -> str:
    return re.sub(r"[^0-9A-Z+*]", "", value.upper())


def _kvk(value: str) -> str:
    digits = _compact(value)
    return digits.zfill(8) if digits.isdigit() else digits


def _mailboxes(value: str) -> str:
    return ",".join(sorted({each.strip().lower() for each in re.split(r"[,;]", value) if each.strip()}))


_FORMS: Mapping[str, Callable[[str], str]] = {
    "zipcode": _compact,
    "country": _compact,
    "phone": _compact,
    "tax_number": _compact,
    "bank_account": _compact,
    "chamber_of_commerce": _kvk,
    "send_invoices_to_email": _mailboxes,
    "send_estimates_to_email": _mailboxes,
}

"""Who a customer is: the contact, and the card that a sent invoice keeps a copy of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

Milliseconds = int


@dataclass(slots=True, frozen=True)
class Person:
    """A contact person."""

    id: int
    firstname: str
    lastname: str
    email: str | None
    department: str | None
    created: Milliseconds
    phone: str | None = None
    updated: Milliseconds | None = None


@dataclass(slots=True, frozen=True)
class Mandate:
    """A SEPA mandate: what is needed to collect from somebody's account."""

    active: bool | None = None
    iban: str | None = None
    iban_name: str | None = None
    bic: str | None = None
    mandate_id: str | None = None
    day: date | None = None
    sequence: str = "RCUR"


NO_MANDATE = Mandate()


@dataclass(slots=True, frozen=True)
class PaymentsMandate:
    """A mandate given through Moneybird Payments, by a bank account or by a card (then only its last digits show)."""

    kind: str
    created: Milliseconds
    bank: str | None = None
    iban: str | None = None
    bic: str | None = None
    iban_name: str | None = None
    card: tuple[str, str, str] | None = None  # month and year of expiry, last digits


@dataclass(slots=True, frozen=True)
class Card:
    """What a contact says about itself. A sent invoice keeps the card of that moment; a change makes a new card."""

    company_name: str | None
    firstname: str | None
    lastname: str | None
    customer_id: str
    address1: str | None
    zipcode: str | None
    city: str | None
    country: str
    email: str | None
    phone: str | None
    tax_number: str | None
    tax_number_valid: bool | None
    chamber_of_commerce: str | None
    bank_account: str | None
    delivery_method: str
    updated: Milliseconds
    people: tuple[Person, ...] = ()
    archived: bool = False
    address2: str | None = None
    attention: str | None = None  # send_invoices_to_attention
    estimates_attention: str | None = None
    estimates_email: str | None = None  # where estimates go when that is not `email`
    email_ubl: bool = True
    direct_debit: bool = False
    mandate: Mandate = NO_MANDATE
    si_identifier: str | None = None
    si_identifier_type: str | None = None
    invoice_workflow_id: int | None = None
    estimate_workflow_id: int | None = None
    custom_values: tuple[tuple[int, str], ...] = ()  # custom field → value
    payments_mandate: PaymentsMandate | None = None
    validated: Milliseconds | None = None  # when `tax_number_valid` was found out, if not when the contact was made
    empty: str | None = None  # what a text that is not known shows: null, or "" for a contact made through the API

    @property
    def name(self) -> str:
        """Company name, else first and last name."""
        return self.company_name or " ".join(part for part in (self.firstname, self.lastname) if part)


@dataclass(slots=True)
class Contact:
    """A customer; `card.updated` is when it last changed."""

    id: int
    created: Milliseconds
    card: Card
    merged: tuple[tuple[Milliseconds, str], ...] = ()  # contacts that became part of this one: when, and its name

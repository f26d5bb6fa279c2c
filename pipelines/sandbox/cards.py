"""Who a customer is: the contact, and the card that a sent invoice keeps a copy of."""

from __future__ import annotations

from dataclasses import dataclass

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

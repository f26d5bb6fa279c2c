"""Contacts of one administration: customers here and abroad, suppliers, and the group's own companies."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.cards import Card, Contact, Person
from pipelines.sandbox.clock import moment
from pipelines.sandbox.group import firms, names
from pipelines.sandbox.group.family import Family
from pipelines.sandbox.group.firms import SPELLINGS, Firm

SOLE_TRADER_EVERY, UNCHECKED_EVERY = 3, 7  # of the Dutch customers, one in so many


class Customers:
    """Adds contacts to one administration; names come in a shuffled order that depends on the seed only."""

    def __init__(self, administration: Administration, rng: Random, since: date, family: Family) -> None:
        self._administration = administration
        self._rng = rng
        self._since = since
        self._family = family
        self._position = list(family.members).index(administration.name)
        self._own = list(family.rest)
        rng.shuffle(self._own)
        self._used = 0
        self._firms: dict[str, Contact] = {}
        self.buyers: list[Contact] = []  # in the order in which they came

    def company(self) -> Contact:
        """A Dutch company: first those that the whole group knows, each company spelling them in its own way."""
        number = self._used
        self._used += 1
        known = self._family.shared
        if number < len(known):
            firm = SPELLINGS[self._position % len(SPELLINGS)](known[number])
        else:
            round_, position = divmod(number - len(known), len(self._own))
            town, zipcode = self._rng.choice(names.TOWNS)
            name = self._own[position] + (f" {round_ + 1}" if round_ else "")
            sole_trader = number % SOLE_TRADER_EVERY == 0
            firm = firms.dutch(self._family.numbers, self._rng, name, town, zipcode, sole_trader)
        valid = None if number % UNCHECKED_EVERY == 4 else True
        return self._buyer(self._firm(firm, valid=valid, people=self._rng.random() < 0.7))

    def person(self, abroad: tuple[str, str, str, str] | None = None) -> Contact:
        """A private customer, without a company name or numbers; `abroad` is country, town, zip code and street."""
        rng = self._rng
        town, zipcode = rng.choice(names.TOWNS)
        country, street = "NL", rng.choice(names.STREETS)
        zipcode = f"{zipcode} {firms.letters(rng)}"
        if abroad is not None:
            country, town, zipcode, street = abroad
        first, last = rng.choice(names.FIRST_NAMES), rng.choice(names.LAST_NAMES)
        at = self._moment()
        card = self._card(
            at, firstname=first, lastname=last, address1=f"{street} {rng.randint(1, 180)}", zipcode=zipcode, city=town,
            country=country, email=f"{first[0].lower()}.{firms.domain(last)}".replace(".example", "@post.example"),
            bank_account=self._family.numbers.iban() if country == "NL" else None,
        )  # fmt: skip
        return self._buyer(self._add(at, card))

    def european(self, position: int) -> Contact:
        """A company elsewhere in the EU with a confirmed VAT number."""
        return self._buyer(self._european(*names.EU_COMPANIES[position % len(names.EU_COMPANIES)]))

    def european_dealer(self, position: int) -> Contact:
        """The same, for goods."""
        return self._buyer(self._european(*names.EU_BUYERS[position % len(names.EU_BUYERS)]))

    def overseas(self, position: int) -> Contact:
        """A company outside the EU."""
        return self._buyer(self._firm(firms.overseas(*names.OVERSEAS[position % len(names.OVERSEAS)])))

    def member(self, name: str) -> Contact:
        """Another company of the group, under its own numbers."""
        return self._firms.get(name) or self._firm(self._family.members[name], valid=True)

    def supplier(self, position: int) -> Contact:
        name, town, zipcode = names.SUPPLIERS[position]
        return self._firms.get(name) or self._dutch_supplier(name, town, zipcode)

    def european_supplier(self, position: int) -> Contact:
        return self._european(*names.EU_SUPPLIERS[position])

    def overseas_supplier(self) -> Contact:
        """A vendor in the United States that bills in dollars."""
        name = "Cedarline Tools Inc."
        return self._firms.get(name) or self._firm(firms.overseas("US", name, "55 Mason Street", "98101", "Seattle"))

    def twin(self, card: Card) -> Contact:
        """A contact entered a second time, under a customer number of its own."""
        at = self._moment()
        return self._add(at, replace(card, customer_id=str(len(self._administration.contacts) + 1), updated=at))

    def payment_provider(self) -> Contact:
        name, town, zipcode = names.PAYMENT_PROVIDER
        return self._firms.get(name) or self._dutch_supplier(name, town, zipcode)

    def _dutch_supplier(self, name: str, town: str, zipcode: str) -> Contact:
        return self._firm(firms.dutch(self._family.numbers, self._rng, name, town, zipcode), valid=True)

    def _european(self, country: str, name: str, town: str) -> Contact:
        found = self._firms.get(name)
        return found or self._firm(
            firms.european(self._family.numbers, self._rng, country, name, town), valid=True, people=True
        )

    def _buyer(self, contact: Contact) -> Contact:
        self.buyers.append(contact)
        return contact

    def _firm(self, firm: Firm, *, valid: bool | None = None, people: bool = False) -> Contact:
        at = self._moment()
        card = self._card(
            at, company_name=firm.name, address1=firm.street, zipcode=firm.zipcode, city=firm.town,
            country=firm.country, email=firm.email, tax_number=firm.tax_number,
            tax_number_valid=valid if firm.tax_number else None, chamber_of_commerce=firm.chamber_of_commerce,
            bank_account=firm.iban, phone=firm.phone, people=(self._someone(at, firm),) if people else (),
        )  # fmt: skip
        contact = self._add(at, card)
        self._firms[firm.name] = contact
        return contact

    def _someone(self, at: int, firm: Firm) -> Person:
        first, last = self._rng.choice(names.FIRST_NAMES), self._rng.choice(names.LAST_NAMES)
        return Person(self._administration.new_id(at), first, last, f"inkoop@{firm.domain}", "Inkoop", at, firm.phone)

    def _moment(self) -> int:
        rng = self._rng
        return moment(self._since, 9, rng.randint(0, 59), rng.randint(0, 59)) + rng.randint(0, 999)

    def _card(
        self,
        at: int,
        *,
        address1: str,
        zipcode: str,
        city: str,
        country: str,
        email: str,
        company_name: str | None = None,
        firstname: str | None = None,
        lastname: str | None = None,
        tax_number: str | None = None,
        tax_number_valid: bool | None = None,
        chamber_of_commerce: str | None = None,
        bank_account: str | None = None,
        phone: str | None = None,
        people: tuple[Person, ...] = (),
    ) -> Card:
        """Nobody here has a phone: no range of Dutch numbers is known to us that surely belongs to nobody."""
        return Card(
            company_name=company_name,
            firstname=firstname,
            lastname=lastname,
            customer_id=str(len(self._administration.contacts) + 1),
            address1=address1,
            zipcode=zipcode,
            city=city,
            country=country,
            email=email,
            phone=phone,
            tax_number=tax_number,
            tax_number_valid=tax_number_valid,
            chamber_of_commerce=chamber_of_commerce,
            bank_account=bank_account,
            delivery_method="Email",
            updated=at,
            people=people,
        )

    def _add(self, at: int, card: Card) -> Contact:
        return self._administration.add_contact(Contact(self._administration.new_id(at), at, card))

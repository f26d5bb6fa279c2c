"""Contacts: Dutch companies and people, EU companies with a checked VAT number, and the group's own companies."""

from __future__ import annotations

from datetime import date
from random import Random
from unicodedata import normalize

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.cards import Card, Contact, Person
from pipelines.sandbox.clock import moment
from pipelines.sandbox.group import names, numbers


class Customers:
    """Adds contacts to one administration; names come in a shuffled order that depends on the seed only."""

    def __init__(self, administration: Administration, rng: Random, since: date) -> None:
        self._administration = administration
        self._rng = rng
        self._since = since
        self._companies = list(names.COMPANIES)
        rng.shuffle(self._companies)
        self._used = 0

    def company(self) -> Contact:
        """A Dutch company; most have a contact person."""
        round_, position = divmod(self._used, len(self._companies))
        self._used += 1
        name = self._companies[position] + (f" {round_ + 1}" if round_ else "")
        town, zipcode = self._rng.choice(names.TOWNS)
        return self._add(
            name,
            f"{self._rng.choice(names.STREETS)} {self._rng.randint(1, 180)}",
            f"{zipcode} {self._letters()}",
            town,
            tax_number=numbers.dutch_vat_number(self._rng),
            valid=self._rng.random() < 0.9 or None,
            people=self._rng.random() < 0.7,
        )

    def person(self) -> Contact:
        """A private customer: no company name, no numbers."""
        town, zipcode = self._rng.choice(names.TOWNS)
        return self._add(
            None,
            f"{self._rng.choice(names.STREETS)} {self._rng.randint(1, 180)}",
            f"{zipcode} {self._letters()}",
            town,
            first=self._rng.choice(names.FIRST_NAMES),
            last=self._rng.choice(names.LAST_NAMES),
        )

    def european(self, position: int) -> Contact:
        """A company elsewhere in the EU with a confirmed VAT number."""
        country, name, town = names.EU_COMPANIES[position % len(names.EU_COMPANIES)]
        number = numbers.german_vat_number if country == "DE" else numbers.belgian_vat_number
        return self._add(
            name, "Hauptstraße 12" if country == "DE" else "Kerkstraat 40", str(self._rng.randint(2000, 9900)), town,
            country=country, tax_number=number(self._rng), valid=True,
        )  # fmt: skip

    def american(self) -> Contact:
        return self._add("Larkspur Analytics Inc.", "400 Alder Street", "97201", "Portland", country="US")

    def sister(self, name: str) -> Contact:
        """Another company of the group."""
        return self._add(
            name, "Duiventoren 1", "3511 AA", "Utrecht", tax_number=numbers.dutch_vat_number(self._rng), valid=True
        )

    def _letters(self) -> str:
        return "".join(self._rng.choice("ABDEGHJKLNPRSTVWXZ") for _ in range(2))

    def _add(
        self,
        company: str | None,
        street: str,
        zipcode: str,
        town: str,
        *,
        country: str = "NL",
        first: str | None = None,
        last: str | None = None,
        tax_number: str | None = None,
        valid: bool | None = None,
        people: bool = False,
    ) -> Contact:
        administration, rng = self._administration, self._rng
        at = moment(self._since, 9, rng.randint(0, 59), rng.randint(0, 59)) + rng.randint(0, 999)
        id_ = administration.new_id(at)
        email = f"administratie@{_slug(company or f'{first}{last}')}.example"
        person = (
            (
                Person(
                    administration.new_id(at),
                    rng.choice(names.FIRST_NAMES),
                    rng.choice(names.LAST_NAMES),
                    email,
                    "Inkoop",
                    at,
                ),
            )
            if people
            else ()
        )
        card = Card(
            company_name=company,
            firstname=first,
            lastname=last,
            customer_id=str(len(administration.contacts) + 1),
            address1=street,
            zipcode=zipcode,
            city=town,
            country=country,
            email=email,
            phone=None,
            tax_number=tax_number,
            tax_number_valid=valid,
            chamber_of_commerce=numbers.chamber_of_commerce(rng) if company and country == "NL" else None,
            bank_account=numbers.iban(rng) if country == "NL" else None,
            delivery_method="Email",
            updated=at,
            people=person,
        )
        return administration.add_contact(Contact(id_, at, card))


def _slug(name: str) -> str:
    plain = normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return "".join(character for character in plain if character.isalnum()) or "klant"

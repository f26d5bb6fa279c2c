"""Firms: who a company is on paper, and the ways other people's books spell it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from unicodedata import normalize

from pipelines.sandbox.group import names
from pipelines.sandbox.group.numbers import Numbers


@dataclass(frozen=True)
class Firm:
    """A company or a sole trader. `domain` is what its e-mail addresses end in."""

    name: str
    street: str
    zipcode: str
    town: str
    country: str
    chamber_of_commerce: str | None
    tax_number: str | None
    iban: str | None
    domain: str
    phone: str | None = None

    @property
    def email(self) -> str:
        return f"administratie@{self.domain}"


def dutch(numbers: Numbers, rng: Random, name: str, town: str, zipcode: str, sole_trader: bool = False) -> Firm:
    """A Dutch company with all its numbers."""
    return Firm(
        name=name,
        street=f"{rng.choice(names.STREETS)} {rng.randint(1, 180)}",
        zipcode=f"{zipcode} {letters(rng)}",
        town=town,
        country="NL",
        chamber_of_commerce=numbers.chamber_of_commerce(),
        tax_number=numbers.vat_of_sole_trader() if sole_trader else numbers.vat_of_company(),
        iban=numbers.iban(),
        domain=domain(name),
    )


def european(numbers: Numbers, rng: Random, country: str, name: str, town: str) -> Firm:
    """A German or Belgian company."""
    german = country == "DE"
    return Firm(
        name=name,
        street=f"{'Hauptstraße' if german else 'Kerkstraat'} {rng.randint(2, 90)}",
        zipcode=str(rng.randint(20_000, 49_000) if german else rng.randint(2_000, 9_900)),
        town=town,
        country=country,
        chamber_of_commerce=None,
        tax_number=numbers.german_vat() if german else numbers.belgian_vat(),
        iban=None,
        domain=domain(name),
        phone=f"+49 30 23125 {rng.randint(0, 999):03d}" if german else None,  # for films, says its regulator
    )


def overseas(country: str, name: str, street: str, zipcode: str, town: str) -> Firm:
    """A company outside the EU: no number that means something here."""
    fictitious = {"US": f"+1 503 555 01{len(name):02d}", "GB": f"+44 1632 9600{len(name):02d}"}  # never given out
    return Firm(name, street, zipcode, town, country, None, None, None, domain(name), fictitious.get(country))


def letters(rng: Random) -> str:
    """The letters of a Dutch zip code."""
    return "".join(rng.choice("ABDEGHJKLNPRSTVWXZ") for _ in range(2))


def domain(name: str) -> str:
    plain = normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return f"{''.join(character for character in plain if character.isalnum()) or 'klant'}.example"


def _capitals(firm: Firm) -> Firm:
    return replace(firm, name=f"{firm.name.upper()} BV", zipcode=firm.zipcode.replace(" ", ""))


def _turned(firm: Firm) -> Firm:
    first, _, rest = firm.name.partition(" ")
    return replace(firm, name=f"{rest} {first}".strip(), tax_number=None)


def _plain(firm: Firm) -> Firm:
    """Without accents, and typed in haste."""
    name = normalize("NFKD", firm.name).encode("ascii", "ignore").decode()
    return replace(firm, name=f"{name} b.v.", iban=None, street=firm.street.replace("laan", "ln"))


SPELLINGS: tuple[Callable[[Firm], Firm], ...] = (lambda firm: firm, _capitals, _turned, _plain)

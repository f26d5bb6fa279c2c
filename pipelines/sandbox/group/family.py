"""What the companies of one group share: who they are on paper, customers they have in common, what they owe."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from random import Random

from pipelines.sandbox.group import firms, names
from pipelines.sandbox.group.firms import Firm
from pipelines.sandbox.group.numbers import Numbers

SHARED = 6  # customers that more than one company of the group has


@dataclass(frozen=True)
class Note:
    """A management fee as the holding invoiced it. `number` is that of the sales invoice."""

    number: str
    day: date
    cents: int
    paid_on: date


@dataclass
class Family:
    """Made once per group. `members` are the companies by the name of their administration."""

    numbers: Numbers
    members: dict[str, Firm]
    shared: tuple[Firm, ...]
    rest: tuple[str, ...]  # names that every company spreads over customers of its own
    notes: dict[str, list[Note]] = field(default_factory=dict)  # by the name of the sister company

    @classmethod
    def of(cls, seed: int, administrations: list[str]) -> Family:
        rng = Random(f"{seed}/family")
        numbers = Numbers(rng)
        members = {}
        for name in administrations:
            firm = firms.dutch(numbers, rng, name, "Utrecht", "3511")
            members[name] = replace(firm, street="Duiventoren 1", zipcode="3511 AA", domain=_domain(name))
        pool = list(names.COMPANIES)
        rng.shuffle(pool)
        shared = []
        for name in pool[:SHARED]:
            town, zipcode = rng.choice(names.TOWNS)
            shared.append(firms.dutch(numbers, rng, name, town, zipcode))
        return cls(numbers, members, tuple(shared), tuple(pool[SHARED:]))


def _domain(name: str) -> str:
    """`Duivenhof Studio B.V.` → `studio.duivenhof.example`."""
    words = [word for word in name.split() if not word.endswith(".")]
    return ".".join([*(firms.domain(word).removesuffix(".example") for word in reversed(words)), "example"])


DOLLARS = Decimal("1.08")  # what a euro is worth in an administration that counts in dollars

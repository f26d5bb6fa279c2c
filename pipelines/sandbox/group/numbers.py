"""Numbers that pass their checks and belong to nobody.

Bank accounts carry the bank code TEST, which no bank has; VAT and chamber of commerce numbers are drawn, with valid
check digits, and e-mail addresses end in `.example`.
"""

from __future__ import annotations

from random import Random

_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2)


def dutch_vat_number(rng: Random) -> str:
    """`NL#########B01` whose nine digits pass the eleven-test."""
    while True:
        digits = [rng.randint(0, 9) for _ in range(8)]
        check = sum(weight * digit for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 11
        if check < 10 and any(digits[:3]):
            return f"NL{''.join(map(str, digits))}{check}B01"


def german_vat_number(rng: Random) -> str:
    """`DE#########`, ISO 7064 mod 11,10."""
    digits = [rng.randint(1, 9)] + [rng.randint(0, 9) for _ in range(7)]
    product = 10
    for digit in digits:
        total = (digit + product) % 10 or 10
        product = total * 2 % 11
    return f"DE{''.join(map(str, digits))}{(11 - product) % 10}"


def belgian_vat_number(rng: Random) -> str:
    """`BE0#########`: the last two digits are 97 minus the rest modulo 97."""
    base = rng.randint(2_000_000, 7_999_999)
    return f"BE0{base:07d}{97 - base % 97:02d}"


def chamber_of_commerce(rng: Random) -> str:
    """Eight digits in a range above any number given out."""
    return f"99{rng.randint(0, 999_999):06d}"


def iban(rng: Random) -> str:
    """A Dutch IBAN with valid check digits and a bank code no bank has."""
    account = f"{rng.randint(0, 9_999_999_999):010d}"
    rearranged = f"TEST{account}NL00"
    value = int("".join(str(int(character, 36)) for character in rearranged))
    return f"NL{98 - value % 97:02d}TEST{account}"

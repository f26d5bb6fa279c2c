"""Numbers that pass their checks, come once only, and belong to nobody.

| number | range | why nobody has it |
|---|---|---|
| IBAN | bank code TEST | no bank has that code |
| Dutch chamber of commerce | 00…… | the chambers that gave out numbers were 01 to 41, the national series began at 50 |
| Dutch VAT, company (eleven-test) | 999…… | such numbers are only used to test with |
| Dutch VAT, sole trader (mod 97) | 0000….. | where the tax office takes its own example from |
| German VAT | DE9…… | given out up to DE3…… |
| Belgian VAT | BE1999…… | numbers that begin with 1 exist since 2023 and are at 1000… |

How far the last four are given out is from memory; e-mail addresses end in `.example`, which is reserved.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2)


class Numbers:
    """Hands out the numbers of one group; their order depends on the seed only."""

    def __init__(self, rng: Random) -> None:
        self._chambers = _walk(rng, 1_000_000)
        self._companies = _eleven_tested(_walk(rng, 100_000))
        self._traders = _walk(rng, 100_000)
        self._germans = _walk(rng, 10_000_000)
        self._belgians = _walk(rng, 10_000)
        self._accounts = _walk(rng, 10_000_000)

    def chamber_of_commerce(self) -> str:
        """Eight digits."""
        return f"00{next(self._chambers):06d}"

    def vat_of_company(self) -> str:
        """`NL#########B01` whose nine digits pass the eleven-test."""
        return f"NL{next(self._companies)}B01"

    def vat_of_sole_trader(self) -> str:
        """`NL#########B##` of which the whole passes mod 97, as sole traders have since 2020; not the eleven-test."""
        while True:
            digits = f"0000{next(self._traders):05d}"
            check = (1 - int(f"2321{digits}1100")) % 97  # N, L and B count as 23, 21 and 11
            if check and _eleven(digits[:8]) != int(digits[8]):
                return f"NL{digits}B{check:02d}"

    def german_vat(self) -> str:
        """`DE#########`, ISO 7064 mod 11,10."""
        digits = f"9{next(self._germans):07d}"
        product = 10
        for digit in map(int, digits):
            total = (digit + product) % 10 or 10
            product = total * 2 % 11
        return f"DE{digits}{(11 - product) % 10}"

    def belgian_vat(self) -> str:
        """`BE1#########`: the last two digits are 97 minus the rest modulo 97."""
        base = 19_990_000 + next(self._belgians)
        return f"BE{base}{97 - base % 97:02d}"

    def iban(self) -> str:
        """A Dutch account number."""
        account = f"{next(self._accounts):010d}"
        value = int("".join(str(int(character, 36)) for character in f"TEST{account}NL00"))
        return f"NL{98 - value % 97:02d}TEST{account}"


def _walk(rng: Random, size: int) -> Iterator[int]:
    """Every number below `size`, a power of ten, once; then all over again."""
    start, step = rng.randrange(size), rng.randrange(size // 3) | 1
    step += 2 if step % 5 == 0 else 0
    while True:
        yield start
        start = (start + step) % size


def _eleven(digits: str) -> int:
    """The ninth digit of the eleven-test; 10 when there is none."""
    return sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 11


def _eleven_tested(values: Iterator[int]) -> Iterator[str]:
    for value in values:
        digits = f"999{value:05d}"
        check = _eleven(digits)
        if check < 10:
            yield f"{digits}{check}"

"""The RGS bridge ("brugstaat"): every account with its code and what it stood at in a year.

That it is XML and has RGS codes is documented; the names of the elements are made up here, no schema was found.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.sandbox.exports.xml import chunks, element, money
from pipelines.sandbox.exports.year import Year
from pipelines.sandbox.model import Cents
from pipelines.sandbox.taxonomy import VERSION


def bridge(year: Year) -> Iterator[bytes]:
    """Blocks of UTF-8. Balances are debit positive."""
    return chunks(_pieces(year))


def _pieces(year: Year) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<rgsBrugstaat>'
    yield element("boekjaar", year.number) + element("onderneming", year.company.company_name)
    yield element("rgsVersie", VERSION) + element("valuta", year.currency)
    moved = _moved(year)
    for account in year.accounts:
        opening, (debit, credit) = year.opening.get(account.id, 0), moved.get(account.id, (0, 0))
        fields = [
            element("nummer", account.number),
            element("omschrijving", account.name),
            element("rgsCode", account.rgs),
            element("beginsaldo", money(opening)),
            element("debet", money(debit)),
            element("credit", money(credit)),
            element("eindsaldo", money(opening + debit - credit)),
        ]
        yield f"\n<rekening>{''.join(fields)}</rekening>"
    yield "\n</rgsBrugstaat>\n"


def _moved(year: Year) -> dict[int, tuple[Cents, Cents]]:
    found: dict[int, tuple[Cents, Cents]] = {}
    for transactions in year.transactions.values():
        for transaction in transactions:
            for posting in transaction.postings:
                debit, credit = found.get(posting.account_id, (0, 0))
                found[posting.account_id] = debit + max(posting.amount, 0), credit + max(-posting.amount, 0)
    return found

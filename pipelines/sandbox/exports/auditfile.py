"""The XML Auditfile Financieel (XAF) of a year, 3.2 or 4.0, written as it is read: never more than a block in memory.

The order of the elements, their lengths and which refer to which follow the published schema of 3.2
(XmlAuditfileFinancieel3.2.xsd). Of 4.0 no schema was seen: its elements follow the functional description as another
program renders it, and that layout is unverified.

What Moneybird fills in was seen by nobody here. That its lines have no entry id, document, tax rate and financial
account is known; so `vat` is left out of them and `docRef`, which the schema demands, is the number of the transaction.
Guesses: a journal per kind of document, a transaction per document and day, RGS in `leadCode`, the customer's own
number as `custSupID`.
Amounts are never negative, `amntTp` has the side: a reversal that a dialect books negative on its own side (D2) stands
here positive on the other one, so the totals per account then differ from the general ledger's, and balances do not.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from pipelines.sandbox import chart
from pipelines.sandbox.cards import Card
from pipelines.sandbox.exports.xml import chunks, clean, element, money, optional
from pipelines.sandbox.exports.year import Transaction, Year
from pipelines.sandbox.model import Account, Cents
from pipelines.sandbox.taxonomy import VERSION as RGS_VERSION

VERSIONS = ("3.2", "4.0")
_NAMESPACES = {
    "3.2": "http://www.auditfiles.nl/XAF/3.2",
    "4.0": "http://www.odb.belastingdienst.nl/Belastingdienst/BCPP/1.1/structures/XmlauditfileXAF_4.0",
}


class Journal(NamedTuple):
    """`type` is a letter of the schema: S sales, P purchases, B bank, M general."""

    id: str
    description: str
    type: str


JOURNALS = {  # by the kind of record that posts
    "invoice": Journal("VRK", "Verkoopfacturen", "S"),
    "external": Journal("EXT", "Externe verkoopfacturen", "S"),
    "purchase": Journal("INK", "Inkoopfacturen en bonnen", "P"),
    "mutation": Journal("BNK", "Bank en kas", "B"),
    "journal": Journal("MEM", "Memoriaal", "M"),
    "asset": Journal("ACT", "Bezittingen", "M"),
}


def auditfile(year: Year, version: str = "3.2") -> Iterator[bytes]:
    """The file in blocks of UTF-8."""
    return chunks(_File(year, version).pieces())


class _File:
    """One file while it is written."""

    def __init__(self, year: Year, version: str) -> None:
        self.year = year
        self.is_new = version == "4.0"
        self.namespace = _NAMESPACES[version]
        self.numbers = {account.id: account.number for account in year.accounts}
        self.contacts = _contact_numbers(year)

    def pieces(self) -> Iterator[str]:
        yield f'<?xml version="1.0" encoding="UTF-8"?>\n<auditfile xmlns="{self.namespace}">'
        yield self._header()
        yield "<company>"
        yield self._company()
        yield "<customersSuppliers>"
        yield from self._relations()
        yield "</customersSuppliers>\n<generalLedger>"
        yield from map(self._account, self.year.accounts)
        yield "</generalLedger>\n<vatCodes>"
        yield from self._vat_codes()
        yield "</vatCodes>\n<periods>"
        yield from self._periods()
        yield "</periods>\n<openingBalance>"
        yield from self._opening()
        yield "</openingBalance>\n<transactions>"
        yield from self._transactions()
        yield "</transactions>\n</company></auditfile>\n"

    def _header(self) -> str:
        number = self.year.number
        fields = [
            element("fiscalYear", number),
            element("startDate", f"{number:04d}-01-01"),
            element("endDate", f"{number:04d}-12-31"),
            element("curCode", self.year.currency),
            element("dateCreated", self.year.made_on.isoformat()),
            element("softwareDesc", "Moneybird (sandbox)", 50),
            element("softwareVersion", "v2", 20),
            element("RGSVersion", RGS_VERSION) if self.is_new else "",
        ]
        return f"<header>{''.join(fields)}</header>\n"

    def _company(self) -> str:
        """The chamber of commerce's number and the tax number of the default identity."""
        company = self.year.company
        address = optional("streetname", company.address1, 999) + optional("city", company.city, 50)
        address += optional("postalCode", company.zipcode, 10) + optional("country", company.country, 2)
        return "".join([
            optional("Commercenr" if self.is_new else "companyIdent", company.chamber_of_commerce, 35),
            element("companyName", company.company_name, 999),
            element("taxRegistrationCountry", company.country, 2),
            element("taxRegIdent", company.tax_number or "", 30),
            f"<streetAddress>{address}</streetAddress>\n",
        ])  # fmt: skip

    def _relations(self) -> Iterator[str]:
        """Every contact there is, and those of lines that outlived their contact by number only."""
        kinds = self._kinds()
        for contact_id, number in self.contacts.items():
            card = self.year.cards.get(contact_id)
            details = _card(card, kinds.get(contact_id, "")) if card else ""
            yield f"<customerSupplier>{element('custSupID', number, 35)}{details}</customerSupplier>\n"

    def _kinds(self) -> dict[int, str]:
        """Contact → C for a customer, S for a supplier, B for both, by the lines of the year."""
        sides: dict[int, set[str]] = {}
        letters = dict(zip(self.year.control, "CS", strict=True))
        for transactions in self.year.transactions.values():
            for transaction in transactions:
                for posting in transaction.postings:
                    if posting.contact_id and posting.account_id in letters:
                        sides.setdefault(posting.contact_id, set()).add(letters[posting.account_id])
        return {contact_id: "B" if len(found) > 1 else found.pop() for contact_id, found in sides.items()}

    def _account(self, account: Account) -> str:
        kind = "P" if account.kind in chart.RESULT_KINDS else "B"
        start = element("accID", account.number, 35) + element("accDesc", account.name, 999) + element("accTp", kind)
        rgs = optional("leadCode", account.rgs, 999) + optional("leadDescription", account.rgs_name, 999)
        if self.is_new:
            rgs = optional("RGScode", account.rgs, 999)
        return f"<ledgerAccount>{start}{rgs}</ledgerAccount>\n"

    def _vat_codes(self) -> Iterator[str]:
        """The rates of the administration. No line refers to them."""
        owed, claimed = (self.numbers[account_id] for account_id in self.year.vat)
        for rate in self.year.tax_rates:
            is_purchase = rate.kind == "purchase_invoice"
            account = element("vatToClaimAccID", claimed) if is_purchase else element("vatToPayAccID", owed)
            yield f"<vatCode>{element('vatID', rate.id)}{element('vatDesc', rate.name, 999)}{account}</vatCode>\n"

    def _periods(self) -> Iterator[str]:
        number = self.year.number
        for month in range(1, 13):
            first, last = date(number, month, 1), date(number, month, monthrange(number, month)[1])
            described = "" if self.is_new else element("periodDesc", f"{first:%Y-%m}")
            days = element("startDatePeriod", first) + element("endDatePeriod", last)
            yield f"<period>{element('periodNumber', month)}{described}{days}</period>\n"

    def _opening(self) -> Iterator[str]:
        opening = self.year.opening
        if not self.is_new:
            yield element("opBalDate", f"{self.year.number:04d}-01-01")
        debit = sum(amount for amount in opening.values() if amount > 0)
        yield _totals(len(opening), debit, debit - sum(opening.values()))
        for number, (account_id, amount) in enumerate(opening.items(), start=1):
            place = element("nr", number) + element("accID", self.numbers[account_id], 35)
            yield f"<obLine>{place}{_amount(amount)}</obLine>\n"

    def _transactions(self) -> Iterator[str]:
        yield _totals(*self.year.totals)
        for kind, journal in JOURNALS.items():
            transactions = self.year.transactions.get(kind)
            if transactions:
                yield f"<journal><jrnID>{journal.id}</jrnID><desc>{journal.description}</desc>"
                yield f"<jrnTp>{journal.type}</jrnTp>\n"
                for number, transaction in enumerate(transactions, start=1):
                    yield self._transaction(number, transaction)
                yield "</journal>\n"

    def _transaction(self, number: int, transaction: Transaction) -> str:
        day, numbers, contacts = transaction.day.isoformat(), self.numbers, self.contacts
        lines = []
        for position, posting in enumerate(transaction.postings, start=1):
            contact_id = self.year.contact(posting)
            contact = element("custSupID", contacts[contact_id], 35) if contact_id else ""
            lines.append(
                f"<trLine><nr>{position}</nr><accID>{clean(numbers[posting.account_id], 35)}</accID>"
                f"<docRef>{number}</docRef><effDate>{day}</effDate><desc>{clean(posting.description)}</desc>"
                f"{_amount(posting.amount)}{contact}</trLine>\n"
            )
        described = clean(transaction.postings[0].description)
        return (
            f"<transaction><nr>{number}</nr><desc>{described}</desc><periodNumber>{transaction.day.month}</periodNumber>"
            f"<trDt>{day}</trDt>\n{''.join(lines)}</transaction>\n"
        )


def _contact_numbers(year: Year) -> dict[int, str]:
    """Contact → the number it goes by: its customer number, or its id when another contact has that number too."""
    numbers: dict[int, str] = {}
    taken: set[str] = set()
    for contact_id, card in year.cards.items():
        number = card.customer_id if card.customer_id and card.customer_id[:35] not in taken else str(contact_id)
        numbers[contact_id] = number
        taken.add(number[:35])
    for transactions in year.transactions.values():
        for transaction in transactions:
            for posting in transaction.postings:
                if posting.contact_id and posting.contact_id not in numbers:
                    numbers[posting.contact_id] = str(posting.contact_id)
    return numbers


def _card(card: Card, kind: str) -> str:
    address = optional("streetname", card.address1, 999) + optional("city", card.city, 50)
    address += optional("postalCode", card.zipcode, 10) + optional("country", card.country, 2)
    return "".join([
        optional("custSupName", card.name, 50),
        optional("eMail", card.email),
        optional("commerceNr", card.chamber_of_commerce, 999),
        optional("taxRegistrationCountry", card.country, 2),
        optional("taxRegIdent", card.tax_number, 30),
        optional("custSupTp", kind),
        f"<streetAddress>{address}</streetAddress>",
    ])  # fmt: skip


def _totals(count: int, debit: Cents, credit: Cents) -> str:
    sides = element("totalDebit", money(debit)) + element("totalCredit", money(credit))
    return f"{element('linesCount', count)}{sides}\n"


def _amount(amount: Cents) -> str:
    return f"<amnt>{money(abs(amount))}</amnt><amntTp>{'D' if amount > 0 else 'C'}</amntTp>"

"""An auditfile (XML Auditfile Financieel, 3.2 or 4.0) as a stream of facts: never more of it in memory than a block.

    path ──expat──▶ Header, Company, Account…, Opening…, Totals, Line…, Totals

What else is in the file (relations, VAT codes, sub-ledgers) is passed over. A document type or an entity is refused:
an audit file has none, and they are how a small file asks for memory or for other files. Amounts become debit positive:
a negative amount on its own side means the other one. The layout of 4.0 is unverified, nobody here has its schema.

Source: XmlAuditfileFinancieel3.2.xsd. `effDate` is taken as the day of the booking, which the schema demands per line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple
from xml.parsers import expat

from pipelines.errors import MalformedAnswerError

NAMESPACES = {
    "http://www.auditfiles.nl/XAF/3.2": "3.2",
    "http://www.odb.belastingdienst.nl/Belastingdienst/BCPP/1.1/structures/XmlauditfileXAF_4.0": "4.0",
}
_BLOCK = 64 * 1024  # bytes
_AMOUNT = re.compile(r"-?\d{1,15}(\.\d{1,2})?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_SIGNS = {"D": 1, "C": -1}
_SUMMED = ("openingBalance", "transactions")  # sub-ledgers have totals of their own, of lines that are there already
_SECTIONS = {"header", "company", "ledgerAccount", "openingBalance", "obLine", "transactions", "trLine"}


@dataclass(frozen=True)
class Header:
    version: str
    fiscal_year: str
    start: date
    end: date
    currency: str
    created: date
    software: str


@dataclass(frozen=True)
class Company:
    name: str
    chamber_of_commerce: str
    tax_number: str


class Account(NamedTuple):
    number: str
    name: str
    kind: str  # B balance, P profit and loss, M both


@dataclass(frozen=True)
class Totals:
    """What the file says of its `openingBalance` or `transactions`; its lines were found to add up to it."""

    part: str
    lines: int
    debit: Decimal
    credit: Decimal


class Opening(NamedTuple):
    number: str
    amount: Decimal  # debit positive


class Line(NamedTuple):
    number: str
    day: date
    amount: Decimal  # debit positive
    description: str


Fact = Header | Company | Account | Totals | Opening | Line


def read(path: Path, what: str) -> Iterator[Fact]:
    """The facts in the file's order. `what` names the file in errors.

    Raises MalformedAnswerError, possibly after many facts: what was read so far must not be used then.
    """
    reader = _Reader()
    with path.open("rb") as file:
        try:
            while block := file.read(_BLOCK):
                reader.parser.Parse(block, False)
                yield from reader.take()
            reader.parser.Parse(b"", True)
            yield from reader.take()
        except expat.ExpatError as error:
            problem = f"is cut off or no XML (line {error.lineno}: {expat.ErrorString(error.code)})"
            raise refused(what, problem) from None
        except _WrongError as error:
            raise refused(what, f"{error} (line {reader.parser.CurrentLineNumber})") from None


def refused(what: str, problem: str) -> MalformedAnswerError:
    return MalformedAnswerError(f"{what} {problem}; nothing of it was stored.", resource="auditfile")


class _WrongError(Exception):
    """What is wrong with the file, as the end of a sentence."""


class _Reader:
    """expat's handlers. A record's fields are its leaves, also those of an element inside it."""

    def __init__(self) -> None:
        self.version = ""
        self._found: list[Fact] = []
        self._path: list[str] = []
        self._fields: dict[str, str] = {}
        self._text = ""
        self._said: Totals | None = None
        self._count, self._sums = 0, {"D": Decimal(0), "C": Decimal(0)}
        self._makers: dict[str, Callable[[], Fact | None]] = {
            "header": self._header, "taxRegIdent": self._company, "ledgerAccount": self._account,
            "totalCredit": self._begin_sums, "obLine": self._opening, "trLine": self._line,
            "openingBalance": self._totals, "transactions": self._totals,
        }  # fmt: skip
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.CharacterDataHandler = self._characters
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._doctype

    def take(self) -> list[Fact]:
        found, self._found = self._found, []
        return found

    def _doctype(self, *_: object) -> None:
        raise _WrongError("declares a document type, which no auditfile does")

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition("}")
        if not self._path:
            self.version = NAMESPACES.get(namespace, "")
            if local != "auditfile" or not self.version:
                raise _WrongError(f"is no auditfile of version {' or '.join(NAMESPACES.values())}")
        if local in _SECTIONS:
            self._fields = {}
        self._path.append(local)
        self._text = ""

    def _characters(self, text: str) -> None:
        self._text += text

    def _end(self, _name: str) -> None:
        local = self._path.pop()
        self._fields[local] = self._text
        self._text = ""
        if local in self._makers:
            fact = self._makers[local]()
            if fact is not None:
                self._found.append(fact)

    def _header(self) -> Header:
        software = f"{self._fields.get('softwareDesc', '')} {self._fields.get('softwareVersion', '')}".strip()
        return Header(
            self.version, self._must("fiscalYear"), self._day("startDate"), self._day("endDate"),
            self._must("curCode"), self._day("dateCreated"), software,
        )  # fmt: skip

    def _company(self) -> Company | None:
        if self._path[-1] != "company":
            return None
        names = ("companyName", "Commercenr" if self.version == "4.0" else "companyIdent", "taxRegIdent")
        return Company(*(self._fields.get(name, "").strip() for name in names))

    def _account(self) -> Account:
        return Account(self._must("accID"), self._fields.get("accDesc", ""), self._fields.get("accTp", ""))

    def _begin_sums(self) -> None:
        if self._path[-1] not in _SUMMED:
            return
        count = self._must("linesCount")
        if not count.isascii() or not count.isdigit():
            raise _WrongError(f"has {count[:40]!r} where its linesCount should be")
        self._said = Totals(self._path[-1], int(count), self._number("totalDebit"), self._number("totalCredit"))
        self._count, self._sums = 0, {"D": Decimal(0), "C": Decimal(0)}

    def _totals(self) -> Totals:
        said, self._said = self._said, None
        if said is None:
            raise _WrongError("has no totals where its lines begin")
        found = (self._count, self._sums["D"], self._sums["C"])
        if found != (said.lines, said.debit, said.credit):
            raise _WrongError(
                f"says {said.lines} lines, debit {said.debit} and credit {said.credit} in its {said.part}, and holds "
                f"{found[0]} lines, debit {found[1]} and credit {found[2]}"
            )
        return said

    def _opening(self) -> Opening:
        return Opening(self._must("accID"), self._amount())

    def _line(self) -> Line:
        return Line(self._must("accID"), self._day("effDate"), self._amount(), self._fields.get("desc", ""))

    def _must(self, name: str) -> str:
        text = self._fields.get(name, "").strip()
        if not text:
            raise _WrongError(f"has no {name} where one should be")
        return text

    def _day(self, name: str) -> date:
        text = self._must(name)
        try:
            if not _DAY.fullmatch(text):
                raise ValueError(text)
            return date.fromisoformat(text)
        except ValueError:
            raise _WrongError(f"has {text[:40]!r} where its {name} should be") from None

    def _number(self, name: str) -> Decimal:
        text = self._must(name)
        if not _AMOUNT.fullmatch(text):
            raise _WrongError(f"has {text[:40]!r} where its {name} should be")
        return Decimal(text)

    def _amount(self) -> Decimal:
        side = self._must("amntTp")
        if side not in _SIGNS:
            raise _WrongError(f"has {side[:40]!r} where its amntTp should be")
        amount = self._number("amnt")
        self._count += 1
        self._sums[side] += amount
        return amount * _SIGNS[side]

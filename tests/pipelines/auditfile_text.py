"""Small auditfiles in words, for tests: right unless a test makes them wrong."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

NAMESPACE = "http://www.auditfiles.nl/XAF/3.2"
Booked = tuple[str, str, str]  # account number, day, amount with debit positive: "-100.00" is credit

ACCOUNTS = {"1300": "B", "1600": "B", "8000": "P"}
OPENING = {"1300": "500.00", "1600": "-500.00"}
LINES: tuple[Booked, ...] = (
    ("1300", "2025-03-01", "121.00"),
    ("8000", "2025-03-01", "-100.00"),
    ("1600", "2025-03-01", "-21.00"),
    ("8000", "2025-12-31", "-0.05"),
    ("1300", "2025-12-31", "0.05"),
)


def line(number: str, day: str, amount: str, extra: str = "") -> str:
    return (
        f"<trLine><nr>1</nr><accID>{number}</accID><docRef>1</docRef><effDate>{day}</effDate>"
        f"<desc>Factuur &amp; co</desc>{sided(amount)}<custSupID>7</custSupID>{extra}</trLine>"
    )


def sided(amount: str) -> str:
    return f"<amnt>{amount.lstrip('-')}</amnt><amntTp>{'C' if amount.startswith('-') else 'D'}</amntTp>"


def totals(amounts: list[str]) -> str:
    numbers = [Decimal(amount) for amount in amounts]
    debit, credit = sum(n for n in numbers if n > 0), -sum(n for n in numbers if n < 0)
    return f"<linesCount>{len(amounts)}</linesCount><totalDebit>{debit}</totalDebit><totalCredit>{credit}</totalCredit>"


def auditfile(
    lines: tuple[Booked, ...] = LINES,
    opening: dict[str, str] = OPENING,
    accounts: dict[str, str] = ACCOUNTS,
    year: int = 2025,
    company: str = "Duivenhof B.V.",
) -> str:
    header = (
        f"<fiscalYear>{year}</fiscalYear><startDate>{year}-01-01</startDate><endDate>{year}-12-31</endDate>"
        "<curCode>EUR</curCode><dateCreated>2026-01-05</dateCreated><softwareDesc>Moneybird</softwareDesc>"
    )
    chart = "".join(
        f"<ledgerAccount><accID>{number}</accID><accDesc>Rekening</accDesc><accTp>{kind}</accTp></ledgerAccount>"
        for number, kind in accounts.items()
    )
    begun = "".join(f"<obLine><nr>1</nr><accID>{n}</accID>{sided(amount)}</obLine>" for n, amount in opening.items())
    booked = "".join(line(*one) for one in lines)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<auditfile xmlns="{NAMESPACE}"><header>{header}</header><company>'
        f"<companyIdent>12345678</companyIdent><companyName>{company}</companyName>"
        "<taxRegistrationCountry>NL</taxRegistrationCountry><taxRegIdent>NL001234567B01</taxRegIdent>"
        "<customersSuppliers><customerSupplier><custSupID>7</custSupID><custSupName>Klant</custSupName>"
        "<taxRegIdent>NL009999999B01</taxRegIdent></customerSupplier></customersSuppliers>"
        f"<generalLedger>{chart}</generalLedger><openingBalance><opBalDate>{year}-01-01</opBalDate>"
        f"{totals(list(opening.values()))}{begun}</openingBalance>"
        f"<transactions>{totals([amount for _, _, amount in lines])}<journal><jrnID>MEM</jrnID><desc>Memoriaal</desc>"
        f"<transaction><nr>1</nr><periodNumber>3</periodNumber><trDt>{year}-03-01</trDt>{booked}</transaction></journal>"
        "</transactions></company></auditfile>\n"
    )


def written(directory: Path, text: str) -> Path:
    path = directory / "file.xaf"
    path.write_text(text, encoding="utf-8")
    return path

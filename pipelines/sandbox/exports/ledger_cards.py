"""The ledger cards ("grootboekkaarten") of a year as an Excel file: every line, by account and day.

Documented is that it is Excel, that it contains all bookings and that people audit with it; the columns are a guess.
The workbook is the smallest that spreadsheet programs open: one sheet, text in the cells themselves, no styles.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pipelines.sandbox.exports.xml import clean, money
from pipelines.sandbox.exports.year import Year
from pipelines.sandbox.ledger import Posting

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = ("Rekening", "Naam", "Datum", "Omschrijving", "Relatie", "Debet", "Credit")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Grootboekkaarten" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


def ledger_cards(year: Year) -> bytes:
    """The whole file. The same year gives the same bytes."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, text in _PARTS.items():
            archive.writestr(_entry(name), _XML + text)
        with archive.open(_entry("xl/worksheets/sheet1.xml"), "w") as sheet:
            for piece in _sheet(year):
                sheet.write(piece.encode())
    return file.getvalue()


def _entry(name: str) -> ZipInfo:
    """With a fixed moment, which is the first that the format knows."""
    entry = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = ZIP_DEFLATED
    return entry


def _sheet(year: Year) -> Iterator[str]:
    yield f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'
    yield _row([_text(name) for name in COLUMNS])
    cards = _cards(year)
    for account in year.accounts:
        name = [_text(account.number), _text(account.name)]
        opening = year.opening.get(account.id)
        if opening:
            yield _row([*name, _text(f"{year.number}-01-01"), _text("Beginsaldo"), "<c/>", *_sides(opening)])
        for posting in cards.get(account.id, ()):
            card = year.cards.get(year.contact(posting) or 0)
            what = [_text(posting.day.isoformat()), _text(posting.description), _text(card.name if card else "")]
            yield _row([*name, *what, *_sides(posting.amount)])
    yield "</sheetData></worksheet>"


def _cards(year: Year) -> dict[int, list[Posting]]:
    """Account → its lines, oldest first."""
    found: dict[int, list[Posting]] = {}
    for transactions in year.transactions.values():
        for transaction in transactions:
            for posting in transaction.postings:
                found.setdefault(posting.account_id, []).append(posting)
    for postings in found.values():
        postings.sort(key=lambda posting: (posting.day, posting.id))
    return found


def _row(cells: list[str]) -> str:
    return f"<row>{''.join(cells)}</row>"


def _text(text: str) -> str:
    return f'<c t="inlineStr"><is><t xml:space="preserve">{clean(text)}</t></is></c>'


def _sides(amount: int) -> tuple[str, str]:
    debit, credit = (amount, 0) if amount > 0 else (0, -amount)
    return f"<c><v>{money(debit)}</v></c>", f"<c><v>{money(credit)}</v></c>"

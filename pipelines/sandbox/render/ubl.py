"""A sales invoice as UBL 2.1, element by element as in the contract's example; a credit invoice is one with type 381.

The example attaches the PDF; so does this.
"""

from __future__ import annotations

from base64 import encodebytes
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import decimal_text, text
from pipelines.sandbox.model import Identity, Invoice, Line, TaxRate
from pipelines.sandbox.render.invoice_papers import invoice_pdf, name_of
from pipelines.sandbox.render.invoices import day, identity_id, payment_reference

_OPEN = (
    '<Invoice xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">'
)


def invoice_xml(administration: Administration, invoice: Invoice) -> bytes:
    parts = ['<?xml version="1.0" encoding="UTF-8"?>', _OPEN, *_body(administration, invoice), "</Invoice>"]
    return "\n".join(parts).encode()


def _cbc(name: str, value: object, **attributes: str) -> str:
    shown = "".join(f" {key}={quoteattr(text)}" for key, text in attributes.items())
    return f"<cbc:{name}{shown}>{escape(str(value))}</cbc:{name}>"


def _cac(name: str, *parts: str) -> str:
    return f"<cac:{name}>{''.join(parts)}</cac:{name}>"


def _body(administration: Administration, invoice: Invoice) -> Iterator[str]:
    figures = administration.figures(invoice)
    sender = administration.identities.get(identity_id(administration, invoice))
    name = f"{name_of(invoice)}.pdf"
    kind = "381" if figures.incl < 0 else "380"
    yield _cbc("UBLVersionID", "2.1")
    yield _cbc("ID", name_of(invoice))
    yield _cbc("IssueDate", day(invoice.invoice_date) or day(administration.clock.today()))
    yield _cbc("DueDate", day(invoice.due_date))
    yield _cbc("InvoiceTypeCode", kind, listID="UNCL1001", listAgencyID="6")
    yield _cbc("DocumentCurrencyCode", invoice.currency, listID="ISO4217", listAgencyID="6")
    if invoice.reference:
        yield _cac("OrderReference", _cbc("ID", invoice.reference))
    content = encodebytes(invoice_pdf(administration, invoice)).decode().strip()
    file = _cbc("EmbeddedDocumentBinaryObject", content, mimeCode="application/pdf", filename=name)
    yield _cac(
        "AdditionalDocumentReference", _cbc("ID", name), _cbc("DocumentType", "PrimaryImage"), _cac("Attachment", file)
    )
    yield _cac("AccountingSupplierParty", _supplier(administration, sender))
    yield _cac("AccountingCustomerParty", _customer(administration, invoice))
    yield _payment_means(invoice, sender)
    money = {"currencyID": invoice.currency}
    yield _cac(
        "TaxTotal",
        _cbc("TaxAmount", text(sum(total.tax for total in figures.tax_totals)), **money),
        *(
            _cac(
                "TaxSubtotal",
                _cbc("TaxableAmount", text(total.taxable), **money),
                _cbc("TaxAmount", text(total.tax), **money),
                _category("TaxCategory", administration.tax_rates[total.tax_rate_id]),
            )
            for total in figures.tax_totals
        ),
    )
    yield _cac(
        "LegalMonetaryTotal",
        _cbc("LineExtensionAmount", text(figures.excl), **money),
        _cbc("TaxExclusiveAmount", text(figures.excl), **money),
        _cbc("TaxInclusiveAmount", text(figures.incl), **money),
        _cbc("AllowanceTotalAmount", "0", **money),  # a discount is in the amounts of the lines already
        _cbc("PayableAmount", text(figures.incl), **money),
    )
    for number, (line, net) in enumerate(zip(invoice.lines, figures.nets, strict=True), start=1):
        yield _line(administration, line, number, net, money)


def _supplier(administration: Administration, sender: Identity | None) -> str:
    if sender is None:
        return _cac("Party", _cac("PartyName", _cbc("Name", administration.name)))
    number = sender.chamber_of_commerce
    return _cac(
        "Party",
        _cac("PartyName", _cbc("Name", sender.company_name)),
        _address(sender.address1, sender.city, sender.zipcode, sender.country),
        _tax_scheme(sender.tax_number),
        _cac(
            "PartyLegalEntity",
            _cbc("RegistrationName", sender.company_name),
            _cbc("CompanyID", number, schemeID="0106") if number else "",
        ),
        _cac("Contact", _cbc("ElectronicMail", sender.email)) if sender.email else "",
    )


def _customer(administration: Administration, invoice: Invoice) -> str:
    card = invoice.card or administration.contacts[invoice.contact_id].card
    return _cac(
        "Party",
        _cac("PartyName", _cbc("Name", card.name)),
        _address(card.address1, card.city, card.zipcode, card.country),
        _tax_scheme(card.tax_number),
        _cac("PartyLegalEntity", _cbc("RegistrationName", card.name)),
        _cac("Contact", _cbc("ElectronicMail", card.email)) if card.email else "",
    )


def _tax_scheme(number: str | None) -> str:
    scheme = _cac("TaxScheme", _cbc("ID", "VAT", schemeID="UN/ECE 5153"))
    return _cac("PartyTaxScheme", _cbc("CompanyID", number, schemeID=f"{number[:2]}:VAT"), scheme) if number else ""


def _address(street: str | None, city: str | None, zipcode: str | None, country: str) -> str:
    named = (("StreetName", street), ("CityName", city), ("PostalZone", zipcode))
    code = _cbc("IdentificationCode", country, listID="ISO3166-1:Alpha2", listAgencyID="6")
    return _cac("PostalAddress", *(_cbc(name, value) for name, value in named if value), _cac("Country", code))


def _payment_means(invoice: Invoice, sender: Identity | None) -> str:
    reference, account = payment_reference(invoice), sender.bank_account_number if sender else None
    return _cac(
        "PaymentMeans",
        _cbc("PaymentMeansCode", "30", listID="UNCL4461", listAgencyID="6"),
        _cbc("PaymentDueDate", day(invoice.due_date)),
        _cbc("PaymentID", reference) if reference else "",
        _cac("PayeeFinancialAccount", _cbc("ID", account, schemeID="IBAN")) if account else "",
    )


def _category(element: str, rate: TaxRate) -> str:
    percentage = rate.percentage or 0
    scheme = _cac("TaxScheme", _cbc("ID", "VAT", schemeID="UN/ECE 5153"))
    letter = "S" if percentage else "Z"
    return _cac(element, _cbc("ID", letter, schemeID="UNCL5305"), _cbc("Percent", f"{percentage:.1f}"), scheme)


def _line(administration: Administration, line: Line, number: int, net: int, money: dict[str, str]) -> str:
    quantity = decimal_text(line.quantity)
    return _cac(
        "InvoiceLine",
        _cbc("ID", number),
        _cbc("InvoicedQuantity", quantity, unitCode="ZZ", unitCodeListID="UNECERec20"),
        _cbc("LineExtensionAmount", text(net), **money),
        _cac(
            "Item",
            _cbc("Description", line.description),
            _cbc("Name", line.description),
            _category("ClassifiedTaxCategory", administration.tax_rates[line.tax_rate_id]),
        ),
        _cac("Price", _cbc("PriceAmount", text(line.price), **money)),
    )

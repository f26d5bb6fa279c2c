"""A sales invoice on paper: as PDF, and as a packing slip without prices."""

from __future__ import annotations

from pipelines.sandbox.administration import Administration
from pipelines.sandbox.amounts import text
from pipelines.sandbox.model import Invoice
from pipelines.sandbox.render import pdf
from pipelines.sandbox.render.invoices import day, identity_id


def name_of(invoice: Invoice) -> str:
    """What a file of this invoice is called, without its ending."""
    return invoice.number or f"concept-{invoice.draft_number}"


def invoice_pdf(administration: Administration, invoice: Invoice, stationery: bool = False) -> bytes:
    """`stationery` leaves out the sender, for paper that has it printed."""
    figures = administration.figures(invoice)
    lines = [*_head(administration, invoice, stationery), f"Factuur {name_of(invoice)}", ""]
    for line, net in zip(invoice.lines, figures.nets, strict=True):
        lines.append(f"{line.amount or '':<12} {line.description}   {invoice.currency} {text(net)}")
    lines += ["", f"Subtotaal {text(figures.excl)}"]
    for total in figures.tax_totals:
        lines.append(f"{administration.tax_rates[total.tax_rate_id].name} {text(total.tax)}")
    return pdf.page([*lines, f"Totaal {invoice.currency} {text(figures.incl)}"])


def packing_slip(administration: Administration, invoice: Invoice, stationery: bool = False) -> bytes:
    lines = [*_head(administration, invoice, stationery), f"Pakbon bij factuur {name_of(invoice)}", ""]
    return pdf.page([*lines, *(f"{line.amount or '':<12} {line.description}" for line in invoice.lines)])


def _head(administration: Administration, invoice: Invoice, stationery: bool) -> list[str]:
    sender = administration.identities.get(identity_id(administration, invoice))
    name = sender.company_name if sender else administration.name
    card = invoice.card or administration.contacts[invoice.contact_id].card
    recipient = [card.name, card.address1 or "", f"{card.zipcode or ''} {card.city or ''}"]
    dates = f"Factuurdatum {day(invoice.invoice_date) or '-'}, vervaldatum {day(invoice.due_date)}"
    return [*([] if stationery else [name, ""]), *recipient, "", dates, ""]

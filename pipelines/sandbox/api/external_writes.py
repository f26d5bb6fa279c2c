"""External sales invoices: made, changed, doubted, given up and deleted over the API.

The reference is required, the contact is not: the contract's refusals of a body without a reference do not miss one. A
contact that is named blank is refused, as a client saw. Not found reads differently per operation, as in the examples.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from pipelines.sandbox.actions import external
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.api import attachments, details
from pipelines.sandbox.api.answer import Call, Complaints, Reply, not_there, refuse, refuse_unknown
from pipelines.sandbox.api.documents_bodies import Body, day, opened, without_404
from pipelines.sandbox.api.locks import refuse_locked
from pipelines.sandbox.model import ExternalInvoice, Line
from pipelines.sandbox.render.external import external_invoice

NAME = "external_sales_invoice"
_KEYS = frozenset({
    "contact_id", "reference", "date", "due_date", "currency", "prices_are_incl_tax", "source", "source_url",
    "details_attributes",
})  # fmt: skip
_NOT_DUBIOUS = "Invoice should be open, late or due, not a credit invoice and cannot have an invoice date in the future"
_NOT_UNCOLLECTIBLE = (
    "Sales invoice should be open, late or due, not a credit invoice and cannot have a invoice date in the future"
)


def found(call: Call, name: str = "id") -> ExternalInvoice:
    """The invoice of the path, missed in the words of writes."""
    return call.find(call.administration.external_invoices, name=name)


def named(call: Call) -> ExternalInvoice:
    """The invoice of the path, missed in the words of reads and marks."""
    return call.find(call.administration.external_invoices, not_there("External invoice"))


def create(call: Call) -> Reply:
    """Checks everything first, then stores. Without lines there is nothing to book yet, so it is `new` (a guess)."""
    administration = call.administration
    body = opened(call, NAME, _KEYS, making=True)
    now = administration.clock.milliseconds()
    _check_reference(body)
    currency, rate = body.currency(administration.currency)
    with without_404():
        invoice = ExternalInvoice(
            id=0,
            contact_id=_contact(body, making=True),
            day=body.required_day("date", administration.clock.today()),
            due_date=body.day("due_date"),
            reference=body.text("reference"),
            entry_number=0,
            created=now,
            updated=now,
            lines=_lines(body, ()),
            source=body.text("source"),
            source_url=body.text("source_url"),
            currency=currency,
            rate=rate,
            prices_are_incl_tax=body.flag("prices_are_incl_tax", False),
        )
    invoice.is_new = not invoice.lines
    body.complaints.refuse_if_any()
    refuse_locked(administration, invoice.day)
    return Reply(201, external_invoice(administration, external.take_in(administration, invoice), written=True))


def create_from_file(call: Call) -> Reply:
    """A new invoice with nothing but the file, to be processed by hand; its reference is the file's name (a guess)."""
    administration = call.administration
    name, _, _ = attachments.uploaded(call)
    now, today = administration.clock.milliseconds(), administration.clock.today()
    invoice = ExternalInvoice(0, None, today, None, name, 0, now, now, [], is_new=True, origin="upload")
    attachments.attach(call, "ExternalSalesInvoice", external.take_in(administration, invoice))
    return Reply(200, 200)


def update(call: Call) -> Reply:
    """Only what the body names changes; lines that it does not name stay."""
    administration = call.administration
    before = found(call)
    body = opened(call, NAME, _KEYS, making=False)
    if body.has("reference"):
        _check_reference(body)
    wanted = replace(before)
    if body.has("contact_id"):
        wanted.contact_id = _contact(body, making=False)
    if body.has("currency"):
        wanted.currency, wanted.rate = body.currency(before.currency)
    wanted.day = body.required_day("date", before.day)
    wanted.due_date = body.day("due_date") if body.has("due_date") else before.due_date
    for name in ("reference", "source", "source_url"):
        if body.has(name):
            setattr(wanted, name, body.text(name))
    wanted.prices_are_incl_tax = body.flag("prices_are_incl_tax", before.prices_are_incl_tax)
    wanted.lines = _lines(body, before.lines)
    body.complaints.refuse_if_any()
    refuse_locked(administration, before.day, wanted.day)
    return Reply(200, external_invoice(administration, external.change(administration, wanted), written=True))


def delete(call: Call) -> Reply:
    """The contract knows no refusal but 404 here; that of a locked period is the 400 of other documents."""
    invoice = found(call)
    refuse_locked(call.administration, invoice.day, status=400)
    external.remove(call.administration, invoice)
    return Reply(204)


def mark_dubious(call: Call) -> Reply:
    return _marked(call, frozenset({"dubious_date"}), _NOT_DUBIOUS, external.mark_dubious)


def mark_uncollectible(call: Call) -> Reply:
    """`book_method` is `revenue` or nothing; what else it says is refused in the words of parameters elsewhere."""
    as_revenue = call.object().get("book_method")
    if as_revenue not in (None, "", "revenue"):
        raise refuse(400, "book_method does not have a valid value")

    def mark(administration: Administration, invoice: ExternalInvoice, on: date) -> ExternalInvoice:
        return external.mark_uncollectible(administration, invoice, on, as_revenue == "revenue")

    return _marked(call, frozenset({"uncollectible_date", "book_method"}), _NOT_UNCOLLECTIBLE, mark)


def _check_reference(body: Body) -> None:
    if body.given.get("reference") in (None, ""):
        body.complaints.add("reference", "can't be blank", "blank")


def _contact(body: Body, *, making: bool) -> int | None:
    """Left out it stays empty; blank it is refused, as a client saw."""
    if body.has("contact_id") and body.given["contact_id"] in (None, ""):
        body.complaints.add("contact_id", "can't be blank", "blank")
    return body.contact(making=making)


def _lines(body: Body, existing: Sequence[Line]) -> list[Line]:
    defaults = details.of_sales(body.administration)
    return details.lines(body.administration, body.given.get("details_attributes"), body.complaints, defaults, existing)


def _marked(
    call: Call,
    known: frozenset[str],
    refusal: str,
    mark: Callable[[Administration, ExternalInvoice, date], ExternalInvoice],
) -> Reply:
    """Marks on the day of the body, today without one. Its refusals are 400: the contract has no 422 here."""
    administration, given = call.administration, call.object()
    invoice = named(call)
    refuse_unknown(given, known)
    complaints = Complaints()
    name = next(key for key in known if key.endswith("_date"))
    on = day(given.get(name), name, complaints) or administration.clock.today()
    if complaints.error:
        raise refuse(400, f"{name} is invalid")  # worded after "asset[purchase_date] is invalid"
    if not external.can_be_doubted(administration, invoice):
        raise refuse(400, refusal, {"invoice": "not_open"})
    refuse_locked(administration, on, status=400)
    return Reply(200, external_invoice(administration, mark(administration, invoice, on), written=True))

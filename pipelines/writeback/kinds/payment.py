"""A payment on a sales invoice: POST sales_invoices/{id}/payments books it at once; found again by its identifier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.errors import NotFoundError
from pipelines.operations import Claim, Command
from pipelines.writeback.catalogue.bank import OpenItem
from pipelines.writeback.checklist import administration, not_locked, writable
from pipelines.writeback.findings import Finding
from pipelines.writeback.keys import business_key, reference
from pipelines.writeback.kinds import postings
from pipelines.writeback.kinds.documents import texts
from pipelines.writeback.kinds.kind import Client, OneRequest, Remote, send
from pipelines.writeback.office import Office
from pipelines.writeback.posting import RegisterPayment
from pipelines.writeback.preview import Examined, Preview, Sending

_NOT_SENT = ("draft", "scheduled")


class RegisterPaymentKind(OneRequest):
    """`transaction_identifier` is the payment provider's own or our key: the only mark a payment carries."""

    name = RegisterPayment.kind
    request = RegisterPayment
    scope = "sales_invoices"
    posts = True

    def examine(self, request: RegisterPayment, office: Office) -> Examined:
        catalogue, where = office.catalogue, request.administration_id
        invoice = catalogue.open_item(where, "SalesInvoice", request.sales_invoice_id)
        findings = [
            writable(where, office, posts=True),
            administration(where, catalogue),
            postings.payable(f"sales invoice {request.sales_invoice_id}", invoice, catalogue.administration(where)),
            not_locked(where, request.payment_date, catalogue, what="payment"),
            _happened(request, office),
        ]
        if invoice is not None:
            findings.append(postings.open_enough(invoice, request.amount))
        good = all(finding.is_good for finding in findings)
        return Examined(tuple(findings), _preview(request, invoice) if good and invoice else None)

    def find(self, client: Client, command: Command, taken: frozenset[str]) -> Remote | None:  # noqa: ARG002
        """By its identifier on the invoice as it is now: `taken` says nothing that the identifier does not."""
        invoice = _invoice(client, command)
        sent = command.payload["body"]["payment"]
        for payment in invoice["payments"]:
            if payment.get("transaction_identifier") == sent["transaction_identifier"]:
                return _read(payment, command)
        _refuse_unless_still_open(invoice, sent, command)
        return None

    def create(self, client: Client, command: Command) -> Remote:
        return _read(send(client, command).json(), command)

    def differences(self, command: Command, remote: Remote) -> list[str]:
        sent = command.payload["body"]["payment"]
        return [
            *texts("invoice", command.payload["path"].split("/")[1], remote.record.get("invoice_id")),
            *postings.same_amounts("amount", sent["price"], remote.kept["price"]),
            *texts("payment date", sent["payment_date"], remote.kept["payment_date"]),
            *texts("identifier", sent["transaction_identifier"], remote.kept["transaction_identifier"]),
        ]


def _happened(request: RegisterPayment, office: Office) -> Finding:
    day, zone = request.payment_date, ZoneInfo(office.catalogue.time_zone(request.administration_id))
    if day > office.now.astimezone(zone).date():  # just after midnight in Amsterdam it is still yesterday in UTC
        return Finding(
            "payment date", False, f"The payment is dated {day:%d-%m-%Y}, which is still to come; register it that day."
        )
    return Finding("payment date", True, f"{day:%d-%m-%Y} is not in the future.")


def _preview(request: RegisterPayment, invoice: OpenItem) -> Preview:
    key = business_key(request)
    amount, open_amount = postings.money(request.amount), postings.money(invoice.open_amount)
    rest = postings.money(invoice.open_amount - request.amount)
    payment = {
        "payment_date": request.payment_date.isoformat(),
        "price": amount,
        "transaction_identifier": request.transaction_identifier or key,
    }
    claims = [Claim(f"payment:{request.sales_invoice_id}:{amount}", is_exclusive=True)]
    if request.transaction_identifier:
        claims.append(Claim(f"transaction:{request.transaction_identifier}", is_exclusive=True))
    return Preview(
        kind=request.kind,
        administration_id=request.administration_id,
        contact_name=invoice.contact_name,
        business_key=key,
        reference=reference(request, invoice.name),
        request=Sending("POST", f"sales_invoices/{request.sales_invoice_id}/payments", {"payment": payment}),
        currency_code=invoice.currency_code,
        total_incl_amount=request.amount,
        reasons=(
            f"Books {amount} {invoice.currency_code} of {request.payment_date:%d-%m-%Y} on {invoice.name} of "
            f"{invoice.contact_name}, of which {open_amount} is open; {rest} stays open.",
        ),
        reviews=_reviews(invoice),
        before={"open_amount": open_amount},
        claims=tuple(claims),
    )


def _reviews(invoice: OpenItem) -> tuple[str, ...]:
    if invoice.state == "pending_payment":
        return (f"A collection or payment of {invoice.name} is under way already; this may be the same money.",)
    if invoice.state == "uncollectible":
        return (f"{invoice.name} was written off; VAT that was claimed back on it is due again when it is paid.",)
    return ()


def _invoice(client: Client, command: Command) -> Mapping[str, Any]:
    path = command.payload["path"].removesuffix("/payments")
    try:
        answer = client.get(command.administration_id, path).json()
    except NotFoundError as error:
        if error.symbolic.get("id") != "not_found":
            raise postings.not_understood(error, command, "about this invoice") from None
        postings.look_first(f"{command.preview['reference']}: the invoice is no longer at Moneybird.")
    try:
        _ = [payment["id"] for payment in answer["payments"]], answer["state"], answer["total_unpaid"]
    except (KeyError, TypeError) as error:
        raise postings.not_understood(error, command, "a sales invoice") from None
    invoice: Mapping[str, Any] = answer
    return invoice


def _refuse_unless_still_open(invoice: Mapping[str, Any], sent: Mapping[str, Any], command: Command) -> None:
    """The published data may be a day old; somebody else, or Moneybird itself, may have booked this money since."""
    left = postings.amount_of(invoice, "total_unpaid", command, "a sales invoice")
    amount = postings.amount_of(sent, "price", command, "a payment")
    if invoice["state"] in _NOT_SENT or not postings.covers(left, amount):
        postings.look_first(
            f"{command.preview['reference']}: Moneybird now has {postings.money(left)} open on this invoice, "
            f"which is {invoice['state']}, so {postings.money(amount)} does not fit."
        )


def _read(record: Any, command: Command) -> Remote:
    """The payment; some have met it wrapped under its own name."""
    if isinstance(record, Mapping) and isinstance(record.get("payment"), Mapping):
        record = record["payment"]
    price = postings.amount_of(record, "price", command, "a payment")
    try:
        kept = {
            "price": postings.money(price),
            "payment_date": record["payment_date"],
            "transaction_identifier": record["transaction_identifier"],
        }
        return Remote(str(record["id"]), record, kept)
    except (KeyError, TypeError) as error:
        raise postings.not_understood(error, command, "a payment") from None

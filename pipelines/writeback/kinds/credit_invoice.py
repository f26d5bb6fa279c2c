"""A draft credit of a sent invoice: Moneybird copies the whole invoice, then one change makes it what was approved.

    duplicate_creditinvoice ──▶ copy of everything ──finish──▶ our reference, and the approved lines and quantities

The first request has no body, so nothing of ours is on the copy until the second. What comes of a lost answer is
therefore found by our reference, else as the one credit of this invoice that appeared since we looked and sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pipelines.errors import LookFirstError
from pipelines.operations import Claim, Command
from pipelines.writeback.catalogue import TaxRate
from pipelines.writeback.catalogue.documents import SalesInvoice
from pipelines.writeback.credit import CreditInvoice
from pipelines.writeback.fields import lookable
from pipelines.writeback.keys import business_key, plain_number, reference, without_key
from pipelines.writeback.kinds import credit_checks, credit_copy, documents
from pipelines.writeback.kinds.credited import Chosen, choose, credit_totals, spoken
from pipelines.writeback.kinds.kind import Client, Remote, send
from pipelines.writeback.kinds.listing import listed, periods
from pipelines.writeback.office import Office
from pipelines.writeback.preview import Examined, Preview, Sending
from pipelines.writeback.pricing import Totals

PATH = "sales_invoices"
CLOCKS_APART = timedelta(hours=1)
"""Our clock may be this far ahead of Moneybird's. Too little would miss our own copy and make a second; too much only
shows a person more of what others made: drafts from before the request were seen by the look just before it."""


class CreditInvoiceKind:
    """`lines` choose what comes back; the copy's first line is Moneybird's own heading with the invoice's number."""

    name = CreditInvoice.kind
    request = CreditInvoice
    scope = "sales_invoices"
    posts = False

    def examine(self, request: CreditInvoice, office: Office) -> Examined:
        findings = credit_checks.about_place(request, office)
        original = office.catalogue.sales_invoice(request.administration_id, request.sales_invoice_id)
        if original is None:
            return Examined((*findings, credit_checks.not_found(request)), None)
        chosen = choose(request, original)
        rates = [office.catalogue.tax_rate(request.administration_id, each.line.tax_rate_id) for each in chosen.lines]
        findings += credit_checks.about_original(request, original, office)
        findings += credit_checks.about_lines(chosen, rates)
        if not all(finding.is_good for finding in findings):
            return Examined(tuple(findings), None)
        known = [rate for rate in rates if rate is not None]
        amounts = credit_totals(chosen, original, known)
        findings.append(credit_checks.not_too_much(original, -amounts.total_incl_amount))
        good = all(finding.is_good for finding in findings)
        return Examined(tuple(findings), _preview(request, original, chosen, known, amounts, office) if good else None)

    def find(self, client: Client, command: Command, taken: frozenset[str]) -> Remote | None:
        """By its id where that is known, by our reference, else as a credit of this invoice no other command made.

        Before the first request, such a credit is somebody's own where it is a draft or the published data do not know
        it. After one whose answer was lost, exactly one that nobody touched is ours: it appeared since that look.
        """
        where, what, expected = command.administration_id, "a credit invoice", _expected(command)
        known = documents.with_id(client, where, PATH, command.remote_id, what) if command.remote_id else None
        ours = known or documents.with_reference(client, where, expected["reference"], what)
        if ours is not None:
            return ours
        others = [
            documents.read(record, where, what)
            for record in _credits_since(client, command, expected)
            if str(record.get("original_sales_invoice_id")) == expected["original_sales_invoice_id"]
            and str(record["id"]) not in taken
        ]
        if not others:
            return None
        if not _is_lost(command) or len(others) > 1 or not others[0].is_untouched:
            raise LookFirstError(_look(command, others))
        return others[0]

    def create(self, client: Client, command: Command) -> Remote:
        return documents.read(send(client, command).json(), command.administration_id, "a credit invoice")

    def finish(self, client: Client, command: Command, remote: Remote) -> Remote:
        """One change of lines and reference together: where our reference stands, it was made. A draft somebody edited
        is left as it is, and so is one whose lines are not the invoice's: the comparison says so."""
        expected = _expected(command)
        if remote.record["reference"] == expected["reference"] or not remote.is_untouched:
            return remote
        body = credit_copy.change(expected, remote.record)
        if body is None:
            return remote
        answer = client.patch(command.administration_id, f"{PATH}/{remote.id}", body)
        changed = documents.read(answer.json(), command.administration_id, "a credit invoice")
        return replace(changed, is_untouched=changed.kept["state"] == "draft")  # the change was ours

    def differences(self, command: Command, remote: Remote) -> list[str]:
        return credit_copy.differences(_expected(command), command.preview, remote.record, remote.kept)

    def take_back(self, client: Client, command: Command, remote: Remote) -> bool:
        return documents.take_back(client, command.administration_id, PATH, remote)


def _is_lost(command: Command) -> bool:
    """A request may have been acted upon, and nobody knows as what."""
    return command.sent_at is not None and command.remote_id is None


def _credits_since(client: Client, command: Command, expected: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Invoices of the contact. Before the first request: drafts, and whatever was made since the data were read.
    Afterwards: whatever was made since the approval; `sent_at` is the last moment a request may have left."""
    if _is_lost(command):
        return _made_after(client, command, expected, command.approved_at or command.created_at)
    (period,) = periods(command.updated_at.date())
    where, contact_id = command.administration_id, expected["contact_id"]
    drafts = listed(client, where, PATH, state="draft|scheduled", period=period, contact_id=contact_id)
    synced = next((evidence["synced_at"] for evidence in command.preview["evidence"]), None)
    if synced is None:
        return drafts
    newer = _made_after(client, command, expected, datetime.fromisoformat(synced))
    return [*drafts, *(record for record in newer if record not in drafts)]


def _made_after(
    client: Client, command: Command, expected: Mapping[str, Any], moment: datetime
) -> list[Mapping[str, Any]]:
    (period,) = periods(command.updated_at.date())
    since = f"{moment - CLOCKS_APART:%Y-%m-%dT%H:%M:%SZ}"
    return listed(
        client, command.administration_id, PATH,
        state="all", period=period, contact_id=expected["contact_id"], created_after=since,
    )  # fmt: skip


def _expected(command: Command) -> Mapping[str, Any]:
    expected: Mapping[str, Any] = command.preview["expected"]
    return expected


def _look(command: Command, found: list[Remote]) -> str:
    """Why a person must look at what is there."""
    which = (
        f"credit invoice {', '.join(remote.id for remote in found)} of invoice {command.preview['before']['number']}"
    )
    if not _is_lost(command):
        return (
            f"Expected no draft credit of this invoice and none made since the last sync, found {which}, which no "
            "command made; send or delete the draft in Moneybird, sync, and ask for what is then left."
        )
    if len(found) > 1:
        return (
            f"The answer was lost. Expected one credit of this invoice since it was approved, found "
            f"{which}; one is this command's. Delete in Moneybird what should not be there, then retry or cancel."
        )
    return (
        f"The answer was lost and {which} may be what came of it, but somebody changed it since, so it is left alone; "
        "finish it in Moneybird and cancel this command, or delete it there and retry."
    )


def _preview(
    request: CreditInvoice,
    original: SalesInvoice,
    chosen: Chosen,
    rates: list[TaxRate],
    amounts: Totals,
    office: Office,
) -> Preview:
    contact = office.catalogue.contact(request.administration_id, original.contact_id)
    administration = office.catalogue.administration(request.administration_id)
    assert contact is not None, "the checklist was good"
    assert administration is not None, "the checklist was good"
    synced = administration.synced_at
    made = [each for each in chosen.lines if each.quantity is not None]
    lines = credit_copy.described(chosen.lines)
    then = Sending("PATCH", f"{PATH}/<the copy>", credit_copy.announced(lines, _reference(request, original)))
    return Preview(
        kind=request.kind,
        administration_id=request.administration_id,
        contact_name=contact.name,
        business_key=business_key(request),
        reference=_reference(request, original),
        request=Sending("PATCH", f"{PATH}/{original.sales_invoice_id}/duplicate_creditinvoice", {}, then),
        currency_code=original.currency_code,
        line_amounts=tuple(each.net for each in made),
        rate_totals=amounts.rate_totals,
        total_excl_amount=amounts.total_excl_amount,
        tax_amount=amounts.tax_amount,
        total_incl_amount=amounts.total_incl_amount,
        reasons=tuple(_reasons(request, original, chosen, rates)),
        before={
            "number": spoken(original),
            "invoice_date": original.invoice_date.isoformat() if original.invoice_date else None,
            "total_incl_amount": original.total_incl_amount,
            "credited_amount": original.credited_amount,
        },
        expected={
            "original_sales_invoice_id": original.sales_invoice_id,
            "contact_id": original.contact_id,
            "reference": _reference(request, original),
            "lines": lines,
        },
        evidence=({"synced_at": synced.astimezone(UTC).isoformat()},) if synced else (),
        claims=(Claim(f"credit:{original.sales_invoice_id}", is_exclusive=True),),
    )


def _reference(request: CreditInvoice, original: SalesInvoice) -> str:
    """The customer's own as it stands on the invoice, else the invoice's number; and our key."""
    own = without_key(original.reference or "") or spoken(original)
    return reference(request, lookable(own))


def _reasons(request: CreditInvoice, original: SalesInvoice, chosen: Chosen, rates: list[TaxRate]) -> Iterator[str]:
    part = "All" if chosen.is_whole else "A part"
    asked = f": {request.reason}" if request.reason else ""
    yield f"{part} of invoice {spoken(original)} is credited{asked}."
    if not chosen.is_whole:
        yield "Moneybird copies the whole invoice; the lines and quantities that do not come back are then taken off."
    for number, (each, rate) in enumerate(zip(chosen.lines, rates, strict=True), 1):
        if each.quantity is not None and each.net:
            of = f"{plain_number(abs(each.quantity))} of {plain_number(abs(each.line.quantity))}"
            yield (
                f"Line {number}: {of} × '{each.line.description}' is {each.net}, VAT '{rate.name}' as on the invoice."
            )

"""A bank transaction linked to what it pays: PATCH link_booking answers with a bare 200, so it is read again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal

from pipelines.errors import ApiError, MalformedAnswerError
from pipelines.operations import Claim, Command
from pipelines.writeback.catalogue import Catalogue
from pipelines.writeback.catalogue.bank import BankMutation, BookingAccount, OpenItem
from pipelines.writeback.checklist import administration, writable
from pipelines.writeback.findings import Finding
from pipelines.writeback.keys import business_key, reference
from pipelines.writeback.kinds import postings
from pipelines.writeback.kinds.bank_reading import (
    PATH,
    is_newer,
    links_of,
    refuse_unless_as_known,
    refuse_unless_still_open,
    reread,
)
from pipelines.writeback.kinds.documents import texts
from pipelines.writeback.kinds.kind import Client, OneRequest, Remote, send
from pipelines.writeback.office import Office
from pipelines.writeback.posting import LinkBankMutation
from pipelines.writeback.preview import Examined, Preview, Sending


class LinkBankMutationKind(OneRequest):
    """The amount is sent positive whichever way the money went: on documents always, on an account in its direction."""

    name = LinkBankMutation.kind
    request = LinkBankMutation
    scope = "bank"
    posts = True

    def examine(self, request: LinkBankMutation, office: Office) -> Examined:
        meeting = _Meeting.of(request, office.catalogue)
        findings = [
            writable(request.administration_id, office, posts=True),
            administration(request.administration_id, office.catalogue),
            *_mutation(request, meeting, office.catalogue),
            *_target(request, meeting, office.catalogue),
        ]
        good = all(finding.is_good for finding in findings)
        return Examined(tuple(findings), _preview(request, meeting, office.catalogue) if good else None)

    def find(self, client: Client, command: Command, taken: frozenset[str]) -> Remote | None:
        """The link that came to stand on the transaction since the preview, whoever made it: it is the same link.

        None of `taken`. One with another amount is a person's, unless our own request may have been acted upon.
        """
        mutation = reread(client, command)
        free = [link for link in links_of(mutation, command) if link.id not in taken]
        links = [link for link in free if is_newer(link, command)]
        exact = [link for link in links if not self.differences(command, link)]
        if exact:
            return exact[0]
        if links and command.sent_at is not None:
            return links[-1]
        refuse_unless_still_open(mutation, command)
        if any(not self.differences(command, link) for link in free):
            refuse_unless_as_known(mutation, command)
        return None

    def create(self, client: Client, command: Command) -> Remote:
        send(client, command)
        try:
            links = [link for link in links_of(reread(client, command), command) if is_newer(link, command)]
        except ApiError as error:  # of the look after it, not of the link: its outcome is what nobody knows
            raise postings.not_understood(error, command, "what stands on the transaction now") from error
        exact = [link for link in links if not self.differences(command, link)]
        if not links:
            raise MalformedAnswerError(
                "Moneybird accepted the link, but the transaction does not show it yet.",
                resource=PATH,
                administration_id=command.administration_id,
            )
        return (exact or links)[-1]

    def differences(self, command: Command, remote: Remote) -> list[str]:
        sent = command.payload["body"]
        return [
            *texts("linked to", f"{sent['booking_type']} {sent['booking_id']}", remote.kept["linked_to"]),
            *postings.same_amounts("amount", sent["price_base"], remote.kept["amount"]),
        ]


@dataclass(frozen=True)
class _Meeting:
    """The transaction and what it should be linked to, as far as they are known; `effect` is what it takes off."""

    mutation: BankMutation | None
    item: OpenItem | None
    account: BookingAccount | None
    effect: Decimal

    @classmethod
    def of(cls, request: LinkBankMutation, catalogue: Catalogue) -> _Meeting:
        where, wanted = request.administration_id, request.booking_id
        mutation = catalogue.bank_mutation(where, request.financial_mutation_id)
        is_account = request.booking_type == "LedgerAccount"
        is_opposite = (mutation is not None and mutation.amount < 0) != (request.booking_type == "Document")
        return cls(
            mutation,
            None if is_account else catalogue.open_item(where, request.booking_type, wanted),
            catalogue.booking_account(where, wanted) if is_account else None,
            -request.amount if is_opposite else request.amount,
        )


def _mutation(request: LinkBankMutation, meeting: _Meeting, catalogue: Catalogue) -> Iterator[Finding]:
    mutation, books = meeting.mutation, catalogue.administration(request.administration_id)
    if mutation is None:
        yield Finding(
            "bank transaction", False,
            f"There is no bank transaction {request.financial_mutation_id} in the published data; check its id, or "
            "sync first.",
        )  # fmt: skip
        return
    whole, rest = postings.money(mutation.amount), postings.money(abs(mutation.open_amount))
    said = f"Of the bank transaction of {mutation.mutation_date:%d-%m-%Y} ({whole} {mutation.currency_code})"
    is_enough = request.amount <= abs(mutation.open_amount)
    advice = "enough" if is_enough else f"less than {postings.money(request.amount)}; correct the amount, or sync first"
    yield Finding("bank transaction", is_enough, f"{said} {rest} is not linked yet, {advice}.")
    if books is not None and mutation.currency_code != books.currency_code:
        yield Finding(
            "currency", False,
            f"The bank transaction is in {mutation.currency_code} and the books are in {books.currency_code}: link it "
            "in Moneybird, where the rate is known.",
        )  # fmt: skip
    locked = books.locked_until if books else None
    if locked is not None and mutation.mutation_date <= locked:
        yield Finding(
            "date", False,
            f"The books are locked until {locked:%d-%m-%Y} and the bank transaction is of "
            f"{mutation.mutation_date:%d-%m-%Y}; have the period opened in Moneybird first.",
        )  # fmt: skip


def _target(request: LinkBankMutation, meeting: _Meeting, catalogue: Catalogue) -> Iterator[Finding]:
    where, wanted = request.administration_id, request.booking_id
    if request.booking_type == "LedgerAccount":
        yield _account(wanted, meeting.account)
        return
    item = meeting.item
    yield postings.payable(f"{request.booking_type} {wanted}", item, catalogue.administration(where))
    if item is None:
        return
    yield postings.open_enough(item, meeting.effect)
    if catalogue.is_paid_by(where, wanted, request.financial_mutation_id):
        yield Finding(
            "linked", False,
            f"The bank transaction pays {item.name} already; change the amount in Moneybird, where both are seen.",
        )  # fmt: skip


def _account(wanted: str, account: BookingAccount | None) -> Finding:
    if account is None:
        return Finding("ledger account", False, f"Ledger account {wanted} does not exist there; choose another.")
    if not account.is_active:
        return Finding("ledger account", False, f"Ledger account '{account.name}' is no longer active; choose another.")
    return Finding("ledger account", True, f"Ledger account '{account.name}' is active.")


def _preview(request: LinkBankMutation, meeting: _Meeting, catalogue: Catalogue) -> Preview:
    mutation, item, account = meeting.mutation, meeting.item, meeting.account
    assert mutation is not None, "the checklist was good"
    books = catalogue.administration(request.administration_id)
    synced = books.synced_at if books else None
    target = item.name if item else account.name if account else ""
    amount = postings.money(request.amount)
    path = f"{PATH}/{request.financial_mutation_id}/link_booking"
    body = {"booking_type": request.booking_type, "booking_id": request.booking_id, "price_base": amount}
    claims = [Claim(f"mutation:{request.financial_mutation_id}", is_exclusive=True)]
    if item is not None:
        claims.append(Claim(f"payment:{request.booking_id}:{postings.money(meeting.effect)}", is_exclusive=True))
    return Preview(
        kind=request.kind,
        administration_id=request.administration_id,
        contact_name=item.contact_name if item else mutation.contra_account_name,
        business_key=business_key(request),
        reference=reference(request, target),
        request=Sending("PATCH", path, body),
        currency_code=mutation.currency_code,
        total_incl_amount=request.amount,
        reasons=tuple(_reasons(request, mutation, item, target)),
        reviews=_reviews(account),
        before={
            "open_amount": postings.money(mutation.open_amount),
            "document_open_amount": postings.money(item.open_amount) if item else None,
        },
        evidence=({"synced_at": synced.astimezone(UTC).isoformat()},) if synced else (),
        claims=tuple(claims),
    )


def _reasons(request: LinkBankMutation, mutation: BankMutation, item: OpenItem | None, target: str) -> Iterator[str]:
    came = "came in" if mutation.amount > 0 else "went out"
    text = " ".join(part for part in (mutation.contra_account_name, mutation.message) if part)
    whole, part = postings.money(abs(mutation.amount)), postings.money(request.amount)
    yield (
        f"Of {whole} {mutation.currency_code} that {came} on {mutation.mutation_date:%d-%m-%Y} "
        f"({text or 'without a description'}), {part} is booked on {target}."
    )
    if item is not None:
        yield f"{target} of {item.contact_name} has {postings.money(item.open_amount)} open."


def _reviews(account: BookingAccount | None) -> tuple[str, ...]:
    if account is None or not account.is_result:
        return ()
    return (
        f"'{account.name}' is an account of revenue or costs: booked straight on it there is no VAT; an invoice or a "
        "receipt would have it.",
    )

"""A bank transaction as Moneybird has it now: what is linked of it, what of that is new, whether more still fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pipelines.operations import Command
from pipelines.writeback.kinds import postings
from pipelines.writeback.kinds.kind import Client, Remote

PATH = "financial_mutations"


def reread(client: Client, command: Command) -> Mapping[str, Any]:
    """The transaction as it is now; asked by synchronization, as a single one costs the quota more."""
    wanted = command.payload["path"].split("/")[1]
    found = client.fetch(command.administration_id, PATH, [wanted]).json()
    try:
        mutation = next((row for row in found if str(row["id"]) == wanted), None)
        if mutation is not None:
            _ = mutation["payments"], mutation["ledger_account_bookings"], mutation["amount_open"]
    except (KeyError, TypeError) as error:
        raise postings.not_understood(error, command, "a bank transaction") from None
    if mutation is None:
        postings.look_first(f"{command.preview['reference']}: the bank transaction is no longer at Moneybird.")
    return dict(mutation)


def is_newer(link: Remote, command: Command) -> bool:
    """What stood there when the data were read is another booking than this one, even of the same amount.

    Both moments are Moneybird's; they tell, because the marts keep no ids of bookings.
    """
    synced = next((evidence["synced_at"] for evidence in command.preview["evidence"]), None)
    made = _made_at(link)
    return synced is None or made is None or made > datetime.fromisoformat(synced)


def _made_at(link: Remote) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(link.record.get("created_at")))
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def links_of(mutation: Mapping[str, Any], command: Command) -> Iterator[Remote]:
    """What links the transaction to the document or account of `command`, oldest first."""
    wanted = command.payload["body"]
    direction = 1 if postings.amount_of(mutation, "amount", command, "a bank transaction") > 0 else -1
    try:
        if wanted["booking_type"] == "LedgerAccount":
            rows = [
                (row, "LedgerAccount", row["ledger_account_id"], "price") for row in mutation["ledger_account_bookings"]
            ]
        else:
            rows = [(row, row["invoice_type"], row["invoice_id"], "price_base") for row in mutation["payments"]]
        for row, booking_type, booking_id, price in rows:
            if (booking_type, str(booking_id)) != (wanted["booking_type"], wanted["booking_id"]):
                continue
            amount = postings.amount_of(row, price, command, "a link")
            amount = amount * direction if booking_type == "LedgerAccount" else abs(amount)  # as it is sent: unsigned
            yield Remote(
                str(row["id"]), row, {"linked_to": f"{booking_type} {booking_id}", "amount": postings.money(amount)}
            )
    except (KeyError, TypeError) as error:
        raise postings.not_understood(error, command, "a bank transaction") from None


def refuse_unless_still_open(mutation: Mapping[str, Any], command: Command) -> None:
    """The published data may be a day old; somebody else may have linked this money since."""
    left = postings.amount_of(mutation, "amount_open", command, "a bank transaction")
    amount = Decimal(command.payload["body"]["price_base"])
    if amount > abs(left):
        postings.look_first(
            f"{command.preview['reference']}: of the bank transaction Moneybird now has {postings.money(left)} left to "
            f"link, so {postings.money(amount)} does not fit."
        )


def refuse_unless_as_known(mutation: Mapping[str, Any], command: Command) -> None:
    """A sync may have passed over this transaction, so a link older than it may be one that nobody knew of."""
    left = postings.amount_of(mutation, "amount_open", command, "a bank transaction")
    known = Decimal(command.preview["before"]["open_amount"])
    if left != known:
        postings.look_first(
            f"{command.preview['reference']}: the same is linked to the bank transaction already, and of it Moneybird "
            f"now has {postings.money(left)} left to link where the published data had {postings.money(known)}."
        )

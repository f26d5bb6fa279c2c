"""What the kinds that book money share: what must be true of what is booked on, and reading back what was booked.

What is posted is never taken back: undoing it is a posting too, so a difference is flagged and a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from pipelines.errors import LookFirstError, MalformedAnswerError
from pipelines.money import to_cents
from pipelines.operations import Command
from pipelines.writeback.catalogue import Administration
from pipelines.writeback.catalogue.bank import OpenItem
from pipelines.writeback.findings import Finding


def covers(open_amount: Decimal, amount: Decimal) -> bool:
    """Whether `amount` takes something off `open_amount` and not more than there is, on the same side of zero."""
    return open_amount * amount > 0 and abs(amount) <= abs(open_amount)


def payable(what: str, item: OpenItem | None, books: Administration | None) -> Finding:
    """Whether money can be booked on the document at all; `what` names it for people."""
    if item is None:
        return Finding("document", False, f"There is no {what} in the published data; check its id, or sync first.")
    if not item.is_payable:
        return Finding(
            "document", False, f"{item.name} is {item.state}: money can be booked on it once it was sent or processed."
        )
    if books is not None and item.currency_code != books.currency_code:
        return Finding(
            "document", False,
            f"{item.name} is in {item.currency_code} and the books are in {books.currency_code}: book it in Moneybird, "
            "where the rate is known.",
        )  # fmt: skip
    return Finding("document", True, f"{item.name} of {item.contact_name} is {item.state}.")


def open_enough(item: OpenItem, amount: Decimal) -> Finding:
    """Whether so much of the document is open; `amount` has the sign of what it takes off."""
    said = f"{money(item.open_amount)} {item.currency_code} of {item.name} is open"
    if covers(item.open_amount, amount):
        return Finding("open amount", True, f"{said}, enough for {money(amount)}.")
    return Finding(
        "open amount", False, f"{said}, which {money(amount)} does not fit into; correct the amount, or sync first."
    )


def money(value: Decimal) -> str:
    """An amount as it is sent and said: in cents, with a point; whatever is finer stays visible."""
    cents = to_cents(value)
    return f"{cents if cents == value else value:f}"


def same_amounts(what: str, expected: str, found: str) -> Iterator[str]:
    """A clause when two amounts differ at all: money that is booked is not rounded."""
    if Decimal(expected) != Decimal(found):
        yield f"{what}: expected {expected}, found {found}"


def amount_of(record: Any, name: str, command: Command, what: str) -> Decimal:
    """An amount of Moneybird's answer. Raises MalformedAnswerError when it has none."""
    try:
        return Decimal(str(record[name]))
    except (KeyError, TypeError, InvalidOperation) as error:
        raise not_understood(error, command, what) from None


def not_understood(error: Exception, command: Command, what: str) -> MalformedAnswerError:
    return MalformedAnswerError(
        f"Moneybird's answer is not {what} ({type(error).__name__} {error}); look there what was booked.",
        resource=command.payload["path"],
        administration_id=command.administration_id,
    )


def look_first(sentence: str) -> NoReturn:
    """Nothing is booked before a person looked."""
    raise LookFirstError(f"{sentence} Nothing was booked now; look there, sync, and submit again what is still right.")

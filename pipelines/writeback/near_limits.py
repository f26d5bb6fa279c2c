"""Whether sales that are only drafts could, with this one, cross a limit; the counters know what was sent.

Whatever waits in the outbox or stands at Moneybird as a draft counts whole, whoever it is for: which of it would count
is known only when it is decided, and so only a seller near a limit is asked to look. The sentence names the limit and
not what waits: an amount that moves with every other command would void every approval.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from pipelines.money import ZERO
from pipelines.operations import commands
from pipelines.writeback.draft import DraftInvoice
from pipelines.writeback.keys import business_key
from pipelines.writeback.sale_facts import SaleFacts, as_consumer_sale
from pipelines.writeback.vat import Answer, Seller
from pipelines.writeback.vat.counters import CONSUMER_LIMIT, KOR_LIMIT
from pipelines.writeback.vat.rules import Action


def with_other_drafts(answer: Answer, facts: SaleFacts, seller: Seller, net: Decimal) -> Answer:
    """`answer`, for a person to review where other drafts could cross a limit that this line alone does not."""
    if answer.action is Action.BLOCK or net <= ZERO:
        return answer
    cautions = [caution for room, caution in _limits(answer, facts, seller, net) if _is_drafted(facts, room)]
    if not cautions:
        return answer
    return replace(answer, action=Action.REVIEW, sentence=" ".join((answer.sentence, *cautions)))


def _limits(answer: Answer, facts: SaleFacts, seller: Seller, net: Decimal) -> Iterator[tuple[Decimal, str]]:
    """What this sale leaves of each limit that it counts for, and what to say when drafts could take that."""
    words = answer.evidence.inputs
    counts = as_consumer_sale(seller, answer, net, facts.day).counts
    if counts and words["consumer_sales"] == "below":
        yield (
            CONSUMER_LIMIT - seller.consumer_sales.this_year - net,
            f"Together with drafts that are not sent yet it could cross the limit of {_spoken(CONSUMER_LIMIT)} a year "
            "for consumers elsewhere in the EU, and the sale that crosses it has VAT of the customer's country; see "
            "that this one stays within it.",
        )
    if words["seller_scheme"] == "kor":
        yield (
            KOR_LIMIT - seller.kor_turnover - net,
            f"Together with drafts that are not sent yet it could cross the limit of {_spoken(KOR_LIMIT)} a year of "
            "the small business scheme (KOR), and the sale that crosses it has VAT; see that this one stays within it.",
        )


def _is_drafted(facts: SaleFacts, room: Decimal) -> bool:
    """Whether other drafts come to more than `room`. Read anew for every document: those of one file are among them."""
    document, office = facts.document, facts.office
    where = document.administration_id
    total = office.catalogue.drafted(where)
    if total > room or office.store is None:
        return total > room
    known = office.catalogue.administration(where)
    made_since = known.synced_at if known and known.is_wholly_synced else None
    with office.store.read() as connection:
        for amount in commands.amounts_of_others(
            connection, where, DraftInvoice.kind, business_key(document), made_since=made_since
        ):
            total += max(amount, ZERO)  # a credit may be given up, so it makes no room
            if total > room:
                return True
    return False


def _spoken(limit: Decimal) -> str:
    return f"{limit:,.2f}".replace(",", " ")

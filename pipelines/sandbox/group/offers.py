"""Estimates: before some of the sales, and of every other outcome."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from pipelines.sandbox.actions.estimates import SERIES
from pipelines.sandbox.clock import moment
from pipelines.sandbox.group.sales import Item, Sale, line
from pipelines.sandbox.group.site import Site
from pipelines.sandbox.model import Estimate

OFFERED_BEFORE = timedelta(days=21)  # this long before the invoice that bills it
ACCEPTED_AFTER = timedelta(days=9)
VALID = timedelta(days=30)

# What became of the others, and how many days ago they were made.
_OUTCOMES = (
    ("draft", 3), ("open", 6), ("open", 19), ("accepted", 24), ("late", 75), ("rejected", 110), ("archived", 210),
)  # fmt: skip


@dataclass(frozen=True)
class _Offer:
    day: date
    contact_id: int
    items: tuple[Item, ...]
    outcome: str
    billed: int | None = None  # position of the sale that bills it
    currency: str | None = None


def offered(site: Site, sales: list[Sale], every: int) -> list[Sale]:
    """The sales, of which one in `every` bills an estimate now; estimates with other outcomes are made beside them."""
    offers = [
        _Offer(sale.day - OFFERED_BEFORE, sale.contact_id, sale.items, "billed", position)
        for position, sale in enumerate(sales)
        if position % every == every - 1 and sale.day < site.today and sale.currency is None
    ]
    for number, (outcome, days_ago) in enumerate(_OUTCOMES):
        like = sales[(number * 5 + 1) % len(sales)]
        item = replace(like.items[0], period=None)
        offers.append(_Offer(site.ago(days_ago), like.contact_id, (item,), outcome))
    billed = {}
    for offer in sorted(offers, key=lambda offer: offer.day):
        estimate = _write(site, offer)
        if offer.billed is not None:
            sale = sales[offer.billed]
            estimate.billed_on = sale.day
            estimate.updated = moment(sale.day, 9)
            billed[offer.billed] = estimate.id
    return [replace(sale, estimate_id=billed.get(position)) for position, sale in enumerate(sales)]


def _write(site: Site, offer: _Offer) -> Estimate:
    administration, rng = site.administration, site.rng
    at = moment(offer.day, rng.randint(9, 16), rng.randint(0, 59), rng.randint(0, 59)) + rng.randint(0, 999)
    styles = list(administration.document_styles)
    reason = next(field.id for field in administration.custom_fields.values() if field.source == "estimate")
    estimate = Estimate(
        id=administration.new_id(at),
        contact_id=offer.contact_id,
        due_date=offer.day + VALID,
        created=at,
        updated=at,
        lines=[line(administration, item, order, at) for order, item in enumerate(offer.items)],
        reference=f"Aanvraag {offer.day:%d-%m}",
        currency=administration.currency,
        pre_text="Hartelijk dank voor uw aanvraag.",
        post_text="Deze offerte is dertig dagen geldig.",
        sign_online=offer.outcome in ("open", "accepted"),
        workflow_id=next(w.id for w in administration.workflows.values() if w.kind == "EstimateWorkflow"),
        document_style_id=styles[0],
        custom_fields=((reason, "Beurs"),) if offer.outcome in ("open", "rejected") else (),
    )
    administration.estimates[estimate.id] = estimate
    if offer.outcome == "draft":
        estimate.draft_number = administration.next_estimate_draft_number()
        return estimate
    estimate.estimate_date = estimate.sent_on = offer.day
    estimate.number = administration.next_number(offer.day, SERIES)
    estimate.card = administration.contacts[offer.contact_id].card
    estimate.person = estimate.card.people[0] if estimate.card.people else None
    decided = offer.day + ACCEPTED_AFTER
    if offer.outcome in ("accepted", "billed"):
        estimate.accepted_on = decided
    elif offer.outcome == "rejected":
        estimate.rejected_on = decided
    elif offer.outcome == "archived":
        estimate.archived_on = decided
    else:
        return estimate
    estimate.updated = moment(decided, 11, 20)
    return estimate

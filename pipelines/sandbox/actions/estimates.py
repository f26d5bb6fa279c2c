"""What happens to an estimate: made, changed, sent, decided on, billed, deleted; and the record of it.

As with invoices an estimate nobody touched since it was made keeps no log: what its facts tell is derived, and the
first change writes that down before it adds its own.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from pipelines.sandbox import amounts, currencies, states_estimates
from pipelines.sandbox.actions import billing, sales
from pipelines.sandbox.actions.numbering import numbered
from pipelines.sandbox.actions.sending import Sending
from pipelines.sandbox.administration import Administration
from pipelines.sandbox.cards import Card
from pipelines.sandbox.clock import iso, local_date, moment
from pipelines.sandbox.model import Estimate, Happening, Invoice

SERIES = "OFF-"  # stands before the year, so that estimates and invoices do not share numbers
BILLABLE = ("open", "late", "accepted")
MARKS = ("accepted", "rejected", "open", "late", "billed", "archived")
_SENT = {
    "Email": "estimate_send_email",
    "Manual": "estimate_send_manually",
    "Post": "estimate_send_post",
}
_SHOWN_CHANGES = (
    "contact_id", "reference", "estimate_date", "due_date", "currency", "language", "discount", "pre_text", "post_text",
)  # fmt: skip


def create(
    administration: Administration, estimate: Estimate, made: str = "estimate_created", at: int | None = None
) -> Estimate:
    """Stores a draft that has no id yet."""
    at = administration.at(at)
    estimate.id = administration.new_id(at)
    estimate.created = estimate.updated = at
    estimate.draft_number = administration.next_estimate_draft_number()
    estimate.lines = numbered(administration, estimate.lines, at)
    if made != "estimate_created":
        estimate.log = (Happening(made, at),)
    administration.estimates[estimate.id] = estimate
    administration.announce(made, estimate)
    return estimate


def change(administration: Administration, estimate: Estimate, at: int | None = None) -> Estimate:
    """Stores `estimate`, an edited copy of the one with its id."""
    at = administration.at(at)
    before = administration.estimates[estimate.id]
    old, was = _shown(administration, before), states_estimates.updated(before, at)
    estimate.log = history(before)
    estimate.lines = numbered(administration, estimate.lines, at)
    administration.forget_figures(estimate.id)
    administration.estimates[estimate.id] = estimate
    estimate.updated = max(was, at)
    new = _shown(administration, estimate)
    changes = {name: [old[name], new[name]] for name in old if old[name] != new[name]}
    _happened(
        administration, estimate, "estimate_updated", at, changes | {"updated_at": [iso(was), iso(estimate.updated)]}
    )
    return estimate


def send(
    administration: Administration, estimate: Estimate, how: Sending, sign_online: bool | None = None,
    at: int | None = None,
) -> Estimate:  # fmt: skip
    """Gives a draft its date, number and snapshot. What was sent before is only sent once more."""
    at = administration.at(at)
    _remember(estimate)
    estimate.delivery_method = how.method
    if sign_online is not None:
        estimate.sign_online = sign_online
    if estimate.sent_on is None:
        estimate.sent_on = local_date(at)
        estimate.estimate_date = estimate.estimate_date or estimate.sent_on
        estimate.due_date = estimate.estimate_date + timedelta(days=estimate.due_days)
        series = administration.estimate_sequences.get(estimate.sequence_id or 0, SERIES)
        estimate.number = administration.next_number(estimate.estimate_date, series)
        estimate.draft_number = None
        snapshot(administration, estimate)
    estimate.updated = max(estimate.updated, at)
    data = None
    if how.method == "Email":
        message = how.message or _message(administration, estimate)
        data = {"email_address": how.address, "email_message": message}
    _happened(administration, estimate, _SENT[how.method], at, data)
    return estimate


def snapshot(administration: Administration, estimate: Estimate) -> None:
    """Keeps the contact as it is now on the estimate, when it has one."""
    if estimate.contact_id is not None:
        administration.snapshot(estimate)


def addressees(estimate: Estimate, card: Card) -> str | None:
    """Where it goes when nobody says otherwise: where it went before, else to the contact and its person."""
    for happening in reversed(estimate.log):
        if happening.action == _SENT["Email"] and happening.data:
            return str(happening.data["email_address"])
    person = estimate.person
    found = [address for address in (card.estimates_email or card.email, person and person.email) if address]
    return "; ".join(dict.fromkeys(found)) or None


def may_become(state: str, wanted: str) -> bool:
    """Which changes of state are allowed by hand.

    The contract names two, open to billed (allowed) and draft to open (not). The rest is a guess: a draft must be sent
    first, nothing becomes what it is, and what was rejected is not billed.
    """
    return state not in ("draft", wanted) and (state, wanted) != ("rejected", "billed")


def mark(administration: Administration, estimate: Estimate, wanted: str) -> Estimate:
    """Changes the state and nothing else: nothing is sent and no invoice is made."""
    at = administration.clock.milliseconds()
    if not may_become(states_estimates.state(estimate, administration.clock.today()), wanted):
        raise ValueError(f"the estimate cannot become {wanted}")
    _remember(estimate)
    day = local_date(at)
    estimate.archived_on = day if wanted == "archived" else None
    estimate.held = wanted if wanted in ("open", "late") else estimate.held
    if wanted != "archived":
        estimate.billed_on = day if wanted == "billed" else None
        estimate.rejected_on = day if wanted == "rejected" else None
    if wanted == "accepted":
        estimate.accepted_on = day
    elif wanted in ("open", "late", "rejected"):
        estimate.accepted_on = None
    estimate.updated = max(estimate.updated, at)
    _happened(administration, estimate, f"estimate_mark_{wanted}", at)
    return estimate


def bill(administration: Administration, estimate: Estimate) -> Invoice:
    """A draft with the lines that count, in the estimate's currency and on the contact's terms for invoices."""
    at = administration.clock.milliseconds()
    state = states_estimates.state(estimate, administration.clock.today())
    if state not in BILLABLE or estimate.contact_id is None:
        raise ValueError(f"an estimate that is {state} cannot be billed")
    _remember(estimate)
    lines = [line for line in estimate.lines if states_estimates.counts(line)]
    invoice = billing.of_contact(administration, estimate.contact_id, lines, at)
    people = {person.id: person for person in administration.contacts[estimate.contact_id].card.people}
    invoice.person = people.get(estimate.person.id) if estimate.person else None
    invoice.estimate_id = estimate.id
    for name in ("reference", "language", "currency", "discount", "prices_are_incl_tax", "document_style_id"):
        setattr(invoice, name, getattr(estimate, name))
    invoice.rate = currencies.rate(invoice.currency, administration.currency)
    estimate.billed_on = local_date(at)
    estimate.updated = max(estimate.updated, at)
    sales.create(administration, invoice, at=at)
    _happened(administration, estimate, "estimate_billed", at)
    return invoice


def delete(administration: Administration, estimate: Estimate) -> None:
    """Takes it away; an invoice made of it goes on naming it."""
    del administration.estimates[estimate.id]
    administration.forget_figures(estimate.id)
    administration.announce("estimate_destroyed", estimate)


def history(estimate: Estimate) -> tuple[Happening, ...]:
    """Everything somebody did to it, oldest first."""
    if estimate.log:
        return estimate.log
    found = [Happening("estimate_created", estimate.created)]
    if estimate.sent_on is not None:
        found.append(Happening(_SENT[estimate.delivery_method], max(estimate.created, moment(estimate.sent_on))))
    for action, day in (
        ("estimate_mark_accepted", estimate.accepted_on),
        ("estimate_mark_rejected", estimate.rejected_on),
        ("estimate_billed", estimate.billed_on),
        ("estimate_mark_archived", estimate.archived_on),
    ):
        if day is not None:
            found.append(Happening(action, moment(day, 11, 20)))
    return tuple(found)


def with_lateness(administration: Administration, estimate: Estimate) -> list[Happening]:
    """The history with what the calendar did: the moment at which it became late is in no log."""
    found = list(history(estimate))
    at = states_estimates.became_late(estimate)
    decided = estimate.held is not None or any(happening.at <= at and _decides(happening.action) for happening in found)
    sent = estimate.sent_on is not None and moment(estimate.sent_on) <= at
    if sent and not decided and at <= administration.clock.milliseconds():
        found.append(Happening("estimate_state_changed_to_late", at))
    return sorted(found, key=lambda happening: happening.at)


def _decides(action: str) -> bool:
    return action == "estimate_billed" or action.startswith("estimate_mark_")


def _remember(estimate: Estimate) -> None:
    """Writes down what the facts tell now, before they change."""
    estimate.log = history(estimate)


def _happened(
    administration: Administration, estimate: Estimate, action: str, at: int, data: dict[str, Any] | None = None
) -> None:
    estimate.log = (*estimate.log, Happening(action, at, data))
    administration.announce(action, estimate)


def _message(administration: Administration, estimate: Estimate) -> str:
    name = " ".join(filter(None, (estimate.person.firstname, estimate.person.lastname))) if estimate.person else ""
    name = name or (estimate.card.name if estimate.card else "")
    return (
        f"Geachte {name},\n\nHierbij ontvangt u van ons een prijsopgave {estimate.number} voor onze\ndiensten.\n\n"
        f"Met vriendelijke groet,\n\n{administration.name}"
    )


def _shown(administration: Administration, estimate: Estimate) -> dict[str, Any]:
    """What the event of an edit tells of, when it is another than before."""
    figures = states_estimates.figures(administration, estimate)
    facts = {name: getattr(estimate, name) for name in _SHOWN_CHANGES}
    texts = {
        name: value.isoformat() if isinstance(value, date) else None if value is None else str(value)
        for name, value in facts.items()
    }
    return texts | {
        "total_price_excl_tax": amounts.text(figures.excl),
        "total_price_excl_tax_base": amounts.text(figures.excl_base),
        "total_price_incl_tax": amounts.text(figures.incl),
        "total_price_incl_tax_base": amounts.text(figures.incl_base),
        "cached_taxes": [
            {
                "tax_rate_id": str(total.tax_rate_id),
                "report_reference": next(iter(administration.tax_rates[total.tax_rate_id].references), None),
                "payable": True,
                "debit": 0,
                "credit": amounts.text(total.tax),
            }
            for total in figures.tax_totals
        ],
    }

"""The one door from the dashboards to the pipelines: look at a draft, put it into the outbox, approve what waits there.

This process holds no token and sends nothing; `dovecote worker` does. Settings are read with the tokens left out. What
is published comes in as an `ask` function (see `queries/drafting.py`), because desk and db do not know each other.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from pipelines import config, finance, operations, writeback

AskMarts = writeback.AskMarts
Draft = writeback.DraftInvoice
Finding = writeback.Finding
Preview = writeback.Preview
Refused = writeback.DovecoteError  # whatever stands in the way: a setting, a table, a rule, another person
State = operations.State

RECENT = 10  # commands listed on a page; `dovecote drafts list` has all of them
STUCK = (State.FAILED, State.REJECTED, State.AMBIGUOUS)
SETTLED = (State.QUEUED, State.SENDING, State.VERIFIED, State.CANCELLED)
_TOKENS = "SOURCES__MONEYBIRD__TOKENS"
_ZONE = ZoneInfo("Europe/Amsterdam")
_LABELS = {
    "contact_id": "contact",
    "customer_reference": "customer's reference",
    "unit_price": "price",
    "tax_rate_id": "VAT rate",
    "ledger_account_id": "ledger account",
    "supply_kind": "what is sold",
    "vat_class": "VAT class",
    "happens_in": "country where it happens",
    "delivered_to_country": "country of delivery",
}
_EXPLANATIONS = {
    State.AWAITING_APPROVAL: "Waits until somebody approves it.",
    State.QUEUED: "Approved by {approved_by}; waits for the worker.",
    State.SENDING: "Being sent now.",
    State.VERIFIED: "It stands in Moneybird as {remote_id} and equals the preview.",
    State.AMBIGUOUS: "We do not know whether it was made; the worker looks it up before anything else.",
    State.CANCELLED: "Taken back.",
}


@dataclass(frozen=True)
class Entry:
    """One command of the outbox. Times are Dutch local time; `seen` names the preview that a person looks at.

    `explanation` says what happens next, or what went wrong.
    """

    command_id: int
    administration_id: str
    state: str
    preview: Preview
    seen: str
    explanation: str
    origin: str
    asked_by: str
    asked_at: datetime
    updated_at: datetime
    may_cancel: bool


@dataclass(frozen=True)
class Waiting:
    """A command that waits: why this person may not approve it, and which others claim the same, in sentences."""

    entry: Entry
    obstacle: str | None
    collisions: tuple[str, ...]


@dataclass(frozen=True)
class Event:
    """One line of a command's history, at Dutch local time; `state` is what it became."""

    at: datetime
    who: str
    what: str
    state: str


def writable(names: Mapping[str, str]) -> dict[str, str]:
    """Those of `names` (id to name) where the person at this desk may ask for drafts."""
    policy, who = writeback.Policy.of(_settings()), person()
    return {key: name for key, name in names.items() if policy.against_asking(who, key, posts=False) is None}


def read(**form: Any) -> tuple[Draft | None, list[str]]:
    """A form with the names of a draft invoice's fields, as a draft; or None and a sentence per thing that is wrong."""
    try:
        return Draft.model_validate(form), []
    except ValidationError as error:
        return None, list(dict.fromkeys(_sentence(each) for each in error.errors()))


def look(draft: Draft, ask: AskMarts) -> tuple[list[Finding], Preview | None, list[str]]:
    """The checklist; what would be sent when the whole checklist is good; and what that meets in the outbox."""
    office = _office(ask)
    examined = writeback.examine(draft, office)
    met = writeback.collisions(_store(), examined.preview, office) if examined.preview else ()
    return list(examined.findings), examined.preview, [_met(each) for each in met]


def queue(draft: Draft, ask: AskMarts) -> int:
    """The number of the draft's one command, which then waits for approval; pressing again gives the same.

    Another content under the same `draft_id` takes the place of the one that waits. Raises Refused.
    """
    return writeback.submit(_store(), draft, _office(ask), who=person(), origin="the dashboard's form").id


def waiting(ask: AskMarts, limit: int, administrations: Sequence[str] = ()) -> list[Waiting]:
    """The newest commands that wait, in these administrations or in all."""
    office, store, who = _office(ask), _store(), person()
    shown = []
    for command in _commands(limit, administrations, (State.AWAITING_APPROVAL,)):
        met = writeback.with_collisions(store, command.id, office).collisions
        obstacle = writeback.against_approving(command, office, who=who)
        shown.append(Waiting(_entry(command), obstacle, tuple(map(_met, met))))
    return shown


def stuck(limit: int, administrations: Sequence[str] = ()) -> list[Entry]:
    """The commands that failed, that Moneybird refused, or of which nobody knows, newest first."""
    return [_entry(command) for command in _commands(limit, administrations, STUCK)]


def recent(limit: int = RECENT, administrations: Sequence[str] = ()) -> list[Entry]:
    """The newest commands first, in these administrations or in all."""
    return [_entry(command) for command in _commands(limit, administrations, ())]


def settled(limit: int = RECENT, administrations: Sequence[str] = ()) -> list[Entry]:
    """The newest commands that no person has to act on: on their way, made, or taken back."""
    return [_entry(command) for command in _commands(limit, administrations, SETTLED)]


def history(command_id: int) -> list[Event]:
    """What was done to a command and by whom, oldest first."""
    with _store().read() as connection:
        lines = operations.history(connection, command_id)
    return [Event(_local(line.at), line.who, line.what, _words(line.after_state or "")) for line in lines]


def approve(command_id: int, seen: str, ask: AskMarts, *, reviewed: bool) -> None:
    """Lets the worker send what this page showed under `seen`. Raises Refused, with one sentence."""
    writeback.approve(_store(), command_id, _office(ask), who=person(), seen=seen, reviewed=reviewed)


def retry(command_id: int) -> None:
    """Puts a stuck command back; it is looked up before it is sent again. Raises Refused."""
    writeback.retry(_store(), command_id, writeback.Policy.of(_settings()), who=person(), at=datetime.now(UTC))


def cancel(command_id: int) -> None:
    """Takes a command out of the outbox; deletes nothing at Moneybird. Raises Refused."""
    writeback.cancel(_store(), command_id, writeback.Policy.of(_settings()), who=person(), at=datetime.now(UTC))


def person() -> str:
    """Who sits here: the setting, else this machine's user, by the same name as on the command line.

    With another name here, one person could ask there and approve here.
    """
    if configured := _settings().person:
        return configured
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return f"user {os.getuid()}"


def _office(ask: AskMarts) -> writeback.Office:
    settings = _settings()
    finance.ensure(settings.finance_dir, settings.project_root / "dbt_project" / "seeds")
    return writeback.Office(
        writeback.MartsCatalogue(ask),
        writeback.Tables.read(settings.finance_dir, settings.lookups_dir),
        writeback.Policy.of(settings),
        datetime.now(UTC),
        _store(),
    )


def _settings() -> config.Settings:
    environ = {name: value for name, value in os.environ.items() if not name.upper().startswith(_TOKENS)}
    return config.load(environ, with_tokens=False)


def _store() -> operations.Store:
    settings = _settings()
    config.prepare_home(settings)
    return _opened(settings.operations_database)


@lru_cache(maxsize=4)
def _opened(url: str) -> operations.Store:
    return operations.open_store(url)


def _commands(limit: int, administrations: Sequence[str], states: Sequence[State]) -> list[operations.Command]:
    with _store().read() as connection:
        return operations.recent(connection, limit=limit, states=states, administrations=administrations)


def _entry(command: operations.Command) -> Entry:
    explanation = _EXPLANATIONS.get(command.state, "")
    told = explanation.format(remote_id=command.remote_id, approved_by=command.approved_by)
    return Entry(
        command_id=command.id,
        administration_id=command.administration_id,
        state=_words(command.state),
        preview=Preview.from_json(command.kind, command.payload, command.preview),
        seen=command.preview_hash,
        explanation=command.last_error or told,
        origin=command.origin or "",
        asked_by=command.created_by,
        asked_at=_local(command.created_at),
        updated_at=_local(command.updated_at),
        may_cancel=State.CANCELLED in operations.ALLOWED[command.state],
    )


def _met(met: operations.Collision) -> str:
    what, _, which = met.claim.partition(":")
    other = f"command {met.command_id} ({_words(met.state)})"
    if met.is_exclusive:
        return f"{_words(what).capitalize()} {which} is also in {other}; only one of them can be sent."
    return f"{other.capitalize()} looks like the same {_words(what)}; make sure that both are meant."


def _words(name: str) -> str:
    return name.replace("_", " ")


def _local(at: datetime) -> datetime:
    return at.astimezone(_ZONE)


def _sentence(error: Mapping[str, Any]) -> str:
    """What is wrong, in the words of the form."""
    place = [str(part) for part in error["loc"]]
    field = place[-1] if place else ""
    name = _LABELS.get(field, _words(field))
    where = f"Line {int(place[1]) + 1}, {name}" if place[:1] == ["lines"] and len(place) > 2 else name.capitalize()
    if error["input"] in (None, ""):
        return f"{where}: not filled in yet."
    return f"{where}: {error['msg'].removeprefix('Value error, ')}."

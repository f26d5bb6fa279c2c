"""Who may ask for what, who may approve it, and where: held against every request, approval and sending.

Two switches belong to an administration: writing (documents, contacts, hours) and posting (payments and bank links,
which book at once). People may be limited to administrations and to asking or approving; where nobody is configured,
whoever works on this machine may do both, but never approve their own posting.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from pipelines.operations import Command
from pipelines.operations.hashing import preview_hash

May = Literal["draft", "approve"]


class Person(Protocol):
    """What is configured of a person; no administrations means all of them."""

    @property
    def may(self) -> tuple[May, ...]: ...
    @property
    def administrations(self) -> tuple[str, ...]: ...


class Settings(Protocol):
    """What the policy takes from `pipelines.config.Settings`."""

    @property
    def people(self) -> Mapping[str, Person]: ...
    def may_write(self, administration_id: str) -> bool: ...
    def may_post(self, administration_id: str) -> bool: ...


def _never(_administration_id: str) -> bool:
    return False


@dataclass(frozen=True)
class Policy:
    """Every question is answered with None, or with one sentence that says why not."""

    may_write: Callable[[str], bool]
    may_post: Callable[[str], bool] = _never
    people: Mapping[str, Person] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings) -> Policy:
        return cls(settings.may_write, settings.may_post, settings.people)

    def against_asking(self, who: str, administration_id: str, *, posts: bool) -> str | None:
        """Why `who` may not ask for a write there; `posts` for a command that books at once."""
        return self.against_place(administration_id, posts=posts) or self._against_person(
            who, "draft", administration_id
        )

    def against_approving(self, who: str, command: Command, *, posts: bool) -> str | None:
        """Why `who` may not approve `command`, or whoever asked for it may no longer ask."""
        return (
            self.against_asking(command.created_by, command.administration_id, posts=posts)
            or self._against_person(who, "approve", command.administration_id)
            or self._against_same_person(who, command, posts=posts)
        )

    def against_handling(self, who: str, administration_id: str) -> str | None:
        """Why `who` may neither take a command of that administration out nor put it back."""
        asking = self._against_person(who, "draft", administration_id)
        return asking and self._against_person(who, "approve", administration_id) and asking

    def against_sending(self, command: Command, *, posts: bool) -> str | None:
        """Why `command` may not be sent now, whatever was allowed when it was approved."""
        if command.approved_by is None or command.approved_hash is None:
            return f"Command {command.id} was approved by nobody; cancel it and submit its request again."
        if not _is_as_approved(command):
            return (
                f"Command {command.id} is not what {command.approved_by} approved: somebody changed the outbox itself; "
                "cancel it, check `dovecote drafts log --verify`, and submit its request again."
            )
        return self.against_approving(command.approved_by, command, posts=posts)

    def against_place(self, administration_id: str, *, posts: bool) -> str | None:
        """Why nobody may write there."""
        if not self.may_write(administration_id):
            return not_writable(administration_id)
        if posts and not self.may_post(administration_id):
            return (
                f"Payments and bank links of administration {administration_id} are off; add it to "
                "dovecote.posting_administrations if Dovecote should book there."
            )
        return None

    def _against_person(self, who: str, what: May, administration_id: str) -> str | None:
        if not self.people:
            return None
        person = self.people.get(who)
        if person is None:
            return f"{who} is not one of dovecote.people, so may not {what}; add them there, or set dovecote.person."
        if what not in person.may:
            says = ", ".join(person.may) or "nothing"
            return f"{who} may not {what}: dovecote.people.{who}.may says {says}; have it changed, or ask someone else."
        if person.administrations and administration_id not in person.administrations:
            return (
                f"{who} may not {what} in administration {administration_id}, only in "
                f"{', '.join(person.administrations)}; have dovecote.people.{who}.administrations changed, or ask "
                "someone else."
            )
        return None

    def _against_same_person(self, who: str, command: Command, *, posts: bool) -> str | None:
        if who != command.created_by or not (posts or self.people):
            return None
        why = "it books at once" if posts else "roles are configured"
        return f"{who} asked for command {command.id}; {why}, so another person approves it."


def _is_as_approved(command: Command) -> bool:
    """Counted again from what would be sent, and where: the hash that stands beside it may have been changed too."""
    approved_for = (command.preview.get("kind"), command.preview.get("administration_id"))
    return approved_for == (command.kind, command.administration_id) and (
        command.approved_hash == command.preview_hash == preview_hash(command.payload, command.preview)
    )


def not_writable(administration_id: str) -> str:
    """The sentence for an administration that is not listed."""
    return (
        f"Administration {administration_id} may not be written to; "
        "add it to dovecote.writable_administrations if it should be."
    )

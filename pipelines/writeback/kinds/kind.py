"""What every kind of command can do. Outbox, worker and command line know this and no endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from pipelines.operations import Command
from pipelines.writeback.office import Office
from pipelines.writeback.preview import Examined
from pipelines.writeback.request import Request


class Answer(Protocol):
    def json(self) -> Any: ...


class Client(Protocol):
    """What writing needs of `pipelines.moneybird.client.Client`; the last three send once and never again."""

    def get(self, administration_id: str, path: str, params: Mapping[str, str] | None = None) -> Answer: ...
    def fetch(self, administration_id: str, path: str, ids: list[str]) -> Answer: ...
    def post(self, administration_id: str, path: str, json: object) -> Answer: ...
    def patch(self, administration_id: str, path: str, json: object) -> Answer: ...
    def delete(self, administration_id: str, path: str) -> Answer: ...


@dataclass(frozen=True)
class Remote:
    """What stands at Moneybird: `record` as it answered, `kept` what the outbox keeps of it (amounts as text).

    `is_untouched` says that nobody changed it since it was made, so it may be taken back.
    """

    id: str
    record: Mapping[str, Any]
    kept: Mapping[str, Any] = field(default_factory=dict)
    is_untouched: bool = False

    @property
    def changed_at(self) -> datetime | None:
        """When it last changed, by Moneybird's clock; None where the answer does not say."""
        text = self.record.get("updated_at")
        try:
            moment = datetime.fromisoformat(str(text))
        except ValueError:
            return None
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


R = TypeVar("R", bound=Request)


class Kind(Protocol[R]):
    """One kind of command. The front (`examine`) needs no token; the rest is the worker's."""

    @property
    def name(self) -> str:
        """As the outbox keeps it, and the `kind` of its request."""

    @property
    def request(self) -> type[R]:
        """The typed request; `request.model_validate(command.request)` brings it back."""

    @property
    def scope(self) -> str:
        """The scope a token needs, for people."""

    @property
    def posts(self) -> bool:
        """Books at once: a second switch, and always a second person."""

    def examine(self, request: R, office: Office) -> Examined:
        """The checklist, and the preview when all of it is good."""

    def find(self, client: Client, command: Command, taken: frozenset[str]) -> Remote | None:
        """What stands at Moneybird for this command already; None only when Moneybird says there is nothing.

        `taken` are the records that other commands of this kind made. Raises LookFirstError when what is found may be
        a person's own, so that somebody must look.
        """

    def create(self, client: Client, command: Command) -> Remote:
        """Sends the payload, once."""

    def finish(self, client: Client, command: Command, remote: Remote) -> Remote:
        """Brings what was made to what was approved where one request cannot; repeating it changes nothing."""

    def differences(self, command: Command, remote: Remote) -> list[str]:
        """How `remote` differs from what was approved, one clause each, expected first."""

    def take_back(self, client: Client, command: Command, remote: Remote) -> bool:
        """Deletes what differs, where nobody touched it; whether it did."""


class OneRequest:
    """The part of a kind that makes a thing in one request and leaves it there."""

    def finish(self, client: Client, command: Command, remote: Remote) -> Remote:  # noqa: ARG002 - the protocol's
        return remote

    def take_back(self, client: Client, command: Command, remote: Remote) -> bool:  # noqa: ARG002 - the protocol's
        return False


def send(client: Client, command: Command) -> Answer:
    """The payload's one request."""
    payload = command.payload
    call = client.post if payload["method"] == "POST" else client.patch
    return call(command.administration_id, payload["path"], payload["body"])

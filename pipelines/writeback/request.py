"""What is asked for, whatever kind of command it becomes: the common part of every typed request."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from pipelines.writeback.fields import Identifier, Text


class Request(BaseModel):
    """One thing to be made or changed in one administration; frozen, and a field nobody knows is an error.

    `draft_id` is the requester's own id, such as an order number. With it, the same id is the same command whatever its
    content, so a corrected order takes the place of the one that waits. Without it the content is the id: the same
    content is the same command.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    kind: ClassVar[str]
    """Names the command in the outbox; never changed once commands of it exist."""

    administration_id: Identifier
    draft_id: Text = Field("", max_length=80)

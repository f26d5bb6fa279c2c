"""The operations store's tables. Migrations build them; this module is what queries are written against.

Portable between SQLite and PostgreSQL: no dialect types. Timestamps are UTC going in and aware coming out on both.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa


class UtcTimestamp(sa.types.TypeDecorator[datetime]):
    """An aware UTC timestamp; SQLite keeps no zone, so it is put back when read."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a timestamp without a zone was given to the operations store; expected an aware one")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = sa.MetaData()

commands = sa.Table(
    "commands",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("administration_id", sa.String(40), nullable=False),
    sa.Column("business_key", sa.String(40), nullable=False),
    sa.Column("request", sa.JSON, nullable=False),  # what was asked for, as its kind of command reads it
    sa.Column("payload", sa.JSON, nullable=False),  # the exact request: method, path, body
    sa.Column("preview", sa.JSON, nullable=False),  # totals and words a person confirmed
    sa.Column("preview_hash", sa.String(64), nullable=False),  # over payload and preview
    sa.Column("origin", sa.String(200)),  # where it came from: a file and its line, an event, a form
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("created_by", sa.String(200), nullable=False),
    sa.Column("created_at", UtcTimestamp, nullable=False),
    sa.Column("approved_by", sa.String(200)),
    sa.Column("approved_at", UtcTimestamp),
    sa.Column("approved_hash", sa.String(64)),  # the preview_hash that was approved
    sa.Column("attempts", sa.Integer, nullable=False, default=0),  # creating requests started
    sa.Column("sent_at", UtcTimestamp),  # when the last creating request started
    sa.Column("not_before_at", UtcTimestamp),  # the worker leaves it alone until then
    sa.Column("last_error", sa.Text),  # one sentence for a person
    sa.Column("remote_id", sa.String(40)),
    sa.Column("remote_at", UtcTimestamp),  # when that last changed, by Moneybird's clock
    sa.Column("remote_totals", sa.JSON),
    sa.Column("updated_at", UtcTimestamp, nullable=False),
    sa.UniqueConstraint("administration_id", "kind", "business_key", name="one_command_per_business_key"),
    sa.Index("commands_by_state", "state", "administration_id", "id"),
)

claims = sa.Table(  # what a command takes for itself, so that two of them are seen to meet
    "command_claims",
    metadata,
    sa.Column("command_id", sa.Integer, sa.ForeignKey("commands.id"), primary_key=True),
    sa.Column("claim", sa.String(200), primary_key=True),
    sa.Column("administration_id", sa.String(40), nullable=False),
    sa.Column("is_exclusive", sa.Boolean, nullable=False),
    sa.Index("command_claims_by_claim", "administration_id", "claim"),
)

audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", UtcTimestamp, nullable=False),
    sa.Column("who", sa.String(200), nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("command_id", sa.Integer, sa.ForeignKey("commands.id")),
    sa.Column("before_state", sa.String(20)),
    sa.Column("after_state", sa.String(20)),
    sa.Column("details", sa.JSON),  # before and after, the request, the answer: never a token or a capability URL
    sa.Column("chain", sa.String(64)),  # over this line and the chain of the one before it
    sa.Index("audit_log_by_command", "command_id", "id"),
)

inbox = sa.Table(  # events of other systems, as they arrived
    "inbox",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("source", sa.String(40), nullable=False),  # which schema the body follows
    sa.Column("sender", sa.String(40), nullable=False),  # whose secret signed it
    sa.Column("idempotency_key", sa.String(100), nullable=False),  # the sender's own name of the event
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("body_hash", sa.String(64), nullable=False),  # another body under the same key is refused
    sa.Column("received_at", UtcTimestamp, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("processed_at", UtcTimestamp),
    sa.Column("result", sa.JSON),  # its commands, and why something became none
    sa.UniqueConstraint("source", "sender", "idempotency_key", name="one_event_per_idempotency_key"),
    sa.Index("inbox_by_state", "state", "id"),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.String(60), primary_key=True),
    sa.Column("started_at", UtcTimestamp, nullable=False),
    sa.Column("finished_at", UtcTimestamp),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("report", sa.JSON),
    sa.Index("runs_by_start", "started_at"),
)

request_windows = sa.Table(
    "request_windows",
    metadata,
    sa.Column("origin", sa.String(200), primary_key=True),  # host and port of the API
    sa.Column("bucket", sa.String(20), primary_key=True),
    sa.Column("request_limit", sa.Integer, nullable=False),  # requests per window
    sa.Column("remaining", sa.Integer, nullable=False),  # requests left in this window
    sa.Column("ends_at", UtcTimestamp),  # by this machine's clock, which its processes share
    sa.Column("reset", sa.BigInteger),  # the server's name for this window, in Unix seconds of its own clock
    sa.Column("number", sa.Integer, nullable=False),  # counts windows
    sa.Column("updated_at", UtcTimestamp, nullable=False),
)

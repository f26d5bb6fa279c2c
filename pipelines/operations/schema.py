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
    sa.Column("payload", sa.JSON, nullable=False),  # the exact request body
    sa.Column("preview", sa.JSON, nullable=False),  # totals and words a person confirmed
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("created_by", sa.String(200), nullable=False),
    sa.Column("created_at", UtcTimestamp, nullable=False),
    sa.Column("approved_by", sa.String(200)),
    sa.Column("approved_at", UtcTimestamp),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),  # creating requests started
    sa.Column("sent_at", UtcTimestamp),  # when the last creating request started
    sa.Column("not_before_at", UtcTimestamp),  # the worker leaves it alone until then
    sa.Column("last_error", sa.Text),  # one sentence for a person
    sa.Column("remote_id", sa.String(40)),
    sa.Column("remote_totals", sa.JSON),
    sa.Column("updated_at", UtcTimestamp, nullable=False),
    sa.UniqueConstraint("administration_id", "kind", "business_key", name="one_command_per_business_key"),
    sa.Index("commands_by_state", "state", "administration_id", "id"),
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
    sa.Index("audit_log_by_command", "command_id", "id"),
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

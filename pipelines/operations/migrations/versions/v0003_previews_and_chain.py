"""What was asked for and approved, claims, and a chain over the audit log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from pipelines.operations import audit
from pipelines.operations.hashing import preview_hash
from pipelines.operations.schema import UtcTimestamp

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OLD = sa.table(
    "commands",
    sa.column("id", sa.Integer),
    sa.column("administration_id", sa.String),
    sa.column("state", sa.String),
    sa.column("payload", sa.JSON),
    sa.column("preview", sa.JSON),
    sa.column("request", sa.JSON),
    sa.column("preview_hash", sa.String),
    sa.column("approved_by", sa.String),
    sa.column("approved_at", UtcTimestamp),
    sa.column("approved_hash", sa.String),
)
_UNSENT = ("draft", "awaiting_approval", "queued")


def upgrade() -> None:
    """Adds the columns; a payload becomes a whole request, and what nobody sent yet has to be approved again."""
    _add_columns()
    _complete_commands()
    op.create_table(
        "command_claims",
        sa.Column("command_id", sa.Integer, sa.ForeignKey("commands.id"), primary_key=True),
        sa.Column("claim", sa.String(200), primary_key=True),
        sa.Column("administration_id", sa.String(40), nullable=False),
        sa.Column("is_exclusive", sa.Boolean, nullable=False),
    )
    op.create_index("command_claims_by_claim", "command_claims", ["administration_id", "claim"])


def downgrade() -> None:
    """Not offered: lines of the audit log would lose what they tell."""
    raise NotImplementedError("restore a backup instead: going back would empty columns of the audit log")


def _add_columns() -> None:
    for column in (  # the two defaults are only for rows that are there: SQLite adds no column without one
        sa.Column("request", sa.JSON, nullable=False, server_default="{}"),
        sa.Column("preview_hash", sa.String(64), nullable=False, server_default=""),
        sa.Column("origin", sa.String(200)),
        sa.Column("approved_hash", sa.String(64)),
        sa.Column("remote_at", UtcTimestamp),
    ):
        op.add_column("commands", column)
    op.add_column("audit_log", sa.Column("details", sa.JSON))
    op.add_column("audit_log", sa.Column("chain", sa.String(64)))


def _complete_commands() -> None:
    """Before this version a payload was the body of `POST sales_invoices`, the only request there was."""
    connection = op.get_bind()
    for row in connection.execute(sa.select(_OLD)).mappings().all():
        payload = {"method": "POST", "path": "sales_invoices", "body": row["payload"]}
        key = preview_hash(payload, row["preview"])
        values: dict[str, Any] = {"payload": payload, "request": {}, "preview_hash": key}
        if row["state"] in _UNSENT:
            values |= {"state": "awaiting_approval", "approved_by": None, "approved_at": None}
        connection.execute(_OLD.update().where(_OLD.c.id == row["id"]).values(**values))
        if row["state"] == "queued":
            audit.record(
                connection, at=datetime.now(UTC), who="migration", command_id=row["id"],
                what="approval void: from now on it is given to a preview, and none was kept",
                before="queued", after="awaiting_approval",
            )  # fmt: skip

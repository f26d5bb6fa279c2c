"""The outbox, the audit log and the history of runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipelines.operations.schema import UtcTimestamp

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the first three tables and makes the audit log append-only."""
    _create_commands()
    _create_audit_log()
    _create_runs()
    _forbid_changes_to_audit_log()


def downgrade() -> None:
    """Not offered: it would throw away the audit log."""
    raise NotImplementedError("restore a backup instead: going back would delete the audit log")


def _create_commands() -> None:
    op.create_table(
        "commands",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("administration_id", sa.String(40), nullable=False),
        sa.Column("business_key", sa.String(40), nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("preview", sa.JSON, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("created_at", UtcTimestamp, nullable=False),
        sa.Column("approved_by", sa.String(200)),
        sa.Column("approved_at", UtcTimestamp),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("sent_at", UtcTimestamp),
        sa.Column("not_before_at", UtcTimestamp),
        sa.Column("last_error", sa.Text),
        sa.Column("remote_id", sa.String(40)),
        sa.Column("remote_totals", sa.JSON),
        sa.Column("updated_at", UtcTimestamp, nullable=False),
        sa.UniqueConstraint("administration_id", "kind", "business_key", name="one_command_per_business_key"),
    )
    op.create_index("commands_by_state", "commands", ["state", "administration_id", "id"])


def _create_audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", UtcTimestamp, nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("command_id", sa.Integer, sa.ForeignKey("commands.id")),
        sa.Column("before_state", sa.String(20)),
        sa.Column("after_state", sa.String(20)),
    )
    op.create_index("audit_log_by_command", "audit_log", ["command_id", "id"])


def _create_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String(60), primary_key=True),
        sa.Column("started_at", UtcTimestamp, nullable=False),
        sa.Column("finished_at", UtcTimestamp),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("report", sa.JSON),
    )
    op.create_index("runs_by_start", "runs", ["started_at"])


def _forbid_changes_to_audit_log() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(
                f"create trigger audit_log_no_{verb} before {verb} on audit_log "
                "begin select raise(abort, 'the audit log is append-only'); end"
            )
        return
    op.execute(
        "create function audit_log_is_append_only() returns trigger language plpgsql as "
        "$$ begin raise exception 'the audit log is append-only'; end $$"
    )
    op.execute(
        "create trigger audit_log_no_change before update or delete on audit_log "
        "for each row execute function audit_log_is_append_only()"
    )

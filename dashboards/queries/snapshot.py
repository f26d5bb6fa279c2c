"""Who is in a snapshot, and how fresh each of them is."""

from __future__ import annotations

import pandas as pd

from dashboards.db import LOCAL_ZONE, Snapshot, query

STALE_HOURS = 24  # a run is meant to come every hour; a day behind is worth a word
STATUSES = {"ok": "complete", "partly": "in part", "failed": "failed"}


def administrations(snapshot: Snapshot) -> pd.DataFrame:
    """One row per administration, by name; also those that were never synced.

    `synced_at` is Dutch local time. `is_behind` compares with the newest sync in this file, not with the clock of
    this machine: server times are only compared with server times.
    """
    return query(
        snapshot,
        f"""
        select
            snapshot_info.administration_id,
            coalesce(snapshot_info.administration_name, snapshot_info.administration_id) as administration_name,
            coalesce(dim_administration.currency_code, 'EUR') as currency_code,
            snapshot_info.sync_status,
            snapshot_info.synced_at::timestamptz at time zone '{LOCAL_ZONE}' as synced_at,
            snapshot_info.business_date,
            dim_administration.period_start_date,
            snapshot_info.synced_at is null
                or snapshot_info.synced_at
                    < max(snapshot_info.synced_at) over () - interval {STALE_HOURS} hours as is_behind
        from marts.snapshot_info
        left join marts.dim_administration using (administration_id)
        order by administration_name, administration_id
        """,
    )

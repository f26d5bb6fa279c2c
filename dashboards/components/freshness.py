"""The strip under every title: freshness, ledger proof, debtors; and every difference in red, by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from dashboards.components import checks as words
from dashboards.db import LOCAL_ZONE, Snapshot, records
from dashboards.formatting import listing, moment, plain

OLD_AFTER = timedelta(hours=24)  # a run is meant to come every hour
NAMED = 5  # differences spelled out here; the Reconciliation page has them all


def strip(
    snapshot: Snapshot, facts: pd.DataFrame, administrations: tuple[str, ...], checks: pd.DataFrame, as_of: date
) -> None:
    """Draws the three verdicts for the administrations chosen, and a red box naming every difference."""
    verdicts = [
        freshness(facts[facts["administration_id"].isin(administrations)], snapshot.published_at, _now()),
        words.ledger(checks),
        words.debtors(checks, as_of),
    ]
    with st.container(border=True, gap="xsmall", key="status-strip"):
        for verdict in verdicts:
            st.markdown(f"{words.badge(verdict.state, verdict.word)} {verdict.sentence}")
    if verdicts[0].named:
        st.warning("\n".join(f"- {line}" for line in verdicts[0].named), icon=":material/schedule:")
    broken = [line for verdict in (*verdicts[1:], words.others(checks)) for line in verdict.named]
    if broken:
        more = [f"and {len(broken) - NAMED} more, on the Reconciliation page"] if len(broken) > NAMED else []
        lines = "\n".join(f"- {line}" for line in [*broken[:NAMED], *more])
        st.error(f"Shown as they are, but these do not agree with the books:\n{lines}", icon=":material/error:")


def freshness(chosen: pd.DataFrame, published_at: datetime, now: datetime) -> words.Verdict:
    """When the administrations chosen were last synced. Server times are compared with each other in SQL; only the
    time of publishing, taken on this machine, is compared with `now`."""
    behind = chosen[chosen["is_behind"].astype(bool) | ~chosen["sync_status"].isin(["ok", "partly"])]
    fresh = chosen.drop(behind.index)
    partly = fresh[fresh["sync_status"] == "partly"]
    named = tuple(_why(row) for row in records(pd.concat([behind, partly])))
    oldest = moment(min(fresh["synced_at"])) if len(fresh) else "never"
    if published_at < now - OLD_AFTER:
        line = f"No newer figures since {moment(published_at)}: is the scheduled run still working?"
        return words.Verdict("in_motion", "Not fresh", f"Synced {oldest}.", (line, *named))
    if len(partly) and not len(behind):
        names = plain(listing(sorted(partly["administration_name"])))
        return words.Verdict("in_motion", "Partly fresh", f"Synced {oldest}, but {names} only in part.", named)
    if named:
        names = plain(listing(sorted(behind["administration_name"])))
        rest = f"; the others synced {oldest}." if len(fresh) else "; nothing here is up to date."
        return words.Verdict("in_motion", "Partly fresh" if len(fresh) else "Not fresh", f"{names} behind{rest}", named)
    return words.Verdict("ok", "Fresh", f"Synced {oldest}.")


def _why(row: Mapping[str, Any]) -> str:
    name = f"**{plain(row['administration_name'])}**"
    if row["synced_at"] is None:
        return f"{name} was never synced and has no figures here."
    if row["sync_status"] == "partly" and not row["is_behind"]:
        return f"{name} was read only in part at {moment(row['synced_at'])}; `dovecote status` says what is missing."
    failed = row["sync_status"] == "failed"
    reason = "could not be synced in the last run" if failed else "was not synced for more than a day"
    return f"{name} {reason}; its figures are those of {moment(row['synced_at'])}."


def _now() -> datetime:
    return datetime.now(ZoneInfo(LOCAL_ZONE)).replace(tzinfo=None)

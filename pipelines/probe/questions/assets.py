"""What the lines of an asset's wear name as their document."""

from __future__ import annotations

from pipelines.probe.evidence import Evidence
from pipelines.probe.examples import main_month
from pipelines.probe.question import OTHER, Finding, one_of
from pipelines.probe.roles import WEAR, find_all


def document_type(evidence: Evidence) -> Finding:
    """Lines on an account of depreciation, of a month in which there were assets."""
    main = main_month(evidence)
    accounts = find_all(evidence.accounts().values(), WEAR)
    ids = {str(asset["id"]) for asset in evidence.assets()} if main and accounts else set()
    if main is None or not ids:
        return Finding(None, {"assets": 0})
    totals = evidence.month_totals(main.month)
    moved = [account.id for account in accounts if account.id in totals]
    lines = [line for id_ in moved[:1] for line in evidence.lines(id_, main.month).lines]
    worn = [line for line in lines if line.document_type != "Document"]  # a journal by hand is no asset's line
    named = sum(line.document_type == "ValueChange" and line.document_id in ids for line in worn)
    return one_of({"value_change_and_asset": named, OTHER: len(worn) - named}, assets=len(ids))

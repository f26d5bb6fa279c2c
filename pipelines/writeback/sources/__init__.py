"""Every source of requests, one object each; a new source is one file and one row here."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.writeback.sources.configurator import Configurator
from pipelines.writeback.sources.crm import CrmContacts
from pipelines.writeback.sources.hours import HoursOfATool
from pipelines.writeback.sources.orders import Orders
from pipelines.writeback.sources.returns import Returns
from pipelines.writeback.sources.schedule import Schedule
from pipelines.writeback.sources.source import Asked, BadRow, Source, Taken
from pipelines.writeback.sources.typed import TypedRequests
from pipelines.writeback.sources.unbilled_hours import UnbilledHours

SOURCES: Mapping[str, Source] = {
    source.name: source
    for source in (
        TypedRequests(),
        Orders(),
        Schedule(),
        CrmContacts(),
        Returns(),
        Configurator(),
        HoursOfATool(),
        UnbilledHours(),
    )
}

__all__ = ["SOURCES", "Asked", "BadRow", "Source", "Taken"]

"""What writing needs to know about an administration, asked of a `Catalogue` argument.

writeback never opens the warehouse: whoever calls it passes a catalogue. `MartsCatalogue` asks the published marts
through a function it is given, so the dashboard and the command line share one set of questions. One file per theme:
its records, its questions, and their SQL.
"""

from __future__ import annotations

from typing import Protocol

from pipelines.writeback.catalogue.asking import AskMarts
from pipelines.writeback.catalogue.bank import Bank, MartsBank
from pipelines.writeback.catalogue.chart import Chart, LedgerAccount, MartsChart, Product, Project, TaxRate
from pipelines.writeback.catalogue.contacts import Contacts, MartsContacts
from pipelines.writeback.catalogue.documents import Documents, MartsDocuments
from pipelines.writeback.catalogue.hours import Hours, MartsHours
from pipelines.writeback.catalogue.offered import MartsOffer, Offer
from pipelines.writeback.catalogue.parties import Administration, Contact, MartsParties, Parties
from pipelines.writeback.catalogue.turnover import MartsTurnover, SoldAbroad, Turnover


class Catalogue(Parties, Chart, Documents, Hours, Bank, Contacts, Turnover, Offer, Protocol):
    """Looks things up; None means it does not exist there."""


class MartsCatalogue(
    MartsParties, MartsChart, MartsDocuments, MartsHours, MartsBank, MartsContacts, MartsTurnover, MartsOffer
):
    """A Catalogue of the marts as they were last published; a record changed since then may be refused by Moneybird."""


__all__ = [
    "Administration",
    "AskMarts",
    "Catalogue",
    "Contact",
    "LedgerAccount",
    "MartsCatalogue",
    "Product",
    "Project",
    "SoldAbroad",
    "TaxRate",
]

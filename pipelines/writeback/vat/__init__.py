"""Which VAT a line of a sale gets, and why: finance's table of rules, put to what is known of the sale.

    Sale, Customer, Seller ──inputs──▶ nine words ──rules──▶ the first row that fits ──rates, books──▶ Answer

Nothing is opened here: tables and lookups are passed in as rows of text, as CSV files hold them. A word nobody knows
stays `unknown`, and no row but those that do not look at it can fit; the last row blocks what is left.
"""

from pipelines.writeback.vat.books import ConfirmedBox, box_map
from pipelines.writeback.vat.counters import ConsumerSale, ConsumerSales, count_consumer_sales
from pipelines.writeback.vat.decide import Answer, Engine, Evidence
from pipelines.writeback.vat.facts import Customer, Sale, Seller
from pipelines.writeback.vat.inputs import Inputs
from pipelines.writeback.vat.lookups import Lookups
from pipelines.writeback.vat.rules import Rule, RuleTable, VatRulesError

__all__ = [
    "Answer",
    "ConfirmedBox",
    "ConsumerSale",
    "ConsumerSales",
    "Customer",
    "Engine",
    "Evidence",
    "Inputs",
    "Lookups",
    "Rule",
    "RuleTable",
    "Sale",
    "Seller",
    "VatRulesError",
    "box_map",
    "count_consumer_sales",
]

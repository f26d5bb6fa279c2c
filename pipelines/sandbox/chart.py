"""The chart of accounts an administration starts with, and the roles the books post to.

Numbers, names, types and RGS codes of the first block are those of the example of `GET /ledger_accounts` in Moneybird's
OpenAPI document (POSTINGS §1, column C). Five of those accounts share one RGS code, so a posting finds its account by
role and never by code. The second block is what users and Moneybird add on use; its codes are ordinary RGS 3.5.
"""

from __future__ import annotations

from typing import NamedTuple

AR = "debtors"
AP = "creditors"
VAT_OUT = "vat_out"
VAT_IN = "vat_in"
VAT_SETTLE = "vat_settled"
REV = "revenue"
DEF_REV = "deferred_revenue"
ACC_REV = "accrued_revenue"
SETTLE = "settlements"
IN_UNM = "unmatched_receipts"
BANK_UNM = "unprocessed_transactions"
FX = "exchange_differences"
BANK = "bank"
CASH = "cash"
PSP = "payment_provider"
TRANSIT = "transit"
OUT_UNM = "unmatched_payments"
DEF_COST = "deferred_costs"
ACC_COST = "accrued_costs"
PRIVATE = "private"
BOOK_RESULT = "book_result"
REINVESTMENT = "reinvestment_reserve"
PSP_FEES = "payment_provider_fees"
IC_RECEIVABLE = "intercompany_receivable"
IC_PAYABLE = "intercompany_payable"
IC_INTEREST_INCOME = "intercompany_interest_income"
IC_INTEREST_COST = "intercompany_interest_cost"
EU_GOODS = "goods_eu_consumers_revenue"
EXPORTS = "goods_export_revenue"
EU_TRADE = "goods_eu_business_revenue"
HOSTING = "hosting"
TRAVEL = "travel"
DUB_BAL = "doubtful_debtors_allowance"
DUB_PL = "doubtful_debtors_addition"
BAD = "bad_debts"
ROUND = "rounding"
RESULT = "result_of_the_year"
SHARES = "share_capital"
RESERVES = "reserves"
WAGES = "wages"
NET_WAGES = "net_wages_payable"
WAGE_TAX = "wage_tax_payable"
RENT = "rent"
GENERAL = "general_costs"
SALES_COSTS = "sales_costs"
MANAGEMENT_FEE = "management_fee"
PURCHASES = "purchases"
FIXTURES = "fixtures"
FIXTURES_WRITTEN_DOWN = "fixtures_written_down"
DEPRECIATION = "depreciation"
SERVICES = "services_revenue"
SUBSCRIPTIONS = "subscription_revenue"
EU_SERVICES = "eu_services_revenue"
NON_EU_SERVICES = "non_eu_services_revenue"
GOODS = "goods_revenue"
BOOKS_REDUCED = "goods_reduced_revenue"
SHIPPING = "shipping_revenue"
FEES = "fee_revenue"

_SALE = ("sales_invoice", "financial_mutation", "general_journal_document")
_COST = ("purchase_invoice", "financial_mutation", "general_journal_document")
_BALANCE = ("financial_mutation", "general_journal_document")
_JOURNAL = ("general_journal_document",)

_ASSET, _DEBT, _FIXED = "current_assets", "current_liabilities", "non_current_assets"
_LONG_DEBT, _OTHER = "non_current_liabilities", "other_income_expenses"
_LIQUID, _RECEIVABLE, _PAYABLE = "Financiële rekeningen", "Overige vorderingen", "Overige schulden"


class Template(NamedTuple):
    """One account of the chart. `parent` is a name; `role` None means nothing posts there by itself."""

    number: str
    name: str
    kind: str
    rgs: str
    allowed: tuple[str, ...]
    role: str | None = None
    parent: str | None = None


DEFAULT_CHART: tuple[Template, ...] = (
    Template("46801.01", "Algemene kosten", "expenses", "WBedAlkOal", _COST, GENERAL),
    Template("16221.02", "Btw", _DEBT, "BSchBepBtwOvm", _BALANCE),
    Template("16221.01", "Betaalde en/of ontvangen btw", _DEBT, "BSchBepBtwAfo", _BALANCE, VAT_SETTLE, "Btw"),
    Template("16011", "Crediteuren", _DEBT, "BSchCreHac", _BALANCE, AP),
    Template("13011", "Debiteuren", _ASSET, "BVorDebHad", _BALANCE, AR),
    Template("10510.01", "Financiële rekeningen", _ASSET, "BLimKruSto", _BALANCE),
    Template("45185", "Huisvestingskosten", "expenses", "WBedHuiOhv", _COST, RENT),
    Template("13850.01", "Hulprekeningen", _ASSET, "BVorOvrOvk", _BALANCE),
    Template("84601", "Koersverschillen", "other_income_expenses", "WFbeWisWis", _COST, FX),
    Template("10510.02", "Kruisposten", _ASSET, "BLimKruSto", _BALANCE, TRANSIT, _LIQUID),
    Template("16525", "Overige schulden", _DEBT, "BSchOvsOvs", _BALANCE),
    Template("17201", "Nog te betalen kosten", _DEBT, "BSchOpaNtb", _BALANCE, ACC_COST, _PAYABLE),
    Template("13850.02", "Overige vorderingen", _ASSET, "BVorOvrOvk", _BALANCE),
    Template("14305", "Nog te factureren omzet", _ASSET, "BVorOvaNtf", _BALANCE, ACC_REV, _RECEIVABLE),
    Template("81180.01", "Omzet", "revenue", "WOmzNooNdo", _SALE, REV),
    Template("81180.02", "Ongecategoriseerde inkomsten", "revenue", "WOmzNooNdo", _SALE),
    Template("46801.02", "Ongecategoriseerde uitgaven", "expenses", "WBedAlkOal", _COST),
    Template("16221.03", "Te betalen btw", _DEBT, "BSchBepBtwOlo", _JOURNAL, VAT_OUT, "Btw"),
    Template("10510.05", "Te rubriceren betalingen", _DEBT, "BLimKruSto", _BALANCE, OUT_UNM, _PAYABLE),
    Template("10510.03", "Te rubriceren ontvangen betalingen", _ASSET, "BLimKruSto", _BALANCE, IN_UNM, _RECEIVABLE),
    Template("10510.04", "Te rubriceren transacties", _ASSET, "BLimKruSto", _JOURNAL, BANK_UNM, _LIQUID),
    Template("16221.04", "Te vorderen btw", _DEBT, "BSchBepBtwVoo", _JOURNAL, VAT_IN, "Btw"),
    Template("45680", "Verkoopkosten", "expenses", "WBedVkkOvr", _COST, SALES_COSTS),
    Template("14510", "Verrekeningen", _ASSET, "BVorTusTbt", _BALANCE, SETTLE, _LIQUID),
    Template("45875", "Vervoerskosten", "expenses", "WBedTraOtr", _COST, TRAVEL),
    Template("14101", "Vooruitgefactureerde kosten", _ASSET, "BVorOvaVof", _BALANCE, DEF_COST, _RECEIVABLE),
    Template("17250", "Vooruitgefactureerde omzet", _DEBT, "BSchOpaVgo", _BALANCE, DEF_REV, _PAYABLE),
)  # fmt: skip

ADDED: tuple[Template, ...] = (
    Template("05011", "Aandelenkapitaal", "equity", "BEivGokGea", _BALANCE, SHARES),
    Template("05253", "Overige reserves", "equity", "BEivOvrOrs", _BALANCE, RESERVES),
    Template("05254", "Herinvesteringsreserve", "equity", "BEivOvrOrs", _BALANCE, REINVESTMENT),
    Template("05403", "Resultaat van het boekjaar", "equity", "BEivOreRvh", _BALANCE, RESULT),
    Template("10201", "Zakelijke rekening", _ASSET, "BLimBanRba", _JOURNAL, BANK, _LIQUID),
    Template("10301", "Kas", _ASSET, "BLimKasKas", _JOURNAL, CASH, _LIQUID),
    Template("10250", "Betaalprovider", _ASSET, "BLimBanRba", _JOURNAL, PSP, _LIQUID),
    Template("13021", "Voorziening dubieuze debiteuren", _ASSET, "BVorDebVdd", _BALANCE, DUB_BAL),
    Template("45660", "Dotatie voorziening dubieuze debiteuren", "expenses", "WBedVkkDvd", _COST, DUB_PL),
    Template("45661", "Oninbare omzet", "expenses", "WBedVkkAdd", _COST, BAD),
    Template("46430", "Afrondingsverschillen", "expenses", "WBedAdlBet", _COST, ROUND),
    Template("40110", "Lonen", "expenses", "WPerLesLon", _COST, WAGES),
    Template("16101", "Netto lonen", _DEBT, "BSchSalNet", _BALANCE, NET_WAGES),
    Template("16230", "Te betalen loonheffing", _DEBT, "BSchBepLhe", _BALANCE, WAGE_TAX),
    Template("02251", "Inventaris", _FIXED, "BMvaBeiVvp", _COST, FIXTURES),
    Template("02255", "Afschrijving sinds aanschaf inventaris", _FIXED, "BMvaBeiCae", _JOURNAL, FIXTURES_WRITTEN_DOWN),
    Template("41210", "Afschrijvingskosten inventaris", "expenses", "WAfsAmvBei", _COST, DEPRECIATION),
    Template("40810", "Management fee", "expenses", "WBedOvpMaf", _COST, MANAGEMENT_FEE),
    Template("46152", "Hosting en software", "expenses", "WBedKanSof", _COST, HOSTING),
    Template("45685", "Kosten betaalprovider", "expenses", "WBedVkkOvr", _COST, PSP_FEES),
    Template("05420", "Privé-opnamen", "equity", "BEivKapPro", _BALANCE, PRIVATE),
    Template("04111", "Leningen aan groepsmaatschappijen", _FIXED, "BFvaVogVgl", _BALANCE, IC_RECEIVABLE),
    Template("08301", "Leningen van groepsmaatschappijen", _LONG_DEBT, "BLasSagHoo", _BALANCE, IC_PAYABLE),
    Template("84101", "Rentebaten groepsmaatschappijen", _OTHER, "WFbeRlmRgi", _BALANCE, IC_INTEREST_INCOME),
    Template("84331", "Rentelasten groepsmaatschappijen", _OTHER, "WFbeRlsRgi", _BALANCE, IC_INTEREST_COST),
    Template("82701", "Boekresultaat vaste activa", _OTHER, "WOvbOvoOvo", _BALANCE, BOOK_RESULT),
    Template("70110", "Inkoopwaarde van de omzet", "direct_costs", "WKprInhInh", _COST, PURCHASES),
    Template("80501", "Omzet uren", "revenue", "WOmzNodOdh", _SALE, SERVICES),
    Template("80502", "Omzet abonnementen en onderhoud", "revenue", "WOmzNodOdh", _SALE, SUBSCRIPTIONS),
    Template("80535", "Omzet diensten binnen de EU", "revenue", "WOmzNodOdi", _SALE, EU_SERVICES),
    Template("80530", "Omzet diensten buiten de EU", "revenue", "WOmzNodOdb", _SALE, NON_EU_SERVICES),
    Template("80101", "Omzet handelsgoederen", "revenue", "WOmzNohOlh", _SALE, GOODS),
    Template("80105", "Omzet boeken", "revenue", "WOmzNohOll", _SALE, BOOKS_REDUCED),
    Template("80110", "Omzet verzendkosten", "revenue", "WOmzNohOlh", _SALE, SHIPPING),
    Template("80350", "Omzet afstandsverkopen binnen de EU", "revenue", "WOmzNohOla", _SALE, EU_GOODS),
    Template("80345", "Omzet handelsgoederen binnen de EU", "revenue", "WOmzNohOli", _SALE, EU_TRADE),
    Template("80340", "Omzet handelsgoederen buiten de EU", "revenue", "WOmzNohOln", _SALE, EXPORTS),
    Template("81190", "Omzet management fee", "revenue", "WOvbOnmOnm", _SALE, FEES),
)  # fmt: skip

BASIC_ROLES = frozenset(template.role for template in DEFAULT_CHART if template.role) | {
    SHARES, RESERVES, RESULT, BANK, DUB_BAL, DUB_PL, BAD, ROUND, BOOK_RESULT,
}  # fmt: skip

RESULT_KINDS = frozenset({"revenue", "direct_costs", "expenses", "other_income_expenses"})
CREDIT_KINDS = frozenset({"revenue", "equity", "current_liabilities", "non_current_liabilities", "provisions"})

"""Every table of finance: its columns, what they may hold and which of them tell two rows apart."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a cell holds; the value is how a person is told."""

    TEXT = "text"
    ID = "the digits of an id of Moneybird"
    DATE = "a date such as 2026-12-31"
    DECIMAL = "a number such as 1250.00"
    INTEGER = "a whole number"
    BOOLEAN = "true or false"


@dataclass(frozen=True)
class Column:
    """One column; `choices` are the only values, in lower case, where there are any."""

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table: `<name>.csv`. No two rows are alike in all of `key`, nor in all of `alone` unless that ends in `none`.

    Rows with a validity may not overlap in time.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    alone: tuple[str, ...] = ()

    @property
    def has_validity(self) -> bool:
        return {"valid_from_date", "valid_to_date"} <= {column.name for column in self.columns}


def _text(name: str, *, required: bool = False, choices: tuple[str, ...] = ()) -> Column:
    return Column(name, Kind.TEXT, required, choices)


def _id(name: str, *, required: bool = False) -> Column:
    return Column(name, Kind.ID, required)


_ADMINISTRATION = _id("administration_id", required=True)
_VALIDITY = (Column("valid_from_date", Kind.DATE, required=True), Column("valid_to_date", Kind.DATE))
_CONFIRMED = _text("confirmed_by", required=True)

ROLES = (
    "debtors", "creditors", "vat_out", "vat_in", "vat_settled", "vat_parent", "revenue_default",
    "revenue_uncategorised", "deferred_revenue", "accrued_revenue", "deferred_costs", "accrued_costs", "settlements",
    "unmatched_in", "unmatched_out", "unmatched_bank", "transit", "exchange", "bad_debt", "none",
)  # fmt: skip

PRODUCT_TYPES = ("product", "service", "digital_service")  # Moneybird's, of a product

CONTACT_FIELDS = (
    "company_name", "firstname", "lastname", "address1", "address2", "zipcode", "city", "country", "phone",
    "tax_number", "chamber_of_commerce", "bank_account", "send_invoices_to_attention", "send_invoices_to_email",
    "send_estimates_to_attention", "send_estimates_to_email",
)  # fmt: skip
"""What Dovecote compares and writes of a contact, by Moneybird's names."""
VAT_CLASSES = ("standard", "reduced", "stay", "other", "zero", "exempt", "reverse_work", "reverse_listed")
SERVICE_PLACES = ("general", "listed", "where_it_happens")

TABLES: tuple[Table, ...] = (
    Table(
        "ledger_roles",
        (_ADMINISTRATION, _id("ledger_account_id", required=True), _text("role", required=True, choices=ROLES),
         _CONFIRMED, _text("note")),
        ("administration_id", "ledger_account_id"),
        alone=("administration_id", "role"),  # two debtors accounts would double every amount that is joined by role
    ),
    Table(
        "group_accounts",
        (_id("administration_id"), _text("account_number", required=True), _text("group_account_code", required=True),
         _text("group_account_name")),
        ("administration_id", "account_number"),
    ),
    Table(
        "vat_regimes",
        (_ADMINISTRATION, *_VALIDITY,
         _text("scheme", required=True, choices=("accrual", "cash", "kor", "exempt")),
         _text("filing_frequency", required=True, choices=("month", "quarter", "year")), _text("vat_entity"),
         Column("is_one_stop_shop", Kind.BOOLEAN, required=True), _CONFIRMED),
        ("administration_id", "valid_from_date"),
    ),
    Table(
        "tax_rate_boxes",
        (_ADMINISTRATION, _id("tax_rate_id", required=True), *_VALIDITY, _text("tax_report_reference", required=True),
         _text("rate_kinds"), _CONFIRMED),
        ("administration_id", "tax_rate_id", "valid_from_date"),
    ),
    Table(
        "vat_rules",
        (_text("rule_id", required=True), Column("priority", Kind.INTEGER, required=True),
         _text("action", required=True, choices=("auto", "review", "block")), _text("seller_scheme", required=True),
         _text("customer_zone", required=True),
         _text("customer_type", required=True, choices=("any", "business", "consumer")),
         _text("vat_number_status", required=True), _text("supply_kind", required=True), _text("vat_class"),
         _text("movement"), _text("service_place"), _text("consumer_sales"), _text("condition"),
         _text("rate_kind"), _text("box"), _text("icp_kind", choices=("goods", "services", "triangulation")),
         _text("ubl_category"), _text("vatex_code"), _text("invoice_text"), _text("confidence")),
        ("rule_id",),
        alone=("priority",),  # the first row that fits decides
    ),
    Table(
        "ledger_mapping",
        (_id("administration_id"), _id("product_id"), _text("product_type", choices=PRODUCT_TYPES),
         _text("vat_rule_id"), _id("project_id"), *_VALIDITY, _text("account_number", required=True), _CONFIRMED),
        ("administration_id", "product_id", "product_type", "vat_rule_id", "project_id", "valid_from_date"),
    ),
    Table(
        "product_supplies",
        (_ADMINISTRATION, _id("product_id", required=True), *_VALIDITY,
         _text("product_type", required=True, choices=PRODUCT_TYPES),
         _text("vat_class", required=True, choices=VAT_CLASSES), _text("service_place", choices=SERVICE_PLACES),
         _CONFIRMED),
        ("administration_id", "product_id", "valid_from_date"),
    ),
    Table(
        "blocked_contacts",
        (_ADMINISTRATION, _id("contact_id", required=True), *_VALIDITY, _text("reason", required=True), _CONFIRMED),
        ("administration_id", "contact_id", "valid_from_date"),
    ),
    Table(
        "large_contacts",
        (_ADMINISTRATION, _id("contact_id", required=True), *_VALIDITY, _CONFIRMED),
        ("administration_id", "contact_id", "valid_from_date"),
    ),
    Table(
        "contact_field_owners",
        (_id("administration_id"), _text("field", required=True, choices=CONTACT_FIELDS),
         _text("owner", required=True, choices=("crm", "moneybird", "newest")), _CONFIRMED),
        ("administration_id", "field"),
    ),
    Table(
        "ownership",
        (_id("parent_administration_id", required=True), _ADMINISTRATION,
         Column("percentage", Kind.DECIMAL, required=True), *_VALIDITY),
        ("parent_administration_id", "administration_id", "valid_from_date"),
    ),
    Table(
        "intercompany_contacts",
        (_ADMINISTRATION, _id("contact_id", required=True), _id("counterparty_administration_id"), *_VALIDITY,
         _CONFIRMED),
        ("administration_id", "contact_id", "valid_from_date"),
    ),
    Table(
        "accepted_differences",
        (_text("check_id", required=True), _ADMINISTRATION, _text("period"),  # empty: of the row about today
         Column("amount", Kind.DECIMAL, required=True), _text("reason", required=True),
         _text("accepted_by", required=True), Column("accepted_on", Kind.DATE, required=True),
         Column("expires_on", Kind.DATE, required=True)),
        ("check_id", "administration_id", "period"),
    ),
    Table(
        "hourly_rates",
        (_id("administration_id"), _id("contact_id"), _id("project_id"), _id("user_id"), *_VALIDITY,
         Column("hourly_rate_amount", Kind.DECIMAL, required=True), _text("currency_code")),
        ("administration_id", "contact_id", "project_id", "user_id", "valid_from_date"),
    ),
    Table(
        "hour_policies",
        (_ADMINISTRATION, _id("contact_id"), *_VALIDITY, Column("increment_minutes", Kind.INTEGER, required=True),
         _text("mode", required=True, choices=("up", "down", "nearest")),
         _text("level", required=True, choices=("entry", "day", "line")),
         Column("group_by_user", Kind.BOOLEAN, required=True), Column("group_by_month", Kind.BOOLEAN, required=True),
         _text("service_place", choices=("general", "listed"))),
        ("administration_id", "contact_id", "valid_from_date"),
    ),
    Table(
        "available_hours",
        (_ADMINISTRATION, _id("user_id", required=True), *_VALIDITY,
         Column("hours_per_week", Kind.DECIMAL, required=True)),
        ("administration_id", "user_id", "valid_from_date"),
    ),
    Table(
        "billing_schedule",
        (_ADMINISTRATION, _text("schedule_id", required=True), _id("contact_id", required=True), *_VALIDITY,
         Column("first_period_date", Kind.DATE, required=True),
         _text("every", required=True, choices=("month", "quarter", "year")),
         _text("bill", required=True, choices=("in_advance", "in_arrears")),
         _id("product_id"), _text("description"), Column("quantity", Kind.DECIMAL, required=True),
         Column("unit_price", Kind.DECIMAL), _text("supply_kind", choices=("goods", "services", "digital")),
         _text("vat_class", choices=VAT_CLASSES), Column("is_deferred", Kind.BOOLEAN, required=True),
         _text("customer_reference"), _CONFIRMED),
        ("administration_id", "schedule_id", "valid_from_date"),
    ),
)  # fmt: skip

"""The nine things a VAT rule may look at, the words each may hold, and how a person is told about them."""

from __future__ import annotations

from collections.abc import Mapping

UNKNOWN = "unknown"
ANY = "any"

DIMENSIONS: Mapping[str, Mapping[str, str]] = {
    "seller_scheme": {
        "normal": "the seller charges VAT",
        "kor": "the seller is in the small business scheme (KOR)",
        "margin": "it is sold under the margin scheme",
        UNKNOWN: "the seller's VAT scheme is not known",
    },
    "customer_zone": {
        "NL": "it is taxed in the Netherlands",
        "EU": "the customer is in another EU country",
        "NON_EU": "the customer is outside the EU",
        "XI": "the customer is in Northern Ireland",
        "EU_OUTSIDE_VAT": "the customer is in a part of the EU outside its VAT area",
        "FISCAL_UNITY": "the customer is in the seller's fiscal unity",
        UNKNOWN: "the customer's country is not known",
    },
    "customer_type": {
        "business": "the customer is a business",
        "consumer": "the customer is a consumer",
        UNKNOWN: "it is not known whether the customer is a business",
    },
    "vat_number_status": {
        "valid": "its VAT number is confirmed",
        "invalid": "its VAT number is not valid",
        "missing": "it has no VAT number",
        "unchecked": "its VAT number was never checked",
        "stale": "its VAT number was confirmed over 30 days ago",
        UNKNOWN: "nothing is known of its VAT number",
    },
    "supply_kind": {
        "goods": "goods are sold",
        "services": "a service is sold",
        "digital": "a digital service is sold",
        UNKNOWN: "it is not known whether goods or a service are sold",
    },
    "vat_class": {
        "standard": "the product has the standard rate",
        "reduced": "the product has the reduced rate",
        "stay_standard": "nights in accommodation had the standard rate by then",
        "stay_reduced": "nights in accommodation had the reduced rate then",
        "other": "the product has a rate of its own",
        "zero": "the product is listed at 0 %",
        "exempt": "the product or seller is exempt",
        "reverse_work": "it is subcontracted work or lent staff",
        "reverse_listed": "the product is on the list of shifted VAT",
        UNKNOWN: "the product's VAT class is not known",
    },
    "movement": {
        "leaves": "the goods leave the Netherlands",
        "stays": "nothing proves that the goods leave the Netherlands",
        "chain": "the seller stands in the middle of a chain",
        UNKNOWN: "it is not known where the goods go",
    },
    "service_place": {
        "general": "it follows the general rule for services",
        "listed": "it is advice, IT, data or a licence",
        "elsewhere": "it is taxed where it happens, in another country",
        UNKNOWN: "it is not known where the service is taxed",
    },
    "consumer_sales": {
        "below": "the seller's sales to consumers elsewhere in the EU stay within the limit",
        "oss": "the seller declares consumers elsewhere in the EU through the one-stop shop",
        "over": "the seller's sales to consumers elsewhere in the EU are over the limit, without the one-stop shop",
        UNKNOWN: "the seller's sales to consumers elsewhere in the EU are not known",
    },
}
"""Column of the table of rules → word → what it says in a sentence."""

"""What will be sent, to the letter, and what Moneybird should make of it.

VAT is rounded half up once per document and rate, as the `tax_totals` of Moneybird's own examples are (POSTINGS D18,
the default; not confirmed on a live administration). `currency` and `prices_are_incl_tax` are always sent: left out,
the contact's workflow would decide them and the preview would be a guess.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from pipelines.errors import CommandRefusedError
from pipelines.money import ZERO, to_cents
from pipelines.writeback.catalogue import Catalogue, LedgerAccount, TaxRate
from pipelines.writeback.draft import DraftInvoice, DraftLine
from pipelines.writeback.keys import business_key, plain_number, reference

_HUNDRED = Decimal(100)


@dataclass(frozen=True)
class RateTotal:
    """One VAT rate of the document: `taxable_amount` without VAT, `tax_amount` the VAT on it."""

    tax_rate_id: str
    name: str
    percentage: Decimal
    taxable_amount: Decimal
    tax_amount: Decimal


@dataclass(frozen=True)
class Preview:
    """`request` is the body, exactly; `reasons` says per line which VAT rate and ledger account, and why."""

    administration_id: str
    contact_name: str
    currency_code: str
    business_key: str
    reference: str
    request: dict[str, Any]
    line_amounts: tuple[Decimal, ...]  # without VAT, in the order of the lines
    rate_totals: tuple[RateTotal, ...]
    total_excl_amount: Decimal
    tax_amount: Decimal
    total_incl_amount: Decimal
    reasons: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The preview as the outbox keeps it: amounts as text, without the request, which has its own column."""
        kept = {key: value for key, value in asdict(self).items() if key != "request"}
        return dict(_texts(kept))


def preview(draft: DraftInvoice, catalogue: Catalogue) -> Preview:
    """The request and the expected totals. Raises CommandRefusedError when the catalogue lacks what it needs."""
    administration = catalogue.administration(draft.administration_id)
    contact = catalogue.contact(draft.administration_id, draft.contact_id)
    if administration is None or contact is None:
        raise CommandRefusedError("The administration or the contact is not in the published data; choose another.")
    lines = [_PricedLine.of(draft, line, catalogue) for line in draft.lines]
    totals = _rate_totals(lines)
    excl = sum((line.net for line in lines), ZERO)
    vat = sum((total.tax_amount for total in totals), ZERO)
    return Preview(
        administration_id=draft.administration_id,
        contact_name=contact.name,
        currency_code=administration.currency_code,
        business_key=business_key(draft),
        reference=reference(draft),
        request=_request(draft, administration.currency_code),
        line_amounts=tuple(line.net for line in lines),
        rate_totals=totals,
        total_excl_amount=excl,
        tax_amount=vat,
        total_incl_amount=excl + vat,
        reasons=tuple(line.reason(number) for number, line in enumerate(lines, 1)),
    )


@dataclass(frozen=True)
class _PricedLine:
    net: Decimal
    rate: TaxRate
    account: LedgerAccount

    @classmethod
    def of(cls, draft: DraftInvoice, line: DraftLine, catalogue: Catalogue) -> _PricedLine:
        rate = catalogue.tax_rate(draft.administration_id, line.tax_rate_id)
        account = catalogue.ledger_account(draft.administration_id, line.ledger_account_id)
        if rate is None or account is None:
            raise CommandRefusedError("A VAT rate or ledger account is not in the published data; choose another.")
        return cls(to_cents(line.quantity * line.unit_price), rate, account)

    def reason(self, number: int) -> str:
        account = " ".join(part for part in (self.account.number, self.account.name) if part)
        return (
            f"Line {number}: VAT '{self.rate.name}' and ledger account '{account}', as chosen on the draft; both are "
            "active there and meant for sales invoices."
        )


def _rate_totals(lines: list[_PricedLine]) -> tuple[RateTotal, ...]:
    nets: dict[str, Decimal] = defaultdict(lambda: ZERO)
    rates: dict[str, TaxRate] = {}
    for line in lines:
        nets[line.rate.tax_rate_id] += line.net
        rates[line.rate.tax_rate_id] = line.rate
    return tuple(_rate_total(rates[rate_id], net) for rate_id, net in nets.items())


def _rate_total(rate: TaxRate, net: Decimal) -> RateTotal:
    percentage = rate.percentage or Decimal(0)
    return RateTotal(rate.tax_rate_id, rate.name, percentage, net, to_cents(net * percentage / _HUNDRED))


def _request(draft: DraftInvoice, currency_code: str) -> dict[str, Any]:
    invoice: dict[str, Any] = {"contact_id": draft.contact_id, "reference": reference(draft)}
    if draft.invoice_date is not None:
        invoice["invoice_date"] = draft.invoice_date.isoformat()
    invoice["currency"] = currency_code
    invoice["prices_are_incl_tax"] = False
    invoice["details_attributes"] = [_detail(line) for line in draft.lines]
    return {"sales_invoice": invoice}


def _detail(line: DraftLine) -> dict[str, str]:
    detail = {
        "description": line.description,
        "price": plain_number(line.unit_price),
        "amount": plain_number(line.quantity),
        "tax_rate_id": line.tax_rate_id,
        "ledger_account_id": line.ledger_account_id,
    }
    optional = {"project_id": line.project_id, "period": line.period}
    return detail | {key: value for key, value in optional.items() if value is not None}


def _texts(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict):
        return {key: _texts(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_texts(item) for item in value]
    return value

"""Is what Moneybird made what a person approved? Differences in words, nothing changed or deleted.

Moneybird leaves 0 % rates out of `tax_totals`, so a rate that is missing there counts as no VAT.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from pipelines.errors import MalformedAnswerError
from pipelines.money import CENT

TOLERANCE = CENT
"""A difference of a cent is Moneybird's rounding; more is another invoice than the one approved (DOMAIN §2.6)."""


@dataclass(frozen=True)
class Remote:
    """The invoice as Moneybird returned it, as far as it is compared and kept."""

    id: str
    state: str
    reference: str
    contact_id: str
    currency_code: str
    total_excl_amount: Decimal
    total_incl_amount: Decimal
    tax_amounts: Mapping[str, Decimal]  # VAT by tax rate id
    details: tuple[Mapping[str, Any], ...]

    @classmethod
    def read(cls, answer: Any) -> Remote:
        """Raises MalformedAnswerError when `answer` is not a sales invoice."""
        try:
            return cls(
                id=str(answer["id"]),
                state=answer["state"],
                reference=answer["reference"] or "",
                contact_id=str(answer["contact_id"]),
                currency_code=answer["currency"],
                total_excl_amount=Decimal(answer["total_price_excl_tax"]),
                total_incl_amount=Decimal(answer["total_price_incl_tax"]),
                tax_amounts={str(row["tax_rate_id"]): Decimal(row["tax_amount"]) for row in answer["tax_totals"]},
                details=tuple(answer["details"]),
            )
        except (KeyError, TypeError, InvalidOperation) as error:
            raise MalformedAnswerError(
                f"Expected a sales invoice, found something else ({type(error).__name__} {error}); look in Moneybird.",
                resource="sales_invoices",
            ) from None

    def totals(self) -> dict[str, Any]:
        """What the outbox keeps: amounts as text."""
        return {
            "total_excl_amount": str(self.total_excl_amount),
            "total_incl_amount": str(self.total_incl_amount),
            "tax_amounts": {rate: str(amount) for rate, amount in self.tax_amounts.items()},
        }


def differences(payload: Mapping[str, Any], preview: Mapping[str, Any], remote: Remote) -> list[str]:
    """One short clause per difference, expected first; empty when the invoice is the one that was approved."""
    sent = payload["sales_invoice"]
    return [
        *_texts("contact", sent["contact_id"], remote.contact_id),
        *_texts("reference", sent["reference"], remote.reference),
        *_texts("currency", sent["currency"], remote.currency_code),
        *_amounts("total without VAT", preview["total_excl_amount"], remote.total_excl_amount),
        *_amounts("total with VAT", preview["total_incl_amount"], remote.total_incl_amount),
        *_vat(preview["rate_totals"], remote.tax_amounts),
        *_lines(sent["details_attributes"], preview["line_amounts"], remote.details),
    ]


def _vat(expected: Sequence[Mapping[str, str]], found: Mapping[str, Decimal]) -> Iterator[str]:
    by_rate = {row["tax_rate_id"]: row for row in expected}
    for rate_id in by_rate.keys() | found.keys():
        row = by_rate.get(rate_id, {})
        yield from _amounts(
            f"VAT of rate {row.get('name', rate_id)}", row.get("tax_amount", "0"), found.get(rate_id, Decimal(0))
        )


def _lines(sent: Sequence[Mapping[str, Any]], nets: Sequence[str], found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if len(sent) != len(found):
        yield f"lines: expected {len(sent)}, found {len(found)}"
        return
    for number, (line, net, detail) in enumerate(zip(sent, nets, _ordered(found), strict=True), 1):
        for name, words in (
            ("tax_rate_id", "VAT rate"),
            ("ledger_account_id", "ledger account"),
            ("project_id", "project"),
        ):
            yield from _texts(f"{words} of line {number}", line.get(name), detail.get(name))
        net_found = Decimal(detail.get("total_price_excl_tax_with_discount") or 0)
        yield from _amounts(f"amount of line {number}", net, net_found)


def _ordered(details: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(details, key=lambda detail: detail.get("row_order") or 0)


def _texts(what: str, expected: object, found: object) -> Iterator[str]:
    if (expected or None) != (str(found) if found else None):
        yield f"{what}: expected {expected or 'none'}, found {found or 'none'}"


def _amounts(what: str, expected: str, found: Decimal) -> Iterator[str]:
    if abs(Decimal(expected) - found) > TOLERANCE:
        yield f"{what}: expected {expected}, found {found}"

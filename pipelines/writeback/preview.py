"""What will be sent, to the letter, and what Moneybird should make of it: what a person approves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from typing import Any, Literal

from pipelines.operations import Claim
from pipelines.operations.hashing import preview_hash
from pipelines.writeback.findings import Finding
from pipelines.writeback.pricing import RateTotal

_KEPT_ELSEWHERE = ("request", "claims")
_AMOUNTS = ("total_excl_amount", "tax_amount", "total_incl_amount")
_RATE_AMOUNTS = ("percentage", "taxable_amount", "tax_amount")


@dataclass(frozen=True)
class Sending:
    """One request: its path is without administration and `.json`; `body` is None where there is none.

    `then` is the request that follows on what the first one made, with what cannot be known before in words.
    """

    method: Literal["POST", "PATCH"]
    path: str
    body: Mapping[str, Any] | None
    then: Sending | None = None

    def as_json(self) -> dict[str, Any]:
        first = {"method": self.method, "path": self.path, "body": self.body}
        return first if self.then is None else {**first, "then": self.then.as_json()}


@dataclass(frozen=True)
class Preview:
    """`reference` names the command for people; `reasons` say why everything is as it is, `reviews` what to look at.

    Amounts are None where the command has none. `before` is what stands there now and will be changed, `expected` what
    the kind's verification compares, beside the amounts. `evidence` is kept and not approved: it holds moments.
    """

    kind: str
    administration_id: str
    contact_name: str
    business_key: str
    reference: str
    request: Sending
    currency_code: str = "EUR"
    line_amounts: tuple[Decimal, ...] = ()  # without VAT, in the order of the lines
    rate_totals: tuple[RateTotal, ...] = ()
    total_excl_amount: Decimal | None = None
    tax_amount: Decimal | None = None
    total_incl_amount: Decimal | None = None
    reasons: tuple[str, ...] = ()
    reviews: tuple[str, ...] = ()
    before: Mapping[str, Any] | None = None
    expected: Mapping[str, Any] | None = None
    evidence: tuple[Mapping[str, Any], ...] = ()
    claims: tuple[Claim, ...] = ()

    @property
    def needs_review(self) -> bool:
        """A person must say that they looked at `reviews`."""
        return bool(self.reviews)

    @property
    def hash(self) -> str:
        """What approval is given to."""
        return preview_hash(self.request.as_json(), self.as_json())

    def as_json(self) -> dict[str, Any]:
        """The preview as the outbox keeps it: amounts as text, without the request, which has its own column."""
        kept = {key: value for key, value in asdict(self).items() if key not in _KEPT_ELSEWHERE}
        return dict(as_texts(kept))

    @classmethod
    def from_json(cls, kind: str, request: Mapping[str, Any], kept: Mapping[str, Any]) -> Preview:
        """The preview as `as_json` kept it, with its request; without its claims, which the outbox keeps apart.

        Fields that another version kept are left out, and those it did not keep are empty.
        """
        known = {field.name: kept[field.name] for field in fields(cls) if field.name in kept}
        amounts = {name: Decimal(known[name]) for name in _AMOUNTS if known.get(name) is not None}
        lists = {name: tuple(known.get(name, ())) for name in ("reasons", "reviews", "evidence")}
        return cls(
            **{
                "kind": kind, **known, **amounts, **lists,
                "request": _sending(request),
                "line_amounts": tuple(map(Decimal, known.get("line_amounts", ()))),
                "rate_totals": tuple(map(_rate_total, known.get("rate_totals", ()))),
            }
        )  # fmt: skip


def _sending(kept: Mapping[str, Any]) -> Sending:
    then = kept.get("then")
    return Sending(kept["method"], kept["path"], kept["body"], _sending(then) if then else None)


def _rate_total(kept: Mapping[str, Any]) -> RateTotal:
    amounts: dict[str, Any] = {name: Decimal(kept[name]) for name in _RATE_AMOUNTS}
    return RateTotal(**{**kept, **amounts})


@dataclass(frozen=True)
class Examined:
    """The checklist in reading order, and the preview when all of it is good."""

    findings: tuple[Finding, ...]
    preview: Preview | None


def as_texts(value: Any) -> Any:
    """`value` as JSON can hold it, amounts as text: no cent is lost in a float."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Mapping):
        return {key: as_texts(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_texts(item) for item in value]
    return value

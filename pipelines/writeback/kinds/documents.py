"""What draft invoices, estimates and credits share: lines of a body, taking back, and comparing what came of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from pipelines.errors import MalformedAnswerError, NotFoundError
from pipelines.money import CENT
from pipelines.writeback.decisions import Decided
from pipelines.writeback.keys import plain_number
from pipelines.writeback.kinds.kind import Client, Remote

TOLERANCE = CENT
"""A difference of a cent is Moneybird's rounding; more is another document than the one approved (DOMAIN §2.6)."""

MADE_WITHIN = timedelta(seconds=1)
"""Moneybird saves a new document once more after its lines: `updated_at` is 4 to 7 ms later in its own examples."""


def details(lines: Sequence[Decided]) -> list[dict[str, str]]:
    """The body's `details_attributes`."""
    return [_detail(line) for line in lines]


def _detail(decided: Decided) -> dict[str, str]:
    line = decided.line
    detail = {
        "description": line.description,
        "price": plain_number(line.unit_price),
        "amount": plain_number(line.quantity),
        "tax_rate_id": decided.chosen_rate.tax_rate_id,
        "ledger_account_id": decided.chosen_account.ledger_account_id,
    }
    optional = {"project_id": line.project_id, "product_id": line.product_id, "period": line.period}
    return detail | {key: value for key, value in optional.items() if value is not None}


def expected(lines: Sequence[Decided]) -> Mapping[str, Any] | None:
    """What verification compares beside the amounts: the VAT box of every line, where finance confirmed one."""
    boxes = [line.box for line in lines]
    return {"boxes": boxes} if any(boxes) else None


def read(record: Any, administration_id: str, what: str) -> Remote:
    """The document Moneybird answered with. Raises MalformedAnswerError when it is none.

    Moneybird leaves 0 % rates out of `tax_totals`, so a rate that is missing there counts as no VAT.
    """
    try:
        kept = {
            "state": record["state"],
            "total_excl_amount": f"{Decimal(record['total_price_excl_tax']):f}",
            "total_incl_amount": f"{Decimal(record['total_price_incl_tax']):f}",
            "tax_amounts": {str(row["tax_rate_id"]): f"{Decimal(row['tax_amount']):f}" for row in record["tax_totals"]},
        }
        age = datetime.fromisoformat(record["updated_at"]) - datetime.fromisoformat(record["created_at"])
        untouched = record["state"] == "draft" and age < MADE_WITHIN
        _ = [detail.get("id") for detail in record["details"]], record["currency"], record["contact_id"]
        return Remote(str(record["id"]), record, kept, untouched)
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise MalformedAnswerError(
            f"Moneybird's answer is not {what} ({type(error).__name__} {error}); look there what was made.",
            resource=what,
            administration_id=administration_id,
        ) from None


def with_reference(client: Client, administration_id: str, wanted: str, what: str) -> Remote | None:
    """The newest sales invoice with this reference; None only when Moneybird says in so many words there is none."""
    path = "sales_invoices/find_by_reference"
    try:
        answer = client.get(administration_id, f"{path}/{wanted}")
    except NotFoundError as error:
        if error.symbolic.get("reference") == "not_found":
            return None
        raise MalformedAnswerError(
            "Moneybird's 404 does not say that no invoice has this reference, so nothing is created; look there.",
            status=error.status,
            resource=path,
            administration_id=administration_id,
        ) from None
    return read(answer.json(), administration_id, what)


def with_id(client: Client, administration_id: str, path: str, id_: str, what: str) -> Remote | None:
    """The document with this id; None when it was deleted."""
    try:
        return read(client.get(administration_id, f"{path}/{id_}").json(), administration_id, what)
    except NotFoundError as error:
        if error.symbolic.get("id") == "not_found":
            return None
        raise


def take_back(client: Client, administration_id: str, path: str, remote: Remote) -> bool:
    """Deletes the draft when it still is as we left it; read again first, because a person may have been faster."""
    now = client.get(administration_id, f"{path}/{remote.id}").json()
    if any(now.get(name) != remote.record[name] for name in ("state", "updated_at")):
        return False
    client.delete(administration_id, f"{path}/{remote.id}")
    return True


def differences(payload: Mapping[str, Any], preview: Mapping[str, Any], remote: Remote) -> list[str]:
    """One short clause per difference, expected first; empty when the document is the one that was approved."""
    (sent,) = payload["body"].values()
    found = remote.record
    return [
        *texts("contact", sent["contact_id"], found["contact_id"]),
        *texts("reference", sent["reference"], found["reference"]),
        *texts("currency", sent["currency"], found["currency"]),
        *amounts("total without VAT", preview["total_excl_amount"], remote.kept["total_excl_amount"]),
        *amounts("total with VAT", preview["total_incl_amount"], remote.kept["total_incl_amount"]),
        *vat(preview["rate_totals"], remote.kept["tax_amounts"]),
        *days(sent, found),
        *lines(sent["details_attributes"], preview["line_amounts"], found["details"]),
        *boxes((preview.get("expected") or {}).get("boxes", ()), found["details"]),
    ]


def days(sent: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    """A clause for another date, and for another day to pay on where both it and the date were sent. The answer has no
    `first_due_interval`, and what a draft without a date counts its days from is Moneybird's own."""
    for name in ("invoice_date", "estimate_date"):
        if name not in sent:
            continue
        yield from texts(name.replace("_", " "), sent[name], found.get(name))
        if "first_due_interval" in sent and found.get("due_date"):
            due = date.fromisoformat(sent[name]) + timedelta(days=sent["first_due_interval"])
            yield from texts("due date", due.isoformat(), found["due_date"])


def boxes(expected: Sequence[str | None], found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A clause per line that Moneybird declares in other VAT boxes than was approved (DOMAIN §2.6). Where its answer
    names no box or nobody confirmed one, nothing is known; how many lines there are is told elsewhere."""
    if len(expected) != len(found):
        return
    for number, (box, detail) in enumerate(zip(expected, ordered(found), strict=True), 1):
        named = [reference.removeprefix("NL/") for reference in detail.get("tax_report_reference") or ()]
        wanted = [] if box in (None, "none") else [each.strip() for each in str(box).split(",")]
        if box is not None and named and sorted(named) != sorted(wanted):
            told = ", ".join(wanted) or "none"
            yield f"VAT box of line {number}: expected {told}, found {', '.join(named)}"


def vat(expected: Sequence[Mapping[str, str]], found: Mapping[str, str]) -> Iterator[str]:
    """A clause per VAT rate whose VAT differs."""
    by_rate = {row["tax_rate_id"]: row for row in expected}
    for rate_id in sorted(by_rate.keys() | found.keys()):
        row = by_rate.get(rate_id, {})
        yield from amounts(f"VAT of rate {row.get('name', rate_id)}", row.get("tax_amount", "0"), found.get(rate_id, 0))


def lines(sent: Sequence[Mapping[str, Any]], nets: Sequence[str], found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A clause per line that differs from what was sent; `nets` are the amounts without VAT that were approved."""
    if len(sent) != len(found):
        yield f"lines: expected {len(sent)}, found {len(found)}"
        return
    for number, (line, net, detail) in enumerate(zip(sent, nets, ordered(found), strict=True), 1):
        for name, words in (
            ("tax_rate_id", "VAT rate"),
            ("ledger_account_id", "ledger account"),
            ("project_id", "project"),
        ):
            yield from texts(f"{words} of line {number}", line.get(name), detail.get(name))
        yield from amounts(f"amount of line {number}", net, detail.get("total_price_excl_tax_with_discount") or 0)


def ordered(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The lines as they stand on the document."""
    return sorted(rows, key=lambda detail: detail.get("row_order") or 0)


def texts(what: str, expected: object, found: object) -> Iterator[str]:
    """A clause when two texts differ; nothing and empty are alike."""
    if (expected or None) != (str(found) if found else None):
        yield f"{what}: expected {expected or 'none'}, found {found or 'none'}"


def amounts(what: str, expected: object, found: object) -> Iterator[str]:
    """A clause when two amounts differ by more than a cent."""
    if abs(Decimal(str(expected)) - Decimal(str(found))) > TOLERANCE:
        yield f"{what}: expected {expected}, found {found}"

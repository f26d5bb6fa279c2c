"""Estimates, recurring invoices and subscriptions of the small company."""

from __future__ import annotations

import json
from typing import Any

from pipelines.sandbox.model import Product
from tests.sandbox.office import Office
from tests.sandbox.sales_office import customer, done

LINE = {"description": "Project X", "price": "300", "amount": "1 x"}


def estimate(office: Office, *lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A draft of 300.00 excluding tax, or of `lines`."""
    body = {"contact_id": customer(office), "reference": "Project X", "details_attributes": list(lines) or [LINE]}
    return done(office.post("estimates", {"estimate": body | fields}))


def sent_estimate(office: Office, *lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    made = estimate(office, *lines, **fields)
    return done(office.patch(f"estimates/{made['id']}/send_estimate", {}))


def recurring(office: Office, **fields: Any) -> dict[str, Any]:
    """300.00 every month from the first of December 2026, sent by itself."""
    body = {
        "contact_id": customer(office), "reference": "Hosting", "invoice_date": "2026-12-01",
        "frequency_type": "month", "auto_send": True, "details_attributes": [LINE],
    }  # fmt: skip
    return done(office.post("recurring_sales_invoices", {"recurring_sales_invoice": body | fields}))


def product(office: Office, price: int = 2000, frequency_type: str | None = "month") -> str:
    """Something to subscribe to, or with no frequency something that one cannot; `price` is cents."""
    administration = office.administration
    at = administration.clock.milliseconds()
    made = Product(
        administration.new_id(), None, "Hosting", None, price, "EUR", administration.sales_rate(21),
        administration.roles["services_revenue"], at, at, 1 if frequency_type else None, frequency_type,
    )  # fmt: skip
    administration.products[made.id] = made
    return str(made.id)


def subscription(office: Office, **fields: Any) -> dict[str, Any]:
    """20.00 a month from the first of December 2026."""
    body = {"contact_id": customer(office), "start_date": "2026-12-01"} | fields
    body.setdefault("product_id", product(office))
    return done(office.post("subscriptions", {"subscription": body}))


def invoices(office: Office) -> list[dict[str, Any]]:
    """All sales invoices, oldest first."""
    return list(reversed(done_list(office.get("sales_invoices", filter="period:20260101..20291231"))))


def done_list(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return list(answer.json())


def told(office: Office) -> list[tuple[str, str, str | None, bool]]:
    """Action, entity type, state and whether there is an object of everything pushed to `listen`."""
    assert office.world.hooks.postman.idle()
    pushes = [json.loads(push.body) for push in office.world.hooks.postman.done if push.action != "test_webhook"]
    return [(push["action"], push["entity_type"], push["state"], push["entity"] is not None) for push in pushes]


def listen(office: Office, *events: str) -> None:
    """Registers a webhook; its address is one that nothing is really sent to."""
    done(office.post("webhooks", {"url": "https://hooks.duivenhof.example/in", "enabled_events": list(events)}))

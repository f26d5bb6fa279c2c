"""Requests that no well-behaved client makes, and what comes of them: formats, methods, bodies, names, all at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from pipelines.sandbox import serve
from pipelines.sandbox.throttle import Throttle
from tests.sandbox.conftest import Desk, frozen_group, open_desk

WHO = "Studio"


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """A group that tests of this module may change."""
    yield from open_desk(frozen_group())


RUDE = [
    ("GET", "contacts", {}, b"", 200),  # the format may be left out
    ("HEAD", "contacts.json", {}, b"", 200),
    ("OPTIONS", "contacts.json", {}, b"", 405),
    ("PUT", "contacts.json", {}, b"", 405),
    ("GET", "contacts.xml", {}, b"", 406),  # documented for some resources; the sandbox speaks JSON
    ("GET", "contacts.csv", {}, b"", 404),
    ("GET", "contacts/", {}, b"", 404),
    ("GET", "/contacts.json", {}, b"", 404),
    ("GET", "%00", {}, b"", 404),
    ("GET", "%ff%fe.json", {}, b"", 404),
    ("GET", "contacts/%20.json", {}, b"", 404),
    ("GET", f"contacts/{'9' * 5_000}.json", {}, b"", 404),
    ("POST", "contacts.json", {}, b"", 400),
    ("POST", "contacts.json", {}, b"null", 400),
    ("POST", "contacts.json", {}, b'{"contact":', 400),
    ("POST", "contacts.json", {}, b"\xff\xfe\x00", 400),
    ("POST", "contacts.json", {}, b"[" * 5_000, 400),
    ("POST", "contacts.json", {}, b'{"contact":{"country":' + b"[" * 300 + b"]" * 300 + b"}}", 422),
    ("POST", "contacts.json", {}, b'{"contact":{"company_name":"' + b"x" * 1_000_000 + b'"}}', 201),
    ("POST", "contacts.json", {"Content-Type": "application/x-www-form-urlencoded"}, b"contact=1&contact[a]=2", 400),
    ("POST", "contacts.json", {"Content-Type": "application/xml"}, b"<contact/>", 400),
    ("POST", "contacts.json", {"Content-Type": "\xe9"}, b"{}", 400),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "headers", "body", "status"), RUDE)
def test_a_rude_request_gets_a_proper_answer(
    desk: Desk, method: str, path: str, headers: dict[str, str], body: bytes, status: int
) -> None:
    coded = [(name.encode(), value.encode("latin-1")) for name, value in {**desk.authorization(WHO), **headers}.items()]
    answer = desk.client.request(method, f"/{desk.names[WHO].id}/{path}", headers=coded, content=body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json")
    assert method == "HEAD" or answer.json() is not None


def test_a_form_says_the_same_as_json(desk: Desk) -> None:
    """Nested names, rows by position, and rows that just follow each other."""
    header = desk.authorization(WHO) | {"Content-Type": "application/x-www-form-urlencoded"}
    contact = next(iter(desk.names[WHO].contacts))
    for rows in (
        "[0][description]=A&{0}[0][price]=1,5&{0}[1][description]=B&{0}[1][price]=2",
        "[][description]=A&{0}[][price]=1,5&{0}[][description]=B&{0}[][price]=2",
    ):
        name = "sales_invoice[details_attributes]"
        form = f"sales_invoice[contact_id]={contact}&{name}{rows.format(name)}"
        answer = desk.client.post(f"/{desk.names[WHO].id}/sales_invoices.json", content=form, headers=header)
        assert answer.status_code == 201, answer.text
        assert [(line["description"], line["price"]) for line in answer.json()["details"]] == [
            ("A", "1.5"),
            ("B", "2.0"),
        ]


def test_the_last_of_a_repeated_parameter_counts(desk: Desk) -> None:
    answer = desk.client.get(
        f"/{desk.names[WHO].id}/contacts.json?per_page=100&per_page=1&page=9&page=1", headers=desk.authorization(WHO)
    )
    assert len(answer.json()) == 1


@pytest.mark.parametrize("filename", ["café 🕊.pdf", 'a"b.pdf', "../../x.pdf", "x;y=z.pdf", "#?.pdf"])
def test_a_file_of_any_name_comes_back_as_it_was_sent(desk: Desk, filename: str) -> None:
    header, content = desk.authorization(WHO), b"\xff\r\n\x00abc\r\n"
    invoice = f"/{desk.names[WHO].id}/sales_invoices/{next(iter(desk.names[WHO].invoices))}"
    sent = desk.client.post(f"{invoice}/attachments.json", files={"file": (filename, content)}, headers=header)
    assert sent.json() == 200
    kept = desk.client.get(f"{invoice}.json", headers=header).json()["attachments"][-1]
    link = desk.client.get(f"{invoice}/attachments/{kept['id']}/download.json", headers=header).headers["Location"]
    assert desk.control.get(link).content == content


def test_requests_at_the_same_time_get_records_of_their_own() -> None:
    """Over a socket: twenty clients at once, each with a contact and a sales invoice for it."""
    world = frozen_group(administrations=2)
    administration = next(a for a in world.administrations.values() if WHO in a.name)
    secret = next(token.secret for token in world.tokens.values() if administration.id in token.administrations)
    with serve.start(world, throttle=Throttle.off()) as running:

        def business(number: int) -> tuple[int, str, str]:
            url = f"{running.api_url}/{administration.id}"
            with httpx.Client(headers={"Authorization": f"Bearer {secret}"}) as client:
                contact = client.post(
                    f"{url}/contacts.json", json={"contact": {"company_name": f"Klant {number}"}}
                ).json()
                body = {"contact_id": contact["id"], "details_attributes": [{"description": "x", "price": number}]}
                draft = client.post(f"{url}/sales_invoices.json", json={"sales_invoice": body}).json()
                path = f"{url}/sales_invoices/{draft['id']}/send_invoice.json"
                sent = client.patch(path, json={"sales_invoice_sending": {"delivery_method": "Manual"}})
                return sent.status_code, sent.json()["id"], sent.json()["invoice_id"]

        with ThreadPoolExecutor(20) as pool:
            done = list(pool.map(business, range(20)))
    assert {status for status, _, _ in done} == {200}
    assert len({id_ for _, id_, _ in done}) == len({number for _, _, number in done}) == 20

"""What every administration has before anything is sold: accounts, rates, people, products, styles, terms.

Amounts are whole cents (`int`), signed as on the document. Moments are Unix milliseconds. Ids are integers here and
strings in every answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from pipelines.sandbox.cards import Milliseconds

Cents = int

ONE = Decimal(1)
NONE = Decimal(0)


@dataclass(slots=True, frozen=True)
class TaxRate:
    """A rate; `references` are the boxes of the Dutch return its lines land in, `text` what the law makes one print."""

    id: int
    name: str
    percentage: Decimal | None
    kind: str  # sales_invoice, purchase_invoice or general_journal_document
    references: tuple[str, ...]
    text: str | None
    created: Milliseconds
    updated: Milliseconds
    active: bool = True
    country: str | None = None
    show: bool = True


@dataclass(slots=True)
class Account:
    """A ledger account; `number` is what people see, `role` is what the books post to."""

    id: int
    name: str
    kind: str  # account_type of the API
    number: str
    rgs: str
    rgs_reference: str
    rgs_name: str
    rgs_name_english: str
    role: str | None
    parent_id: int | None
    allowed: tuple[str, ...]
    created: Milliseconds
    updated: Milliseconds
    active: bool = True
    financial_account_id: int | None = None


@dataclass(slots=True)
class Project:
    id: int
    name: str
    state: str  # active or archived
    budget: int | None


@dataclass(slots=True)
class User:
    id: int
    name: str
    email: str
    kind: str  # user_type of the API
    permissions: tuple[str, ...]
    created: Milliseconds
    updated: Milliseconds


@dataclass(slots=True)
class Product:
    """What can be sold again and again; with a frequency it can be subscribed to. `price` excludes tax."""

    id: int
    title: str | None
    description: str
    identifier: str | None
    price: Cents
    currency: str
    tax_rate_id: int | None
    account_id: int
    created: Milliseconds
    updated: Milliseconds
    frequency: int | None = None
    frequency_type: str | None = None  # day, week, month, quarter, year
    active: bool = True


@dataclass(slots=True, frozen=True)
class Step:
    """A step of a workflow: `due` days to pay, or a reminder `delay` days later."""

    id: int
    due: int
    delay: int
    text: str | None
    auto_send: bool


@dataclass(slots=True)
class Workflow:
    """Terms of payment and reminders; `kind` is InvoiceWorkflow or EstimateWorkflow."""

    id: int
    kind: str
    name: str
    steps: tuple[Step, ...]
    created: Milliseconds
    updated: Milliseconds
    default: bool = True
    currency: str = "EUR"
    language: str = "nl"
    active: bool = True
    prices_are_incl_tax: bool = False


@dataclass(slots=True)
class DocumentStyle:
    id: int
    name: str
    identity_id: int
    default: bool
    created: Milliseconds
    updated: Milliseconds


@dataclass(slots=True)
class Identity:
    """The company as it stands on its documents."""

    id: int
    company_name: str
    address1: str | None
    zipcode: str | None
    city: str | None
    country: str
    email: str | None
    phone: str | None
    bank_account_name: str | None
    bank_account_number: str | None
    bank_account_bic: str | None
    chamber_of_commerce: str | None
    tax_number: str | None
    created: Milliseconds
    updated: Milliseconds
    address2: str | None = None
    custom_values: tuple[tuple[int, str], ...] = ()


@dataclass(slots=True)
class CustomField:
    id: int
    name: str
    source: str  # sales_invoice, estimate, contact or identity


@dataclass(slots=True)
class Note:
    """A remark or a task on a record. `entity_type` and `entity_id` say on which."""

    id: int
    entity_type: str
    entity_id: int
    text: str
    user_id: int
    todo: bool
    created: Milliseconds
    updated: Milliseconds
    assignee_id: int | None = None
    completed: Milliseconds | None = None


@dataclass(slots=True)
class Attachment:
    """A file on a record; its bytes are kept because a download gives them back."""

    id: int
    entity_type: str
    entity_id: int
    filename: str
    content_type: str
    content: bytes
    created: Milliseconds


@dataclass(slots=True)
class Webhook:
    """An address that is told of events. `secrets` are signing keys, newest first: two of them during a rotation."""

    id: int
    url: str
    events: tuple[str, ...]  # empty: everything
    token: str
    secrets: tuple[str, ...]
    created: Milliseconds
    last_status: int | None = None
    last_body: str | None = None
    deactivated: Milliseconds | None = None


@dataclass(slots=True)
class Download:
    """An export that is ready at `ready`. `content` gives the file as the books were when it was asked for; without
    it they are read when somebody fetches the file."""

    id: int
    kind: str  # download_type of the API
    filename: str
    content_type: str
    year: int
    user_id: int
    created: Milliseconds
    ready: Milliseconds
    version: str | None = None
    downloaded: bool = False
    failed: bool = False
    fetched: Milliseconds = 0
    content: Callable[[], bytes | Iterator[bytes]] | None = field(default=None, repr=False, compare=False)

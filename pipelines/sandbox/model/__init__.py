"""The facts of an administration, as compact as Python allows: JSON is rendered per request, never kept."""

from pipelines.sandbox.model.assets import Asset, ValueChange
from pipelines.sandbox.model.bank import Booking, FinancialAccount, Mutation, Statement
from pipelines.sandbox.model.basics import (
    NONE,
    ONE,
    Account,
    Attachment,
    Cents,
    CustomField,
    DocumentStyle,
    Download,
    Identity,
    Note,
    Product,
    Project,
    Step,
    TaxRate,
    User,
    Webhook,
    Workflow,
)
from pipelines.sandbox.model.hours import TimeEntry
from pipelines.sandbox.model.journals import Entry, Journal
from pipelines.sandbox.model.purchases import Allocation, Paper, PaymentOrder, Purchase
from pipelines.sandbox.model.sales import (
    Charge,
    Estimate,
    ExternalInvoice,
    Happening,
    Invoice,
    Line,
    Payment,
    Plan,
    Recurring,
    Subscription,
    SubscriptionTemplate,
)

__all__ = [
    "NONE", "ONE", "Account", "Allocation", "Asset", "Attachment", "Booking", "Cents", "Charge", "CustomField",
    "DocumentStyle", "Download", "Entry", "Estimate", "ExternalInvoice", "FinancialAccount", "Happening", "Identity",
    "Invoice", "Journal", "Line", "Mutation", "Note", "Paper", "Payment", "PaymentOrder", "Plan", "Product",
    "Project", "Purchase", "Recurring", "Statement", "Step", "Subscription", "SubscriptionTemplate", "TaxRate",
    "TimeEntry", "User", "ValueChange", "Webhook", "Workflow",
]  # fmt: skip

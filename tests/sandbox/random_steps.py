"""The steps of `random_use`: everything a client can do to the books, with numbers that choose among what there is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pipelines.sandbox import chart
from pipelines.sandbox.actions.sales import can_be_doubted
from tests.sandbox.random_use import NEW, Payable, RandomUse, key, path_of, pick

Json = dict[str, Any]

n = st.integers(0, 60)
prices = st.sampled_from(["100", "9.99", "-25.50", "0.01", "333.33", "1200", "0"])
amounts = st.sampled_from([None, "1 x", "-1 x", "1,5", "0,33", "3 uur"])
currencies = st.sampled_from([None, None, None, "USD", "GBP"])
days_ago = st.sampled_from([0, 0, 1, 20, 45, 130, -3])
lines = st.lists(
    st.fixed_dictionaries({"price": prices, "amount": amounts, "rate": n, "months": n}), min_size=1, max_size=3
)
PERIODS = (None, None, None, (0, 11), (-2, -1), (-1, 1), (1, 3))  # months from this one


class Use(RuleBasedStateMachine):
    """Numbers choose among what there is, so that any sequence of steps is one that a client could take."""

    def __init__(self) -> None:
        super().__init__()
        self.use = RandomUse()
        self.kept = self.use.kept
        rows = [{"date": self.use.ago(1), "amount": "363", "message": "Factuur"}]
        statement = {"reference": "1", "financial_mutations_attributes": rows}
        self.use.ask("POST", "financial_statements", {"financial_statement": statement}, ("financial_mutations", NEW))
        for months in (0, 3):  # without a period and with one: there is something to pay, credit and doubt at once
            line = {"price": "333.33", "amount": "1 x", "rate": 0, "months": months}
            self.draft(1, [line], False, "0", None, 20, False)
            self.send(months, {}, 0)
        self.asset(200, "1230", 1)

    def details(self, wanted: list[Json], kind: str, roles: tuple[str, ...]) -> list[Json]:
        rates = [rate.id for rate in self.kept.tax_rates.values() if rate.kind == kind and rate.active]
        return [
            {
                "description": "Werk", "price": line["price"], "amount": line["amount"],
                "tax_rate_id": str(pick(line["rate"], rates)), "period": self.period(line["months"]),
                "ledger_account_id": str(self.kept.roles[pick(line["rate"] + line["months"], roles)]),
            }
            for line in wanted
        ]  # fmt: skip

    def period(self, chosen: int) -> str | None:
        months = PERIODS[chosen % len(PERIODS)]
        if months is None:
            return None
        this = self.use.today.year * 12 + self.use.today.month - 1
        first, last = (divmod(this + month, 12) for month in months)
        day = ("", "") if chosen % 2 else ("15", "20")  # whole months, or broken ones
        return f"{first[0]}{first[1] + 1:02}{day[0]}..{last[0]}{last[1] + 1:02}{day[1]}"

    def contact(self, chosen: int) -> str:
        return str(pick(chosen, list(self.kept.contacts)))

    def sold(self, wanted: list[Json]) -> list[Json]:
        return self.details(wanted, "sales_invoice", (chart.SERVICES, chart.REV))

    def bought(self, wanted: list[Json]) -> list[Json]:
        return self.details(wanted, "purchase_invoice", (chart.GENERAL, chart.RENT, chart.FIXTURES))

    # Contacts and time

    @rule(name=st.sampled_from(["Nieuw B.V.", "", "Ander"]), country=st.sampled_from(["NL", "DE", "xx"]))
    def new_contact(self, name: str, country: str) -> None:
        body = {"contact": {"company_name": name, "country": country, "send_invoices_to_email": "a@klant.example"}}
        self.use.ask("POST", "contacts", body, ("contacts", NEW))

    @rule(chosen=n, city=st.sampled_from(["Delft", "Gouda"]))
    def edit_contact(self, chosen: int, city: str) -> None:
        contact = self.contact(chosen)
        self.use.ask("PATCH", f"contacts/{contact}", {"contact": {"city": city}}, ("contacts", contact))

    @rule(days=st.sampled_from([1, 1, 15, 31, 200]))
    def wait(self, days: int) -> None:
        self.use.pass_time(timedelta(days=days))

    # Sales invoices

    @rule(
        chosen=n, wanted=lines, incl=st.booleans(), discount=st.sampled_from(["0", "12.5", "x"]), currency=currencies,
        ago=st.one_of(st.none(), days_ago), hours=st.booleans(),
    )  # fmt: skip
    def draft(
        self, chosen: int, wanted: list[Json], incl: bool, discount: str, currency: str | None, ago: int | None,
        hours: bool,
    ) -> None:  # fmt: skip
        body = {
            "contact_id": self.contact(chosen), "details_attributes": self.sold(wanted), "prices_are_incl_tax": incl,
            "discount": discount, "time_entry_ids": [str(id_) for id_ in self.kept.time_entries] if hours else None,
            "invoice_date": None if ago is None else self.use.ago(ago), "currency": currency,
        }  # fmt: skip
        self.use.ask("POST", "sales_invoices", {"sales_invoice": body}, ("sales_invoices", NEW))

    @precondition(lambda self: self.kept.invoices)
    @rule(chosen=n, wanted=lines, change=n, incl=st.booleans(), ago=days_ago)
    def edit_invoice(self, chosen: int, wanted: list[Json], change: int, incl: bool, ago: int) -> None:
        """A line changed, one added, one removed, or the whole document otherwise; sent invoices too."""
        invoice = pick(chosen, list(self.kept.invoices.values()))
        id_ = str(pick(change, invoice.lines).id) if invoice.lines else ""
        new = self.sold(wanted)
        changes: Json = pick(change, [
            {"details_attributes": [{"id": id_, "price": new[0]["price"]}]}, {"details_attributes": new},
            {"details_attributes": {"0": {"id": id_, "_destroy": True}}}, {"prices_are_incl_tax": incl},
            {"invoice_date": self.use.ago(ago)}, {"contact_id": self.contact(change)}, {"currency": "USD"},
            {"discount": "5"},
        ])  # fmt: skip
        self.use.ask("PATCH", f"sales_invoices/{invoice.id}", {"sales_invoice": changes}, key(invoice))

    @precondition(lambda self: self.kept.invoices)
    @rule(
        chosen=n, how=st.sampled_from([{}, {"delivery_method": "Manual"}, {"delivery_method": "Duif"}]), later=days_ago
    )
    def send(self, chosen: int, how: Json, later: int) -> None:
        invoice = pick(chosen, list(self.kept.invoices.values()))
        plan = {"sending_scheduled": True, "invoice_date": self.use.ago(later)} if later < 0 else {}
        body = {"sales_invoice_sending": {**how, **plan}}
        self.use.ask("PATCH", f"sales_invoices/{invoice.id}/send_invoice", body, key(invoice))

    @precondition(lambda self: self.kept.invoices)
    @rule(chosen=n, settle=st.booleans())
    def credit(self, chosen: int, settle: bool) -> None:
        """Credited; sometimes sent and settled at once, as clients do."""
        every = list(self.kept.invoices.values())
        invoice = pick(chosen, [one for one in every if can_be_doubted(self.kept, one)] or every)
        made = self.use.ask(
            "PATCH", f"sales_invoices/{invoice.id}/duplicate_creditinvoice", {}, ("sales_invoices", NEW)
        )
        if made.status_code == 200 and settle:
            place = f"sales_invoices/{made.json()['id']}"
            draft = self.kept.invoices[int(made.json()["id"])]
            sent = self.use.ask("PATCH", f"{place}/send_invoice", {}, key(draft))
            assert sent.status_code == 200, sent.text
            self.use.ask("PATCH", f"{place}/register_payment_creditinvoice", {}, key(draft), key(invoice))

    @precondition(lambda self: self.kept.invoices)
    @rule(chosen=n)
    def settle(self, chosen: int) -> None:
        invoice = pick(chosen, list(self.kept.invoices.values()))
        original = self.kept.invoices.get(invoice.original_id or 0, invoice)
        path = f"sales_invoices/{invoice.id}/register_payment_creditinvoice"
        self.use.ask("PATCH", path, {}, key(invoice), key(original))

    @precondition(lambda self: self.kept.invoices or self.kept.external_invoices)
    @rule(chosen=n, lost=st.booleans(), ago=days_ago, as_revenue=st.booleans())
    def doubt(self, chosen: int, lost: bool, ago: int, as_revenue: bool) -> None:
        owed = [one for one in self.kept.invoices.values() if can_be_doubted(self.kept, one)]
        every: list[Payable] = [*self.kept.invoices.values(), *self.kept.external_invoices.values()]
        sales = owed if owed and chosen % 4 else every
        invoice = pick(chosen, sales)
        name = "uncollectible" if lost else "dubious"
        body = {f"{name}_date": self.use.ago(ago)} | ({"book_method": "revenue"} if lost and as_revenue else {})
        self.use.ask("PATCH", f"{path_of(invoice)}/mark_as_{name}", body, key(invoice))

    # Purchases and invoices of other systems

    @rule(
        chosen=n, wanted=lines, incl=st.booleans(), currency=currencies, ago=days_ago, receipt=st.booleans(),
        revenue=st.booleans(), private=st.sampled_from([None, None, "25", "100", "33.33"]), cash=st.booleans(),
    )  # fmt: skip
    def buy(
        self, chosen: int, wanted: list[Json], incl: bool, currency: str | None, ago: int, receipt: bool, revenue: bool,
        private: str | None, cash: bool,
    ) -> None:  # fmt: skip
        name = "receipt" if receipt else "purchase_invoice"
        details = self.sold(wanted) if revenue and not receipt else self.bought(wanted)
        body: Json = {
            "contact_id": self.contact(chosen), "reference": "F", "date": self.use.ago(ago), "currency": currency,
            "prices_are_incl_tax": incl, "details_attributes": details,
        } | ({} if receipt else {"revenue_invoice": revenue, "due_date": self.use.ago(ago - 14)})  # fmt: skip
        if currency is None:
            del body["currency"]
        if private:
            account = {"private_ledger_account_id": str(self.kept.roles[chart.PRIVATE]), "percentage": private}
            share = {"ledger_account_id": details[0]["ledger_account_id"], **account}
            body["fiscal_allocations_attributes"] = [share]
        beside = {"payment": {"financial_account_id": self.use.cash}} if receipt and cash else {}
        self.use.ask("POST", f"documents/{name}s", {name: body, **beside}, (f"{name}s", NEW))

    @precondition(lambda self: self.kept.purchases)
    @rule(chosen=n, wanted=lines, change=n, incl=st.booleans(), ago=days_ago)
    def edit_purchase(self, chosen: int, wanted: list[Json], change: int, incl: bool, ago: int) -> None:
        purchase = pick(chosen, list(self.kept.purchases.values()))
        id_ = str(pick(change, purchase.lines).id) if purchase.lines else ""
        changes: Json = pick(change, [
            {"details_attributes": self.bought(wanted)}, {"date": self.use.ago(ago)}, {"prices_are_incl_tax": incl},
            {"details_attributes": [{"id": id_, "price": wanted[0]["price"]}]}, {"contact_id": self.contact(change)},
            {"details_attributes": [{"id": id_, "_destroy": True}]}, {"currency": "USD"},
        ])  # fmt: skip
        self.use.ask("PATCH", path_of(purchase), {purchase.kind: changes}, key(purchase))

    @rule(chosen=n, wanted=lines, incl=st.booleans(), currency=currencies, ago=days_ago)
    def take_in(self, chosen: int, wanted: list[Json], incl: bool, currency: str | None, ago: int) -> None:
        body: Json = {
            "reference": "BOL-1", "date": self.use.ago(ago), "due_date": self.use.ago(ago - 14),
            "prices_are_incl_tax": incl, "details_attributes": self.sold(wanted),
        }  # fmt: skip
        body |= {"contact_id": self.contact(chosen)} if chosen % 3 else {}
        body |= {"currency": currency} if currency else {}
        path = "external_sales_invoices"
        self.use.ask("POST", path, {"external_sales_invoice": body}, (path, NEW))

    @precondition(lambda self: self.kept.external_invoices)
    @rule(chosen=n, wanted=lines, change=n, ago=days_ago)
    def edit_external(self, chosen: int, wanted: list[Json], change: int, ago: int) -> None:
        invoice = pick(chosen, list(self.kept.external_invoices.values()))
        changes: Json = pick(change, [
            {"details_attributes": self.sold(wanted)}, {"date": self.use.ago(ago)}, {"prices_are_incl_tax": True},
            {"contact_id": self.contact(change)}, {"currency": "GBP"}, {"due_date": self.use.ago(ago)},
        ])  # fmt: skip
        self.use.ask("PATCH", path_of(invoice), {"external_sales_invoice": changes}, key(invoice))

    @precondition(lambda self: self.use.documents)
    @rule(chosen=n)
    def delete_document(self, chosen: int) -> None:
        document = pick(chosen, self.use.documents)
        self.use.ask("DELETE", path_of(document), None, key(document), *self.use.behind(document))

    # Money

    @precondition(lambda self: self.use.documents)
    @rule(
        chosen=n, part=st.sampled_from(["1", "1", "0.5", "1.2", "-0.1"]), ago=days_ago, other=n, linked=st.booleans(),
        action=st.sampled_from([
            None, None, "private_payment", "payment_without_proof", "cash_payment", "rounding_error", "bank_transfer",
            "balance_settlement", "invoices_settlement", "invoices_settlement",
        ]),
    )  # fmt: skip
    def pay(self, chosen: int, part: str, ago: int, other: int, linked: bool, action: str | None) -> None:
        document, against = pick(chosen, self.use.documents), pick(other, self.use.documents)
        mutations = list(self.kept.mutations)
        rest = self.kept.figures(document).incl - sum(payment.price for payment in document.payments)
        price = round((rest or 1_00) * float(part))
        body: Json = {
            "payment_date": self.use.ago(ago), "price": f"{price / 100:.2f}", "manual_payment_action": action,
            "financial_account_id": self.use.cash, "ledger_account_id": str(self.kept.roles[chart.GENERAL]),
            "invoice_id": str(against.id),
        }  # fmt: skip
        if document.currency != "EUR" or other % 5 == 0:
            body["price_base"] = f"{price * 0.9 / 100:.2f}"
        touched = {key(document)} | ({key(against)} if action == "invoices_settlement" else set())
        if mutations and (linked or action == "bank_transfer"):
            body["financial_mutation_id"] = str(pick(other, mutations))
            if action != "invoices_settlement":
                touched.add(("financial_mutations", body["financial_mutation_id"]))
        self.use.ask("POST", f"{path_of(document)}/payments", {"payment": body}, *touched)

    @precondition(lambda self: any(document.payments for document in self.use.documents))
    @rule(chosen=n, which=n)
    def delete_payment(self, chosen: int, which: int) -> None:
        document = pick(chosen, [document for document in self.use.documents if document.payments])
        payment = pick(which, document.payments)
        halves = [other for other in self.use.documents for p in other.payments if p.id == payment.counterpart_id]
        mutations = {id_ for id_ in (payment.mutation_id, payment.matched_mutation_id) if id_ in self.kept.mutations}
        touched = {key(document), *map(key, halves), *(("financial_mutations", str(id_)) for id_ in mutations)}
        self.use.ask("DELETE", f"{path_of(document)}/payments/{payment.id}", None, *touched)

    @rule(
        rows=st.lists(
            st.tuples(st.sampled_from(["121.00", "-60.5", "1000", "-0.01"]), days_ago), min_size=1, max_size=2
        )
    )
    def statement(self, rows: list[tuple[str, int]]) -> None:
        rows = rows[:1]  # a record that is made is known by its collection only
        made = [{"date": self.use.ago(ago), "amount": amount, "message": "Factuur"} for amount, ago in rows]
        body = {"reference": "afschrift", "financial_mutations_attributes": made}
        path = "financial_statements"
        self.use.ask("POST", path, {"financial_statement": body}, ("financial_mutations", NEW))

    @precondition(lambda self: self.kept.statements)
    @rule(chosen=n, change=n, amount=st.sampled_from(["121.00", "-60.5"]))
    def edit_statement(self, chosen: int, change: int, amount: str) -> None:
        statement = pick(chosen, list(self.kept.statements.values()))
        held = [mutation for mutation in self.kept.mutations.values() if mutation.statement_id == statement.id]
        assume(held)
        row: Json = pick(change, [{"amount": amount}, {"_destroy": True}, {"date": self.use.ago(change)}])
        touched = {("financial_mutations", str(held[0].id))}
        moved = "_destroy" in row or row.get("date", held[0].day.isoformat()) != held[0].day.isoformat()
        if moved:
            touched |= {key(document) for document, p in self.kept.payments_from(held[0].id) if p.mutation_id}
        body = {"financial_mutations_attributes": [{"id": str(held[0].id), **row}]}
        self.use.ask("PATCH", f"financial_statements/{statement.id}", {"financial_statement": body}, *touched)

    @precondition(lambda self: self.kept.statements)
    @rule(chosen=n)
    def delete_statement(self, chosen: int) -> None:
        statement = pick(chosen, list(self.kept.statements.values()))
        held = [mutation for mutation in self.kept.mutations.values() if mutation.statement_id == statement.id]
        pairs = [pair for mutation in held for pair in self.kept.payments_from(mutation.id)]
        paid = {key(document) for document, payment in pairs if payment.mutation_id}
        gone = {("financial_mutations", str(mutation.id)) for mutation in held}
        self.use.ask("DELETE", f"financial_statements/{statement.id}", None, *paid, *gone)

    @precondition(lambda self: self.kept.mutations)
    @rule(
        chosen=n, to=n, amount=st.sampled_from(["121.00", "60.5", "-10", None]), price=st.sampled_from([None, "100"]),
        kind=st.sampled_from([
            "SalesInvoice", "ExternalSalesInvoice", "Document", "LedgerAccount", "Payment", "NewPurchaseInvoice",
            "NewReceipt", "VatDocument",
        ]),
    )  # fmt: skip
    def link(self, chosen: int, to: int, amount: str | None, price: str | None, kind: str) -> None:
        mutation = pick(chosen, list(self.kept.mutations.values()))
        payments = [payment.id for document in self.use.documents for payment in document.payments]
        accounts = [self.kept.roles[role] for role in (chart.GENERAL, chart.AR, chart.AP, chart.REV, chart.VAT_SETTLE)]
        known: dict[str, list[int]] = {
            "SalesInvoice": list(self.kept.invoices), "ExternalSalesInvoice": list(self.kept.external_invoices),
            "Document": list(self.kept.purchases), "LedgerAccount": accounts, "Payment": payments,
        }  # fmt: skip
        id_ = pick(to, known.get(kind) or [1])
        touched = {("financial_mutations", str(mutation.id))}
        touched |= {key(document) for document in self.use.documents if document.id == id_}
        touched |= {
            (f"{name}s", NEW)
            for name in ("purchase_invoice", "receipt")
            if kind == "New" + name.title().replace("_", "")
        }
        body = {"booking_type": kind, "booking_id": str(id_), "price_base": amount, "price": price}
        self.use.ask("PATCH", f"financial_mutations/{mutation.id}/link_booking", body, *touched)

    @precondition(lambda self: self.kept.mutations)
    @rule(chosen=n, which=n)
    def unlink(self, chosen: int, which: int) -> None:
        mutation = pick(chosen, list(self.kept.mutations.values()))
        linked = self.kept.payments_from(mutation.id)
        assume(linked or mutation.bookings)
        id_ = pick(which, [*(payment.id for _, payment in linked), *(booking.id for booking in mutation.bookings)])
        kind = "Payment" if any(payment.id == id_ for _, payment in linked) else "LedgerAccountBooking"
        body = {"booking_type": kind, "booking_id": str(id_)}
        touched = {("financial_mutations", str(mutation.id))}
        touched |= {key(document) for document, payment in linked if payment.id == id_ and payment.mutation_id}
        self.use.ask("DELETE", f"financial_mutations/{mutation.id}/unlink_booking", body, *touched)

    # Journals, assets, hours, what recurs

    @rule(
        rows=st.lists(st.tuples(n, st.sampled_from(["50", "0.01", "1000"])), min_size=1, max_size=3), ago=days_ago,
        crooked=st.sampled_from([False, False, False, True]), closing=st.booleans(), rate=n,
    )  # fmt: skip
    def journal(self, rows: list[tuple[int, str]], ago: int, crooked: bool, closing: bool, rate: int) -> None:
        roles = (chart.GENERAL, chart.AR, chart.AP, chart.VAT_OUT, chart.VAT_IN, chart.SERVICES)
        rates = [None, *(str(r.id) for r in self.kept.tax_rates.values() if r.kind == "general_journal_document")]
        entries: list[Json] = [
            {
                "ledger_account_id": str(self.kept.roles[pick(which, roles)]),
                "debit" if which % 2 else "credit": amount,
                "contact_id": self.contact(which) if which % 3 else None, "tax_rate_id": pick(rate, rates),
            }
            for which, amount in rows
        ]  # fmt: skip
        rest = sum(float(row.get("debit", 0)) - float(row.get("credit", 0)) for row in entries) + crooked
        result = {"ledger_account_id": str(self.kept.roles[chart.RESULT]), "debit": f"{max(-rest, 0):.2f}"}
        entries.append(result | {"credit": f"{max(rest, 0):.2f}"})
        body: Json = {
            "reference": "M",
            "date": self.use.ago(ago),
            "general_journal_document_entries_attributes": entries,
        }
        body |= {"journal_type": "fiscal_year_ending"} if closing else {}
        path = "general_journal_documents"
        self.use.ask("POST", f"documents/{path}", {"general_journal_document": body}, (path, NEW))

    @precondition(lambda self: self.kept.journals)
    @rule(chosen=n, ago=st.one_of(st.none(), days_ago))
    def change_journal(self, chosen: int, ago: int | None) -> None:
        """Moved to another day, or deleted."""
        id_ = str(pick(chosen, list(self.kept.journals)))
        path, touched = f"documents/general_journal_documents/{id_}", ("general_journal_documents", id_)
        if ago is None:
            self.use.ask("DELETE", path, None, touched)
        else:
            self.use.ask("PATCH", path, {"general_journal_document": {"date": self.use.ago(ago)}}, touched)

    @rule(ago=st.sampled_from([0, 40, 200, 400]), value=st.sampled_from(["1230", "100", "12345.67"]), years=n)
    def asset(self, ago: int, value: str, years: int) -> None:
        plan = {"value_change_plan_attributes": {"lifespan_in_years": years % 5 + 1, "residual_value": "30"}}
        body = {
            "name": "Bureau", "ledger_account_id": str(self.kept.roles[chart.FIXTURES]),
            "purchase_date": self.use.ago(ago), "purchase_value": value, **(plan if years % 4 else {}),
        }  # fmt: skip
        self.use.ask("POST", "assets", {"asset": body})

    @precondition(lambda self: self.kept.assets)
    @rule(
        chosen=n, ago=st.sampled_from([0, 5, 90]), amount=st.sampled_from(["-100", "50", "-5000"]),
        step=st.sampled_from([
            "value_changes/manual", "value_changes/arbitrary", "value_changes/divestment", "disposals", "",
            "value_changes/full_depreciation", "value_changes/retroactive_linear_value_changes",
        ]),
    )  # fmt: skip
    def change_asset(self, chosen: int, ago: int, amount: str, step: str) -> None:
        asset = pick(chosen, list(self.kept.assets))
        if not step:
            self.use.ask("DELETE", f"assets/{asset}", None)
            return
        body: Json = {"date": self.use.ago(ago)} if not step.endswith("linear_value_changes") else {}
        body |= {"amount": amount} if step.endswith(("manual", "arbitrary")) else {}
        body |= {"reason": "sold"} if step == "disposals" else {}
        self.use.ask("POST", f"assets/{asset}/{step}", body)

    @rule(hours=st.integers(0, 5), billable=st.booleans())
    def work(self, hours: int, billable: bool) -> None:
        user, day = str(next(iter(self.kept.users))), self.use.ago(1)
        times = {"started_at": f"{day}T08:00:00Z", "ended_at": f"{day}T{8 + hours:02}:30:00Z"}
        body = {"user_id": user, "description": "Advies", "billable": billable, **times}
        self.use.ask("POST", "time_entries", {"time_entry": body})

    @rule(chosen=n, wanted=lines, kind=st.sampled_from(["week", "month", "quarter"]), send=st.booleans())
    def repeat(self, chosen: int, wanted: list[Json], kind: str, send: bool) -> None:
        body = {
            "contact_id": self.contact(chosen), "invoice_date": self.use.ago(-1 - chosen), "frequency_type": kind,
            "auto_send": send, "mergeable": send, "details_attributes": self.sold(wanted), "has_desired_count": True,
            "desired_count": 4,
        }  # fmt: skip
        path = "recurring_sales_invoices"
        self.use.ask("POST", path, {"recurring_sales_invoice": body}, (path, NEW))

    @invariant()
    def the_books_are_right(self) -> None:
        self.use.check()

    def teardown(self) -> None:
        self.use.check_reports()

"""What a line shows beside its amount: document (D3), tax rate (D4), contact (D5), description."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipelines.money import ZERO
from pipelines.probe.evidence import Evidence
from pipelines.probe.examples import in_month, is_plain, linked_payments, main_month
from pipelines.probe.parsing import amount
from pipelines.probe.question import OTHER, Finding, one_of
from pipelines.probe.records import Document, Line, Month, Slice
from pipelines.probe.roles import DEBTORS, VAT_OUT, Role, find


def payment_document(evidence: Evidence) -> Finding:
    """D3: the debtors line of a payment that came by bank, and the bank's own line of that transaction."""
    main = main_month(evidence)
    debtors = _slice(evidence, DEBTORS)
    if main is None or debtors is None:
        return Finding()
    mutation = invoice = neither = 0
    paid = [(d, p) for d, p in linked_payments(evidence.outgoing()) if Month.of(p.day) == main.month]
    for document, payment in paid:
        there = [line for line in debtors.lines if line.day == payment.day and line.amount * payment.price < 0]
        if any(line.document_id == payment.mutation_id for line in there):
            mutation += 1
        elif any(line.document_id == document.id for line in there):
            invoice += 1
        elif debtors.whole:
            neither += 1
    by_bank = _bank_lines(evidence, main.month) if mutation or invoice else ()
    ids = {payment.mutation_id for _, payment in paid}
    bank = len({line.document_id for line in by_bank} & ids)
    return one_of({"mutation_both": mutation, "invoice_on_control": invoice, OTHER: neither}, bank_lines=bank)


def _bank_lines(evidence: Evidence, month: Month) -> Iterable[Line]:
    """The lines of the financial account that moved most, as far as two pages hold them."""
    totals = evidence.month_totals(month)
    moved = [
        (totals[a.id].debit + totals[a.id].credit, a.id)
        for a in evidence.accounts().values()
        if a.financial_account_id and a.id in totals
    ]
    return evidence.lines(max(moved)[1], month).lines if moved else ()


def tax_rate(evidence: Evidence) -> Finding:
    """D4: the net and VAT lines of invoices with one day's tax."""
    net = list(_net_lines(evidence))
    tax = list(_tax_lines(evidence))
    if not net or not tax:
        return Finding(None, {"net_lines": len(net), "vat_lines": len(tax)})
    with_net, with_tax = (sum(line.tax_rate_id is not None for line in lines) for lines in (net, tax))
    seen = {"net_lines": len(net), "net_with_rate": with_net, "vat_lines": len(tax), "vat_with_rate": with_tax}
    readings = {(True, True): "net_and_vat", (False, True): "vat", (True, False): "net"}
    if with_net not in {0, len(net)} or with_tax not in {0, len(tax)}:
        return Finding(OTHER, seen)
    return Finding(readings.get((with_net > 0, with_tax > 0), OTHER), seen)


def contact(evidence: Evidence) -> Finding:
    """D5: the debtors, net and VAT lines of invoices with a contact."""
    control = list(_own_lines(evidence, _slice(evidence, DEBTORS)))
    net, tax = list(_net_lines(evidence)), list(_tax_lines(evidence))
    if not control or not net:
        return Finding(None, {"control_lines": len(control), "net_lines": len(net)})
    shares = {"control": control, "net": net, "vat": tax}
    with_contact = {name: sum(line.contact_id is not None for line in lines) for name, lines in shares.items()}
    seen: dict[str, int | bool | list[str]] = {f"{name}_lines": len(lines) for name, lines in shares.items()}
    seen |= {f"{name}_with_contact": count for name, count in with_contact.items()}
    if with_contact["control"] != len(control) or with_contact["vat"]:
        return Finding(OTHER, seen)
    readings = {len(net): "control_and_result", 0: "control"}
    seen["report_by_contact_agrees"] = _report_agrees(evidence, control[0])
    return Finding(readings.get(with_contact["net"], OTHER), seen)


def _report_agrees(evidence: Evidence, line: Line) -> bool:
    """Whether the lines that show this line's contact are what revenue_by_contact says of it and its month."""
    month = Month.of(line.day)
    types = {account.id: account.type for account in evidence.accounts().values()}
    found = evidence.contact_lines(str(line.contact_id), month)
    shown = -sum((one.amount for one in found.lines if types.get(one.account_id) == "revenue"), ZERO)
    rows = evidence.report("revenue_by_contact", month)["revenue_by_contact"]
    said = sum((amount(row["amount"]) for row in rows if str(row["contact_id"]) == line.contact_id), ZERO)
    return found.whole and shown == said


def description(evidence: Evidence) -> Finding:
    """Whether net lines show the words of the invoice's line, and debtors and VAT lines its number."""
    words = {d.id: {detail.description for detail in d.details} for d in _plain(evidence) if d.name and d.name != d.id}
    names = {document.id: document.name for document in _plain(evidence)}
    net = [line for line in _net_lines(evidence) if line.document_id in words]
    control = [*_own_lines(evidence, _slice(evidence, DEBTORS)), *_tax_lines(evidence)]
    if not net or not control:
        return Finding()
    same = sum(line.description in words[line.document_id] for line in net)
    named = sum(names[line.document_id] in line.description for line in control)
    seen = {"net_lines": len(net), "with_the_words": same, "other_lines": len(control), "with_the_number": named}
    return Finding("words_and_number" if same == len(net) and named == len(control) else OTHER, seen)


def _plain(evidence: Evidence) -> list[Document]:
    """The main month's ordinary invoices to a contact."""
    main = main_month(evidence)
    documents = in_month(evidence.outgoing(), main.month) if main else []
    return [document for document in documents if is_plain(document) and document.contact_id]


def _net_lines(evidence: Evidence) -> Iterator[Line]:
    main = main_month(evidence)
    if main and main.revenue_id:
        yield from _own_lines(evidence, evidence.lines(main.revenue_id, main.month))


def _tax_lines(evidence: Evidence) -> Iterator[Line]:
    return _own_lines(evidence, _slice(evidence, VAT_OUT))


def _own_lines(evidence: Evidence, found: Slice | None) -> Iterator[Line]:
    """Lines of ordinary invoices on their own date: not of what was paid or given up later."""
    dates = {document.id: document.day for document in _plain(evidence)}
    for line in found.lines if found else ():
        if dates.get(line.document_id) == line.day:
            yield line


def _slice(evidence: Evidence, role: Role) -> Slice | None:
    """The main month's lines on the account with this role."""
    main, account = main_month(evidence), find(evidence.accounts().values(), role)
    return evidence.lines(account.id, main.month) if main and account else None

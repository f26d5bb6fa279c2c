"""Which ledger slices a changed document may have touched, in its previous and in its new version.

Only hints for reading: control totals find what these miss in the sums, and these find what moves without a sum, such
as a line that changed its contact."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa


@dataclass(frozen=True)
class LedgerTouch:
    """Where a kind of document keeps its posting date, lines and payments in the raw tables.

    A journal has no payments ('') and neither it nor a bank transaction has states in which it is not booked.
    """

    table: str
    date_column: str
    lines_table: str
    payments_table: str
    parent_key: str
    silent_states: tuple[str, ...] = ()


def mark_before(connection: duckdb.DuckDBPyConnection, touch: LedgerTouch, documents: pa.Table) -> None:
    """Before a load replaces `documents` (administration_id, id): every slice that holds a line of their old version.

    The line of a payment may name the document, the payment or the bank transaction (D3), so all three are looked for.
    Run outside the stamp, because the load overwrites the old payments; running it twice adds nothing.
    """
    payments = f"""
        union
        select payments.administration_id, unnest([payments.id, payments.financial_mutation_id])
        from raw."{touch.payments_table}" as payments
        join touched on touched.administration_id = payments.administration_id
                    and touched.id = payments.{touch.parent_key}"""
    connection.register("touched", documents)
    connection.execute(
        f"""
        insert or ignore into sync.dirty_ledger
        select distinct entries.administration_id, entries.ledger_account_id, entries.month_date
        from raw.journal_entries as entries
        join (
            select administration_id, id as document_id from touched{payments if touch.payments_table else ""}
        ) as documents
          on documents.administration_id = entries.administration_id and documents.document_id = entries.document_id
        """
    )
    connection.unregister("touched")


def mark_after(connection: duckdb.DuckDBPyConnection, touch: LedgerTouch, documents: pa.Table) -> None:
    """After the load: the accounts of the new lines in the posting month, that month, and those of the new payments.

    A month without an account ('') says that some account moved there: the control account, a bank account, tax.
    """
    payments = f"""
        union
        select payments.administration_id, '', date_trunc('month', payments.payment_date)::date
        from raw."{touch.payments_table}" as payments
        join touched on touched.administration_id = payments.administration_id
                    and touched.id = payments.{touch.parent_key}
        where payments.payment_date is not null"""
    states = ", ".join(f"'{state}'" for state in touch.silent_states)
    connection.register("touched", documents)
    connection.execute(
        f"""
        insert or ignore into sync.dirty_ledger
        with posted as (
            select parents.administration_id, parents.id,
                   date_trunc('month', parents.{touch.date_column})::date as month
            from raw."{touch.table}" as parents
            join touched on touched.administration_id = parents.administration_id and touched.id = parents.id
            where parents.{touch.date_column} is not null {f"and parents.state not in ({states})" if states else ""}
        )
        select lines.administration_id, lines.ledger_account_id, posted.month
        from raw."{touch.lines_table}" as lines
        join posted on posted.administration_id = lines.administration_id and posted.id = lines.{touch.parent_key}
        where lines.ledger_account_id is not null
        union
        select administration_id, '', month from posted{payments if touch.payments_table else ""}
        """
    )
    connection.unregister("touched")

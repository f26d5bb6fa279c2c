-- Administration 1, Voorbeeld, goes on: what explains the postings on its debtors account, and what was known before.

-- d2 puts 12.34 on the debtors account; d1 is the opening balance.
insert into raw.general_journal_documents (administration_id, id, date, reference)
values ('1', 'd1', '2025-12-31', 'Beginbalans'), ('1', 'd2', '2026-10-15', 'Memoriaal');

-- m4 was booked straight on the debtors account.
insert into raw.financial_mutations__ledger_account_bookings
(administration_id, financial_mutation_id, row_number, id, ledger_account_id, price)
values ('1', 'm4', 1, 'm4-1', 'ar', 50.00);

-- i11 (121.00, 1 November) was paid on 5 November; until the load of the 12th we held it unpaid, with a later due date
-- and 100.00 as its total. Before the load of the 2nd it was not known at all.
insert into raw_history.sales_invoices (
    administration_id, id, contact_id, invoice_id, state, invoice_date, due_date, currency, total_price_incl_tax,
    total_price_incl_tax_base, _valid_from, _valid_to
)
values
('1', 'i11', 'c1', '2026-0011', 'open', '2026-11-01', '2026-11-29', 'EUR', 100.00, 100.00, '2026-11-02 08:00:00Z', '2026-11-12 08:00:00Z');

update raw.sales_invoices set _changed_at = '2026-11-12 08:00:00Z' where id = 'i11';
update raw.sales_invoices__payments set _changed_at = '2026-11-12 08:00:00Z' where sales_invoice_id = 'i11';

-- k9 was deleted on the 15th: until then we owed it.
insert into raw.purchase_invoices (
    administration_id, id, contact_id, reference, date, due_date, state, currency, total_price_excl_tax,
    total_price_incl_tax, total_price_excl_tax_base, total_price_incl_tax_base, _changed_at, _deleted_at
)
values
('1', 'k9', 'c1', 'F-9', '2026-11-03', '2026-12-03', 'open', 'EUR', 50.00, 60.50, 50.00, 60.50, '2026-11-15 08:00:00Z', '2026-11-15 08:00:00Z');

insert into raw_history.purchase_invoices (
    administration_id, id, contact_id, reference, date, due_date, state, currency, total_price_excl_tax,
    total_price_incl_tax, total_price_excl_tax_base, total_price_incl_tax_base, _valid_from, _valid_to
)
values
('1', 'k9', 'c1', 'F-9', '2026-11-03', '2026-12-03', 'open', 'EUR', 50.00, 60.50, 50.00, 60.50, '2026-11-04 08:00:00Z', '2026-11-15 08:00:00Z');

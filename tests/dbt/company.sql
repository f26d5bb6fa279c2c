-- A hand-typed company: every figure the tests expect can be added up from these rows.
--   1 Voorbeeld  open items of every kind, each with its postings; today is 21 November 2026 in Amsterdam, still the 20th in UTC
--   2 Leeg       synced, with a chart and without a single record
--   3 Kapot      planted breaks: an unknown invoice, a lost payment, a day out of balance, a report that differs
--   4 Nooit      only known to the sync, which failed
--   5 Jaar       a closed year, no debtors account to be found, and a time zone that nobody knows

insert into raw.administrations (administration_id, id, name, currency, country, time_zone, suspended, period_start_date)
values
('1', '1', 'Voorbeeld B.V.', 'EUR', 'NL', 'Europe/Amsterdam', false, '2025-01-01'),
('2', '2', 'Leeg B.V.', 'EUR', 'NL', 'Europe/Amsterdam', false, '2026-01-01'),
('3', '3', 'Kapot B.V.', 'EUR', 'NL', 'Europe/Amsterdam', false, '2025-01-01'),
('5', '5', 'Jaar B.V.', 'EUR', 'NL', 'Mars/Phobos', false, '2025-01-01');

insert into sync.administrations
values
('1', 'Voorbeeld B.V.', 'ok', null, '2026-11-20 23:30:00Z', '2026-11-20 23:30:00Z'),
('2', 'Leeg B.V.', 'ok', null, '2026-11-20 08:00:00Z', '2026-11-20 08:00:00Z'),
('3', 'Kapot B.V.', 'ok', null, '2026-11-20 08:00:00Z', '2026-11-20 08:00:00Z'),
('4', 'Nooit B.V.', 'failed', 'the token was refused', '2026-11-20 08:00:00Z', null),
('5', 'Jaar B.V.', 'ok', null, '2026-11-20 08:00:00Z', '2026-11-20 08:00:00Z');

insert into sync.ledger_proof
values
('1', 2026, 5, 0, 'proved', null, '2026-11-20 23:30:00Z'),
('2', 2026, 0, 0, 'proved', null, '2026-11-20 08:00:00Z'),
('3', 2025, 2, 1, 'in_motion', 'the report moved', '2026-11-20 08:00:00Z'),
('3', 2026, 3, 1, 'differs', null, '2026-11-20 08:00:00Z');

insert into sync.ledger_month_proof
values
('3', '2025-12-01', 2, 1, 'in_motion', 'the report moved', 'month', '2026-11-20 08:00:00Z');

-- In administration 1 debtors keep their name and lost their number; in 5 the type is wrong, so there is no role.
insert into raw.ledger_accounts
(administration_id, id, name, account_id, account_type, taxonomy_code, active, allowed_document_types, parent_id)
select
    administration_id, id, name, account_id, account_type, taxonomy_code, true, allowed, parent_id
from (
    values
    ('1', 'ar', 'Debiteuren', '1300', 'current_assets', 'BVorDebHad', '["general_journal_document"]', null),
    ('1', 'rev', 'Omzet', '81180.01', 'revenue', 'WOmzNooNdo', '["sales_invoice", "financial_mutation"]', null),
    ('1', 'vat', 'Te betalen btw', '16221.03', 'current_liabilities', 'BSchBepBtwOlo', '[]', 'vat_parent'),
    ('1', 'vat_parent', 'Btw', '16221.02', 'current_liabilities', 'BSchBepBtwOvm', '[]', null),
    ('1', 'bank', 'Zakelijke rekening', '1100', 'current_assets', 'BLimBanRba', '[]', null),
    ('1', 'unmatched', 'Te rubriceren ontvangen betalingen', '10510.03', 'current_assets', 'BLimKruSto', '[]', null),
    ('1', 'settle', 'Verrekeningen', '14510', 'current_assets', 'BVorTusTbt', '[]', null),
    ('1', 'cost', 'Oninbare omzet', '4600', 'expenses', 'WBedVkkAdd', '[]', null),
    ('1', 'equity', 'Eigen vermogen', '0900', 'equity', 'BEiv', '[]', null),
    ('2', 'ar', 'Debiteuren', '13011', 'current_assets', 'BVorDebHad', '[]', null),
    ('3', 'ar', 'Vorderingen', '13011', 'current_assets', 'BVorDebHad', '[]', null),
    ('3', 'rev', 'Omzet', '81180.01', 'revenue', 'WOmzNooNdo', '[]', null),
    ('3', 'vat', 'Te betalen btw', '16221.03', 'current_liabilities', 'BSchBepBtwOlo', '[]', null),
    ('3', 'bank', 'Rekening', '1100', 'current_assets', 'BLimBanRba', '[]', null),
    ('5', 'ar', 'Debiteuren', '13011', 'expenses', null, '[]', null),
    ('5', 'rev', 'Omzet', '81180.01', 'revenue', 'WOmzNooNdo', '[]', null),
    ('5', 'cost', 'Algemene kosten', '46801.01', 'expenses', 'WBedAlkOal', '[]', null),
    ('5', 'bank', 'Rekening', '1100', 'current_assets', 'BLimBanRba', '[]', null),
    ('5', 'equity', 'Winstreserve', '0900', 'equity', 'BEivOvrOrs', '[]', null)
) as typed (administration_id, id, name, account_id, account_type, taxonomy_code, allowed, parent_id);

insert into raw.contacts (administration_id, id, company_name, firstname, lastname, customer_id, archived, _deleted_at)
values
('1', 'c1', 'Bakkerij De Vries', '', '', '1001', false, null),
('1', 'c2', '', 'Anna', 'Jansen', '1002', true, null),
('1', 'c3', 'Verwijderd B.V.', null, null, '1003', false, '2026-11-01 00:00:00Z'),
('3', 'c1', 'Klant', null, null, '1', false, null);

insert into raw.tax_rates (administration_id, id, name, percentage, tax_rate_type, active)
values ('1', 't21', '21% btw', 21, 'sales_invoice', true);

insert into raw.projects (administration_id, id, name, state, budget)
values ('1', 'p1', 'Website', 'active', 40), ('1', 'p2', 'Oud', 'archived', null);

insert into raw.users (administration_id, id, name) values ('1', 'u1', 'Sam');

insert into raw.sales_invoices (
    administration_id, id, contact_id, invoice_id, original_sales_invoice_id, state, invoice_date, due_date, currency,
    total_price_excl_tax, total_price_incl_tax, total_price_excl_tax_base, total_price_incl_tax_base,
    marked_dubious_on, marked_uncollectible_on, total_paid, total_unpaid, paid_at, _deleted_at
)
values
-- credited in part
('1', 'i1', 'c1', '2026-0001', null, 'late', '2026-10-01', '2026-10-31', 'EUR', 826.45, 1000.00, 826.45, 1000.00, null, null, 200, 800, null, null),
('1', 'i2', 'c1', '2026-0002', 'i1', 'paid', '2026-11-15', '2026-11-29', 'EUR', -165.29, -200.00, -165.29, -200.00, null, null, -200, 0, null, null),
-- paid in part, then dubious, then written off; Moneybird keeps saying 242.00 is unpaid
('1', 'i3', 'c2', '2026-0003', null, 'uncollectible', '2026-09-01', '2026-09-15', 'EUR', 300.00, 363.00, 300.00, 363.00, '2026-10-20', '2026-11-10', 121, 242, null, null),
-- paid before it was invoiced
('1', 'i4', 'c2', '2026-0004', null, 'paid', '2026-10-05', '2026-10-19', 'EUR', 100.00, 121.00, 100.00, 121.00, null, null, 121, 0, '2026-09-28', null),
-- overpaid
('1', 'i5', 'c1', '2026-0005', null, 'paid', '2026-10-10', '2026-10-24', 'EUR', 100.00, 121.00, 100.00, 121.00, null, null, 150, 0, '2026-10-20', null),
-- in dollars, paid in part; Moneybird books the exchange difference of the part itself
('1', 'i6', 'c3', '2026-0006', null, 'late', '2026-10-02', '2026-10-30', 'USD', 1000.00, 1000.00, 920.00, 920.00, null, null, 400, 600, null, null),
('1', 'i7', 'c1', null, null, 'draft', null, '2026-12-04', 'EUR', 500.00, 605.00, 500.00, 605.00, null, null, 0, 605, null, null),
-- deleted in Moneybird
('1', 'i8', 'c1', '2026-0008', null, 'open', '2026-10-07', '2026-10-21', 'EUR', 100.00, 121.00, 100.00, 121.00, null, null, 0, 121, null, '2026-11-01 00:00:00Z'),
-- a credit invoice without an original
('1', 'i9', 'c1', '2026-0009', null, 'open', '2026-10-12', '2026-10-26', 'EUR', -50.00, -60.50, -50.00, -60.50, null, null, 0, -60.5, null, null),
-- in dollars, booked at the bank's value, so that 2.00 stays on the debtors account
('1', 'i10', 'c1', '2026-0010', null, 'paid', '2026-10-03', '2026-10-17', 'USD', 100.00, 100.00, 92.00, 92.00, null, null, 100, 0, '2026-10-28', null),
-- its payment's line on the debtors account carries the invoice, not the bank transaction
('1', 'i11', 'c1', '2026-0011', null, 'paid', '2026-11-01', '2026-11-15', 'EUR', 100.00, 121.00, 100.00, 121.00, null, null, 121, 0, '2026-11-05', null),
('1', 'i12', 'c1', null, null, 'scheduled', '2026-12-01', '2026-12-15', 'EUR', 100.00, 121.00, 100.00, 121.00, null, null, 0, 121, null, null),
('3', 'b1', 'c1', '1', null, 'open', '2026-10-01', '2026-10-15', 'EUR', 100.00, 121.00, 100.00, 121.00, null, null, 30, 121, null, null),
-- its total is not the sum of its lines
('3', 'b2', 'c1', null, null, 'draft', null, null, 'EUR', 41.32, 50.00, 41.32, 50.00, null, null, 0, 50, null, null);

-- One line per invoice for its net amount and one VAT total; i1 has an optional line that was not chosen.
insert into raw.sales_invoices__details (
    administration_id, sales_invoice_id, row_number, id, tax_rate_id, ledger_account_id, amount_decimal, price, description,
    total_price_excl_tax_with_discount, total_price_excl_tax_with_discount_base, tax_report_reference, period, is_optional,
    is_selected, _deleted_at
)
select
    administration_id, id, 1, id || '-1', 't21', 'rev', 1, total_price_excl_tax, 'Werk', total_price_excl_tax,
    total_price_excl_tax_base, '["NL/1a"]', '20261001..20261231', null, null, _deleted_at
from raw.sales_invoices
where id <> 'b2'
union all
values ('1', 'i1', 2, 'i1-2', 't21', 'rev', 1, 75, 'Extra', 75, 75, '["NL/3b", "NL/3a"]', null, true, false, null);

insert into raw.sales_invoices__tax_totals (
    administration_id, sales_invoice_id, row_number, tax_rate_id, taxable_amount, taxable_amount_base, tax_amount,
    tax_amount_base, _deleted_at
)
select
    administration_id, id, 1, 't21', total_price_excl_tax, total_price_excl_tax_base,
    total_price_incl_tax - total_price_excl_tax, total_price_incl_tax_base - total_price_excl_tax_base, _deleted_at
from raw.sales_invoices
where id <> 'b2' and currency = 'EUR';

insert into raw.sales_invoices__payments (
    administration_id, sales_invoice_id, row_number, id, payment_date, price, price_base, financial_mutation_id,
    ledger_account_id, manual_payment_action
)
values
('1', 'i3', 1, 'p1', '2026-09-10', 121.00, 121.00, 'm1', 'bank', null),
('1', 'i4', 1, 'p2', '2026-09-28', 121.00, 121.00, null, 'unmatched', null),
('1', 'i5', 1, 'p3', '2026-10-20', 150.00, 150.00, 'm2', 'bank', null),
('1', 'i6', 1, 'p4', '2026-10-25', 400.00, 360.00, 'm3', 'bank', null),
('1', 'i10', 1, 'p5', '2026-10-28', 100.00, 90.00, 'm5', 'bank', null),
('1', 'i11', 1, 'p6', '2026-11-05', 121.00, 121.00, 'm6', 'bank', null),
-- 200.00 of i1 settled with its credit invoice i2
('1', 'i1', 1, 'p7', '2026-11-16', 200.00, 200.00, null, 'settle', 'invoices_settlement'),
('1', 'i2', 1, 'p8', '2026-11-16', -200.00, -200.00, null, 'settle', 'invoices_settlement');

insert into raw.journal_entries (
    administration_id, ledger_account_id, month_date, line_number, id, date, document_type, document_id, contact_id, amount
)
select
    administration_id, ledger_account_id, date_trunc('month', date),
    row_number() over (partition by administration_id, ledger_account_id, date_trunc('month', date) order by date, document_id),
    'je', date, document_type, document_id, contact_id, amount
from (
    values
    -- opening balance, a journal on the debtors account, a booking of a bank transaction straight on it
    ('1', date '2025-12-31', 'Document', 'd1', 'ar', null, 500.00), ('1', date '2025-12-31', 'Document', 'd1', 'equity', null, -500.00),
    ('1', '2026-10-15', 'Document', 'd2', 'ar', null, -12.34), ('1', '2026-10-15', 'Document', 'd2', 'cost', null, 12.34),
    ('1', '2026-10-18', 'FinancialMutation', 'm4', 'bank', null, 50.00), ('1', '2026-10-18', 'FinancialMutation', 'm4', 'ar', null, -50.00),
    ('1', '2026-10-01', 'SalesInvoice', 'i1', 'ar', 'c1', 1000.00), ('1', '2026-10-01', 'SalesInvoice', 'i1', 'rev', 'c1', -826.45),
    ('1', '2026-10-01', 'SalesInvoice', 'i1', 'vat', null, -173.55),
    ('1', '2026-11-15', 'SalesInvoice', 'i2', 'ar', 'c1', -200.00), ('1', '2026-11-15', 'SalesInvoice', 'i2', 'rev', 'c1', 165.29),
    ('1', '2026-11-15', 'SalesInvoice', 'i2', 'vat', null, 34.71),
    ('1', '2026-11-16', 'Payment', 'p7', 'settle', null, 200.00), ('1', '2026-11-16', 'Payment', 'p7', 'ar', 'c1', -200.00),
    ('1', '2026-11-16', 'Payment', 'p8', 'settle', null, -200.00), ('1', '2026-11-16', 'Payment', 'p8', 'ar', 'c1', 200.00),
    ('1', '2026-09-01', 'SalesInvoice', 'i3', 'ar', 'c2', 363.00), ('1', '2026-09-01', 'SalesInvoice', 'i3', 'rev', 'c2', -300.00),
    ('1', '2026-09-01', 'SalesInvoice', 'i3', 'vat', null, -63.00),
    ('1', '2026-09-10', 'FinancialMutation', 'm1', 'bank', null, 121.00), ('1', '2026-09-10', 'FinancialMutation', 'm1', 'ar', 'c2', -121.00),
    ('1', '2026-11-10', 'SalesInvoice', 'i3', 'cost', null, 200.00), ('1', '2026-11-10', 'SalesInvoice', 'i3', 'vat', null, 42.00),
    ('1', '2026-11-10', 'SalesInvoice', 'i3', 'ar', 'c2', -242.00),
    ('1', '2026-09-28', 'Payment', 'p2', 'unmatched', null, 121.00), ('1', '2026-09-28', 'Payment', 'p2', 'ar', 'c2', -121.00),
    ('1', '2026-10-05', 'SalesInvoice', 'i4', 'ar', 'c2', 121.00), ('1', '2026-10-05', 'SalesInvoice', 'i4', 'rev', 'c2', -100.00),
    ('1', '2026-10-05', 'SalesInvoice', 'i4', 'vat', null, -21.00),
    ('1', '2026-10-10', 'SalesInvoice', 'i5', 'ar', 'c1', 121.00), ('1', '2026-10-10', 'SalesInvoice', 'i5', 'rev', 'c1', -100.00),
    ('1', '2026-10-10', 'SalesInvoice', 'i5', 'vat', null, -21.00),
    ('1', '2026-10-20', 'FinancialMutation', 'm2', 'bank', null, 150.00), ('1', '2026-10-20', 'FinancialMutation', 'm2', 'ar', 'c1', -150.00),
    ('1', '2026-10-02', 'SalesInvoice', 'i6', 'ar', 'c3', 920.00), ('1', '2026-10-02', 'SalesInvoice', 'i6', 'rev', 'c3', -920.00),
    ('1', '2026-10-25', 'FinancialMutation', 'm3', 'bank', null, 360.00), ('1', '2026-10-25', 'FinancialMutation', 'm3', 'cost', null, 8.00),
    ('1', '2026-10-25', 'FinancialMutation', 'm3', 'ar', 'c3', -368.00),
    ('1', '2026-10-12', 'SalesInvoice', 'i9', 'ar', 'c1', -60.50), ('1', '2026-10-12', 'SalesInvoice', 'i9', 'rev', 'c1', 50.00),
    ('1', '2026-10-12', 'SalesInvoice', 'i9', 'vat', null, 10.50),
    ('1', '2026-10-03', 'SalesInvoice', 'i10', 'ar', 'c1', 92.00), ('1', '2026-10-03', 'SalesInvoice', 'i10', 'rev', 'c1', -92.00),
    ('1', '2026-10-28', 'FinancialMutation', 'm5', 'bank', null, 90.00), ('1', '2026-10-28', 'FinancialMutation', 'm5', 'ar', 'c1', -90.00),
    ('1', '2026-11-01', 'SalesInvoice', 'i11', 'ar', 'c1', 121.00), ('1', '2026-11-01', 'SalesInvoice', 'i11', 'rev', 'c1', -100.00),
    ('1', '2026-11-01', 'SalesInvoice', 'i11', 'vat', null, -21.00),
    ('1', '2026-11-05', 'FinancialMutation', 'm6', 'bank', null, 121.00), ('1', '2026-11-05', 'SalesInvoice', 'i11', 'ar', 'c1', -121.00),
    -- an account that is not in the chart
    ('1', '2026-11-06', 'Document', 'd4', 'gone', null, 5.00), ('1', '2026-11-06', 'Document', 'd4', 'bank', null, -5.00),
    ('3', '2025-11-05', 'Document', 'x0', 'bank', null, 7.00), ('3', '2025-11-05', 'Document', 'x0', 'rev', null, -7.00),
    ('3', '2025-12-05', 'Document', 'x1', 'bank', null, 10.00), ('3', '2025-12-05', 'Document', 'x1', 'rev', null, -10.00),
    ('3', '2026-10-01', 'SalesInvoice', 'b1', 'ar', 'c1', 121.00), ('3', '2026-10-01', 'SalesInvoice', 'b1', 'rev', 'c1', -100.00),
    ('3', '2026-10-01', 'SalesInvoice', 'b1', 'vat', null, -21.00),
    -- an invoice we do not have, and its VAT line is missing
    ('3', '2026-10-11', 'SalesInvoice', 'ghost', 'ar', 'c1', 99.00), ('3', '2026-10-11', 'SalesInvoice', 'ghost', 'rev', 'c1', -81.82),
    -- a payment we do not have, though its invoice says that 30.00 was paid
    ('3', '2026-10-20', 'FinancialMutation', 'lost', 'bank', null, 30.00), ('3', '2026-10-20', 'FinancialMutation', 'lost', 'ar', 'c1', -30.00),
    ('5', '2025-06-01', 'Document', 'y1', 'bank', null, 900.00), ('5', '2025-06-01', 'Document', 'y1', 'rev', null, -900.00),
    ('5', '2025-06-02', 'Document', 'y2', 'cost', null, 600.00), ('5', '2025-06-02', 'Document', 'y2', 'bank', null, -600.00),
    -- an ordinary booking on the last day, then the closing journal
    ('5', '2025-12-31', 'Document', 'y3', 'bank', null, 100.00), ('5', '2025-12-31', 'Document', 'y3', 'rev', null, -100.00),
    ('5', '2025-12-31', 'Document', 'y4', 'rev', null, 1000.00), ('5', '2025-12-31', 'Document', 'y4', 'cost', null, -600.00),
    ('5', '2025-12-31', 'Document', 'y4', 'equity', null, -400.00)
) as typed (administration_id, date, document_type, document_id, ledger_account_id, contact_id, amount);

-- The report of a month is the sum of its lines, except in administration 3.
insert into raw.general_ledger
(administration_id, period_start_date, period_end_date, ledger_account_id, start_balance, debit_sum, credit_sum, final_balance)
select
    administration_id, month_date, last_day(month_date), ledger_account_id, 0, sum(greatest(amount, 0)),
    sum(greatest(-amount, 0)), 0
from raw.journal_entries
where administration_id <> '3'
group by administration_id, month_date, ledger_account_id;

insert into raw.general_ledger
(administration_id, period_start_date, period_end_date, ledger_account_id, start_balance, debit_sum, credit_sum, final_balance)
values
('3', '2025-12-01', '2025-12-31', 'bank', 0, 10.00, 0, 10.00),
('3', '2026-10-01', '2026-10-31', 'ar', 0, 220.00, 30.00, 190.00),
('3', '2026-10-01', '2026-10-31', 'bank', 10, 30.00, 0, 40.00),
('3', '2026-10-01', '2026-10-31', 'rev', 0, 0, 181.82, -181.82),
('3', '2026-10-01', '2026-10-31', 'vat', 0, 0, 38.18, -38.18),
-- a whole year is no month: it must not be added to the months
('3', '2026-01-01', '2026-12-31', 'vat', 0, 0, 38.18, -38.18);

insert into raw.time_entries (
    administration_id, id, contact_id, project_id, user_id, sales_invoice_id, started_at, ended_at, paused_duration, billable,
    description, _deleted_at
)
values
('1', 'h1', 'c1', 'p1', 'u1', null, '2026-11-02 08:00:00Z', '2026-11-02 09:30:59Z', 900, true, 'Ontwerp', null),
('1', 'h2', 'c1', 'p1', 'u1', 'i7', '2026-11-03 08:00:00Z', '2026-11-03 09:00:00Z', 0, true, 'Bouw', null),
('1', 'h3', 'c1', 'p1', 'u1', 'i1', '2026-09-30 08:00:00Z', '2026-09-30 10:00:00Z', null, true, 'Overleg', null),
('1', 'h4', null, null, 'gone', null, '2026-11-04 08:00:00Z', '2026-11-04 08:10:00Z', 0, false, null, null),
('1', 'h5', 'c1', 'p1', 'u1', null, '2026-11-20 08:00:00Z', null, 0, true, 'Loopt', null),
-- starts after midnight in Amsterdam and spans the hour that happens twice; its invoice was deleted
('1', 'h6', 'c1', 'p1', 'u1', 'i8', '2026-10-24 22:30:00Z', '2026-10-25 02:30:00Z', 0, true, 'Nacht', null),
('1', 'h7', 'c1', 'p1', 'u1', null, '2026-11-05 08:00:00Z', '2026-11-05 09:00:00Z', 0, true, 'Weg', '2026-11-06 00:00:00Z');

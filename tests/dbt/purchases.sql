-- Administration 6, Inkoop: what it buys, how it pays, and contacts and products that changed or are missing.
-- It has no creditors account and no ledger lines: the books are not the subject here.

insert into raw.administrations (administration_id, id, name, currency, country, time_zone, suspended, period_start_date)
values ('6', '6', 'Inkoop B.V.', 'EUR', 'NL', 'Europe/Amsterdam', false, '2026-01-01');

insert into sync.administrations
values ('6', 'Inkoop B.V.', 'ok', null, '2026-11-20 08:00:00Z', '2026-11-20 08:00:00Z');

insert into raw.ledger_accounts (administration_id, id, name, account_id, account_type, active, financial_account_id)
values
('6', 'cost', 'Algemene kosten', '46801.01', 'expenses', true, null),
('6', 'rev', 'Omzet', '81180.01', 'revenue', true, null),
('6', 'private', 'Privé', '0500', 'equity', true, null),
('6', 'in_unmatched', 'Te rubriceren ontvangen betalingen', '10510.03', 'current_assets', true, null),
('6', 'out_unmatched', 'Te rubriceren betalingen', '10510.05', 'current_liabilities', true, null),
('6', 'settle', 'Verrekeningen', '14510', 'current_assets', true, null),
('6', 'round', 'Afrondingsverschillen', '4999', 'expenses', true, null),
('6', 'bank', 'Rekening', '1100', 'current_assets', true, 'f_bank'),
('6', 'psp', 'Betaalprovider', '1110', 'current_assets', true, 'f_psp'),
('6', 'cash', 'Kas', '1000', 'current_assets', true, 'f_cash');

-- cost was retyped and renamed in the evening of 10 June, the 11th in Amsterdam.
insert into raw_history.ledger_accounts
(administration_id, id, name, account_id, account_type, active, _changed_at, _valid_from, _valid_to)
values
(
    '6', 'cost', 'Inkoop', '7000', 'direct_costs', true, '2026-03-01 08:00:00Z', '2026-03-01 08:00:00Z',
    '2026-06-10 22:30:00Z'
);
update raw.ledger_accounts set _changed_at = '2026-06-10 22:30:00Z' where administration_id = '6' and id = 'cost';

insert into raw.financial_accounts (administration_id, id, name, type, identifier, provider, active)
values
-- a bank's own feed has a provider too: only without an IBAN is it a payment provider
('6', 'f_bank', 'Rekening', 'BankAccount', 'NL91ABNA0417164300', 'duifbank', true),
('6', 'f_psp', 'Betaalprovider', 'BankAccount', 'penningduif', 'penningduif', true),
('6', 'f_cash', 'Kas', 'CashAccount', 'kas', null, true);

-- s1 changed its VAT number in the evening of 10 June, 00:30 on the 11th in Amsterdam, and its name twice on 1 July.
insert into raw.contacts (administration_id, id, company_name, tax_number, archived, _changed_at, _deleted_at)
values
('6', 's1', 'Leverancier Drie', 'NL002', false, '2026-07-01 12:00:00Z', null),
('6', 's2', 'Uitgever', 'NL009', false, '2026-03-01 08:00:00Z', null),
('6', 's3', 'Opgeheven', null, false, '2026-03-01 08:00:00Z', '2026-09-01 08:00:00Z');

insert into raw_history.contacts (administration_id, id, company_name, tax_number, archived, _changed_at, _valid_from, _valid_to)
values
('6', 's1', 'Leverancier', 'NL001', false, '2026-03-01 08:00:00Z', '2026-03-01 08:00:00Z', '2026-06-10 22:30:00Z'),
('6', 's1', 'Leverancier', 'NL002', false, '2026-06-10 22:30:00Z', '2026-06-10 22:30:00Z', '2026-07-01 09:00:00Z'),
('6', 's1', 'Leverancier Twee', 'NL002', false, '2026-07-01 09:00:00Z', '2026-07-01 09:00:00Z', '2026-07-01 12:00:00Z');

insert into raw.products (administration_id, id, title, price, ledger_account_id, _deleted_at)
values ('6', 'pr1', 'Abonnement', 10, 'rev', null), ('6', 'pr2', 'Uit de handel', 5, 'rev', '2026-10-01 08:00:00Z');

-- Private shares: taken out of the line (30 %), beside a line in full (25 %), all of it (100 %).
insert into raw.purchase_invoices (
    administration_id, id, contact_id, reference, date, due_date, state, currency, revenue_invoice,
    total_price_excl_tax, total_price_incl_tax, total_price_excl_tax_base, total_price_incl_tax_base, _deleted_at
)
values
('6', 'k1', 's1', 'F-1', '2026-06-10', '2026-07-10', 'open', 'EUR', false, 106.30, 121.00, 106.30, 121.00, null),
('6', 'k2', 's1', 'F-2', '2026-06-11', '2026-07-11', 'open', 'EUR', false, 300.00, 363.00, 300.00, 363.00, null),
('6', 'k3', 's1', 'F-3', '2026-07-01', '2026-07-31', 'open', 'EUR', false, 121.00, 121.00, 121.00, 121.00, null),
('6', 'k4', 's2', 'SB-1', '2026-08-01', '2026-08-31', 'open', 'EUR', true, -100.00, -121.00, -100.00, -121.00, null),
('6', 'k5', null, null, '2026-11-01', null, 'new', 'EUR', false, 10.00, 12.10, 10.00, 12.10, null),
('6', 'k6', 's1', 'F-6', '2026-09-01', '2026-10-01', 'open', 'USD', false, 100.00, 121.00, 92.00, 111.32, null),
('6', 'k7', 's1', 'F-7', '2026-09-02', '2026-10-02', 'open', 'EUR', false, 50.00, 60.50, 50.00, 60.50, '2026-10-05 08:00:00Z');

insert into raw.purchase_invoices__details (
    administration_id, purchase_invoice_id, row_number, id, ledger_account_id, product_id, amount_decimal, price,
    total_price_excl_tax_with_discount, total_price_excl_tax_with_discount_base, _deleted_at
)
values
('6', 'k1', 1, 'k1-1', 'cost', null, 1, 100, 70.00, 70.00, null),
('6', 'k2', 1, 'k2-1', 'cost', null, 1, 300, 300.00, 300.00, null),
('6', 'k3', 1, 'k3-1', 'cost', null, 1, 100, 0.00, 0.00, null),
('6', 'k4', 1, 'k4-1', 'rev', 'pr2', -1, 100, -100.00, -100.00, null),
('6', 'k5', 1, 'k5-1', 'unheard_of', null, 1, 10, 10.00, 10.00, null),
('6', 'k6', 1, 'k6-1', 'cost', null, 1, 100, 100.00, 92.00, null),
('6', 'k7', 1, 'k7-1', 'cost', null, 1, 50, 50.00, 50.00, '2026-10-05 08:00:00Z');

insert into raw.purchase_invoices__fiscal_allocations (
    administration_id, purchase_invoice_id, row_number, id, ledger_account_id, private_ledger_account_id, percentage,
    price, price_base
)
values
('6', 'k1', 1, 'a1', 'cost', 'private', 30, 36.30, 36.30),
('6', 'k2', 1, 'a2', 'cost', 'private', 25, 90.75, 90.75),
('6', 'k3', 1, 'a3', 'cost', 'private', 100, 121.00, 121.00);

-- 100.00 with 21 % VAT in the price, 30 % private.
insert into raw.receipts (
    administration_id, id, contact_id, date, state, currency, prices_are_incl_tax, total_price_excl_tax,
    total_price_incl_tax, total_price_excl_tax_base, total_price_incl_tax_base
)
values ('6', 'r1', 's3', '2026-05-02', 'paid', 'EUR', true, 87.85, 100.00, 87.85, 100.00);

insert into raw.receipts__details (
    administration_id, receipt_id, row_number, id, ledger_account_id, amount_decimal, price,
    total_price_excl_tax_with_discount, total_price_excl_tax_with_discount_base
)
values ('6', 'r1', 1, 'r1-1', 'cost', 1, 100, 57.85, 57.85);

insert into raw.receipts__fiscal_allocations (
    administration_id, receipt_id, row_number, id, ledger_account_id, private_ledger_account_id, percentage, price, price_base
)
values ('6', 'r1', 1, 'a4', 'cost', 'private', 30, 30.00, 30.00);

-- One sales invoice, paid in every way there is.
insert into raw.sales_invoices (
    administration_id, id, contact_id, invoice_id, state, invoice_date, due_date, currency, total_price_excl_tax,
    total_price_incl_tax, total_price_excl_tax_base, total_price_incl_tax_base, total_paid, original_estimate_id
)
values ('6', 'v1', 's2', '2026-0001', 'open', '2026-10-01', '2026-10-31', 'EUR', 1000, 1000, 1000, 1000, 82, 'e1');

insert into raw.sales_invoices__details (
    administration_id, sales_invoice_id, row_number, id, ledger_account_id, product_id, project_id, amount_decimal, price,
    total_price_excl_tax_with_discount, total_price_excl_tax_with_discount_base
)
values ('6', 'v1', 1, 'v1-1', 'rev', 'pr1', 'p_ghost', 1, 1000, 1000, 1000);

insert into raw.sales_invoices__payments (
    administration_id, sales_invoice_id, row_number, id, payment_date, price, price_base, financial_account_id,
    financial_mutation_id, ledger_account_id, manual_payment_action, credit_invoice_id
)
values
('6', 'v1', 1, 'y1', '2026-10-02', 1, 1, 'f_bank', 'b1', 'bank', null, null),
('6', 'v1', 2, 'y2', '2026-10-02', 2, 2, 'f_psp', 'b2', 'psp', null, null),
('6', 'v1', 3, 'y3', '2026-10-02', 3, 3, 'f_cash', null, 'cash', 'cash_payment', null),
('6', 'v1', 4, 'y4', '2026-10-02', 4, 4, 'f_private', null, 'private', 'private_payment', null),
('6', 'v1', 5, 'y5', '2026-10-02', 5, 5, null, null, 'round', 'rounding_error', null),
('6', 'v1', 6, 'y6', '2026-10-02', 6, 6, null, null, 'cost', 'balance_settlement', null),
('6', 'v1', 7, 'y7', '2026-10-02', 7, 7, null, null, 'settle', null, null),
('6', 'v1', 8, 'y8', '2026-10-02', 8, 8, null, null, null, null, 'cr1'),
('6', 'v1', 9, 'y9', '2026-10-02', 9, 9, null, null, 'in_unmatched', 'payment_without_proof', null),
('6', 'v1', 10, 'y10', '2026-10-02', 10, 10, null, null, 'in_unmatched', null, null),
-- registered by hand on the 2nd, seen on the bank on the 5th
('6', 'v1', 11, 'y11', '2026-10-02', 11, 11, null, null, 'in_unmatched', null, null),
('6', 'v1', 12, 'y12', '2026-10-02', 16, 16, null, null, 'cost', 'something_new', null);

insert into raw.purchase_invoices__payments (
    administration_id, purchase_invoice_id, row_number, id, payment_date, price, price_base, financial_account_id,
    financial_mutation_id, ledger_account_id
)
values
('6', 'k1', 1, 'z1', '2026-07-05', 121.00, 121.00, 'f_bank', 'b4', 'bank'),
('6', 'k2', 1, 'z2', '2026-07-06', 100.00, 100.00, null, null, 'out_unmatched');

insert into raw.receipts__payments (
    administration_id, receipt_id, row_number, id, payment_date, price, price_base, financial_account_id, ledger_account_id,
    manual_payment_action
)
values ('6', 'r1', 1, 'z3', '2026-05-02', 100.00, 100.00, 'f_cash', 'cash', 'cash_payment');

insert into raw.financial_mutations (administration_id, id, financial_account_id, date, state, currency, amount, amount_open)
values
('6', 'b1', 'f_bank', '2026-10-02', 'processed', 'EUR', 1.00, 0.00),
('6', 'b2', 'f_psp', '2026-10-02', 'processed', 'EUR', 2.00, 0.00),
('6', 'b3', 'f_bank', '2026-10-05', 'processed', 'EUR', 11.00, 0.00),
-- a purchase of 121.00, costs of 20.00, and 9.00 nobody has looked at
('6', 'b4', 'f_bank', '2026-07-05', 'unprocessed', 'EUR', -150.00, -9.00);

insert into raw.financial_mutations__payments (
    administration_id, financial_mutation_id, row_number, id, invoice_type, invoice_id, price, price_base, payment_date
)
values
('6', 'b1', 1, 'y1', 'SalesInvoice', 'v1', 1, 1, '2026-10-02'),
('6', 'b2', 1, 'y2', 'SalesInvoice', 'v1', 2, 2, '2026-10-02'),
('6', 'b3', 1, 'y11', 'SalesInvoice', 'v1', 11, 11, '2026-10-02'),
('6', 'b4', 1, 'z1', 'Document', 'k1', 121, 121, '2026-07-05');

insert into raw.financial_mutations__ledger_account_bookings (
    administration_id, financial_mutation_id, row_number, id, ledger_account_id, price
)
values ('6', 'b4', 1, 'bk1', 'cost', -20.00);

insert into raw.estimates (
    administration_id, id, contact_id, estimate_id, state, estimate_date, currency, total_price_excl_tax,
    total_price_incl_tax, total_price_excl_tax_base, total_price_incl_tax_base, accepted_at, _deleted_at
)
values
('6', 'e1', 's2', 'O-1', 'accepted', '2026-09-01', 'EUR', 1000, 1210, 1000, 1210, '2026-09-20', null),
('6', 'e2', 'ghost', null, 'draft', null, 'EUR', 10, 12.10, 10, 12.10, null, null),
('6', 'e3', 's2', 'O-3', 'open', '2026-09-02', 'EUR', 10, 12.10, 10, 12.10, null, '2026-10-01 08:00:00Z');

insert into raw.recurring_sales_invoices (
    administration_id, id, contact_id, reference, frequency_type, frequency, active, start_date, invoice_date, currency,
    total_price_excl_tax, total_price_incl_tax, total_price_excl_tax_base, total_price_incl_tax_base
)
values
('6', 'q1', 's2', 'Abonnement', 'month', 1, true, '2026-01-01', '2026-12-01', 'EUR', 10, 12.10, 10, 12.10),
('6', 'q2', 's2', 'Oud', 'year', 1, false, '2025-01-01', '2026-01-01', 'EUR', 10, 12.10, 10, 12.10);

insert into raw.recurring_sales_invoices__subscription (
    administration_id, recurring_sales_invoice_id, row_number, id, contact_id, product_id, frequency_type, frequency, start_date
)
values ('6', 'q1', 1, 'sub1', 's2', 'pr1', 'month', 1, '2026-01-01');

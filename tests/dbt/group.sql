-- The worked case of a holding H with companies A and B (T-24 of the domain rules), in whole euros; all lines are of 15 June 2026.
-- Contacts are found by their chamber of commerce numbers, written another way than the company itself writes them.

insert into raw.administrations (administration_id, id, name, currency, country, time_zone, suspended, period_start_date)
values
('101', '101', 'H B.V.', 'EUR', 'NL', 'Europe/Amsterdam', false, '2026-01-01'),
('102', '102', 'A B.V.', 'EUR', 'NL', 'Europe/Amsterdam', false, '2026-01-01'),
('103', '103', 'B B.V.', 'EUR', 'NL', 'Europe/Amsterdam', false, '2026-01-01');

insert into sync.administrations
values
('101', 'H B.V.', 'ok', null, '2026-07-31 08:00:00Z', '2026-07-31 08:00:00Z'),
('102', 'A B.V.', 'ok', null, '2026-07-31 08:00:00Z', '2026-07-31 08:00:00Z'),
('103', 'B B.V.', 'ok', null, '2026-07-31 08:00:00Z', '2026-07-31 08:00:00Z');

insert into raw.default_identity (administration_id, id, company_name, zipcode, chamber_of_commerce, tax_number)
values
('101', 'identity', 'H B.V.', '1011 AA', '00100101', 'NL000000101B01'),
('102', 'identity', 'A B.V.', '1011 AA', '00100102', 'NL000000102B01'),
('103', 'identity', 'B B.V.', '1011 AA', '00100103', 'NL000000103B01');

insert into raw.contacts (administration_id, id, company_name, chamber_of_commerce, archived)
values
('101', 'a', 'A BV', '100102', false),
('101', 'b', 'B BV', '100103', false),
('102', 'h', 'H BV', '100101', false),
('102', 'b', 'B BV', '100103', false),
('103', 'h', 'H BV', '100101', false),
('103', 'a', 'A BV', '100102', false);

insert into raw.ledger_accounts
(administration_id, id, name, account_id, account_type, taxonomy_code, active, allowed_document_types)
values
('101', 'bank', 'Bank', '1000', 'current_assets', 'BLimBanRba', true, '[]'),
('101', 'loan', 'Leningen aan groepsmaatschappijen', '1010', 'non_current_assets', 'BFvaVogVgl', true, '[]'),
('101', 'invest', 'Deelnemingen', '1020', 'non_current_assets', 'BFvaDigNev', true, '[]'),
('101', 'equity', 'Eigen vermogen', '1030', 'equity', 'BEivOvrOrs', true, '[]'),
('101', 'fee_out', 'Omzet management fee', '1040', 'revenue', 'WOvbOnmOnm', true, '[]'),
('101', 'costs', 'Algemene kosten', '1050', 'expenses', 'WBedAlkOal', true, '[]'),
('102', 'bank', 'Bank', '1000', 'current_assets', 'BLimBanRba', true, '[]'),
('102', 'ar', 'Debiteuren', '13011', 'current_assets', 'BVorDebHad', true, '[]'),
('102', 'loan_in', 'Leningen van groepsmaatschappijen', '1070', 'non_current_liabilities', 'BLasSagHoo', true, '[]'),
('102', 'ap', 'Crediteuren', '16011', 'current_liabilities', 'BSchCreHac', true, '[]'),
('102', 'equity', 'Eigen vermogen', '1030', 'equity', 'BEivOvrOrs', true, '[]'),
('102', 'rev', 'Omzet diensten', '1090', 'revenue', 'WOmzNodOdh', true, '[]'),
('102', 'fee_in', 'Management fee', '1100', 'expenses', 'WBedOvpMaf', true, '[]'),
('102', 'costs', 'Algemene kosten', '1050', 'expenses', 'WBedAlkOal', true, '[]'),
('103', 'bank', 'Bank', '1000', 'current_assets', 'BLimBanRba', true, '[]'),
('103', 'ar', 'Debiteuren', '13011', 'current_assets', 'BVorDebHad', true, '[]'),
('103', 'ap', 'Crediteuren', '16011', 'current_liabilities', 'BSchCreHac', true, '[]'),
('103', 'equity', 'Eigen vermogen', '1030', 'equity', 'BEivOvrOrs', true, '[]'),
('103', 'rev', 'Omzet diensten', '1090', 'revenue', 'WOmzNodOdh', true, '[]'),
('103', 'bought', 'Ingehuurd bij zuster', '1110', 'expenses', 'WBedOvpOvp', true, '[]'),
('103', 'fee_in', 'Management fee', '1100', 'expenses', 'WBedOvpMaf', true, '[]'),
('103', 'costs', 'Algemene kosten', '1050', 'expenses', 'WBedAlkOal', true, '[]');

insert into raw.journal_entries (
    administration_id, ledger_account_id, month_date, line_number, id, date, document_type, document_id, contact_id, amount
)
values
('101', 'bank', '2026-06-01', 1, 'e', '2026-06-15', 'Document', 'd', null, 4.00),
('101', 'loan', '2026-06-01', 1, 'e', '2026-06-15', 'Document', 'd', 'a', 30.00),
('101', 'invest', '2026-06-01', 1, 'e', '2026-06-15', 'Document', 'd', null, 180.00),
('101', 'equity', '2026-06-01', 1, 'e', '2026-06-15', 'Document', 'd', null, -200.00),
('101', 'fee_out', '2026-06-01', 1, 'e', '2026-06-15', 'Document', 'd', 'a', -12.00),
('101', 'fee_out', '2026-06-01', 2, 'e', '2026-06-15', 'Document', 'd', 'b', -12.00),
('101', 'costs', '2026-06-01', 1, 'e', '2026-06-15', 'Document', 'd', null, 10.00),
('102', 'bank', '2026-06-01', 1, 'e', '2026-06-15', 'Document', 'd', null, 40.00),
('102', 'ar', '2026-06-01', 1, 'e', '2026-06-15', 'Document', 'd', null, 130.00),
('102', 'ar', '2026-06-01', 2, 'e', '2026-06-15', 'Document', 'd', 'b', 20.00),
('102', 'loan_in', '2026-06-01', 1, 'e', '2026-06-15', 'Document', 'd', 'h', -30.00),
('102', 'ap', '2026-06-01', 1, 'e', '2026-06-15', 'Document', 'd', null, -40.00),
('102', 'equity', '2026-06-01', 1, 'e', '2026-06-15', 'Document', 'd', null, -100.00),
('102', 'rev', '2026-06-01', 1, 'e', '2026-06-15', 'Document', 'd', null, -300.00),
('102', 'rev', '2026-06-01', 2, 'e', '2026-06-15', 'Document', 'd', 'b', -20.00),
('102', 'fee_in', '2026-06-01', 1, 'e', '2026-06-15', 'Document', 'd', 'h', 12.00),
('102', 'costs', '2026-06-01', 1, 'e', '2026-06-15', 'Document', 'd', null, 288.00),
('103', 'bank', '2026-06-01', 1, 'e', '2026-06-15', 'Document', 'd', null, 120.00),
('103', 'ar', '2026-06-01', 1, 'e', '2026-06-15', 'Document', 'd', null, 50.00),
('103', 'ap', '2026-06-01', 1, 'e', '2026-06-15', 'Document', 'd', 'a', -18.00),
('103', 'ap', '2026-06-01', 2, 'e', '2026-06-15', 'Document', 'd', null, -22.00),
('103', 'equity', '2026-06-01', 1, 'e', '2026-06-15', 'Document', 'd', null, -100.00),
('103', 'rev', '2026-06-01', 1, 'e', '2026-06-15', 'Document', 'd', null, -150.00),
('103', 'bought', '2026-06-01', 1, 'e', '2026-06-15', 'Document', 'd', 'a', 18.00),
('103', 'fee_in', '2026-06-01', 1, 'e', '2026-06-15', 'Document', 'd', 'h', 12.00),
('103', 'costs', '2026-06-01', 1, 'e', '2026-06-15', 'Document', 'd', null, 90.00);

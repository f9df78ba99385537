-- Foreign keys, only between tables with the same distribution column or to reference tables.
-- None from bills to customers: it would cost an import three times its time, which checks by
-- anti-join in staging instead.
alter table client_secrets add constraint client_secrets_client_id_fkey
    foreign key (client_id) references clients (client_id);
alter table subscriptions add constraint subscriptions_account_id_fkey
    foreign key (account_id) references accounts (account_id);
alter table customers add constraint customers_unit_code_fkey
    foreign key (unit_code) references managing_units (unit_code);
